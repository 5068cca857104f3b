"""What was asked of providers and what they told, for the person and for us."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from users.ids import uuid7
from users.models.job import JobState
from users.ownership import OwnedQuerySet, SameOwner
from wearables.models.device import WearableDevice


class SyncKind(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    MANUAL = "manual", "Asked for"
    WEBHOOK = "webhook", "The provider told us"
    BACKFILL = "backfill", "History"
    PUSH = "push", "Sent by the phone"


class SyncRun(JobState):
    """One run of one connection: a job whose status may also be "waiting", until ``due_at``."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )
    device = models.ForeignKey(
        WearableDevice, on_delete=models.CASCADE, related_name="sync_runs", db_index=False
    )
    kind = models.CharField(max_length=10, choices=SyncKind)
    scope = models.JSONField(
        default=dict, help_text="What of the provider: data types, or the object of a webhook."
    )
    since = models.DateField(null=True, help_text="The first day that it reads.")
    until = models.DateField(null=True, help_text="The last day that it reads.")
    days_total = models.IntegerField(default=0, help_text="Of a backfill.")
    days_done = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    deleted = models.IntegerField(default=0)
    error_code = models.CharField(max_length=50, blank=True)
    due_at = models.DateTimeField(null=True, help_text="When one that waits goes on.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    started_at = models.DateTimeField(null=True)

    objects: ClassVar[OwnedQuerySet["SyncRun"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(JobState.Meta):
        indexes = [
            *JobState.Meta.indexes,
            models.Index(fields=["user", "-created_at", "-id"], name="syncrun_user_created"),
            models.Index(fields=["device", "-created_at"], name="syncrun_device_created"),
            models.Index(fields=["due_at"], condition=Q(status="waiting"), name="syncrun_waiting"),
        ]
        constraints = [
            SameOwner(parent="device", name="syncrun_owner_is_devices"),
            # One at a time of each; those of webhooks name their own objects.
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(
                    status__in=["pending", "running", "waiting"],
                    kind__in=["scheduled", "manual"],
                ),
                name="syncrun_one_open",
            ),
            models.UniqueConstraint(
                fields=["device"],
                condition=Q(status__in=["pending", "running", "waiting"], kind="backfill"),
                name="syncrun_one_open_backfill",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=SyncKind.values), name="syncrun_kind_known"
            ),
        ]


class WebhookEvent(models.Model):
    """What a provider posted, as it came: stored once, then worked through."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    key = models.CharField(max_length=100, help_text="The same for a replay of it.")
    external_user_id = models.CharField(max_length=200, blank=True)
    notices = models.JSONField(default=list, help_text="What it names, by the provider's reader.")
    received_at = models.DateTimeField(auto_now_add=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="webhookevent_once")
        ]
        indexes = [
            models.Index(fields=["received_at"], name="webhookevent_received"),
            models.Index(fields=["provider", "external_user_id"], name="webhookevent_external"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.key}"


class RawPayload(models.Model):
    """What a provider answered, compressed, for as long as a fault of ours may be found in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )
    device = models.ForeignKey(WearableDevice, on_delete=models.CASCADE, related_name="payloads")
    data_type = models.CharField(max_length=50)
    sha256 = models.BinaryField(max_length=32)
    body = models.BinaryField(help_text="JSON, compressed with zlib.")
    context = models.JSONField(default=dict, help_text="What else its reader was given.")
    received_at = models.DateTimeField()

    objects: ClassVar[OwnedQuerySet["RawPayload"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            SameOwner(parent="device", name="rawpayload_owner_is_devices"),
            models.UniqueConstraint(
                fields=["user", "device", "data_type", "sha256"], name="rawpayload_once"
            ),
        ]
        indexes = [models.Index(fields=["received_at"], name="rawpayload_received")]

    def __str__(self) -> str:
        return f"{self.data_type} {self.received_at:%Y-%m-%d}"


class PushBatch(models.Model):
    """A batch that a phone sent: the same again is answered as the first time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False, db_index=False
    )
    device = models.ForeignKey(
        WearableDevice, on_delete=models.CASCADE, related_name="push_batches"
    )
    batch_id = models.CharField(max_length=100)
    sha256 = models.BinaryField(max_length=32)
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[OwnedQuerySet["PushBatch"]] = OwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name_plural = "push batches"
        constraints = [
            SameOwner(parent="device", name="pushbatch_owner_is_devices"),
            models.UniqueConstraint(fields=["user", "device", "batch_id"], name="pushbatch_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="pushbatch_created")]

    def __str__(self) -> str:
        return self.batch_id
