"""Keeps what tells feeds where to look: the newest post of an author that they may show."""

from typing import LiteralString
from uuid import UUID

from django.db import connection, transaction

from users.ownership import advance_clocks_unheard

_SETTLE: LiteralString = """
    WITH newest AS (
        SELECT user_id, created_at, id FROM social_post
        WHERE user_id = %(author)s AND deleted_at IS NULL AND parent_id IS NULL
            AND group_id IS NULL AND visibility <> 'private'
        ORDER BY created_at DESC, id DESC LIMIT 1
    ), gone AS (
        DELETE FROM social_authorfeed
        WHERE user_id = %(author)s AND NOT EXISTS (SELECT FROM newest)
    )
    INSERT INTO social_authorfeed (user_id, last_post_at, last_post_id)
    SELECT user_id, created_at, id FROM newest
    ON CONFLICT (user_id) DO UPDATE
    SET last_post_at = excluded.last_post_at, last_post_id = excluded.last_post_id
"""


@transaction.atomic
def keep(user_id: UUID) -> None:
    """Make it agree with the author's posts."""
    advance_clocks_unheard([user_id])
    settle(user_id)


def settle(user_id: UUID) -> None:
    """As ``keep``, for a caller who has advanced the author's clock."""
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, {"author": user_id})
