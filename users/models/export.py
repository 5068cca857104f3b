"""A person's copy of everything that is theirs."""

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils import timezone

from users.ownership import OwnedModel, SyncedQuerySet


def private_storage() -> Storage:
    return storages["private"]


class ExportStatus(models.TextChoices):
    PENDING = "pending", "In preparation"
    READY = "ready", "Ready"
    EXPIRED = "expired", "Expired"


class AccountExport(OwnedModel):
    status = models.CharField(
        max_length=10, choices=ExportStatus, default=ExportStatus.PENDING, editable=False
    )
    file = models.FileField(storage=private_storage, blank=True, editable=False)
    size_bytes = models.BigIntegerField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)

    objects = SyncedQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(status=ExportStatus.PENDING),
                name="accountexport_one_pending",
                violation_error_message="An export is already in preparation.",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ExportStatus.values), name="accountexport_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=ExportStatus.READY) | Q(expires_at__isnull=False),
                name="accountexport_ready_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.status

    @property
    def is_downloadable(self) -> bool:
        return (
            self.status == ExportStatus.READY
            and bool(self.file)
            and self.expires_at is not None
            and self.expires_at > timezone.now()
        )
