"""What a person has connected, and how that connection stands."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from users.ids import uuid7
from users.ownership import OwnedModel, SyncedQuerySet
from wearables.encryption import EncryptedTextField


class DeviceType(models.TextChoices):
    FITBIT = "fitbit", "Fitbit"
    GARMIN = "garmin", "Garmin"
    APPLE_WATCH = "apple_watch", "Apple Watch"
    OURA = "oura", "Oura Ring"
    WHOOP = "whoop", "Whoop"
    OTHER = "other", "Other"


class ConnectionMode(models.TextChoices):
    OAUTH = "oauth", "Signed in at the provider"
    PERSONAL_KEY = "personal_key", "Personal key"
    PUSH = "push", "Sent by the phone"
    FILE = "file", "Files"


class DeviceStatus(models.TextChoices):
    ACTIVE = "active", "Active"
    REAUTH_REQUIRED = "reauth_required", "Connect again"
    DISCONNECTED = "disconnected", "Disconnected"


class WearableDevice(OwnedModel):
    """One connection. Its secrets are encrypted, and its bookkeeping moves no clock."""

    device_type = models.CharField(max_length=20, choices=DeviceType)
    provider = models.CharField(
        max_length=20, help_text="Of wearable-providers: who it is read from, or sends."
    )
    connection_mode = models.CharField(max_length=20, choices=ConnectionMode)
    device_id = models.CharField(
        max_length=100, help_text="The provider's or the phone's; once among the person's."
    )
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(
        default=True, help_text="Whether it is read, and its data count from now on."
    )
    status = models.CharField(
        max_length=20, choices=DeviceStatus, default=DeviceStatus.ACTIVE, editable=False
    )
    error_code = models.CharField(
        max_length=50, blank=True, editable=False, help_text="Why it has to be connected again."
    )
    unavailable = models.JSONField(
        default=dict,
        editable=False,
        help_text="What the provider does not let us read, by data type, with the reason.",
    )
    last_synced = models.DateTimeField(null=True, blank=True, editable=False)
    timezone = models.CharField(
        max_length=50, blank=True, editable=False, help_text="IANA, as the provider tells it."
    )

    auth_token = EncryptedTextField(
        blank=True, editable=False, help_text="Access token, or the secret of a phone's signature."
    )
    refresh_token = EncryptedTextField(
        blank=True, editable=False, help_text="Refresh token, or a personal key."
    )
    token_expires_at = models.DateTimeField(null=True, editable=False)
    scopes = models.TextField(
        blank=True, editable=False, help_text="Granted, with spaces between."
    )
    external_user_id = models.CharField(
        max_length=200, blank=True, editable=False, help_text="The person, in webhooks."
    )
    cursors = models.JSONField(
        default=dict, editable=False, help_text="The day through which each data type was read."
    )
    backfilled_from = models.DateField(
        null=True, editable=False, help_text="How far back history was read."
    )
    next_sync_at = models.DateTimeField(null=True, editable=False)
    last_webhook_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[SyncedQuerySet["WearableDevice"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            # Whose event it is, and who is due.
            models.Index(
                fields=["provider", "external_user_id"],
                condition=~Q(external_user_id=""),
                name="wearabledevice_external",
            ),
            models.Index(
                fields=["next_sync_at"],
                condition=Q(next_sync_at__isnull=False),
                name="wearabledevice_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="wearabledevice_owner_and_id"),
            models.UniqueConstraint(
                fields=["user", "device_id"],
                name="wearabledevice_once",
                violation_error_message="This device is connected already.",
            ),
            models.CheckConstraint(
                condition=Q(device_type__in=DeviceType.values), name="wearabledevice_type_known"
            ),
            models.CheckConstraint(
                condition=Q(connection_mode__in=ConnectionMode.values),
                name="wearabledevice_mode_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DeviceStatus.values), name="wearabledevice_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="wearabledevice_named",
                violation_error_message="Name it.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProviderState(models.Model):
    """How a provider is doing for all of its people: what the circuit breaker goes by."""

    slug = models.CharField(max_length=20, primary_key=True)
    failures = models.IntegerField(default=0, help_text="In a row, over all connections.")
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing is asked of it before."
    )
    pause_reason = models.CharField(max_length=200, blank=True)
    disabled_at = models.DateTimeField(
        null=True, blank=True, help_text="It has retired the addresses that we know."
    )
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.slug


class WebhookSubscription(models.Model):
    """What a provider has agreed to tell us, for all of its people."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    subject = models.CharField(max_length=100, help_text="Data type and event, by the provider.")
    secret = EncryptedTextField(blank=True, editable=False, help_text="Signs its events.")
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject"], name="webhooksubscription_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"


class Revocation(models.Model):
    """A grant that is to be taken back at its provider, whoever gave it being gone from us."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=20)
    connection_mode = models.CharField(max_length=20, choices=ConnectionMode)
    # Readable to us alone, as the tokens: it may outlive the account that it was of.
    external_user_id = EncryptedTextField(blank=True, editable=False)
    account_digest = models.BinaryField(
        max_length=32, help_text="SHA-256 of provider and external_user_id: finds it."
    )
    auth_token = EncryptedTextField(blank=True, editable=False)
    refresh_token = EncryptedTextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.provider} {self.created_at:%Y-%m-%d %H:%M}"


class AuthorizationRequest(models.Model):
    """A sign-in at a provider that has begun here: what its answer must match, once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, editable=False)
    provider = models.CharField(max_length=20)
    connection_mode = models.CharField(max_length=20, choices=ConnectionMode)
    state_digest = models.BinaryField(max_length=32, help_text="SHA-256 of the state.")
    code_verifier = EncryptedTextField(blank=True)
    redirect_uri = models.URLField(max_length=500)
    return_url = models.CharField(max_length=500, blank=True, help_text="Back into the app.")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state_digest"], name="authorizationrequest_state_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.created_at:%Y-%m-%d %H:%M}"
