"""Which people, and which of their rows."""

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.contrib.auth.models import UserManager
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast, Greatest

from users import connections
from users.ownership import PartQuerySet, SyncedQuerySet

if TYPE_CHECKING:
    from users.models import (  # noqa: F401 - named in the base classes
        Notification,
        NotificationActor,
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
    def visible_to(self, user_id: UUID) -> Self:
        """Profiles of active people that this person may know of.

        Their own, and those that are neither private nor hidden from them.
        """
        return (
            self.filter(user__is_active=True)
            .filter(~Q(visibility="private") | Q(user_id=user_id))
            .exclude(user__in=connections.hidden_from(user_id))
        )

    def matching(self, text: str) -> Self:
        """Names that begin with the text, or are spelled like it; the likest first."""
        return self.annotate(
            # PostgreSQL's has four bytes; a cursor holds a place exactly only with eight.
            similarity=Cast(
                Greatest(
                    TrigramSimilarity("user__username", text),
                    TrigramSimilarity("display_name", text),
                ),
                models.FloatField(),
            )
        ).filter(pk__in=_named_like(self.model._default_manager.all(), text))


class NotificationQuerySet(SyncedQuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)

    def of_group(self, user_id: UUID, group_key: str) -> Self:
        return self.filter(user_id=user_id, group_key=group_key)


class NotificationActorQuerySet(PartQuerySet["NotificationActor"]):
    whole = "notification"


def _named_like(profiles: "models.QuerySet[UserProfile]", text: str) -> "models.QuerySet[Any]":
    """Two searches and not one with OR, which would read every person: each has its index."""

    def named(field: str) -> Q:
        return Q(**{f"{field}__istartswith": text}) | Q(**{f"{field}__trigram_similar": text})

    by_username = profiles.filter(named("user__username")).values("pk")
    return by_username.union(profiles.filter(named("display_name")).values("pk"))
