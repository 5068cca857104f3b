"""Challenges as they are shown, who may see them, and who was asked to them.

Written as SQL, as the diary is (docs/performance.md); ``ChallengeQuerySet.visible_to`` says to the
ORM what ``VISIBLE`` says here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from social.models import Challenge
from social.selectors import people
from users.keyset import Page, Place, SqlList, escape_like, fetch, given

Row = dict[str, Any]

VISIBLE: Final[LiteralString] = """
    c.created_by_id <> ALL(%(hidden)s::uuid[]) AND (
        c.is_public AND c.group_id IS NULL
        OR c.created_by_id = %(viewer)s
        OR EXISTS (
            SELECT FROM social_membership m
            WHERE m.user_id = %(viewer)s AND m.group_id = c.group_id
        )
        OR EXISTS (
            SELECT FROM social_challengeparticipant p
            WHERE p.user_id = %(viewer)s AND p.challenge_id = c.id
        )
        OR EXISTS (
            SELECT FROM social_challengeinvitation i
            WHERE i.user_id = %(viewer)s AND i.challenge_id = c.id
        )
    )
"""
_TODAY: LiteralString = """
    (SELECT (%(now)s AT TIME ZONE timezone)::date FROM users_userprofile
        WHERE user_id = %(viewer)s)
"""
_COLUMNS: LiteralString = """
    c.id, c.name, c.description, c.challenge_type, c.start_date, c.end_date, c.is_public,
    c.group_id, c.target, c.max_participants, c.late_entry_hours, c.participant_count,
    c.ranked_at, c.finished_at, c.created_at, c.updated_at, c.created_by_id
"""
_SHOWN: LiteralString = f"""
    SELECT {_COLUMNS}, CASE WHEN c.finished_at IS NOT NULL THEN 'finished'
            WHEN c.start_date > {_TODAY} THEN 'upcoming' ELSE 'running' END AS status,
        club.name AS group_name, creator.id AS creator_id, creator.username,
        profile.display_name, profile.avatar, profile.avatar_thumbnail, profile.avatar_url,
        mine.id AS my_id, mine.joined_at AS my_joined_at, mine.counts_from AS my_counts_from,
        mine.current_progress AS my_progress, mine.rank AS my_rank,
        mine.completed_at AS my_completed_at,
        EXISTS (
            SELECT FROM social_challengeinvitation i
            WHERE i.user_id = %(viewer)s AND i.challenge_id = c.id
        ) AS is_invited
    FROM chosen c
    LEFT JOIN social_group club ON club.id = c.group_id
    LEFT JOIN users_user creator ON creator.id = c.created_by_id AND creator.is_active
    LEFT JOIN users_userprofile profile ON profile.user_id = creator.id
    LEFT JOIN social_challengeparticipant mine
        ON mine.challenge_id = c.id AND mine.user_id = %(viewer)s
"""  # noqa: S608 - our own column names
_LIST = SqlList(
    source=f"""
        WITH chosen AS MATERIALIZED (
            SELECT {_COLUMNS} FROM social_challenge c
            WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
        )
        {_SHOWN} ORDER BY {{order}}
    """,  # noqa: S608 - our own column names
    key=(("c.start_date", "date"), ("c.id", "uuid")),
)


def _some(where: LiteralString) -> LiteralString:
    return f"""
        WITH chosen AS MATERIALIZED (
            SELECT {_COLUMNS} FROM social_challenge c WHERE c.id = ANY(%(ids)s) AND {where}
        )
        {_SHOWN}
    """  # noqa: S608 - our own column names


_VISIBLE_ONES: Final = _some(VISIBLE)
_OWN: Final = _some("c.created_by_id = %(viewer)s")
_MINE: LiteralString = """
    c.id IN (
        SELECT challenge_id FROM social_challengeparticipant WHERE user_id = %(viewer)s
        UNION SELECT challenge_id FROM social_challengeinvitation WHERE user_id = %(viewer)s
        UNION SELECT id FROM social_challenge WHERE created_by_id = %(viewer)s
    )
