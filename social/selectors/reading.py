"""A post that somebody may read, and who may read what hangs on it."""

from collections.abc import Collection
from typing import Any, LiteralString
from uuid import UUID

from social.models import Post
from social.selectors.audience import CONVERSATION, VISIBLE
from social.selectors.messages import READABLE, SEEN
from users.keyset import Page, Place, SqlList, fetch

_FOUND: LiteralString = """
    SELECT p.id, p.user_id AS author_id, p.root_id, p.parent_id, p.shared_post_id, p.group_id,
        p.workout_id, p.content, p.visibility, p.likes_count
    FROM social_post p JOIN users_user author ON author.id = p.user_id
    WHERE p.id = %(post)s AND p.deleted_at IS NULL AND
"""
_READABLE: LiteralString = _FOUND + VISIBLE
_ANSWERABLE: LiteralString = _FOUND + CONVERSATION
# Of a conversation that is for everybody, by somebody whom everybody reads.
_SHARABLE: LiteralString = """
    SELECT p.user_id = %(viewer)s AND p.group_id IS NULL OR p.group_id IS NULL
        AND p.visibility = 'public' AND root.visibility = 'public'
        AND NOT EXISTS (
            SELECT FROM users_userprofile profile
            WHERE profile.user_id IN (p.user_id, root.user_id) AND profile.visibility <> 'public'
        ) AS sharable
    FROM social_post p JOIN social_post root ON root.id = p.root_id WHERE p.id = %(post)s
"""
# A picture is read by its owner, and by whoever reads the post or the message that it is in.
_PICTURE: LiteralString = f"""
    SELECT picture.image, picture.thumbnail FROM social_picture picture
    WHERE picture.id = %(picture)s AND (
        picture.user_id = %(viewer)s
        OR EXISTS (
            SELECT FROM social_postmedia media
            JOIN social_post p ON p.id = media.post_id AND p.deleted_at IS NULL
            JOIN users_user author ON author.id = p.user_id
            WHERE media.user_id = picture.user_id AND media.picture_id = picture.id AND {VISIBLE}
        )
        OR EXISTS (
            SELECT FROM social_messagepicture attached
            JOIN social_message m ON m.id = attached.message_id AND m.deleted_at IS NULL
            JOIN social_conversation c ON c.id = m.conversation_id
            JOIN social_conversationmember mine
                ON mine.conversation_id = c.id AND mine.user_id = %(viewer)s
            WHERE attached.user_id = picture.user_id AND attached.picture_id = picture.id
                AND {SEEN} AND {READABLE}
        )
    )
"""  # noqa: S608 - our own conditions
_LIKES = SqlList(
    source="""
        SELECT one.id AS like_id, one.created_at AS liked_at, person.id, person.username,
            profile.display_name, profile.avatar, profile.avatar_thumbnail, profile.avatar_url
        FROM social_like one
        JOIN users_user person ON person.id = one.user_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
    """,
    key=(("one.created_at", "timestamptz"), ("one.id", "uuid")),
)
_LIKES_OF: LiteralString = """
    SELECT count(*) AS number FROM social_like
    WHERE post_id = %(post)s AND user_id = ANY(%(people)s::uuid[])
"""


def readable(post_id: UUID, *, viewer_id: UUID, hidden: Collection[UUID]) -> dict[str, Any]:
    """What has to be known of a post to do something with it.

    Raises Post.DoesNotExist for one that is deleted or not for this person.
    """
    return _found(_READABLE, post_id, viewer_id, hidden)


def answerable(post_id: UUID, *, viewer_id: UUID, hidden: Collection[UUID]) -> dict[str, Any]:
    """As ``readable``, for the conversation that hangs on the post: its answers, and new ones.

    One's own post is readable for good, but what others say to it is not.
    """
    return _found(_ANSWERABLE, post_id, viewer_id, hidden)


def _found(
    sql: LiteralString, post_id: UUID, viewer_id: UUID, hidden: Collection[UUID]
) -> dict[str, Any]:
    rows = fetch(sql, {"post": post_id, "viewer": viewer_id, "hidden": list(hidden)})
    if not rows:
        raise Post.DoesNotExist
    return rows[0]


def is_sharable(post_id: UUID, *, viewer_id: UUID) -> bool:
    """Whether a post that the viewer may read is for everybody anyway, or their own."""
    sharable: bool = fetch(_SHARABLE, {"post": post_id, "viewer": viewer_id})[0]["sharable"]
    return sharable


def picture_files(
    picture_id: UUID, *, viewer_id: UUID, hidden: Collection[UUID]
) -> dict[str, str] | None:
    """The names of both files of a picture, if it is for this person."""
    parameters = {"picture": picture_id, "viewer": viewer_id, "hidden": list(hidden)}
    rows = fetch(_PICTURE, parameters)
    return rows[0] if rows else None


def likes_page(post_id: UUID, *, hidden: Collection[UUID], size: int, place: Place | None) -> Page:
    """Who likes a post, the latest first: rows as ``people.briefs`` has them, with liked_at."""
    return _LIKES.page(
        where=["one.post_id = %(post)s", "one.user_id <> ALL(%(hidden)s::uuid[])"],
        parameters={"post": post_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def likes_of(post_id: UUID, people: Collection[UUID]) -> int:
    """How many of these people like a post; for nobody, nothing is asked."""
    if not people:
        return 0
    number: int = fetch(_LIKES_OF, {"post": post_id, "people": list(people)})[0]["number"]
    return number
