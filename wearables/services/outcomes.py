"""What follows from whatever can happen when a provider is asked: the policy, in one place.

A run that is to wait comes again later; nobody sleeps.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from wearables.models import SyncKind
from wearables.providers.base import (
    AlreadyDone,
    Forbidden,
    NotThere,
    ProviderError,
    RateLimited,
    ReauthRequired,
    Refused,
    Retired,
    Unavailable,
    Unreadable,
)

# "skip": there is nothing to read, go on. "unavailable": go on without this data type, from now
# on. "leave": go on without it this time, and tell. The others end the run.
Then = Literal["skip", "unavailable", "leave", "give_up", "reconnect", "disable"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """``then`` what, once it was tried again after each of ``waits_s`` seconds."""

    then: Then
    waits_s: tuple[int, ...] = ()


_MINUTE: Final = 60
_HOUR: Final = 3600
_BACKOFF: Final = tuple(_MINUTE * 2**n for n in range(5))
_OF_ALL: Final[Mapping[type[ProviderError], Outcome]] = {
    ReauthRequired: Outcome(then="reconnect"),
    Forbidden: Outcome(then="unavailable"),
    NotThere: Outcome(then="skip"),
    AlreadyDone: Outcome(then="skip"),
    Retired: Outcome(then="disable"),
    Refused: Outcome(then="leave"),
    Unreadable: Outcome(then="leave"),
    RateLimited: Outcome(then="give_up", waits_s=(*_BACKOFF, *[_HOUR] * 5)),
    Unavailable: Outcome(then="give_up", waits_s=_BACKOFF),
}
_OF_KIND: Final[Mapping[str, Mapping[type[ProviderError], Outcome]]] = {
    # The object of an event is not always there yet.
    SyncKind.WEBHOOK: {NotThere: Outcome(then="skip", waits_s=(30, 5 * _MINUTE, _HOUR))},
    # No later run would read the history.
    SyncKind.BACKFILL: {
        Unavailable: Outcome(then="give_up", waits_s=(*_BACKOFF, _HOUR, 6 * _HOUR, 24 * _HOUR)),
    },
}
_END: Final = Outcome(then="give_up")


def outcome_of(error: ProviderError, kind: str) -> Outcome:
    """For a kind of run. What is in no table ends it."""
    for table in (_OF_KIND.get(kind, {}), _OF_ALL):
        for known in type(error).__mro__:
            if known in table:
                return table[known]
    return _END


def wait_before(error: ProviderError, outcome: Outcome, *, tries: int) -> timedelta | None:
    """How long to wait before the next try; None where it was tried often enough.

    As long as the provider says, else by the table, a little longer or shorter so that not
    everybody comes back at once.
    """
    if tries >= len(outcome.waits_s):
        return None
    if isinstance(error, RateLimited) and error.retry_after_s is not None:
        return timedelta(seconds=error.retry_after_s * random.uniform(1, 1.1))  # noqa: S311 - no secret
    return timedelta(seconds=outcome.waits_s[tries] * random.uniform(0.8, 1.2))  # noqa: S311 - no secret
