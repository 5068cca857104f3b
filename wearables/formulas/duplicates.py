"""Which recordings are of one session, and which of them says what the session was."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from wearables.formulas.sports import SPORTS

SAME_START: Final = timedelta(seconds=60)
# Of the shorter of two sessions.
_MOST_OF_IT: Final = 0.5
# Two that only begin together: the shorter one lasts at least this part of the longer.
_LIKE_LENGTH: Final = 0.5

ANYTHING: Final = ""
LIFTING: Final = "lifting"
_LIFTED: Final = frozenset({"strength", "hiit", "yoga"})
_WORDS: Final = {
    "foot": "run running jog jogging walk walking hike hiking treadmill marathon",
    "bike": "ride cycling bike biking spin",
    "water": "swim swimming row rowing rower water paddling",
    "gym": "elliptical stair stairs circuit",
    "snow": "ski skiing snowboarding",
    "play": "tennis soccer football basketball volleyball climbing boxing dance",
}
_FAMILIES: Final = {word: family for family, words in _WORDS.items() for word in words.split()}

# What recorded it: the smaller goes before.
_KINDS: Final = {"strap": 0, "watch": 0, "band": 1, "ring": 2, "phone": 3, "hub": 4, "scale": 4}
_BY_HAND: Final = 5


@dataclass(frozen=True, slots=True)
class Span:
    """When something was done, and what it may have been.

    ``kinds`` are families of sports and "lifting"; an empty one may be anything. One of which
    nobody noted the end has none.
    """

    started_at: datetime
    finished_at: datetime | None
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two spans are the same: what they share of the shorter one, and their starts."""

    share: float
    apart: timedelta


def kinds_of_sport(sport: str) -> frozenset[str]:
    family = SPORTS[sport].family
    return frozenset({family, LIFTING} if sport in _LIFTED else {family})


def kinds_of_exercises(*, lifts: bool, cardio: "frozenset[str] | set[str]") -> frozenset[str]:
    """What a workout of the diary may be, by slugs or names of its cardio exercises."""
    kinds = {LIFTING} if lifts else set()
    for name in cardio:
        words = re.findall(r"[^\W_]+", name.lower())
        found = {_FAMILIES[word] for word in words if word in _FAMILIES}
        kinds |= found or {ANYTHING}
    return frozenset(kinds or {ANYTHING})


def agreement(one: Span, other: Span) -> Agreement | None:
    """How far two spans are one session, or None where they are not.

    They are where their sports may be the same, and they share more than half of the shorter
    one, or begin within a minute and last alike.
    """
    if not one.kinds & other.kinds and ANYTHING not in one.kinds | other.kinds:
        return None
    apart = abs(one.started_at - other.started_at)
    if one.finished_at is None or other.finished_at is None:
        return _agreement_with_open(one, other, apart)
    lengths = sorted(
        (span_end - span.started_at).total_seconds()
        for span, span_end in ((one, one.finished_at), (other, other.finished_at))
    )
    common = min(one.finished_at, other.finished_at) - max(one.started_at, other.started_at)
    share = max(common.total_seconds(), 0) / lengths[0] if lengths[0] else 0
    begin_together = apart <= SAME_START and lengths[0] >= _LIKE_LENGTH * lengths[1]
    return Agreement(share, apart) if share > _MOST_OF_IT or begin_together else None


def _agreement_with_open(one: Span, other: Span, apart: timedelta) -> Agreement | None:
    """Of a span without an end: it begins with the other, or while that lasts."""
    begun = one if one.finished_at is None else other
    whole = other if begun is one else one
    end = whole.finished_at or whole.started_at
    lies_within = whole.started_at <= begun.started_at <= end
    return Agreement(1, apart) if lies_within or apart <= SAME_START else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether a recording goes before the others of its session.

    ``is_copy`` says that it came through a hub from a maker that is connected directly.
    """

    id: UUID
    label: str
    kind: str
    is_chosen: bool
    is_copy: bool
    has_heart_rate: bool
    has_distance: bool
    length_s: int

    @property
    def rank(self) -> tuple[bool, bool, int, bool, bool, int, UUID]:
        """The smallest goes before the others."""
        return (
            not self.is_chosen,
            self.is_copy,
            _KINDS.get(self.kind, _BY_HAND),
            not self.has_heart_rate,
            not self.has_distance,
            -self.length_s,
            self.id,
        )


def why_before(first: Standing, second: Standing) -> str:
    """Why the first goes before the second, in words."""
    reasons = (
        "you chose it",
        "the other is a copy of what comes directly",
        f"a {first.kind} goes before {_other_kind(second.kind)}",
        "it has a heart rate",
        "it has a distance",
        "it is longer",
    )
    for reason, one, other in zip(reasons, first.rank, second.rank, strict=False):
        if one != other:
            return reason
    return "it came first"


def _other_kind(kind: str) -> str:
    return "an entry by hand" if _KINDS.get(kind) is None else f"a {kind}"
