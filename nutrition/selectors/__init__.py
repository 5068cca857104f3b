from nutrition.selectors.attributions import attributions
from nutrition.selectors.categories import category, category_tree
from nutrition.selectors.closest import closest_foods
from nutrition.selectors.days import logged_days, nutrition_day, nutrition_week
from nutrition.selectors.foods import foods, foods_of_barcode
from nutrition.selectors.goals import goal_of, suggestion
from nutrition.selectors.meals import MealFilter, meal_page, meals
from nutrition.selectors.narrowing import FoodFilter
from nutrition.selectors.recents import recent_foods
from nutrition.selectors.recipes import RecipeFilter, recipe_page, recipes
from nutrition.selectors.search import food_page
from nutrition.selectors.summaries import day_summaries

__all__ = [
    "FoodFilter",
    "MealFilter",
    "RecipeFilter",
    "attributions",
    "category",
    "category_tree",
    "closest_foods",
    "day_summaries",
    "food_page",
    "foods",
    "foods_of_barcode",
    "goal_of",
    "logged_days",
    "meal_page",
    "meals",
    "nutrition_day",
    "nutrition_week",
    "recent_foods",
    "recipe_page",
    "recipes",
    "suggestion",
]
