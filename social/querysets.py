"""Which posts, ties and messages, and who may see them."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from users.ownership import PartQuerySet, SyncedQuerySet

if TYPE_CHECKING:
    from social.models import (  # noqa: F401 - named in the base classes
        Challenge,
        Comment,
        FollowRequest,
        FriendRequest,
        Group,
        Mention,
        Message,
        MessagePicture,
        Post,
        PostEdit,
        PostHashtag,
        PostMedia,
        SocialFollow,
    )


class PostQuerySet(SyncedQuerySet["Post"]):
    owner_field = "author"

    def live(self) -> Self:
        return self.filter(deleted_at=None)

    def visible_to(self, user_id: UUID, *, hidden: Collection[UUID]) -> Self:
        """Posts that this person may read, with the stubs of deleted ones.

        ``hidden`` are the people who block them or whom they block. A reply is read by whoever
        reads what the conversation began with.
        """
        shown = self.exclude(author__in=hidden).exclude(root__author__in=hidden)
        shown = shown.filter(
            Q(author__is_active=True) | Q(deleted_at__isnull=False),
            Q(root__author__is_active=True) | Q(root__deleted_at__isnull=False),
        )
        return shown.filter(
            Q(author=user_id) | Q(root__author=user_id) | _shared_with(user_id, "root__")
        )


def _shared_with(user_id: UUID, root: str) -> Q:
    """Whether the beginning of a conversation is for this person, who is not its author."""
    author = OuterRef(f"{root}author")
    follows = _related("SocialFollow").filter(follower=user_id, following=author)
    befriended = _related("Friendship").filter(user=user_id, friend=author)
    joined = _related("Membership").filter(user=user_id, group=OuterRef(f"{root}group"))
    in_profile = Q(**{f"{root}group": None}) & (
        Q(**{f"{root}visibility": "public", f"{root}author__profile__visibility": "public"})
        | Q(
            **{
                f"{root}visibility__in": ("public", "followers"),
                f"{root}author__profile__visibility__in": ("public", "followers"),
            }
        )
        & (Q(Exists(follows)) | Q(Exists(befriended)))
    )
    in_group = Q(**{f"{root}group__isnull": False}) & (
        Q(**{f"{root}group__access": "public"}) | Q(Exists(joined))
    )
    return in_profile | in_group


def _related(name: str) -> "models.QuerySet[Any]":
    from django.apps import apps  # noqa: PLC0415 - models import this module

    rows: models.QuerySet[Any] = apps.get_model("social", name)._base_manager.all()
    return rows


class PostPartQuerySet(PartQuerySet[Any]):
    whole = "post"


class CommentQuerySet(SyncedQuerySet["Comment"]):
    owner_field = "author"

    def live(self) -> Self:
        return self.filter(deleted_at=None)


class FollowQuerySet(SyncedQuerySet["SocialFollow"]):
    owner_field = "follower"


class FollowRequestQuerySet(SyncedQuerySet["FollowRequest"]):
    owner_field = "follower"


class FriendRequestQuerySet(SyncedQuerySet["FriendRequest"]):
    owner_field = "from_user"


class MessageQuerySet(SyncedQuerySet["Message"]):
    owner_field = "sender"


class MessagePictureQuerySet(PartQuerySet["MessagePicture"]):
    whole = "message"


class GroupQuerySet(SyncedQuerySet["Group"]):
    owner_field = "created_by"


class ChallengeQuerySet(SyncedQuerySet["Challenge"]):
    owner_field = "created_by"

    def visible_to(self, user_id: UUID, *, hidden: Collection[UUID]) -> Self:
        """Public ones, those of the person's groups, and those that they are in or asked to."""
        taking_part = _related("ChallengeParticipant").filter(
            user=user_id, challenge=OuterRef("pk")
        )
        invited = _related("ChallengeInvitation").filter(user=user_id, challenge=OuterRef("pk"))
        joined = _related("Membership").filter(user=user_id, group=OuterRef("group"))
        return self.exclude(created_by__in=hidden).filter(
            Q(is_public=True, group=None)
            | Q(created_by=user_id)
            | Q(Exists(joined))
            | Q(Exists(taking_part))
            | Q(Exists(invited))
        )

    def running(self) -> Self:
        return self.filter(finished_at=None)

    def due(self, now: Any) -> Self:
        """Whose standings have waited long enough."""
        return self.running().filter(refresh_due_at__lte=now).order_by(F("refresh_due_at"), "pk")
