"""Energy burned in a workout where nobody measured it."""

from typing import Any, Final
from uuid import UUID

from django.db import connection

# 2024 Adult Compendium: 02054, weights, several exercises; for cardio without a value of its own,
# 02035, circuit training of moderate effort.
LIFTING_MET: Final = 3.5
CARDIO_MET: Final = 5.0

# kcal = MET × kg × h. Timed cardio sets count with their own time, the rest of the session with
# the mean MET of the other sets, as their pauses belong to the compendium's values.
_ESTIMATE = """
    UPDATE workouts_workout w
    SET calories_burned = e.kcal, calories_estimated = e.kcal IS NOT NULL
    FROM (
        SELECT CASE
            -- LEAST would take the one that is known.
            WHEN w.body_weight_kg IS NOT NULL AND t.sets > 0
                AND greatest(w.duration * 60, t.timed_s) > 0
            THEN least(20000, round(w.body_weight_kg * (
                t.timed + t.other * greatest(w.duration * 60 - t.timed_s, 0)) / 3600)::int) END
            AS kcal
        FROM workouts_workout w CROSS JOIN LATERAL (
            SELECT count(*) AS sets,
                coalesce(sum(s.duration) FILTER (WHERE x.is_cardio), 0) AS timed_s,
                coalesce(sum(s.duration * coalesce(x.met, %(cardio)s))
                    FILTER (WHERE x.is_cardio), 0) AS timed,
                coalesce(avg(coalesce(x.met, CASE WHEN x.is_cardio THEN %(cardio)s::float8
                    ELSE %(lifting)s END)) FILTER (WHERE NOT x.is_cardio OR s.duration IS NULL), 0)
                    AS other
            FROM workouts_workoutset s JOIN workouts_exercise x ON x.id = s.exercise_id
            WHERE s.user_id = w.user_id AND s.workout_id = w.id AND (s.target IS NULL
                OR s.reps IS NOT NULL OR s.duration IS NOT NULL OR s.distance IS NOT NULL)
        ) t
        WHERE w.user_id = %(user)s AND w.id = %(workout)s
    ) e
    WHERE w.user_id = %(user)s AND w.id = %(workout)s
"""


def estimate_energy(*, user_id: UUID, workout_id: UUID) -> None:
    """Fill calories_burned (kcal, gross) of a finished workout that has no measured value.

    From MET, body weight and time; empty where one of them is not known. After the sets were
    written, by a caller who advanced the clock.
    """
    parameters: dict[str, Any] = {
        "user": user_id,
        "workout": workout_id,
        "cardio": CARDIO_MET,
        "lifting": LIFTING_MET,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ESTIMATE, parameters)
