"""Who follows, befriends, blocks and mutes whom: lists to look at."""

from django.contrib import admin

from social.models import Block, FollowRequest, FriendRequest, Friendship, Mute, SocialFollow
from users.admin.reading import RoomAdmin


@admin.register(SocialFollow)
class SocialFollowAdmin(RoomAdmin[SocialFollow]):
    list_display = fields = ("follower", "following", "created_at")
    list_select_related = people = ("follower", "following")


@admin.register(FollowRequest)
class FollowRequestAdmin(RoomAdmin[FollowRequest]):
    list_display = fields = ("follower", "following", "created_at")
    list_select_related = people = ("follower", "following")


@admin.register(FriendRequest)
class FriendRequestAdmin(RoomAdmin[FriendRequest]):
    list_display = fields = ("from_user", "to_user", "created_at")
    list_select_related = people = ("from_user", "to_user")


@admin.register(Friendship)
class FriendshipAdmin(RoomAdmin[Friendship]):
    """Each friendship is there twice, once for either of them."""

    list_display = fields = ("user", "friend", "created_at")
    list_select_related = people = ("user", "friend")


@admin.register(Block)
class BlockAdmin(RoomAdmin[Block]):
    list_display = fields = ("user", "blocked", "created_at")
    list_select_related = people = ("user", "blocked")


@admin.register(Mute)
class MuteAdmin(RoomAdmin[Mute]):
    list_display = fields = ("user", "muted", "muted_until", "hide_notifications", "created_at")
    list_select_related = people = ("user", "muted")
