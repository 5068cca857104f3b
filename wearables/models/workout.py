"""Recorded sessions, and the workouts of the diary that they stand for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from users.ownership import OwnedModel, SameOwner, SyncedQuerySet
from wearables.models.device import WearableDevice
from wearables.models.importing import ActivityImport
from workouts.models import Workout


class RecordedWorkout(OwnedModel):
    """A session as one source recorded it.

    Several of one session have one workout in the diary, which counts; the primary one says what
    is in it. One that was made from the diary's own log (``made_workout`` is false) adds to it
    and owns none of it. Whatever its source has not deleted and has no workout was dismissed: by
    the person, here or by deleting the workout.
    """

    device = models.ForeignKey(
        WearableDevice,
        on_delete=models.CASCADE,
        editable=False,
        related_name="recordings",
        db_index=False,
    )
    external_id = models.CharField(max_length=200, editable=False)
    source_name = models.CharField(max_length=200, blank=True, editable=False)
    source_kind = models.CharField(max_length=10, editable=False)
    source_app = models.CharField(max_length=200, blank=True, editable=False)
    sport = models.CharField(max_length=30, editable=False)
    name = models.CharField(max_length=100, blank=True, editable=False)
    started_at = models.DateTimeField(editable=False)
    finished_at = models.DateTimeField(editable=False)
    timezone = models.CharField(max_length=50, editable=False)
    duration_s = models.IntegerField(null=True, editable=False, help_text="s, without pauses")
    distance = models.FloatField(null=True, editable=False, help_text="km")
    calories = models.IntegerField(null=True, editable=False, help_text="kcal")
    average_heart_rate = models.SmallIntegerField(null=True, editable=False, help_text="bpm")
    max_heart_rate = models.SmallIntegerField(null=True, editable=False, help_text="bpm")
    elevation_gain_m = models.FloatField(null=True, editable=False, help_text="m")
    sets = models.JSONField(default=list, editable=False, help_text="Of a strength session.")
    workout = models.ForeignKey(
        Workout,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="recordings",
        db_index=False,
    )
    is_primary = models.BooleanField(
        default=False, editable=False, help_text="Whether the workout shows what this one says."
    )
    made_workout = models.BooleanField(
        default=False, editable=False, help_text="Whether the workout was made from recordings."
    )
    kept_apart = models.BooleanField(
        default=False, editable=False, help_text="The person says that it is a session of its own."
    )
    is_joined = models.BooleanField(
        default=False, editable=False, help_text="The person says that it belongs to the workout."
    )
    is_chosen = models.BooleanField(
        default=False, editable=False, help_text="The person wants the workout to show this one."
    )
    dismissed_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="When the person took it out of the diary: it does not come back by itself.",
    )
    workout_written_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="updated_at of the workout as recordings last wrote it; later, it was edited.",
    )
    calories_given = models.IntegerField(
        null=True, editable=False, help_text="kcal that a workout of the person's own got of it."
    )
    reason = models.CharField(max_length=200, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        null=True, editable=False, help_text="When its source deleted it."
    )
    imported_by = models.ForeignKey(
        ActivityImport,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="recordings",
        db_index=False,
    )

    objects: ClassVar[SyncedQuerySet["RecordedWorkout"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["user", "-started_at", "-id"], name="recordedworkout_user_start"),
            models.Index(fields=["device"], name="recordedworkout_device"),
            models.Index(
                fields=["workout"],
                condition=Q(workout__isnull=False),
                name="recordedworkout_workout",
            ),
            models.Index(
                fields=["imported_by"],
                condition=Q(imported_by__isnull=False),
                name="recordedworkout_imported",
            ),
        ]
        constraints = [
            SameOwner(parent="device", name="recordedworkout_owner_is_devices"),
            SameOwner(parent="workout", name="recordedworkout_owner_is_workouts"),
            SameOwner(parent="imported_by", name="recordedworkout_owner_is_imports"),
            models.UniqueConstraint(
                fields=["user", "device", "external_id"], name="recordedworkout_once"
            ),
            models.UniqueConstraint(
                fields=["user", "workout"],
                condition=Q(is_primary=True),
                name="recordedworkout_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")),
                name="recordedworkout_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(distance__isnull=True) | Q(distance__gte=0, distance__lte=5000),
                name="recordedworkout_distance_in_range",
            ),
            models.CheckConstraint(
                condition=Q(calories__isnull=True) | Q(calories__gte=0, calories__lte=20000),
                name="recordedworkout_calories_in_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sport} {self.started_at:%Y-%m-%d %H:%M}"
