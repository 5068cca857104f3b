"""Dishes that a person makes of foods."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from nutrition.models.food import Food
from nutrition.querysets import RecipeIngredientQuerySet
from users.ownership import OwnedModel, OwnedPart, SameOwner, SyncedQuerySet


class Recipe(OwnedModel):
    """Foods with amounts, for so many servings.

    Its food is what one serving of it contains: searched and logged as any other food is.
    """

    food = models.OneToOneField(
        Food, on_delete=models.CASCADE, editable=False, related_name="recipe"
    )
    servings = models.FloatField(help_text="How many servings the whole amount gives.")
    cooked_weight_g = models.FloatField(
        null=True, blank=True, help_text="Of the whole, as water comes and goes in cooking."
    )
    instructions = models.TextField(max_length=10_000, blank=True)

    objects: ClassVar[SyncedQuerySet["Recipe"]] = SyncedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["user", "id"], name="recipe_owner_and_id"),
            models.CheckConstraint(
                condition=Q(servings__gt=0, servings__lte=1000),
                name="recipe_servings_in_range",
                violation_error_message="Servings must be above 0 and at most 1000.",
            ),
            models.CheckConstraint(
                condition=Q(cooked_weight_g__gt=0, cooked_weight_g__lte=100_000),
                name="recipe_cooked_weight_in_range",
                violation_error_message="Cooked weight must be above 0 and at most 100000 g.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecipeIngredient(OwnedPart):
    whole = "recipe"

    recipe = models.ForeignKey(
        Recipe, on_delete=models.CASCADE, related_name="ingredients", db_constraint=False
    )
    position = models.IntegerField(help_text="From 1, in the order of the recipe.")
    food = models.ForeignKey(Food, on_delete=models.PROTECT, related_name="+")
    amount = models.FloatField(help_text="In the unit of the food's serving.")

    objects = RecipeIngredientQuerySet.as_manager()

    class Meta:
        constraints = [
            SameOwner(parent="recipe", name="recipeingredient_owner_is_recipes"),
            models.UniqueConstraint(
                fields=["user", "recipe", "position"], name="recipeingredient_position_once"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=100_000),
                name="recipeingredient_amount_in_range",
                violation_error_message="Amount must be above 0 and at most 100000.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.amount:g}"
