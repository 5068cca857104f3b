"""What a person looks at after training: the progress of a lift, and the days of a month.

The SQL is that of analytics/selectors/ (strength.py, timeline.py), the caveats those of
analytics/formulas/one_rm.py. Who changes them there changes them here.
"""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson

from benchmarks.case import Case, Db, Environ, Request, Sample, Statement, Visitor

PROGRESS_DAYS, TIMELINE_DAYS = 90, 30
TOGETHER = frozenset({"metrics", "activity", "sleep"})

PROGRESS = Statement("""
    WITH person AS MATERIALIZED (
        SELECT ($1 AT TIME ZONE coalesce((
            SELECT timezone FROM users_userprofile WHERE user_id = $2
        ), 'UTC'))::date AS today
    )
    SELECT day.*, p.one_rep_max, p.one_rep_max_low_kg, p.one_rep_max_high_kg, p.validity,
        p.calculated_1rm, p.best_load_kg, p.best_reps, p.best_reserve
    FROM workouts_exercise e
    LEFT JOIN LATERAL (
        SELECT w.date,
            json_agg(json_build_object('set_number', s.set_number, 'weight', s.weight,
                    'reps', s.reps, 'volume', s.weight * s.reps)
                ORDER BY w.started_at, w.id, s.position)
                FILTER (WHERE s.weight IS NOT NULL AND s.reps IS NOT NULL)::text AS sets,
            coalesce(sum(s.weight * s.reps ORDER BY w.started_at, w.id, s.position), 0) AS volume,
            coalesce(max(s.weight) FILTER (WHERE s.reps IS NOT NULL), 0) AS max_weight,
            coalesce(max(s.reps) FILTER (WHERE s.weight IS NOT NULL), 0) AS max_reps,
            coalesce(max(s.one_rm) FILTER (WHERE s.weight IS NOT NULL), 0) AS one_rm
        FROM workouts_workoutset s JOIN workouts_workout w ON w.id = s.workout_id
        WHERE s.user_id = $2 AND s.exercise_id = $4 AND s.workout_id = ANY(ARRAY(
            SELECT known.id FROM workouts_workout known WHERE known.user_id = $2
                AND known.date >= (SELECT today - $3::int FROM person)
                AND known.date <= (SELECT today FROM person)
        )) AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
            OR s.distance IS NOT NULL)
        GROUP BY w.date
    ) day ON true
    LEFT JOIN analytics_strengthprogress p
        ON p.user_id = $2 AND p.exercise_id = e.id AND p.date = day.date
        AND p.date >= (SELECT today - $3::int FROM person)
    WHERE e.id = $4 AND (e.created_by_id IS NULL OR e.created_by_id = $2)
    ORDER BY day.date
""")
_MINE = "user_id = $2 AND date BETWEEN person.today - $3::int AND person.today"
TIMELINE = Statement(f"""
    WITH person AS MATERIALIZED (
        SELECT ($1 AT TIME ZONE coalesce((
            SELECT timezone FROM users_userprofile WHERE user_id = $2
        ), 'UTC'))::date AS today
    )
    SELECT person.today,
        (SELECT json_agg(part)::text FROM (
            SELECT date, id, name, duration FROM workouts_workout WHERE {_MINE}
            ORDER BY date DESC, start_time DESC, id DESC
        ) part) AS workouts,
        (SELECT json_agg(part)::text FROM (
            SELECT date, true AS has_meals, count(*) AS meal_count FROM nutrition_mealentry
            WHERE {_MINE} GROUP BY date
        ) part) AS meals,
        (SELECT json_agg(part)::text FROM (
            SELECT date, weight, body_fat FROM analytics_bodymetric WHERE {_MINE}
        ) part) AS metrics,
        (SELECT json_agg(part)::text FROM (
            SELECT date, volume, minutes, lifting_load + cardio_load AS load
            FROM analytics_trainingday WHERE {_MINE}
        ) part) AS training,
        (SELECT json_agg(part)::text FROM (
            SELECT date, CASE WHEN meal_count > 0 THEN calories END AS calories,
                water AS water_ml
            FROM analytics_nutritionsummary WHERE {_MINE}
        ) part) AS food,
        (SELECT json_agg(part)::text FROM (
            SELECT date, steps, distance, active_calories, total_calories,
                active_minutes, floors_climbed, resting_heart_rate
            FROM wearables_dailyactivity WHERE {_MINE}
        ) part) AS activity,
        (SELECT json_agg(part)::text FROM (
            SELECT date, duration, sleep_start, sleep_end, deep_sleep, light_sleep, rem_sleep,
                awake, sleep_score, hrv
            FROM wearables_sleepdata WHERE {_MINE} AND role = 'main' AND deleted_at IS NULL
        ) part) AS sleep,
        (SELECT json_agg(part)::text FROM (
            SELECT date, count(*) AS records FROM analytics_personalrecord
            WHERE {_MINE} GROUP BY date
        ) part) AS records
    FROM person
""")  # noqa: S608 - our own condition

