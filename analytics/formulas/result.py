"""What every derived number says of itself: formula, window, validity, interval, and steps."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import isfinite
from statistics import NormalDist
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Interval, Window
from analytics.formulas.trend import CONFIDENCE

# "warming_up" has too little history yet, "out_of_range" is outside of what a formula was derived
# from, and "no_answer" has no value at all.
Validity = Literal["valid", "warming_up", "out_of_range", "no_answer"]

# How many standard errors to either side hold 80 % of a normal distribution.
SD_PER_SIDE: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """A derived number and where it is from.

    The interval is that of the main value, where the formula has one: with 80 %, the truth is in
    it.
    """

    formula: Formula
    validity: Validity = "valid"
    caveats: tuple[str, ...] = ()
    window: Window | None = None
    interval: Interval | None = None

    @abstractmethod
    def steps(self) -> list[str]:
        """How the value came about, in sentences with the numbers in them."""

    def explain(self) -> list[str]:
        """Formula, window, steps, and caveats, in plain sentences for the person."""
        window = []
        if self.window and self.window.count:
            window = [f"Looked at {self.window.first} to {self.window.last}."]
        return [f"{self.formula.name}.", *window, *self.steps(), *self.caveats]


def interval_around(value: float, *, sd: float) -> Interval:
    """The 80 % interval of a value with a normal error."""
    return Interval(low=value - SD_PER_SIDE * sd, high=value + SD_PER_SIDE * sd)


def require_positive(**values: float) -> None:
    """Raise ValueError, by name, for what is not a number above 0."""
    for name, value in values.items():
        if not isfinite(value) or value <= 0:
            raise ValueError(f"{name} must be above 0, not {value}.")


def require_amounts(**values: float) -> None:
    """Raise ValueError, by name, for what is not a number from 0 on."""
    for name, value in values.items():
        if not isfinite(value) or value < 0:
            raise ValueError(f"{name} must be 0 or more, not {value}.")
