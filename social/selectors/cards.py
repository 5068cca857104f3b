"""Posts as every place shows them: with their author, media, workout, counts, and what the viewer
did with them.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from social.selectors.audience import VISIBLE
from users.keyset import fetch

# What a post passes on is read along with it, and only by who may read it itself. What the viewer
# did is asked post by post: for EXISTS, PostgreSQL at times reads all that they ever liked.
_CARDS_SQL: LiteralString = f"""
    WITH asked AS (
        SELECT id, bool_and(passed_on) AS passed_on
        FROM (
            SELECT unnest(%(ids)s::uuid[]) AS id, false AS passed_on
            UNION ALL
            SELECT shared_post_id, true FROM social_post
            WHERE id = ANY(%(ids)s::uuid[]) AND shared_post_id IS NOT NULL AND deleted_at IS NULL
        ) named
        GROUP BY id
    )
    SELECT p.id, p.user_id, author.username, profile.display_name, profile.avatar,
        profile.avatar_thumbnail, profile.avatar_url, p.type, p.content, p.created_at,
        p.updated_at, p.edited_at, p.visibility,
        (
            SELECT parent.id FROM social_post parent
            JOIN users_user ON users_user.id = parent.user_id
            WHERE parent.id = p.parent_id AND parent.user_id <> ALL(%(hidden)s::uuid[])
                AND (users_user.is_active OR parent.deleted_at IS NOT NULL)
        ) AS parent,
        nullif(p.root_id, p.id) AS root,
        (
            SELECT jsonb_build_object('id', id, 'name', name) FROM social_group
            WHERE id = p.group_id
        ) AS "group",
        p.likes_count, p.comments_count, p.shares_count,
        (
            SELECT true FROM social_like WHERE user_id = %(viewer)s AND post_id = p.id
        ) IS NOT NULL AS liked_by_me,
        (
            SELECT true FROM social_post mine
            WHERE mine.user_id = %(viewer)s AND mine.shared_post_id = p.id
                AND mine.shared_post_id IS NOT NULL AND mine.deleted_at IS NULL
            LIMIT 1
        ) IS NOT NULL AS shared_by_me,
        (
            SELECT array_agg(tag.name ORDER BY tag.name)
            FROM social_posthashtag used JOIN social_hashtag tag ON tag.id = used.hashtag_id
            WHERE used.post_id = p.id
        ) AS hashtags,
        (
            SELECT jsonb_agg(
                jsonb_build_object('id', named.id, 'username', named.username)
                ORDER BY named.username
            )
            FROM social_mention m JOIN users_user named ON named.id = m.person_id
            WHERE m.post_id = p.id AND named.is_active
                AND named.id <> ALL(%(hidden)s::uuid[])
        ) AS mentions,
        (
            SELECT jsonb_agg(
                jsonb_build_object(
                    'id', m.id, 'type', m.media_type, 'url', m.media_url,
                    'thumbnail', m.thumbnail_url, 'alt_text', m.alt_text,
                    'picture', m.picture_id
                )
                ORDER BY m."order"
            )
            FROM social_postmedia m WHERE m.post_id = p.id
        ) AS media,
        (
            SELECT jsonb_build_object(
                'id', w.id, 'name', w.name, 'duration', w.duration, 'date', w.date,
                'exercises_count', done.exercises, 'sets_count', done.sets,
                'volume', done.volume
            )
            FROM workouts_workout w
            CROSS JOIN LATERAL (
                SELECT count(*) AS sets, count(DISTINCT s.exercise_id) AS exercises,
                    coalesce(
                        sum(s.load * s.reps) FILTER (WHERE s.set_type <> 'warm_up'), 0
                    ) AS volume
                FROM workouts_workoutset s
                WHERE s.user_id = w.user_id AND s.workout_id = w.id
                    AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
                        OR s.distance IS NOT NULL)
            ) done
            WHERE w.id = p.workout_id
        ) AS workout,
        p.shared_post_id, p.deleted_at IS NOT NULL AS is_deleted
    FROM asked
    JOIN social_post p ON p.id = asked.id
    JOIN users_user author ON author.id = p.user_id
    JOIN users_userprofile profile ON profile.user_id = p.user_id
    WHERE NOT asked.passed_on OR (p.deleted_at IS NULL AND {VISIBLE})
