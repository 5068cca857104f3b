"""Dishes of a person: foods with amounts, and the food that a serving of them is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from nutrition.models import Food, FoodSource, Recipe, RecipeIngredient
from nutrition.services import labels
from nutrition.services.meals import UnknownFood, UnknownPortion
from users.ids import uuid7
from users.keyset import fetch
from users.ownership import advance_clock
from users.services import outbox

FOOD_FIELDS: Final = ("name", "category", "is_archived")
RECIPE_FIELDS: Final = ("servings", "cooked_weight_g", "instructions")
BLANK: Mapping[str, Any] = {"cooked_weight_g": None, "instructions": "", "is_archived": False}

# What a recipe's food takes from its ingredients.
TAKEN: Final = labels.FACTS | {"energy_kcal", "trust_score"}

Content = Mapping[str, Any]

_INSERT = """
    INSERT INTO nutrition_recipeingredient (id, user_id, recipe_id, position, food_id, amount)
    SELECT i.id, %(user)s, %(recipe)s, i.position, f.id,
        coalesce(i.amount, i.quantity * f.serving_size, i.count * p.amount)
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS i (id uuid, position int, food uuid,
        amount float8, quantity float8, portion uuid, count float8)
    JOIN nutrition_food f ON f.id = i.food AND f.source <> 'recipe'
        AND (f.created_by_id IS NULL OR f.created_by_id = %(user)s)
    LEFT JOIN nutrition_portion p ON p.id = i.portion AND p.food_id = f.id
    WHERE i.portion IS NULL OR p.id IS NOT NULL
    RETURNING position
"""
# One serving of a recipe is a share of the sum of its foods. It is weighed where the whole is,
# or where everything in it has the same unit; otherwise it is just "1 serving". What is not known
# of one food counts as none of it; trust is that of the foods, each by its energy.
_WHOLES = """
    SELECT r.id, r.user_id, r.food_id, r.servings,
        CASE WHEN r.cooked_weight_g IS NOT NULL THEN 'g'
            WHEN count(DISTINCT f.serving_unit) = 1 AND min(f.serving_unit) IN ('g', 'ml')
            THEN min(f.serving_unit) END AS unit,
        coalesce(r.cooked_weight_g, sum(part.amount)) AS weight,
        sum(coalesce(f.energy_kcal, f.calories) * part.amount / f.serving_size) AS calories,
        sum(f.protein * part.amount / f.serving_size) AS protein,
        sum(f.carbs * part.amount / f.serving_size) AS carbs,
        sum(f.fat * part.amount / f.serving_size) AS fat,
        sum(f.fiber * part.amount / f.serving_size) AS fiber,
        sum(f.sugar * part.amount / f.serving_size) AS sugar,
        sum(f.trust_score * f.calories * part.amount / f.serving_size)
            / nullif(sum(f.calories * part.amount / f.serving_size)
                FILTER (WHERE f.trust_score IS NOT NULL), 0) AS trust
    FROM nutrition_recipe r
    JOIN nutrition_recipeingredient part ON part.user_id = r.user_id AND part.recipe_id = r.id
    JOIN nutrition_food f ON f.id = part.food_id
    WHERE {which}
    GROUP BY r.id
"""
_MICRONUTRIENTS = """
    SELECT jsonb_object_agg(known.name, known.amount / whole.servings)
    FROM (
        SELECT m.key AS name, sum(m.value::float8 * part.amount / f.serving_size) AS amount
        FROM nutrition_recipeingredient part
        JOIN nutrition_food f ON f.id = part.food_id
        CROSS JOIN LATERAL jsonb_each_text(f.micronutrients) m
        WHERE part.user_id = whole.user_id AND part.recipe_id = whole.id
        GROUP BY m.key
    ) known
