"""What must not be lost between a request and a worker, or between two tries of a request."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from users.ids import uuid7


class OutboxMessage(models.Model):
    """Work that a transaction promised. Its row lives until the work is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=50, help_text="Names the handler.")
    payload = models.JSONField(help_text="Ids, and for an e-mail its text.")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not before this instant.")
    attempts = models.IntegerField(default=0)
    failed_at = models.DateTimeField(null=True, blank=True, help_text="When it was given up.")

    class Meta:
        indexes = [
            # What the sweep looks for; a message that was given up waits for a human.
            models.Index(fields=["due_at"], condition=Q(failed_at=None), name="outbox_due")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(attempts__gte=0), name="outbox_attempts_positive")
        ]

    def __str__(self) -> str:
        return self.kind


class IdempotencyKey(models.Model):
    """A create without an id that a client may have to repeat."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    resource = models.CharField(max_length=100)
    object_id = models.UUIDField()
    content_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotencykey_once_per_user")
        ]

    def __str__(self) -> str:
        return self.resource
