"""Where a lift stands still, which weeks were lighter, and when a deload is due: hints, no orders.

Maxima are in kg. A week's load is in hard sets or in kg, the same for all weeks.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result
from analytics.formulas.trend import Line, line_through

Verdict = Literal[
    "plateau", "progressing", "regressing", "unclear", "plan_not_followed", "too_little_data"
]
Recovery = Literal["good", "low"]
Lever = Literal["recovery", "more_sets"]
WeekKind = Literal["normal", "deload", "missed", "light", "off", "too_little_data"]

FEWEST_EXPOSURES: Final = 4
FEWEST_WEEKS: Final = 6
FLAT_PERCENT: Final = 0.25
LEAST_ADHERENCE: Final = 0.80
SETS_CHANGE: Final = 0.20

COMPARED_WEEKS: Final = 4
MOST_DELOAD_SHARE: Final = 0.60
LEAST_SESSIONS_SHARE: Final = 0.50

WEEKS_BETWEEN_DELOADS: Final = (4, 8)
DELOAD_LOAD_SHARE: Final = (0.60, 0.80)
DELOAD_SETS_SHARE: Final = 0.50

LIFT_TREND: Final = Formula(
    id="lift_trend",
    name="Trend of a lift",
    valid=f"From {FEWEST_EXPOSURES} training days in {FEWEST_WEEKS} weeks on.",
    source="A rule of ours: least squares through each week's best estimate",
)
LIGHT_WEEKS: Final = Formula(
    id="deload_weeks",
    name="Lighter weeks",
    valid=f"With {COMPARED_WEEKS} weeks before that were no deloads.",
    source="A rule of ours: against the median of the weeks before",
)
DELOAD_HINT: Final = Formula(
    id="deload_hint",
    name="Deload hint",
    valid="A habit of coaches, not a law: deload when it is needed rather than by the calendar.",
    source="The guide of Liftosaur",
)
NO_PLAN: Final = "There is no plan that it could have followed."


@dataclass(frozen=True, kw_only=True)
class LiftTrend(Result):
    """How fast a maximum changes, in % of its mean a week, and what that means.

    The interval is that of `percent_a_week`. Only a plateau has a lever to try first, and by
    what share to change the sets.
    """

    formula: Formula = LIFT_TREND
    verdict: Verdict
    slope_kg_a_week: float | None
    percent_a_week: float | None
    weeks: int
    adherence: float | None
    lever: Lever | None = None
    sets_change: float | None = None

    def steps(self) -> list[str]:
        count = self.window.count if self.window else 0
        if self.slope_kg_a_week is None or self.percent_a_week is None or not self.interval:
            return [
                f"{count} training days over {self.weeks} weeks; it takes {FEWEST_EXPOSURES} over"
                f" {FEWEST_WEEKS}."
            ]
        steps = [
            f"A line through each week's best maximum of {count} training days over"
            f" {self.weeks} weeks changes by {shown(self.slope_kg_a_week, 4)} kg a week.",
            f"That is {shown(self.percent_a_week, 3)} % a week; 80 % of such lines lie between"
            f" {shown(self.interval.low, 3)} and {shown(self.interval.high, 3)} %.",
            f"Below {FLAT_PERCENT} % to either side a lift stands still: {self.verdict}.",
        ]
        if self.sets_change is not None:
            first = "Rest and food first" if self.lever == "recovery" else "Sets first"
            steps.append(f"{first}: try {100 * self.sets_change:+.0f} % sets.")
        return steps


def lift_trend(
    exposures: Iterable[tuple[date, float]],
    *,
    adherence: float | None = None,
    recovery: Recovery | None = None,
    first_weekday: int = 0,
) -> LiftTrend:
    """Judge a lift by each week's best maximum; the days and maxima may be in any order.

    A plateau changes by less than 0.25 % a week, with an 80 % interval that holds 0 or stays
    within 0.25 % as well. It needs four training days in six weeks, and an adherence of 0.8: the
    share of the plan that was done, None without one. Weeks begin on `first_weekday`, 0 for
    Monday.
    """
    known = sorted(exposures)
    best = _weekly_best(known, first_weekday)
    weeks = max(best) - min(best) + 1 if best else 0
    line = line_through(sorted(best.items()))
    window = Window.of(day for day, _ in known)
    caveats = (NO_PLAN,) if adherence is None else ()
    is_little = len({day for day, _ in known}) < FEWEST_EXPOSURES or weeks < FEWEST_WEEKS
    if is_little or line is None:
        return LiftTrend(
            validity="warming_up",
            caveats=caveats,
            window=window,
            verdict="too_little_data",
            slope_kg_a_week=None,
            percent_a_week=None,
            weeks=weeks,
            adherence=adherence,
        )
    verdict = _verdict(line, adherence)
    lever, sets_change = _lever(recovery) if verdict == "plateau" else (None, None)
    return LiftTrend(
        caveats=caveats,
        window=window,
        interval=line.interval.times(100 / line.mean_y),
        verdict=verdict,
        slope_kg_a_week=line.slope,
        percent_a_week=100 * line.slope / line.mean_y,
        weeks=weeks,
        adherence=adherence,
        lever=lever,
        sets_change=sets_change,
    )


def _weekly_best(exposures: Iterable[tuple[date, float]], first_weekday: int) -> dict[int, float]:
    best: dict[int, float] = {}
    for day, one_rm_kg in exposures:
        # Day 1 of the calendar was a Monday.
        week = (day.toordinal() - 1 - first_weekday) // 7
        best[week] = max(one_rm_kg, best.get(week, 0))
    return best


def _verdict(line: Line, adherence: float | None) -> Verdict:
    percent = 100 * line.slope / line.mean_y
    interval = line.interval.times(100 / line.mean_y)
    is_level = abs(percent) < FLAT_PERCENT
    # A slope that is surely small is as flat as one that may be none.
    is_flat = interval.holds(0) or max(abs(interval.low), abs(interval.high)) < FLAT_PERCENT
    if is_level and is_flat:
        is_followed = adherence is None or adherence >= LEAST_ADHERENCE
        return "plateau" if is_followed else "plan_not_followed"
    if interval.holds(0):
        return "unclear"
    return "progressing" if percent > 0 else "regressing"


def _lever(recovery: Recovery | None) -> tuple[Lever, float]:
    return ("recovery", -SETS_CHANGE) if recovery == "low" else ("more_sets", SETS_CHANGE)


@dataclass(frozen=True, kw_only=True)
class LoadWeek:
    """The load of a week that is over. None planned sessions is that there was no plan."""

    start: date
    load: float
    sessions_done: int
    sessions_planned: int | None = None
    is_planned_deload: bool = False
    is_frozen: bool = False


@dataclass(frozen=True, kw_only=True)
class JudgedWeek(Result):
    """What kind of week it was. The share is of the weeks before, None without four of them.

    A light week had a deload's load without a plan to tell why.
    """

    formula: Formula = LIGHT_WEEKS
    kind: WeekKind
    week: LoadWeek
    usual_load: float | None
    share: float | None

    def steps(self) -> list[str]:
        if self.week.is_planned_deload:
            return ["The plan made this week a deload."]
        if self.kind == "off":
            return ["No session was planned in this week, or it was frozen."]
        if self.share is None or self.usual_load is None:
            return [f"It takes {COMPARED_WEEKS} weeks before this one to compare it with."]
        planned = self.week.sessions_planned
        done = f"{self.week.sessions_done} of {planned} sessions"
        return [
            f"The median of the {COMPARED_WEEKS} weeks before is {shown(self.usual_load)}.",
            f"{shown(self.week.load)} / {shown(self.usual_load)} = {shown(self.share, 3)}; up to"
            f" {MOST_DELOAD_SHARE} is light.",
            f"Done: {done if planned is not None else self.week.sessions_done}; {self.kind}.",
        ]


def judge_weeks(weeks: Iterable[LoadWeek]) -> tuple[JudgedWeek, ...]:
    """Tell deloads from missed weeks, for weeks that are over, oldest first.

    A deload has at most 60 % of the load of the four weeks before that were none, in their
    median, and half of its planned sessions; with fewer sessions the week was missed. What the
    plan calls a deload is one. Weeks off are not compared, neither with others nor others with
    them.
    """
    judged: list[JudgedWeek] = []
    before: list[LoadWeek] = []
    for week in weeks:
        one = _judge(week, before[-COMPARED_WEEKS:])
        judged.append(one)
        if one.kind not in {"deload", "off"}:
            before.append(week)
    return tuple(judged)


def _judge(week: LoadWeek, before: Sequence[LoadWeek]) -> JudgedWeek:
    usual = median(other.load for other in before) if len(before) == COMPARED_WEEKS else None
    share = week.load / usual if usual else None
    kind = _kind(week, share)
    return JudgedWeek(
        validity="warming_up" if kind == "too_little_data" else "valid",
        window=Window.of(other.start for other in [*before, week]),
        kind=kind,
        week=week,
        usual_load=usual,
        share=share,
    )


def _kind(week: LoadWeek, share: float | None) -> WeekKind:
    planned = week.sessions_planned
    if week.is_planned_deload:
        return "deload"
    if week.is_frozen or planned == 0:
        return "off"
    if share is None:
        return "too_little_data"
    if share > MOST_DELOAD_SHARE:
        return "normal"
    if planned is None:
        return "light"
    return "deload" if week.sessions_done >= LEAST_SESSIONS_SHARE * planned else "missed"


@dataclass(frozen=True, kw_only=True)
class DeloadHint(Result):
    """Whether a deload is due, why, and what it may look like, as shares of a usual week."""

    formula: Formula = DELOAD_HINT
    is_due: bool
    reason: Literal["standing_still", "calendar"] | None
    weeks_since_deload: int
    lifts_standing_still: int
    load_share: tuple[float, float] = DELOAD_LOAD_SHARE
    sets_share: float = DELOAD_SETS_SHARE

    def steps(self) -> list[str]:
        steps = [
            f"Weeks since the last deload, light week or break: {self.weeks_since_deload}.",
            f"Lifts that stand still or fall: {self.lifts_standing_still}.",
        ]
        if self.is_due:
            low, high = self.load_share
            steps.append(
                f"A lighter week may help: {100 * low:.0f} to {100 * high:.0f} % of the load and"
                f" {100 * self.sets_share:.0f} % of the sets."
            )
        return steps


def deload_hint(
    trends: Sequence[LiftTrend],
    weeks: Sequence[JudgedWeek],
    *,
    recovery: Recovery | None = None,
    is_percentage_program: bool = False,
) -> DeloadHint:
    """Whether to deload: when lifts stop and recovery is low, or by the calendar of a program.

    Programs of percentages deload every four to eight weeks: from the fourth week on with a lift
    that stands still or falls, from the eighth on in any case. Others do when they need it.
    """
    since = _weeks_since_deload(weeks)
    standing = Counter(trend.verdict for trend in trends)
    still = standing["plateau"] + standing["regressing"]
    earliest, latest = WEEKS_BETWEEN_DELOADS
    is_needed = still > 0 and (recovery == "low" or (is_percentage_program and since >= earliest))
    is_time = is_percentage_program and since >= latest
    return DeloadHint(
        window=Window.of(judged.week.start for judged in weeks),
        is_due=is_needed or is_time,
        reason="standing_still" if is_needed else "calendar" if is_time else None,
        weeks_since_deload=since,
        lifts_standing_still=still,
    )


def _weeks_since_deload(weeks: Sequence[JudgedWeek]) -> int:
    """Weeks of training since the last deload, or light week or week off, which rest as well."""
    since = 0
    for week in reversed(weeks):
        if week.kind in {"deload", "light", "off"}:
            break
        since += 1
    return since