IMPROVEMENT = {
    "id": "exercise_progress",
    "version": 1,
    "name": "Progress of an exercise",
    "valid": "Any days with sets, warm-ups among them; the maximum is of 1 to 10 repetitions.",
    "source": "Brzycki, 1993",
}
ESTIMATE = {
    "id": "one_rm_median",
    "version": 1,
    "name": "Median of seven formulas",
    "valid": "2 to 10 repetitions at or near failure; one repetition is its own maximum."
    " Doubtful up to 12, out of range beyond.",
    "source": "Brzycki, 1993; Epley, 1985; Lander, 1985; Lombardi, 1989; Mayhew et al., 1992;"
    " O'Conner et al., 1989; Wathan, 1994",
}
NOTHING_BEFORE = {
    "one_rm": "The first day has no maximum to improve on: sets without a weight or repetitions"
    " are not counted, nor are those of more than 10.",
    "volume": "The first day has no volume to improve on: sets without a weight or repetitions"
    " are not counted.",
}
UNKNOWN_RESERVE = "No reserve was noted. If some was left, the maximum is higher."
MANY_REPS = "Above 10 repetitions the formulas drift apart."
TOO_MANY_REPS = "No formula holds above 12 repetitions; it counts as one of 12."


def progress_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    lift = random.choice(visitor.lifts)
    return Request("GET", f"/api/v1/strength/{lift}/progress/?days={PROGRESS_DAYS}")


def progress(db: Db, user_id: UUID, environ: Environ) -> Any:
    exercise_id = UUID(environ["PATH_INFO"].split("/")[4])
    days = _days(environ)
    rows = PROGRESS.rows(db, datetime.now(UTC), user_id, days, exercise_id)
    rows = [row for row in rows if row["date"] is not None]
    improvement, caveats = None, []
    if len(rows) > 1:
        caveats = [why for name, why in NOTHING_BEFORE.items() if rows[0][name] <= 0]
        improvement = {
            "one_rm_improvement": _percent(rows, "one_rm"),
            "volume_improvement": _percent(rows, "volume"),
            "period_days": days,
        }
    return {
        "exercise_id": exercise_id,
        "progress": [_day_of_progress(row) for row in rows],
        "improvement": improvement,
        "provenance": {
            "improvement": {
                "formula": IMPROVEMENT,
                "validity": "valid" if improvement and len(caveats) < 2 else "no_answer",
                "interval": None,
                "window": _window([row["date"] for row in rows]),
                "caveats": caveats,
            },
            "latest_estimate": _latest_estimate(rows),
        },
    }


def _percent(rows: list[dict[str, Any]], name: str) -> float:
    first, last = rows[0][name], rows[-1][name]
    return round((last - first) / first * 100, 1) if first > 0 else 0.0


def _day_of_progress(row: dict[str, Any]) -> dict[str, Any]:
    estimate = None
    if row["validity"] is not None:
        estimate = {
            "one_rep_max": row["one_rep_max"],
            "low": row["one_rep_max_low_kg"],
            "high": row["one_rep_max_high_kg"],
            "validity": row["validity"],
            "tested": not row["calculated_1rm"],
        }
    return {
        "date": row["date"],
        "sets": orjson.Fragment(row["sets"] or "[]"),
        "volume": row["volume"],
        "max_weight": row["max_weight"],
        "max_reps": row["max_reps"],
        "one_rm": row["one_rm"],
        "estimate": estimate,
    }


def _latest_estimate(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = [row for row in rows if row["one_rep_max"]]
    found: dict[str, Any] = {"formula": ESTIMATE}
    if not known:
        empty = {"interval": None, "window": _window([]), "caveats": []}
        return {**found, "validity": "no_answer", **empty}
    row = known[-1]
    reps, reserve = row["best_reps"], row["best_reserve"]
    caveats = [] if reserve is not None else [UNKNOWN_RESERVE]
    effective = reps + (reserve or 0)
    if effective > 10:
        caveats.append(MANY_REPS if effective <= 12 else TOO_MANY_REPS)
    return {
        **found,
        "validity": row["validity"],
        "interval": {"low": row["one_rep_max_low_kg"], "high": row["one_rep_max_high_kg"]},
        "window": _window([row["date"]]),
        "caveats": caveats,
    }


def _window(days: list[date]) -> dict[str, Any]:
    if not days:
        return {"first": None, "last": None, "count": 0}
    return {"first": days[0], "last": days[-1], "count": len(days)}


def timeline_request(sample: Sample, visitor: Visitor, random: Random) -> Request:
    return Request("GET", f"/api/v1/activity-timeline/?days={TIMELINE_DAYS}")


def timeline(db: Db, user_id: UUID, environ: Environ) -> Any:
    days = _days(environ)
    [row] = TIMELINE.rows(db, datetime.now(UTC), user_id, days)
    last = row.pop("today")
    shown = {}
    for ago in range(days, -1, -1):
        day = (last - timedelta(days=ago)).isoformat()
        shown[day] = {
            "date": day,
            "has_workout": False,
            "workouts": [],
            "has_meals": False,
            "meal_count": 0,
            "has_metrics": False,
            "metrics": {},
            "has_activity": False,
            "activity": {},
            "has_sleep": False,
            "sleep": {},
            "volume": 0.0,
            "minutes": 0,
            "load": 0.0,
            "calories": None,
            "water_ml": 0,
            "records": 0,
        }
    for part, found in row.items():
        for known in orjson.loads(found or "[]"):
            one = shown[known.pop("date")]
            if part == "workouts":
                one["has_workout"] = True
                one["workouts"].append(known)
            elif part in TOGETHER:
                one |= {f"has_{part}": True, part: known}
            else:
                one |= known
    return list(shown.values())


def _days(environ: Environ) -> int:
    return int(parse_qs(environ["QUERY_STRING"])["days"][0])


CASES = (
    Case("progress", progress_request, progress, goal=0.45),
    Case("timeline", timeline_request, timeline, goal=0.45),
)
