from nutrition.models.diary import DiaryDay, FavoriteFood, MealEntry, MealType, WaterIntake
from nutrition.models.food import (
    CategoryTag,
    Food,
    FoodCategory,
    FoodSource,
    MergedFood,
    Portion,
)
from nutrition.models.goal import DayTarget, GoalAim, NutritionGoal, PastGoal
from nutrition.models.image import FoodCandidate, FoodImage
from nutrition.models.recipe import Recipe, RecipeIngredient
from nutrition.models.transfer import FoodImport, FoodImportFormat

__all__ = [
    "CategoryTag",
    "DayTarget",
    "DiaryDay",
    "FavoriteFood",
    "Food",
    "FoodCandidate",
    "FoodCategory",
    "FoodImage",
    "FoodImport",
    "FoodImportFormat",
    "FoodSource",
    "GoalAim",
    "MealEntry",
    "MealType",
    "MergedFood",
    "NutritionGoal",
    "PastGoal",
    "Portion",
    "Recipe",
    "RecipeIngredient",
    "WaterIntake",
]
