"""Whom a post may call by their names."""

from collections.abc import Collection
from typing import LiteralString
from uuid import UUID

from social.selectors import people
from users.keyset import fetch

_KNOWN: LiteralString = """
    SELECT person.id FROM users_user person
    JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE lower(person.username) = ANY(%(names)s) AND person.is_active
        AND person.id <> ALL(%(hidden)s::uuid[])
        AND (
            profile.visibility <> 'private' OR person.id = %(author)s
            OR EXISTS (
                SELECT FROM social_socialfollow tie WHERE (tie.follower_id, tie.following_id)
                    IN ((%(author)s, person.id), (person.id, %(author)s))
            )
            OR EXISTS (
                SELECT FROM social_friendship tie
                WHERE tie.user_id = %(author)s AND tie.friend_id = person.id
            )
        )
"""


def mentionable(author_id: UUID, usernames: Collection[str]) -> set[UUID]:
    """The people of these names of whom the author may know."""
    if not usernames:
        return set()
    hidden = people.hidden_from(author_id)
    parameters = {"author": author_id, "names": list(usernames), "hidden": list(hidden)}
    return {row["id"] for row in fetch(_KNOWN, parameters)}
