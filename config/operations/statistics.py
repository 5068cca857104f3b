"""What the database holds: how much of what, how fast it grows, and what nobody uses.

Cheap on tables of any size. Small ones are counted; of large ones, the rows are PostgreSQL's own
estimate, and what is new is counted in the index of their keys up to a limit, or else estimated
from a sample of their pages.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg import sql

from config.operations.growth import BORN, GROWTH
from users.keyset import fetch

# A table whose rows fit into so much is counted: that takes milliseconds.
COUNTED_BELOW_BYTES: Final = 8 * 1024**2
# So many new rows are counted in an index, and so many pages are read for a sample.
MOST_COUNTED: Final = 50_000
SAMPLED_PAGES: Final = 4_000
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
UNKNOWN: Final = "Not described"

# What a row takes: its pointer, and its header and values rounded up to eight bytes.
_TABLES: Final = """
    WITH part AS (
        SELECT c.oid, c.relname, c.relkind, c.relpages, c.reltuples,
            coalesce(pg_partition_root(c.oid)::oid, c.oid) AS root,
            pg_relation_size(c.oid) / current_setting('block_size')::int AS pages,
            coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) AS toast_bytes
        FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    ), counted AS (
        SELECT part.*, stat.n_live_tup, stat.n_dead_tup,
            greatest(stat.last_vacuum, stat.last_autovacuum) AS vacuumed_at,
            greatest(stat.last_analyze, stat.last_autoanalyze) AS analyzed_at,
            CASE WHEN reltuples < 0 OR relpages = 0 THEN coalesce(stat.n_live_tup, 0)
                ELSE reltuples / relpages * pages END AS rows,
            (
                SELECT 4 + ceil((24 + sum((1 - null_frac) * avg_width)) / 8) * 8
                FROM pg_stats
                WHERE schemaname = current_schema() AND tablename = part.relname
            ) AS row_bytes
        FROM part LEFT JOIN pg_stat_user_tables stat ON stat.relid = part.oid
        WHERE part.relkind = 'r'
    ), summed AS (
        SELECT root, count(*) AS parts, sum(rows)::bigint AS rows, sum(pages)::bigint AS pages,
            sum(pg_total_relation_size(oid))::bigint AS total_bytes,
            sum(pg_indexes_size(oid))::bigint AS index_bytes,
            sum(toast_bytes)::bigint AS toast_bytes, sum(n_dead_tup)::bigint AS dead_rows,
            sum(greatest(0, (pages - ceil(rows * row_bytes / 8168)) * 8192))::bigint
                AS bloat_bytes,
            max(vacuumed_at) AS vacuumed_at, max(analyzed_at) AS analyzed_at
        FROM counted GROUP BY root
    )
    SELECT whole.relname AS name, whole.relkind = 'p' AS is_partitioned,
        coalesce(summed.parts, 0) AS parts, coalesce(summed.rows, 0) AS rows,
        coalesce(summed.pages, 0) AS pages, coalesce(summed.total_bytes, 0) AS total_bytes,
        coalesce(summed.index_bytes, 0) AS index_bytes,
        coalesce(summed.toast_bytes, 0) AS toast_bytes, coalesce(summed.dead_rows, 0) AS dead_rows,
        summed.bloat_bytes, summed.vacuumed_at, summed.analyzed_at, (
            SELECT a.attname FROM pg_index i
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
            WHERE i.indrelid = whole.oid AND i.indisprimary AND i.indnkeyatts = 1
                AND a.atttypid = 'uuid'::regtype
        ) AS uuid_key
    FROM part whole LEFT JOIN summed ON summed.root = whole.oid
    WHERE whole.root = whole.oid
    ORDER BY total_bytes DESC, name
