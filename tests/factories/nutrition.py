import datetime as dt

import factory
from factory.django import DjangoModelFactory

from nutrition.models import (
    Food,
    FoodCategory,
    FoodImage,
    MealEntry,
    NutritionGoal,
    Portion,
    Recipe,
    RecipeIngredient,
    WaterIntake,
)
from tests.factories.users import UserFactory


class FoodCategoryFactory(DjangoModelFactory):
    """A root; give ``parent`` for a branch."""

    class Meta:
        model = FoodCategory

    slug = factory.Sequence(lambda n: f"category-{n}")
    name = factory.Sequence(lambda n: f"Category {n}")

    @classmethod
    def _create(cls, model_class, *args, parent=None, **kwargs):
        if parent is None:
            return model_class.objects.add_root(create_kwargs=kwargs)
        return model_class.objects.add_child(parent, create_kwargs=kwargs)


class FoodFactory(DjangoModelFactory):
    """100 g of a shared food with 100 kcal: 10 g protein, 10 g carbs, 2 g fat."""

    class Meta:
        model = Food

    name = factory.Sequence(lambda n: f"Food {n}")
    calories = 100
    protein = 10.0
    carbs = 10.0
    fat = 2.0
    fiber = 1.0
    sugar = 4.0
    source = "starter"


class CustomFoodFactory(FoodFactory):
    is_custom = True
    created_by = factory.SubFactory(UserFactory)
    source = "person"


class PortionFactory(DjangoModelFactory):
    class Meta:
        model = Portion

    food = factory.SubFactory(FoodFactory)
    name = factory.Sequence(lambda n: f"portion {n}")
    amount = 28.0


class MealEntryFactory(DjangoModelFactory):
    """As it is logged: with what a serving of its food contains."""

    class Meta:
        model = MealEntry

    user = factory.SubFactory(UserFactory)
    food = factory.SubFactory(FoodFactory)
    date = dt.date(2026, 3, 2)
    time = dt.time(12, 30)
    meal_type = "lunch"
    quantity = 1.0
    food_name = factory.LazyAttribute(lambda entry: str(entry.food))
    serving_size = factory.SelfAttribute("food.serving_size")
    serving_unit = factory.SelfAttribute("food.serving_unit")
    serving_calories = factory.SelfAttribute("food.calories")
    serving_protein = factory.SelfAttribute("food.protein")
    serving_carbs = factory.SelfAttribute("food.carbs")
    serving_fat = factory.SelfAttribute("food.fat")
    serving_fiber = factory.SelfAttribute("food.fiber")
    serving_sugar = factory.SelfAttribute("food.sugar")
    serving_micronutrients = factory.SelfAttribute("food.micronutrients")
    trust_score = factory.SelfAttribute("food.trust_score")


class WaterIntakeFactory(DjangoModelFactory):
    class Meta:
        model = WaterIntake

    user = factory.SubFactory(UserFactory)
    date = dt.date(2026, 3, 2)
    time = dt.time(9, 0)
    amount_ml = 250


class NutritionGoalFactory(DjangoModelFactory):
    class Meta:
        model = NutritionGoal

    user = factory.SubFactory(UserFactory)
    calorie_target = 2200
    protein_target = 160
    carbs_target = 220
    fat_target = 70
    fiber_target = 30


class RecipeFactory(DjangoModelFactory):
    class Meta:
        model = Recipe

    user = factory.SubFactory(UserFactory)
    food = factory.SubFactory(
        CustomFoodFactory, created_by=factory.SelfAttribute("..user"), source="recipe"
    )
    servings = 2.0


class RecipeIngredientFactory(DjangoModelFactory):
    class Meta:
        model = RecipeIngredient

    recipe = factory.SubFactory(RecipeFactory)
    user = factory.SelfAttribute("recipe.user")
    position = factory.Sequence(lambda n: n + 1)
    food = factory.SubFactory(FoodFactory)
    amount = 100.0


class FoodImageFactory(DjangoModelFactory):
    class Meta:
        model = FoodImage

    user = factory.SubFactory(UserFactory)
    image = "food-images/photo.webp"
    thumbnail = "food-images/photo-256.webp"
