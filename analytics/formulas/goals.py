"""How far somebody is on the way to a goal, as it was day by day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from analytics.formulas.body import WeighIn, forecast_goal, weight_trend
from analytics.formulas.forecasts import (
    MEASURE_PACE,
    STRENGTH_PACE,
    Forecast,
    HabitForecast,
    Value,
    line_forecast,
)
from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result

STRENGTH_GOAL: Final = Formula(
    id="strength_goal",
    name="Way to a 1RM",
    valid="Tested maxima, and estimates from sets that the formulas are for.",
    source="The best since the start, from the best known by then",
)
BODY_GOAL: Final = Formula(
    id="body_goal",
    name="Way to a measure of the body",
    valid="A weight is that of its trend, without its noise; other measures are as taken.",
    source="The last one, from the last one by the start",
)
HABIT_GOAL: Final = Formula(
    id="habit_goal",
    name="Way to a habit",
    valid="Whole weeks since the start; the running one counts as soon as it has its days.",
    source="Weeks in a row",
)

WEEK: Final = timedelta(days=7)
# What is not reached is not shown as if it were.
NEARLY: Final = 99.99


@dataclass(frozen=True, kw_only=True)
class GoalPoint:
    """Where a goal stood on a day, and how much of the way that was, 0-100."""

    day: date
    value: float
    percent: float


@dataclass(frozen=True, kw_only=True)
class GoalProgress(Result):
    """Where a goal began, where it stands, and since when it is reached; None is not known.

    `percent` is 0-100 of the way; it stays 100 once the goal was reached. The points are the days
    since the start that say something, oldest first.
    """

    unit: str
    target: float
    start: float | None = None
    current: float | None = None
    percent: float | None = None
    achieved_on: date | None = None
    points: tuple[GoalPoint, ...] = ()

    def steps(self) -> list[str]:
        if self.percent is None:
            return ["Nothing is known of it yet."]
        lines = []
        if self.start is not None:
            lines.append(f"It began at {shown(self.start)} {self.unit}.")
        if self.current is not None:
            lines.append(f"It stands at {shown(self.current)} {self.unit}.")
        target = f"{shown(self.target)} {self.unit}"
        lines.append(f"That is {shown(self.percent)} % of the way to {target}.")
        if self.achieved_on is not None:
            lines.append(f"The target was reached on {self.achieved_on}; so it stays at 100 %.")
        return lines


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a goal stands and where it is going; one that is reached goes nowhere."""

    progress: GoalProgress
    forecast: Forecast | None = None

    @property
    def forecast_date(self) -> date | None:
        return self.forecast.day if self.forecast else None


def strength_standing(
    lifts: Iterable[Value], *, target_kg: float, start: date, until: date, first_weekday: int = 0
) -> Standing:
    """By 1RMs of days, in any order: the best since the start, from the best known by then.

    Where none was known by then, the first one since is where it began. Weeks begin on
    `first_weekday`, 0 for Monday.
    """
    known = sorted(lift for lift in lifts if lift[0] <= until)
    since = [lift for lift in known if lift[0] >= start]
    by_start = [kg for day, kg in known if day <= start]
    began = max(by_start) if by_start else since[0][1] if since else None
    bests: list[Value] = []
    for day, kg in since:
        bests.append((day, max(kg, bests[-1][1]) if bests else kg))
    progress = _progress(
        GoalProgress(formula=STRENGTH_GOAL, unit="kg", target=target_kg, start=began),
        bests,
        window=Window.of(day for day, _ in since),
    )
    if progress.achieved_on is not None:
        return Standing(progress=progress)
    forecast = line_forecast(
        _weekly_best(known, first_weekday),
        target=target_kg,
        unit="kg",
        until=until,
        pace=STRENGTH_PACE,
    )
    return Standing(progress=progress, forecast=forecast)


def weight_standing(
    weigh_ins: Iterable[Value], *, target_kg: float, start: date, until: date
) -> Standing:
    """By the trend of all weigh-ins, one a day at most, and not by each day's noise."""
    known = sorted(one for one in weigh_ins if one[0] <= until)
    scales = [WeighIn(day=day, weight_kg=kg) for day, kg in known]
    trend = weight_trend(scales)
    progress = _measured(
        [(point.day, point.trend_kg) for point in trend.points], target_kg, start, unit="kg"
    )
    if progress.percent is not None:
        progress = replace(progress, validity=trend.validity, caveats=trend.caveats)
    if progress.achieved_on is not None:
        return Standing(progress=progress)
    return Standing(
        progress=progress, forecast=forecast_goal(scales, goal_kg=target_kg, until=until)
    )


def measure_standing(
    measures: Iterable[Value], *, target: float, unit: str, start: date, until: date
) -> Standing:
    """By the measures as they were taken, one a day at most, in any order."""
    known = sorted(one for one in measures if one[0] <= until)
    progress = _measured(known, target, start, unit=unit)
    if progress.achieved_on is not None:
        return Standing(progress=progress)
    forecast = line_forecast(known, target=target, unit=unit, until=until, pace=MEASURE_PACE)
    return Standing(progress=progress, forecast=forecast)


