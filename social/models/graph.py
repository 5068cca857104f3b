"""Who follows, befriends, blocks and mutes whom."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least

from social.querysets import FollowQuerySet, FollowRequestQuerySet, FriendRequestQuerySet
from users.ownership import OwnedModel, SyncedQuerySet, SyncedThing


class SocialFollow(SyncedThing):
    owner_field = "follower"

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="follows",
        db_index=False,
        editable=False,
        help_text="Who follows.",
    )
    following = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="followers",
        db_index=False,
        editable=False,
        help_text="Who is followed.",
    )

    objects: ClassVar[FollowQuerySet] = FollowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["follower", "revision"], name="socialfollow_sync"),
            models.Index(fields=["follower", "-created_at", "-id"], name="follow_following"),
            models.Index(fields=["following", "-created_at", "-id"], name="follow_followers"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["follower", "following"], name="socialfollow_once"),
            models.CheckConstraint(
                condition=~Q(follower=F("following")),
                name="socialfollow_of_another",
                violation_error_message="You cannot follow yourself.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.following_id)


class FollowRequest(SyncedThing):
    """A wish to follow somebody who lets each follower in. Lives only while it waits."""

    owner_field = "follower"

    follower = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sent_follow_requests",
        db_index=False,
        editable=False,
    )
    following = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="received_follow_requests",
        db_index=False,
        editable=False,
    )

    objects: ClassVar[FollowRequestQuerySet] = FollowRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["follower", "revision"], name="followrequest_sync"),
            models.Index(
                fields=["following", "-created_at", "-id"], name="followrequest_received"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["follower", "following"], name="followrequest_once"),
            models.CheckConstraint(
                condition=~Q(follower=F("following")), name="followrequest_of_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.following_id)


class FriendRequest(SyncedThing):
    """An offer of friendship. Lives only while it waits, and only one way at a time."""

    owner_field = "from_user"

    from_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="sent_requests",
        db_index=False,
        editable=False,
    )
    to_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="received_requests",
        db_index=False,
        editable=False,
    )

    objects: ClassVar[FriendRequestQuerySet] = FriendRequestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["from_user", "revision"], name="friendrequest_sync"),
            models.Index(fields=["to_user", "-created_at", "-id"], name="friendrequest_received"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["from_user", "to_user"], name="friendrequest_once"),
            models.UniqueConstraint(
                Least("from_user", "to_user"),
                Greatest("from_user", "to_user"),
                name="friendrequest_one_way",
            ),
            models.CheckConstraint(
                condition=~Q(from_user=F("to_user")), name="friendrequest_to_another"
            ),
        ]

    def __str__(self) -> str:
        return str(self.to_user_id)


class Friendship(OwnedModel):
    """One of the two rows of a friendship: that of ``user``."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="friendships",
        db_index=False,
        editable=False,
    )
    friend = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="friends",
        editable=False,
    )

    objects: ClassVar[SyncedQuerySet["Friendship"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        ordering = ["-created_at"]
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["user", "-created_at", "-id"], name="friendship_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "friend"], name="friendship_once"),
            models.CheckConstraint(condition=~Q(user=F("friend")), name="friendship_with_another"),
        ]

    def __str__(self) -> str:
        return str(self.friend_id)


class Block(OwnedModel):
    """Hides two people from each other everywhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="blocks",
        db_index=False,
        editable=False,
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by"
    )

    objects: ClassVar[SyncedQuerySet["Block"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(user=F("blocked")), name="block_of_another"),
        ]

    def __str__(self) -> str:
        return str(self.blocked_id)


class Mute(OwnedModel):
    """Keeps somebody's posts out of a person's feed. The other does not learn of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="mutes",
        db_index=False,
        editable=False,
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by"
    )
    muted_until = models.DateTimeField(null=True, blank=True, help_text="Without end if empty.")
    hide_notifications = models.BooleanField(default=True)

    objects: ClassVar[SyncedQuerySet["Mute"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(user=F("muted")), name="mute_of_another"),
        ]

    def __str__(self) -> str:
        return str(self.muted_id)
