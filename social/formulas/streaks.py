"""Streaks: how many periods in a row somebody was active, with freezes for those they missed."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FreezeRule:
    """A freeze is earned with every ``every`` active periods, and at most ``most`` are kept."""

    every: int
    most: int


WEEKS = FreezeRule(every=4, most=2)
DAYS = FreezeRule(every=10, most=2)


@dataclass(frozen=True)
class Streak:
    """``current`` and ``longest`` count active periods; a freeze saved those in ``frozen``."""

    current: int
    longest: int
    freezes: int
    frozen: tuple[int, ...]


def streak_of(
    active: Collection[int],
    *,
    through: int,
    rule: FreezeRule,
    excused: Collection[int] = (),
) -> Streak:
    """The streak up to ``through``, the period that still runs.

    Periods are whole numbers that follow each other. A missed one uses up a freeze where one was
    kept, or else ends the streak; an excused one does neither; nothing is missed yet in the one
    that still runs. Active periods after ``through`` do not count.
    """
    present, pardoned = set(active), set(excused)
    first = min((period for period in present if period <= through), default=through + 1)
    current = longest = freezes = 0
    frozen: list[int] = []
    for period in range(first, through + 1):
        if period in present:
            current += 1
            longest = max(longest, current)
            if current % rule.every == 0:
                freezes = min(rule.most, freezes + 1)
        elif period in pardoned or period == through:
            continue
        elif freezes and current:
            freezes -= 1
            frozen.append(period)
        else:
            current = 0
    return Streak(current=current, longest=longest, freezes=freezes, frozen=tuple(frozen))
