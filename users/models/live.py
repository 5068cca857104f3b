"""What happened to a person a moment ago, for screens that are open."""

from django.conf import settings
from django.db import models

from users.ids import uuid7


class LiveEvent(models.Model):
    """One event of a person's stream. Its revision is the person's clock when it was written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # No index of its own: the unique constraint begins with it.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    revision = models.BigIntegerField()
    kind = models.CharField(max_length=30, help_text="Such as notification.")
    data = models.JSONField(help_text="As the stream sends it.")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "revision"], name="liveevent_once_per_revision"
            )
        ]

    def __str__(self) -> str:
        return self.kind
