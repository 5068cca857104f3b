"""Rows inside foods, recipes, photos and goals, each in a list of its own.

The page of the whole shows them in their places.
"""

from django.contrib import admin
from django.utils.safestring import SafeString

from nutrition.models import DayTarget, FoodCandidate, PastGoal, Portion, RecipeIngredient
from nutrition.models.goal import TARGETS
from users.admin.reading import RecordAdmin, RoomAdmin, pretty


@admin.register(Portion)
class PortionAdmin(RecordAdmin[Portion]):
    list_display = fields = ("food", "name", "amount")
    list_select_related = ("food",)
    search_fields = ("id__exact", "food__id__exact")
    search_help_text = "The id of a portion, or of its food."
    ordering = ("-id",)
    sortable_by = ()


@admin.register(RecipeIngredient)
class RecipeIngredientAdmin(RoomAdmin[RecipeIngredient]):
    list_display = fields = ("food", "user", "recipe", "position", "amount")
    list_select_related = ("food", "user", "recipe__food")
    words = ("food__name", "recipe__food__name")
    search_help_text = "A username, and words of a dish or a food; an id."


@admin.register(FoodCandidate)
class FoodCandidateAdmin(RoomAdmin[FoodCandidate]):
    list_display = fields = ("label", "user", "image", "rank", "confidence", "food", "amount")
    list_select_related = ("user", "image", "food")
    words = ("label",)


@admin.register(DayTarget)
class DayTargetAdmin(RoomAdmin[DayTarget]):
    list_display = fields = ("user", "goal", "weekday", "is_training", *TARGETS)
    list_select_related = ("user", "goal")


@admin.register(PastGoal)
class PastGoalAdmin(RoomAdmin[PastGoal]):
    list_display = ("user", "goal", "valid_until")
    list_select_related = ("user", "goal")
    fields = (*list_display, "shown_document")

    @admin.display(description="document")
    def shown_document(self, past: PastGoal) -> SafeString:
        return pretty(past.document)
