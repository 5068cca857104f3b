"""How far weigh-ins stray from the trend of a weight."""

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean
from typing import Final

from analytics.formulas.body import TrendPoint
from analytics.formulas.expenditure_filter import FilterSettings
from analytics.formulas.provenance import Interval
from analytics.formulas.result import interval_around

BAND_DAYS: Final = 28
LEAST_STEPS: Final = 7
# What is taken for granted of a scale before a person's own weigh-ins say it.
USUAL_STRAY_KG: Final = FilterSettings().scale_sd_kg


def weigh_in_bands(points: Sequence[TrendPoint]) -> list[Interval]:
    """Around each point of a trend, from where to where 80 % of such weigh-ins lie, in kg.

    By the root mean square of how far the weigh-ins of the four weeks up to it were from the
    trend as it stood before each; below seven of those, by 0.6 kg.
    """
    bands, first = [], 0
    strays = [
        (after.day, (after.weight_kg - before.trend_kg) ** 2) for before, after in pairwise(points)
    ]
    for index, point in enumerate(points):
        while first < index and (point.day - strays[first][0]).days >= BAND_DAYS:
            first += 1
        recent = [square for _, square in strays[first:index]]
        stray = sqrt(fmean(recent)) if len(recent) >= LEAST_STEPS else USUAL_STRAY_KG
        bands.append(interval_around(point.trend_kg, sd=stray))
    return bands
