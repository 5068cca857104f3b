"""What webhooks of several makers have in common: shared secrets, and events without an id."""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Final

import orjson

from wearables.providers.base import IncomingWebhook, Unreadable

_BUCKET_S: Final = 300


def is_one_of(given: str, allowed: Iterable[str]) -> bool:
    """Whether it is one of these secrets; empty ones are none. Takes the same time for each."""
    told = given.encode("utf-8", "replace")
    same = [hmac.compare_digest(told, secret.encode()) for secret in allowed if secret]
    return any(same)


def key_by_content(request: IncomingWebhook) -> str:
    """The same for the same body within five minutes.

    Later it may be news again, such as a person who leaves for a second time.
    """
    bucket = int(request.received_at.timestamp()) // _BUCKET_S
    return f"{hashlib.sha256(request.body).hexdigest()}:{bucket}"


def body_of(request: IncomingWebhook) -> object:
    """Its JSON. Raises Unreadable."""
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise Unreadable from None
