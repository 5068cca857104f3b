"""Personal records: what was better than everything before it, exercise by exercise.

analytics.formulas.records reads the same off the sets of one exercise; tests compare the two.
"""

from typing import Final, LiteralString

from analytics.formulas.one_rm import MAX_RELIABLE_REPS
from analytics.formulas.records import STANDARD_DISTANCES_KM, STEP_KM, STEP_SECONDS
from analytics.models import PersonalRecord
from analytics.services.people import EXERCISES, Exercises, exercise_parameters
from analytics.services.strength import EFFECTIVE_REPS, ESTIMATE_KG
from users.ownership import resource_name
from users.services.settling import Clocks, DerivedTable, Settled
from workouts.training.loads import UNKNOWN_STEP_KG

_MARGIN_KG: Final = UNKNOWN_STEP_KG / 2
_MARGIN_KM: Final = STEP_KM / 2
_MARGIN_S: Final = STEP_SECONDS / 2
_STANDARDS: Final[LiteralString] = ", ".join(f"({float(km)!r})" for km in STANDARD_DISTANCES_KM)

# The sets in their turn, lift by lift, with the best of the lift before each. A test comes after
# the sets of its day, and says something of the 1RM alone.
_DONE: LiteralString = f"""
    SELECT *, dense_rank() OVER (ORDER BY user_id, exercise_id) AS lift,
        row_number() OVER (
            ORDER BY user_id, exercise_id, date, started_at, workout_id, position
        ) AS turn,
        max(weight_kg) OVER earlier AS best_weight_kg,
        max(weight_kg * reps) OVER earlier AS best_volume_kg,
        max(one_rm_kg) OVER earlier AS best_one_rm_kg,
        max(distance_km) OVER earlier AS best_distance_km
    FROM (
        SELECT *, CASE WHEN reps > 0 AND load > 0 AND NOT is_test THEN load END AS weight_kg,
            CASE WHEN effective_reps <= {MAX_RELIABLE_REPS} THEN {ESTIMATE_KG} END AS one_rm_kg
        FROM (
            SELECT s.user_id, s.exercise_id, w.date, w.started_at, s.workout_id, s.position,
                s.id AS set_id, s.reps, s.load, nullif(s.distance, 0) AS distance_km,
                s.duration AS duration_s, {EFFECTIVE_REPS} AS effective_reps, false AS is_test
            FROM scope JOIN workouts_workout w ON w.user_id = scope.user_id
            JOIN workouts_workoutset s ON s.user_id = w.user_id AND s.workout_id = w.id
                AND s.exercise_id = scope.exercise_id
            WHERE s.set_type <> 'warm_up' AND s.load_type <> 'assisted'
                AND (s.reps > 0 OR s.distance > 0)
            UNION ALL
            SELECT t.user_id, t.exercise_id, t.date, 'infinity', NULL, 1, t.id, 1, t.weight_kg,
                NULL, NULL, 1, true
            FROM scope JOIN analytics_onermtest t
                ON t.user_id = scope.user_id AND t.exercise_id = scope.exercise_id
        ) logged
    ) measured
    WINDOW earlier AS (
        PARTITION BY user_id, exercise_id ORDER BY date, started_at, workout_id, position
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
"""  # noqa: S608 - our own parts and numbers

# Sums run in the order in which the sets were done: in another one the last digit could differ.
_SESSIONS: LiteralString = """
    SELECT lift, turn, sum(weight_kg * reps) OVER session AS volume_kg,
        max(turn) OVER session AS last_turn
    FROM done WHERE weight_kg IS NOT NULL
    WINDOW session AS (
        PARTITION BY lift, workout_id ORDER BY turn
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
"""

# What is not above all before it neither is a record nor takes the place of one, so most sets are
# left out here. A time counts below zero, as less of it is more.
_CANDIDATES: LiteralString = f"""
    SELECT lift, turn, kind, at, score, margin, is_estimate
    FROM done CROSS JOIN LATERAL (VALUES
        ('weight', 0.0::double precision, weight_kg, best_weight_kg, {_MARGIN_KG}, false),
        ('set_volume', 0, weight_kg * reps, best_volume_kg, {_MARGIN_KG}, false),
        ('one_rm', 0, one_rm_kg, best_one_rm_kg, {_MARGIN_KG}, effective_reps > 1),
        ('distance', 0, distance_km, best_distance_km, {_MARGIN_KM}, false)
    ) AS one (kind, at, score, highest, margin, is_estimate)
    WHERE score > coalesce(highest, 0)
        AND (weight_kg > coalesce(best_weight_kg, 0)
            OR weight_kg * reps > coalesce(best_volume_kg, 0)
            OR one_rm_kg > coalesce(best_one_rm_kg, 0)
            OR distance_km > coalesce(best_distance_km, 0))
    UNION ALL
    SELECT lift, turn, 'session_volume', 0, volume_kg, {_MARGIN_KG}, false
    FROM sessions WHERE turn = last_turn
    UNION ALL
    SELECT lift, turn, 'pace', standard_km, -duration_s * least(1.0, standard_km / distance_km),
        {_MARGIN_S}, distance_km - standard_km > {_MARGIN_KM}
    FROM done JOIN (VALUES {_STANDARDS}) AS standard (standard_km)
        ON standard_km <= distance_km + {_MARGIN_KM}
    WHERE duration_s > 0
"""  # noqa: S608 - our own numbers

