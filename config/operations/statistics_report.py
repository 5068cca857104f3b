"""The statistics of the database as text, JSON or CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Final

import orjson
from django.template.defaultfilters import filesizeformat

from config.operations.statistics import DatabaseStatistics, IndexStatistics, TableStatistics

Line = tuple[str, ...]

SORTS: Final = {
    "size": lambda table: (-table.total_bytes, table.name),
    "rows": lambda table: (-table.rows, table.name),
    "growth": lambda table: (-(table.new_a_day_30 or 0), table.name),
    "bloat": lambda table: (-(table.bloat_bytes or 0), table.name),
    "name": lambda table: table.name,
}
_TABLE: Final = (
    *("Table", "Rows", "Size", "Heap", "Indexes", "TOAST", "New/day 7d", "New/day 30d"),
    *("Dead", "Bloat", "Vacuumed", "Analyzed", "Growth pattern"),
)
_INDEX: Final = ("Index", "Table", "Size", "Scans", "Last used")
_MOST_SHOWN: Final = 20
_LEGEND: Final = (
    "~ is an estimate: of rows by PostgreSQL, of new rows from a sample. - is not known.",
    "Bloat is what the heap takes beyond its rows, estimated from their average width.",
)


def as_text(found: DatabaseStatistics, *, with_indexes: bool) -> str:
    """The tables, then all indexes or the largest that nothing used."""
    now = found.taken_at
    unused = [one for one in found.indexes if one.is_unused]
    shown = found.indexes if with_indexes else unused[:_MOST_SHOWN]
    since = f"since {found.counted_since:%Y-%m-%d}" if found.counted_since else "so far"
    lines = [
        f"{found.database}: {_size(found.bytes)}, {now:%Y-%m-%d %H:%M} UTC",
        "",
        *_aligned(_TABLE, [_of_table(table, now) for table in found.tables], left={0, 12}),
        "",
        *_LEGEND,
        "",
        f"{len(unused)} of {len(found.indexes)} indexes were used by nothing {since},"
        f" and hold no rule: {_size(sum(one.bytes for one in unused))}.",
    ]
    if shown:
        lines += ["", *_aligned(_INDEX, [_of_index(one, now) for one in shown], left={0, 1})]
    if len(unused) > len(shown):
        lines += ["", f"The {_MOST_SHOWN} largest of them are shown, --indexes shows all."]
    return "\n".join(lines)


def as_json(found: DatabaseStatistics) -> str:
    indexes = [{**asdict(one), "is_unused": one.is_unused} for one in found.indexes]
    content = {**asdict(found), "indexes": indexes}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode()


def as_csv(found: DatabaseStatistics, *, of_indexes: bool) -> str:
    """One line for each table, or for each index."""
    kind = IndexStatistics if of_indexes else TableStatistics
    names = [field.name for field in fields(kind)]
    target = io.StringIO()
    writer = csv.DictWriter(target, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in (found.indexes if of_indexes else found.tables))
    return target.getvalue().removesuffix("\n")


def _of_table(table: TableStatistics, now: datetime) -> Line:
    mark = "~" if table.new_by == "sampled" else ""
    return (
        table.name,
        f"{'' if table.is_counted else '~'}{table.rows:,}",
        _size(table.total_bytes),
        _size(table.heap_bytes),
        _size(table.index_bytes),
        _size(table.toast_bytes),
        _rate(table.new_a_day_7, mark),
        _rate(table.new_a_day_30, mark),
        f"{table.dead_rows:,}",
        "-" if table.bloat_bytes is None else _size(table.bloat_bytes),
        _ago(table.vacuumed_at, now),
        _ago(table.analyzed_at, now),
        f"{table.growth} (partitions: {table.partitions})" if table.partitions else table.growth,
    )


def _of_index(index: IndexStatistics, now: datetime) -> Line:
    name = index.name if index.is_valid else f"{index.name} (invalid)"
    used = _ago(index.last_used_at, now)
    return (name, index.table, _size(index.bytes), f"{index.scans:,}", used)


def _aligned(header: Line, lines: Sequence[Line], *, left: set[int]) -> list[str]:
    """Columns as wide as what is in them, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(header, *lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    return [
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in (header, rule, *lines)
    ]


def _size(number: int) -> str:
    # Its space is one that does not break.
    return filesizeformat(number).replace("\xa0", " ").replace(" bytes", " B")


def _rate(number: float | None, mark: str) -> str:
    if number is None:
        return "-"
    return f"{mark}{number:,.0f}" if number >= 10 or not number else f"{mark}{number:.1f}"  # noqa: PLR2004 - two digits


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    passed = now - moment
    if passed >= timedelta(days=2):
        return f"{passed.days} d"
    minutes = max(0, int(passed.total_seconds() // 60))
    return f"{minutes // 60} h" if minutes >= 120 else f"{minutes} min"  # noqa: PLR2004 - two hours
