"""Weeks and months of training, and how heavy its days were."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.models import WorkoutAnalysis
from analytics.selectors.periods import NUMBERS, week_of
from analytics.services.people import PERIODS, SETS, Person, clocks_of
from users.keyset import fetch
from users.ownership import resource_name
from users.services.settling import Clocks, DerivedTable, Settled

# From which maximum a set was lifted shows once the records are settled.
_SETTLE_INTENSITY: LiteralString = f"""
    WITH scope AS MATERIALIZED ({PERIODS}
    ), clock AS (
        SELECT * FROM unnest(%(clock_users)s::uuid[], %(clock_revisions)s::bigint[])
            AS clock (user_id, revision)
    ), lifted AS (
        SELECT w.user_id, w.date, s.exercise_id, count(*) AS sets, sum(s.reps) AS reps,
            sum(s.load::numeric * s.reps) AS volume
        FROM scope
        JOIN workouts_workout w ON w.user_id = scope.user_id
            AND w.date >= coalesce(scope.since, '-infinity')
        JOIN {SETS}
        WHERE s.set_type <> 'warm_up' AND s.load > 0 AND s.reps > 0
        GROUP BY w.user_id, w.date, s.exercise_id
    ), heavy AS MATERIALIZED (
        SELECT lifted.user_id, lifted.date,
            coalesce(sum(reps) FILTER (WHERE known.one_rm_kg > 0), 0) AS intensity_reps,
            coalesce(sum(volume / known.one_rm_kg), 0)::float8 AS relative_reps,
            coalesce(sum(sets) FILTER (WHERE known.one_rm_kg > 0), 0) AS intensity_sets,
            coalesce(sum(sets) FILTER (WHERE known.one_rm_kg IS NULL), 0) AS intensity_left_out
        FROM lifted LEFT JOIN LATERAL (
            SELECT r.value::numeric AS one_rm_kg FROM analytics_personalrecord r
            WHERE r.user_id = lifted.user_id AND r.exercise_id = lifted.exercise_id
                AND r.kind = 'one_rm' AND r.date <= lifted.date
            ORDER BY r.date DESC, r.value DESC LIMIT 1
        ) known ON true
        GROUP BY lifted.user_id, lifted.date
    ), written AS (
        UPDATE analytics_trainingday old
        SET intensity_reps = expected.intensity_reps, relative_reps = expected.relative_reps,
            intensity_sets = expected.intensity_sets,
            intensity_left_out = expected.intensity_left_out,
            revision = clock.revision, updated_at = now()
        FROM (
            SELECT d.id, d.user_id, coalesce(heavy.intensity_reps, 0) AS intensity_reps,
                coalesce(heavy.relative_reps, 0) AS relative_reps,
                coalesce(heavy.intensity_sets, 0) AS intensity_sets,
                coalesce(heavy.intensity_left_out, 0) AS intensity_left_out
            FROM scope JOIN analytics_trainingday d ON d.user_id = scope.user_id
                AND d.date >= coalesce(scope.since, '-infinity')
            FULL JOIN heavy ON heavy.user_id = d.user_id AND heavy.date = d.date
        ) expected JOIN clock USING (user_id)
        WHERE old.id = expected.id AND (old.intensity_reps, old.relative_reps, old.intensity_sets,
            old.intensity_left_out) IS DISTINCT FROM (expected.intensity_reps,
            expected.relative_reps, expected.intensity_sets, expected.intensity_left_out)
        RETURNING 1
    )
    SELECT count(*) AS written FROM written
"""  # noqa: S608 - our own parts

# The weeks and months with training, and those in which the person's today is.
_PERIOD: LiteralString = f"""
    SELECT *, row_number() OVER () AS n FROM (
        SELECT DISTINCT scope.user_id, scope.today, scope.week_starts_on, 'week' AS period,
            {week_of("d.date", "scope.week_starts_on")} AS start_date,
            {week_of("d.date", "scope.week_starts_on")} + 6 AS end_date
        FROM scope JOIN day d ON d.user_id = scope.user_id
            AND {week_of("d.date", "scope.week_starts_on")} + 6
                >= coalesce(scope.since, '-infinity')
        UNION ALL
        SELECT DISTINCT scope.user_id, scope.today, scope.week_starts_on, 'month',
            date_trunc('month', d.date)::date,
            (date_trunc('month', d.date) + interval '1 month - 1 day')::date
        FROM scope JOIN day d ON d.user_id = scope.user_id
            AND (date_trunc('month', d.date) + interval '1 month - 1 day')::date
                >= coalesce(scope.since, '-infinity')
    ) found
"""  # noqa: S608 - our own parts
_DAY: LiteralString = """
    SELECT d.user_id, d.date FROM scope JOIN analytics_trainingday d
        ON d.user_id = scope.user_id AND d.date >= coalesce(scope.since - 31, '-infinity')
    UNION ALL
    SELECT user_id, today FROM scope
    WHERE EXISTS (SELECT FROM analytics_trainingday d WHERE d.user_id = scope.user_id)
"""
WORKOUT_ANALYSES: Final = DerivedTable(
    table="analytics_workoutanalysis",
    resource=resource_name(WorkoutAnalysis),
    key=("start_date", "end_date"),
    values=(
        "period",
        "total_workouts",
        "total_volume",
        "total_duration",
        "total_sets",
        "total_reps",
        "hard_sets",
        "total_distance_km",
        "avg_intensity",
        "intensity_validity",
        "intensity_sets",
        "intensity_left_out",
        "consistency_score",
        "consistency_validity",
        "most_trained_muscle",
        "least_trained_muscle",
        "muscle_sets",
    ),
    expected=f"""
        WITH day AS ({_DAY}), period AS MATERIALIZED ({_PERIOD}) SELECT * FROM ({NUMBERS}) made
    """,  # noqa: S608 - our own parts
    within="old.end_date >= coalesce(scope.since, '-infinity')",
)


def settle_workout_analyses(
    *, people: Sequence[Person], since: Mapping[UUID, date | None]
) -> Settled:
    """Make the weeks and months of these people agree with their days, after the records.

    Those that end on a person's ``since`` or later; all of them for None, none for somebody who
    is not in it.
    """
    asked = [person for person in people if person.user_id in since]
    if not asked:
        return Settled()
    scope = period_parameters(asked, since)
    clocks = clocks_of(asked)
    heavier = _settle_intensity(clocks, scope)
    periods = WORKOUT_ANALYSES.settle(clocks=clocks, scope=PERIODS, parameters=scope)
    return Settled(written=heavier + periods.written, gone=periods.gone)


def period_parameters(
    people: Sequence[Person], since: Mapping[UUID, date | None]
) -> dict[str, Any]:
    """For PERIODS."""
    return {
        "people": [person.user_id for person in people],
        "since": [since[person.user_id] for person in people],
        "todays": [person.today for person in people],
        "week_starts": [person.week_starts_on for person in people],
    }


def _settle_intensity(clocks: Clocks, scope: Mapping[str, Any]) -> int:
    values = {
        **scope,
        "clock_users": list(clocks),
        "clock_revisions": list(clocks.values()),
    }
    written: int = fetch(_SETTLE_INTENSITY, values)[0]["written"]
    return written
