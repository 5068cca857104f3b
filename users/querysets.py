"""Which people, and which of their rows."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import UserManager
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest

from users.ownership import SyncedQuerySet

if TYPE_CHECKING:
    from users.models import (  # noqa: F401 - named in the base classes
        Notification,
        Trainer,
        UserProfile,
    )


class TrainerManager(UserManager["Trainer"]):
    def get_queryset(self) -> models.QuerySet["Trainer"]:
        return super().get_queryset().filter(profile__user_type="trainer")

    def create(self, **values: Any) -> "Trainer":
        """A new account whose profile says trainer."""
        trainer = super().create(**values)
        trainer.profile.user_type = "trainer"
        trainer.profile.save(update_fields=["user_type"])
        return trainer


class UserProfileQuerySet(SyncedQuerySet["UserProfile"]):
    def visible_to(self, user_id: object) -> Self:
        """Profiles of active people that this person may know of: not private, or their own."""
        return self.filter(user__is_active=True).filter(
            ~Q(visibility="private") | Q(user_id=user_id)
        )

    def matching(self, text: str) -> Self:
        """Names that begin with the text, or are spelled like it; the likest first."""
        return self.annotate(
            similarity=Greatest(
                TrigramSimilarity("user__username", text),
                TrigramSimilarity("display_name", text),
            )
        ).filter(
            Q(user__username__istartswith=text)
            | Q(display_name__istartswith=text)
            | Q(user__username__trigram_similar=text)
            | Q(display_name__trigram_similar=text)
        )


class NotificationQuerySet(SyncedQuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)
