"""Days, weeks and months of people, added up."""

from django.contrib import admin
from django.utils.safestring import SafeString

from analytics.models import NutritionSummary, TrainingBreak, TrainingDay, WorkoutAnalysis
from users.admin.reading import RoomAdmin, pretty

_RECORD = ("revision", "created_at", "updated_at")
_SOURCE = ("source_rows", "source_revision")


@admin.register(TrainingDay)
class TrainingDayAdmin(RoomAdmin[TrainingDay]):
    """Follows from the workouts of a day."""

    list_display = ("user", "date", "workouts", "minutes", "volume", "lifting_load", "cardio_load")
    list_select_related = ("user",)
    fieldsets = (
        (None, {"fields": ("user", "date", "workouts", "minutes")}),
        ("Done", {"fields": ("volume", "sets_count", "distance_km")}),
        ("Energy", {"fields": ("calories_burned", "net_calories_kcal")}),
        ("Load", {"fields": ("lifting_load", "cardio_load", "rated_load")}),
        ("Record", {"fields": (*_SOURCE, *_RECORD)}),
    )


@admin.register(NutritionSummary)
class NutritionSummaryAdmin(RoomAdmin[NutritionSummary]):
    """Follows from the food diary and the goals of a day."""

    list_display = (
        "user",
        "date",
        "calories",
        "calorie_target",
        "compliance_score",
        "compliance_validity",
        "is_complete",
    )
    list_select_related = ("user",)
    list_filter = ("is_complete", "compliance_validity")
    fieldsets = (
        (None, {"fields": ("user", "date", "meal_count", "is_complete", "doubt")}),
        (
            "Eaten and drunk",
            {"fields": ("calories", "protein", "carbs", "fat", "fiber", "sugar", "water")},
        ),
        (
            "Against the goals",
            {
                "fields": (
                    "calorie_target",
                    "compliance_score",
                    "compliance_validity",
                    "coverage",
                )
            },
        ),
        ("Record", {"fields": (*_SOURCE, *_RECORD)}),
    )


@admin.register(WorkoutAnalysis)
class WorkoutAnalysisAdmin(RoomAdmin[WorkoutAnalysis]):
    """Follows from the workouts of a week or a month."""

    list_display = (
        "user",
        "period",
        "start_date",
        "total_workouts",
        "total_volume",
        "avg_intensity",
        "consistency_score",
    )
    list_select_related = ("user",)
    list_filter = ("period",)
    fieldsets = (
        (None, {"fields": ("user", "period", "start_date", "end_date")}),
        (
            "Totals",
            {
                "fields": (
                    "total_workouts",
                    "total_duration",
                    "total_volume",
                    "total_sets",
                    "hard_sets",
                    "total_reps",
                    "total_distance_km",
                )
            },
        ),
        (
            "Intensity",
            {
                "fields": (
                    "avg_intensity",
                    "intensity_validity",
                    "intensity_sets",
                    "intensity_left_out",
                )
            },
        ),
        ("Consistency", {"fields": ("consistency_score", "consistency_validity")}),
        (
            "Muscles",
            {"fields": ("most_trained_muscle", "least_trained_muscle", "shown_muscle_sets")},
        ),
        ("Record", {"fields": _RECORD}),
    )

    @admin.display(description="hard sets by muscle")
    def shown_muscle_sets(self, analysis: WorkoutAnalysis) -> SafeString:
        return pretty(analysis.muscle_sets)


@admin.register(TrainingBreak)
class TrainingBreakAdmin(RoomAdmin[TrainingBreak]):
    list_display = ("user", "starts_on", "ends_on", "reason")
    list_select_related = ("user",)
    list_filter = ("reason",)
    fields = ("user", "starts_on", "ends_on", "reason", "notes", *_RECORD)
