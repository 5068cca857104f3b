"""What a provider does while somebody waits for our answer, as an HTTP answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rest_framework import status
from rest_framework.exceptions import APIException

from users.errors import Conflict
from wearables.providers.base import ProviderError, RateLimited, Unavailable

_MESSAGES: Final = {
    "account_not_linked": "This account has no health data yet. Open the maker's app once.",
    "forbidden": "The provider does not let us read this account.",
}
_USUAL: Final = "The provider has refused to connect this account. Begin again."


class ProviderSilent(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "provider_unavailable"
    default_detail = "The provider does not answer at the moment. Begin again."
    # DRF's own name for the seconds of Retry-After.
    wait = 30


@contextmanager
def answering() -> Iterator[None]:
    """Nothing that the provider sent gets into our answer."""
    try:
        yield
    except (Unavailable, RateLimited):
        raise ProviderSilent from None
    except ProviderError as error:
        raise Conflict(_MESSAGES.get(error.code, _USUAL), code=error.code) from None