"""
# When an index was last used is known since PostgreSQL 16.
_INDEXES: Final = """
    WITH part AS (
        SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisvalid, c.relkind,
            coalesce(pg_partition_root(i.indexrelid)::oid, i.indexrelid) AS root,
            coalesce(pg_partition_root(i.indrelid)::oid, i.indrelid) AS of_table,
            EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid) AS holds_constraint
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace
    )
    SELECT root.relname AS name, owner.relname AS table,
        sum(CASE WHEN part.relkind = 'i' THEN pg_relation_size(part.indexrelid) ELSE 0 END)::bigint
            AS bytes,
        coalesce(sum(stat.idx_scan), 0)::bigint AS scans,
        max((to_jsonb(stat) ->> 'last_idx_scan')::timestamptz) AS last_used_at,
        bool_or(indisunique OR holds_constraint) AS holds_a_rule, bool_and(indisvalid) AS is_valid
    FROM part
    JOIN pg_class root ON root.oid = part.root
    JOIN pg_class owner ON owner.oid = part.of_table
    LEFT JOIN pg_stat_user_indexes stat ON stat.indexrelid = part.indexrelid
    GROUP BY root.relname, owner.relname
    ORDER BY bytes DESC, name
"""
_DATABASE: Final = """
    SELECT current_database() AS name, pg_database_size(current_database()) AS bytes,
        (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database())
            AS counted_since
