"""Sets added, changed, moved and removed one by one, while the person trains."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone as clock

from users.errors import Conflict
from users.ids import uuid7
from users.ownership import advance_clock
from users.services.creation import claim_key, claim_part
from workouts.models import Exercise, WorkoutSet
from workouts.models.exercise import LoadType
from workouts.models.workout import MAX_SETS
from workouts.services import merging, replays
from workouts.services.energy import estimate_energy
from workouts.services.workouts import UnknownExercise, reload_body

# One statement: the unique constraints are checked when it ends, so places may swap.
_RENUMBER = """
    UPDATE workouts_workoutset s SET position = new.position, set_number = new.set_number
    FROM (
        SELECT id, position,
            row_number() OVER (PARTITION BY exercise_id ORDER BY position) AS set_number
        FROM (
            SELECT s.id, s.exercise_id, row_number() OVER (
                ORDER BY array_position(%(order)s::uuid[], s.id) NULLS LAST, s.position
            ) AS position
            FROM workouts_workoutset s
            WHERE s.user_id = %(user)s AND s.workout_id = %(workout)s
        ) placed
    ) new
    WHERE s.user_id = %(user)s AND s.id = new.id
"""


_TOUCH = """
    UPDATE workouts_workout SET revision = %(revision)s, updated_at = %(now)s
    WHERE user_id = %(user)s AND id = %(workout)s
    RETURNING
        NOT in_progress AND (
            calories_estimated OR calories_burned IS NULL AND body_weight_kg IS NOT NULL),
        CASE WHEN NOT in_progress THEN plan_run_id END
"""


_NOT_DONE = {
    "reps": None,
    "duration": None,
    "distance": None,
    "rpe": None,
    "rir": None,
    "discomfort": None,
    "discomfort_note": "",
    "notes": "",
}


class TooManySets(ValidationError):
    def __init__(self) -> None:
        super().__init__(f"A workout has at most {MAX_SETS} sets.", code="too_many_sets")


@transaction.atomic
def add_set(
    *, user_id: UUID, workout_id: UUID, content: Mapping[str, Any], idempotency_key: str = ""
) -> tuple[WorkoutSet, bool]:
    """Put a set at the end of a workout; answers it and whether it was added just now.

    The same id or key with the same content is answered with the stored set, as it is now. Raises
    Conflict for an id with other content, and where the set was removed since.
    """
    revision = advance_clock(user_id)
    values = dict(content)
    set_id, exercise_id = values.pop("id", None), values.pop("exercise")
    if set_id is not None:
        stored = _stored_before(user_id, workout_id, set_id, content)
        if stored is not None:
            return stored, False
    elif idempotency_key:
        claimed = {**content, "workout": workout_id}
        set_id, is_new = claim_key(
            model=WorkoutSet, user_id=user_id, key=idempotency_key, content=claimed
        )
        if not is_new:
            return _still_there(user_id, set_id), False
    exercise_id, load_type = _known(user_id, exercise_id)
    values.setdefault("load_type", load_type)
    last = WorkoutSet.objects.filter(user_id=user_id, workout=workout_id).aggregate(
        position=Max("position"), set_number=Max("set_number", filter=Q(exercise=exercise_id))
    )
    if (last["position"] or 0) >= MAX_SETS:
        raise TooManySets
    values.setdefault("set_number", (last["set_number"] or 0) + 1)
    row = WorkoutSet(
        id=set_id or uuid7(),
        user_id=user_id,
        workout_id=workout_id,
        exercise_id=exercise_id,
        position=(last["position"] or 0) + 1,
        **values,
    )
    row.insert()
    if row.load_type != LoadType.EXTERNAL:
        reload_body(user_id=user_id, workout_id=workout_id)
    _touch(user_id, workout_id, revision)
    return row, True


@transaction.atomic
def change_set(*, user_id: UUID, set_id: UUID, content: Mapping[str, Any]) -> WorkoutSet:
    revision = advance_clock(user_id)
    row = WorkoutSet.objects.get(user_id=user_id, pk=set_id)
    values = dict(content)
    exercise_id = values.pop("exercise", row.exercise_id)
    if exercise_id != row.exercise_id:
        exercise_id, load_type = _known(user_id, exercise_id)
        values.setdefault("load_type", load_type)
        values.setdefault("set_number", _next_number(row, exercise_id))
    WorkoutSet.objects.filter(user_id=user_id, pk=set_id).write(exercise_id=exercise_id, **values)
    if "load_type" in values:
        reload_body(user_id=user_id, workout_id=row.workout_id)
    _touch(user_id, row.workout_id, revision)
    return WorkoutSet.objects.get(user_id=user_id, pk=set_id)


@transaction.atomic
def remove_set(*, user_id: UUID, set_id: UUID) -> None:
    """Delete the set and close the gap: the ones after it move up.

    What a plan asked for stays asked for: such a set becomes an empty one, which was left out.
    """
    revision = advance_clock(user_id)
    row = WorkoutSet.objects.get(user_id=user_id, pk=set_id)
    same = WorkoutSet.objects.filter(user_id=user_id, pk=set_id)
    if row.target is None:
        same.remove()
        _renumber(user_id, row.workout_id, order=[])
    else:
        same.write(**_NOT_DONE)
    _touch(user_id, row.workout_id, revision)


@transaction.atomic
def reorder_sets(*, user_id: UUID, workout_id: UUID, order: Sequence[UUID]) -> None:
    """Put the sets into this order and number each exercise's anew."""
    revision = advance_clock(user_id)
    ids = set(
        WorkoutSet.objects.filter(user_id=user_id, workout=workout_id).values_list("pk", flat=True)
    )
    if len(order) != len(ids) or set(order) != ids:
        message = "Name every set of the workout exactly once."
        raise ValidationError({"order": ValidationError(message, code="invalid_order")})
    _renumber(user_id, workout_id, order=order)
    _touch(user_id, workout_id, revision)


