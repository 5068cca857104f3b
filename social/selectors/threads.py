"""A whole conversation, oldest first, with the place of each reply in it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from social.selectors.audience import CONVERSATION, PRESENT
from users.keyset import Page, Place, SqlList, fetch

# Whether somebody's words still hang on a deleted post: of what is deleted, only that is shown.
_HOLDS: Final[LiteralString] = """
    (p.deleted_at IS NULL OR p.shares_count > 0 OR EXISTS (
        WITH RECURSIVE below AS (
            SELECT reply.id, reply.deleted_at FROM social_post reply WHERE reply.parent_id = p.id
            UNION ALL
            SELECT reply.id, reply.deleted_at
            FROM below JOIN social_post reply ON reply.parent_id = below.id
            WHERE below.deleted_at IS NOT NULL
        )
        SELECT FROM below WHERE deleted_at IS NULL
    ))
"""
_BEGINNING: LiteralString = f"""
    SELECT p.root_id FROM social_post p JOIN users_user author ON author.id = p.user_id
    WHERE p.id = %(post)s AND {CONVERSATION} AND {_HOLDS}
"""  # noqa: S608 - our own conditions
_REPLIES = SqlList(
    source="""
        SELECT p.id, p.created_at, p.parent_id
        FROM social_post p JOIN users_user author ON author.id = p.user_id
        WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
    """,
    key=(("p.created_at", "timestamptz"), ("p.id", "uuid")),
    descending=False,
)
# Ancestors that several replies have in common are walked once.
_ABOVE: LiteralString = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM social_post WHERE id = ANY(%(ids)s::uuid[])
        UNION
        SELECT parent.id, parent.parent_id
        FROM above JOIN social_post parent ON parent.id = above.parent_id
    )
    SELECT id, parent_id FROM above
"""


@dataclass(frozen=True)
class Thread:
    """What a conversation began with, and a page of its replies: ``id``, ``created_at`` and
    ``depth``, which is 1 for a reply to the beginning.
    """

    root_id: UUID
    page: Page


def thread_page(
    *, viewer_id: UUID, hidden: Collection[UUID], post_id: UUID, size: int, place: Place | None
) -> Thread | None:
    """The conversation that a post is part of, in three queries however long and deep it is.

    None if it is not for the viewer: one's own words in it do not open the rest. A deleted post is
    there as long as somebody's words hang on it.
    """
    parameters: dict[str, Any] = {"hidden": list(hidden)}
    begun = fetch(_BEGINNING, {**parameters, "viewer": viewer_id, "post": post_id})
    if not begun:
        return None
    root_id = begun[0]["root_id"]
    page = _REPLIES.page(
        where=["p.root_id = %(root)s", "p.parent_id IS NOT NULL", PRESENT, _HOLDS],
        parameters={**parameters, "root": root_id},
        size=size,
        place=place,
    )
    _measure(page.rows)
    return Thread(root_id=root_id, page=page)


def _measure(rows: list[dict[str, Any]]) -> None:
    """Give each reply its depth."""
    parents = {
        row["id"]: row["parent_id"]
        for row in (fetch(_ABOVE, {"ids": [row["id"] for row in rows]}) if rows else ())
    }
    depths: dict[UUID | None, int] = {None: -1}
    for row in rows:
        path = []
        step: UUID | None = row["id"]
        while step not in depths:
            path.append(step)
            # An ancestor that was erased meanwhile ends the path as a beginning would.
            step = parents.get(step) if step is not None else None
        depths |= {one: depth for depth, one in enumerate(reversed(path), depths[step] + 1)}
        row["depth"] = depths[row["id"]]
