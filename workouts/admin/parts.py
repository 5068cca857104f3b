"""Rows inside exercises, workouts, plans, runs and imports, each in a list of its own.

The page of the whole shows them in their places, and lets staff change those that they may.
"""

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from users.admin.reading import RecordAdmin, RoomAdmin, pretty
from workouts.models import (
    ExerciseEquipment,
    ExerciseMuscle,
    ExerciseNote,
    MergedExercise,
    PlannedExercise,
    PlannedSet,
    PlanPause,
    RowError,
    SkippedSession,
    WorkoutDay,
)

_OF_EXERCISE = "A part of an exercise's name."


@admin.register(ExerciseMuscle)
class ExerciseMuscleAdmin(RecordAdmin[ExerciseMuscle]):
    list_display = fields = ("exercise", "muscle", "role", "share")
    list_select_related = ("exercise", "muscle")
    list_filter = ("muscle", "role")
    search_fields = ("exercise__name",)
    search_help_text = _OF_EXERCISE
    ordering = ("-id",)
    sortable_by = ()


@admin.register(ExerciseEquipment)
class ExerciseEquipmentAdmin(RecordAdmin[ExerciseEquipment]):
    list_display = fields = ("exercise", "equipment")
    list_select_related = ("exercise", "equipment")
    list_filter = ("equipment",)
    search_fields = ("exercise__name",)
    search_help_text = _OF_EXERCISE
    ordering = ("-id",)
    sortable_by = ()


@admin.register(ExerciseNote)
class ExerciseNoteAdmin(RoomAdmin[ExerciseNote]):
    list_display = fields = ("exercise", "user", "workout", "text")
    list_select_related = ("exercise", "user", "workout")


@admin.register(MergedExercise)
class MergedExerciseAdmin(RecordAdmin[MergedExercise]):
    list_display = ("name", "slug", "merged_into", "merged_at")
    list_select_related = ("merged_into",)
    search_fields = ("slug__exact", "id__exact", "merged_into__name")
    search_help_text = "A slug, the id that it had, or a part of the name of what was kept."
    ordering = ("-id",)
    sortable_by = ()
    fields = ("id", *list_display)


@admin.register(WorkoutDay)
class WorkoutDayAdmin(RoomAdmin[WorkoutDay]):
    list_display = ("plan", "user", "day_number", "focus")
    list_select_related = ("plan", "user")
    words = ("plan__name", "focus")
    fields = (*list_display, "warm_up", "cool_down")


@admin.register(PlannedExercise)
class PlannedExerciseAdmin(RoomAdmin[PlannedExercise]):
    list_display = ("name", "user", "exercise", "day", "order", "sets", "reps", "rest_seconds")
    list_select_related = ("user", "exercise", "day")
    named = ("exercise",)
    words = ("name",)
    search_help_text = "A username and words of an exercise's name, or one of them; an id."
    fields = (
        *list_display,
        "superset",
        "tempo",
        "unilateral",
        "track",
        "start_load_kg",
        "start_percent_1rm",
        "shown_progression",
        "notes",
    )

    @admin.display(description="progression")
    def shown_progression(self, planned: PlannedExercise) -> SafeString | str:
        return pretty(planned.progression) if planned.progression else "-"


@admin.register(PlannedSet)
class PlannedSetAdmin(RoomAdmin[PlannedSet]):
    list_display: tuple[Any, ...] = (
        "planned_exercise",
        "user",
        "order",
        "set_type",
        "count",
        "week",
        "reps_min",
        "reps_max",
        "load_type",
        "load_value",
    )
    list_select_related = ("planned_exercise", "user")
    words = ("planned_exercise__name",)
    fields = (
        *list_display,
        "duration_seconds",
        "distance_km",
        "rpe",
        "rir",
        "rest_seconds",
        "tempo",
    )


@admin.register(PlanPause)
class PlanPauseAdmin(RoomAdmin[PlanPause]):
    list_display = fields = ("run", "user", "starts_on", "ends_on", "reason")
    list_select_related = ("run__plan", "user")


@admin.register(SkippedSession)
class SkippedSessionAdmin(RoomAdmin[SkippedSession]):
    list_display = fields = ("run", "user", "number", "skipped_on")
    list_select_related = ("run__plan", "user")


@admin.register(RowError)
class RowErrorAdmin(RoomAdmin[RowError]):
    list_display = fields = ("job", "user", "line", "column", "code", "message")
    list_select_related = ("job", "user")
    words = ("code", "message")
    search_help_text = "A username, and words of code or message; an id."
