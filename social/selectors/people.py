"""Who is tied to whom, and who is hidden from whom."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from users.keyset import fetch

_HIDDEN = """
    SELECT blocked_id AS id FROM social_block WHERE user_id = %(person)s
    UNION SELECT user_id FROM social_block WHERE blocked_id = %(person)s
"""
_SILENCED = """
    SELECT muted_id AS id FROM social_mute
    WHERE user_id = %(person)s AND hide_notifications
        AND (muted_until IS NULL OR muted_until > now())
"""
_FOLLOWS = """
    SELECT EXISTS (
        SELECT FROM social_socialfollow
        WHERE follower_id = %(viewer)s AND following_id = %(person)s
    ) OR EXISTS (
        SELECT FROM social_friendship WHERE user_id = %(viewer)s AND friend_id = %(person)s
    ) AS found
"""
_PERSON = """
    SELECT person.id, profile.visibility
    FROM users_user person JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE lower(person.username) = lower(%(username)s) AND person.is_active
"""
_TIES = """
    SELECT EXISTS (
        SELECT FROM social_socialfollow
        WHERE (follower_id, following_id) IN ((%(viewer)s, %(person)s), (%(person)s, %(viewer)s))
    ) OR EXISTS (
        SELECT FROM social_friendship WHERE user_id = %(viewer)s AND friend_id = %(person)s
    ) AS found
"""
_BRIEFS = """
    SELECT person.id, person.username, profile.display_name, profile.avatar,
        profile.avatar_thumbnail, profile.avatar_url
    FROM users_user person JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE person.id = ANY(%(ids)s)
"""


def hidden_from(user_id: UUID) -> frozenset[UUID]:
    """Whom this person blocks, and who blocks them."""
    return frozenset(row["id"] for row in fetch(_HIDDEN, {"person": user_id}))


def silenced_for(user_id: UUID) -> frozenset[UUID]:
    """Whose doings this person is not told of for now."""
    return frozenset(row["id"] for row in fetch(_SILENCED, {"person": user_id}))


def is_follower(viewer_id: UUID, person_id: UUID) -> bool:
    """Whether the viewer follows the person or is their friend."""
    found: bool = fetch(_FOLLOWS, {"viewer": viewer_id, "person": person_id})[0]["found"]
    return found


class PersonUnknown(Exception):
    """Nobody has this name, or nobody of whom the viewer may know."""


def person_of(username: str, *, viewer_id: UUID) -> UUID:
    """Who has this name, in whatever case. Raises PersonUnknown.

    That is also for who is hidden from the viewer, and for a private person to whom they have no
    tie.
    """
    rows = fetch(_PERSON, {"username": username}) if "\x00" not in username else []
    if not rows:
        raise PersonUnknown
    person_id: UUID = rows[0]["id"]
    if person_id == viewer_id:
        return person_id
    if person_id in hidden_from(viewer_id):
        raise PersonUnknown
    if rows[0]["visibility"] == "private":
        ties = fetch(_TIES, {"viewer": viewer_id, "person": person_id})
        if not ties[0]["found"]:
            raise PersonUnknown
    return person_id


def briefs(user_ids: Collection[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """Name and picture of these people, as answers show whose something is, in one query.

    ``avatar`` and ``avatar_thumbnail`` are names of files; social.api.people makes addresses of
    them.
    """
    rows = fetch(_BRIEFS, {"ids": list(set(user_ids))}) if user_ids else []
    return {row["id"]: row for row in rows}
