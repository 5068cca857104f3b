"""The tables of a FoodData Central download, put in order on disk.

A food's rows are spread over the tables, and in none of them do they have to stand together: a
release is free in its order, and one of branded foods has 25 million rows of nutrients. So they
go through a temporary database. Rows of a food that do stand together, as they mostly do, become
one record there, and records are sorted by food, in little memory however they stood.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import orjson

from nutrition.transfer.readings import MAX_PORTIONS, Rejected, Unusable
from nutrition.transfer.texts import line_of_text, shown
from nutrition.transfer.usda_nutrition import Numbering
from nutrition.transfer.usda_tables import Tables

KINDS: Final = frozenset({
    "foundation_food", "sr_legacy_food", "survey_fndds_food", "branded_food",
})  # fmt: skip

_FOOD: Final = ("fdc_id", "data_type", "description")
_FOOD_TOO: Final = ("food_category_id", "publication_date")
_BRANDED: Final = (
    "brand_owner", "brand_name", "gtin_upc", "serving_size", "serving_size_unit",
    "household_serving_fulltext", "branded_food_category", "modified_date",
)  # fmt: skip
_PORTION: Final = ("fdc_id", "gram_weight")
_PORTION_TOO: Final = ("amount", "measure_unit_id", "portion_description", "modifier")
# What a food keeps when its id changes: by table, the column and what to call it.
_STABLE: Final = {
    "sr_legacy_food.csv": ("ndb_number", "ndb"),
    "foundation_food.csv": ("ndb_number", "ndb"),
    "survey_fndds_food.csv": ("food_code", "fndds"),
}
_SCHEMA: Final = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -8000;
    CREATE TABLE food (
        fdc_id INTEGER PRIMARY KEY, line, data_type, description, category, published
    );
    CREATE TABLE branded (
        fdc_id INTEGER PRIMARY KEY, brand_owner, brand_name, gtin, serving_size, serving_unit,
        household_serving, category, modified
    );
    CREATE TABLE stable (fdc_id INTEGER PRIMARY KEY, id);
    CREATE TABLE amount (fdc_id INTEGER, amounts);
    CREATE TABLE portion (fdc_id INTEGER, grams, amount, unit, description, modifier);
"""
_FOODS: Final = """
    SELECT food.*, coalesce(stable.id, ''), branded.*
    FROM food
    LEFT JOIN stable USING (fdc_id)
    LEFT JOIN branded ON branded.fdc_id = food.fdc_id
    WHERE food.fdc_id > ?
    ORDER BY food.fdc_id
"""
_OF_A_TABLE: Final = frozenset({"damaged_file", "unknown_columns"})
_MAX_ID: Final = 15
_MAX_STABLE_ID: Final = 40
_BATCH: Final = 1000


# A row on its way into a table of the database, or out of it.
Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Brand:
    """A row about a branded food, as cells."""

    owner: str
    name: str
    gtin: str
    serving_size: str
    serving_unit: str
    household_serving: str
    category: str
    modified: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """All that the tables say of one food, as cells."""

    fdc_id: int
    line: int
    data_type: str
    description: str
    category: str
    published: str
    stable_id: str
    brand: Brand | None
    amounts: dict[int, str]
    portions: list[tuple[str, ...]]


