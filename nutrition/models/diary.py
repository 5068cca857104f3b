"""What a person ate and drank."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from nutrition.models.food import Food
from users.ownership import OwnedModel, SyncedQuerySet


class MealType(models.TextChoices):
    BREAKFAST = "breakfast", "Breakfast"
    LUNCH = "lunch", "Lunch"
    DINNER = "dinner", "Dinner"
    SNACK = "snack", "Snack"


def _eaten(nutrient: str, unit: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=F(f"serving_{nutrient}") * F("quantity"),
        output_field=models.FloatField(help_text=unit),
        db_persist=True,
        help_text=unit,
    )


class MealEntry(OwnedModel):
    """So many servings of a food, with what a serving contained when it was logged."""

    food = models.ForeignKey(Food, on_delete=models.PROTECT, related_name="entries")
    date = models.DateField(help_text="The person's own day.")
    time = models.TimeField(help_text="By the person's clock.")
    meal_type = models.CharField(max_length=20, choices=MealType)
    quantity = models.FloatField(help_text="Servings of the food.")
    notes = models.CharField(max_length=200, blank=True)
    food_name = models.CharField(max_length=310, editable=False, help_text="With the brand.")
    serving_size = models.FloatField(editable=False, help_text="In the serving's unit.")
    serving_unit = models.CharField(max_length=50, editable=False)
    portion_name = models.CharField(
        max_length=100, blank=True, editable=False, help_text="What it was counted in, if it was."
    )
    portion_amount = models.FloatField(
        null=True, editable=False, help_text="Of one such portion, in the serving's unit."
    )
    serving_calories = models.FloatField(editable=False, help_text="kcal")
    serving_protein = models.FloatField(editable=False, help_text="g")
    serving_carbs = models.FloatField(editable=False, help_text="g, without fiber")
    serving_fat = models.FloatField(editable=False, help_text="g")
    serving_fiber = models.FloatField(editable=False, help_text="g")
    serving_sugar = models.FloatField(editable=False, help_text="g")
    serving_micronutrients = models.JSONField(
        default=dict, editable=False, help_text="By names that end in their unit."
    )
    trust_score = models.IntegerField(null=True, editable=False, help_text="0-100, of the food.")
    calories = _eaten("calories", "kcal")
    protein = _eaten("protein", "g")
    carbs = _eaten("carbs", "g, without fiber")
    fat = _eaten("fat", "g")
    fiber = _eaten("fiber", "g")
    sugar = _eaten("sugar", "g")

    objects: ClassVar[SyncedQuerySet["MealEntry"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        verbose_name_plural = "meal entries"
        indexes = [
            *OwnedModel.Meta.indexes,
            # What was eaten lately is read from it alone, whatever else a row holds.
            models.Index(
                fields=["user", "date", "time", "id"],
                include=["food"],
                name="mealentry_user_date",
            ),
            models.Index(fields=["user", "meal_type"], name="mealentry_user_meal_type"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="mealentry_owner_and_id"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=100_000),
                name="mealentry_quantity_in_range",
                violation_error_message="It must be above 0 and at most 100000 servings.",
            ),
            models.CheckConstraint(
                condition=Q(meal_type__in=MealType.values), name="mealentry_meal_type_known"
            ),
            models.CheckConstraint(
                condition=Q(date__gte="1970-01-01", date__lte="2200-01-01"),
                name="mealentry_date_in_range",
                violation_error_message="Date must be from 1970 to 2200.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.meal_type}"


class WaterIntake(OwnedModel):
    """A drink of water."""

    date = models.DateField(help_text="The person's own day.")
    time = models.TimeField(help_text="By the person's clock.")
    amount_ml = models.IntegerField(help_text="ml")

    objects: ClassVar[SyncedQuerySet["WaterIntake"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["user", "date", "time", "id"], name="waterintake_user_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_ml__gte=1, amount_ml__lte=10_000),
                name="waterintake_amount_in_range",
                violation_error_message="Amount must be from 1 to 10000 ml.",
            ),
            models.CheckConstraint(
                condition=Q(date__gte="1970-01-01", date__lte="2200-01-01"),
                name="waterintake_date_in_range",
                violation_error_message="Date must be from 1970 to 2200.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.time}"


class DiaryDay(OwnedModel):
    """What the person says of a day: that all of it is logged, and whether it is for training."""

    date = models.DateField(help_text="The person's own day.")
    is_complete = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether everything that was eaten is logged; null leaves it to a rule.",
    )
    is_training = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether it is for training; null asks the diary of training.",
    )

    objects: ClassVar[SyncedQuerySet["DiaryDay"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "date"],
                name="diaryday_once",
                violation_error_message="This day has its row.",
            )
        ]

    def __str__(self) -> str:
        return str(self.date)


class FavoriteFood(OwnedModel):
    food = models.ForeignKey(Food, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[SyncedQuerySet["FavoriteFood"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "food"],
                name="favoritefood_once",
                violation_error_message="This food is a favorite already.",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
