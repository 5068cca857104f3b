"""What people say about things that are no posts."""

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q

from social.querysets import CommentQuerySet
from users.models.account import deleted_user
from users.ownership import SyncedThing

MAX_COMMENT = 500


class Comment(SyncedThing):
    """A comment on a workout, a plan, a challenge or an achievement that somebody earned.

    When its author erases their account, a stub of it stays with "the deleted user".
    """

    owner_field = "author"

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET(deleted_user),
        related_name="comments",
        db_column="user_id",
        db_index=False,
        editable=False,
    )
    target_type = models.ForeignKey(
        ContentType, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    target_id = models.UUIDField()
    target = GenericForeignKey("target_type", "target_id")
    content = models.TextField(
        max_length=MAX_COMMENT, blank=True, validators=[MaxLengthValidator(MAX_COMMENT)]
    )
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["author", "revision"], name="comment_sync"),
            models.Index(
                fields=["target_type", "target_id", "created_at", "id"], name="comment_oldest"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(content="") | Q(deleted_at__isnull=False),
                name="comment_says_something",
                violation_error_message="Say something.",
            )
        ]

    def __str__(self) -> str:
        return self.content[:50] or str(self.pk)