class Shelf:
    """A temporary database of one download."""

    def __init__(self, database: sqlite3.Connection, tables: Tables) -> None:
        self._database, self._tables = database, tables
        self.numbering = Numbering()
        database.executescript(_SCHEMA)

    def fill(self) -> Iterator[Rejected]:
        """Take all tables; gives what cannot be read of the foods, or of a table as a whole."""
        for row in self._tables.rows("nutrient.csv", ("id",), ("unit_name", "nutrient_nbr")):
            if not isinstance(row, Unusable):
                self.numbering.learn(*row[1][:3])
        yield from self._put("food", 6, self._foods())
        yield from self._put("branded", 9, self._rows("branded_food.csv", ("fdc_id",), _BRANDED))
        for name, (column, prefix) in _STABLE.items():
            rows = self._rows(name, ("fdc_id", column))
            yield from self._put("stable", 2, _prefixed(rows, prefix))
        yield from self._put("amount", 2, self._amounts())
        portions = self._rows("food_portion.csv", _PORTION, _PORTION_TOO)
        yield from self._put("portion", 6, portions)
        self._database.commit()

    def records(self, start_after: int) -> Iterator[Record]:
        """All that is known of each food, in the order of their ids, beyond this one."""
        query = "SELECT * FROM {} WHERE fdc_id > ? ORDER BY fdc_id, rowid"
        execute = self._database.execute
        amounts = _Following(execute(query.format("amount"), (start_after,)))
        portions = _Following(execute(query.format("portion"), (start_after,)))
        for food in execute(_FOODS, (start_after,)):
            fdc_id = food[0]
            yield Record(
                fdc_id=fdc_id,
                line=food[1],
                data_type=food[2],
                description=food[3],
                category=food[4],
                published=food[5],
                stable_id=food[6],
                brand=None if food[7] is None else Brand(*food[8:]),
                amounts=_merged(amounts.of(fdc_id)),
                portions=[row[1:] for row in islice(portions.of(fdc_id), MAX_PORTIONS)],
            )

    def _put(self, table: str, width: int, rows: Iterable[Cells | Rejected]) -> Iterator[Rejected]:
        insert = f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * width)})"  # noqa: S608 - our own names
        batch: list[Cells] = []
        for row in rows:
            if isinstance(row, Rejected):
                yield row
                continue
            batch.append(row)
            if len(batch) == _BATCH:
                self._database.executemany(insert, batch)
                batch.clear()
        self._database.executemany(insert, batch)

    def _foods(self) -> Iterator[Cells | Rejected]:
        for row in self._tables.rows("food.csv", _FOOD, _FOOD_TOO):
            if isinstance(row, Unusable):
                yield row.at(0)
                continue
            line, (cell, data_type, *others, _) = row
            if data_type not in KINDS:
                continue
            fdc_id = _id(cell)
            if fdc_id is None:
                yield Rejected(line, "", "bad_line", f"The fdc_id is {shown(cell)}.")
            else:
                yield fdc_id, line, data_type, *others

    def _rows(
        self, name: str, needed: tuple[str, ...], optional: tuple[str, ...] = ()
    ) -> Iterator[Cells | Rejected]:
        """Rows that begin with an id. Those that are none cost a food what they would say."""
        for row in self._tables.rows(name, needed, optional):
            if isinstance(row, Unusable):
                if row.reason in _OF_A_TABLE:
                    yield row.at(0)
            elif (fdc_id := _id(row[1][0])) is not None:
                yield fdc_id, *row[1][1:-1]

    def _amounts(self) -> Iterator[Cells | Rejected]:
        """What is wanted of the amounts, as one record for rows of a food that stand together."""
        rows = self._rows("food_nutrient.csv", ("fdc_id", "nutrient_id", "amount"))
        for fdc_id, together in groupby(rows, key=_food_of):
            amounts: dict[str, object] = {}
            for row in together:
                if isinstance(row, Rejected):
                    yield row
                    continue
                _, nutrient, amount = row
                found = self.numbering.ids.get(str(nutrient))
                if found is not None and amount:
                    amounts.setdefault(str(found), amount)
            if amounts:
                yield fdc_id, orjson.dumps(amounts)


class _Following:
    """Rows in the order of foods, taken along with the foods."""

    def __init__(self, rows: Iterable[Cells]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, fdc_id: int) -> Iterator[Cells]:
        """The rows of this food; those of foods before it are gone."""
        while self._next and self._next[0] < fdc_id:
            self._next = next(self._groups, None)
        return self._next[1] if self._next and self._next[0] == fdc_id else iter(())


def _merged(records: Iterable[Cells]) -> dict[int, str]:
    """The amounts of a food; of a nutrient that is stated twice the first, as they stood."""
    merged: dict[int, str] = {}
    for _, amounts in records:
        for nutrient, amount in orjson.loads(amounts).items():
            merged.setdefault(int(nutrient), amount)
    return merged


def _food_of(row: Cells | Rejected) -> object:
    return None if isinstance(row, Rejected) else row[0]


def _prefixed(rows: Iterable[Cells | Rejected], prefix: str) -> Iterator[Cells | Rejected]:
    for row in rows:
        if isinstance(row, Rejected):
            yield row
        elif row[1]:
            yield row[0], line_of_text(f"{prefix}:{row[1]}", _MAX_STABLE_ID)


def _id(cell: str) -> int | None:
    is_id = cell.isascii() and cell.isdigit() and len(cell) <= _MAX_ID
    return int(cell) if is_id else None


@contextmanager
def shelf(tables: Tables) -> Iterator[Shelf]:
    """A shelf for these tables, in a temporary folder of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="usda-") as folder,
        closing(sqlite3.connect(Path(folder) / "foods.sqlite3")) as database,
    ):
        yield Shelf(database, tables)