"""
_STATUSES: Final[Mapping[str, LiteralString]] = {
    "upcoming": f"(c.finished_at IS NULL AND c.start_date > {_TODAY})",
    "running": f"(c.finished_at IS NULL AND c.start_date <= {_TODAY})",
    "finished": "c.finished_at IS NOT NULL",
}
_CONDITIONS: Final[Mapping[str, LiteralString]] = {
    "challenge_type": "c.challenge_type = %(challenge_type)s",
    "group": "c.group_id = %(group)s",
    "q": "c.name ILIKE %(q)s",
}
_HIDDEN_PARTICIPANTS: LiteralString = """
    SELECT challenge_id, count(*) AS number FROM social_challengeparticipant
    WHERE user_id = ANY(%(hidden)s) AND challenge_id = ANY(%(ids)s) GROUP BY challenge_id
"""
_IS_VISIBLE: LiteralString = f"""
    SELECT FROM social_challenge c WHERE c.id = %(challenge)s AND {VISIBLE}
"""
_PARTICIPATIONS: LiteralString = """
    SELECT id, challenge_id AS challenge, joined_at, counts_from,
        current_progress AS progress, rank, completed_at
    FROM social_challengeparticipant WHERE user_id = %(user)s AND id = ANY(%(ids)s)
"""
_INVITATION: LiteralString = """
    i.id, i.challenge_id AS challenge, i.created_at, i.user_id,
    (SELECT id FROM users_user WHERE id = i.invited_by_id AND is_active) AS invited_by_id
"""
_OWN_INVITATIONS: LiteralString = f"""
    SELECT {_INVITATION} FROM social_challengeinvitation i
    WHERE i.user_id = %(user)s AND i.id = ANY(%(ids)s)
"""  # noqa: S608 - our own column names
_INVITATIONS = SqlList(
    source=f"""
        SELECT {_INVITATION} FROM social_challengeinvitation i
        JOIN users_user person ON person.id = i.user_id AND person.is_active
        WHERE i.challenge_id = %(challenge)s AND i.user_id <> ALL(%(hidden)s::uuid[])
            AND {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("i.created_at", "timestamptz"), ("i.id", "uuid")),
)
_NAMED: LiteralString = """
    SELECT person.id, lower(person.username) AS name
    FROM users_user person JOIN users_userprofile profile ON profile.user_id = person.id
    WHERE lower(person.username) = ANY(%(names)s) AND person.is_active
        AND person.id <> ALL(%(hidden)s::uuid[])
        AND (
            profile.visibility <> 'private'
            OR EXISTS (
                SELECT FROM social_socialfollow f
                WHERE (f.follower_id, f.following_id)
                    IN ((%(viewer)s, person.id), (person.id, %(viewer)s))
            )
            OR EXISTS (
                SELECT FROM social_friendship f
                WHERE f.user_id = %(viewer)s AND f.friend_id = person.id
            )
        )
"""


@dataclass(frozen=True)
class ChallengeFilter:
    """Which challenges; None does not narrow. ``mine`` are those that the viewer began, is in or
    was asked to.
    """

    status: str | None = None
    challenge_type: str | None = None
    group: UUID | None = None
    mine: bool | None = None
    q: str | None = None


def challenge_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    narrowed: ChallengeFilter,
    now: datetime,
    size: int,
    place: Place | None,
) -> Page:
    """What this person may see, the latest to begin first; two queries where people are hidden."""
    values = given(narrowed)
    where = [VISIBLE]
    if "status" in values:
        where.append(_STATUSES[values.pop("status")])
    if "mine" in values:
        where.append(_MINE if values.pop("mine") else f"NOT {_MINE}")
    if "q" in values:
        values["q"] = f"%{escape_like(values['q'])}%"
    page = _LIST.page(
        where=[*where, *(_CONDITIONS[name] for name in values)],
        parameters={"viewer": viewer_id, "hidden": list(hidden), "now": now, **values},
        size=size,
        place=place,
    )
    _leave_out(page.rows, hidden)
    return page


