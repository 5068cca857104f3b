"""Boards of challenges: a page of the standings, and the viewer's place in them.

One query, by the index over (challenge, rank, id): what a page costs depends neither on its place
nor on how many take part (docs/performance.md). Who is hidden from the viewer is left out; ranks
are those among all.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from social.selectors.challenges import VISIBLE
from users.keyset import Place, fetch

Row = dict[str, Any]

NEIGHBORS: Final = 3
# The key of an entry, with which cursors place it.
KEY: Final = ("rank", "id")

# A lookup for each row that is shown, and no join, which might be made of everybody.
_ACTIVE: LiteralString = "(SELECT is_active FROM users_user WHERE users_user.id = p.user_id)"
# Everybody's, read as far as it is shown.
_ALL: LiteralString = f"""
    board AS NOT MATERIALIZED (
        SELECT p.id, p.user_id, p.rank, p.current_progress, p.joined_at,
            NULL::bigint AS friends_rank
        FROM social_challengeparticipant p
        WHERE p.challenge_id = %(challenge)s AND p.rank IS NOT NULL
            AND {_ACTIVE} AND {{present}}
    )
"""  # noqa: S608 - our own condition
# Of the viewer, their friends and whom they follow: each is looked up by the person, since the
# standings themselves may be of many more.
_FRIENDS: LiteralString = f"""
    board AS MATERIALIZED (
        SELECT p.id, p.user_id, p.rank, p.current_progress, p.joined_at,
            rank() OVER (ORDER BY p.rank) AS friends_rank
        FROM (
            SELECT friend_id AS id FROM social_friendship WHERE user_id = %(viewer)s
            UNION SELECT following_id FROM social_socialfollow WHERE follower_id = %(viewer)s
            UNION SELECT %(viewer)s::uuid
        ) tie
        CROSS JOIN LATERAL (
            SELECT * FROM social_challengeparticipant one
            WHERE one.user_id = tie.id AND one.challenge_id = %(challenge)s OFFSET 0
        ) p
        WHERE p.rank IS NOT NULL AND {_ACTIVE} AND {{present}}
    )
"""  # noqa: S608 - our own condition
_ENTRY: LiteralString = "id, user_id, rank, current_progress, joined_at, friends_rank"
# The viewer's own row may be younger than the standings, and has no rank then.
_BOARD: LiteralString = """
    WITH challenge AS MATERIALIZED (
        SELECT c.ranked_at, json_build_object(
            'id', c.id, 'name', c.name, 'description', c.description,
            'challenge_type', c.challenge_type, 'start_date', c.start_date,
            'end_date', c.end_date, 'participant_count', {count}
        )::text AS about
        FROM social_challenge c WHERE c.id = %(challenge)s AND {visible}
    ), {board}, me AS MATERIALIZED (
        SELECT p.id, p.user_id, p.rank, p.current_progress, p.joined_at,
            (SELECT friends_rank FROM board WHERE board.id = p.id) AS friends_rank
        FROM social_challengeparticipant p
        WHERE p.user_id = %(viewer)s AND p.challenge_id = %(challenge)s
    )
    SELECT part.*, profile.display_name, profile.avatar, profile.avatar_url,
        challenge.ranked_at, CASE WHEN part = 'challenge' THEN challenge.about END AS about
    FROM challenge CROSS JOIN LATERAL (
        SELECT 'challenge' AS part, NULL::uuid AS id, NULL::uuid AS user_id, NULL::int AS rank,
            NULL::float8 AS current_progress, NULL::timestamptz AS joined_at,
            NULL::bigint AS friends_rank
        UNION ALL
        SELECT 'page', page.* FROM (
            SELECT {entry} FROM board WHERE {beyond} ORDER BY {order} LIMIT {limit}
        ) page
        UNION ALL
        SELECT 'above', above.* FROM me CROSS JOIN LATERAL (
            SELECT {entry} FROM board WHERE (board.rank, board.id) < (me.rank, me.id)
            ORDER BY board.rank DESC, board.id DESC LIMIT {neighbors}
        ) above
        UNION ALL
        SELECT 'below', below.* FROM me CROSS JOIN LATERAL (
            SELECT {entry} FROM board WHERE (board.rank, board.id) > (me.rank, me.id)
            ORDER BY board.rank, board.id LIMIT {neighbors}
        ) below
        UNION ALL
        SELECT 'me', {entry} FROM me
    ) part
    LEFT JOIN LATERAL (
        SELECT display_name, avatar, avatar_url FROM users_userprofile
        WHERE users_userprofile.user_id = part.user_id OFFSET 0
    ) profile ON true
"""


_FIRST: Final = ("true", "rank, id")
_AFTER: Final = ("(rank, id) > (%(rank)s::int, %(id)s::uuid)", "rank, id")
_BEFORE: Final = ("(rank, id) < (%(rank)s::int, %(id)s::uuid)", "rank DESC, id DESC")
# What counts whom, and who is shown: without and with people who are hidden.
_EVERYBODY: Final = ("c.participant_count", "true")
_PRESENT: Final = (
    """c.participant_count - (
        SELECT count(*) FROM social_challengeparticipant p
        WHERE p.user_id = ANY(%(hidden)s::uuid[]) AND p.challenge_id = c.id
    )""",
    "p.user_id <> ALL(%(hidden)s::uuid[])",
)


@cache
def _text(*, among_friends: bool, onwards: bool | None, is_hiding: bool, size: int) -> str:
    """The query, which reads on (True), back (False), or from the top.

    PostgreSQL plans it once if it knows how little of it is needed, hence the limits within. The
    driver takes a text apart once if it is short, hence no blanks.
    """
    beyond, order = _FIRST if onwards is None else _AFTER if onwards else _BEFORE
    count, present = _PRESENT if is_hiding else _EVERYBODY
    text = _BOARD.format(
        visible=VISIBLE,
        board=(_FRIENDS if among_friends else _ALL).format(present=present),
        count=count,
        entry=_ENTRY,
        beyond=beyond,
        order=order,
        limit=size + 1,
        neighbors=NEIGHBORS,
    )
    return " ".join(text.split())


@dataclass(frozen=True)
class Board:
    """``rows`` are the page, ``more`` says whether others lie beyond them. ``neighbors`` are those
    right above and below ``me``, in their order.
    """

    challenge: Row
    ranked_at: datetime | None
    rows: list[Row]
    more: bool
    me: Row | None
    neighbors: list[Row]


def board(
    *,
    viewer_id: UUID,
    challenge_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
    among_friends: bool = False,
) -> Board | None:
    """The standings as this person sees them, in one query; None where they see no challenge."""
    values: dict[str, Any] = {
        "viewer": viewer_id,
        "challenge": challenge_id,
        "hidden": list(hidden),
    }
    if place is not None:
        values |= dict(zip(KEY, place.key, strict=True))
    onwards = None if place is None else not place.backwards
    text = _text(among_friends=among_friends, onwards=onwards, is_hiding=bool(hidden), size=size)
    found = fetch(text, values)
    if not found:
        return None
    parts: dict[str, list[Row]] = {"page": [], "above": [], "below": [], "me": []}
    for row in found:
        parts.setdefault(row["part"], []).append(row)
    page = parts["page"][:size]
    [challenge] = parts["challenge"]
    return Board(
        challenge=orjson.loads(challenge["about"]),
        ranked_at=challenge["ranked_at"],
        rows=page[::-1] if onwards is False else page,
        more=len(parts["page"]) > size,
        me=parts["me"][0] if parts["me"] else None,
        neighbors=[*parts["above"][::-1], *parts["below"]],
    )