"""
# What the food of a recipe is to say, where a food can.
_SERVINGS = f"""
    SELECT whole.id, whole.food_id, whole.calories / whole.servings AS energy_kcal,
        whole.protein / whole.servings AS protein, whole.carbs / whole.servings AS carbs,
        whole.fat / whole.servings AS fat, whole.fiber / whole.servings AS fiber,
        whole.sugar / whole.servings AS sugar, whole.trust,
        CASE WHEN whole.unit IS NULL THEN 1
            ELSE greatest(whole.weight / whole.servings, 0.01) END AS serving_size,
        coalesce(whole.unit, 'serving') AS serving_unit,
        coalesce(({_MICRONUTRIENTS}), '{{{{}}}}'::jsonb) AS micronutrients
    FROM ({_WHOLES}) whole
    WHERE whole.calories / whole.servings <= 20000
        AND greatest(whole.protein, whole.carbs, whole.fat, whole.fiber, whole.sugar)
            / whole.servings <= 5000
        AND (whole.unit IS NULL OR whole.weight / whole.servings <= 10000)
"""  # noqa: S608 - our own texts
_ONE = _SERVINGS.format(which="r.user_id = %(user)s AND r.id = %(recipe)s")
_COMPUTE = f"""
    UPDATE nutrition_food target SET calories = round(serving.energy_kcal),
        energy_kcal = serving.energy_kcal, protein = serving.protein, carbs = serving.carbs,
        fat = serving.fat, fiber = serving.fiber, sugar = serving.sugar,
        trust_score = round(serving.trust), serving_size = serving.serving_size,
        serving_unit = serving.serving_unit, micronutrients = serving.micronutrients
    FROM ({_ONE}) serving WHERE target.id = serving.food_id
"""  # noqa: S608 - our own texts
# Sums of the same numbers in another order differ in their last digits, and what is rounded by
# one in its last.
_FAR = """
    coalesce(abs({now} - {then}) > {slack} + 1e-6 * abs({now}),
        ({now} IS NULL) <> ({then} IS NULL))
"""
_STALE = " OR ".join(
    _FAR.format(now=f"serving.{computed}", then=f"food.{stored}", slack=slack)
    for computed, stored, slack in (
        ("energy_kcal", "calories", 0.5),
        ("trust", "trust_score", 0.5),
        *((name, name, 1e-6) for name in ("energy_kcal", "protein", "carbs", "fat", "fiber")),
        *((name, name, 1e-6) for name in ("sugar", "serving_size")),
    )
)
# Those that a food was changed under and nobody came to yet are on their way.
STALE_RECIPES: Final = f"""
    SELECT serving.id FROM ({_SERVINGS.format(which="true")}) serving
    JOIN nutrition_food food ON food.id = serving.food_id
    WHERE ({_STALE} OR food.serving_unit <> serving.serving_unit OR EXISTS (
        SELECT FROM jsonb_each_text(serving.micronutrients) now
        FULL JOIN jsonb_each_text(food.micronutrients) before USING (key)
        WHERE {_FAR.format(now="now.value::float8", then="before.value::float8", slack=1e-6)}
    ))
    AND NOT EXISTS (
        SELECT FROM (
            SELECT payload -> 'food_ids' FROM users_outboxmessage
            WHERE kind = 'refresh_recipes' AND failed_at IS NULL
            UNION ALL SELECT stale FROM nutrition_foodimport
        ) waiting (food_ids)
        JOIN nutrition_recipeingredient part ON waiting.food_ids ? part.food_id::text
        WHERE part.recipe_id = serving.id
    )
