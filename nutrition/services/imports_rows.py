"""Foods of the shared table as rows, stored a batch at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from nutrition.transfer.readings import Nutrients, Portion
from users.ids import uuid7

SERVING_SIZE: Final = 100
# What Food calls the nutrients that readers call otherwise.
_NAMES: Final = {"kcal": "calories", "saturated_fat": "saturated_fat_g", "salt": "salt_g"}
# Stored as 0 where a source says nothing of them.
_ASSUMED: Final = ("fiber", "sugar")


class SharedFood(NamedTuple):
    """A row of the shared table as its source has it: what is in 100 g, or in 100 ml.

    In the order of the columns of ``staged_food``; micronutrients and estimated are JSON.
    """

    id: UUID
    source_id: str
    name: str
    brand: str
    calories: int
    energy_kcal: float
    protein: float
    carbs: float
    fat: float
    fiber: float
    sugar: float
    serving_size: int
    serving_unit: str
    barcode: str
    gtin: str
    category_id: UUID
    licence: str
    micronutrients: str
    estimated: str
    trust_score: int
    source_modified_at: datetime | None
    portions: tuple[Portion, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: how many are new, which ones changed, and how many are merged."""

    added: int = 0
    changed: list[UUID] = field(default_factory=list)
    merged: int = 0


_CONTENT: Final = (
    "name", "brand", "calories", "energy_kcal", "protein", "carbs", "fat", "fiber", "sugar",
    "serving_size", "serving_unit", "barcode", "gtin", "category_id", "licence",
    "micronutrients", "estimated", "trust_score", "source_modified_at",
)  # fmt: skip


def _of(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in _CONTENT)


_STAGE = """
    CREATE TEMPORARY TABLE staged_food (
        id uuid, source_id text, name text, brand text, calories int, energy_kcal float8,
        protein float8, carbs float8, fat float8, fiber float8, sugar float8, serving_size float8,
        serving_unit text, barcode text, gtin text, category_id uuid, licence text,
        micronutrients jsonb, estimated jsonb, trust_score int, source_modified_at timestamptz,
        portions jsonb
    ) ON COMMIT DROP
"""
_COPY = "COPY staged_food FROM STDIN"
# Beside a table of this size a batch is small, and a planner that has not heard so reads all of
# the table for each.
_LARGE: Final = 200_000
_SIZE = "SELECT reltuples FROM pg_class WHERE oid = 'nutrition_food'::regclass"
_TELL_PLANNER = (
    "ANALYZE staged_food",
    "SET LOCAL enable_hashjoin = off",
    "SET LOCAL enable_mergejoin = off",
)
_LEAVE_OUT_MERGED = """
    DELETE FROM staged_food s USING nutrition_mergedfood m
    WHERE m.source = %(source)s AND m.source_id = s.source_id AND m.source_id <> ''
"""
# Looked for before they are written: a conflict costs a lock and a tuple even if nothing changes.
# What is older than what is stored stays out, and so does what staff have checked.
_FRESH = f"""
    FROM staged_food s
    LEFT JOIN nutrition_food f ON f.source = %(source)s AND f.source_id = s.source_id
        AND f.source_id <> ''
    WHERE f.id IS NULL OR (
        (%(is_ours)s OR NOT f.verified)
        AND coalesce(s.source_modified_at >= f.source_modified_at, true)
        AND (
            ({_of("s")}) IS DISTINCT FROM ({_of("f")})
            OR s.portions <> (
                SELECT coalesce(jsonb_object_agg(p.name, p.amount), '{{}}')
                FROM nutrition_portion p WHERE p.food_id = f.id
            )
        )
    )
"""  # noqa: S608 - our own column names
_COMPARE = f"SELECT s.id, f.id {_FRESH}"
_STORE = f"""
    INSERT INTO nutrition_food (id, revision, source, source_id, is_custom, verified, is_archived,
        created_at, updated_at, {", ".join(_CONTENT)})
    SELECT s.id, 0, %(source)s, s.source_id, false, %(is_ours)s, false, %(now)s, %(now)s,
        {_of("s")}
    {_FRESH}
    ORDER BY s.id
    ON CONFLICT (source, source_id) WHERE source_id <> '' DO UPDATE
    SET ({", ".join(_CONTENT)}) = ({_of("excluded")}), updated_at = excluded.updated_at
    WHERE %(is_ours)s OR NOT nutrition_food.verified
    RETURNING source_id, id
"""  # noqa: S608 - our own column names
_DELETE_PORTIONS = """
    DELETE FROM nutrition_portion
    WHERE food_id = ANY(%(changed)s)
        AND (food_id, name) NOT IN (SELECT * FROM unnest(%(foods)s::uuid[], %(names)s::text[]))
"""
# Those that remain keep their ids, by which phones know them.
_STORE_PORTIONS = """
    INSERT INTO nutrition_portion (id, food_id, name, amount)
    SELECT * FROM unnest(%(ids)s::uuid[], %(foods)s::uuid[], %(names)s::text[],
        %(amounts)s::float8[])
    ON CONFLICT (food_id, name) DO UPDATE SET amount = excluded.amount
    WHERE nutrition_portion.amount <> excluded.amount
"""


