"""Makes a week of everybody's training in three ways; needs Django.

    python -m benchmarks.weekly_job 400

has the last whole week of the diaries computed by the product (as manage.py weekly_stats does),
with no row of it there and once more; by one SQL statement from the diaries into a table of its
own with the same indexes; and by a loop over so many of the people, with the ORM. The three must
agree. What each took goes to the output as a WeeklyTurn of benchmarks.weekly.
"""

import datetime as dt
import json
import math
import os
import sys
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from analytics.models import WorkoutAnalysis  # noqa: E402
from analytics.services.weekly import refresh_week  # noqa: E402
from benchmarks.import_job import _taken  # noqa: E402
from benchmarks.nutrition_data import last_day  # noqa: E402
from benchmarks.weekly_loop import process_weekly_stats  # noqa: E402
from users.models import User  # noqa: E402
from users.signals import clock_advanced  # noqa: E402

SCRATCH = "bench_week"
NUMBERS = (
    *("total_workouts", "total_volume", "total_duration", "total_sets", "total_reps"),
    *("hard_sets", "total_distance_km", "avg_intensity", "intensity_sets", "intensity_left_out"),
    *("most_trained_muscle", "muscle_sets"),
)
# Neither consistency nor the least trained muscle, which look further back than the week.
BARE = """
    WITH workout AS MATERIALIZED (
        SELECT user_id, id, date, duration FROM workouts_workout
        WHERE date BETWEEN %(first)s::date AND %(first)s::date + 6
    ), done AS (
        SELECT w.user_id, w.date, s.exercise_id, count(*) AS sets, sum(s.reps) AS reps,
            sum(s.load * s.reps) AS volume, sum(s.distance) AS distance,
            count(*) FILTER (WHERE coalesce(s.rir, 10 - s.rpe, 0) <= 4) AS hard,
            count(*) FILTER (WHERE s.load > 0 AND s.reps > 0) AS loaded_sets,
            sum(s.reps) FILTER (WHERE s.load > 0 AND s.reps > 0) AS loaded_reps
        FROM workout w JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
        WHERE s.set_type <> 'warm_up' AND (s.target IS NULL OR s.reps IS NOT NULL
            OR s.duration IS NOT NULL OR s.distance IS NOT NULL)
        GROUP BY w.user_id, w.date, s.exercise_id
    ), lifted AS MATERIALIZED (
        SELECT done.*, known.kg FROM done LEFT JOIN LATERAL (
            SELECT r.value AS kg FROM analytics_personalrecord r
            WHERE r.user_id = done.user_id AND r.exercise_id = done.exercise_id
                AND r.kind = 'one_rm' AND r.date <= done.date
            ORDER BY r.date DESC, r.value DESC LIMIT 1
        ) known ON done.loaded_sets > 0
    ), total AS (
        SELECT user_id, sum(sets) AS sets, sum(reps) AS reps, sum(volume) AS volume,
            sum(distance) AS distance, sum(hard) AS hard,
            100 * sum(volume / kg) / sum(loaded_reps) FILTER (WHERE kg > 0) AS intensity,
            sum(loaded_sets) FILTER (WHERE kg > 0) AS known,
            sum(loaded_sets) FILTER (WHERE kg IS NULL) AS unknown
        FROM lifted GROUP BY user_id
    ), muscle AS (
        SELECT user_id, jsonb_object_agg(muscle_id, round(sets::numeric, 4)) AS sets,
            (array_agg(muscle_id ORDER BY sets DESC, muscle_id))[1] AS most
        FROM (
            SELECT lifted.user_id, m.muscle_id, sum(lifted.hard * m.share) AS sets
            FROM lifted JOIN workouts_exercisemuscle m ON m.exercise_id = lifted.exercise_id
            WHERE lifted.hard > 0 GROUP BY lifted.user_id, m.muscle_id
        ) trained GROUP BY user_id
    ), session AS (
        SELECT user_id, count(*) AS workouts, sum(duration) AS minutes FROM workout
        GROUP BY user_id
    )
    INSERT INTO bench_week (id, user_id, revision, created_at, updated_at, period, start_date,
        end_date, total_workouts, total_volume, total_duration, total_sets, total_reps, hard_sets,
        total_distance_km, avg_intensity, intensity_validity, intensity_sets, intensity_left_out,
        consistency_score, consistency_validity, most_trained_muscle, least_trained_muscle,
        muscle_sets)
    SELECT gen_random_uuid(), session.user_id, 1, now(), now(), 'week', %(first)s::date,
        %(first)s::date + 6, session.workouts, coalesce(total.volume, 0), session.minutes,
        coalesce(total.sets, 0), coalesce(total.reps, 0), coalesce(total.hard, 0),
        coalesce(total.distance, 0), coalesce(total.intensity, 0),
        CASE WHEN total.known > 0 THEN 'valid' ELSE 'no_answer' END, coalesce(total.known, 0),
        coalesce(total.unknown, 0), 0, 'no_answer', coalesce(muscle.most, ''), '',
        coalesce(muscle.sets, '{}'::jsonb)
    FROM session LEFT JOIN total USING (user_id) LEFT JOIN muscle USING (user_id)
"""

