"""A person's recipes, with what is in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from nutrition.formulas import KJ_PER_KCAL
from users.keyset import Page, Place, SqlList, fetch, given

_COLUMNS: LiteralString = """
    r.id, r.food_id AS food, f.name, f.is_archived, category.slug AS category, r.servings,
    r.cooked_weight_g, r.instructions, f.serving_size, f.serving_unit, f.calories,
    coalesce(f.energy_kcal, f.calories) AS energy_kcal, f.protein,
    f.carbs, f.fat, f.fiber, f.sugar, f.trust_score, r.created_at, r.updated_at, (
        SELECT jsonb_agg(jsonb_build_object('id', part.id, 'food', i.id, 'food_name', i.name,
            'brand', i.brand, 'amount', part.amount, 'unit', i.serving_unit,
            'calories', coalesce(i.energy_kcal, i.calories) * part.amount / i.serving_size,
            'protein', i.protein * part.amount / i.serving_size,
            'carbs', i.carbs * part.amount / i.serving_size,
            'fat', i.fat * part.amount / i.serving_size) ORDER BY part.position)
        FROM nutrition_recipeingredient part JOIN nutrition_food i ON i.id = part.food_id
        WHERE part.user_id = r.user_id AND part.recipe_id = r.id
    ) AS ingredients
"""
_FROM: LiteralString = """
    FROM nutrition_recipe r JOIN nutrition_food f ON f.id = r.food_id
    JOIN nutrition_foodcategory category ON category.id = f.category_id
"""
_RECIPES: LiteralString = (
    f"SELECT {_COLUMNS} {_FROM} WHERE r.user_id = %(user)s AND r.id = ANY(%(ids)s)"
)
_BY_NAME = SqlList(
    source=f"""
        SELECT {_COLUMNS}, f.search_name AS sort_name {_FROM}
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,
    key=(("f.search_name", "text"), ("r.id", "uuid")),
    descending=False,
)
_PER_SERVING: Final = ("calories", "protein", "carbs", "fat", "fiber", "sugar")
_DECIMALS: Final = 2


@dataclass(frozen=True)
class RecipeFilter:
    """Which recipes; None does not narrow."""

    q: str | None = None
    archived: bool | None = None
    updated_since: datetime | None = None


_CONDITIONS: dict[str, LiteralString] = {
    "q": "f.search_text LIKE '%%' || nutrition_fold(%(q)s) || '%%'",
    "updated_since": "r.updated_at >= %(updated_since)s",
}


def recipe_page(*, user_id: UUID, narrowed: RecipeFilter, size: int, place: Place | None) -> Page:
    """The person's recipes by name; archived ones only where they are asked for."""
    values = given(narrowed)
    values.setdefault("archived", False)
    where: list[LiteralString] = ["r.user_id = %(user)s", "f.is_archived = %(archived)s"]
    where += [text for name, text in _CONDITIONS.items() if name in values]
    page = _BY_NAME.page(
        where=where, parameters={"user": user_id, **values}, size=size, place=place
    )
    return Page(rows=[_shown(row) for row in page.rows], more=page.more)


def recipes(*, user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These recipes of the person, in one query."""
    return [_shown(row) for row in fetch(_RECIPES, {"user": user_id, "ids": list(ids)})]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    row["ingredients"] = [
        {
            name: round(value, _DECIMALS) if isinstance(value, float) else value
            for name, value in part.items()
        }
        for part in orjson.loads(row["ingredients"] or "[]")
    ]
    for name in ("serving_size", *_PER_SERVING):
        row[name] = round(row[name], _DECIMALS)
    row["energy_kj"] = round(row.pop("energy_kcal") * KJ_PER_KCAL, 1)
    return row
