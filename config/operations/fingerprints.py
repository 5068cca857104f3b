"""Whether two databases hold the same: a hash of each table's rows, in whatever order they lie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import psycopg
from psycopg import sql

# How values are written decides their hash; and counting may take as long as it takes.
_SETTINGS: Final = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
# Those of extensions come with their extension.
_OURS: Final = """
    SELECT class.oid, class.relkind, class.relispartition, class.relpartbound,
        namespace.nspname AS schema, class.relname AS name,
        format('%I.%I', namespace.nspname, class.relname) AS title
    FROM pg_class class JOIN pg_namespace namespace ON namespace.oid = class.relnamespace
    WHERE namespace.nspname !~ '^pg_' AND namespace.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'e'
    )
"""
_TABLES: Final = f"""
    SELECT schema, name, title FROM ({_OURS}) ours
    WHERE relkind IN ('r', 'p') AND NOT relispartition ORDER BY title
"""  # noqa: S608 - our own text
# hashtextextended also says which partition a row of a hash partitioned table is in, so that no
# version of PostgreSQL may change it. The sum of equal rows differs from that of one of them.
_HASH: Final = sql.SQL("""
    SELECT count(*), coalesce(sum(hashtextextended(_row::text COLLATE "C", 0)), 0)::text
    FROM {table} _row
""")
_SEQUENCES: Final = """
    SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, 0) FROM pg_sequences
"""
# Constraints and indexes of partitions get their names by themselves.
_THINGS: Final = f"""
    WITH ours AS ({_OURS})
    SELECT format('column %s.%s %s%s', title, attname, format_type(atttypid, atttypmod),
        CASE WHEN attnotnull THEN ' not null' ELSE '' END)
    FROM ours JOIN pg_attribute ON attrelid = oid
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT format('partition %s %s', title, pg_get_expr(relpartbound, oid)) FROM ours
    WHERE relispartition AND relkind IN ('r', 'p')
    UNION ALL
    SELECT format('constraint %s on %s', conname, title)
    FROM ours JOIN pg_constraint ON conrelid = ours.oid
    WHERE NOT relispartition AND contype <> 'n' AND convalidated
    UNION ALL
    SELECT format('index %s on %s', indexrelid::regclass, title)
    FROM ours JOIN pg_index ON indrelid = ours.oid WHERE NOT relispartition AND indisvalid
    UNION ALL
    SELECT format('trigger %s on %s', tgname, title)
    FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal AND NOT relispartition
    UNION ALL
    SELECT format('view %s', title) FROM ours WHERE relkind IN ('v', 'm')
    UNION ALL
    SELECT format('extension %s', extname) FROM pg_extension
"""  # noqa: S608 - our own texts


@dataclass(frozen=True)
class Table:
    rows: int
    hash: str


@dataclass(frozen=True)
class Fingerprint:
    """What a database holds."""

    tables: dict[str, Table]
    sequences: dict[str, int]
    # Columns with their types, partitions, constraints, indexes, triggers, views, extensions.
    things: list[str]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        tables = {name: Table(**each) for name, each in document["tables"].items()}
        return cls(tables, dict(document["sequences"]), list(document["things"]))

    def has_column(self, table: str, column: str) -> bool:
        begin = f"column public.{table}.{column} "
        return any(thing.startswith(begin) for thing in self.things)

    def differences(self, other: "Fingerprint") -> list[str]:
        """What is otherwise in the other one, which was made of this."""
        found = [f"{thing} is missing." for thing in _less(self.things, other.things)]
        found += [f"{thing} was not there." for thing in _less(other.things, self.things)]
        found += [f"Table {name} was not there." for name in _less(other.tables, self.tables)]
        for name, table in self.tables.items():
            restored = other.tables.get(name)
            if restored is None:
                found.append(f"Table {name} is missing.")
            elif restored.rows != table.rows:
                found.append(f"Table {name} has {restored.rows} rows, not {table.rows}.")
            elif restored != table:
                found.append(f"Table {name} has other rows.")
        for name, value in self.sequences.items():
            # They go on while others write, also while a dump is made.
            if other.sequences.get(name, -1) < value:
                found.append(f"Sequence {name} is not at {value} or beyond.")
        return found


def _less(
    some: "list[str] | dict[str, Table]", others: "list[str] | dict[str, Table]"
) -> list[str]:
    return sorted(set(some) - set(others))


def take(
    connection: psycopg.Connection[Any], *, told: Callable[[str], object] = lambda _: None
) -> Fingerprint:
    """The fingerprint of what the connection's transaction sees.

    ``told`` hears the name of each table that was counted.
    """
    for name, value in _SETTINGS.items():
        connection.execute("SELECT set_config(%s, %s, true)", [name, value])
    sequences = dict(connection.execute(_SEQUENCES).fetchall())
    things = sorted(thing for (thing,) in connection.execute(_THINGS))
    tables = {}
    for schema, name, title in connection.execute(_TABLES).fetchall():
        counted = connection.execute(_HASH.format(table=sql.Identifier(schema, name))).fetchone()
        assert counted is not None
        tables[title] = Table(*counted)
        told(title)
    return Fingerprint(tables, sequences, things)
