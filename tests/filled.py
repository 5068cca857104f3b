"""What the tables are filled with: by migrations, and by anybody else.

A test with real transactions leaves rows in any table; ``restore`` brings the first ones back.
"""

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

Rows = dict[str, bytes]

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
                with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(lines)
        cursor.execute("SET LOCAL session_replication_role = origin")


def _read(cursor, name: str) -> bytes:
    # One that is partitioned can be copied from only as a query's rows.
    with cursor.copy(f'COPY (SELECT * FROM "{name}") TO STDOUT') as copy:  # noqa: S608 - ours
        return b"".join(copy)
