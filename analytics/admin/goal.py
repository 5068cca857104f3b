"""What people want to reach."""

from typing import Any, ClassVar, Final, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from analytics.models import BodyGoal, Goal, GoalStatus, HabitGoal, StrengthGoal
from users.admin.reading import RoomAdmin

_KINDS: Final = ("strength", "body", "habit")


class KindFilter(admin.SimpleListFilter):
    title = parameter_name = "kind"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(kind, kind.capitalize()) for kind in _KINDS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Goal]) -> QuerySet[Goal]:
        if self.value() not in _KINDS:
            return queryset
        # A goal has a row in the table of its kind as well.
        return queryset.filter(**{f"{self.value()}goal__isnull": False})


class StatusFilter(admin.SimpleListFilter):
    title = parameter_name = "status"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(status.value, str(status.label)) for status in GoalStatus]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Goal]) -> QuerySet[Goal]:
        match self.value():
            case GoalStatus.ACHIEVED:
                return queryset.filter(achieved_on__isnull=False)
            case GoalStatus.ABANDONED:
                return queryset.filter(achieved_on=None, is_abandoned=True)
            case GoalStatus.ACTIVE:
                return queryset.filter(achieved_on=None, is_abandoned=False)
        return queryset


@admin.register(Goal)
class GoalAdmin(RoomAdmin[Goal]):
    """Goals of all kinds. Where they stand follows from the diaries."""

    list_display = ("title", "user", "aim", "state", "progress_percent", "target_date")
    list_select_related = ("user", "strengthgoal__exercise", "bodygoal", "habitgoal")
    list_filter = (KindFilter, StatusFilter)
    words = ("title",)
    fieldsets = (
        (None, {"fields": ("user", "title", "aim", "notes")}),
        ("When", {"fields": ("start_date", "target_date", "is_abandoned")}),
        (
            "Where it stands",
            {
                "fields": (
                    "state",
                    "start_value",
                    "current_value",
                    "progress_percent",
                    "achieved_on",
                    "forecast_date",
                )
            },
        ),
        ("Record", {"fields": ("revision", "created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Goal]:
        # One query for all kinds; the library would ask once more for each.
        goals = Goal.objects.non_polymorphic().order_by("-id")
        return cast("QuerySet[Goal]", goals)

    @admin.display(description="status")
    def state(self, goal: Goal) -> str:
        return str(goal.status.label)

    @admin.display(description="aim")
    def aim(self, goal: Goal) -> str:
        if strength := getattr(goal, "strengthgoal", None):
            return f"{strength.exercise}: 1RM of {strength.target_kg:g} kg"
        if body := getattr(goal, "bodygoal", None):
            return f"{body.get_measure_display()}: {body.target_value:g}"
        habit: HabitGoal = goal.habitgoal
        return f"{habit.get_habit_display()}: {habit.days_per_week} a week, {habit.weeks} weeks"


class _KindAdmin(RoomAdmin[Any]):
    """The goals of one kind, with what only they have."""

    list_select_related: ClassVar[tuple[str, ...]] = ("user",)
    ordering = ("-pk",)
    words = ("title",)
    special: tuple[str, ...]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return ["title", "user", *self.special, "state", "progress_percent", "target_date"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [*self.get_list_display(request), "start_date", "start_value", "current_value"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        goals = self.model.objects.non_polymorphic().order_by("-pk")
        return cast("QuerySet[Any]", goals)

    @admin.display(description="status")
    def state(self, goal: Goal) -> str:
        return str(goal.status.label)


@admin.register(StrengthGoal)
class StrengthGoalAdmin(_KindAdmin):
    list_select_related = ("user", "exercise")
    named = ("exercise",)
    search_help_text = "A username and words of the goal, or a part of an exercise's name; an id."
    special = ("exercise", "target_kg")


@admin.register(BodyGoal)
class BodyGoalAdmin(_KindAdmin):
    list_filter = ("measure",)
    special = ("measure", "target_value")


@admin.register(HabitGoal)
class HabitGoalAdmin(_KindAdmin):
    list_filter = ("habit",)
    special = ("habit", "days_per_week", "weeks")