"""  # noqa: S608 - our own texts


class ServingTooLarge(ValidationError):
    def __init__(self) -> None:
        message = (
            "A serving would be more than 20000 kcal, 5000 g of a nutrient or 10000 g: say that it"
            " gives more servings."
        )
        super().__init__({"servings": ValidationError(message, code="serving_too_large")})


class RecipeInRecipe(ValidationError):
    def __init__(self, attr: str) -> None:
        message = "A recipe cannot be an ingredient of another. Add its foods."
        super().__init__({attr: ValidationError(message, code="recipe_in_recipe")})


@transaction.atomic
def create_recipe(
    *, user_id: UUID, object_id: UUID, content: Content, creation_hash: bytes
) -> Recipe:
    """A recipe, and the food that one serving of it is.

    Raises UnknownFood, UnknownPortion, RecipeInRecipe and ServingTooLarge.
    """
    revision = advance_clock(user_id)
    food = Food(created_by_id=user_id, is_custom=True, source=FoodSource.RECIPE)
    food.calories = food.protein = food.carbs = food.fat = 0
    recipe = Recipe(id=object_id, user_id=user_id, food=food, creation_hash=creation_hash)
    _take(recipe, food, content)
    food.insert_at(revision)
    recipe.insert_at(revision)
    _set_ingredients(recipe, content["ingredients"])
    if not _compute(recipe):
        raise ServingTooLarge
    return recipe


@transaction.atomic
def change_recipe(*, user_id: UUID, recipe_id: UUID, content: Content) -> None:
    """Change a recipe; what was logged of it stays. ``ingredients`` replaces them all."""
    advance_clock(user_id)
    recipe = Recipe.objects.select_related("food").get(user_id=user_id, pk=recipe_id)
    _take(recipe, recipe.food, content)
    recipe.food.save()
    recipe.save()
    if "ingredients" in content:
        RecipeIngredient.objects.filter(user_id=user_id, recipe=recipe).remove()
        _set_ingredients(recipe, content["ingredients"])
    # One that its foods made too large since may still be renamed, and put away.
    if content.keys() & {"ingredients", "servings", "cooked_weight_g"} and not _compute(recipe):
        raise ServingTooLarge


@transaction.atomic
def delete_recipe(*, user_id: UUID, recipe_id: UUID) -> None:
    """Raises ProtectedError for one that was logged; it can be archived."""
    advance_clock(user_id)
    recipe = Recipe.objects.select_related("food").get(user_id=user_id, pk=recipe_id)
    recipe.food.delete()


def refresh_recipes(*, food_ids: Collection[UUID]) -> int:
    """Recompute the recipes that contain these foods; each person's in a transaction of its own.

    One whose serving would be more than a food can be keeps its numbers: nobody's recipe stands
    in the way of a food's. Twice is once. Inside a transaction of the caller, people are locked
    in the order of their ids.
    """
    parts = RecipeIngredient.objects.filter(food__in=list(food_ids)).order_by("user", "recipe")
    return recompute(list(parts.values_list("user_id", "recipe_id").distinct()))


def recompute(recipes: Sequence[tuple[UUID, UUID]]) -> int:
    """The same for recipes by their person and id."""
    for user_id, recipe_id in recipes:
        with transaction.atomic():
            advance_clock(user_id)
            recipe = Recipe.objects.select_related("food").filter(pk=recipe_id).first()
            if recipe is not None:
                # Both are shown with other numbers now.
                recipe.food.save(update_fields=["updated_at"])
                recipe.touch()
                _compute(recipe)
    return len(recipes)


@outbox.handles("refresh_recipes")
def refresh_promised(*, food_ids: list[str]) -> None:
    refresh_recipes(food_ids=[UUID(food_id) for food_id in food_ids])


def _take(recipe: Recipe, food: Food, content: Content) -> None:
    for name in FOOD_FIELDS:
        if name in content:
            setattr(food, name, content[name])
    for name in RECIPE_FIELDS:
        if name in content:
            setattr(recipe, name, content[name])


def _set_ingredients(recipe: Recipe, ingredients: Sequence[Content]) -> None:
    """Raises UnknownFood, UnknownPortion and RecipeInRecipe, which name the ingredient."""
    rows = [
        {"count": 1, **ingredient, "id": uuid7(), "position": place}
        for place, ingredient in enumerate(ingredients, start=1)
    ]
    values = {
        "user": recipe.user_id,
        "recipe": recipe.pk,
        "rows": orjson.dumps(rows).decode(),
    }
    made = {row["position"] for row in fetch(_INSERT, values)}
    for row in rows:
        if row["position"] not in made:
            _refuse(recipe.user_id, row, f"ingredients.{row['position'] - 1}")


def _refuse(user_id: UUID, ingredient: Content, attr: str) -> None:
    food = Food.objects.visible_to(user_id).filter(pk=ingredient["food"]).first()
    if food is None:
        raise UnknownFood(f"{attr}.food")
    if food.source == FoodSource.RECIPE:
        raise RecipeInRecipe(f"{attr}.food")
    raise UnknownPortion(f"{attr}.portion")


def _compute(recipe: Recipe) -> bool:
    """Write the numbers of its food; False, and nothing written, where no food can hold them."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE, {"user": recipe.user_id, "recipe": recipe.pk})
        return bool(cursor.rowcount)
