"""How two people stand to each other, and the lists of a person's ties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from social.selectors import people
from users.keyset import Page, Place, SqlList, fetch
from users.models import User
from users.models.profile import Visibility

# What a profile counts is counted no further.
MOST_COUNTED: Final = 10_000

_STANDING: LiteralString = """
    SELECT person.id, person.username, profile.visibility, person.id = %(viewer)s AS is_self,
        EXISTS (SELECT FROM social_socialfollow
            WHERE follower_id = %(viewer)s AND following_id = person.id) AS following,
        EXISTS (SELECT FROM social_socialfollow
            WHERE follower_id = person.id AND following_id = %(viewer)s) AS followed_by,
        (SELECT id FROM social_followrequest
            WHERE follower_id = %(viewer)s AND following_id = person.id
        ) AS follow_request_sent,
        (SELECT id FROM social_followrequest
            WHERE follower_id = person.id AND following_id = %(viewer)s
        ) AS follow_request_received,
        EXISTS (SELECT FROM social_friendship
            WHERE user_id = %(viewer)s AND friend_id = person.id) AS friends,
        (SELECT id FROM social_friendrequest
            WHERE from_user_id = %(viewer)s AND to_user_id = person.id
        ) AS friend_request_sent,
        (SELECT id FROM social_friendrequest
            WHERE from_user_id = person.id AND to_user_id = %(viewer)s
        ) AS friend_request_received,
        EXISTS (SELECT FROM social_block
            WHERE user_id = %(viewer)s AND blocked_id = person.id) AS blocking,
        EXISTS (SELECT FROM social_block
            WHERE user_id = person.id AND blocked_id = %(viewer)s) AS blocked_by,
        mute.id IS NOT NULL AS muting, mute.muted_until AS muting_until,
        coalesce(mute.hide_notifications, false) AS muting_notifications
    FROM users_user person
    JOIN users_userprofile profile ON profile.user_id = person.id
    LEFT JOIN social_mute mute ON mute.user_id = %(viewer)s AND mute.muted_id = person.id
        AND (mute.muted_until IS NULL OR mute.muted_until > now())
    WHERE {which} AND person.is_active
"""
_BY_NAME: LiteralString = _STANDING.format(which="lower(person.username) = lower(%(username)s)")
_BY_ID: LiteralString = _STANDING.format(which="person.id = %(person)s")


@dataclass(frozen=True)
class Standing:
    """What there is between a viewer and an active person.

    "following" is the viewer's doing, "followed_by" the person's; requests are ids of what waits.
    """

    id: UUID
    username: str
    visibility: str
    is_self: bool
    following: bool
    followed_by: bool
    follow_request_sent: UUID | None
    follow_request_received: UUID | None
    friends: bool
    friend_request_sent: UUID | None
    friend_request_received: UUID | None
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_until: datetime | None
    muting_notifications: bool

    @property
    def is_hidden(self) -> bool:
        return self.blocking or self.blocked_by

    @property
    def is_private(self) -> bool:
        return self.visibility == Visibility.PRIVATE and not self.is_self

    @property
    def is_tied(self) -> bool:
        requests = (
            self.follow_request_sent,
            self.follow_request_received,
            self.friend_request_sent,
            self.friend_request_received,
        )
        return self.following or self.followed_by or self.friends or any(requests) or self.muting

    @property
    def shows_details(self) -> bool:
        """Whether the viewer sees more of the person than name and picture."""
        if self.is_self:
            return True
        if self.is_hidden:
            return False
        if self.visibility == Visibility.FOLLOWERS:
            return self.following or self.friends
        return self.visibility == Visibility.PUBLIC


def standing(person_id: UUID, *, viewer_id: UUID) -> Standing:
    """How the viewer stands to a person who is not hidden from them.

    Raises User.DoesNotExist for who is hidden, erased or not active.
    """
    rows = fetch(_BY_ID, {"person": person_id, "viewer": viewer_id})
    if not rows or rows[0]["blocking"] or rows[0]["blocked_by"]:
        raise User.DoesNotExist
    return Standing(**rows[0])


def find(
    username: str, *, viewer_id: UUID, even_blocked: bool = False, even_private: bool = False
) -> Standing:
    """How the viewer stands to who has this name, in whatever case. Raises User.DoesNotExist.

    That is also for who is hidden from the viewer, but for whom the viewer blocks themselves with
    ``even_blocked``; and for a private person to whom they have no tie, but with
    ``even_private``: whom one meets in a group one can block.
    """
    # PostgreSQL takes no NUL in a text, and nobody's name has one.
    is_name = "\x00" not in username
    rows = fetch(_BY_NAME, {"username": username, "viewer": viewer_id}) if is_name else []
    if not rows:
        raise User.DoesNotExist
    found = Standing(**rows[0])
    if found.is_hidden and not (even_blocked and found.blocking):
        raise User.DoesNotExist
    if found.is_private and not (found.is_tied or found.blocking or even_private):
        raise User.DoesNotExist
    return found


_COUNTS: LiteralString = """
    SELECT
        (SELECT count(*) FROM (
            SELECT FROM social_socialfollow tie
            JOIN users_user other ON other.id = tie.follower_id AND other.is_active
            WHERE tie.following_id = %(person)s AND other.id <> ALL(%(hidden)s::uuid[])
            LIMIT %(most)s) one) AS followers_count,
        (SELECT count(*) FROM (
            SELECT FROM social_socialfollow tie
            JOIN users_user other ON other.id = tie.following_id AND other.is_active
            WHERE tie.follower_id = %(person)s AND other.id <> ALL(%(hidden)s::uuid[])
            LIMIT %(most)s) one) AS following_count,
        (SELECT count(*) FROM (
            SELECT FROM social_friendship tie
            JOIN users_user other ON other.id = tie.friend_id AND other.is_active
            WHERE tie.user_id = %(person)s AND other.id <> ALL(%(hidden)s::uuid[])
            LIMIT %(most)s) one) AS friends_count,
        (SELECT count(*) FROM (
            SELECT FROM social_post post
            WHERE post.user_id = %(person)s AND post.deleted_at IS NULL
                AND post.parent_id IS NULL AND post.group_id IS NULL
                AND post.visibility = ANY(%(shown)s)
            LIMIT %(most)s) one) AS posts_count
