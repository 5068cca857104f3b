"""Rows of a model by COPY, as the loaders of the benchmarks write them; needs Django."""

import datetime as dt
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql
from tqdm import tqdm


def uuid7_at(instant: dt.datetime, random: Random) -> UUID:
    """The key of a row that was made at this instant (RFC 9562)."""
    bits = int(instant.timestamp() * 1000) << 80 | random.getrandbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    return UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def copy(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    total: int,
) -> None:
    """COPY these columns; the others get what the model gives a new row."""
    defaults = {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.local_concrete_fields
        if not field.generated and field.column not in columns
    }
    names = sql.SQL(", ").join(sql.Identifier(name) for name in (*columns, *defaults))
    table = sql.Identifier(model._meta.db_table)
    rest = tuple(defaults.values())
    connection.ensure_connection()
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy_,
    ):
        for row in tqdm(rows, total=total, desc=model._meta.db_table, mininterval=1):
            copy_.write_row((*row, *rest))
