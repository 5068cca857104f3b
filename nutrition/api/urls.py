from django.urls import path
from rest_framework.routers import SimpleRouter

import users.api.converters  # noqa: F401 - makes days in paths known
from nutrition.api import categories, days, favorites, foods, goals, images, meals, recipes

router = SimpleRouter(use_regex_path=False)
router.register("meals", meals.MealViewSet)
router.register("water", meals.WaterViewSet)
router.register("nutrition-days", days.NutritionDayViewSet)
router.register("recipes", recipes.RecipeViewSet)
router.register("foods", foods.FoodViewSet)
router.register("favorite-foods", favorites.FavoriteFoodViewSet)
router.register("food-images", images.PhotoViewSet, basename="food-photo")
router.register("food-images", images.FoodImageViewSet, basename="food-image")

urlpatterns = [
    *router.urls,
    path("food-categories/", categories.FoodCategoriesView.as_view()),
    path("food-categories/<slug:slug>/", categories.FoodCategoryView.as_view()),
    path("food-attributions/", foods.FoodAttributionsView.as_view()),
    path("nutrition-goal/", goals.NutritionGoalView.as_view(), name="nutrition-goal"),
    path("nutrition-goal/suggestion/", goals.GoalSuggestionView.as_view()),
]
