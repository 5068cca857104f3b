"""Conversations as each of their members sees them, and what is unread in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from social.models import MemberState
from social.selectors.messages import LISTED, READABLE, SEEN, UNREAD, messages
from users.keyset import Page, Place, SqlList, fetch

MOST_UNREAD: Final = 1000
MOST_MEMBERS: Final = 100
MEMBERS_IN_LIST: Final = 5

# Who may add and remove. Where no admin is left, it is who has been in the conversation longest.
_ADMINS: Final[LiteralString] = """
    SELECT seat.*, c.kind = 'group' AND seat.state = 'active' AND (
        seat.is_admin OR NOT bool_or(seat.is_admin AND seat.state = 'active') OVER ()
        AND row_number() OVER (ORDER BY seat.state <> 'active', seat.created_at, seat.id) = 1
    ) AS leads
    FROM social_conversationmember seat JOIN social_conversation c ON c.id = seat.conversation_id
"""
# What the other of two makes of a stranger's message is not told.
_MEMBERS: Final[LiteralString] = f"""
    SELECT count(*) AS members_count, bool_or(leads) FILTER (WHERE is_me) AS is_admin,
        json_agg(json_build_object(
            'user', user_id, 'is_admin', leads, 'is_waiting', is_waiting, 'last_read_at', read_at
        ) ORDER BY number) FILTER (WHERE number <= %(members)s)::text AS members
    FROM (
        SELECT seat.user_id, seat.leads, seat.user_id = mine.user_id AS is_me,
            mine.kind = 'group' AND seat.state = 'request' AS is_waiting,
            row_number() OVER (
                ORDER BY seat.user_id = mine.user_id, seat.created_at, seat.id
            ) AS number,
            CASE WHEN seat.user_id = mine.user_id THEN seat.last_read_at
                WHEN seat.state = 'active' AND wish.read_receipts AND mine.read_receipts
                THEN seat.last_read_at END AS read_at
        FROM ({_ADMINS} WHERE seat.conversation_id = mine.conversation_id) seat
        JOIN users_user person ON person.id = seat.user_id AND person.is_active
        JOIN users_usersettings wish ON wish.user_id = seat.user_id
        WHERE seat.user_id <> ALL(%(hidden)s::uuid[])
            AND (mine.kind = 'direct' OR seat.state IN ('active', 'request'))
    ) shown
"""  # noqa: S608 - our own columns
_COLUMNS: Final[LiteralString] = """
    mine.id, mine.conversation_id, mine.user_id, mine.state, mine.muted_until, mine.last_read_at,
    mine.cleared_at, mine.last_message_at, c.kind, c.title, c.created_at
"""
_SHOWN: Final[LiteralString] = f"""
    SELECT mine.id AS seat, mine.conversation_id AS id, mine.kind, mine.title, mine.state,
        mine.muted_until, mine.last_read_at, mine.created_at, mine.last_message_at,
        unread.number AS unread_count, newest.id AS newest, people.*
    FROM mine
    CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM (
            SELECT FROM social_message m WHERE {UNREAD} LIMIT {MOST_UNREAD}
        ) counted
    ) unread
    LEFT JOIN LATERAL (
        SELECT m.id FROM social_message m WHERE {READABLE}
        ORDER BY m.created_at DESC, m.id DESC LIMIT 1
    ) newest ON true
    CROSS JOIN LATERAL ({_MEMBERS}) people
"""  # noqa: S608 - our own conditions
_MINE: Final[LiteralString] = f"""
    SELECT {_COLUMNS}, wish.read_receipts
    FROM social_conversationmember mine JOIN social_conversation c ON c.id = mine.conversation_id
    JOIN users_usersettings wish ON wish.user_id = mine.user_id
    WHERE mine.user_id = %(viewer)s AND {SEEN}
