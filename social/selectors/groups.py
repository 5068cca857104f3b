"""Groups as they are shown, who is in them, and who may read them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from social.models import GroupRole, Membership
from social.selectors import people
from users.keyset import Page, Place, SqlList, escape_like, fetch

STAFF = frozenset({GroupRole.OWNER.value, GroupRole.ADMIN.value})

# Members keep their group whoever owns it; others do not find that of somebody hidden from them.
_VISIBLE: LiteralString = """
    (mine.id IS NOT NULL OR club.access <> 'invite'
        AND (owner.user_id IS NULL OR owner.user_id <> ALL(%(hidden)s::uuid[])))
"""
_SOURCE: LiteralString = """
    FROM social_group club
    LEFT JOIN social_membership mine
        ON mine.group_id = club.id AND mine.user_id = %(viewer)s
    LEFT JOIN LATERAL (
        SELECT boss.user_id FROM social_membership boss
        JOIN users_user person ON person.id = boss.user_id AND person.is_active
        WHERE boss.group_id = club.id AND boss.role <> 'member' AND boss.role = 'owner'
        ORDER BY boss.id LIMIT 1
    ) owner ON true
"""
_COLUMNS: LiteralString = """
    SELECT club.id, club.name, club.description, club.access, club.members_count,
        club.created_at, club.updated_at, owner.user_id AS owner_id, mine.role AS my_role,
        EXISTS (
            SELECT FROM social_joinrequest wish
            WHERE wish.group_id = club.id AND wish.user_id = %(viewer)s
        ) AS requested
"""
_GROUPS: LiteralString = f"""
    {_COLUMNS} {_SOURCE} WHERE club.id = ANY(%(ids)s::uuid[]) AND {_VISIBLE}
"""
_LIST = SqlList(
    source=f"""
        {_COLUMNS} {_SOURCE} WHERE {{where}} AND {{beyond}}
        ORDER BY {{order}} LIMIT %(limit)s
    """,
    key=(("club.created_at", "timestamptz"), ("club.id", "uuid")),
)
_HIDDEN_MEMBERS: LiteralString = """
    SELECT group_id, count(*) AS number FROM social_membership
    WHERE user_id = ANY(%(hidden)s::uuid[]) AND group_id = ANY(%(ids)s::uuid[])
    GROUP BY group_id
"""
_PERSON: LiteralString = """
    person.id AS person_id, person.username, profile.display_name, profile.avatar,
    profile.avatar_thumbnail, profile.avatar_url
"""
_MEMBERS = SqlList(
    source=f"""
        SELECT member.id, member.role, member.date_joined, {_PERSON}
        FROM social_membership member
        JOIN users_user person ON person.id = member.user_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("member.date_joined", "timestamptz"), ("member.id", "uuid")),
)
_REQUESTS = SqlList(
    source=f"""
        SELECT wish.id, wish.created_at, {_PERSON}
        FROM social_joinrequest wish
        JOIN users_user person ON person.id = wish.user_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("wish.created_at", "timestamptz"), ("wish.id", "uuid")),
)
_LINKS = SqlList(
    source=f"""
        SELECT link.id, link.code, link.expires_at, link.max_uses, link.uses, link.created_at,
            {_PERSON}
        FROM social_invitelink link
        JOIN users_user person ON person.id = link.user_id AND person.is_active
        JOIN users_userprofile profile ON profile.user_id = person.id
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("link.created_at", "timestamptz"), ("link.id", "uuid")),
)
_MEMBER_OF_NAME: LiteralString = """
    SELECT member.user_id FROM social_membership member
    JOIN users_user person ON person.id = member.user_id
    WHERE member.group_id = %(group)s AND lower(person.username) = lower(%(username)s)
"""
_WISHER_OF_NAME: LiteralString = """
    SELECT wish.user_id FROM social_joinrequest wish
    JOIN users_user person ON person.id = wish.user_id AND person.is_active
    WHERE wish.group_id = %(group)s AND lower(person.username) = lower(%(username)s)
"""


@dataclass(frozen=True)
class GroupFilter:
    """Which groups; None does not narrow."""

    mine: bool | None = None
    q: str | None = None


