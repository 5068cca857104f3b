"""Pages of a list by position, in SQL.

For the few lists that every screen opens. What a page costs does not depend on its place, and
the text of a query depends only on which filters were given, so that PostgreSQL plans it once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from django.db import connections, models, router


@dataclass(frozen=True)
class Place:
    """Between two rows of a list: the key of the row beside it, and which way to read."""

    key: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    """Rows in the order of the list; ``more`` says whether others lie beyond them."""

    rows: list[dict[str, Any]]
    more: bool


@dataclass(frozen=True)
class SqlList:
    """A list as SQL: ``source`` holds ``{where}``, ``{beyond}``, ``{order}`` where they belong.

    ``key`` are the columns that place a row, with their types; they end in a unique one, and all
    run the same way.
    """

    source: LiteralString
    key: tuple[tuple[LiteralString, LiteralString], ...]
    descending: bool = True

    def page(
        self,
        *,
        where: Sequence[LiteralString],
        parameters: Mapping[str, Any],
        size: int,
        place: Place | None,
    ) -> Page:
        """At most ``size`` rows that meet every condition, from the place on."""
        beyond = "true"
        values = {**parameters, "limit": size + 1}
        columns = ", ".join(name for name, _ in self.key)
        backwards = place is not None and place.backwards
        if place is not None:
            marks = ", ".join(f"%(key{n})s::{kind}" for n, (_, kind) in enumerate(self.key))
            sign = "<" if self.descending is not backwards else ">"
            beyond = f"({columns}) {sign} ({marks})"
            values |= {f"key{n}": value for n, value in enumerate(place.key)}
        direction = "DESC" if self.descending is not backwards else "ASC"
        order = ", ".join(f"{name} {direction}" for name, _ in self.key)
        sql = self.source.format(where=" AND ".join(where), beyond=beyond, order=order)
        rows = fetch(sql, values)
        more = len(rows) > size
        rows = rows[:size]
        return Page(rows=rows[::-1] if backwards else rows, more=more)


# A text always gives the same columns, and asking the driver for their names takes time.
_columns: dict[str, tuple[str, ...]] = {}


def fetch(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries by column name."""
    # Where the ORM would read, of whatever model: it may be a replica.
    with connections[router.db_for_read(models.Model)].cursor() as cursor:
        cursor.execute(sql, parameters)
        names = _columns.get(sql)
        if names is None:
            names = _columns[sql] = tuple(column.name for column in cursor.description)
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def escape_like(text: str) -> str:
    """The text as it stands in a LIKE pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def given(narrowed: object) -> dict[str, Any]:
    """The fields of a filter that narrow."""
    return {name: value for name, value in vars(narrowed).items() if value is not None}
