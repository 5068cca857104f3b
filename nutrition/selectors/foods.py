"""Foods as they are shown."""

from collections.abc import Iterable
from typing import Any, LiteralString
from uuid import UUID

import orjson

from users.keyset import fetch

# Of the food ``food``, for the person ``user``; FOOD_PARTS belong behind its table.
FOOD_COLUMNS: LiteralString = """
    food.id, food.name, food.brand, food.calories,
    round((coalesce(food.energy_kcal, food.calories) * 4.184)::numeric, 1)::float8 AS energy_kj,
    food.protein, food.carbs, food.fat, food.fiber, food.sugar,
    food.serving_size, food.serving_unit, food.barcode, food.gtin,
    food.is_custom, food.created_by_id AS created_by, food.verified, category.slug AS category,
    food.source, food.source_id, food.licence, food.micronutrients, food.estimated,
    food.trust_score, food.is_archived, food.submitted_at,
    EXISTS (
        SELECT FROM nutrition_favoritefood x
        WHERE x.user_id = %(user)s AND x.food_id = food.id
    ) AS is_favorite,
    (SELECT x.id FROM nutrition_recipe x WHERE x.food_id = food.id) AS recipe_id,
    portion_ids, portion_names, portion_amounts, food.created_at, food.updated_at
"""
FOOD_PARTS: LiteralString = """
    JOIN nutrition_foodcategory category ON category.id = food.category_id
    CROSS JOIN LATERAL (
        SELECT array_agg(x.id ORDER BY x.amount, x.name) AS portion_ids,
            array_agg(x.name ORDER BY x.amount, x.name) AS portion_names,
            array_agg(x.amount ORDER BY x.amount, x.name) AS portion_amounts
        FROM nutrition_portion x WHERE x.food_id = food.id
    ) portions
"""
VISIBLE: LiteralString = "(food.created_by_id IS NULL OR food.created_by_id = %(user)s)"

_FOODS: LiteralString = f"""
    SELECT {FOOD_COLUMNS} FROM nutrition_food food {FOOD_PARTS}
    WHERE food.id = ANY(%(ids)s) AND {VISIBLE}
"""  # noqa: S608 - our own column names
_OF_BARCODE: LiteralString = f"""
    SELECT {FOOD_COLUMNS} FROM nutrition_food food {FOOD_PARTS}
    WHERE food.id IN (
            SELECT id FROM nutrition_food WHERE gtin = %(gtin)s AND gtin <> ''
            UNION ALL
            SELECT merged_into_id FROM nutrition_mergedfood WHERE gtin = %(gtin)s AND gtin <> ''
        )
        AND {VISIBLE} AND NOT food.is_archived
    ORDER BY food.is_custom DESC, food.verified DESC, food.trust_score DESC NULLS LAST, food.id
"""  # noqa: S608 - our own column names


def foods(user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These foods, archived or not, as far as the person may see them; in no order."""
    return [shown_food(row) for row in fetch(_FOODS, {"user": user_id, "ids": list(ids)})]


def foods_of_barcode(user_id: UUID, gtin: str) -> list[dict[str, Any]]:
    """The foods with this GTIN-14: the person's own, then checked ones, then by trust.

    A food that was merged into another leads to that one.
    """
    return [shown_food(row) for row in fetch(_OF_BARCODE, {"user": user_id, "gtin": gtin})]


def shown_food(row: dict[str, Any]) -> dict[str, Any]:
    """A row of FOOD_COLUMNS as it is shown; it is changed in place."""
    row["micronutrients"] = orjson.loads(row["micronutrients"])
    row["estimated"] = orjson.loads(row["estimated"])
    parts = (row.pop(f"portion_{name}") or () for name in ("ids", "names", "amounts"))
    row["portions"] = [
        {"id": portion, "name": name, "amount": amount}
        for portion, name, amount in zip(*parts, strict=True)
    ]
    return row
