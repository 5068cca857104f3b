"""Messages as each person of their conversation sees them."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from users.keyset import Page, Place, SqlList, fetch

# The fragments call the viewer's seat ``mine``, its conversation ``c`` and a message ``m``, and
# have the parameters ``viewer`` and ``hidden``.

# Where the other one is hidden or gone, so is what the two wrote each other.
SEEN: Final[LiteralString] = """
    mine.state IN ('active', 'request') AND (c.kind = 'group' OR EXISTS (
        SELECT FROM social_conversationmember other
        JOIN users_user person ON person.id = other.user_id AND person.is_active
        WHERE other.conversation_id = c.id AND other.user_id <> mine.user_id
            AND other.user_id <> ALL(%(hidden)s::uuid[])
    ))
"""
# Something was written that the person has not cleared away.
LISTED: Final[LiteralString] = """
    mine.last_message_at > coalesce(mine.cleared_at, '-infinity')
"""
READABLE: Final[LiteralString] = """
    m.conversation_id = mine.conversation_id
        AND m.created_at > coalesce(mine.cleared_at, '-infinity')
        AND m.user_id <> ALL(%(hidden)s::uuid[])
        AND (SELECT is_active FROM users_user WHERE id = m.user_id)
        AND NOT EXISTS (
            SELECT FROM social_hiddenmessage gone
            WHERE gone.user_id = mine.user_id AND gone.message_id = m.id
        )
"""
UNREAD: Final[LiteralString] = f"""
    {READABLE} AND m.created_at > coalesce(mine.last_read_at, '-infinity')
        AND m.user_id <> mine.user_id AND m.deleted_at IS NULL
"""
_SEAT: Final[LiteralString] = """
    SELECT mine.user_id, mine.conversation_id, mine.last_read_at, mine.cleared_at
    FROM social_conversationmember mine JOIN social_conversation c ON c.id = mine.conversation_id
    WHERE mine.user_id = %(viewer)s
"""
# With ``read_at``, up to where somebody else has read, and ``tells``, whether that is told: both
# have to want receipts. Who only looked at a stranger's message has not read it.
_MARKS: Final[LiteralString] = """
    LEFT JOIN LATERAL (
        SELECT count(*) > 0 AS tells,
            max(other.last_read_at) FILTER (WHERE other.state = 'active') AS read_at
        FROM social_conversationmember other
        JOIN users_user person ON person.id = other.user_id AND person.is_active
        JOIN users_usersettings wish ON wish.user_id = other.user_id AND wish.read_receipts
        WHERE other.conversation_id = mine.conversation_id AND other.user_id <> mine.user_id
            AND other.state <> 'left' AND other.user_id <> ALL(%(hidden)s::uuid[])
            AND (SELECT read_receipts FROM users_usersettings WHERE user_id = mine.user_id)
    ) marks ON true
"""
# A workout as posts show it.
_SHOWN: Final[LiteralString] = """
    m.id, m.conversation_id AS conversation, m.user_id AS sender, m.receiver_id AS receiver,
    m.content, CASE
        WHEN m.user_id <> mine.user_id THEN coalesce(m.created_at <= mine.last_read_at, false)
        WHEN mine.tells THEN coalesce(m.created_at <= mine.read_at, false)
    END AS is_read,
    (
        SELECT json_agg(json_build_object(
            'id', picture.id, 'width', picture.width, 'height', picture.height
        ) ORDER BY part."order")::text
        FROM social_messagepicture part JOIN social_picture picture ON picture.id = part.picture_id
        WHERE part.user_id = m.user_id AND part.message_id = m.id
    ) AS pictures,
    CASE WHEN m.workout_id IS NOT NULL THEN (
        SELECT json_build_object(
            'id', w.id, 'name', w.name, 'duration', w.duration, 'date', w.date,
            'exercises_count', done.exercises, 'sets_count', done.sets, 'volume', done.volume
        )::text
        FROM workouts_workout w CROSS JOIN LATERAL (
            SELECT count(*) AS sets, count(DISTINCT s.exercise_id) AS exercises,
                coalesce(sum(s.load * s.reps) FILTER (WHERE s.set_type <> 'warm_up'), 0) AS volume
            FROM workouts_workoutset s
            WHERE s.user_id = w.user_id AND s.workout_id = w.id
                AND (s.target IS NULL OR s.reps IS NOT NULL OR s.duration IS NOT NULL
                    OR s.distance IS NOT NULL)
        ) done
        WHERE w.user_id = m.user_id AND w.id = m.workout_id
    ) END AS workout,
    m.deleted_at IS NOT NULL AS is_deleted, m.created_at, m.updated_at
