"""Which of several sources counts, and why, in words: facts of devices, numbers in, words out.

A day's metric, a sleep and a minute of heart rates each have an order of sources of their own.
What a person has put in order goes before any of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

# The smaller goes first. Steps and calories are best counted where the arm swings.
DAY_RANKS: Final[Mapping[str, int]] = {
    "watch": 0,
    "band": 1,
    "strap": 1,
    "ring": 2,
    "phone": 3,
    "hub": 4,
    "scale": 4,
    "manual": 5,
}
# What is worn all night is as good as another; the rest only guesses.
SLEEP_RANKS: Final[Mapping[str, int]] = {
    "ring": 0,
    "watch": 0,
    "band": 0,
    "strap": 1,
    "phone": 2,
    "hub": 3,
    "scale": 3,
    "manual": 4,
}
HEART_RATE_RANKS: Final[Mapping[str, int]] = {
    "strap": 0,
    "watch": 1,
    "band": 2,
    "ring": 3,
    "phone": 4,
}
UNKNOWN_RANK: Final = 9
# A night that a device read itself goes before what a phone's store makes of it.
_STORES: Final[Mapping[str, int]] = {"apple_watch": 1, "health_connect": 2, "other": 3}
_WORDS: Final[Mapping[str, str]] = {
    "watch": "a watch",
    "band": "a band",
    "strap": "a chest strap",
    "ring": "a ring",
    "phone": "a phone",
    "scale": "a scale",
    "manual": "an entry by hand",
    "hub": "a service",
}


def heart_rate_rank(kind: str) -> int:
    return HEART_RATE_RANKS.get(kind, UNKNOWN_RANK)


def workout_heart_rate_rank(kind: str) -> int:
    """What was recorded for a session is at least as good as a watch."""
    return min(heart_rate_rank(kind), HEART_RATE_RANKS["watch"])


def kind_in_words(kind: str) -> str:
    return _WORDS.get(kind, "a service")


def store_rank(provider: str) -> int:
    """0 for a maker that is asked itself; then the stores of phones, then files."""
    return _STORES.get(provider, 0)


class Copied(Protocol):
    """A maker, as far as a copy of its data is told by it."""

    title: str
    apps: tuple[str, ...]


def copied_from(app: str, connected: Sequence[Copied]) -> str:
    """The maker, of those that are connected, of whose data this app's are a copy; else empty."""
    for maker in connected:
        if app and maker.apps and app.startswith(maker.apps):
            return maker.title
    return ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One source of one metric of a day."""

    device: str
    title: str  # of whoever makes it, or the name that a store gives it
    kind: str
    source: str = ""
    value: Any = None
    estimated: bool = False
    place: int | None = None  # in the person's own order
    is_main_sleeps: bool = False  # recorded the day's main sleep
    store: int = 0
    worn_minutes: int | None = None
    updated: float = 0.0  # s since 1970


@dataclass(frozen=True)
class Step:
    """One thing by which two sources are compared: the smaller goes first."""

    name: str
    value: Any


def _place(candidate: Candidate) -> Step:
    return Step("order", 10**6 if candidate.place is None else candidate.place)


def _steps(candidate: Candidate, ranks: Mapping[str, int]) -> tuple[Step, ...]:
    """Why it goes before another: the first step in which they differ decides."""
    worst = max(ranks.values())
    night = (
        (
            Step("main", not candidate.is_main_sleeps),
            Step("store", candidate.store),
        )
        if ranks is SLEEP_RANKS
        else ()
    )
    return (
        _place(candidate),
        Step("measured", candidate.estimated),
        *night,
        Step("kind", ranks.get(candidate.kind, worst)),
        Step("worn", -(candidate.worn_minutes or 0)),
        Step("latest", -candidate.updated),
        Step("alike", (candidate.device, candidate.source)),
    )


def ranks_of(metric: str) -> Mapping[str, int]:
    """A resting heart rate is read while asleep, and so goes by the order of sleeps."""
    return SLEEP_RANKS if metric in {"resting_heart_rate", "sleep"} else DAY_RANKS


def choose(metric: str, candidates: Sequence[Candidate]) -> tuple[Candidate, str]:
    """The source that counts, and why. There is at least one."""
    ranks = ranks_of(metric)
    ordered = sorted(
        ((_steps(one, ranks), one) for one in candidates),
        key=lambda pair: tuple(step.value for step in pair[0]),
    )
    best = ordered[0][1]
    if len(ordered) == 1:
        return best, f"{best.title}: the only source{_worn(best)}"
    (steps, _), (other_steps, other) = ordered[:2]
    name = next(
        mine.name
        for mine, theirs in zip(steps, other_steps, strict=True)
        if mine.value != theirs.value
    )
    return best, f"{best.title}: {_because(name, best, other)}"


def _because(name: str, best: Candidate, other: Candidate) -> str:
    kinds = f"{kind_in_words(best.kind)} goes before {kind_in_words(other.kind)}"
    return {
        "order": "first in your order",
        "measured": "measured, where others estimate",
        "main": "recorded the night's sleep",
        "store": f"read from its maker, before {other.title}",
        "kind": kinds + _worn(best),
        "worn": "worn longer" + _worn(best),
        "latest": "the latest update",
        "alike": "one of several alike",
    }[name]


def _worn(candidate: Candidate) -> str:
    if not candidate.worn_minutes:
        return ""
    return f", worn {round(candidate.worn_minutes / 60)} h"