def challenges(
    viewer_id: UUID, ids: Collection[UUID], *, hidden: Collection[UUID], now: datetime
) -> list[Row]:
    """Those of these challenges that this person may see, in no order."""
    return _rows(_VISIBLE_ONES, viewer_id, ids, hidden, now)


def own_challenges(user_id: UUID, ids: Collection[UUID], *, now: datetime) -> list[Row]:
    """Those of these challenges that this person began."""
    return _rows(_OWN, user_id, ids, people.hidden_from(user_id), now)


def _rows(
    sql: LiteralString,
    viewer_id: UUID,
    ids: Collection[UUID],
    hidden: Collection[UUID],
    now: datetime,
) -> list[Row]:
    values = {"viewer": viewer_id, "ids": list(ids), "hidden": list(hidden), "now": now}
    rows = fetch(sql, values)
    _leave_out(rows, hidden)
    return rows


def _leave_out(rows: Sequence[Row], hidden: Collection[UUID]) -> None:
    """Count nobody whom the viewer does not see."""
    if not hidden or not rows:
        return
    ids = [row["id"] for row in rows]
    counts = fetch(_HIDDEN_PARTICIPANTS, {"hidden": list(hidden), "ids": ids})
    numbers = {row["challenge_id"]: row["number"] for row in counts}
    for row in rows:
        row["participant_count"] -= numbers.get(row["id"], 0)


# --- One person's part in them ---------------------------------------------------------------


def participations(user_id: UUID, ids: Collection[UUID]) -> list[Row]:
    return fetch(_PARTICIPATIONS, {"user": user_id, "ids": list(ids)})


def invitations(user_id: UUID, ids: Collection[UUID]) -> list[Row]:
    """Those of these invitations that this person got."""
    return fetch(_OWN_INVITATIONS, {"user": user_id, "ids": list(ids)})


def invitation_page(
    *,
    challenge_id: UUID,
    viewer_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
) -> Page:
    """Who was asked and has not answered, the latest first: all of them for who began the
    challenge, and for others those whom they asked.
    """
    return _INVITATIONS.page(
        where=[
            "(i.invited_by_id = %(viewer)s OR EXISTS (SELECT FROM social_challenge c"
            " WHERE c.id = i.challenge_id AND c.created_by_id = %(viewer)s))"
        ],
        parameters={"challenge": challenge_id, "viewer": viewer_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def people_named(
    usernames: Collection[str], *, viewer_id: UUID, hidden: Collection[UUID]
) -> Mapping[str, UUID]:
    """Who has these names, by the name in lower case, as far as the viewer may know of them."""
    names = [name.lower() for name in usernames if "\x00" not in name]
    rows = fetch(_NAMED, {"names": names, "viewer": viewer_id, "hidden": list(hidden)})
    return {row["name"]: row["id"] for row in rows}


# --- Live ------------------------------------------------------------------------------------


def is_visible(viewer_id: UUID, challenge_id: UUID) -> bool:
    return is_visible_to(viewer_id, challenge_id, hidden=people.hidden_from(viewer_id))


def is_visible_to(viewer_id: UUID, challenge_id: UUID, *, hidden: Collection[UUID]) -> bool:
    values = {"viewer": viewer_id, "challenge": challenge_id, "hidden": list(hidden)}
    return bool(fetch(_IS_VISIBLE, values))


def moment(challenge: Challenge) -> Row:
    """What open boards learn: whether it is worth to look again. It names nobody."""
    return {
        "id": challenge.pk,
        "ranked_at": challenge.ranked_at,
        "finished_at": challenge.finished_at,
    }


def moment_of(viewer_id: UUID, challenge_id: UUID) -> Row:
    """The same, for who has just begun to listen and may."""
    return moment(Challenge.objects.get(pk=challenge_id))
