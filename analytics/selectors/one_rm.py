"""What somebody could lift once today, by everything that is known of it."""

from datetime import date, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas import (
    ONE_RM_FORMULAS,
    ChartOneRm,
    MedianOneRm,
    OneRm,
    PersonalOneRm,
    RatedSet,
    RepCurve,
    chart_one_rm,
    fit_rep_curve,
    one_rm_by,
)
from analytics.formulas.one_rm import MAX_EFFECTIVE_REPS
from analytics.selectors.provenance import provenance
from analytics.selectors.strength import NO_MAXIMUM
from analytics.selectors.tested import estimate_of_day, one_rm_of_day
from users.keyset import fetch

# A person's own curve changes slowly, and takes many sets to learn.
CURVE_DAYS: Final = 365
MOST_TESTS: Final = 10
CURVE_REPS: Final = range(1, MAX_EFFECTIVE_REPS + 1)

_EXERCISE: LiteralString = """
    SELECT e.name, record.id, record.value, record.date, record.is_estimate
    FROM workouts_exercise e LEFT JOIN LATERAL (
        SELECT r.id, r.value, r.date, r.is_estimate FROM analytics_personalrecord r
        WHERE r.user_id = %(user)s AND r.exercise_id = e.id AND r.kind = 'one_rm'
            AND r.is_standing
        ORDER BY r.date DESC LIMIT 1
    ) record ON true
    WHERE e.id = %(exercise)s AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
_DAYS: LiteralString = """
    SELECT date, one_rep_max, validity, calculated_1rm, best_set_id, best_load_kg, best_reps,
        best_reserve
    FROM analytics_strengthprogress
    WHERE user_id = %(user)s AND exercise_id = %(exercise)s
        AND date BETWEEN %(first)s AND %(today)s AND validity <> 'no_answer'
    ORDER BY date
"""
_RATED: LiteralString = """
    SELECT s.id, w.date, s.load, s.reps, coalesce(s.rir, 10 - s.rpe) AS reserve
    FROM workouts_workout w
    JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
    WHERE w.user_id = %(user)s AND w.date BETWEEN %(first)s AND %(today)s
        AND s.exercise_id = %(exercise)s AND s.set_type <> 'warm_up' AND s.load > 0
        AND s.reps > 0 AND (s.rir IS NOT NULL OR s.rpe IS NOT NULL)
    ORDER BY w.started_at, w.id, s.position
"""
_TESTS: LiteralString = """
    SELECT id, date, weight_kg, notes FROM analytics_onermtest
    WHERE user_id = %(user)s AND exercise_id = %(exercise)s AND date <= %(today)s
    ORDER BY date DESC LIMIT %(limit)s
"""


def best_one_rm(
    *, user_id: UUID, exercise_id: UUID, today: date, days: int, explain: bool = False
) -> dict[str, Any] | None:
    """The maximum of an exercise by tests and sets from so many days ago up to today.

    The best is the highest since the last test of these days, the test included: what was
    estimated before it, it settled. The person's own curve is learned from the sets of a year.
    None for an exercise that the person cannot see. Four queries.
    """
    known = {"user": user_id, "exercise": exercise_id, "today": today}
    exercises = fetch(_EXERCISE, known)
    if not exercises:
        return None
    first = today - timedelta(days=days)
    progress = fetch(_DAYS, {**known, "first": first})
    rated = _rated_sets(known, first=today - timedelta(days=CURVE_DAYS))
    recent = [(set_id, one) for set_id, one in rated if one.day >= first]
    curve = fit_rep_curve(one for _, one in rated)
    best = _best_day(progress)
    found = (best and one_rm_of_day(best)) or NO_MAXIMUM
    return {
        "exercise_id": exercise_id,
        "exercise_name": exercises[0]["name"],
        "date": today,
        "one_rep_max": best and best["one_rep_max"],
        "is_tested": best is not None and not best["calculated_1rm"],
        "measured_on": best and best["date"],
        "provenance": provenance(found, explain=explain),
        "median": _shown_median(progress, explain=explain),
        "chart": _shown_chart(recent, explain=explain),
        "personal": _shown_personal(curve, recent, explain=explain),
        "tests": fetch(_TESTS, {**known, "limit": MOST_TESTS}),
        "record": _record(exercises[0]),
    }


def _rated_sets(known: dict[str, Any], *, first: date) -> list[tuple[UUID, RatedSet]]:
    return [
        (
            row["id"],
            RatedSet(
                day=row["date"],
                weight_kg=row["load"],
                reps=row["reps"],
                reserve=row["reserve"],
            ),
        )
        for row in fetch(_RATED, {**known, "first": first})
    ]


def _best_day(progress: list[dict[str, Any]]) -> dict[str, Any] | None:
    tested = [row["date"] for row in progress if not row["calculated_1rm"]]
    since = [row for row in progress if not tested or row["date"] >= tested[-1]]
    return _highest(since)


def _highest(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The valid one that is highest, or else one out of range; the earliest of equals."""
    return max(
        rows, key=lambda row: (row["validity"] == "valid", row["one_rep_max"]), default=None
    )