"""
_KEY: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("m.created_at", "timestamptz"),
    ("m.id", "uuid"),
)
_OF_CONVERSATION = SqlList(
    source=f"""
        WITH mine AS MATERIALIZED (
            SELECT mine.*, marks.tells, marks.read_at
            FROM ({_SEAT} AND mine.conversation_id = %(conversation)s AND {SEEN}) mine {_MARKS}
        )
        SELECT {_SHOWN}
        FROM mine CROSS JOIN LATERAL (
            SELECT m.* FROM social_message m
            WHERE {READABLE} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        ) m
        ORDER BY {{order}}
    """,  # noqa: S608 - our own conditions
    key=_KEY,
)
# A page of n messages is in the n conversations whose newest ones, from the place on, are newest.
_OF_EVERYTHING = SqlList(
    source=f"""
        WITH newest AS MATERIALIZED (
            SELECT mine.* FROM ({_SEAT} AND {{where}} AND {SEEN} AND {LISTED}) mine
            CROSS JOIN LATERAL (
                SELECT m.created_at, m.id FROM social_message m
                WHERE {READABLE} AND {{beyond}} ORDER BY {{order}} LIMIT 1
            ) m
            ORDER BY {{order}} LIMIT %(limit)s
        ), mine AS MATERIALIZED (
            SELECT mine.*, marks.tells, marks.read_at FROM newest mine {_MARKS}
        ), page AS MATERIALIZED (
            SELECT m.* FROM mine CROSS JOIN LATERAL (
                SELECT m.* FROM social_message m
                WHERE {READABLE} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
            ) m
            ORDER BY {{order}} LIMIT %(limit)s
        )
        SELECT {_SHOWN}
        FROM page m JOIN mine ON mine.conversation_id = m.conversation_id
        ORDER BY {{order}}
    """,  # noqa: S608 - our own conditions
    key=_KEY,
)
_BY_ID: Final[LiteralString] = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM social_message WHERE id = ANY(%(ids)s::uuid[])
    ), mine AS MATERIALIZED (
        SELECT mine.*, marks.tells, marks.read_at
        FROM (
            {_SEAT} AND mine.conversation_id IN (SELECT conversation_id FROM asked) AND {SEEN}
        ) mine {_MARKS}
    )
    SELECT {_SHOWN} FROM asked m JOIN mine ON {READABLE}
"""  # noqa: S608 - our own conditions
# What somebody wrote is theirs wherever they sit now. What they deleted for themselves they get
# without its words.
_OWN: Final[LiteralString] = f"""
    WITH asked AS MATERIALIZED (
        SELECT * FROM social_message WHERE user_id = %(viewer)s AND id = ANY(%(ids)s::uuid[])
    ), seat AS MATERIALIZED (
        {_SEAT} AND mine.conversation_id IN (SELECT conversation_id FROM asked)
    ), mine AS MATERIALIZED (
        SELECT mine.*, marks.tells, marks.read_at FROM seat mine {_MARKS}
    )
    SELECT {_SHOWN}, EXISTS (
        SELECT FROM social_hiddenmessage gone
        WHERE gone.user_id = m.user_id AND gone.message_id = m.id
    ) AS is_hidden
    FROM asked m JOIN mine ON mine.conversation_id = m.conversation_id
"""  # noqa: S608 - our own conditions
_IS_SEEN: Final[LiteralString] = f"""
    {_SEAT} AND mine.conversation_id = %(conversation)s AND {SEEN}
"""
_NAMED: Final[LiteralString] = "SELECT id FROM users_user WHERE lower(username) = lower(%(name)s)"

