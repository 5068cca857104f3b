"""Plans that were made for a person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from users.models.job import Job, JobStatus
from users.ownership import SyncedQuerySet
from workouts.models.plan import WorkoutPlan


class GenerationMethod(models.TextChoices):
    RULES = "rules", "By documented rules"
    AI = "ai", "By a language model"


class PlanGeneration(Job):
    """A wish for a plan, and the plan that was made of it."""

    method = models.CharField(max_length=10, choices=GenerationMethod)
    wish = models.JSONField(help_text="Goal, days, level, equipment and time.")
    plan = models.ForeignKey(
        WorkoutPlan, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[SyncedQuerySet["PlanGeneration"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="plangeneration_status_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=GenerationMethod.values), name="plangeneration_method_known"
            ),
        ]