"""  # noqa: S608 - our own conditions
# The driver looks for the parameters of a longer text anew each time it is run.
LONGEST_TEXT: Final = 4_096
_CARDS: Final = " ".join(_CARDS_SQL.split())
assert len(_CARDS) <= LONGEST_TEXT
_BY_HIDDEN: LiteralString = """
    SELECT post_id AS id, 'likes_count' AS counted, count(*) AS number FROM social_like
    WHERE post_id = ANY(%(ids)s::uuid[]) AND user_id = ANY(%(hidden)s::uuid[]) GROUP BY post_id
    UNION ALL
    SELECT parent_id, 'comments_count', count(*) FROM social_post
    WHERE parent_id = ANY(%(ids)s::uuid[]) AND user_id = ANY(%(hidden)s::uuid[])
        AND deleted_at IS NULL
    GROUP BY parent_id
    UNION ALL
    SELECT shared_post_id, 'shares_count', count(*) FROM social_post
    WHERE shared_post_id = ANY(%(ids)s::uuid[]) AND user_id = ANY(%(hidden)s::uuid[])
        AND deleted_at IS NULL
    GROUP BY shared_post_id
"""


def cards(
    viewer_id: UUID, post_ids: Iterable[UUID], *, hidden: Collection[UUID]
) -> dict[UUID, dict[str, Any]]:
    """These posts, of which the caller knows that the viewer may see them, in one query.

    It takes another one if somebody is hidden from the viewer: nothing of them counts. A shared
    post is there if the viewer may see it as well. What is deleted comes out as a stub, and what
    does not exist not at all. ``social.api.cards`` makes addresses of names of files.
    """
    ids = list(post_ids)
    if not ids:
        return {}
    parameters = {"viewer": viewer_id, "ids": ids, "hidden": list(hidden)}
    found = {row["id"]: row for row in fetch(_CARDS, parameters)}
    if hidden:
        for row in fetch(_BY_HIDDEN, {"ids": list(found), "hidden": parameters["hidden"]}):
            found[row["id"]][row["counted"]] -= row["number"]
    passed_on = {post_id: row.pop("shared_post_id") for post_id, row in found.items()}
    for row in found.values():
        _nest(row)
    return {
        post_id: {**found[post_id], "shared_post": found.get(passed_on[post_id])}
        for post_id in ids
        if post_id in found
    }


def _nest(row: dict[str, Any]) -> None:
    """Make a card of a row. Written out, because every list does it for every post."""
    row["author"] = {
        "id": row["user_id"],
        "username": row.pop("username"),
        "display_name": row.pop("display_name"),
        "avatar": row.pop("avatar"),
        "avatar_thumbnail": row.pop("avatar_thumbnail"),
        "avatar_url": row.pop("avatar_url"),
    }
    if row["is_deleted"]:
        row |= _STUB
        return
    row["hashtags"] = row["hashtags"] or []
    for name in ("mentions", "media"):
        row[name] = orjson.loads(row[name]) if row[name] else []
    if row["group"]:
        row["group"] = orjson.loads(row["group"])
    if row["workout"]:
        workout = row["workout"] = orjson.loads(row["workout"])
        # JSON of the database writes 5200.0 as 5200.
        workout["volume"] = float(workout["volume"])


_STUB: dict[str, Any] = {
    "user_id": None,
    "author": None,
    "content": "",
    "group": None,
    "hashtags": [],
    "mentions": [],
    "media": [],
    "workout": None,
}
