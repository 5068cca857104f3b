"""What can be achieved, and who has."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone

from social.models.comment import Comment
from users.ids import uuid7
from users.ownership import OwnedModel, SyncedQuerySet


class AchievementCategory(models.TextChoices):
    WORKOUT = "workout", "Workout"
    NUTRITION = "nutrition", "Nutrition"
    SOCIAL = "social", "Social"
    STRENGTH = "strength", "Strength"


class Achievement(models.Model):
    """A row of the catalogue: earned when a metric of a person reaches a threshold."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    description = models.TextField()
    category = models.CharField(max_length=20, choices=AchievementCategory)
    icon_url = models.URLField(blank=True)
    metric = models.CharField(max_length=40, help_text="What is counted, such as workouts.")
    threshold = models.FloatField(help_text="How much of it earns this, in the metric's unit.")

    class Meta:
        indexes = [models.Index(fields=["category"], name="achievement_category")]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=AchievementCategory.values),
                name="achievement_category_known",
            ),
            models.CheckConstraint(
                condition=Q(threshold__gt=0), name="achievement_threshold_positive"
            ),
            models.UniqueConstraint(
                fields=["metric", "threshold"], name="achievement_one_per_step"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserAchievement(OwnedModel):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="achievements",
        db_index=False,
        editable=False,
    )
    achievement = models.ForeignKey(
        Achievement, on_delete=models.CASCADE, related_name="earned", editable=False
    )
    earned_at = models.DateTimeField(default=timezone.now, editable=False)
    comments = GenericRelation(
        Comment, content_type_field="target_type", object_id_field="target_id"
    )

    objects: ClassVar[SyncedQuerySet["UserAchievement"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["user", "-earned_at", "-id"], name="userachievement_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "achievement"], name="userachievement_once")
        ]

    def __str__(self) -> str:
        return str(self.achievement_id)