Week = dict[UUID, dict[str, Any]]


def turn(first: dt.date, sample: int) -> dict[str, Any]:
    everybody = list(User.objects.order_by("pk").values_list("pk", flat=True))
    some = everybody[:: max(1, len(everybody) // sample)]
    now = timezone.now()
    connection.ensure_connection()

    _forget(first)
    loop = _taken(lambda: process_weekly_stats(some, first), connection.connection)
    by_loop = _stored(first)
    bare, by_bare = _bare(first)
    _forget(first)
    written = []
    refreshing = [
        _taken(
            lambda: written.append(refresh_week(week_of=first, now=now).written),
            connection.connection,
        )
        for _ in range(2)
    ]
    by_product = _stored(first)
    if written != [len(by_product), 0]:
        raise SystemExit(f"{written} weeks were written, of {len(by_product)}.")
    _compare(by_product, by_bare)
    _compare({key: by_product[key] for key in by_product.keys() & set(some)}, by_loop)
    return {
        "people": len(everybody),
        "weeks": len(by_product),
        "looped": len(some),
        "first": refreshing[0],
        "again": refreshing[1],
        "bare": bare,
        "loop": loop,
    }


def _bare(first: dt.date) -> tuple[dict[str, float], Week]:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
        plain.execute(f"DROP TABLE IF EXISTS {SCRATCH}")
        plain.execute(f"CREATE TABLE {SCRATCH} (LIKE analytics_workoutanalysis INCLUDING ALL)")
        try:
            taken = _taken(lambda: plain.execute(BARE, {"first": first}), plain)
            columns = ", ".join(("user_id", *NUMBERS))
            rows = plain.execute(f"SELECT {columns} FROM {SCRATCH}").fetchall()  # noqa: S608 - ours
        finally:
            plain.execute(f"DROP TABLE {SCRATCH}")
    return taken, {row[0]: dict(zip(NUMBERS, row[1:], strict=True)) for row in rows}


def _stored(first: dt.date) -> Week:
    rows = WorkoutAnalysis.objects.filter(start_date=first, period="week")
    return {row["user_id"]: row for row in rows.values("user_id", *NUMBERS)}


def _forget(first: dt.date) -> None:
    """Take that week away from everybody, as if nobody had computed it."""
    WorkoutAnalysis.objects.filter(start_date=first, period="week")._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) analytics_workoutanalysis")


def _compare(product: Week, other: Week) -> None:
    if product.keys() != other.keys():
        raise SystemExit(f"{len(product)} people have a week, and not {len(other)}.")
    for user_id, week in product.items():
        for name in NUMBERS:
            if not _same(week[name], other[user_id][name]):
                raise SystemExit(f"{user_id} {name}: {week[name]} and not {other[user_id][name]}")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=2e-4)
    return one == other


def main() -> None:
    # Nobody's clock shall wake a worker.
    clock_advanced.disconnect(dispatch_uid="analytics.nudge_worker")
    week = last_day() - dt.timedelta(days=7)
    json.dump(turn(week, int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
