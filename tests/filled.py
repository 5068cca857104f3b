"""What the tables are filled with: by migrations, and by anybody else.

A test with real transactions leaves rows in any table; ``restore`` brings the first ones back.
"""

from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from wearables.services.partitions import ensure_months

Rows = dict[str, bytes]

PARTITIONED = frozenset({"wearables_heartratedata"})

_first: Rows = {}


def remember() -> None:
    """What there is now is what there is at the beginning of each test."""
    _first.update(rows())


def restore() -> None:
    with transaction.atomic():
        replace(_first)
    ContentType.objects.clear_cache()


def rows() -> Rows:
    """Each table's, as PostgreSQL writes them."""
    with connection.cursor() as cursor:
        return {name: _read(cursor, name) for name in connection.introspection.table_names(cursor)}


def replace(content: Rows) -> None:
    """Inside a transaction. Neither triggers nor foreign keys see what comes and goes here.

    Deleting a few rows takes milliseconds; TRUNCATE would make the files of each table anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        deletions = "".join(f'DELETE FROM "{name}";' for name in content)  # noqa: S608 - our tables
        cursor.execute(f"DO $$ BEGIN {deletions} END $$")
        for name, lines in content.items():
            if lines:
                if name in PARTITIONED:
                    _make_months(lines)
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(lines)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _read(cursor, name: str) -> bytes:
    # A table in partitions is copied as a query's rows; others without what the database computes.
    source = f'(SELECT * FROM "{name}")' if name in PARTITIONED else f'"{name}"'  # noqa: S608 - ours
    with cursor.copy(f"COPY {source} TO STDOUT") as copy:
        return b"".join(copy)


def _make_months(lines: bytes) -> None:
    """Those of heart rates, which went with the test that made them."""
    days = {line.split(b"\t")[1][:10].decode() for line in lines.splitlines()}
    ensure_months(date.fromisoformat(day) for day in days)
