"""How ties between people look in requests and answers."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request

from social.api.people import PersonBriefSerializer, brief
from social.selectors import graph
from social.selectors.graph import Standing
from users.api.fields import refuse_far_year

_BRIEF = ("username", "display_name", "avatar", "avatar_thumbnail", "avatar_url")
_OWN = ("id", "person_id", *_BRIEF, "created_at")


def _count(of: str) -> serializers.IntegerField:
    most = f"{graph.MOST_COUNTED:,}"
    return serializers.IntegerField(
        allow_null=True,
        help_text=f"{of}; {most} means that many or more, null that you may not see it.",
    )


class RelationshipSerializer(serializers.Serializer[Any]):
    """How you stand to somebody."""

    id = serializers.UUIDField(help_text="The person.")
    username = serializers.CharField(help_text="What mentions call them.")
    following = serializers.BooleanField(help_text="Whether you follow them.")
    followed_by = serializers.BooleanField(help_text="Whether they follow you.")
    requested = serializers.BooleanField(help_text="Whether you have asked to follow them.")
    requested_by = serializers.BooleanField(help_text="Whether they have asked to follow you.")
    follow_request_id = serializers.UUIDField(
        allow_null=True, help_text="Their request to follow you, which you may accept."
    )
    friends = serializers.BooleanField(help_text="Whether you are friends.")
    friend_request = serializers.ChoiceField(
        choices=["sent", "received"],
        allow_null=True,
        help_text="Whether you have asked them, or they you, to be friends.",
    )
    friend_request_id = serializers.UUIDField(
        allow_null=True, help_text="The friend request that waits."
    )
    blocking = serializers.BooleanField(help_text="Whether you block them.")
    muting = serializers.BooleanField(help_text="Whether you mute them now.")
    muting_until = serializers.DateTimeField(
        allow_null=True, help_text="When that ends by itself, if it does."
    )
    muting_notifications = serializers.BooleanField(
        help_text="Whether you are not told of their doings either."
    )
    followers_count = _count("People who follow them")
    following_count = _count("People whom they follow")
    friends_count = _count("Their friends")
    posts_count = _count("Their posts that you may read, without replies and those in groups")


class TieSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="The tie.")
    user = PersonBriefSerializer(help_text="With whom.")
    created_at = serializers.DateTimeField(help_text="Since when.")


class FriendshipSerializer(TieSerializer):
    """A friend."""


class BlockSerializer(TieSerializer):
    """Somebody whom you block."""


class FollowSerializer(TieSerializer):
    """Somebody who follows, or who is followed."""

    followed_by_me = serializers.BooleanField(help_text="Whether you follow them.")


class FollowRequestSerializer(TieSerializer):
    """Somebody who asks to follow you, or whom you ask."""

    follower = serializers.UUIDField(help_text="Who asks.")
    following = serializers.UUIDField(help_text="Who is asked.")


class FriendRequestSerializer(TieSerializer):
    """Somebody who asks to be your friend, or whom you ask."""

    from_user = serializers.UUIDField(help_text="Who asks.")
    to_user = serializers.UUIDField(help_text="Who is asked.")


class MuteSerializer(TieSerializer):
    """Somebody whom you mute."""

    muted_until = serializers.DateTimeField(
        allow_null=True, help_text="When it ends by itself, if it does."
    )
    hide_notifications = serializers.BooleanField(
        help_text="Whether you are not told of their doings either."
    )


class MuteBodySerializer(serializers.Serializer[Any]):
    muted_until = serializers.DateTimeField(
        required=False,
        allow_null=True,
        validators=[refuse_far_year],
        help_text="When it ends by itself; null is never.",
    )
    hide_notifications = serializers.BooleanField(
        required=False, help_text="Whether not to be told of their doings either; true without it."
    )


class FriendRequestBodySerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150, help_text="Whom to ask.")


class FriendSuggestionSerializer(serializers.Serializer[Any]):
    """Somebody whom you may know."""

    user = PersonBriefSerializer(help_text="Who.")
    friends_in_common = serializers.IntegerField(help_text="Your friends who are theirs too.")
    follows_in_common = serializers.IntegerField(
        help_text="People followed by you who follow them."
    )
    groups_in_common = serializers.IntegerField(help_text="Groups that both of you are in.")


def tie_shown(row: Mapping[str, Any], request: Request | None) -> dict[str, Any]:
    """A row of ``graph.tie_page`` as answers show it."""
    extra = {name: value for name, value in row.items() if name not in _OWN}
    # The driver gives ids; answers have what columns are called without their ending.
    named = {name.removesuffix("_id"): value for name, value in extra.items()}
    user = brief({**row, "id": row["person_id"]}, request)
    return {"id": row["id"], "user": user, "created_at": row["created_at"], **named}


def ties_shown(
    rows: Iterable[Mapping[str, Any]], request: Request | None = None
) -> dict[UUID, Any]:
    return {row["id"]: tie_shown(row, request) for row in rows}


def suggestion_shown(row: Mapping[str, Any], request: Request) -> dict[str, Any]:
    common = ("friends_in_common", "follows_in_common", "groups_in_common")
    return {"user": brief(row, request), **{name: row[name] for name in common}}


def relationship_shown(found: Standing, counts: Mapping[str, int | None]) -> dict[str, Any]:
    sent, received = found.friend_request_sent, found.friend_request_received
    return {
        "id": found.id,
        "username": found.username,
        "following": found.following,
        "followed_by": found.followed_by,
        "requested": found.follow_request_sent is not None,
        "requested_by": found.follow_request_received is not None,
        "follow_request_id": found.follow_request_received,
        "friends": found.friends,
        "friend_request": "sent" if sent else "received" if received else None,
        "friend_request_id": sent or received,
        "blocking": found.blocking,
        "muting": found.muting,
        "muting_until": found.muting_until,
        "muting_notifications": found.muting_notifications,
        **counts,
    }
