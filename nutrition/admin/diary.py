"""What people ate, drank and aim for: a reading room."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from nutrition.models import (
    DayTarget,
    DiaryDay,
    FavoriteFood,
    MealEntry,
    NutritionGoal,
    PastGoal,
    WaterIntake,
)
from nutrition.models.goal import TARGETS
from users.admin.reading import RoomAdmin, pretty

_RECORD = ("revision", "created_at", "updated_at")


@admin.register(MealEntry)
class MealEntryAdmin(RoomAdmin[MealEntry]):
    list_display = ("food_name", "user", "date", "time", "meal_type", "eaten", "kcal")
    list_select_related = ("user",)
    list_filter = ("meal_type",)
    words = ("food_name",)
    search_help_text = "A username, and words of what was eaten; an id."
    fieldsets = (
        (None, {"fields": ("user", "date", "time", "meal_type", "notes")}),
        (
            "What and how much",
            {"fields": ("food", "food_name", "quantity", "portion_name", "portion_amount")},
        ),
        (
            "Eaten",
            {"fields": ("calories", "protein", "carbs", "fat", "fiber", "sugar")},
        ),
        (
            "A serving when it was logged",
            {
                "fields": (
                    "serving_size",
                    "serving_unit",
                    "serving_calories",
                    "serving_protein",
                    "serving_carbs",
                    "serving_fat",
                    "serving_fiber",
                    "serving_sugar",
                    "shown_micronutrients",
                    "trust_score",
                )
            },
        ),
        ("Record", {"fields": _RECORD}),
    )

    @admin.display(description="amount")
    def eaten(self, entry: MealEntry) -> str:
        return f"{entry.quantity * entry.serving_size:g} {entry.serving_unit}"

    @admin.display(description="kcal")
    def kcal(self, entry: MealEntry) -> str:
        return f"{entry.calories:.0f}"

    @admin.display(description="micronutrients")
    def shown_micronutrients(self, entry: MealEntry) -> SafeString:
        return pretty(entry.serving_micronutrients)


@admin.register(WaterIntake)
class WaterIntakeAdmin(RoomAdmin[WaterIntake]):
    list_display = ("user", "date", "time", "amount_ml")
    list_select_related = ("user",)
    fields = ("user", "date", "time", "amount_ml", *_RECORD)


@admin.register(DiaryDay)
class DiaryDayAdmin(RoomAdmin[DiaryDay]):
    list_display = ("user", "date", "is_complete", "is_training")
    list_select_related = ("user",)
    list_filter = ("is_complete", "is_training")
    fields = ("user", "date", "is_complete", "is_training", *_RECORD)


@admin.register(FavoriteFood)
class FavoriteFoodAdmin(RoomAdmin[FavoriteFood]):
    list_display = ("food", "user", "created_at")
    list_select_related = ("food", "user")
    fields = ("user", "food", *_RECORD)


class DayTargetInline(admin.TabularInline[DayTarget, NutritionGoal]):
    model = DayTarget
    fields = ("weekday", "is_training", *TARGETS)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: NutritionGoal | None) -> bool:  # type: ignore[override]
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: NutritionGoal | None = None
    ) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: NutritionGoal | None = None) -> bool:
        return request.user.has_perm("nutrition.view_nutritiongoal")


class PastGoalInline(admin.TabularInline[PastGoal, NutritionGoal]):
    model = PastGoal
    fields = ("valid_until", "document")
    ordering = ("-valid_until",)
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: NutritionGoal | None) -> bool:  # type: ignore[override]
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: NutritionGoal | None = None
    ) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: NutritionGoal | None = None) -> bool:
        return request.user.has_perm("nutrition.view_nutritiongoal")


@admin.register(NutritionGoal)
class NutritionGoalAdmin(RoomAdmin[NutritionGoal]):
    inlines = (DayTargetInline, PastGoalInline)
    list_display = ("user", "aim", *TARGETS, "is_active")
    list_select_related = ("user",)
    list_filter = ("aim", "is_active")
    fields = ("user", "aim", "is_active", *TARGETS, *_RECORD)
