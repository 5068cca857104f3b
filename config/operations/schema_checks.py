"""Checks of the database itself: migrations, constraints, indexes, sequences."""

from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from users.keyset import fetch
from users.services.checks import Check, Found, Track, found

_CONSTRAINTS: Final = """
    SELECT conname AS name, conrelid::regclass::text AS table, convalidated AS is_valid
    FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f')
    ORDER BY name
"""
# A reference is guarded by triggers, which somebody may have switched off and forgotten.
_GUARDS: Final = """
    SELECT tgrelid::regclass::text AS table, tgconstraint::bigint AS constraint
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND tgenabled <> 'O'
    ORDER BY 1, 2
"""
_INDEXES: Final = """
    SELECT c.relname AS name, i.indisvalid AND i.indisready AS is_valid
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = current_schema()::regnamespace ORDER BY name
"""
_SEQUENCES: Final = """
    SELECT s.relname AS sequence, t.relname AS table, a.attname AS column
    FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_class t ON t.oid = d.refobjid
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.deptype IN ('a', 'i') AND s.relnamespace = current_schema()::regnamespace
    ORDER BY 1
"""
_BEHIND: Final = sql.SQL(
    "SELECT (SELECT max({column}) FROM {table}) AS newest,"
    " CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM {sequence}"
)
_VALIDATE: Final = sql.SQL("ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _look_at_migrations(track: Track) -> Found:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    known = len(executor.loader.disk_migrations)
    return found(known, [f"{one.app_label}.{one.name}" for one, _ in plan])


def _look_at_constraints(track: Track) -> Found:
    rows = fetch(_CONSTRAINTS, {})
    off = [f"a guard of {row['table']} is off" for row in fetch(_GUARDS, {})]
    return found(len(rows), [row["name"] for row in rows if not row["is_valid"]] + off)


def _validate(track: Track) -> int:
    """What holds for all rows; what does not stays, and says so once more."""
    rows = [row for row in fetch(_CONSTRAINTS, {}) if not row["is_valid"]]
    return sum(_is_validated(row) for row in track(rows))


def _is_validated(row: dict[str, Any]) -> bool:
    statement = _VALIDATE.format(table=sql.SQL(row["table"]), name=sql.Identifier(row["name"]))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except IntegrityError:
        return False
    return True


def _look_at_indexes(track: Track) -> Found:
    rows = fetch(_INDEXES, {})
    return found(len(rows), [row["name"] for row in rows if not row["is_valid"]])


def _sequences_behind() -> tuple[int, list[dict[str, Any]]]:
    """How many sequences there are, and those that would give a number for a second time."""
    rows = fetch(_SEQUENCES, {})
    behind = []
    for row in rows:
        named = {name: sql.Identifier(value) for name, value in row.items()}
        with connection.cursor() as cursor:
            cursor.execute(_BEHIND.format(**named))
            newest, last = cursor.fetchone()
        if newest is not None and newest > last:
            behind.append({**row, "newest": newest})
    return len(rows), behind


def _look_at_sequences(track: Track) -> Found:
    number, behind = _sequences_behind()
    return found(number, [row["sequence"] for row in behind])


def _advance_sequences(track: Track) -> int:
    _, behind = _sequences_behind()
    for row in track(behind):
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(%s::regclass, %s)", [row["sequence"], row["newest"]])
    return len(behind)


CHECKS: Final = (
    Check(
        name="migrations",
        about="The database has every migration of the code.",
        look=_look_at_migrations,
        advice="Run: python manage.py migrate",
    ),
    Check(
        name="constraints",
        about="Constraints hold for all rows, and their guards are on.",
        look=_look_at_constraints,
        mend=_validate,
    ),
    Check(
        name="indexes",
        about="Indexes are whole.",
        look=_look_at_indexes,
        advice="Run in psql: REINDEX INDEX CONCURRENTLY <name>; drop one that ends in _ccnew.",
    ),
    Check(
        name="sequences",
        about="No sequence gives a number that a row has.",
        look=_look_at_sequences,
        mend=_advance_sequences,
    ),
)