def habit_standing(
    days: Iterable[date],
    *,
    days_per_week: int,
    weeks: int,
    start: date,
    until: date,
    first_weekday: int = 0,
) -> Standing:
    """By the days on which it was done: how many weeks in a row had their days, up to `until`.

    The first week is the first whole one since the start. A running week that has its days
    counts; one that lacks them takes nothing away.
    """
    done: dict[date, list[date]] = {}
    for day in sorted({day for day in days if start <= day <= until}):
        done.setdefault(week_of(day, first_weekday), []).append(day)
    streaks: list[Value] = []
    week = first = week_of(start + WEEK - timedelta(days=1), first_weekday)
    while week <= until:
        its_days = done.get(week, [])
        if len(its_days) >= days_per_week:
            # The day that made the week, which is where a goal is reached.
            before = streaks[-1][1] if streaks else 0.0
            streaks.append((its_days[days_per_week - 1], before + 1.0))
        elif week + WEEK <= until:
            streaks.append((week + WEEK - timedelta(days=1), 0.0))
        week += WEEK
    progress = _progress(
        GoalProgress(
            formula=HABIT_GOAL, unit="weeks in a row", target=float(weeks), start=0.0, current=0.0
        ),
        streaks,
        window=Window.of(day for week, its in done.items() if week >= first for day in its),
    )
    if progress.achieved_on is not None or first > until:
        return Standing(progress=progress)
    running = week_of(until, first_weekday)
    is_made = bool(streaks) and streaks[-1][0] >= running
    possible = _days_possible(done.get(running, []), until, running)
    forecast = _habit_forecast(
        weeks_left=weeks - int(progress.current or 0),
        begins=running + WEEK if is_made else running,
        is_begun=bool(progress.current or done.get(running)),
        is_lost=not is_made and possible < days_per_week,
    )
    return Standing(progress=progress, forecast=forecast)


def _days_possible(done: Sequence[date], until: date, week: date) -> int:
    """How many days a running week can still have."""
    to_come = (week + WEEK - until).days - 1
    return len(done) + to_come + (until not in done)


def _habit_forecast(
    *, weeks_left: int, begins: date, is_begun: bool, is_lost: bool
) -> HabitForecast:
    if is_begun and not is_lost:
        day = begins + weeks_left * WEEK - timedelta(days=1)
        return HabitForecast(weeks_left=weeks_left, day=day)
    reason = "This week cannot have its days any more." if is_lost else "No week has begun yet."
    return HabitForecast(weeks_left=weeks_left, validity="no_answer", caveats=(reason,))


def week_of(day: date, first_weekday: int) -> date:
    """The first day of its week; weeks begin on `first_weekday`, 0 for Monday."""
    return day - timedelta(days=(day.weekday() - first_weekday) % 7)


def _weekly_best(lifts: Iterable[Value], first_weekday: int) -> list[Value]:
    """The best of each week, on its day; the first of equals."""
    best: dict[date, Value] = {}
    for day, kg in lifts:
        week = week_of(day, first_weekday)
        if week not in best or kg > best[week][1]:
            best[week] = (day, kg)
    return list(best.values())


def _measured(known: Sequence[Value], target: float, start: date, *, unit: str) -> GoalProgress:
    """By the last measure, from the last one by the start, or else the first one since."""
    by_start = [value for day, value in known if day <= start]
    since = [(day, value) for day, value in known if day >= start]
    began = by_start[-1] if by_start else since[0][1] if since else None
    return _progress(
        GoalProgress(
            formula=BODY_GOAL,
            unit=unit,
            target=target,
            start=began,
            current=known[-1][1] if known else None,
        ),
        since,
        is_up=began is None or target >= began,
        window=Window.of(day for day, _ in since),
    )


def _progress(
    base: GoalProgress, values: Sequence[Value], *, window: Window, is_up: bool = True
) -> GoalProgress:
    """With the points of these values, oldest first; the last one is where it stands."""
    sign = 1 if is_up else -1
    start, target = base.start, base.target
    if start is None:
        return replace(base, validity="no_answer", window=window)
    achieved_on = next((day for day, value in values if sign * (value - target) >= 0), None)

    def percent(day: date, value: float) -> float:
        if achieved_on is not None and day >= achieved_on:
            return 100.0
        way = sign * (target - start)
        return _clamped(100 * sign * (value - start) / way) if way > 0 else 0.0

    points = tuple(
        GoalPoint(day=day, value=value, percent=percent(day, value)) for day, value in values
    )
    return replace(
        base,
        current=points[-1].value if points else base.current,
        percent=points[-1].percent if points else 0.0,
        achieved_on=achieved_on,
        points=points,
        window=window,
    )


def _clamped(percent: float) -> float:
    return min(NEARLY, max(0.0, round(percent, 2)))