def _record(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["id"] is None:
        return None
    return {
        "id": row["id"],
        "one_rm_kg": row["value"],
        "date": row["date"],
        "is_estimate": row["is_estimate"],
    }


def _shown_median(progress: list[dict[str, Any]], *, explain: bool) -> dict[str, Any] | None:
    """The best estimate of a set, with what each of the seven formulas makes of that set."""
    estimates = [
        (row["best_set_id"], estimate) for row in progress if (estimate := estimate_of_day(row))
    ]
    if not estimates:
        return None
    set_id, best = max(estimates, key=lambda one: (one[1].validity == "valid", one[1].one_rm_kg))
    return {
        "one_rm_kg": best.one_rm_kg,
        "set": _shown_set(set_id, best),
        "formulas": _by_formula(best),
        "provenance": provenance(best, explain=explain),
    }


def _by_formula(best: MedianOneRm) -> list[dict[str, Any]]:
    reps = min(best.effective_reps, MAX_EFFECTIVE_REPS)
    return [
        {
            "id": id_,
            "name": formula.name,
            "rule": formula.rule,
            "one_rm_kg": one_rm_by(id_, weight_kg=best.weight_kg, reps=reps),
        }
        for id_, formula in ONE_RM_FORMULAS.items()
    ]


def _shown_chart(rated: list[tuple[UUID, RatedSet]], *, explain: bool) -> dict[str, Any] | None:
    """The best by the chart of repetitions and reserve, near failure where there is such a set."""
    found: list[tuple[UUID, ChartOneRm]] = [
        (set_id, estimate)
        for set_id, one in rated
        if (
            estimate := chart_one_rm(
                weight_kg=one.weight_kg, reps=one.reps, reserve=one.reserve, day=one.day
            )
        )
    ]
    if not found:
        return None
    set_id, best = max(found, key=lambda one: (not one[1].caveats, one[1].one_rm_kg))
    return {
        "one_rm_kg": best.one_rm_kg,
        "percent": best.percent,
        "set": _shown_set(set_id, best),
        "provenance": provenance(best, explain=explain),
    }


def _shown_personal(
    curve: RepCurve | None, rated: list[tuple[UUID, RatedSet]], *, explain: bool
) -> dict[str, Any] | None:
    """The best by the person's own curve, and the curve; None before it is learned."""
    if curve is None:
        return None
    found: list[tuple[UUID, PersonalOneRm]] = [
        (set_id, estimate)
        for set_id, one in rated
        if one.reps + one.reserve <= MAX_EFFECTIVE_REPS
        and (
            estimate := curve.one_rm(
                weight_kg=one.weight_kg, reps=one.reps, reserve=one.reserve, day=one.day
            )
        )
    ]
    best = max(found, key=lambda one: (not one[1].caveats, one[1].one_rm_kg), default=None)
    return {
        "one_rm_kg": best and best[1].one_rm_kg,
        "percent": best and best[1].percent,
        "set": best and _shown_set(*best),
        "provenance": provenance(best[1] if best else curve, explain=explain),
        "curve": {
            "power": curve.power,
            "percents": [{"reps": reps, "percent": curve.percent(reps)} for reps in CURVE_REPS],
            "provenance": provenance(curve, explain=explain),
        },
    }


def _shown_set(set_id: UUID | None, best: OneRm) -> dict[str, Any]:
    return {
        "id": set_id,
        "date": best.window and best.window.first,
        "load_kg": best.weight_kg,
        "reps": best.reps,
        "reserve": best.reserve,
    }