"""  # noqa: S608 - our own columns
_LIST = SqlList(
    source=f"""
        WITH mine AS MATERIALIZED (
            {_MINE} AND mine.state = %(state)s AND {LISTED} AND {{beyond}}
            ORDER BY {{order}} LIMIT %(limit)s
        )
        {_SHOWN} ORDER BY {{order}}
    """,
    key=(("mine.last_message_at", "timestamptz"), ("mine.id", "uuid")),
)
_ONE: Final[LiteralString] = f"""
    WITH mine AS MATERIALIZED ({_MINE} AND mine.conversation_id = %(conversation)s) {_SHOWN}
"""
# Whose newest message is read has nothing unread, and is not looked into.
_TOTALS: Final[LiteralString] = f"""
    WITH mine AS MATERIALIZED (
        {_MINE} AND {LISTED} AND (mine.state = 'request'
            OR mine.last_message_at > coalesce(mine.last_read_at, '-infinity'))
    )
    SELECT (
        SELECT count(*) FROM (
            SELECT FROM mine JOIN LATERAL (
                SELECT FROM social_message m WHERE {UNREAD} LIMIT {MOST_UNREAD}
            ) m ON true
            WHERE mine.state = 'active' LIMIT {MOST_UNREAD}
        ) counted
    ) AS messages, (
        SELECT count(*) FROM mine
        WHERE mine.state = 'active' AND EXISTS (SELECT FROM social_message m WHERE {UNREAD})
    ) AS conversations, (
        SELECT count(*) FROM mine WHERE mine.state = 'request'
    ) AS requests
"""  # noqa: S608 - our own conditions
_ROSTER: Final[LiteralString] = f"""
    {_ADMINS} WHERE seat.conversation_id = %(conversation)s ORDER BY seat.created_at, seat.id
"""
_SEATS: Final[LiteralString] = """
    SELECT mine.id, mine.conversation_id AS conversation, c.kind, c.title, mine.state,
        mine.is_admin, mine.muted_until, mine.last_read_at, mine.cleared_at, mine.last_message_at,
        mine.created_at, mine.updated_at
    FROM social_conversationmember mine JOIN social_conversation c ON c.id = mine.conversation_id
    WHERE mine.user_id = %(user)s AND mine.id = ANY(%(ids)s::uuid[])
"""
# Whether each of these people may be written to: what they say of it, and whether they follow or
# befriended the writer.
_ADMISSIONS: Final[LiteralString] = """
    SELECT person.id, person.username, wish.messages_from, EXISTS (
        SELECT FROM social_socialfollow
        WHERE follower_id = person.id AND following_id = %(user)s
    ) OR EXISTS (
        SELECT FROM social_friendship WHERE user_id = person.id AND friend_id = %(user)s
    ) AS knows
    FROM users_user person JOIN users_usersettings wish ON wish.user_id = person.id
    WHERE person.id = ANY(%(ids)s::uuid[]) AND person.is_active AND NOT EXISTS (
        SELECT FROM social_block
        WHERE (user_id, blocked_id) IN ((person.id, %(user)s), (%(user)s, person.id))
    )
"""
# Whom the viewer may know by these names. Who wrote with a private person goes on knowing them.
_NAMED: Final[LiteralString] = """
    SELECT named.place, person.id
    FROM unnest(%(names)s::text[]) WITH ORDINALITY AS named (name, place)
    JOIN users_user person ON lower(person.username) = lower(named.name) AND person.is_active
    JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE person.id <> ALL(%(hidden)s::uuid[]) AND (
        profile.visibility <> 'private' OR person.id = %(viewer)s OR EXISTS (
            SELECT FROM social_socialfollow WHERE (follower_id, following_id)
                IN ((%(viewer)s, person.id), (person.id, %(viewer)s))
        ) OR EXISTS (
            SELECT FROM social_friendship WHERE user_id = %(viewer)s AND friend_id = person.id
        ) OR EXISTS (
            SELECT FROM social_conversation WHERE direct_key <> '' AND direct_key IN (
                %(viewer)s::text || ':' || person.id, person.id || ':' || %(viewer)s::text
            )
        )
    )
"""
_MEMBER_NAMED: Final[LiteralString] = """
    SELECT seat.user_id
    FROM social_conversationmember seat JOIN users_user person ON person.id = seat.user_id
    WHERE seat.conversation_id = %(conversation)s AND lower(person.username) = lower(%(name)s)
        AND seat.user_id <> ALL(%(hidden)s::uuid[])
