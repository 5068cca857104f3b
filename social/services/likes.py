"""Likes: one for each person and post, and counted exactly."""

from typing import LiteralString
from uuid import UUID

from django.db import transaction

from social.models import Post
from social.selectors import people, reading
from social.services import post_notices
from social.signals import person_acted
from users.ids import uuid7
from users.keyset import fetch
from users.ownership import advance_clocks_unheard

# A row and its count in one statement; the post may have been deleted a moment ago.
_LIKE: LiteralString = """
    WITH liked AS (
        INSERT INTO social_like (id, user_id, post_id, created_at)
        VALUES (%(id)s, %(person)s, %(post)s, clock_timestamp())
        ON CONFLICT (user_id, post_id) DO NOTHING
        RETURNING post_id
    ), counted AS (
        UPDATE social_post SET likes_count = likes_count + 1 FROM liked
        WHERE social_post.id = liked.post_id AND deleted_at IS NULL
        RETURNING likes_count
    )
    SELECT EXISTS (SELECT FROM liked) AS is_new, (SELECT likes_count FROM counted) AS number
"""
_UNLIKE: LiteralString = """
    WITH gone AS (
        DELETE FROM social_like WHERE user_id = %(person)s AND post_id = %(post)s
        RETURNING post_id
    )
    UPDATE social_post SET likes_count = likes_count - 1 FROM gone
    WHERE social_post.id = gone.post_id RETURNING social_post.user_id AS author_id
"""


@transaction.atomic
def like(*, user_id: UUID, post_id: UUID) -> tuple[bool, int]:
    """Whether they had not liked it before, and how many like it now, as they are shown it.

    Raises Post.DoesNotExist for what they may not see.
    """
    advance_clocks_unheard([user_id])
    hidden = people.hidden_from(user_id)
    post = reading.readable(post_id, viewer_id=user_id, hidden=hidden)
    [result] = fetch(_LIKE, {"id": uuid7(), "person": user_id, "post": post_id})
    if result["is_new"]:
        if result["number"] is None:
            raise Post.DoesNotExist
        _tell(user_id, post_id, post["author_id"])
    number = result["number"] if result["is_new"] else post["likes_count"]
    return result["is_new"], number - reading.likes_of(post_id, hidden)


@transaction.atomic
def unlike(*, user_id: UUID, post_id: UUID) -> bool:
    """Whether there was a like to take back, also of a post that they do not see any more.

    Raises Post.DoesNotExist where there was none on a post that they may not see.
    """
    advance_clocks_unheard([user_id])
    gone = fetch(_UNLIKE, {"person": user_id, "post": post_id})
    if gone:
        _tell(user_id, post_id, gone[0]["author_id"])
        return True
    reading.readable(post_id, viewer_id=user_id, hidden=people.hidden_from(user_id))
    return False


def _tell(user_id: UUID, post_id: UUID, author_id: UUID) -> None:
    post_notices.promise_like(post_id=post_id, actor_id=user_id, author_id=author_id)
    person_acted.send(sender=None, user_ids=(author_id,))
