"""What staff did, and why they looked at health values."""

from typing import Any, NoReturn, Self

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from users.ids import uuid7

MIN_REASON_LENGTH = 10


class StaffAction(models.TextChoices):
    ADD = "add", "Added"
    CHANGE = "change", "Changed"
    DELETE = "delete", "Deleted"
    RUN = "run", "Ran an action"
    VIEW = "view", "Saw health values"
    DISCLOSE = "disclose", "Gave a reason to see"
    LOGIN = "login", "Logged in"
    OTHER = "other", "Did something else"
    ERASE = "erase", "Blanked for an erasure"


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Adds and reads; what changes or removes entries is refused."""

    def update(self, **values: Any) -> NoReturn:
        raise TypeError("The audit trail is not changed.")

    def delete(self) -> NoReturn:
        raise TypeError("The audit trail is not shortened.")

    bulk_update = update  # type: ignore[assignment]

    def about(self, person: object) -> Self:
        return self.filter(person=person)


class AuditEntry(models.Model):
    """One thing that a member of staff did. Written by users.services.audit alone.

    What would tell of a person is sealed: the chain holds a salted hash of it, so an erasure can
    blank it without breaking the chain.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.BigIntegerField(unique=True, editable=False, help_text="From 1, gapless.")
    at = models.DateTimeField(editable=False)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    staff_name = models.CharField(max_length=150, blank=True, editable=False)
    action = models.CharField(max_length=10, choices=StaffAction, editable=False)
    model = models.CharField(
        max_length=100, blank=True, editable=False, help_text="Such as users.User."
    )
    object_id = models.CharField(max_length=100, blank=True, editable=False)
    person = models.UUIDField(
        null=True, editable=False, help_text="Whom it is about, also when they are gone."
    )
    detail = models.JSONField(
        default=dict, editable=False, help_text="Names of fields and actions, never values."
    )
    reason = models.TextField(max_length=1000, blank=True, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)
    request_id = models.CharField(max_length=64, blank=True, editable=False)
    # Empty once an erasure has blanked what they seal.
    person_salt = models.BinaryField(max_length=16, editable=False)
    staff_salt = models.BinaryField(max_length=16, editable=False)
    person_seal = models.BinaryField(
        max_length=32, editable=False, help_text="SHA-256 of whom it is about."
    )
    staff_seal = models.BinaryField(
        max_length=32, editable=False, help_text="SHA-256 of who did it."
    )
    digest = models.BinaryField(
        max_length=32, editable=False, help_text="SHA-256 of the entry and the digest before it."
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "audit trail"
        indexes = [
            models.Index(fields=["staff", "-number"], name="auditentry_staff"),
            models.Index(
                fields=["person", "-number"],
                condition=Q(person__isnull=False),
                name="auditentry_person",
            ),
            # The history page of a row.
            models.Index(
                fields=["object_id", "model"], condition=~Q(object_id=""), name="auditentry_object"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=StaffAction.values), name="auditentry_action_known"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="auditentry_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_action_display()}"

    @property
    def said(self) -> str:
        """What it has beside its columns, in a line."""
        return "; ".join(f"{name}: {_plain(value)}" for name, value in self.detail.items())

    def save(self, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("The audit trail is not changed.")
        super().save(**kwargs)

    def delete(self, **kwargs: Any) -> NoReturn:  # type: ignore[override]
        raise TypeError("The audit trail is not shortened.")


def _plain(value: Any) -> str:
    """Ranges of numbers are lists in a list."""
    if isinstance(value, list):
        return ", ".join(
            "–".join(map(str, one)) if isinstance(one, list) else str(one) for one in value
        )
    return str(value)


class AuditHead(models.Model):
    """Where the trail ends: one row, so that entries missing at the end are missed."""

    slug = models.SlugField(primary_key=True, default="trail", editable=False)
    number = models.BigIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(slug="trail"), name="audithead_one_row"),
        ]

    def __str__(self) -> str:
        return f"up to {self.number}"


class HealthDisclosureQuerySet(models.QuerySet["HealthDisclosure"]):
    def open_to(self, staff: object) -> Self:
        return self.filter(staff=staff, closes_at__gt=timezone.now())


class HealthDisclosure(models.Model):
    """Why a member of staff saw a person's health values, for half an hour."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        db_index=False,
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="health_disclosures",
        editable=False,
    )
    reason = models.TextField(
        max_length=1000,
        validators=[MinLengthValidator(MIN_REASON_LENGTH)],
        help_text="What they need it for. The person finds it in their export.",
    )
    opened_at = models.DateTimeField(editable=False)
    closes_at = models.DateTimeField(editable=False)

    objects = HealthDisclosureQuerySet.as_manager()

    class Meta:
        permissions = [("view_health_values", "Can see health values without giving a reason")]
        indexes = [
            # Asked on each page that may show health values.
            models.Index(fields=["staff", "closes_at"], name="healthdisclosure_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="healthdisclosure_closes_later"
            )
        ]

    def __str__(self) -> str:
        return f"until {self.closes_at:%Y-%m-%d %H:%M}"
