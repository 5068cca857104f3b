"""Which exercises, workouts and sets."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from users.ownership import PartQuerySet, SyncedQuerySet

if TYPE_CHECKING:
    from workouts.models import (  # noqa: F401 - named in the base classes
        CardioExercise,
        Exercise,
        StrengthExercise,
        WorkoutSet,
    )


class ExerciseQuerySet(SyncedQuerySet["Exercise"]):
    owner_field = "created_by"

    def visible_to(self, user_id: object) -> Self:
        """The catalogue and the person's own ones."""
        return self.filter(Q(created_by=None) | Q(created_by=user_id))


class CardioExerciseManager(models.Manager["CardioExercise"]):
    def get_queryset(self) -> models.QuerySet["CardioExercise"]:
        return super().get_queryset().filter(is_cardio=True)


class StrengthExerciseManager(models.Manager["StrengthExercise"]):
    def get_queryset(self) -> models.QuerySet["StrengthExercise"]:
        return super().get_queryset().filter(is_cardio=False)


class WorkoutSetQuerySet(PartQuerySet["WorkoutSet"]):
    whole = "workout"

    def in_order(self) -> Self:
        """As they were done."""
        return self.order_by("workout", "position")