"""

Row = dict[str, Any]


def conversation_page(
    *,
    viewer_id: UUID,
    state: MemberState,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
) -> Page:
    """The viewer's conversations, that with the newest message first, in two queries.

    Each with its last message, what is unread, and some of its members; people are ids.
    """
    page = _LIST.page(
        where=(),
        parameters={
            "viewer": viewer_id,
            "hidden": list(hidden),
            "state": state,
            "members": MEMBERS_IN_LIST,
        },
        size=size,
        place=place,
    )
    return Page(rows=_completed(viewer_id, page.rows, hidden), more=page.more)


def conversation(
    viewer_id: UUID, conversation_id: UUID, *, hidden: Collection[UUID]
) -> Row | None:
    """One conversation with all of its members; None where the viewer does not see it."""
    parameters = {
        "viewer": viewer_id,
        "hidden": list(hidden),
        "conversation": conversation_id,
        "members": MOST_MEMBERS,
    }
    found = _completed(viewer_id, fetch(_ONE, parameters), hidden)
    return found[0] if found else None


def unread_totals(viewer_id: UUID, *, hidden: Collection[UUID]) -> Row:
    """Unread messages (at most MOST_UNREAD), conversations that have some, and requests."""
    return fetch(_TOTALS, {"viewer": viewer_id, "hidden": list(hidden)})[0]


def roster(conversation_id: UUID) -> dict[UUID, Row]:
    """Everybody's seat by their id, the hidden, waiting and gone as well.

    ``leads`` says who may add and remove.
    """
    rows = fetch(_ROSTER, {"conversation": conversation_id})
    return {row["user_id"]: row for row in rows}


def seats(user_id: UUID, ids: Iterable[UUID]) -> Mapping[UUID, Row]:
    """These seats of the person, whatever their state, for their phones."""
    return {row["id"]: row for row in fetch(_SEATS, {"user": user_id, "ids": list(ids)})}


def admissions(user_id: UUID, ids: Collection[UUID]) -> Mapping[UUID, Row]:
    """Those of these people who are there for this person, with ``messages_from`` and ``knows``.

    ``knows`` says whether they follow the person or are their friend: otherwise the person is a
    stranger to them.
    """
    rows = fetch(_ADMISSIONS, {"user": user_id, "ids": list(ids)})
    return {row["id"]: row for row in rows}


def people_named(
    viewer_id: UUID, names: Sequence[str], *, hidden: Collection[UUID]
) -> list[UUID | None]:
    """Who have these usernames, in whatever case; None for nobody whom the viewer may know."""
    rows = fetch(_NAMED, {"viewer": viewer_id, "names": list(names), "hidden": list(hidden)})
    found = {row["place"]: row["id"] for row in rows}
    return [found.get(place) for place, _ in enumerate(names, start=1)]


def member_named(conversation_id: UUID, username: str, *, hidden: Collection[UUID]) -> UUID | None:
    """Who of those who are or were in the conversation has this name."""
    parameters = {"conversation": conversation_id, "name": username, "hidden": list(hidden)}
    rows = fetch(_MEMBER_NAMED, parameters) if "\x00" not in username else []
    return rows[0]["user_id"] if rows else None


def _completed(viewer_id: UUID, rows: list[Row], hidden: Collection[UUID]) -> list[Row]:
    newest = [row["newest"] for row in rows if row["newest"] is not None]
    found = messages(viewer_id, newest, hidden=hidden)
    for row in rows:
        row["last_message"] = found.get(row.pop("newest"))
        row["is_admin"] = bool(row["is_admin"])
        row["members"] = [_member(member) for member in orjson.loads(row["members"] or "[]")]
    return rows


def _member(member: Row) -> Row:
    read_at = member["last_read_at"]
    return member | {
        "user": UUID(member["user"]),
        "last_read_at": datetime.fromisoformat(read_at) if read_at else None,
    }