def _renumber(user_id: UUID, workout_id: UUID, *, order: Sequence[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RENUMBER, {"user": user_id, "workout": workout_id, "order": list(order)})


def _touch(user_id: UUID, workout_id: UUID, revision: int) -> None:
    parameters: dict[str, Any] = {
        "user": user_id,
        "workout": workout_id,
        "revision": revision,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, parameters)
        is_estimated, run_id = cursor.fetchone()
    if is_estimated:
        estimate_energy(user_id=user_id, workout_id=workout_id)
    if run_id is not None:
        replays.settle_after(user_id=user_id, run_id=run_id, revision=revision)


def _next_number(row: WorkoutSet, exercise_id: UUID) -> int:
    same = WorkoutSet.objects.filter(
        user_id=row.user_id, workout=row.workout_id, exercise=exercise_id
    )
    return (same.aggregate(last=Max("set_number"))["last"] or 0) + 1


def _known(user_id: UUID, exercise_id: UUID) -> tuple[UUID, str]:
    """The exercise, or what it was merged into, and how that is loaded.

    Raises UnknownExercise for one that the person cannot see.
    """
    visible = Exercise.objects.visible_to(user_id).filter(pk=exercise_id)
    load_type = visible.values_list("load_type", flat=True).first()
    if load_type is not None:
        return exercise_id, load_type
    kept = merging.kept_of([exercise_id]).get(exercise_id)
    if kept is None:
        raise UnknownExercise
    return _known(user_id, kept)


def _stored_before(
    user_id: UUID, workout_id: UUID, set_id: UUID, content: Mapping[str, Any]
) -> WorkoutSet | None:
    """The set that this id made before; None for an id that comes for the first time."""
    stored = WorkoutSet.objects.filter(user_id=user_id, workout=workout_id, pk=set_id).first()
    claimed = {**content, "workout": workout_id}
    is_new = claim_part(model=WorkoutSet, user_id=user_id, object_id=set_id, content=claimed)
    if is_new and WorkoutSet.objects.filter(pk=set_id).exists():
        # Stored with its workout, or another person's.
        raise Conflict("This id belongs to a row with other content.", code="id_taken")
    return None if is_new else stored or _still_there(user_id, set_id)


def _still_there(user_id: UUID, set_id: UUID) -> WorkoutSet:
    row = WorkoutSet.objects.filter(user_id=user_id, pk=set_id).first()
    if row is None:
        raise Conflict("This was deleted.", code="deleted")
    return row
