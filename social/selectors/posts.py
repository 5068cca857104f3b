"""Lists of posts beside the feed. Each row has ``id`` and ``created_at``."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from social.selectors.audience import PRESENT, VISIBLE
from social.selectors.feed import feed_page
from users.keyset import Page, Place, SqlList, fetch, given

_SOURCE: Final[LiteralString] = """
    SELECT p.id, p.created_at FROM social_post p JOIN users_user author ON author.id = p.user_id
    WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
"""
_KEY: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    ("p.created_at", "timestamptz"),
    ("p.id", "uuid"),
)
_NEWEST = SqlList(source=_SOURCE, key=_KEY)
_OLDEST = SqlList(source=_SOURCE, key=_KEY, descending=False)
_EXPLORE = SqlList(
    source="""
        SELECT p.id, p.created_at FROM social_post p
        JOIN users_user author ON author.id = p.user_id
        JOIN users_userprofile profile ON profile.user_id = p.user_id
        WHERE {where} AND {beyond} ORDER BY {order} LIMIT %(limit)s
    """,
    key=_KEY,
)
# A hashtag keeps the instant of its post, so the newest are found without reading the others.
_TAGGED = SqlList(
    source="""
        SELECT p.id, p.created_at
        FROM social_posthashtag tag
        JOIN social_post p ON p.id = tag.post_id
        JOIN users_user author ON author.id = p.user_id
        WHERE tag.hashtag_id = (SELECT id FROM social_hashtag WHERE name = %(hashtag)s)
            AND {where} AND {beyond}
        ORDER BY {order} LIMIT %(limit)s
    """,
    key=(("tag.posted_at", "timestamptz"), ("tag.post_id", "uuid")),
)
_HYPHENS: Final = re.compile(r"-[-\s]*-")
# As the index over the words has it.
_WORDS: Final[LiteralString] = """
    to_tsvector('simple'::regconfig, coalesce(p.content, ''))
        @@ websearch_to_tsquery('simple'::regconfig, %(q)s)
"""
# Few posts have them: they are all found first. Of many, the newest are read until they suffice.
_RARE_WORDS = SqlList(
    source=f"""
        WITH p AS MATERIALIZED (SELECT p.* FROM social_post p WHERE {_WORDS}) {_SOURCE}
    """,  # noqa: S608 - our own conditions
    key=_KEY,
)
_MANY_POSTS: Final = 1_000
_NUMBER_FOUND: LiteralString = f"""
    SELECT count(*) AS number
    FROM (SELECT FROM social_post p WHERE {_WORDS} LIMIT %(many)s) found
"""  # noqa: S608 - our own conditions
_TOP: Final[tuple[LiteralString, ...]] = ("p.deleted_at IS NULL", "p.parent_id IS NULL")
_OPEN: Final[tuple[LiteralString, ...]] = (
    *_TOP,
    "p.visibility = 'public'",
    "p.group_id IS NULL",
    "profile.visibility = 'public'",
    "author.is_active",
    "p.user_id <> ALL(%(hidden)s::uuid[])",
)
_NOT_MUTED: Final[LiteralString] = """
    NOT EXISTS (
        SELECT FROM social_mute m
        WHERE m.user_id = %(viewer)s AND m.muted_id = p.user_id
            AND (m.muted_until IS NULL OR m.muted_until > now())
    )
"""
_CONDITIONS: Final[Mapping[str, LiteralString]] = {
    "author": "p.user_id = %(author)s",
    "type": "p.type = %(type)s",
    "group": "p.group_id = %(group)s",
    "q": _WORDS,
}
BUSY_POSTS: Final = 5_000
BUSY_TAGS: Final = 20
_BUSY: LiteralString = f"""
    SELECT tag.name, count(*) AS posts_count
    FROM (
        SELECT p.id, p.user_id FROM social_post p
        JOIN users_user author ON author.id = p.user_id
        JOIN users_userprofile profile ON profile.user_id = p.user_id
        WHERE {" AND ".join(_OPEN)} AND p.created_at > now() - interval '7 days'
        ORDER BY p.created_at DESC LIMIT %(posts)s
    ) p
    JOIN social_posthashtag used ON used.user_id = p.user_id AND used.post_id = p.id
    JOIN social_hashtag tag ON tag.id = used.hashtag_id
    WHERE starts_with(tag.name, %(beginning)s)
    GROUP BY tag.name ORDER BY posts_count DESC, tag.name LIMIT %(tags)s
