"""Rows inside posts, messages and conversations: that they are there, and whose.

Pictures are private, and what somebody says to somebody else is read in a report of it alone.
"""

from django.contrib import admin

from social.models import (
    AuthorFeed,
    ConversationMember,
    HiddenMessage,
    Mention,
    Message,
    MessagePicture,
    Picture,
    PostEdit,
    PostHashtag,
    PostMedia,
)
from users.admin.reading import RoomAdmin


@admin.register(Picture)
class PictureAdmin(RoomAdmin[Picture]):
    list_display = fields = ("id", "user", "width", "height", "created_at")
    list_select_related = ("user",)


@admin.register(PostMedia)
class PostMediaAdmin(RoomAdmin[PostMedia]):
    list_display = ("id", "user", "post", "media_type", "order")
    list_select_related = ("user", "post")
    fields = (*list_display, "picture", "media_url", "thumbnail_url", "alt_text")


@admin.register(PostEdit)
class PostEditAdmin(RoomAdmin[PostEdit]):
    list_display = ("id", "user", "post", "edited_at")
    list_select_related = ("user", "post")
    fields = (*list_display, "content")


@admin.register(PostHashtag)
class PostHashtagAdmin(RoomAdmin[PostHashtag]):
    list_display = fields = ("hashtag", "user", "post", "posted_at")
    list_select_related = ("hashtag", "user", "post")
    named = ("hashtag",)
    search_help_text = "A username, a part of a hashtag, or an id."


@admin.register(Mention)
class MentionAdmin(RoomAdmin[Mention]):
    list_display = fields = ("person", "user", "post")
    list_select_related = ("person", "user", "post")
    people = ("user", "person")


@admin.register(AuthorFeed)
class AuthorFeedAdmin(RoomAdmin[AuthorFeed]):
    """Follows from the posts of an author."""

    list_display = fields = ("user", "last_post_at", "last_post_id")
    list_select_related = ("user",)
    ordering = ("-user",)


@admin.register(Message)
class MessageAdmin(RoomAdmin[Message]):
    list_display = fields = ("id", "sender", "receiver", "created_at", "is_read", "deleted_at")
    list_select_related = people = ("sender", "receiver")


@admin.register(ConversationMember)
class ConversationMemberAdmin(RoomAdmin[ConversationMember]):
    list_display = ("id", "user", "conversation_id", "state", "is_admin", "last_message_at")
    list_select_related = ("user",)
    fields = (*list_display, "last_read_at", "cleared_at", "muted_until", "created_at")


@admin.register(MessagePicture)
class MessagePictureAdmin(RoomAdmin[MessagePicture]):
    list_display = fields = ("id", "user", "message_id", "picture_id", "order")
    list_select_related = ("user",)


@admin.register(HiddenMessage)
class HiddenMessageAdmin(RoomAdmin[HiddenMessage]):
    list_display = fields = ("id", "user", "message_id")
    list_select_related = ("user",)
