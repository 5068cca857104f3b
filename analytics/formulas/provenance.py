"""Where a number comes from: its formula, what went into it, and how far it may be off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A rule that makes numbers. The version goes up whenever its answers change."""

    id: str
    version: int = 1
    name: str
    valid: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """What went into a number: so many inputs, of days from the first to the last."""

    first: date | None
    last: date | None
    count: int

    @classmethod
    def of(cls, days: Iterable[date]) -> Self:
        """The window of inputs of these days, in any order; one day may have several."""
        known = sorted(days)
        if not known:
            return cls(first=None, last=None, count=0)
        return cls(first=known[0], last=known[-1], count=len(known))


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From where to where the truth may lie, in the unit of the number."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high

    def times(self, factor: float) -> "Interval":
        """The interval of a number that is this one times a factor from 0 on."""
        return Interval(low=self.low * factor, high=self.high * factor)


def shown(value: float, digits: int = 2) -> str:
    """A number for people: so many decimals at most, and no zeros at its end."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
