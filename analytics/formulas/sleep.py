"""Sleep: how much somebody needs and owes, and how good a night was.

In hours or minutes, as the names say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import atan2, cos, pi, sin
from statistics import fmean, pstdev
from typing import Final

from analytics.formulas.provenance import Formula, Window
from analytics.formulas.result import Result

USUAL_NEED_H: Final = 8.25
LEAST_WORK_NIGHTS: Final = 20
LEAST_FREE_NIGHTS: Final = 8
DEBT_NIGHTS: Final = 14
LEAST_DEBT_NIGHTS: Final = 7
LAST_WEIGHT: Final = 0.5
REGULARITY_NIGHTS: Final = 14
LEAST_REGULARITY_NIGHTS: Final = 5
_DAY_MINUTES: Final = 1440

SLEEP_NEED: Final = Formula(
    id="sleep_need",
    name="Need of sleep",
    valid=f"From {LEAST_WORK_NIGHTS} nights before work and {LEAST_FREE_NIGHTS} before free days.",
    source="Munich ChronoType Questionnaire (Roenneberg et al., 2003)",
)
SLEEP_DEBT: Final = Formula(
    id="sleep_debt",
    name="Sleep debt",
    valid=f"From {LEAST_DEBT_NIGHTS} of {DEBT_NIGHTS} nights on.",
    source="A rule of ours: nights below the need, of which older ones weigh less",
)
SLEEP_QUALITY: Final = Formula(
    id="sleep_quality",
    name="Score of a night",
    valid="Healthy adults; makers' own scores are other scales.",
    source="A rule of ours: duration, efficiency, regularity and time awake",
)


@dataclass(frozen=True, kw_only=True)
class Night:
    """The main sleep of a date, in minutes; ``middle`` is a local reading without a zone."""

    date: date
    asleep: float
    in_bed: float
    awake: float | None = None
    middle: datetime


@dataclass(frozen=True, kw_only=True)
class SleepNeed(Result):
    formula: Formula = SLEEP_NEED
    hours: float
    work_hours: float | None = None
    free_hours: float | None = None

    def steps(self) -> list[str]:
        if self.work_hours is None or self.free_hours is None:
            return [f"Most adults need about {self.hours:g} hours."]
        return [
            f"Nights before work last {self.work_hours:.2f} hours and those before free days"
            f" {self.free_hours:.2f}; half of what is caught up on free days is not needed:"
            f" {self.hours:.2f} hours."
        ]


def sleep_need(nights: Sequence[Night]) -> SleepNeed:
    """From the nights before work and free days; a usual 8.25 hours where they are too few.

    Mondays to Fridays are taken as days of work: need = free − (free − week) / 2 with
    week = (5 · work + 2 · free) / 7, where somebody sleeps longer on free days; else the mean.
    """
    # A night is dated by the day of waking up.
    free = [night.asleep / 60 for night in nights if night.date.isoweekday() > 5]  # noqa: PLR2004
    work = [night.asleep / 60 for night in nights if night.date.isoweekday() <= 5]  # noqa: PLR2004
    if len(work) < LEAST_WORK_NIGHTS or len(free) < LEAST_FREE_NIGHTS:
        return SleepNeed(
            hours=USUAL_NEED_H,
            validity="warming_up",
            caveats=("There are too few nights to tell your own need.",),
        )
    on_work, on_free = fmean(work), fmean(free)
    week = (5 * on_work + 2 * on_free) / 7
    hours = on_free - (on_free - week) / 2 if on_free > on_work else week
    return SleepNeed(
        hours=hours,
        work_hours=on_work,
        free_hours=on_free,
        window=Window.of(night.date for night in nights),
    )


@dataclass(frozen=True, kw_only=True)
class SleepDebt(Result):
    formula: Formula = SLEEP_DEBT
    hours: float | None
    need_hours: float
    nights: int

    def steps(self) -> list[str]:
        if self.hours is None:
            return [f"{self.nights} nights are known; it takes {LEAST_DEBT_NIGHTS}."]
        return [
            f"{self.nights} of the last {DEBT_NIGHTS} nights against a need of"
            f" {self.need_hours:.2f} hours; last night weighs 1, the oldest {LAST_WEIGHT:g}.",
            f"What is missing and what was caught up come to {self.hours:.1f} hours.",
        ]


def sleep_debt(nights: Sequence[Night], *, need_hours: float, today: date) -> SleepDebt:
    """Hours owed of the last 14 nights: need − asleep, added up, and never below 0.

    The weight of a night falls evenly from 1 for the last to 0.5 for the oldest; a night that is
    longer than the need pays back. Nights that are not known count as the mean of the others.
    """
    known = [night for night in nights if 0 <= (today - night.date).days < DEBT_NIGHTS]
    if len(known) < LEAST_DEBT_NIGHTS:
        return SleepDebt(
            hours=None, need_hours=need_hours, nights=len(known), validity="no_answer"
        )
    weights = [_debt_weight((today - night.date).days) for night in known]
    missing = [need_hours - night.asleep / 60 for night in known]
    mean = sum(w * hours for w, hours in zip(weights, missing, strict=True)) / sum(weights)
    total = sum(_debt_weight(age) for age in range(DEBT_NIGHTS))
    left_out = DEBT_NIGHTS - len(known)
    return SleepDebt(
        hours=max(0.0, mean * total),
        need_hours=need_hours,
        nights=len(known),
        window=Window.of(night.date for night in known),
        caveats=(f"{left_out} nights are not known and count as the others.",) if left_out else (),
    )


def _debt_weight(age_days: int) -> float:
    return 1 - (1 - LAST_WEIGHT) * age_days / (DEBT_NIGHTS - 1)


def middle_sd_minutes(nights: Sequence[Night]) -> float | None:
    """How far the middle of sleep wanders, as a standard deviation in minutes.

    Readings of a clock go round: they are turned so that their mean direction is noon. None for
    fewer than five nights.
    """
    if len(nights) < LEAST_REGULARITY_NIGHTS:
        return None
    minutes = [night.middle.hour * 60 + night.middle.minute for night in nights]
    angles = [2 * pi * minute / _DAY_MINUTES for minute in minutes]
    mean = atan2(fmean(map(sin, angles)), fmean(map(cos, angles))) * _DAY_MINUTES / (2 * pi)
    half = _DAY_MINUTES / 2
    return pstdev((minute - mean + half) % _DAY_MINUTES for minute in minutes)


# (part, weight); the parts that are not known leave theirs to the others.
QUALITY_WEIGHTS: Final[Mapping[str, float]] = {
    "duration": 45,
    "efficiency": 25,
    "regularity": 20,
    "awake": 10,
}


@dataclass(frozen=True, kw_only=True)
class SleepQuality(Result):
    """0-100, and each known part as 0-100 too."""

    formula: Formula = SLEEP_QUALITY
    score: float
    parts: Mapping[str, float]

    def steps(self) -> list[str]:
        named = ", ".join(f"{name} {part:.0f}" for name, part in self.parts.items())
        weights = ", ".join(f"{name} {QUALITY_WEIGHTS[name]:g}" for name in self.parts)
        return [f"{named}; weighed {weights}: {self.score:.1f}."]


def sleep_quality(
    night: Night, *, need_hours: float, middle_sd: float | None = None
) -> SleepQuality:
    """How good a night was, without looking at stages, which wrists cannot tell well.

    Duration: 100 from half an hour below the need to one above, 0 from four hours off on.
    Efficiency: 0 at 65 % of the time in bed, 100 at 90 %. Regularity: 100 up to 30 minutes of
    standard deviation, 0 from 120 on. Awake: 100 up to 20 minutes, 0 from 90 on.
    """
    hours = night.asleep / 60
    off = max(need_hours - 0.5 - hours, hours - need_hours - 1, 0)
    allowed = 4 - (0.5 if hours < need_hours else 1)
    parts = {"duration": _share(off, best=0, worst=allowed)}
    if night.in_bed > 0:
        parts["efficiency"] = _share(100 * night.asleep / night.in_bed, best=90, worst=65)
    if middle_sd is not None:
        parts["regularity"] = _share(middle_sd, best=30, worst=120)
    if night.awake is not None:
        parts["awake"] = _share(night.awake, best=20, worst=90)
    total = sum(QUALITY_WEIGHTS[name] for name in parts)
    score = sum(QUALITY_WEIGHTS[name] * part for name, part in parts.items()) / total
    return SleepQuality(score=score, parts=parts)


def _share(value: float, *, best: float, worst: float) -> float:
    """100 at the best and beyond, 0 at the worst and beyond, a straight line between."""
    return 100 * min(1.0, max(0.0, (value - worst) / (best - worst)))