def shared_food(
    nutrients: Nutrients,
    *,
    source_id: str,
    name: str,
    brand: str = "",
    unit: str,
    barcode: str = "",
    gtin: str = "",
    category_id: UUID,
    licence: str = "",
    estimated: Iterable[str] = (),
    trust_score: int,
    modified_at: datetime | None = None,
    portions: tuple[Portion, ...] = (),
) -> SharedFood:
    """The row of a food with these nutrients.

    Fiber and sugar of which the source says nothing are 0, and named among the estimates.
    """
    guesses = {_NAMES.get(nutrient, nutrient) for nutrient in estimated}
    guesses.update(nutrient for nutrient in _ASSUMED if getattr(nutrients, nutrient) is None)
    return SharedFood(
        id=uuid7(),
        source_id=source_id,
        name=name,
        brand=brand,
        calories=round(nutrients.kcal),
        energy_kcal=nutrients.kcal,
        protein=nutrients.protein,
        carbs=nutrients.carbs,
        fat=nutrients.fat,
        fiber=nutrients.fiber or 0,
        sugar=nutrients.sugar or 0,
        serving_size=SERVING_SIZE,
        serving_unit=unit,
        barcode=barcode,
        gtin=gtin,
        category_id=category_id,
        licence=licence,
        micronutrients=orjson.dumps(nutrients.besides_macros).decode(),
        estimated=orjson.dumps(sorted(guesses)).decode(),
        trust_score=trust_score,
        source_modified_at=modified_at,
        portions=portions,
    )


def store(rows: Sequence[SharedFood], *, source: str, is_ours: bool = False) -> Stored:
    """Add these foods, or make those of them that are stored what they say, in one transaction.

    No two of them have the same ``source_id``. Foods that staff have checked stay as they are,
    unless they are ours: those are new as checked ones. Whether a food is archived is up to
    staff, and what was merged away stays away. The number of statements does not depend on how
    many rows there are; nothing is written for those that are as they were.
    """
    if not rows:
        return Stored()
    with connection.cursor() as cursor:
        merged = _stage(cursor, rows, source)
        cursor.execute(_STORE, {"source": source, "is_ours": is_ours, "now": timezone.now()})
        ids: dict[str, UUID] = dict(cursor.fetchall())
        cursor.execute("DROP TABLE staged_food")
        written = [row for row in rows if row.source_id in ids]
        changed = [ids[row.source_id] for row in written if ids[row.source_id] != row.id]
        _store_portions(cursor, written, ids, changed)
    return Stored(len(written) - len(changed), changed, merged)


def compare(rows: Sequence[SharedFood], *, source: str) -> Stored:
    """What ``store`` would do with these foods, in a transaction that may be rolled back."""
    if not rows:
        return Stored()
    with connection.cursor() as cursor:
        merged = _stage(cursor, rows, source)
        cursor.execute(_COMPARE, {"source": source, "is_ours": False})
        known = [food_id for _, food_id in cursor.fetchall()]
        cursor.execute("DROP TABLE staged_food")
    changed = [food_id for food_id in known if food_id]
    return Stored(len(known) - len(changed), changed, merged)


def _stage(cursor: Any, rows: Sequence[SharedFood], source: str) -> int:
    """Lay the rows beside the table, but those that were merged away: how many those are."""
    cursor.execute(_STAGE)
    with cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((*row[:-1], orjson.dumps(dict(row.portions)).decode()))
    cursor.execute(_SIZE)
    if cursor.fetchone()[0] > _LARGE:
        for statement in _TELL_PLANNER:
            cursor.execute(statement)
    cursor.execute(_LEAVE_OUT_MERGED, {"source": source})
    merged: int = cursor.rowcount
    return merged


def _store_portions(
    cursor: Any, rows: Iterable[SharedFood], ids: dict[str, UUID], changed: list[UUID]
) -> None:
    portions = [(ids[row.source_id], *portion) for row in rows for portion in row.portions]
    parameters = {
        "changed": changed,
        "ids": [uuid7() for _ in portions],
        "foods": [food_id for food_id, _, _ in portions],
        "names": [name for _, name, _ in portions],
        "amounts": [float(amount) for _, _, amount in portions],
    }
    if changed:
        cursor.execute(_DELETE_PORTIONS, parameters)
    if portions:
        cursor.execute(_STORE_PORTIONS, parameters)
