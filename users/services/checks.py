"""What a check of stored data is: what it looks at, what it finds, and what mends that.

Each app has its checks in its own ``services/integrity.py``; ``manage.py check_integrity`` runs
all of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db import connection

from users.keyset import fetch

MOST_EXAMPLES: Final = 5
_BATCH: Final = 1000
_COUNTED: Final = 100_000
_ESTIMATE: Final = """
    SELECT coalesce(sum(greatest(c.reltuples, 0)), 0) FROM pg_class c
    WHERE coalesce(pg_partition_root(c.oid)::oid, c.oid) = %s::regclass AND c.relkind = 'r'
"""
Thing = TypeVar("Thing")
# Iterates over the parts of a check; whoever runs it may show how far it is.
Track = Callable[[Sequence[Any]], Iterable[Any]]


@dataclass(frozen=True)
class Found:
    """How many rows, or other things, were looked at, and which are wrong: never health values."""

    looked_at: int = 0
    wrong: int = 0
    examples: tuple[str, ...] = ()

    def __add__(self, other: "Found") -> "Found":
        return Found(
            self.looked_at + other.looked_at,
            self.wrong + other.wrong,
            (*self.examples, *other.examples)[:MOST_EXAMPLES],
        )


@dataclass(frozen=True, kw_only=True)
class Check:
    """``look`` writes nothing. ``mend`` answers how much it mended, and may be run twice.

    A check without ``mend`` has an ``advice`` for whoever has to do it by hand.
    """

    name: str
    about: str
    look: Callable[[Track], Found]
    mend: Callable[[Track], int] | None = None
    advice: str = ""


def found(looked_at: int, wrong: Collection[object], *, prefix: str = "") -> Found:
    """``wrong`` are what can be looked up, such as ids; ``prefix`` says where."""
    examples = tuple(f"{prefix}{one}" for one in list(wrong)[:MOST_EXAMPLES])
    return Found(looked_at, len(wrong), examples)


def wrong_rows(
    sql: str, parameters: Mapping[str, Any] | None = None, *, prefix: str = ""
) -> Found:
    """What a query finds: it selects the ``id`` of each wrong row, and is run as it is.

    Counted by the database, which hands over the first few.
    """
    rows = fetch(
        f"""
        WITH wrong AS MATERIALIZED ({sql})
        SELECT (SELECT count(*) FROM wrong) AS wrong,
            ARRAY(SELECT id::text FROM wrong ORDER BY id LIMIT {MOST_EXAMPLES}) AS examples
        """,  # noqa: S608 - the statements of checks
        parameters or {},
    )
    [row] = rows
    return Found(0, row["wrong"], tuple(f"{prefix}{one}" for one in row["examples"]))


def batches(things: Sequence[Thing]) -> list[Sequence[Thing]]:
    """So many that a transaction each is short."""
    return [things[first : first + _BATCH] for first in range(0, len(things), _BATCH)]


def count(table: str) -> int:
    """How many rows PostgreSQL believes a table to have; exactly while it has few."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT count(*) FROM (SELECT FROM "{table}" LIMIT {_COUNTED}) few'  # noqa: S608 - our tables
        )
        exact: int = cursor.fetchone()[0]
        if exact < _COUNTED:
            return exact
        cursor.execute(_ESTIMATE, [table])
        return max(exact, int(cursor.fetchone()[0]))
