"""What the change feed knows beside the rows themselves."""

from django.conf import settings
from django.db import models

from users.ids import uuid7


class SyncClock(models.Model):
    """Counts a person's writes. Locking it is how a writer keeps the person's others out."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    revision = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.revision)


class Tombstone(models.Model):
    """A row that was deleted, for phones that still have it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    resource = models.CharField(max_length=100)
    object_id = models.UUIDField()
    revision = models.BigIntegerField()
    deleted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "resource", "object_id"], name="tombstone_once_per_object"
            )
        ]
        indexes = [models.Index(fields=["user", "revision"], name="tombstone_sync")]

    def __str__(self) -> str:
        return f"{self.resource} {self.object_id}"
