"""How strong people are, and what they beat."""

from django.contrib import admin
from django.utils.safestring import SafeString

from analytics.admin.charts import chart_image
from analytics.models import OneRmTest, PersonalRecord, StrengthProgress
from users.admin.reading import RoomAdmin

_RECORD = ("revision", "created_at", "updated_at")
_SEARCH_HELP = "A username and words of an exercise's name, or one of them; an id."


@admin.register(StrengthProgress)
class StrengthProgressAdmin(RoomAdmin[StrengthProgress]):
    """Follows from the sets and tests of a day."""

    list_display = (
        "exercise",
        "user",
        "date",
        "one_rep_max",
        "validity",
        "calculated_1rm",
        "volume",
    )
    list_select_related = ("exercise", "user")
    list_filter = ("validity", "calculated_1rm")
    named = ("exercise",)
    words = ("exercise__name",)
    search_help_text = _SEARCH_HELP
    fieldsets = (
        (None, {"fields": ("user", "exercise", "date", "volume", "sets_count")}),
        (
            "Maximum",
            {
                "fields": (
                    "one_rep_max",
                    "one_rep_max_low_kg",
                    "one_rep_max_high_kg",
                    "validity",
                    "calculated_1rm",
                )
            },
        ),
        (
            "The set that speaks for it",
            {"fields": ("best_set_id", "best_load_kg", "best_reps", "best_reserve")},
        ),
        ("Half a year", {"fields": ("chart",)}),
        ("Record", {"fields": _RECORD}),
    )

    @admin.display(description="chart")
    def chart(self, progress: StrengthProgress) -> SafeString:
        exercise = progress.exercise
        return chart_image("strength", progress.user_id, title=exercise, exercise=exercise.pk)


@admin.register(OneRmTest)
class OneRmTestAdmin(RoomAdmin[OneRmTest]):
    list_display = ("exercise", "user", "date", "weight_kg")
    list_select_related = ("exercise", "user")
    named = ("exercise",)
    words = ("exercise__name",)
    search_help_text = _SEARCH_HELP
    fields = ("user", "exercise", "date", "weight_kg", "notes", *_RECORD)


@admin.register(PersonalRecord)
class PersonalRecordAdmin(RoomAdmin[PersonalRecord]):
    """Follows from all sets and tests of an exercise."""

    list_display = ("exercise", "user", "kind", "at", "value", "previous", "date", "is_standing")
    list_select_related = ("exercise", "user")
    list_filter = ("kind", "is_standing")
    named = ("exercise",)
    words = ("exercise__name",)
    search_help_text = _SEARCH_HELP
    fieldsets = (
        (None, {"fields": ("user", "exercise", "kind", "at", "value", "previous", "date")}),
        ("What it is", {"fields": ("is_standing", "is_estimate")}),
        ("Where it was done", {"fields": ("set_id", "workout_id", "reps", "load_kg")}),
        ("Record", {"fields": _RECORD}),
    )
