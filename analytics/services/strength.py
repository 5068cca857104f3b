"""What was lifted of each exercise on each day, and the maximum that it speaks for."""

from collections.abc import Callable, Iterable
from statistics import median
from typing import Final, LiteralString

from analytics.formulas.one_rm import MAX_EFFECTIVE_REPS, ONE_RM_FORMULAS
from analytics.models import StrengthProgress
from analytics.services.people import DAYS, SETS, Days, day_parameters
from users.ownership import resource_name
from users.services.settling import Clocks, DerivedTable, Settled
from workouts.training.curve import MAX_RESERVE


def _multiples_at(effective_reps: float) -> list[float]:
    """By what the seven formulas multiply a load; one repetition is its own maximum."""
    if effective_reps == 1:
        return [1.0]
    return [formula.multiple(effective_reps) for formula in ONE_RM_FORMULAS.values()]


def _multiple(choose: Callable[[Iterable[float]], float]) -> LiteralString:
    """One of the seven as SQL, in a place for each half repetition from 1 to 12.

    Taken from the formulas, so that the database and they agree to the last digit: which of the
    seven is the middle one does not depend on the load.
    """
    steps = [half / 2 for half in range(2, 2 * MAX_EFFECTIVE_REPS + 1)]
    multiples = ", ".join(repr(choose(_multiples_at(step))) for step in steps)
    # Not least(), which would take null for 12.
    counted = f"CASE WHEN effective_reps > {MAX_EFFECTIVE_REPS} THEN {MAX_EFFECTIVE_REPS}"
    place = f"(2 * {counted} ELSE effective_reps END - 1)::integer"
    return f"('{{{multiples}}}'::double precision[])[{place}]"


# Of a set with a load, reps and effective_reps; the last are null where it speaks for no maximum.
ESTIMATE_KG: Final[LiteralString] = f"load * {_multiple(median)}"
LOW_KG: Final[LiteralString] = f"load * {_multiple(min)}"
HIGH_KG: Final[LiteralString] = f"load * {_multiple(max)}"
# Of workouts_workoutset s.
RESERVE: Final[LiteralString] = "coalesce(s.rir, 10 - s.rpe)"
EFFECTIVE_REPS: Final[LiteralString] = f"""
    CASE WHEN s.load > 0 AND s.reps >= 1 AND coalesce({RESERVE}, 0) BETWEEN 0 AND {MAX_RESERVE}
        THEN s.reps + coalesce({RESERVE}, 0) END
"""

# Sums run in the order in which the sets were done: in another one the last digit could differ.
_EXPECTED: LiteralString = f"""
    WITH done AS (
        SELECT s.user_id, s.exercise_id, w.date, w.started_at, s.workout_id, s.position, s.id,
            s.load, s.reps, {RESERVE} AS reserve, {EFFECTIVE_REPS} AS effective_reps
        FROM scope JOIN workouts_workout w ON w.user_id = scope.user_id AND w.date = scope.day
        JOIN {SETS}
        WHERE s.set_type <> 'warm_up' AND num_nonnulls(s.reps, s.duration, s.distance) > 0
    ), judged AS (
        SELECT *, effective_reps IS NULL AS is_silent,
            effective_reps > {MAX_EFFECTIVE_REPS} AS is_far, {ESTIMATE_KG} AS one_rm_kg,
            {LOW_KG} AS low_kg, {HIGH_KG} AS high_kg
        FROM done
    ), placed AS (
        SELECT *, coalesce(sum(load * reps) OVER whole, 0) AS volume,
            count(*) OVER whole AS sets_count, row_number() OVER best AS place
        FROM judged
        WINDOW whole AS (
            PARTITION BY user_id, exercise_id, date ORDER BY started_at, workout_id, position
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ), best AS (
            PARTITION BY user_id, exercise_id, date ORDER BY is_silent, is_far, one_rm_kg DESC,
                started_at, workout_id, position
        )
    ), lifted AS (
        SELECT * FROM placed WHERE place = 1
    ), tested AS (
        SELECT t.user_id, t.exercise_id, t.date, t.weight_kg
        FROM scope
        JOIN analytics_onermtest t ON t.user_id = scope.user_id AND t.date = scope.day
    )
    SELECT user_id, exercise_id, date,
        coalesce(t.weight_kg, l.one_rm_kg, 0) AS one_rep_max,
        coalesce(t.weight_kg, l.low_kg) AS one_rep_max_low_kg,
        coalesce(t.weight_kg, l.high_kg) AS one_rep_max_high_kg,
        CASE WHEN t.weight_kg IS NOT NULL THEN 'valid' WHEN l.is_silent THEN 'no_answer'
            WHEN l.is_far THEN 'out_of_range' ELSE 'valid' END AS validity,
        coalesce(l.volume, 0) AS volume,
        coalesce(l.sets_count, 0) AS sets_count,
        t.weight_kg IS NULL AS calculated_1rm,
        CASE WHEN NOT l.is_silent THEN l.id END AS best_set_id,
        CASE WHEN NOT l.is_silent THEN l.load END AS best_load_kg,
        CASE WHEN NOT l.is_silent THEN l.reps END AS best_reps,
        CASE WHEN NOT l.is_silent THEN l.reserve END AS best_reserve
    FROM lifted l FULL JOIN tested t USING (user_id, exercise_id, date)
"""  # noqa: S608 - our own parts and numbers

# A scope of days.
STRENGTH_PROGRESS: Final = DerivedTable(
    table="analytics_strengthprogress",
    resource=resource_name(StrengthProgress),
    key=("exercise_id", "date"),
    values=(
        "one_rep_max",
        "one_rep_max_low_kg",
        "one_rep_max_high_kg",
        "validity",
        "volume",
        "sets_count",
        "calculated_1rm",
        "best_set_id",
        "best_load_kg",
        "best_reps",
        "best_reserve",
    ),
    expected=_EXPECTED,
    within="old.date = scope.day",
)


def settle_strength_progress(*, clocks: Clocks, days: Days) -> Settled:
    """Make the strength progress of these days what the diaries and tests say.

    ``clocks`` are the new revisions of the people whose days they are.
    """
    if not days:
        return Settled()
    return STRENGTH_PROGRESS.settle(clocks=clocks, scope=DAYS, parameters=day_parameters(days))
