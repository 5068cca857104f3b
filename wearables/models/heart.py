"""Heart rate, sample by sample."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from users.ownership import OwnedQuerySet
from wearables.models.device import WearableDevice
from workouts.models import Workout


class HeartRateData(models.Model):
    """A sample, or a minute of samples that is older than the full resolution is kept.

    In one table by months, whose only index is the key: references of samples are followed by
    whoever deletes what they refer to (wearables.services.heart_rate), by owner and time.
    """

    pk = models.CompositePrimaryKey("user_id", "timestamp")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )
    timestamp = models.DateTimeField()
    heart_rate = models.SmallIntegerField(help_text="bpm; the mean of a minute")
    lowest = models.SmallIntegerField(null=True, help_text="bpm, in a minute of samples")
    highest = models.SmallIntegerField(null=True, help_text="bpm, in a minute of samples")
    samples = models.SmallIntegerField(default=1, help_text="How many samples it stands for.")
    source_rank = models.SmallIntegerField(
        default=9, help_text="0 strap, 1 watch, 2 band, 3 ring, 4 phone, 9 unknown."
    )
    device = models.ForeignKey(
        WearableDevice,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    workout = models.ForeignKey(
        Workout,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="heart_rate_data",
        db_constraint=False,
        db_index=False,
    )
    imported_by = models.UUIDField(null=True, help_text="The import that brought it.")

    objects: ClassVar[OwnedQuerySet["HeartRateData"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "heart rate data"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(heart_rate__gte=20, heart_rate__lte=260),
                name="heartratedata_in_range",
            )
        ]

    def __str__(self) -> str:
        return f"{self.timestamp:%Y-%m-%d %H:%M:%S}"


class HeartRateKeeping(models.Model):
    """Where a person's heart rates may still be in full: bookkeeping of whoever thins them.

    A writer of heart rates moves it back, and thinning moves it on; both lock it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, editable=False
    )
    thin_from = models.DateField(help_text="UTC; all that is older was thinned.")

    class Meta:
        indexes = [models.Index(fields=["thin_from"], name="heartratekeeping_thin_from")]

    def __str__(self) -> str:
        return str(self.thin_from)
