"""The feed: what a person, the people they follow and their friends posted, newest first.

A page costs one short look per person followed and one per author on it, however many posts there
are: docs/performance.md. ``AuthorFeed`` tells when each author posted last, so the newest posts
can only be by those who posted last, and the posts before a given one only by them and by those
who have posted since.
"""

from collections.abc import Collection
from typing import Final, LiteralString
from uuid import UUID

from users.keyset import Page, Place, SqlList

# Who is followed may have left since, or have become private: they stay followed, out of sight.
_IN_SIGHT: Final[LiteralString] = """
    JOIN users_user author ON author.id = tie.user_id AND author.is_active
    JOIN users_userprofile profile
        ON profile.user_id = tie.user_id AND profile.visibility <> 'private'
"""
_KEY: Final[LiteralString] = "(%(key0)s::timestamptz, %(key1)s::uuid)"
_LAST: Final[LiteralString] = "(tie.last_post_at, tie.last_post_id)"
# They are sorted first and looked at one by one until there are enough.
_POSTED_LAST: Final[LiteralString] = f"""
    SELECT tie.user_id FROM (
        SELECT * FROM ties tie WHERE {{before}} ORDER BY last_post_at DESC, last_post_id DESC
    ) tie {_IN_SIGHT}
    ORDER BY tie.last_post_at DESC, tie.last_post_id DESC LIMIT %(limit)s
"""  # noqa: S608 - our own conditions
_FIRST_HEADS: Final[LiteralString] = f"({_POSTED_LAST.format(before='true')})"
_SINCE: Final[LiteralString] = f"""
    SELECT tie.user_id FROM ties tie {_IN_SIGHT} WHERE {_LAST} >= {_KEY}
"""  # noqa: S608 - our own conditions
_OLDER_HEADS: Final[LiteralString] = f"""
    ({_POSTED_LAST.format(before=f"{_LAST} < {_KEY}")}) UNION ALL {_SINCE}
"""
_ALL_HEADS: Final[LiteralString] = f"SELECT tie.user_id FROM ties tie {_IN_SIGHT}"  # noqa: S608


def _list(heads: LiteralString) -> SqlList:
    return SqlList(
        source=f"""
            WITH ties AS MATERIALIZED (
                SELECT user_id, last_post_at, last_post_id FROM social_authorfeed
                WHERE user_id = ANY(ARRAY(
                    SELECT following_id FROM social_socialfollow WHERE follower_id = %(viewer)s
                    UNION ALL
                    SELECT friend_id FROM social_friendship WHERE user_id = %(viewer)s
                )) AND user_id NOT IN (
                    SELECT unnest(%(hidden)s::uuid[])
                    UNION ALL
                    SELECT muted_id FROM social_mute
                    WHERE user_id = %(viewer)s AND (muted_until IS NULL OR muted_until > now())
                )
            )
            SELECT p.id, p.created_at
            FROM ({heads} UNION ALL SELECT %(viewer)s) head
            CROSS JOIN LATERAL (
                SELECT p.id, p.created_at FROM social_post p
                WHERE p.user_id = head.user_id AND p.deleted_at IS NULL
                    AND p.parent_id IS NULL AND p.group_id IS NULL
                    AND (p.visibility <> 'private' OR p.user_id = %(viewer)s)
                    AND {{where}} AND {{beyond}}
                ORDER BY {{order}} LIMIT %(limit)s
            ) p
            ORDER BY {{order}} LIMIT %(limit)s
        """,  # noqa: S608 - our own conditions
        key=(("p.created_at", "timestamptz"), ("p.id", "uuid")),
    )


_FIRST, _OLDER, _NEWER, _ANY = (
    _list(heads) for heads in (_FIRST_HEADS, _OLDER_HEADS, _SINCE, _ALL_HEADS)
)


def feed_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
    type: str | None = None,  # noqa: A002 - as the field is called
) -> Page:
    """Their own posts, and those of whom they follow and do not mute: ``id`` and ``created_at``.

    A type of post looks at everybody followed: when somebody posted last tells nothing of it.
    """
    listed = _FIRST
    if type is not None:
        listed = _ANY
    elif place is not None:
        listed = _NEWER if place.backwards else _OLDER
    return listed.page(
        where=["true"] if type is None else ["p.type = %(type)s"],
        parameters={"viewer": viewer_id, "hidden": list(hidden)}
        | ({} if type is None else {"type": type}),
        size=size,
        place=place,
    )
