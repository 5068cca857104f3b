"""Straight lines through points, and how sure their slope is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt, tan
from statistics import NormalDist, fmean
from typing import Final

from analytics.formulas.provenance import Interval

CONFIDENCE: Final = 0.80
FEWEST_POINTS: Final = 3

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Line:
    """The line of least squares through some points, and where 80 % of slopes like it lie."""

    slope: float
    mean_x: float
    mean_y: float
    slope_error: float
    interval: Interval

    def at(self, x: float) -> float:
        return self.mean_y + self.slope * (x - self.mean_x)


def line_through(points: Sequence[Point]) -> Line | None:
    """None for fewer than three points, or where all have the same x."""
    if len(points) < FEWEST_POINTS:
        return None
    mean_x, mean_y = fmean(x for x, _ in points), fmean(y for _, y in points)
    centered = [(x - mean_x, y - mean_y) for x, y in points]
    found = slope_of(centered, freedom=len(points) - 2)
    if found is None:
        return None
    slope, error, interval = found
    return Line(slope=slope, mean_x=mean_x, mean_y=mean_y, slope_error=error, interval=interval)


def slope_of(centered: Sequence[Point], *, freedom: int) -> tuple[float, float, Interval] | None:
    """Slope, standard error, and 80 % interval of points that are centered on their means.

    The freedom is how many points there are beyond what was estimated from them.
    """
    spread = sum(x * x for x, _ in centered)
    if spread <= 0 or freedom < 1:
        return None
    slope = sum(x * y for x, y in centered) / spread
    residual = sum((y - slope * x) ** 2 for x, y in centered)
    error = sqrt(residual / freedom / spread)
    margin = t_quantile(freedom) * error
    return slope, error, Interval(low=slope - margin, high=slope + margin)


def t_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """How many standard errors each side of an interval takes (Student's t, two-sided).

    Exact for one and two degrees of freedom, right to two parts in a thousand beyond.
    """
    upper = (1 + confidence) / 2
    match freedom:
        case 1:
            return tan(pi * (upper - 0.5))
        case 2:
            return (2 * upper - 1) / sqrt(2 * upper * (1 - upper))
    z = NormalDist().inv_cdf(upper)
    # The expansion of Cornish and Fisher around the normal quantile.
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3