"""
_COUNT: Final = sql.SQL(
    "SELECT count(*) AS rows, count(*) FILTER (WHERE {born} >= {week}) AS week,"
    " count(*) FILTER (WHERE {born} >= {month}) AS month FROM {source}"
)
_NEWEST: Final = sql.SQL("(SELECT {born} FROM {table} WHERE {born} >= {month} LIMIT {limit}) new")
_SAMPLE: Final = sql.SQL("{table} TABLESAMPLE SYSTEM ({percent})")


class UnknownTable(LookupError):
    """There is no table of this name."""


@dataclass(frozen=True, kw_only=True)
class TableStatistics:
    """A table with all of its partitions. ``rows`` are counted where ``is_counted``.

    ``new_by`` says how the new rows of a day are known: "counted" or "sampled", or "" where
    nothing in a row tells when it came; then they are None.
    """

    name: str
    rows: int
    is_counted: bool
    partitions: int
    total_bytes: int
    heap_bytes: int
    index_bytes: int
    toast_bytes: int
    new_a_day_7: float | None
    new_a_day_30: float | None
    new_by: str
    growth: str
    dead_rows: int
    bloat_bytes: int | None
    vacuumed_at: datetime | None
    analyzed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class IndexStatistics:
    """An index with those of all partitions. One that ``holds_a_rule`` has a use without scans."""

    name: str
    table: str
    bytes: int
    scans: int
    last_used_at: datetime | None
    holds_a_rule: bool
    is_valid: bool

    @property
    def is_unused(self) -> bool:
        return not self.scans and not self.holds_a_rule


@dataclass(frozen=True, kw_only=True)
class DatabaseStatistics:
    """``counted_since`` is when the use of indexes began to be counted, None for always."""

    database: str
    bytes: int
    taken_at: datetime
    counted_since: datetime | None
    tables: Sequence[TableStatistics]
    indexes: Sequence[IndexStatistics]


@dataclass(frozen=True)
class _New:
    """How many rows of the last days there are, and how that is known."""

    week: float | None = None
    month: float | None = None
    by: str = ""


def collect(
    *,
    now: datetime,
    names: Iterable[str] = (),
    order: Callable[[TableStatistics], Any] = lambda table: -table.total_bytes,
) -> DatabaseStatistics:
    """All tables, or those of these names; the largest first. Raises UnknownTable."""
    found = fetch(_TABLES, {})
    chosen = set(names)
    if unknown := sorted(chosen - {row["name"] for row in found}):
        raise UnknownTable(", ".join(unknown))
    rows = [row for row in found if not chosen or row["name"] in chosen]
    small = [row for row in rows if _heap(row) <= COUNTED_BELOW_BYTES]
    counted = _counted(small, now=now)
    tables = [
        _described(row, *(counted.get(row["name"]) or (None, _recent(row, now=now))))
        for row in rows
    ]
    indexes = [IndexStatistics(**row) for row in fetch(_INDEXES, {})]
    database = fetch(_DATABASE, {})[0]
    return DatabaseStatistics(
        database=database["name"],
        bytes=database["bytes"],
        taken_at=now,
        counted_since=database["counted_since"],
        tables=sorted(tables, key=order),
        indexes=[one for one in indexes if not chosen or one.table in chosen],
    )


def _heap(row: dict[str, Any]) -> int:
    bytes_: int = row["total_bytes"] - row["index_bytes"] - row["toast_bytes"]
    return bytes_


def _described(row: dict[str, Any], count: int | None, new: _New) -> TableStatistics:
    return TableStatistics(
        name=row["name"],
        rows=row["rows"] if count is None else count,
        is_counted=count is not None,
        partitions=row["parts"] if row["is_partitioned"] else 0,
        total_bytes=row["total_bytes"],
        heap_bytes=_heap(row),
        index_bytes=row["index_bytes"],
        toast_bytes=row["toast_bytes"],
        new_a_day_7=None if new.week is None else new.week / WEEK.days,
        new_a_day_30=None if new.month is None else new.month / MONTH.days,
        new_by=new.by,
        growth=GROWTH.get(row["name"], UNKNOWN),
        dead_rows=row["dead_rows"],
        bloat_bytes=row["bloat_bytes"],
        vacuumed_at=row["vacuumed_at"],
        analyzed_at=row["analyzed_at"],
    )


# --- What is new -----------------------------------------------------------------------------


def _counted(rows: Sequence[dict[str, Any]], *, now: datetime) -> dict[str, tuple[int, _New]]:
    """All these tables in one statement."""
    if not rows:
        return {}
    parts = [
        sql.SQL("SELECT {} AS name, counted.* FROM ({}) counted").format(
            row["name"], _count(row, sql.Identifier(row["name"]), now=now)
        )
        for row in rows
    ]
    found = _run(sql.SQL(" UNION ALL ").join(parts))
    return {
        name: (count, _New(week, month, "counted") if _born(row) else _New())
        for row, (name, count, week, month) in zip(rows, found, strict=True)
    }


def _recent(row: dict[str, Any], *, now: datetime) -> _New:
    """Of a large table: exactly while these are few, or else from a sample."""
    born = _born(row)
    if born is None:
        return _New()
    if born == row["uuid_key"]:
        newest = _NEWEST.format(
            born=sql.Identifier(born),
            table=sql.Identifier(row["name"]),
            month=_from(row, now - MONTH),
            limit=MOST_COUNTED + 1,
        )
        [(count, week, month)] = _run(_count(row, newest, now=now))
        if count <= MOST_COUNTED:
            return _New(week, month, "counted")
    percent = min(100.0, 100 * SAMPLED_PAGES / max(row["pages"], 1))
    source = _SAMPLE.format(table=sql.Identifier(row["name"]), percent=percent)
    [(count, week, month)] = _run(_count(row, source, now=now))
    times = row["rows"] / count if count else 0
    return _New(week * times, month * times, "sampled")


def _count(row: dict[str, Any], source: sql.Composable, *, now: datetime) -> sql.Composed:
    born = _born(row)
    return _COUNT.format(
        born=sql.SQL("true") if born is None else sql.Identifier(born),
        week=sql.SQL("true") if born is None else _from(row, now - WEEK),
        month=sql.SQL("true") if born is None else _from(row, now - MONTH),
        source=source,
    )


def _born(row: dict[str, Any]) -> str | None:
    """The column that tells when a row came."""
    return BORN.get(row["name"]) or row["uuid_key"]


def _from(row: dict[str, Any], moment: datetime) -> sql.Literal:
    """The moment as the table's rows tell it: the least UUIDv7 that was made from then on."""
    if row["name"] in BORN:
        return sql.Literal(moment)
    return sql.Literal(UUID(int=int(moment.timestamp() * 1000) << 80))


def _run(query: sql.Composable) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