def group_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    narrowed: GroupFilter,
    size: int,
    place: Place | None,
) -> Page:
    """Groups that the person is in or may find, newest first."""
    where: list[LiteralString] = [_VISIBLE]
    if narrowed.mine is not None:
        where.append("mine.id IS NOT NULL" if narrowed.mine else "mine.id IS NULL")
    if narrowed.q:
        where.append("club.name ILIKE %(q)s")
    page = _LIST.page(
        where=where,
        parameters={
            "viewer": viewer_id,
            "hidden": list(hidden),
            "q": f"%{escape_like(narrowed.q or '')}%",
        },
        size=size,
        place=place,
    )
    _complete(page.rows, hidden)
    return page


def groups(
    *, viewer_id: UUID, ids: Collection[UUID], hidden: Collection[UUID]
) -> list[dict[str, Any]]:
    """These groups as far as the person may know of them, in at most three queries."""
    values = {"viewer": viewer_id, "ids": list(ids), "hidden": list(hidden)}
    rows = fetch(_GROUPS, values) if ids else []
    _complete(rows, hidden)
    return rows


def is_readable(group: Mapping[str, Any]) -> bool:
    """Whether the viewer of this row of ``groups`` reads its posts and sees its members."""
    return group["my_role"] is not None or group["access"] == "public"


def role_of(user_id: UUID, group_id: UUID) -> str | None:
    """None for who is not in the group."""
    roles = Membership.objects.filter(user_id=user_id, group_id=group_id)
    return roles.values_list("role", flat=True).first()


def owners_of(group_id: UUID) -> set[UUID]:
    """The owner, or nobody while they are being erased."""
    owners = Membership.objects.filter(group=group_id, role=GroupRole.OWNER)
    return set(owners.values_list("user_id", flat=True))


def staff_of(group_id: UUID) -> set[UUID]:
    """The owner and the admins."""
    staff = Membership.objects.filter(group=group_id).exclude(role=GroupRole.MEMBER)
    return set(staff.values_list("user_id", flat=True))


def member_page(
    *,
    group_id: UUID,
    hidden: Collection[UUID],
    role: str | None = None,
    user_id: UUID | None = None,
    size: int,
    place: Place | None,
) -> Page:
    """Who is in the group, who joined last first; with ``user_id`` that person alone."""
    where: list[LiteralString] = [
        "member.group_id = %(group)s",
        "member.user_id <> ALL(%(hidden)s::uuid[])",
    ]
    if role is not None:
        where.append("member.role = %(role)s")
    if user_id is not None:
        where.append("member.user_id = %(user)s")
    parameters = {"group": group_id, "hidden": list(hidden), "role": role, "user": user_id}
    return _MEMBERS.page(where=where, parameters=parameters, size=size, place=place)


def request_page(
    *, group_id: UUID, hidden: Collection[UUID], size: int, place: Place | None
) -> Page:
    """Who wishes to join, newest first."""
    return _REQUESTS.page(
        where=["wish.group_id = %(group)s", "wish.user_id <> ALL(%(hidden)s::uuid[])"],
        parameters={"group": group_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def link_page(
    *, group_id: UUID, link_id: UUID | None = None, size: int, place: Place | None
) -> Page:
    """The invite links of the group, newest first, also used up ones; or the one of this id."""
    where: list[LiteralString] = ["link.group_id = %(group)s"]
    if link_id is not None:
        where.append("link.id = %(link)s")
    parameters = {"group": group_id, "link": link_id}
    return _LINKS.page(where=where, parameters=parameters, size=size, place=place)


def member_of_name(*, group_id: UUID, username: str) -> UUID | None:
    """The member of this name, hidden from the asking one or not: a group is kept in order."""
    return _named(_MEMBER_OF_NAME, group_id, username)


def wisher_of_name(*, group_id: UUID, username: str) -> UUID | None:
    return _named(_WISHER_OF_NAME, group_id, username)


def _named(sql: LiteralString, group_id: UUID, username: str) -> UUID | None:
    if "\x00" in username:
        return None
    found = fetch(sql, {"group": group_id, "username": username})
    return found[0]["user_id"] if found else None


def _complete(rows: list[dict[str, Any]], hidden: Collection[UUID]) -> None:
    """Name the owners, and count without whom the viewer does not see."""
    hidden_members: dict[UUID, int] = {}
    if hidden and rows:
        values = {"hidden": list(hidden), "ids": [row["id"] for row in rows]}
        hidden_members = {row["group_id"]: row["number"] for row in fetch(_HIDDEN_MEMBERS, values)}
    shown = {row["owner_id"] for row in rows} - {None} - set(hidden)
    owners = people.briefs(shown)
    for row in rows:
        row["members_count"] -= hidden_members.get(row["id"], 0)
        row["owner"] = owners.get(row.pop("owner_id"))
