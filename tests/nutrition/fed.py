"""A person with a row of each kind of the food diary."""

from dataclasses import dataclass

from django.core.files.base import ContentFile

from nutrition.models import (
    DayTarget,
    DiaryDay,
    FavoriteFood,
    Food,
    FoodCandidate,
    FoodImage,
    MealEntry,
    NutritionGoal,
    PastGoal,
    Recipe,
    WaterIntake,
)
from tests.factories.nutrition import (
    CustomFoodFactory,
    FoodImageFactory,
    MealEntryFactory,
    NutritionGoalFactory,
    PortionFactory,
    RecipeFactory,
    RecipeIngredientFactory,
    WaterIntakeFactory,
)
from users.models import User


@dataclass
class Fed:
    food: Food
    recipe: Recipe
    favorite: FavoriteFood
    entry: MealEntry
    water: WaterIntake
    goal: NutritionGoal
    day: DiaryDay
    image: FoodImage


def feed(user: User, *, word: str) -> Fed:
    """``word`` stands in every text that is theirs."""
    food = CustomFoodFactory(created_by=user, name=f"{word} bar", brand=word)
    PortionFactory(food=food, name=f"{word} piece")
    recipe = RecipeFactory(user=user, food__name=f"{word} stew", instructions=word)
    RecipeIngredientFactory(recipe=recipe, food=food)
    goal = NutritionGoalFactory(user=user)
    DayTarget.objects.create(goal=goal, weekday=1, calorie_target=2500)
    PastGoal.objects.create(goal=goal, valid_until="2026-01-01", document={"is_active": False})
    image = FoodImageFactory.build(user=user, status="done")
    for field, size in ((image.image, "large"), (image.thumbnail, "small")):
        name = f"food-images/{image.pk}-{size}.webp"
        field.save(name, ContentFile(f"{word} {size}".encode()), save=False)
    image.save()
    FoodCandidate.objects.create(image=image, rank=1, label=word, confidence=0.9, food=food)
    return Fed(
        food=food,
        recipe=recipe,
        favorite=FavoriteFood.objects.create(user=user, food=food),
        entry=MealEntryFactory(user=user, food=food, notes=word),
        water=WaterIntakeFactory(user=user),
        goal=goal,
        day=DiaryDay.objects.create(user=user, date="2026-03-02", is_complete=True),
        image=image,
    )
