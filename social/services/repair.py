"""Proves that kept counts agree with the rows, and mends those that do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from django.db import connection, transaction

from social.services import author_feed
from users.keyset import fetch

_BATCH = 1000
_EXAMPLES = 5


@dataclass(frozen=True)
class Counter:
    """A kept number: in which column it stands, and how its rows are counted for ``row``."""

    table: LiteralString
    column: LiteralString
    counted: LiteralString


COUNTERS: tuple[Counter, ...] = (
    Counter(
        "social_post",
        "likes_count",
        'SELECT count(*) FROM social_like one WHERE one.post_id = "row".id',
    ),
    Counter(
        "social_post",
        "comments_count",
        "SELECT count(*) FROM social_post one"
        ' WHERE one.parent_id = "row".id AND one.deleted_at IS NULL',
    ),
    Counter(
        "social_post",
        "shares_count",
        "SELECT count(*) FROM social_post one"
        ' WHERE one.shared_post_id = "row".id AND one.deleted_at IS NULL',
    ),
    Counter(
        "social_challenge",
        "participant_count",
        'SELECT count(*) FROM social_challengeparticipant one WHERE one.challenge_id = "row".id',
    ),
    Counter(
        "social_group",
        "members_count",
        'SELECT count(*) FROM social_membership one WHERE one.group_id = "row".id',
    ),
)
# The newest post of each author that feeds may show, beside what is kept of it.
_FEED_DRIFT: LiteralString = """
    WITH newest AS (
        SELECT DISTINCT ON (user_id) user_id, created_at, id FROM social_post
        WHERE deleted_at IS NULL AND parent_id IS NULL AND group_id IS NULL
            AND visibility <> 'private'
        ORDER BY user_id, created_at DESC, id DESC
    )
    SELECT COALESCE(newest.user_id, kept.user_id) AS id
    FROM newest FULL JOIN social_authorfeed kept ON kept.user_id = newest.user_id
    WHERE (newest.created_at, newest.id) IS DISTINCT FROM (kept.last_post_at, kept.last_post_id)
"""


@dataclass(frozen=True)
class Drift:
    """How many rows of a counter were wrong, and which, for example."""

    counter: str
    wrong: int
    examples: tuple[UUID, ...] = ()


def repair_counters(*, dry_run: bool = False) -> list[Drift]:
    """Recount everything and write what differs; answers how much of each counter did.

    Safe beside the traffic: a row is locked before it is recounted for good. With ``dry_run``
    nothing is written.
    """
    return list(repaired(dry_run=dry_run))


def repaired(*, dry_run: bool) -> Iterator[Drift]:
    """As ``repair_counters``, one after the other."""
    for counter in COUNTERS:
        yield _repair(counter, dry_run=dry_run)
    yield _repair_feeds(dry_run=dry_run)


def _repair(counter: Counter, *, dry_run: bool) -> Drift:
    name = f"{counter.table.removeprefix('social_')}.{counter.column}"
    suspects = fetch(
        f'SELECT id FROM {counter.table} "row"'  # noqa: S608 - names of our own tables
        f" WHERE {counter.column} <> ({counter.counted}) ORDER BY id",
        {},
    )
    ids = [row["id"] for row in suspects]
    wrong = len(ids)
    if not dry_run:
        batches = (ids[first : first + _BATCH] for first in range(0, len(ids), _BATCH))
        wrong = sum(_recount(counter, batch) for batch in batches)
    return Drift(name, wrong, tuple(ids[:_EXAMPLES]))


@transaction.atomic
def _recount(counter: Counter, ids: list[UUID]) -> int:
    """Lock the rows, and count only then: who adds to them meanwhile waits for our answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT FROM {counter.table} WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            [ids],
        )
        cursor.execute(
            f'UPDATE {counter.table} "row" SET {counter.column} = ({counter.counted})'  # noqa: S608
            f" WHERE id = ANY(%s) AND {counter.column} <> ({counter.counted})",
            [ids],
        )
        wrong: int = cursor.rowcount
    return wrong


def _repair_feeds(*, dry_run: bool) -> Drift:
    wrong = [row["id"] for row in fetch(_FEED_DRIFT, {})]
    if not dry_run:
        for user_id in wrong:
            author_feed.keep(user_id)
    return Drift("authorfeed", len(wrong), tuple(wrong[:_EXAMPLES]))
