"""What heart and sleep say of how recovered somebody is: hints, no medicine.

Resting heart rates are in beats per minute, heart rate variability in ms.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import fmean, stdev
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Interval, Window, shown
from analytics.formulas.result import SD_PER_SIDE, Result
from analytics.formulas.trend import line_through

Signal = Literal["resting_heart_rate", "hrv"]

RECENT_DAYS: Final = 7
LEAST_RECENT: Final = 3
BASELINE_DAYS: Final[Mapping[Signal, int]] = {"resting_heart_rate": 28, "hrv": 60}
LEAST_BASELINE: Final = 14
TREND_DAYS: Final = 28
# A standard deviation below this is a device's rounding and not a person.
_LEAST_SD: Final[Mapping[Signal, float]] = {"resting_heart_rate": 1.0, "hrv": 0.05}

TRENDS: Final[Mapping[Signal, Formula]] = {
    "resting_heart_rate": Formula(
        id="resting_heart_rate_trend",
        name="Resting heart rate against its baseline",
        valid=f"From {LEAST_BASELINE} days before the last week on.",
        source="A rule of ours: the week's mean against the 28 days before",
    ),
    "hrv": Formula(
        id="hrv_trend",
        name="Heart rate variability against its baseline",
        valid=f"From {LEAST_BASELINE} nights before the last week on, all of one method.",
        source="After Plews et al., 2013: the week's mean logarithm against the 60 days before",
    ),
}
READINESS: Final = Formula(
    id="readiness",
    name="Readiness",
    valid="Compares somebody with themselves alone. It is a hint and no diagnosis.",
    source="A rule of ours: variability, resting heart rate, last night and sleep debt",
)


@dataclass(frozen=True, kw_only=True)
class SignalTrend(Result):
    """The last seven days against those before, in the unit of the signal.

    ``z`` is how many standard deviations of single days the week lies above the baseline, of
    logarithms for the variability. ``slope`` is a week's change over the last four weeks; the
    interval is that of the baseline's single days.
    """

    signal: Signal
    latest: float | None
    mean: float | None
    baseline: float | None
    z: float | None
    latest_z: float | None
    slope: float | None

    def steps(self) -> list[str]:
        if self.mean is None or self.baseline is None or self.z is None:
            return [f"It takes {LEAST_BASELINE} days before the last week to compare with."]
        return [
            f"The last {RECENT_DAYS} days come to {shown(self.mean, 1)}, the baseline of"
            f" {BASELINE_DAYS[self.signal]} days before to {shown(self.baseline, 1)}.",
            f"That is {shown(self.z)} standard deviations of a day.",
        ]


def signal_trend(values: Mapping[date, float], *, signal: Signal, today: date) -> SignalTrend:
    """How a signal stands; ``values`` by the person's own days, all above 0."""
    scaled = {day: _scaled(value, signal) for day, value in values.items() if day <= today}
    week = today - timedelta(days=RECENT_DAYS)
    recent = [value for day, value in scaled.items() if day > week]
    since = week - timedelta(days=BASELINE_DAYS[signal])
    before = {day: value for day, value in scaled.items() if since < day <= week}
    latest = scaled.get(today)
    mean = fmean(recent) if len(recent) >= LEAST_RECENT else None
    known = len(before) >= LEAST_BASELINE
    usual = fmean(before.values()) if known else None
    sd = max(stdev(before.values()), _LEAST_SD[signal]) if known else None

    def z(value: float | None) -> float | None:
        return None if value is None or usual is None or sd is None else (value - usual) / sd

    def plain(value: float | None) -> float | None:
        return None if value is None else _plain(value, signal)

    interval = None
    if usual is not None and sd is not None:
        margin = SD_PER_SIDE * sd
        interval = Interval(
            low=_plain(usual - margin, signal), high=_plain(usual + margin, signal)
        )
    return SignalTrend(
        formula=TRENDS[signal],
        signal=signal,
        latest=plain(latest),
        mean=plain(mean),
        baseline=plain(usual),
        z=z(mean),
        latest_z=z(latest),
        slope=_slope(values, today),
        interval=interval,
        validity="valid" if known and mean is not None else "warming_up",
        window=Window.of([*before, *(day for day in scaled if day > week)]),
    )


def _scaled(value: float, signal: Signal) -> float:
    return log(value) if signal == "hrv" else value


def _plain(value: float, signal: Signal) -> float:
    return exp(value) if signal == "hrv" else value


def _slope(values: Mapping[date, float], today: date) -> float | None:
    since = today - timedelta(days=TREND_DAYS)
    points = [((day - today).days / 7, value) for day, value in values.items() if since < day]
    line = line_through(points)
    return None if line is None else line.slope


# The parts that are not known leave their weight to the others.
READINESS_WEIGHTS: Final[Mapping[str, float]] = {
    "hrv": 35,
    "resting_heart_rate": 20,
    "sleep": 30,
    "sleep_debt": 15,
}
_MOST_Z: Final = 2.0
_WORST_DEBT_H: Final = 14.0


@dataclass(frozen=True, kw_only=True)
class Readiness(Result):
    """0-100, where 50 is a usual day of heart and variability; each known part as 0-100 too."""

    formula: Formula = READINESS
    score: float | None
    parts: Mapping[str, float]

    def steps(self) -> list[str]:
        if self.score is None:
            return ["Neither last night's sleep nor a baseline of the heart is known."]
        return [
            *(
                f"{name}: {part:.0f} of 100, weight {READINESS_WEIGHTS[name]:g}."
                for name, part in self.parts.items()
            ),
            f"Together {self.score:.0f}.",
        ]


def readiness(
    *,
    hrv_z: float | None = None,
    resting_heart_rate_z: float | None = None,
    sleep_score: float | None = None,
    debt_hours: float | None = None,
) -> Readiness:
    """How ready somebody is today, from last night against their own baselines.

    Variability: 50 + 25 z; resting heart rate: 50 − 25 z; both from 0 to 100. Last night: its
    score. Debt: 100 without any, 0 from 14 hours on. Without heart or variability the validity is
    "warming_up"; without last night as well there is no answer.
    """
    parts: dict[str, float] = {}
    if hrv_z is not None:
        parts["hrv"] = _of_z(hrv_z)
    if resting_heart_rate_z is not None:
        parts["resting_heart_rate"] = _of_z(-resting_heart_rate_z)
    if sleep_score is not None:
        parts["sleep"] = sleep_score
    has_base = bool(parts)
    if debt_hours is not None:
        parts["sleep_debt"] = 100 * (1 - min(debt_hours, _WORST_DEBT_H) / _WORST_DEBT_H)
    if not has_base:
        return Readiness(score=None, parts={}, validity="no_answer")
    total = sum(READINESS_WEIGHTS[name] for name in parts)
    score = sum(READINESS_WEIGHTS[name] * part for name, part in parts.items()) / total
    missing = [name for name in READINESS_WEIGHTS if name not in parts]
    return Readiness(
        score=score,
        parts=parts,
        validity="valid" if {"hrv", "resting_heart_rate"} & parts.keys() else "warming_up",
        caveats=(f"Not known today: {', '.join(missing)}.",) if missing else (),
    )


def _of_z(z: float) -> float:
    return 50 + 50 * min(_MOST_Z, max(-_MOST_Z, z)) / _MOST_Z
