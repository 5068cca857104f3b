"""Exercises that a person makes for themselves."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from users.errors import Conflict
from users.ownership import advance_clock
from workouts import selectors
from workouts.models import Equipment, Exercise, ExerciseMuscle, WorkoutPlan
from workouts.models.exercise import LoadType
from workouts.services import plans

PARTS = ("muscles", "equipment")


@transaction.atomic
def create_exercise(
    *, user_id: UUID, object_id: UUID, content: Mapping[str, Any], creation_hash: bytes
) -> Exercise:
    """A custom exercise, visible to its creator alone."""
    exercise = Exercise(
        id=object_id, created_by_id=user_id, is_custom=True, creation_hash=creation_hash
    )
    return _write(exercise, user_id, content)


BLANK: Mapping[str, Any] = {
    "description": "",
    "is_cardio": False,
    "difficulty_level": 1,
    "met": None,
    "load_type": LoadType.EXTERNAL,
    "bodyweight_share": None,
    "equipment_needed": "",
    "illustration": "",
    "video_url": "",
    "variation_of": None,
    "muscles": (),
    "equipment": (),
}


@transaction.atomic
def change_exercise(*, user_id: UUID, exercise_id: UUID, content: Mapping[str, Any]) -> Exercise:
    advance_clock(user_id)
    exercise = Exercise.objects.get(created_by=user_id, pk=exercise_id)
    return _write(exercise, user_id, content)


@transaction.atomic
def delete_exercise(*, user_id: UUID, exercise_id: UUID) -> None:
    """Delete a custom exercise; plans that named it go on without it, in a new version.

    Raises ProtectedError while sets refer to it.
    """
    advance_clock(user_id)
    exercise = Exercise.objects.get(created_by=user_id, pk=exercise_id)
    planned = WorkoutPlan.objects.filter(user_id=user_id, days__exercises__exercise=exercise)
    plan_ids = set(planned.values_list("pk", flat=True))
    exercise.delete()
    for plan_id in plan_ids:
        document = selectors.plan_document(viewer_id=user_id, plan_id=plan_id)
        plans.change_plan(user_id=user_id, plan_id=plan_id, document=document)


def _write(exercise: Exercise, user_id: UUID, content: Mapping[str, Any]) -> Exercise:
    for name, value in content.items():
        if name not in PARTS:
            setattr(exercise, name, value)
    _refuse_cycle(exercise)
    same_name = Exercise.objects.filter(created_by=user_id, name__iexact=exercise.name)
    if same_name.exclude(pk=exercise.pk).exists():
        raise Conflict("You have an exercise of this name.", code="name_taken")
    exercise.save()
    if "muscles" in content:
        _set_muscles(exercise, content["muscles"])
    if "equipment" in content:
        exercise.equipment.set(Equipment.objects.filter(pk__in=content["equipment"]))
    return exercise


def _refuse_cycle(exercise: Exercise) -> None:
    parent = exercise.variation_of
    while parent is not None:
        if parent.pk == exercise.pk:
            message = "An exercise cannot be a variation of itself."
            raise ValidationError({"variation_of": ValidationError(message, code="cycle")})
        parent = parent.variation_of


def _set_muscles(exercise: Exercise, shares: Sequence[Mapping[str, Any]]) -> None:
    exercise.muscle_shares.all().delete()
    ExerciseMuscle.objects.bulk_create(
        [
            ExerciseMuscle(
                exercise=exercise,
                muscle_id=share["muscle"],
                role=share["role"],
                share=share["share"],
            )
            for share in shares
        ]
    )
