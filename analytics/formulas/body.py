"""Bodies: where a weight is going, and how much of it is not fat."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, isfinite, log10, sqrt
from typing import Final

from analytics.formulas.provenance import Formula, Interval, Window
from analytics.formulas.result import Result, interval_around, require_positive
from analytics.formulas.trend import Line, line_through, t_quantile
from nutrition.formulas import Sex
from nutrition.formulas.goals import LEAST_BODY_FAT_PERCENT, MOST_BODY_FAT_PERCENT

WEIGHT_TREND: Final = Formula(
    id="weight_trend",
    name="Weight trend",
    valid="Any weigh-ins. It follows a steady change about nine days late.",
    source="Walker, The Hacker's Diet",
)
WEIGHT_SLOPE: Final = Formula(
    id="weight_slope",
    name="Weight change a day by least squares",
    valid="Seven weigh-ins over two weeks or more, within the window.",
    source="Least squares",
)
GOAL_FORECAST: Final = Formula(
    id="weight_goal_forecast",
    name="Day of the goal weight",
    valid="While the weight goes on as in the window.",
    source="Least squares; Fieller, 1954",
)
NAVY_BODY_FAT: Final = Formula(
    id="navy_body_fat_metric",
    name="Body fat from girths (US Navy, metric)",
    valid="Adults measured with a tape: men at the navel, women at the narrowest of the waist.",
    source="Hodgdon and Beckett, 1984",
)
FAT_FREE_MASS: Final = Formula(
    id="fat_free_mass",
    name="Fat-free mass",
    valid="As good as the body fat that it is from.",
    source="Weight less fat",
)

TREND_ALPHA: Final = 0.1
# Before, a trend has not caught up with the first weigh-in that it started from.
TREND_SETTLES_DAYS: Final = 28
SLOPE_DAYS: Final = 28
LEAST_WEIGH_INS: Final = 7
LEAST_SPAN_DAYS: Final = 14
MOST_FORECAST_DAYS: Final = 730
TOO_FEW: Final = "It takes seven weigh-ins over two weeks, of late."
# Standard errors of estimate, in points of body fat.
NAVY_ERROR: Final = {"male": 3.52, "female": 3.72}


@dataclass(frozen=True, kw_only=True)
class WeighIn:
    day: date
    weight_kg: float

    def __post_init__(self) -> None:
        require_positive(weight_kg=self.weight_kg)


@dataclass(frozen=True, kw_only=True)
class TrendPoint:
    day: date
    weight_kg: float
    trend_kg: float


@dataclass(frozen=True, kw_only=True)
class WeightTrend(Result):
    """A point for each weigh-in, oldest first; without one there is no answer."""

    formula: Formula = WEIGHT_TREND
    alpha: float
    points: tuple[TrendPoint, ...]

    @property
    def trend_kg(self) -> float | None:
        return self.points[-1].trend_kg if self.points else None

    def kg_per_day(self, *, days: int = SLOPE_DAYS) -> float | None:
        """The mean change of the trend over the last so many days or a little more.

        None while those days begin before the trend has settled, four weeks after the first
        weigh-in: until then the lag hides a third of a steady loss. `weight_slope` has no lag.
        """
        if not self.points:
            return None
        last = self.points[-1]
        settled = self.points[0].day + timedelta(days=TREND_SETTLES_DAYS)
        begins = last.day - timedelta(days=days)
        start = next((point for point in reversed(self.points) if point.day <= begins), None)
        if start is None or start.day < settled:
            return None
        return (last.trend_kg - start.trend_kg) / (last.day - start.day).days

    def steps(self) -> list[str]:
        if not self.points:
            return ["There is no weigh-in."]
        first, last = self.points[0], self.points[-1]
        lines = [f"The trend starts from the first weigh-in, {first.weight_kg:.1f} kg."]
        if len(self.points) > 1:
            before = self.points[-2]
            gap = (last.day - before.day).days
            share = _share_of_gap(self.alpha, gap)
            lines.append(
                f"Each weigh-in pulls it {self.alpha:.0%} of the way for every day since the last."
            )
            lines.append(
                f"Last: {before.trend_kg:.2f} + {share:.1%} of ({last.weight_kg:.2f} −"
                f" {before.trend_kg:.2f}) = {last.trend_kg:.2f} kg after {gap} days."
            )
        return lines


def weight_trend(weigh_ins: Iterable[WeighIn], *, alpha: float = TREND_ALPHA) -> WeightTrend:
    """The weight without its daily noise: T + a × (W − T), beginning at the first weigh-in.

    With a = alpha; after a gap of d days a becomes 1 − (1 − alpha)^d, as if the weight had been
    the new one all along. Nothing is rounded on the way. Raises ValueError for two weigh-ins on
    one day, and for an alpha that is not above 0 and at most 1.
    """
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha must be above 0 and at most 1, not {alpha}.")
    points: list[TrendPoint] = []
    for weigh_in in _in_order(weigh_ins):
        trend = weigh_in.weight_kg
        if points:
            before = points[-1]
            share = _share_of_gap(alpha, (weigh_in.day - before.day).days)
            trend = before.trend_kg + share * (trend - before.trend_kg)
        points.append(TrendPoint(day=weigh_in.day, weight_kg=weigh_in.weight_kg, trend_kg=trend))
    window = Window.of(point.day for point in points)
    is_settled = bool(points) and ((points[-1].day - points[0].day).days >= TREND_SETTLES_DAYS)
    return WeightTrend(
        alpha=alpha,
        points=tuple(points),
        window=window,
        validity="valid" if is_settled else "warming_up" if points else "no_answer",
        caveats=() if is_settled else ("A trend takes four weeks to settle.",),
    )


def _share_of_gap(alpha: float, days: int) -> float:
    return 1 - (1 - alpha) ** days


def _in_order(weigh_ins: Iterable[WeighIn]) -> list[WeighIn]:
    found = sorted(weigh_ins, key=lambda weigh_in: weigh_in.day)
    if len({weigh_in.day for weigh_in in found}) < len(found):
        raise ValueError("A day has one weigh-in at most.")
    return found


@dataclass(frozen=True, kw_only=True)
class WeightSlope(Result):
    """How fast a weight changes, and where its line stands today. None without an answer."""

    formula: Formula = WEIGHT_SLOPE
    kg_per_day: float | None = None
    weight_kg: float | None = None

    def steps(self) -> list[str]:
        if self.kg_per_day is None or self.interval is None:
            return ["There is no line to draw."]
        return [
            f"The straight line through the weigh-ins changes by {7 * self.kg_per_day:+.2f} kg a"
            f" week and stands at {self.weight_kg:.1f} kg.",
            f"With 80 %, the change is from {7 * self.interval.low:+.2f} to"
            f" {7 * self.interval.high:+.2f} kg a week.",
        ]


def weight_slope(
    weigh_ins: Iterable[WeighIn], *, until: date, days: int = SLOPE_DAYS
) -> WeightSlope:
    """Change a day of the weights of the last so many days, up to `until`, by least squares.

    From the weights as they were measured: a trend is late and its errors hang together. Days
    without a weigh-in do no harm. Seven weigh-ins over two weeks are needed for an answer.
    """
    known = _recent(weigh_ins, until=until, days=days)
    window = Window.of(weigh_in.day for weigh_in in known)
    line = _line(known, until=until)
    if line is None:
        return WeightSlope(window=window, validity="no_answer", caveats=(TOO_FEW,))
    return WeightSlope(
        kg_per_day=line.slope, weight_kg=line.at(0), interval=line.interval, window=window
    )


def _recent(weigh_ins: Iterable[WeighIn], *, until: date, days: int) -> list[WeighIn]:
    first = until - timedelta(days=days - 1)
    return [weigh_in for weigh_in in _in_order(weigh_ins) if first <= weigh_in.day <= until]


def _line(known: list[WeighIn], *, until: date) -> Line | None:
    """The line over days counted from `until`, which is 0."""
    if len(known) < LEAST_WEIGH_INS:
        return None
    if (known[-1].day - known[0].day).days + 1 < LEAST_SPAN_DAYS:
        return None
    return line_through([((w.day - until).days, w.weight_kg) for w in known])


@dataclass(frozen=True, kw_only=True)
class GoalForecast(Result):
    """The day on which a weight meets its goal, and from when to when with 80 %.

    The latest day is None where it is more than two years away; all are where there is no
    answer, and a caveat says why.
    """

    formula: Formula = GOAL_FORECAST
    goal_kg: float
    slope: WeightSlope
    day: date | None = None
    earliest: date | None = None
    latest: date | None = None

    def steps(self) -> list[str]:
        lines = self.slope.steps()
        now, change = self.slope.weight_kg, self.slope.kg_per_day
        if self.day is None or now is None or change is None:
            return lines
        missing = self.goal_kg - now
        latest = self.latest or "more than two years from now"
        return [
            *lines,
            f"{missing:+.1f} kg at {change:+.3f} kg a day take {missing / change:.0f} days:"
            f" {self.day}.",
            f"With 80 %, it is from {self.earliest} to {latest}.",
        ]


def forecast_goal(
    weigh_ins: Iterable[WeighIn], *, goal_kg: float, until: date, days: int = SLOPE_DAYS
) -> GoalForecast:
    """When the line of `weight_slope` meets a goal, counted from `until`.

    The interval is where the line's own 80 % band meets it (Fieller), so it minds how sure both
    the change and the level are. There is no answer where the change may as well be none, leads
    away from the goal, or takes more than two years.
    """
    require_positive(goal_kg=goal_kg)
    known = _recent(weigh_ins, until=until, days=days)
    slope = weight_slope(known, until=until, days=days)
    line = _line(known, until=until)
    if line is None:
        return _no_forecast(slope, goal_kg, TOO_FEW)
    band = _meeting_days(line, [(w.day - until).days for w in known], goal_kg)
    if band is None:
        return _no_forecast(slope, goal_kg, "The weight shows no clear change of late.")
    ahead = (goal_kg - line.at(0)) / line.slope
    if ahead < 0:
        reason = "The weight moves away from the goal, or is already past it."
        return _no_forecast(slope, goal_kg, reason)
    if ahead > MOST_FORECAST_DAYS:
        return _no_forecast(slope, goal_kg, "At this pace it takes more than two years.")
    earliest, latest = band
    return GoalForecast(
        goal_kg=goal_kg,
        slope=slope,
        day=_day_after(until, ahead),
        earliest=_day_after(until, max(0.0, earliest)),
        latest=_day_after(until, latest) if latest <= MOST_FORECAST_DAYS else None,
        caveats=("It holds while the weight goes on changing as it did.",),
        window=slope.window,
    )


def _no_forecast(slope: WeightSlope, goal_kg: float, reason: str) -> GoalForecast:
    return GoalForecast(
        goal_kg=goal_kg,
        slope=slope,
        validity="no_answer",
        caveats=(reason,),
        window=slope.window,
    )


def _meeting_days(line: Line, days: list[int], goal_kg: float) -> tuple[float, float] | None:
    """Where the band of a line begins and ends to hold the goal; None for a slope that may be 0.

    At u days from the middle of the points, the band is b u ± t s √(1/n + u²/S). That it holds
    the distance d to the goal is (d − b u)² ≤ t² s² (1/n + u²/S): a quadratic in u.
    """
    spread = sum((day - line.mean_x) ** 2 for day in days)
    margin = (t_quantile(len(days) - 2) * line.slope_error) ** 2  # t² s² / S
    distance = goal_kg - line.mean_y
    square = line.slope**2 - margin
    if square <= 0:
        return None
    inside = (line.slope * distance) ** 2 - square * (distance**2 - margin * spread / len(days))
    root = sqrt(max(0.0, inside))
    first, last = (
        line.mean_x + (line.slope * distance + sign * root) / square for sign in (-1, 1)
    )
    return first, last


def _day_after(until: date, days: float) -> date:
    """The first whole day by which so many days have passed."""
    # A billionth of a day is an error of arithmetic.
    return until + timedelta(days=ceil(days - 1e-9))


@dataclass(frozen=True, kw_only=True)
class BodyFat(Result):
    """Body fat in percent of the weight."""

    formula: Formula = NAVY_BODY_FAT
    percent: float
    girth_cm: float
    height_cm: float

    def steps(self) -> list[str]:
        lines = [
            f"Waist and hips (women), less the neck: {self.girth_cm:g} cm at a height of"
            f" {self.height_cm:g} cm give {self.percent:.1f} %."
        ]
        if self.interval:
            lines.append(
                f"With 80 %, it is from {self.interval.low:.1f} to {self.interval.high:.1f} %."
            )
        return lines


def navy_body_fat(
    *,
    sex: Sex,
    height_cm: float,
    waist_cm: float,
    neck_cm: float,
    hip_cm: float | None = None,
) -> BodyFat:
    """Body fat from girths, by the metric form of the US Navy's equations.

    The form in inches is up to a quarter of a point apart. A centimeter of waist is about one
    point, and the standard error 3.5 points (women 3.7), so show the interval. Raises ValueError
    where a woman's hips are missing, or the neck is as wide as what it is taken from.
    """
    require_positive(height_cm=height_cm, waist_cm=waist_cm, neck_cm=neck_cm)
    girth = waist_cm - neck_cm
    if sex == "female":
        if hip_cm is None:
            raise ValueError("For women the equation needs hip_cm.")
        require_positive(hip_cm=hip_cm)
        girth += hip_cm
    if waist_cm <= neck_cm:
        raise ValueError(f"waist_cm must be above the neck's {neck_cm:g}, not {waist_cm:g}.")
    if sex == "male":
        density = 1.0324 - 0.19077 * log10(girth) + 0.15456 * log10(height_cm)
    else:
        density = 1.29579 - 0.35004 * log10(girth) + 0.22100 * log10(height_cm)
    if density <= 0:
        raise ValueError("There is no body of these measures.")
    percent = 495 / density - 450
    is_likely = LEAST_BODY_FAT_PERCENT <= percent <= MOST_BODY_FAT_PERCENT
    return BodyFat(
        percent=percent,
        girth_cm=girth,
        height_cm=height_cm,
        interval=interval_around(percent, sd=NAVY_ERROR[sex]),
        validity="valid" if is_likely else "out_of_range",
        caveats=() if is_likely else ("The result is unlikely: check the measures.",),
    )


@dataclass(frozen=True, kw_only=True)
class FatFreeMass(Result):
    formula: Formula = FAT_FREE_MASS
    kg: float
    weight_kg: float
    body_fat_percent: float

    def steps(self) -> list[str]:
        return [
            f"{self.weight_kg:g} kg less {self.body_fat_percent:.1f} % of fat = {self.kg:.1f} kg."
        ]


def fat_free_mass(
    *, weight_kg: float, body_fat_percent: float, percent_interval: Interval | None = None
) -> FatFreeMass:
    """What of a weight is not fat, in kg. The interval of the body fat gives that of the mass."""
    require_positive(weight_kg=weight_kg)
    if not isfinite(body_fat_percent) or not 0 <= body_fat_percent < 100:  # noqa: PLR2004
        raise ValueError(f"body_fat_percent must be from 0 to below 100, not {body_fat_percent}.")
    interval = None
    if percent_interval:
        interval = Interval(
            low=weight_kg * (1 - min(100.0, percent_interval.high) / 100),
            high=weight_kg * (1 - max(0.0, percent_interval.low) / 100),
        )
    return FatFreeMass(
        kg=weight_kg * (1 - body_fat_percent / 100),
        weight_kg=weight_kg,
        body_fat_percent=body_fat_percent,
        interval=interval,
    )
