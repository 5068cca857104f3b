"""What everyone gets of the food diary."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.architecture.world import Case, World
from tests.factories.nutrition import FoodFactory

TARGETS = {"calorie_target": 2200, "protein_target": 160, "carbs_target": 220, "fat_target": 70}


def photo(world: World) -> dict[str, Any]:
    target = BytesIO()
    Image.new("RGB", (64, 64)).save(target, "PNG")
    return {"image": SimpleUploadedFile("a.png", target.getvalue(), "image/png")}


def food(world: World) -> dict[str, Any]:
    return {"name": "Bread", "calories": 250, "protein": 9, "carbs": 48, "fat": 2}


def meal(world: World) -> dict[str, Any]:
    return {"food": str(FoodFactory().pk), "quantity": 1, "meal_type": "lunch"}


def recipe(world: World) -> dict[str, Any]:
    ingredients = [{"food": str(FoodFactory().pk), "amount": 100}]
    return {"name": "Stew", "servings": 2, "ingredients": ingredients}


def confirmation(world: World) -> dict[str, Any]:
    return {"food": str(FoodFactory().pk), "amount": 100, "meal_type": "lunch"}


DAYS = {"from_date": "2026-03-02", "to_date": "2026-03-03"}

FOOD: dict[tuple[str, str], Case] = {
    ("favorite-foods/", "GET"): Case(200),
    ("favorite-foods/", "POST"): Case(201, lambda w: {"food": str(FoodFactory().pk)}),
    ("favorite-foods/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.favorite),
    ("favorite-foods/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.fed.favorite),
    ("food-attributions/", "GET"): Case(200),
    ("food-categories/", "GET"): Case(200),
    ("food-categories/<slug:slug>/", "GET"): Case(200),
    ("food-images/", "GET"): Case(200),
    ("food-images/", "POST"): Case(201, photo, multipart=True),
    ("food-images/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.image),
    ("food-images/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.fed.image),
    ("food-images/<uuid:pk>/confirm/", "POST"): Case(201, confirmation, row=lambda w: w.fed.image),
    ("food-images/<uuid:pk>/image/", "GET"): Case(200, row=lambda w: w.fed.image),
    ("food-images/<uuid:pk>/thumbnail/", "GET"): Case(200, row=lambda w: w.fed.image),
    ("foods/", "GET"): Case(200),
    ("foods/", "POST"): Case(201, food),
    # Entries, favorites and recipes hold ana's food.
    ("foods/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.food),
    ("foods/<uuid:pk>/", "PUT"): Case(200, food, row=lambda w: w.fed.food),
    ("foods/<uuid:pk>/", "PATCH"): Case(200, lambda w: {"name": "X"}, row=lambda w: w.fed.food),
    ("foods/<uuid:pk>/", "DELETE"): Case(409, row=lambda w: w.fed.food),
    ("foods/<uuid:pk>/submit/", "POST"): Case(200, row=lambda w: w.fed.food),
    ("foods/barcode/<str:code>/", "GET"): Case(404),
    ("foods/recent/", "GET"): Case(200),
    ("meals/", "GET"): Case(200),
    ("meals/", "POST"): Case(201, meal),
    ("meals/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.entry),
    ("meals/<uuid:pk>/", "PATCH"): Case(200, lambda w: {"quantity": 2}, row=lambda w: w.fed.entry),
    ("meals/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.fed.entry),
    ("meals/bulk/", "POST"): Case(201, lambda w: {"entries": [meal(w)]}),
    # The others have nothing to copy.
    ("meals/copy/", "POST"): Case(201, lambda w: DAYS, others=400),
    ("nutrition-days/", "GET"): Case(200),
    ("nutrition-days/<day:pk>/", "GET"): Case(200),
    ("nutrition-days/<day:pk>/", "PATCH"): Case(200, lambda w: {"is_complete": False}),
    ("nutrition-days/<day:pk>/week/", "GET"): Case(200),
    ("nutrition-goal/", "GET"): Case(200, others=404),
    ("nutrition-goal/", "PUT"): Case(200, lambda w: TARGETS, others=201),
    ("nutrition-goal/", "PATCH"): Case(200, lambda w: {"fat_target": 60}, others=404),
    ("nutrition-goal/", "DELETE"): Case(204, others=404),
    # Their profiles do not say enough.
    ("nutrition-goal/suggestion/", "GET"): Case(400),
    ("recipes/", "GET"): Case(200),
    ("recipes/", "POST"): Case(201, recipe),
    ("recipes/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.recipe),
    ("recipes/<uuid:pk>/", "PUT"): Case(200, recipe, row=lambda w: w.fed.recipe),
    ("recipes/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"servings": 3}, row=lambda w: w.fed.recipe
    ),
    ("recipes/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.fed.recipe),
    ("water/", "GET"): Case(200),
    ("water/", "POST"): Case(201, lambda w: {"amount_ml": 250}),
    ("water/<uuid:pk>/", "GET"): Case(200, row=lambda w: w.fed.water),
    ("water/<uuid:pk>/", "PATCH"): Case(
        200, lambda w: {"amount_ml": 300}, row=lambda w: w.fed.water
    ),
    ("water/<uuid:pk>/", "DELETE"): Case(204, row=lambda w: w.fed.water),
}
