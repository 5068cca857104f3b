"""Heart rate: its maximum, its zones, and the load of training by it (TRIMP).

Heart rates are in beats per minute.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import exp
from typing import Final, Literal

from analytics.formulas.provenance import Formula
from analytics.formulas.result import (
    Result,
    interval_around,
    require_amounts,
    require_positive,
)
from nutrition.formulas import Sex

MaxFormula = Literal["tanaka", "age_220"]
MAX_FORMULAS: Final[Mapping[MaxFormula, Formula]] = {
    "tanaka": Formula(
        id="hr_max_tanaka",
        name="Highest heart rate by Tanaka",
        valid="Healthy adults; single people are often 10 beats off.",
        source="Tanaka et al., 2001",
    ),
    "age_220": Formula(
        id="hr_max_age_220",
        name="Highest heart rate by 220 − age",
        valid="A rule of thumb, older and coarser than Tanaka's.",
        source="Convention",
    ),
}
MAX_MEASURED: Final = Formula(
    id="hr_max_measured",
    name="Highest heart rate as measured",
    valid="As good as the measurement.",
    source="The person",
)
# Of single people around either formula, as commonly quoted.
MAX_SD_BPM: Final = 10


@dataclass(frozen=True, kw_only=True)
class MaxHeartRate(Result):
    """The highest heart rate of a person. Without an interval where it was measured."""

    bpm: float
    age_years: float | None = None

    def steps(self) -> list[str]:
        if self.age_years is None:
            return [f"Your own highest heart rate is {self.bpm:g}."]
        rule = "208 − 0.7 × age" if self.formula.id == "hr_max_tanaka" else "220 − age"
        return [f"At {self.age_years:g} years, {rule} = {self.bpm:.0f}."]


def max_heart_rate(
    *,
    age_years: float | None = None,
    measured_bpm: float | None = None,
    formula: MaxFormula = "tanaka",
) -> MaxHeartRate:
    """The measured maximum where there is one; else 208 − 0.7 × age (Tanaka), or 220 − age.

    Single people are often 10 beats off either formula, so let them enter their own. Raises
    ValueError where neither the age nor a measurement is given.
    """
    if measured_bpm is not None:
        require_positive(measured_bpm=measured_bpm)
        return MaxHeartRate(formula=MAX_MEASURED, bpm=measured_bpm)
    if age_years is None:
        raise ValueError("A maximum needs a measured_bpm or the age_years.")
    require_positive(age_years=age_years)
    bpm = 208 - 0.7 * age_years if formula == "tanaka" else 220 - age_years
    require_positive(bpm=bpm)
    return MaxHeartRate(
        formula=MAX_FORMULAS[formula],
        bpm=bpm,
        age_years=age_years,
        interval=interval_around(bpm, sd=MAX_SD_BPM),
        caveats=("Single people are often 10 beats off; your own measurement is better.",),
    )


# Where the zones begin and end, as shares of the maximum or of the reserve.
ZONE_SHARES: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
ZONES_OF_MAX: Final = Formula(
    id="hr_zones_max",
    name="Heart rate zones by shares of the maximum",
    valid="As good as the maximum.",
    source="Edwards, 1993",
)
ZONES_OF_RESERVE: Final = Formula(
    id="hr_zones_karvonen",
    name="Heart rate zones by shares of the reserve",
    valid="As good as the maximum and the resting heart rate.",
    source="Karvonen et al., 1957",
)


@dataclass(frozen=True, kw_only=True)
class HeartRateZone:
    """From `low` up to, without it, `high`; the highest zone has no end."""

    number: int
    low_bpm: float
    high_bpm: float


@dataclass(frozen=True, kw_only=True)
class HeartRateZones(Result):
    """Five zones. By the reserve where a resting heart rate is given, else by the maximum."""

    max_bpm: float
    rest_bpm: float | None
    zones: tuple[HeartRateZone, ...]

    def zone_of(self, bpm: float) -> int:
        """The number of the zone of a heart rate: 0 below the first, 5 also above the maximum."""
        return sum(1 for zone in self.zones if bpm >= zone.low_bpm)

    def steps(self) -> list[str]:
        if self.rest_bpm is None:
            basis = f"Shares of the maximum of {self.max_bpm:g}."
        else:
            basis = (
                f"Shares of the reserve of {self.max_bpm - self.rest_bpm:g} beats from"
                f" {self.rest_bpm:g} to {self.max_bpm:g}, on top of the resting heart rate."
            )
        return [
            basis,
            *(
                f"Zone {zone.number}: {zone.low_bpm:.0f} to {zone.high_bpm:.0f}."
                for zone in self.zones
            ),
        ]


def heart_rate_zones(*, max_bpm: float, rest_bpm: float | None = None) -> HeartRateZones:
    """Five zones at 50, 60, 70, 80, and 90 %.

    Of the maximum; or, with a resting heart rate, of the reserve: rest + p × (max − rest)
    (Karvonen). Raises ValueError where the rest is not below the maximum.
    """
    require_positive(max_bpm=max_bpm)
    if rest_bpm is not None:
        _require_reserve(rest_bpm=rest_bpm, max_bpm=max_bpm)
    base = rest_bpm or 0
    borders = [base + share * (max_bpm - base) for share in ZONE_SHARES]
    return HeartRateZones(
        formula=ZONES_OF_MAX if rest_bpm is None else ZONES_OF_RESERVE,
        max_bpm=max_bpm,
        rest_bpm=rest_bpm,
        zones=tuple(
            HeartRateZone(number=number, low_bpm=low, high_bpm=high)
            for number, (low, high) in enumerate(pairwise(borders), start=1)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Some minutes at one heart rate."""

    minutes: float
    bpm: float

    def __post_init__(self) -> None:
        require_amounts(minutes=self.minutes)
        require_positive(bpm=self.bpm)


