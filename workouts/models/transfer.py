"""History that came from other apps."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from users.models.export import private_storage
from users.models.job import Job
from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from workouts.models.exercise import Exercise
from workouts.querysets import RowErrorQuerySet


class ImportStatus(models.TextChoices):
    PENDING = "pending", "Waiting for a worker"
    RUNNING = "running", "Running"
    NEEDS_ANSWERS = "needs_answers", "Waiting for answers: units, dates or exercises"
    CHECKED = "checked", "Dry run done: nothing is stored"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNDONE = "undone", "Undone"


class ImportSource(models.TextChoices):
    STRONG = "strong", "Strong"
    HEVY = "hevy", "Hevy"


class WorkoutImport(Job):
    """A file of another app's workouts, and what became of it."""

    file = models.FileField(storage=private_storage, blank=True, editable=False)
    file_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    source = models.CharField(max_length=10, choices=ImportSource, blank=True)
    weight_unit = models.CharField(max_length=2, blank=True, help_text="kg or lb")
    distance_unit = models.CharField(max_length=2, blank=True, help_text="km, mi or m")
    date_order = models.CharField(max_length=11, blank=True, help_text="day_first or month_first")
    timezone = models.CharField(max_length=50, help_text="IANA name of the zone of its times.")
    dry_run = models.BooleanField(default=False)
    create_unknown = models.BooleanField(
        default=False, help_text="Make custom exercises of names that are not known."
    )
    questions = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What the person has to answer."
    )
    rows_total = models.IntegerField(default=0, editable=False)
    rows_done = models.IntegerField(default=0, editable=False)
    workouts_new = models.IntegerField(default=0, editable=False)
    workouts_known = models.IntegerField(
        default=0, editable=False, help_text="In the diary already, from this or another file."
    )
    sets_new = models.IntegerField(default=0, editable=False)
    errors_count = models.IntegerField(default=0, editable=False)

    objects: ClassVar[SyncedQuerySet["WorkoutImport"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="workoutimport_owner_and_id"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=["pending", "running"]),
                name="workoutimport_one_running",
                violation_error_message="Another import is running. Wait for it.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ImportStatus.values), name="workoutimport_status_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=["", *ImportSource.values]),
                name="workoutimport_source_known",
            ),
            models.CheckConstraint(
                condition=Q(weight_unit__in=["", "kg", "lb"]), name="workoutimport_weight_unit"
            ),
            models.CheckConstraint(
                condition=Q(distance_unit__in=["", "km", "mi", "m"]),
                name="workoutimport_distance_unit",
            ),
            models.CheckConstraint(
                condition=Q(date_order__in=["", "day_first", "month_first"]),
                name="workoutimport_date_order",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.status


class RowError(OwnedPart):
    """What is wrong with a line of an imported file."""

    whole = "job"

    job = models.ForeignKey(
        WorkoutImport, on_delete=models.CASCADE, related_name="row_errors", db_constraint=False
    )
    line = models.IntegerField()
    column = models.CharField(max_length=50, blank=True)
    code = models.CharField(max_length=50)
    message = models.CharField(max_length=300)

    objects = RowErrorQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="job", name="rowerror_owner_is_imports"),
            models.UniqueConstraint(
                fields=["user", "job", "line", "column"], name="rowerror_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.code}"


class ExerciseAlias(OwnedModel):
    """What another app calls an exercise, as the person has mapped it."""

    name = models.CharField(max_length=100, help_text="In lower case, as case does not matter.")
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[SyncedQuerySet["ExerciseAlias"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "exercise aliases"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="exercisealias_name_once",
                violation_error_message="This name is mapped already.",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="exercisealias_named"),
        ]

    def __str__(self) -> str:
        return self.name
