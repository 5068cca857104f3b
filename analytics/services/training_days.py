"""What the workouts of a day amount to."""

from typing import Final, LiteralString

from analytics.services.people import DAYS, SETS, Days, day_parameters
from users.services.settling import Clocks, DerivedTable, Settled

# Numerics add up to the same number in any order, so that a row made by itself and one made
# among thousands agree to the digit. What a plan asked for and nobody did is no set. The full
# joins lose and add nothing, as whatever is on their right has a row on the left; but they are
# hashed.
_EXPECTED: Final[LiteralString] = f"""
    WITH done AS MATERIALIZED (
        SELECT w.user_id, w.date, w.id AS workout_id, s.exercise_id, x.is_cardio, s.reps,
            s.duration, s.distance::numeric AS distance, s.set_type <> 'warm_up' AS is_working,
            s.load::numeric * s.reps AS volume,
            coalesce(s.rpe, 10 - s.rir)::numeric AS effort,
            s.set_type <> 'warm_up' AND coalesce(s.rir, 10 - s.rpe, 0) <= 4 AS is_hard
        FROM scope
        JOIN workouts_workout w ON w.user_id = scope.user_id AND w.date = scope.day
        JOIN {SETS}
        JOIN workouts_exercise x ON x.id = s.exercise_id
        WHERE s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
            OR s.distance IS NOT NULL
    ), added AS (
        SELECT workout_id, bool_or(is_cardio) AS has_cardio, bool_and(is_cardio) AS is_cardio,
            coalesce(sum(duration) FILTER (WHERE is_cardio), 0) AS timed_s,
            sum(volume) FILTER (WHERE is_working) AS volume,
            sum(reps) FILTER (WHERE is_working) AS reps,
            sum(distance) FILTER (WHERE is_working) AS distance,
            count(*) FILTER (WHERE is_working) AS sets,
            count(*) FILTER (WHERE is_hard) AS hard,
            count(effort) FILTER (WHERE is_working) AS rated,
            avg(effort) FILTER (WHERE is_working) AS effort
        FROM done GROUP BY workout_id
    ), session AS (
        -- As where energy is estimated, timed cardio lasts as long as it says.
        SELECT w.user_id, w.date, w.revision, w.duration, w.calories_burned,
            w.body_weight_kg::numeric AS weight, a.volume, a.reps, a.distance, a.sets, a.hard,
            coalesce(a.is_cardio, false) AS is_cardio,
            coalesce(a.has_cardio, false) AS has_cardio, coalesce(a.timed_s, 0) AS timed_s,
            greatest(w.duration * 60, a.timed_s) AS seconds,
            coalesce(w.session_rpe::numeric, CASE WHEN 2 * a.rated >= a.sets THEN a.effort END)
                AS effort
        FROM (
            SELECT w.* FROM scope
            JOIN workouts_workout w ON w.user_id = scope.user_id AND w.date = scope.day
        ) w
        FULL JOIN added a ON a.workout_id = w.id
    ), loaded AS (
        SELECT *, coalesce(effort, 5) * seconds / 60 AS load,
            CASE WHEN is_cardio THEN 1 WHEN has_cardio AND seconds > 0
                THEN timed_s::numeric / seconds ELSE 0 END AS cardio_share
        FROM session
    ), hard AS (
        SELECT user_id, date, exercise_id, count(*) AS sets
        FROM done WHERE is_hard GROUP BY user_id, date, exercise_id
    ), trained AS (
        SELECT h.user_id, h.date, m.muscle_id, sum(h.sets * m.share::numeric) AS sets
        FROM hard h JOIN workouts_exercisemuscle m ON m.exercise_id = h.exercise_id
        GROUP BY h.user_id, h.date, m.muscle_id
    ), muscles AS (
        SELECT user_id, date, jsonb_object_agg(muscle_id, sets) AS sets
        FROM trained GROUP BY user_id, date
    ), days AS (
        SELECT user_id, date, count(*) AS workouts, sum(duration) AS minutes,
            coalesce(sum(volume), 0)::float8 AS volume, coalesce(sum(sets), 0) AS sets_count,
            coalesce(sum(reps), 0) AS reps, coalesce(sum(hard), 0) AS hard_sets,
            coalesce(sum(distance), 0)::float8 AS distance_km,
            coalesce(sum(calories_burned), 0) AS calories_burned,
            coalesce(sum(greatest(calories_burned - weight * seconds / 3600, 0))
                FILTER (WHERE weight IS NOT NULL AND calories_burned IS NOT NULL), 0)::float8
                AS net_calories_kcal,
            sum(load * (1 - cardio_share))::float8 AS lifting_load,
            sum(load * cardio_share)::float8 AS cardio_load,
            coalesce(sum(load) FILTER (WHERE effort IS NOT NULL), 0)::float8 AS rated_load,
            count(*) AS source_rows, max(revision) AS source_revision
        FROM loaded GROUP BY user_id, date
    )
    SELECT days.*, coalesce(muscles.sets, '{{}}'::jsonb) AS muscle_sets
    FROM days FULL JOIN muscles USING (user_id, date)
"""  # noqa: S608 - our own part

TRAINING_DAYS: Final = DerivedTable(
    table="analytics_trainingday",
    resource="analytics.trainingday",
    key=("date",),
    values=(
        "workouts",
        "minutes",
        "volume",
        "sets_count",
        "reps",
        "distance_km",
        "hard_sets",
        "muscle_sets",
        "calories_burned",
        "net_calories_kcal",
        "lifting_load",
        "cardio_load",
        "rated_load",
        "source_rows",
        "source_revision",
    ),
    expected=_EXPECTED,
    within="old.date = scope.day",
)


def settle_training_days(*, clocks: Clocks, days: Days) -> Settled:
    """Make the training days of these people agree with their workouts."""
    if not days:
        return Settled()
    return TRAINING_DAYS.settle(clocks=clocks, scope=DAYS, parameters=day_parameters(days))