"""
COUNTS: Final = ("followers_count", "following_count", "friends_count", "posts_count")


def counts(found: Standing, *, viewer_id: UUID) -> Mapping[str, int | None]:
    """The sizes of a person's circle and work, as the viewer may see them; None where not."""
    if not found.shows_details:
        return dict.fromkeys(COUNTS)
    shown = [Visibility.PUBLIC.value]
    if found.following or found.friends or found.is_self:
        shown.append(Visibility.FOLLOWERS.value)
    if found.is_self:
        shown.append(Visibility.PRIVATE.value)
    [row] = fetch(
        _COUNTS,
        {
            "person": found.id,
            "hidden": list(people.hidden_from(viewer_id)),
            "shown": shown,
            "most": MOST_COUNTED,
        },
    )
    return row


_FOLLOWED_BY_ME: Final = "mine.id IS NOT NULL AS followed_by_me,"
# A join, because PostgreSQL would read all that the viewer follows for a question in its place.
_MINE: LiteralString = """
    LEFT JOIN social_socialfollow mine
        ON mine.follower_id = %(viewer)s AND mine.following_id = person.id
"""
_SEEN: LiteralString = "person.id <> ALL(%(hidden)s::uuid[])"
_NOT_OVER: LiteralString = "(tie.muted_until IS NULL OR tie.muted_until > now())"


def _list(
    table: LiteralString, whose: str, other: str, columns: str = "", joined: str = ""
) -> SqlList:
    """The ties of one person, who is ``whose`` in them, with whom the ``other`` is."""
    source = f"""
        SELECT tie.id, tie.created_at, {columns} person.id AS person_id, person.username,
            profile.display_name, profile.avatar, profile.avatar_thumbnail, profile.avatar_url
        FROM {table} tie
        JOIN users_user person ON person.id = tie.{other}_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        {joined}
        WHERE tie.{whose}_id = %(person)s AND {{where}} AND {{beyond}}
        ORDER BY {{order}} LIMIT %(limit)s
    """  # noqa: S608 - our own names
    return SqlList(source=source, key=(("tie.created_at", "timestamptz"), ("tie.id", "uuid")))


Kind = Literal[
    "followers",
    "following",
    "follow_requests_received",
    "follow_requests_sent",
    "friends",
    "friend_requests_received",
    "friend_requests_sent",
    "blocks",
    "mutes",
]
_BOTH_FOLLOW: Final = "tie.follower_id, tie.following_id,"
_BOTH_FRIEND: Final = "tie.from_user_id, tie.to_user_id,"
_LISTS: Final[Mapping[Kind, tuple[SqlList, Sequence[LiteralString]]]] = {
    "followers": (
        _list("social_socialfollow", "following", "follower", _FOLLOWED_BY_ME, _MINE),
        [_SEEN],
    ),
    "following": (
        _list("social_socialfollow", "follower", "following", _FOLLOWED_BY_ME, _MINE),
        [_SEEN],
    ),
    "follow_requests_received": (
        _list("social_followrequest", "following", "follower", _BOTH_FOLLOW),
        [_SEEN],
    ),
    "follow_requests_sent": (
        _list("social_followrequest", "follower", "following", _BOTH_FOLLOW),
        [_SEEN],
    ),
    "friends": (_list("social_friendship", "user", "friend"), [_SEEN]),
    "friend_requests_received": (
        _list("social_friendrequest", "to_user", "from_user", _BOTH_FRIEND),
        [_SEEN],
    ),
    "friend_requests_sent": (
        _list("social_friendrequest", "from_user", "to_user", _BOTH_FRIEND),
        [_SEEN],
    ),
    # Who is blocked is hidden everywhere but in the list that unblocks.
    "blocks": (_list("social_block", "user", "blocked"), []),
    "mutes": (
        _list("social_mute", "user", "muted", "tie.muted_until, tie.hide_notifications,"),
        [_SEEN, _NOT_OVER],
    ),
}


def tie_page(
    kind: Kind, *, person_id: UUID, viewer_id: UUID, size: int, place: Place | None
) -> Page:
    """A person's ties of a kind, newest first, with who is at their other end.

    Without those who are hidden from the viewer, and without inactive accounts.
    """
    listed, where = _LISTS[kind]
    hidden = people.hidden_from(viewer_id) if _SEEN in where else ()
    return listed.page(
        where=where or ["true"],
        parameters={"person": person_id, "viewer": viewer_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def own_ties(kind: Kind, *, user_id: UUID, ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """These of a person's own ties, as ``tie_page`` has them."""
    if not ids:
        return []
    listed, _ = _LISTS[kind]
    return listed.page(
        where=["tie.id = ANY(%(ids)s)"],
        parameters={"person": user_id, "viewer": user_id, "ids": list(ids)},
        size=len(ids),
        place=None,
    ).rows
