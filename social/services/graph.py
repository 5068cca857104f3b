"""Who follows, befriends, blocks and mutes whom.

Everything here between the same two people happens one after the other, whoever of them begins:
see ``lock_pair``. What is asked for twice is done once.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from social.models import (
    Block,
    ChallengeInvitation,
    FollowRequest,
    FriendRequest,
    Friendship,
    Mute,
    SocialFollow,
)
from social.selectors import graph
from social.selectors.graph import Standing
from social.services import graph_notices as notices
from social.services.ties import Clocks, lock_pair, untie
from social.signals import person_acted
from users.errors import Conflict
from users.models import User
from users.models.profile import Visibility

# More than a feed is made for.
MOST_FOLLOWED: Final = 7_500


# --- Following -------------------------------------------------------------------------------


@transaction.atomic
def follow(*, user_id: UUID, person_id: UUID) -> bool:
    """Follow a public person, or ask one who lets each follower in. Whether that is new.

    Raises User.DoesNotExist for who is hidden or private, Conflict for one too many.
    """
    clocks = lock_pair(user_id, person_id)
    between = graph.standing(person_id, viewer_id=user_id)
    if between.following:
        return False
    if between.is_private:
        raise User.DoesNotExist
    asks = between.visibility == Visibility.FOLLOWERS
    if asks and between.follow_request_sent is not None:
        return False
    _refuse_too_many(user_id)
    if asks:
        request = FollowRequest(follower_id=user_id, following_id=person_id)
        request.insert_at(clocks[user_id])
        notices.promise("follow_requested", user_id=person_id, actor_id=user_id)
        return True
    # Asked when they still let each one in.
    _withdraw(clocks, follower_id=user_id, following_id=person_id)
    SocialFollow(follower_id=user_id, following_id=person_id).insert_at(clocks[user_id])
    notices.promise("followed", user_id=person_id, actor_id=user_id)
    _acted(user_id, person_id)
    return True


@transaction.atomic
def unfollow(*, user_id: UUID, person_id: UUID) -> None:
    """Follow no more, and ask no more."""
    clocks = lock_pair(user_id, person_id)
    _end_following(clocks, follower_id=user_id, following_id=person_id)


@transaction.atomic
def remove_follower(*, user_id: UUID, person_id: UUID) -> None:
    """Be followed by this person no more. They are not told."""
    clocks = lock_pair(user_id, person_id)
    _end_following(clocks, follower_id=person_id, following_id=user_id)


@transaction.atomic
def accept_follow_request(*, user_id: UUID, request_id: UUID) -> UUID:
    """Let somebody follow; who that is. Raises FollowRequest.DoesNotExist once it is answered."""
    person_id = _follower_who_asks(user_id, request_id)
    clocks = lock_pair(user_id, person_id)
    between = graph.standing(person_id, viewer_id=user_id)
    if between.follow_request_received != request_id:
        raise FollowRequest.DoesNotExist
    _withdraw(clocks, follower_id=person_id, following_id=user_id)
    SocialFollow(follower_id=person_id, following_id=user_id).insert_at(clocks[person_id])
    notices.promise("follow_accepted", user_id=person_id, actor_id=user_id)
    _acted(user_id, person_id)
    return person_id


@transaction.atomic
def decline_follow_request(*, user_id: UUID, request_id: UUID) -> None:
    """Raises FollowRequest.DoesNotExist once it is answered."""
    person_id = _follower_who_asks(user_id, request_id)
    clocks = lock_pair(user_id, person_id)
    if not _withdraw(clocks, follower_id=person_id, following_id=user_id):
        raise FollowRequest.DoesNotExist


def _refuse_too_many(user_id: UUID) -> None:
    followed = SocialFollow.objects.filter(follower=user_id).values("pk")
    asked = FollowRequest.objects.filter(follower=user_id).values("pk")
    if followed.union(asked, all=True).count() >= MOST_FOLLOWED:
        raise Conflict(f"You follow {MOST_FOLLOWED} people already.", code="too_many_follows")


def _follower_who_asks(user_id: UUID, request_id: UUID) -> UUID:
    return FollowRequest.objects.get(pk=request_id, following=user_id).follower_id


def _end_following(clocks: Clocks, *, follower_id: UUID, following_id: UUID) -> None:
    _withdraw(clocks, follower_id=follower_id, following_id=following_id)
    follows = SocialFollow.objects.filter(follower=follower_id, following=following_id)
    if untie(follows, clocks):
        notices.promise("followed", user_id=following_id, actor_id=follower_id)


def _withdraw(clocks: Clocks, *, follower_id: UUID, following_id: UUID) -> bool:
    requests = FollowRequest.objects.filter(follower=follower_id, following=following_id)
    found = untie(requests, clocks)
    if found:
        notices.promise("follow_requested", user_id=following_id, actor_id=follower_id)
    return found


# --- Friends ---------------------------------------------------------------------------------


@transaction.atomic
def befriend(*, user_id: UUID, person_id: UUID) -> bool:
    """Ask for friendship; who was asked by the same person becomes their friend at once.

    Whether that is new. Raises User.DoesNotExist for who is hidden or private.
    """
    clocks = lock_pair(user_id, person_id)
    between = graph.standing(person_id, viewer_id=user_id)
    if between.friends or between.friend_request_sent is not None:
        return False
    if between.friend_request_received is not None:
        _become_friends(clocks, user_id, between)
        return True
    if between.is_private:
        raise User.DoesNotExist
    FriendRequest(from_user_id=user_id, to_user_id=person_id).insert_at(clocks[user_id])
    notices.promise("friend_requested", user_id=person_id, actor_id=user_id)
    return True


@transaction.atomic
def accept_friend_request(*, user_id: UUID, request_id: UUID) -> UUID:
    """Become friends; with whom. Raises FriendRequest.DoesNotExist once it is answered."""
    request = FriendRequest.objects.get(pk=request_id, to_user=user_id)
    clocks = lock_pair(user_id, request.from_user_id)
    between = graph.standing(request.from_user_id, viewer_id=user_id)
    if between.friend_request_received != request_id:
        raise FriendRequest.DoesNotExist
    _become_friends(clocks, user_id, between)
    return between.id


@transaction.atomic
def decline_friend_request(*, user_id: UUID, request_id: UUID) -> None:
    """Raises FriendRequest.DoesNotExist once it is answered."""
    request = FriendRequest.objects.get(pk=request_id, to_user=user_id)
    _end_request(request)


@transaction.atomic
def cancel_friend_request(*, user_id: UUID, request_id: UUID) -> None:
    """Take back what one asked. Raises FriendRequest.DoesNotExist once it is answered."""
    request = FriendRequest.objects.get(pk=request_id, from_user=user_id)
    _end_request(request)


@transaction.atomic
def unfriend(*, user_id: UUID, person_id: UUID) -> None:
    """End a friendship for both. They are not told."""
    clocks = lock_pair(user_id, person_id)
    _part(clocks, user_id, person_id)


def _become_friends(clocks: Clocks, user_id: UUID, between: Standing) -> None:
    """Make friends of a person and of who has asked them."""
    untie(FriendRequest.objects.filter(from_user=between.id, to_user=user_id), clocks)
    Friendship.objects.insert(
        [
            Friendship(user_id=one, friend_id=other, revision=clocks[one])
            for one, other in ((user_id, between.id), (between.id, user_id))
        ]
    )
    notices.promise("friend_requested", user_id=user_id, actor_id=between.id)
    notices.promise("friend_accepted", user_id=between.id, actor_id=user_id)
    _acted(user_id, between.id)


def _end_request(request: FriendRequest) -> None:
    clocks = lock_pair(request.from_user_id, request.to_user_id)
    if not untie(FriendRequest.objects.filter(pk=request.pk), clocks):
        raise FriendRequest.DoesNotExist
    notices.promise("friend_requested", user_id=request.to_user_id, actor_id=request.from_user_id)


def _part(clocks: Clocks, user_id: UUID, person_id: UUID) -> None:
    if untie(Friendship.objects.filter(_between("user", "friend", user_id, person_id)), clocks):
        notices.promise("friend_accepted", user_id=user_id, actor_id=person_id)
        notices.promise("friend_accepted", user_id=person_id, actor_id=user_id)


# --- Blocks and mutes ------------------------------------------------------------------------


@transaction.atomic
def block(*, user_id: UUID, person_id: UUID) -> bool:
    """Hide two people from each other, and end all that is between them. Whether that is new."""
    clocks = lock_pair(user_id, person_id)
    if Block.objects.filter(user=user_id, blocked=person_id).exists():
        return False
    Block(user_id=user_id, blocked_id=person_id).insert_at(clocks[user_id])
    _end_following(clocks, follower_id=user_id, following_id=person_id)
    _end_following(clocks, follower_id=person_id, following_id=user_id)
    _part(clocks, user_id, person_id)
    for rows in (
        FriendRequest.objects.filter(_between("from_user", "to_user", user_id, person_id)),
        ChallengeInvitation.objects.filter(_between("user", "invited_by", user_id, person_id)),
    ):
        untie(rows, clocks)
    notices.promise_forgetting(user_id, person_id)
    return True


@transaction.atomic
def unblock(*, user_id: UUID, person_id: UUID) -> None:
    """Show two people to each other again. What was between them does not come back."""
    clocks = lock_pair(user_id, person_id)
    untie(Block.objects.filter(user=user_id, blocked=person_id), clocks)


@transaction.atomic
def mute(
    *,
    user_id: UUID,
    person_id: UUID,
    muted_until: datetime | None = None,
    hide_notifications: bool = True,
) -> bool:
    """Keep somebody's posts out of one's feed, until then or without end. Whether that is new.

    Done again, it takes the new values. Raises ValidationError for an end in the past.
    """
    if muted_until is not None and muted_until <= timezone.now():
        refused = ValidationError("This must be in the future.", code="in_the_past")
        raise ValidationError({"muted_until": refused})
    clocks = lock_pair(user_id, person_id)
    was_muting = graph.standing(person_id, viewer_id=user_id).muting
    values = {"muted_until": muted_until, "hide_notifications": hide_notifications}
    known = Mute.objects.filter(user=user_id, muted=person_id)
    changed = known.write(**values, updated_at=timezone.now(), revision=clocks[user_id])
    if not changed:
        Mute(user_id=user_id, muted_id=person_id, **values).insert_at(clocks[user_id])
    return not was_muting


@transaction.atomic
def unmute(*, user_id: UUID, person_id: UUID) -> None:
    clocks = lock_pair(user_id, person_id)
    untie(Mute.objects.filter(user=user_id, muted=person_id), clocks)


def _between(one: str, other: str, user_id: UUID, person_id: UUID) -> Q:
    """Rows whose two people are these, in either order."""
    return Q(**{one: user_id, other: person_id}) | Q(**{one: person_id, other: user_id})


def _acted(*user_ids: UUID) -> None:
    person_acted.send(sender=None, user_ids=user_ids)