# A sensor that is silent for longer was not worn.
MOST_SILENT_MINUTES: Final = 5


def stretches_of(
    samples: Iterable[tuple[datetime, float]], *, most_minutes: float = MOST_SILENT_MINUTES
) -> list[Stretch]:
    """What the samples of a sensor stand for: each lasts until the next.

    After a longer silence than `most_minutes`, a sample stands for nothing, like the last one.
    Samples may come in any order.
    """
    found = []
    for (start, bpm), (end, _) in pairwise(sorted(samples)):
        minutes = (end - start).total_seconds() / 60
        if 0 < minutes <= most_minutes:
            found.append(Stretch(minutes=minutes, bpm=bpm))
    return found


def zone_minutes(stretches: Iterable[Stretch], zones: HeartRateZones) -> tuple[float, ...]:
    """Minutes in each of the five zones; what is below the first is in none."""
    minutes = [0.0] * len(zones.zones)
    for stretch in stretches:
        if number := zones.zone_of(stretch.bpm):
            minutes[number - 1] += stretch.minutes
    return tuple(minutes)


EDWARDS: Final = Formula(
    id="trimp_edwards",
    name="Training impulse by zones (Edwards)",
    valid="Steady training; it jumps at the borders of the zones.",
    source="Edwards, 1993",
)


@dataclass(frozen=True, kw_only=True)
class EdwardsTrimp(Result):
    formula: Formula = EDWARDS
    trimp: float
    minutes: tuple[float, ...]

    def steps(self) -> list[str]:
        parts = [f"{minutes:g} × {zone}" for zone, minutes in enumerate(self.minutes, start=1)]
        return [f"Minutes in each zone × its number: {' + '.join(parts)} = {self.trimp:g}."]


def edwards_trimp(minutes: Sequence[float]) -> EdwardsTrimp:
    """Minutes in the five zones of the maximum × 1, 2, 3, 4, and 5, added up (Edwards).

    It jumps at the borders of the zones, its weights are a convention, and it does not know the
    resting heart rate; it needs no sex either.
    """
    if len(minutes) != len(ZONE_SHARES) - 1:
        raise ValueError(f"There are minutes for 5 zones, not for {len(minutes)}.")
    for number, value in enumerate(minutes, start=1):
        require_amounts(**{f"The minutes of zone {number}": value})
    total = sum(number * value for number, value in enumerate(minutes, start=1))
    return EdwardsTrimp(trimp=total, minutes=tuple(minutes))


