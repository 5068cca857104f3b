"""Tell people who follows and befriends them, and forget it after a block."""

from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from django.db import transaction

from social.models import Block, FollowRequest, FriendRequest, Friendship, SocialFollow
from social.services import message_events
from users.models.notification import NotificationCategory
from users.ownership import SyncedQuerySet, advance_clocks_unheard
from users.services import notifications, outbox

Kind = Literal[
    "followed", "follow_requested", "follow_accepted", "friend_requested", "friend_accepted"
]


@dataclass(frozen=True)
class _Notice:
    """``told`` and ``actor`` are the fields of the tie that it is about."""

    ties: SyncedQuerySet[Any]
    told: str
    actor: str
    phrase: str


_NOTICES: Final[dict[str, _Notice]] = {
    "followed": _Notice(SocialFollow.objects.all(), "following", "follower", "followed you"),
    "follow_requested": _Notice(
        FollowRequest.objects.all(), "following", "follower", "asked to follow you"
    ),
    "follow_accepted": _Notice(
        SocialFollow.objects.all(), "follower", "following", "accepted your follow request"
    ),
    "friend_requested": _Notice(
        FriendRequest.objects.all(), "to_user", "from_user", "sent you a friend request"
    ),
    "friend_accepted": _Notice(
        Friendship.objects.all(), "user", "friend", "accepted your friend request"
    ),
}


def promise(kind: Kind, *, user_id: UUID, actor_id: UUID) -> None:
    """Have this person told, or what was told taken back, as it is once a worker looks."""
    outbox.promise(kind="social_tie", notice=kind, user_id=str(user_id), actor_id=str(actor_id))


@outbox.handles("social_tie")
@transaction.atomic
def tell_of_tie(*, notice: str, user_id: str, actor_id: str) -> None:
    told, actor, about = UUID(user_id), UUID(actor_id), _NOTICES[notice]
    # What is read below stays so until it is told: the tie changes under the same locks.
    advance_clocks_unheard([told, actor])
    if about.ties.filter(**{about.told: told, about.actor: actor}).exists():
        notifications.tell(
            user_id=told,
            category=NotificationCategory.SOCIAL,
            kind=notice,
            group_key=notice,
            actor_id=actor,
            phrase=about.phrase,
        )
    else:
        notifications.untell(user_id=told, group_key=notice, actor_id=actor)


def promise_forgetting(user_id: UUID, person_id: UUID) -> None:
    """Have both of them forget what they were told of each other."""
    outbox.promise(kind="social_block", user_id=str(user_id), person_id=str(person_id))


@outbox.handles("social_block")
@transaction.atomic
def forget_each_other(*, user_id: str, person_id: str) -> None:
    one, other = UUID(user_id), UUID(person_id)
    advance_clocks_unheard([one, other])
    if Block.objects.filter(user=one, blocked=other).exists():
        notifications.forget_actor(user_id=one, actor_id=other)
        notifications.forget_actor(user_id=other, actor_id=one)
        message_events.forget_each_other(one, other)