"""  # noqa: S608 - our own conditions


@dataclass(frozen=True)
class PostFilter:
    """Which posts; None does not narrow."""

    author: UUID | None = None
    type: str | None = None
    hashtag: str | None = None
    q: str | None = None
    group: UUID | None = None


def post_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    narrowed: PostFilter,
    size: int,
    place: Place | None,
) -> Page:
    """Posts that the viewer may read and that reply to nothing, newest first.

    Those in groups are only on the lists of a group, an author and a hashtag.
    """
    values = given(narrowed)
    if not values.keys() - {"type"}:
        return _anywhere(
            viewer_id=viewer_id, hidden=hidden, type=narrowed.type, size=size, place=place
        )
    if "hashtag" in values:
        values["hashtag"] = values["hashtag"].removeprefix("#").casefold()
    if "q" in values:
        # A row of hyphens negates itself until PostgreSQL runs out of stack.
        values["q"] = _HYPHENS.sub("-", values["q"])
    listed, alone = _kind_of_list(values)
    return listed.page(
        where=[
            *_TOP,
            *alone,
            VISIBLE,
            *(_CONDITIONS[name] for name in values if name in _CONDITIONS),
        ],
        parameters={"viewer": viewer_id, "hidden": list(hidden), **values},
        size=size,
        place=place,
    )


def _kind_of_list(values: Mapping[str, Any]) -> tuple[SqlList, tuple[LiteralString, ...]]:
    """How to look for what meets these conditions, and what it is narrowed by besides."""
    if "hashtag" in values:
        return _TAGGED, ()
    if values.keys() & {"author", "group"}:
        return _NEWEST, ()
    found = fetch(_NUMBER_FOUND, {"q": values["q"], "many": _MANY_POSTS})[0]["number"]
    return _NEWEST if found == _MANY_POSTS else _RARE_WORDS, ("p.group_id IS NULL",)


def explore_page(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    size: int,
    place: Place | None,
    type: str | None = None,  # noqa: A002 - as the field is called
) -> Page:
    """What everybody may read, newest first, without replies, groups and who is muted."""
    narrowed = {} if type is None else {"type": type}
    return _EXPLORE.page(
        where=[*_OPEN, _NOT_MUTED, *(_CONDITIONS[name] for name in narrowed)],
        parameters={"viewer": viewer_id, "hidden": list(hidden), **narrowed},
        size=size,
        place=place,
    )


def replies_page(
    *, viewer_id: UUID, hidden: Collection[UUID], post_id: UUID, size: int, place: Place | None
) -> Page:
    """The direct replies to a post that the viewer may read, oldest first."""
    return _OLDEST.page(
        where=["p.parent_id = %(post)s", "p.deleted_at IS NULL", PRESENT],
        parameters={"post": post_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def shares_page(
    *, viewer_id: UUID, hidden: Collection[UUID], post_id: UUID, size: int, place: Place | None
) -> Page:
    """The posts that pass this one on, as far as the viewer may read them, newest first."""
    return _NEWEST.page(
        where=["p.shared_post_id = %(post)s", "p.deleted_at IS NULL", VISIBLE],
        parameters={"viewer": viewer_id, "post": post_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def group_page(
    *, viewer_id: UUID, hidden: Collection[UUID], group_id: UUID, size: int, place: Place | None
) -> Page:
    """The posts of a group whose posts the viewer may read, newest first, without replies."""
    return _NEWEST.page(
        where=["p.group_id = %(group)s", *_TOP, PRESENT],
        parameters={"group": group_id, "hidden": list(hidden)},
        size=size,
        place=place,
    )


def busy_hashtags(*, hidden: Collection[UUID], beginning: str = "") -> list[dict[str, Any]]:
    """The hashtags of the last seven days that begin so, the busiest first: name, posts_count.

    Counted are the newest 5,000 posts that everybody may read.
    """
    return fetch(
        _BUSY,
        {
            "hidden": list(hidden),
            "beginning": beginning.removeprefix("#").casefold(),
            "posts": BUSY_POSTS,
            "tags": BUSY_TAGS,
        },
    )


def _anywhere(
    *,
    viewer_id: UUID,
    hidden: Collection[UUID],
    type: str | None,  # noqa: A002 - as the field is called
    size: int,
    place: Place | None,
) -> Page:
    """One list of two: what is for the viewer, and what is for everybody."""
    pages = [
        listed(viewer_id=viewer_id, hidden=hidden, type=type, size=size, place=place)
        for listed in (feed_page, explore_page)
    ]
    found = {row["id"]: row for page in pages for row in page.rows}
    rows = sorted(found.values(), key=lambda row: (row["created_at"], row["id"]), reverse=True)
    more = any(page.more for page in pages) or len(rows) > size
    backwards = place is not None and place.backwards
    return Page(rows=rows[-size:] if backwards else rows[:size], more=more)
