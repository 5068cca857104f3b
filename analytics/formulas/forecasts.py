"""When somebody meets what they aim for, at the pace of late."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Final

from analytics.formulas.body import MOST_FORECAST_DAYS, GoalForecast
from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result
from analytics.formulas.trend import Line, line_through

Value = tuple[date, float]

FEWEST_VALUES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Through which values a line is drawn: those of so many days, over so long at least."""

    formula: Formula
    days: int
    least_span_days: int


STRENGTH_PACE: Final = Pace(
    formula=Formula(
        id="strength_goal_forecast",
        name="Day of a 1RM",
        valid="Four weeks with the lift over five weeks or more, of the last twelve.",
        source="Least squares through each week's best",
    ),
    days=84,
    least_span_days=28,
)
MEASURE_PACE: Final = Pace(
    formula=Formula(
        id="measure_goal_forecast",
        name="Day of a measure",
        valid="Four measures over four weeks or more, of the last half year.",
        source="Least squares",
    ),
    days=182,
    least_span_days=28,
)
HABIT_FORECAST: Final = Formula(
    id="habit_goal_forecast",
    name="Day of a habit",
    valid="While every week from now on has its days.",
    source="The weeks that are missing",
)


@dataclass(frozen=True, kw_only=True)
class LineForecast(Result):
    """The day on which a straight line through the values of late meets a target.

    The interval is that of the change a week, and so are the earliest and the latest day; the
    latest is None where it is more than two years away. All are None where there is no answer,
    and a caveat says why.
    """

    target: float
    unit: str
    level: float | None = None
    a_week: float | None = None
    day: date | None = None
    earliest: date | None = None
    latest: date | None = None

    def steps(self) -> list[str]:
        if self.level is None or self.a_week is None or self.interval is None:
            return ["There is no line to draw."]
        lines = [
            f"The line stands at {shown(self.level)} {self.unit} and changes by"
            f" {self.a_week:+.2f} {self.unit} a week; with 80 %, by {self.interval.low:+.2f} to"
            f" {self.interval.high:+.2f}."
        ]
        if self.day is not None:
            latest = self.latest or "more than two years from now"
            lines.append(
                f"It meets {shown(self.target)} {self.unit} on {self.day}; with 80 %, from"
                f" {self.earliest} to {latest}."
            )
        return lines


def line_forecast(
    values: Sequence[Value], *, target: float, unit: str, until: date, pace: Pace
) -> LineForecast:
    """When the line through the values of the pace's days meets the target, from `until` on.

    There is no answer for fewer than four values, where the change may as well be none, did not
    go on of late, leads away from the target, or takes more than two years.
    """
    first = until - timedelta(days=pace.days - 1)
    known = [(day, value) for day, value in values if first <= day <= until]
    forecast = LineForecast(
        formula=pace.formula,
        target=target,
        unit=unit,
        validity="no_answer",
        window=Window.of(day for day, _ in known),
    )
    span = (known[-1][0] - known[0][0]).days if known else 0
    line = line_through([((day - until).days, value) for day, value in known])
    if line is None or len(known) < FEWEST_VALUES or span < pace.least_span_days:
        return _because(forecast, "There are too few values of late.")
    forecast = replace(
        forecast, level=line.at(0), a_week=7 * line.slope, interval=line.interval.times(7)
    )
    if line.interval.holds(0) or not _goes_on(
        known, line, middle=until - timedelta(pace.days // 2)
    ):
        return _because(forecast, "There is no clear change of late.")
    return _met(forecast, line, until)


def _goes_on(known: Sequence[Value], line: Line, *, middle: date) -> bool:
    """Whether the later half changes as the whole does: a line through an old change says more
    than there is.
    """
    late = [value for day, value in known if day >= middle]
    return len(late) > 1 and (late[-1] - late[0]) * line.slope > 0


def _met(forecast: LineForecast, line: Line, until: date) -> LineForecast:
    missing = forecast.target - line.at(0)
    if missing * line.slope < 0:
        return _because(forecast, "It moves away from the target, or is already past it.")
    slow, fast = sorted((line.interval.low, line.interval.high), key=abs)
    day = _day_after(until, missing / line.slope)
    if day is None:
        return _because(forecast, "At this pace it takes more than two years.")
    return replace(
        forecast,
        validity="valid",
        day=day,
        earliest=_day_after(until, missing / fast),
        latest=_day_after(until, missing / slow),
        caveats=("It holds while it goes on changing as it did.",),
    )


def _day_after(until: date, days: float) -> date | None:
    """The first whole day by which so many days have passed; None after two years."""
    # A billionth of a day is an error of arithmetic.
    return until + timedelta(days=ceil(days - 1e-9)) if days <= MOST_FORECAST_DAYS else None


def _because(forecast: LineForecast, reason: str) -> LineForecast:
    return replace(forecast, caveats=(reason,))


@dataclass(frozen=True, kw_only=True)
class HabitForecast(Result):
    """The last day of the week in which a habit is reached, if every week has its days."""

    formula: Formula = HABIT_FORECAST
    weeks_left: int
    day: date | None = None
    earliest: date | None = None
    latest: date | None = None

    def steps(self) -> list[str]:
        if self.day is None:
            return [f"Missing weeks: {self.weeks_left}."]
        return [f"Missing weeks: {self.weeks_left}. The last of them ends on {self.day}."]


Forecast = LineForecast | GoalForecast | HabitForecast
