"""Named filters of foods. The selectors turn the checked values into SQL."""

from typing import Final

from django_filters import rest_framework as filters

from nutrition.models import Food, FoodSource, MealType
from users.api.filters import TrueOrFalseFilter

MOST_RECENT: Final = 100
USUAL_RECENT: Final = 25


class FoodFilter(filters.FilterSet):
    q = filters.CharFilter(
        field_name="name",
        max_length=100,
        label="What one types: words, or beginnings of words, of name and brand; best first.",
    )
    category = filters.CharFilter(
        field_name="category__slug", max_length=50, label="Of this category or one below it."
    )
    source = filters.ChoiceFilter(choices=FoodSource.choices)
    is_custom = TrueOrFalseFilter(label="Your own ones, or the shared table.")
    verified = TrueOrFalseFilter(label="Checked by staff, or not.")
    is_favorite = TrueOrFalseFilter(field_name="verified", label="Your favorites, or all others.")
    is_recipe = TrueOrFalseFilter(field_name="verified", label="Foods of your recipes, or not.")
    archived = TrueOrFalseFilter(
        field_name="is_archived", label="Archived foods, which no list has otherwise."
    )
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = Food
        fields: list[str] = []


class RecentFilter(filters.FilterSet):
    meal_type = filters.ChoiceFilter(
        field_name="name", choices=MealType.choices, label="Only what was logged for this meal."
    )
    sort = filters.ChoiceFilter(
        field_name="name",
        choices=[("recent", "Last logged first"), ("frequent", "Most often logged first")],
        label="The last logged first, or those logged most often in 90 days.",
    )
    limit = filters.NumberFilter(
        field_name="calories",
        min_value=1,
        max_value=MOST_RECENT,
        decimal_places=0,
        label=f"How many, at most {MOST_RECENT}; {USUAL_RECENT} without it.",
    )

    class Meta:
        model = Food
        fields: list[str] = []