BanisterVariant = Literal["literature", "golden_cheetah"]


@dataclass(frozen=True, kw_only=True)
class BanisterWeights:
    """A minute at the share x of the reserve weighs x × a × e^(b x)."""

    a: float
    b: float


# For women, GoldenCheetah keeps the men's first factor.
BANISTER: Final[Mapping[BanisterVariant, Mapping[Sex, BanisterWeights]]] = {
    "literature": {
        "male": BanisterWeights(a=0.64, b=1.92),
        "female": BanisterWeights(a=0.86, b=1.67),
    },
    "golden_cheetah": {
        "male": BanisterWeights(a=0.64, b=1.92),
        "female": BanisterWeights(a=0.64, b=1.67),
    },
}
BANISTER_FORMULAS: Final[Mapping[BanisterVariant, Formula]] = {
    "literature": Formula(
        id="trimp_banister",
        name="Training impulse by heart rate reserve (Banister)",
        valid="Endurance training; lifting strains more than the heart shows.",
        source="Morton, Fitz-Clarke, and Banister, 1990",
    ),
    "golden_cheetah": Formula(
        id="trimp_banister_golden_cheetah",
        name="Training impulse by heart rate reserve (Banister, as in GoldenCheetah)",
        valid="Endurance training; lifting strains more than the heart shows.",
        source="GoldenCheetah, TRIMPPoints",
    ),
}


@dataclass(frozen=True, kw_only=True)
class BanisterTrimp(Result):
    trimp: float
    minutes: float
    mean_bpm: float | None
    rest_bpm: float
    max_bpm: float
    weights: BanisterWeights

    def steps(self) -> list[str]:
        if self.mean_bpm is None:
            return ["There is no heart rate to count."]
        return [
            f"{self.minutes:g} minutes at {self.mean_bpm:.0f} on average, where the reserve goes"
            f" from {self.rest_bpm:g} to {self.max_bpm:g}.",
            "A minute at the share x of the reserve weighs"
            f" x × {self.weights.a:g} × e^({self.weights.b:g} x).",
            f"All minutes together weigh {self.trimp:.1f}.",
        ]


def banister_trimp(
    stretches: Iterable[Stretch],
    *,
    rest_bpm: float,
    max_bpm: float,
    sex: Sex,
    variant: BanisterVariant = "literature",
) -> BanisterTrimp:
    """Minutes weighted by the share of the heart rate reserve, added up over the stretches.

    A minute at x = (HR − rest) / (max − rest) weighs x × a × e^(b x), by `BANISTER`. Many short
    stretches are better than one with the average: hard minutes weigh more than easy ones save.
    Below the rest a minute weighs nothing; above the maximum it weighs as at the maximum, and the
    result says so. Raises ValueError where the rest is not below the maximum.
    """
    _require_reserve(rest_bpm=rest_bpm, max_bpm=max_bpm)
    weights = BANISTER[variant][sex]
    found = list(stretches)
    total = 0.0
    for stretch in found:
        share = (stretch.bpm - rest_bpm) / (max_bpm - rest_bpm)
        x = min(1.0, max(0.0, share))
        total += stretch.minutes * x * weights.a * exp(weights.b * x)
    minutes = sum(stretch.minutes for stretch in found)
    beats = sum(stretch.minutes * stretch.bpm for stretch in found)
    is_above = any(stretch.bpm > max_bpm for stretch in found)
    return BanisterTrimp(
        formula=BANISTER_FORMULAS[variant],
        trimp=total,
        minutes=minutes,
        mean_bpm=beats / minutes if minutes else None,
        rest_bpm=rest_bpm,
        max_bpm=max_bpm,
        weights=weights,
        validity="out_of_range" if is_above else "valid",
        caveats=("The heart beat faster than its maximum: enter a higher one.",)
        if is_above
        else (),
    )


def _require_reserve(*, rest_bpm: float, max_bpm: float) -> None:
    require_positive(rest_bpm=rest_bpm, max_bpm=max_bpm)
    if rest_bpm >= max_bpm:
        raise ValueError(f"rest_bpm must be below the maximum of {max_bpm:g}, not {rest_bpm:g}.")
