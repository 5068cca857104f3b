"""Files of recordings that a person uploads."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from users.models.export import private_storage
from users.models.job import Job
from users.ownership import SyncedQuerySet


class FileFormat(models.TextChoices):
    FIT = "fit", "FIT"
    TCX = "tcx", "TCX"
    GPX = "gpx", "GPX"
    APPLE_HEALTH = "apple_health", "Apple Health export"
    ARCHIVE = "archive", "Archive of recordings"


class ActivityImport(Job):
    """A file and what it brought. Status may also be "undone"."""

    file = models.FileField(storage=private_storage, blank=True, max_length=200, editable=False)
    file_name = models.CharField(max_length=200, editable=False)
    size_bytes = models.BigIntegerField(editable=False)
    sha256 = models.BinaryField(max_length=32, editable=False)
    format = models.CharField(max_length=20, choices=FileFormat, editable=False)
    bytes_read = models.BigIntegerField(
        default=0, editable=False, help_text="Of the unpacked file."
    )
    bytes_total = models.BigIntegerField(default=0, editable=False)
    workouts_new = models.IntegerField(default=0, editable=False)
    workouts_known = models.IntegerField(
        default=0, editable=False, help_text="That were there already."
    )
    days_new = models.IntegerField(default=0, editable=False, help_text="New or changed.")
    sleeps_new = models.IntegerField(default=0, editable=False)
    heart_rates_new = models.BigIntegerField(default=0, editable=False)
    first_at = models.DateTimeField(null=True, editable=False, help_text="Of its heart rates.")
    last_at = models.DateTimeField(null=True, editable=False)
    problems = models.JSONField(
        default=list,
        editable=False,
        help_text="Parts that could not be read, by name, at most 50.",
    )

    objects: ClassVar[SyncedQuerySet["ActivityImport"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Job.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="activityimport_owner_and_id"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status__in=["pending", "running"]),
                name="activityimport_one_at_a_time",
                violation_error_message="Another import is running. Wait for it.",
            ),
        ]
