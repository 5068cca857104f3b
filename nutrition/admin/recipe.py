"""Dishes of people: a reading room."""

from django.contrib import admin
from django.utils.safestring import SafeString

from nutrition.models import Recipe, RecipeIngredient
from users.admin.reading import MAX_SHOWN, RoomAdmin, link, table


@admin.register(Recipe)
class RecipeAdmin(RoomAdmin[Recipe]):
    """A recipe goes with its food, by whoever made it."""

    list_display = ("name", "user", "servings", "calories", "updated_at")
    list_select_related = ("food", "user")
    words = ("food__name",)
    search_help_text = "A username, and words of a dish; an id."
    fields = (
        "user",
        "food",
        "servings",
        "cooked_weight_g",
        "ingredients",
        "instructions",
        "revision",
        "created_at",
        "updated_at",
    )

    @admin.display
    def name(self, recipe: Recipe) -> str:
        return recipe.food.name

    @admin.display(description="kcal of a serving")
    def calories(self, recipe: Recipe) -> int:
        return recipe.food.calories

    @admin.display
    def ingredients(self, recipe: Recipe) -> SafeString | str:
        rows = RecipeIngredient.objects.filter(user_id=recipe.user_id, recipe=recipe)
        in_order = rows.select_related("food").order_by("position")[:MAX_SHOWN]
        return table(
            ["", "Food", "Amount"],
            (
                (row.position, link(row.food, row.food), f"{row.amount:g} {row.food.serving_unit}")
                for row in in_order
            ),
        )
