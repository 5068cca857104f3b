"""A day as each source tells it, and as it counts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet
from wearables.models.device import WearableDevice
from wearables.models.importing import ActivityImport
from wearables.querysets import DailySourceQuerySet

_RANGES = {
    "steps": 200_000,
    "distance": 1000,
    "active_calories": 30_000,
    "total_calories": 40_000,
    "active_minutes": 1560,
    "floors_climbed": 10_000,
}


def _in_range(prefix: str) -> list[models.CheckConstraint]:
    bounds = {name: (0, most) for name, most in _RANGES.items()}
    bounds["resting_heart_rate"] = (20, 260)
    return [
        models.CheckConstraint(
            condition=Q(**{f"{name}__isnull": True})
            | Q(**{f"{name}__gte": least, f"{name}__lte": most}),
            name=f"{prefix}_{name}_in_range",
        )
        for name, (least, most) in bounds.items()
    ]


class SourceMetric(models.TextChoices):
    """What a person may rank sources for, each for itself."""

    STEPS = "steps", "Steps"
    DISTANCE = "distance", "Distance"
    ACTIVE_CALORIES = "active_calories", "Active calories"
    TOTAL_CALORIES = "total_calories", "Total calories"
    ACTIVE_MINUTES = "active_minutes", "Active minutes"
    FLOORS_CLIMBED = "floors_climbed", "Floors climbed"
    RESTING_HEART_RATE = "resting_heart_rate", "Resting heart rate"
    SLEEP = "sleep", "Sleep"
    HEART_RATE = "heart_rate", "Heart rate"


class DailyMetrics(models.Model):
    """Empty is not measured; 0 was measured."""

    steps = models.IntegerField(null=True, blank=True)
    distance = models.FloatField(null=True, blank=True, help_text="km")
    active_calories = models.IntegerField(null=True, blank=True, help_text="kcal")
    total_calories = models.IntegerField(
        null=True, blank=True, help_text="kcal, active and basal together"
    )
    active_minutes = models.IntegerField(
        null=True, blank=True, help_text="min, moderate and vigorous"
    )
    floors_climbed = models.IntegerField(null=True, blank=True)
    resting_heart_rate = models.IntegerField(null=True, blank=True, help_text="bpm")

    class Meta:
        abstract = True


class DailyActivity(DailyMetrics, OwnedModel):
    """The person's day: of each metric, the value of the one source that counts."""

    device = models.ForeignKey(
        WearableDevice,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="daily_activities",
        help_text="Whose steps count, or else whose first metric.",
    )
    date = models.DateField(help_text="The person's own day.")
    sources = models.JSONField(
        default=dict,
        editable=False,
        help_text="Of each metric: the device, the source in it, and why it counts.",
    )
    sync_date = models.DateTimeField(auto_now=True)

    objects: ClassVar[SyncedQuerySet["DailyActivity"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "daily activities"
        constraints = [
            SameOwner(parent="device", name="dailyactivity_owner_is_devices"),
            # The index of this constraint answers (user, date) lookups as well.
            models.UniqueConstraint(fields=["user", "date"], name="dailyactivity_once"),
            *_in_range("dailyactivity"),
        ]

    def __str__(self) -> str:
        return str(self.date)


class DailyActivitySource(DailyMetrics, OwnedPart):
    """What one source said of a day. Rows behind DailyActivity, which is made of them."""

    whole = "device"

    device = models.ForeignKey(
        WearableDevice, on_delete=models.CASCADE, related_name="daily_sources", db_index=False
    )
    date = models.DateField()
    source_name = models.CharField(max_length=200, blank=True)
    source_kind = models.CharField(max_length=10)
    source_app = models.CharField(max_length=200, blank=True)
    worn_minutes = models.IntegerField(null=True, blank=True, help_text="min")
    estimated = models.JSONField(default=list, help_text="Metrics that were not measured.")
    imported_by = models.ForeignKey(
        ActivityImport,
        on_delete=models.SET_NULL,
        null=True,
        related_name="daily_sources",
        db_index=False,
        help_text="The import that brought or last changed it.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = DailySourceQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="device", name="dailyactivitysource_owner_is_devices"),
            SameOwner(parent="imported_by", name="dailyactivitysource_owner_is_imports"),
            models.UniqueConstraint(
                fields=["user", "date", "device", "source_name"],
                name="dailyactivitysource_once",
            ),
            *_in_range("dailysource"),
        ]
        indexes = [
            models.Index(fields=["device"], name="dailyactivitysource_device"),
            models.Index(
                fields=["imported_by"],
                condition=Q(imported_by__isnull=False),
                name="dailyactivitysource_imported",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.source_name}"


class SourcePriority(OwnedModel):
    """The person's own order of devices for a metric, which goes before ours."""

    metric = models.CharField(max_length=20, choices=SourceMetric)
    devices = models.JSONField(default=list, help_text="Ids of devices, the first counts.")

    objects: ClassVar[SyncedQuerySet["SourcePriority"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "source priorities"
        constraints = [
            models.UniqueConstraint(fields=["user", "metric"], name="sourcepriority_once"),
            models.CheckConstraint(
                condition=Q(metric__in=SourceMetric.values), name="sourcepriority_metric_known"
            ),
        ]

    def __str__(self) -> str:
        return self.metric


class SleepRole(models.TextChoices):
    MAIN = "main", "The night's sleep"
    NAP = "nap", "Nap"
    DUPLICATE = "duplicate", "The same sleep from another source"


class SleepData(OwnedModel):
    """One period of sleep. Of a night, one is the main one; those that repeat it are kept, hidden.

    Durations are empty where the source has no stages.
    """

    device = models.ForeignKey(
        WearableDevice,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        related_name="sleeps",
        db_index=False,
    )
    external_id = models.CharField(
        max_length=200, editable=False, help_text="The source's own; an edit may move the start."
    )
    source_name = models.CharField(max_length=200, blank=True, editable=False)
    source_kind = models.CharField(max_length=10, editable=False)
    source_app = models.CharField(max_length=200, blank=True, editable=False)
    date = models.DateField(help_text="The person's own day of waking up.")
    sleep_start = models.DateTimeField()
    sleep_end = models.DateTimeField()
    duration = models.IntegerField(null=True, blank=True, help_text="min asleep")
    deep_sleep = models.IntegerField(null=True, blank=True, help_text="min")
    light_sleep = models.IntegerField(null=True, blank=True, help_text="min")
    rem_sleep = models.IntegerField(null=True, blank=True, help_text="min")
    awake = models.IntegerField(null=True, blank=True, help_text="min")
    sleep_score = models.IntegerField(
        null=True, blank=True, help_text="0-100; those of two makers cannot be compared"
    )
    score_source = models.CharField(max_length=20, blank=True, help_text="Whose score it is.")
    hrv = models.FloatField(null=True, blank=True, help_text="ms; heart rate variability")
    hrv_method = models.CharField(
        max_length=5, blank=True, help_text="rmssd or sdnn, which cannot be compared."
    )
    respiratory_rate = models.FloatField(null=True, blank=True, help_text="breaths/min")
    says_nap = models.BooleanField(
        null=True, editable=False, help_text="What the source says; unknown where it does not."
    )
    is_final = models.BooleanField(
        default=True, editable=False, help_text="Otherwise its values are still to come."
    )
    stages = models.JSONField(
        default=list, help_text="[seconds from sleep_start, seconds long, stage], in order."
    )
    role = models.CharField(
        max_length=10, choices=SleepRole, default=SleepRole.DUPLICATE, editable=False
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
        related_name="sleeps",
        db_index=False,
    )

    objects: ClassVar[SyncedQuerySet["SleepData"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "sleep data"
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["user", "date"], name="sleepdata_user_date"),
            models.Index(fields=["device"], name="sleepdata_device"),
            models.Index(
                fields=["imported_by"],
                condition=Q(imported_by__isnull=False),
                name="sleepdata_imported",
            ),
        ]
        constraints = [
            SameOwner(parent="device", name="sleepdata_owner_is_devices"),
            SameOwner(parent="imported_by", name="sleepdata_owner_is_imports"),
            models.UniqueConstraint(
                fields=["user", "device", "external_id"], name="sleepdata_once"
            ),
            # Of what counts; two devices may tell of the same sleep.
            models.UniqueConstraint(
                fields=["user", "date", "sleep_start"],
                condition=Q(deleted_at__isnull=True) & ~Q(role=SleepRole.DUPLICATE),
                name="sleepdata_start_once",
            ),
            models.UniqueConstraint(
                fields=["user", "date"],
                condition=Q(deleted_at__isnull=True, role=SleepRole.MAIN),
                name="sleepdata_one_main",
            ),
            models.CheckConstraint(
                condition=Q(sleep_end__gt=F("sleep_start")), name="sleepdata_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(duration__isnull=True) | Q(duration__gte=0, duration__lte=2880),
                name="sleepdata_duration_in_range",
            ),
            models.CheckConstraint(
                condition=Q(sleep_score__isnull=True)
                | Q(sleep_score__gte=0, sleep_score__lte=100),
                name="sleepdata_score_in_range",
            ),
            models.CheckConstraint(
                condition=Q(hrv_method__in=["", "rmssd", "sdnn"])
                & (Q(hrv__isnull=True) | ~Q(hrv_method="")),
                name="sleepdata_hrv_has_its_method",
            ),
            models.CheckConstraint(
                condition=Q(role__in=SleepRole.values), name="sleepdata_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.role}"