_BETTER: LiteralString = """
    SELECT lift, turn, kind, at, score, best AS beaten, is_estimate
    FROM (
        SELECT *, analytics_standing_best(score, margin) OVER (
            PARTITION BY lift, kind, at ORDER BY turn
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS best
        FROM candidates
    ) folded
    WHERE best IS NULL OR score > best + margin
"""

# Repetitions are compared with those of loads that are as heavy or heavier, where those nearer
# than the margin are the same. What an earlier set outdid in both is no record; over the others
# goes a fold that remembers, for each load, the most repetitions that no heavier one has.
_MOST_REPS: LiteralString = f"""
    WITH promising AS (
        SELECT *, max(load_kg) OVER (
            PARTITION BY lift, reps ORDER BY turn
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS heaviest_kg
        FROM (
            SELECT lift, turn, reps, coalesce(load, 0) AS load_kg
            FROM done WHERE reps > 0 AND NOT is_test
        ) counted
    ), lifts AS (
        SELECT lift, array_agg(turn ORDER BY turn) AS turns,
            array_agg(load_kg ORDER BY turn) AS loads, array_agg(reps ORDER BY turn) AS reps
        FROM promising WHERE heaviest_kg IS NULL OR load_kg > heaviest_kg
        GROUP BY lift
    )
    SELECT lift, turns[place] AS turn, lifts.loads[place] AS at, lifts.reps[place] AS score,
        previous AS beaten
    FROM lifts CROSS JOIN LATERAL (
        WITH RECURSIVE fold (place, loads, reps, previous, is_record) AS (
            SELECT 0, '{{}}'::double precision[], '{{}}'::integer[], NULL::integer, false
            UNION ALL
            SELECT fold.place + 1,
                CASE WHEN is_better THEN array_append(kept_loads, load_kg) ELSE fold.loads END,
                CASE WHEN is_better THEN array_append(kept_reps, done) ELSE fold.reps END,
                found.previous, is_better
            FROM fold
            CROSS JOIN LATERAL (
                SELECT lifts.loads[fold.place + 1] AS load_kg, lifts.reps[fold.place + 1] AS done
            ) now
            CROSS JOIN LATERAL (
                SELECT max(reps) FILTER (WHERE kg >= load_kg - {_MARGIN_KG}) AS previous,
                    array_agg(kg) FILTER (WHERE kg > load_kg OR reps > done) AS kept_loads,
                    array_agg(reps) FILTER (WHERE kg > load_kg OR reps > done) AS kept_reps
                FROM unnest(fold.loads, fold.reps) AS best (kg, reps)
            ) found
            CROSS JOIN LATERAL (SELECT done > coalesce(found.previous, 0) AS is_better) judged
            WHERE fold.place < cardinality(lifts.loads)
        )
        SELECT place, previous FROM fold WHERE is_record
    ) record
"""  # noqa: S608 - our own numbers

# A record stands until a later one; one in repetitions also until a heavier load has as many.
_EXPECTED: LiteralString = f"""
    WITH done AS MATERIALIZED ({_DONE}), sessions AS ({_SESSIONS}), candidates AS ({_CANDIDATES}),
    records AS (
        SELECT * FROM ({_BETTER}) better
        UNION ALL
        SELECT lift, turn, 'reps', at, score, beaten, false FROM ({_MOST_REPS}) most_reps
    ), judged AS (
        SELECT *, score > coalesce(max(score) OVER (
            PARTITION BY lift, kind, CASE WHEN kind <> 'reps' THEN at END
            ORDER BY at DESC, turn DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), '-infinity') AS is_standing
        FROM records
    )
    SELECT user_id, exercise_id, kind, at, abs(score) AS value, abs(beaten) AS previous, date,
        set_id, workout_id, reps, load AS load_kg, is_estimate, is_standing
    FROM judged JOIN done USING (turn)
"""  # noqa: S608 - our own parts

# A scope of exercises.
PERSONAL_RECORDS: Final = DerivedTable(
    table="analytics_personalrecord",
    resource=resource_name(PersonalRecord),
    key=("exercise_id", "kind", "at", "set_id"),
    values=(
        "value",
        "previous",
        "date",
        "workout_id",
        "reps",
        "load_kg",
        "is_estimate",
        "is_standing",
    ),
    expected=_EXPECTED,
    within="old.exercise_id = scope.exercise_id",
)


def settle_personal_records(*, clocks: Clocks, exercises: Exercises) -> Settled:
    """Make the records of these exercises what all of their sets and tests say.

    ``clocks`` are the new revisions of the people whose lifts they are.
    """
    if not exercises:
        return Settled()
    return PERSONAL_RECORDS.settle(
        clocks=clocks, scope=EXERCISES, parameters=exercise_parameters(exercises)
    )
