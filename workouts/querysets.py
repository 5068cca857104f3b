"""Which exercises, workouts and sets."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from users.ownership import PartQuerySet, SyncedQuerySet

if TYPE_CHECKING:
    from workouts.models import (  # noqa: F401 - named in the base classes
        CardioExercise,
        Exercise,
        ExerciseNote,
        PlannedExercise,
        PlannedSet,
        PlanPause,
        PlanVersion,
        RowError,
        RuleEvaluation,
        SkippedSession,
        StrengthExercise,
        WorkoutDay,
        WorkoutPlan,
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


class ExerciseNoteQuerySet(PartQuerySet["ExerciseNote"]):
    whole = "workout"


class WorkoutPlanQuerySet(SyncedQuerySet["WorkoutPlan"]):
    def visible_to(self, user_id: object) -> Self:
        """The person's own ones and those that are published."""
        return self.filter(Q(user=user_id) | Q(is_public=True))


class WorkoutDayQuerySet(PartQuerySet["WorkoutDay"]):
    whole = "plan"


class PlannedExerciseQuerySet(PartQuerySet["PlannedExercise"]):
    whole = "day"


class PlannedSetQuerySet(PartQuerySet["PlannedSet"]):
    whole = "planned_exercise"


class PlanVersionQuerySet(PartQuerySet["PlanVersion"]):
    whole = "plan"


class PlanPauseQuerySet(PartQuerySet["PlanPause"]):
    whole = "run"


class SkippedSessionQuerySet(PartQuerySet["SkippedSession"]):
    whole = "run"


class RuleEvaluationQuerySet(PartQuerySet["RuleEvaluation"]):
    whole = "run"


class RowErrorQuerySet(PartQuerySet["RowError"]):
    whole = "job"
