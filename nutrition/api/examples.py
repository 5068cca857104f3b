"""Examples for the API's contract, by the names of fields; what has none gets one of its type."""

from typing import Any, Final

Schema = dict[str, Any]

_MICRONUTRIENTS: Final = {"sodium_mg": 48, "calcium_mg": 110, "potassium_mg": 150}

# The shapes of the food diary, as they are shown; they come back with Request at the end of the
# name, and with Patched at its beginning where they may be given in part.
SHAPES: Final = (
    "AgainstGoals", "Attribution", "Confirmation", "CopyMeals", "DayTarget", "Entry",
    "FavoriteFood", "Food", "FoodBody", "FoodBranch", "FoodCandidate",
    "FoodCategory", "FoodCategoryDetail", "FoodChange", "FoodImage", "FoodPortion", "GoalsMet",
    "GuardRail", "Ingredient", "LoggedDay", "MarkDay", "NutrientCompliance", "NutritionDay",
    "NutritionGoal", "NutritionWeek", "Percent", "PortionBody", "RecentFood", "Recipe",
    "ShownEntry", "ShownIngredient", "ShownRecipe", "SuggestionInputs", "Totals", "Trust",
    "Water", "WeekDay",
)  # fmt: skip
_OF_SHAPE: Final[dict[str, Any]] = {
    "Attribution.name": "USDA FoodData Central",
    "Attribution.licence": "CC0 1.0",
    "FoodBranch.name": "Dairy",
    "FoodCategory.name": "Dairy",
    "FoodCategoryDetail.name": "Dairy",
    "FoodPortion.amount": 150,
    "FoodPortion.name": "1 cup",
    "PortionBody.amount": 150,
    "PortionBody.name": "1 cup",
    "Recipe.name": "Skyr with berries",
    "ShownRecipe.name": "Skyr with berries",
}
_BY_NAME: Final[dict[str, Any]] = {
    "age_years": 34,
    "ai_confidence": 0.87,
    "amount": 150,
    "amount_ml": 250,
    "barcode": "3017620422003",
    "body_fat_percent": 18,
    "brand": "Molkerei",
    "calorie_target": 2200,
    "calories": 63,
    "carbs": 4,
    "carbs_target": 220,
    "category": "dairy",
    "confidence": 0.87,
    "confirmed_amount": 150,
    "confirmed_rank": 1,
    "cooked_weight_g": 640,
    "count": 1,
    "coverage": 1,
    "depth": 0,
    "energy_kj": 263.6,
    "error": "",
    "fat": 0.2,
    "fat_target": 70,
    "fiber": 0,
    "fiber_target": 30,
    "food_name": "Skyr (Molkerei)",
    "gtin": "03017620422003",
    "height_cm": 178,
    "instructions": "Stir the berries in.",
    "is_archived": False,
    "label": "yogurt",
    "last_portion_amount": 150,
    "last_portion_name": "1 cup",
    "last_quantity": 1.5,
    "licence": "CC0-1.0",
    "licence_url": "https://creativecommons.org/publicdomain/zero/1.0/",
    "meal_count": 4,
    "micronutrients": _MICRONUTRIENTS,
    "name": "Skyr",
    "notes": "After training.",
    "portion_count": 1,
    "portion_name": "1 cup",
    "protein": 11,
    "protein_target": 160,
    "quantity": 1.5,
    "rank": 1,
    "reason": "The target would be below the basal rate.",
    "recognizer": "onnx",
    "serving_size": 100,
    "serving_unit": "g",
    "servings": 4,
    "slug": "dairy",
    "source_id": "170894",
    "sugar": 4,
    "text": "U.S. Department of Agriculture, Agricultural Research Service. FoodData Central.",
    "times_logged": 12,
    "total_calories": 2140.5,
    "total_carbs": 214.2,
    "total_energy_kj": 8955.9,
    "total_fat": 68.4,
    "total_fiber": 31.5,
    "total_protein": 158.3,
    "total_sugar": 61.9,
    "trust_score": 84,
    "unit": "g",
    "url": "https://fdc.nal.usda.gov/",
    "water_ml": 1750,
    "water_target": 2000,
    "weekday": 6,
    "weight_kg": 82.5,
}


def add_field_examples(shape: str, schema: Schema) -> None:
    """Give the fields of a shape their examples; a reference has those of what it refers to."""
    for name, field in schema.get("properties", {}).items():
        key = f"{shape}.{name}"
        known = key in _OF_SHAPE or name in _BY_NAME
        # Of goals that are met, protein is true or false.
        is_other = field.get("type") == "boolean" and name != "is_archived"
        if known and not is_other and not {"$ref", "items", "enum"} & field.keys():
            field["examples"] = [_OF_SHAPE.get(key, _BY_NAME.get(name))]


def add_food_examples(
    result: Schema,
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - their call
) -> Schema:
    """Give the shapes of the food diary their examples; before those of plain types."""
    schemas = result["components"]["schemas"]
    for shape in SHAPES:
        for name in (shape, f"{shape}Request", f"Patched{shape}Request"):
            if name in schemas:
                add_field_examples(shape, schemas[name])
    return result
