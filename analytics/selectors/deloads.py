"""Which weeks were lighter, and whether the next one should be."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from analytics.formulas import JudgedWeek, LiftTrend, deload_hint, judge_weeks
from analytics.formulas.plateau import LoadWeek, Recovery
from analytics.selectors.analyses import WeekOver, weeks_over
from analytics.selectors.provenance import provenance
from analytics.selectors.trends import TREND_DAYS, Calendar, trends_of
from users.keyset import fetch
from workouts.training.document import Plan
from workouts.training.state import place_of

WEEKS: Final = 16
_PERCENT_OF_MAXIMUM: Final = frozenset({"percent_1rm", "percent_tm"})

_LIFTS: LiteralString = """
    SELECT DISTINCT exercise_id FROM analytics_strengthprogress
    WHERE user_id = %(user)s AND date BETWEEN %(first)s AND %(last)s AND validity = 'valid'
"""
_RUNS: LiteralString = """
    SELECT version.document::text AS document, run.status <> 'finished' AS is_open, (
        SELECT jsonb_agg(jsonb_build_array(w.date, w.session_number))
        FROM workouts_workout w
        WHERE w.user_id = run.user_id AND w.plan_run_id = run.id AND w.date >= %(first)s
    )::text AS sessions
    FROM workouts_planrun run
    JOIN workouts_planversion version
        ON version.user_id = run.user_id AND version.id = run.version_id
    WHERE run.user_id = %(user)s AND coalesce(run.finished_on, 'infinity') >= %(first)s
"""


def deload(
    *, user_id: UUID, calendar: Calendar, recovery: Recovery | None, explain: bool = False
) -> dict[str, Any]:
    """The last weeks that were over, each judged, and whether a lighter one is due.

    ``recovery`` is what the person says of it. Six queries, however many lifts and weeks.
    """
    found = weeks_over(user_id=user_id, last=calendar.today, today=calendar.today)[-WEEKS:]
    first = found[0].week.start if found else calendar.today
    plans = [
        (Plan.model_validate_json(row["document"]), row)
        for row in fetch(_RUNS, {"user": user_id, "first": first})
    ]
    judged = judge_weeks(_load_weeks(found, _deload_days(plans)))
    hint = deload_hint(
        _trends(user_id, calendar),
        judged,
        recovery=recovery,
        is_percentage_program=any(row["is_open"] and _by_percent(plan) for plan, row in plans),
    )
    return {
        "is_due": hint.is_due,
        "reason": hint.reason,
        "weeks_since_deload": hint.weeks_since_deload,
        "lifts_standing_still": hint.lifts_standing_still,
        "load_share_low": hint.load_share[0],
        "load_share_high": hint.load_share[1],
        "sets_share": hint.sets_share,
        "provenance": provenance(hint, explain=explain),
        "load_unit": _unit(found),
        "weeks": [_shown(week, explain=explain) for week in judged],
    }


def _unit(weeks: Iterable[WeekOver]) -> str:
    """Kilograms tell a week of lighter loads as well; some people move none."""
    return "kg" if any(week.volume_kg for week in weeks) else "sets"


def _load_weeks(weeks: list[WeekOver], deload_days: frozenset[date]) -> list[LoadWeek]:
    is_in_kg = _unit(weeks) == "kg"
    return [
        LoadWeek(
            start=one.week.start,
            load=one.volume_kg if is_in_kg else one.hard_sets,
            sessions_done=one.week.done,
            sessions_planned=one.week.planned,
            is_planned_deload=not deload_days.isdisjoint(one.dates),
            is_frozen=one.week.is_frozen,
        )
        for one in weeks
    ]


def _deload_days(plans: Iterable[tuple[Plan, Mapping[str, Any]]]) -> frozenset[date]:
    """The days with a session of a week that its plan makes easier."""
    return frozenset(
        date.fromisoformat(day)
        for plan, row in plans
        if plan.deload and plan.days
        for day, number in orjson.loads(row["sessions"] or "[]")
        if place_of(plan, number).is_deload
    )


def _by_percent(plan: Plan) -> bool:
    return any(
        scheme.load_type in _PERCENT_OF_MAXIMUM
        for day in plan.days
        for planned in day.exercises
        for scheme in planned.planned_sets
    )


def _trends(user_id: UUID, calendar: Calendar) -> list[LiftTrend]:
    first = calendar.today - timedelta(days=TREND_DAYS)
    rows = fetch(_LIFTS, {"user": user_id, "first": first, "last": calendar.today})
    exercises = [row["exercise_id"] for row in rows]
    found = trends_of(user_id=user_id, exercise_ids=exercises, calendar=calendar, days=TREND_DAYS)
    return list(found.values())


def _shown(judged: JudgedWeek, *, explain: bool) -> dict[str, Any]:
    week = judged.week
    return {
        "start_date": week.start,
        "kind": judged.kind,
        "load": week.load,
        "usual_load": judged.usual_load,
        "share": judged.share,
        "sessions_done": week.sessions_done,
        "sessions_planned": week.sessions_planned,
        "provenance": provenance(judged, explain=explain),
    }