Row = dict[str, Any]


def direct_key(user_id: UUID, other_id: UUID) -> str:
    """What the conversation between these two is found by."""
    return ":".join(sorted((str(user_id), str(other_id))))


def sees_conversation(viewer_id: UUID, conversation_id: UUID, *, hidden: Collection[UUID]) -> bool:
    parameters = {"viewer": viewer_id, "conversation": conversation_id, "hidden": list(hidden)}
    return bool(fetch(_IS_SEEN, parameters))


def conversation_messages(
    *,
    viewer_id: UUID,
    conversation_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
) -> Page | None:
    """Messages of one conversation, newest first; None where the viewer does not see it.

    In one query, or two where there are none. ``sender`` and ``receiver`` are ids.
    """
    page = _OF_CONVERSATION.page(
        where=(),
        parameters={
            "viewer": viewer_id,
            "conversation": conversation_id,
            "hidden": list(hidden),
        },
        size=size,
        place=place,
    )
    if not page.rows and not sees_conversation(viewer_id, conversation_id, hidden=hidden):
        return None
    return _complete(page)


def message_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
    partner: str | None = None,
) -> Page:
    """Messages of all conversations that the viewer sees, newest first.

    With a ``partner``, by their username: those that the two wrote each other.
    """
    parameters: dict[str, Any] = {"viewer": viewer_id, "hidden": list(hidden)}
    where: list[LiteralString] = ["true"]
    if partner is not None:
        named = fetch(_NAMED, {"name": partner})
        parameters["key"] = direct_key(viewer_id, named[0]["id"]) if named else "nobody"
        where = ["c.direct_key = %(key)s AND c.direct_key <> ''"]
    return _complete(
        _OF_EVERYTHING.page(where=where, parameters=parameters, size=size, place=place)
    )


def messages(
    viewer_id: UUID, ids: Iterable[UUID], *, hidden: Collection[UUID]
) -> Mapping[UUID, Row]:
    """Those of these messages that the viewer may read, in one query."""
    asked = list(ids)
    if not asked:
        return {}
    rows = fetch(_BY_ID, {"viewer": viewer_id, "ids": asked, "hidden": list(hidden)})
    return {row["id"]: _loaded(row) for row in rows}


def own_messages(
    user_id: UUID, ids: Iterable[UUID], *, hidden: Collection[UUID]
) -> Mapping[UUID, Row]:
    """These messages of the person's own, for their phones, in one query."""
    rows = fetch(_OWN, {"viewer": user_id, "ids": list(ids), "hidden": list(hidden)})
    return {row["id"]: _own(_loaded(row)) for row in rows}


def attached(pictures: Iterable[Mapping[str, Any]], *, base: str) -> list[dict[str, Any]]:
    """Pictures of a message with their addresses, of which ``base`` is the beginning."""
    return [
        {
            "id": one["id"],
            "url": f"{base}{one['id']}/file/",
            "thumbnail": f"{base}{one['id']}/thumbnail/",
            "width": one["width"],
            "height": one["height"],
        }
        for one in pictures
    ]


def _complete(page: Page) -> Page:
    for row in page.rows:
        _loaded(row)
    return page


def _loaded(row: Row) -> Row:
    row["pictures"] = orjson.loads(row["pictures"]) if row["pictures"] else []
    if row["workout"] is not None:
        row["workout"] = orjson.loads(row["workout"])
        # JSON of the database writes 5200.0 as 5200.
        row["workout"]["volume"] = float(row["workout"]["volume"])
    return row


def _own(row: Row) -> Row:
    if row.pop("is_hidden"):
        row |= {"content": "", "pictures": [], "workout": None, "is_deleted": True}
    return row
