"""The months of the heart rates' table: each is a partition of its own."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import connection, transaction
from psycopg import sql

# Months that are made before they come.
AHEAD: Final = 3
_TABLE: Final = "wearables_heartratedata"
_NAME: Final = f"{_TABLE}_%Y_%m"
_MADE: Final = """
    SELECT child.relname FROM pg_inherits
    JOIN pg_class child ON child.oid = inhrelid
    WHERE inhparent = %s::regclass ORDER BY child.relname
"""
# Made by itself and then attached, it keeps nobody from reading or writing other months.
_CREATE: Final = sql.SQL("CREATE TABLE {month} (LIKE {table} INCLUDING ALL)")
_ATTACH: Final = sql.SQL("ALTER TABLE {table} ATTACH PARTITION {month} FOR VALUES {bounds}")


def ensure_months(dates: Iterable[date]) -> list[date]:
    """Make the months of these dates where they are missing; answers the first days of those.

    In a transaction of its own, unless the caller has one: better before it begins to write.
    """
    wanted = {each.replace(day=1) for each in dates}
    absent = _missing(wanted) if wanted else []
    if not absent:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_TABLE])
        # Somebody else may have made them while this waited for them.
        absent = _missing(absent)
        for month in absent:
            _make(month)
    return absent


def months_from(first: date, count: int) -> list[date]:
    """So many months, beginning with that of a date."""
    start = first.year * 12 + first.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(start, start + count)]


def make_next_months(*, today: date, count: int = AHEAD) -> list[date]:
    """Make the month of today, and so many after it."""
    return ensure_months(months_from(today, count + 1))


def missing_months(*, today: date, count: int = AHEAD) -> list[date]:
    """Those that ``make_next_months`` would make."""
    return _missing(months_from(today, count + 1))


def existing_months() -> list[str]:
    """The names of the partitions, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MADE, [_TABLE])
        return [name for (name,) in cursor.fetchall()]


def _missing(months: Iterable[date]) -> list[date]:
    # From the catalog's rows: what PostgreSQL remembers of names may be older than a lock.
    existing = set(existing_months())
    return [month for month in sorted(months) if f"{month:{_NAME}}" not in existing]


def _make(month: date) -> None:
    following = months_from(month, 2)[1]
    bounds = sql.SQL("FROM ({}) TO ({})").format(f"{month} 00:00+00", f"{following} 00:00+00")
    names = {"table": sql.Identifier(_TABLE), "month": sql.Identifier(f"{month:{_NAME}}")}
    with connection.cursor() as cursor:
        cursor.execute(_CREATE.format(**names))
        cursor.execute(_ATTACH.format(**names, bounds=bounds))
