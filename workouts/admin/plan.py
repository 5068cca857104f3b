"""Plans, what they said before, and how they came to be: a reading room."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from users.admin import jobs
from users.admin.finding import FoundByPerson
from users.admin.reading import (
    MAX_SHOWN,
    PersonalAdmin,
    RoomAdmin,
    StatusFilter,
    lines,
    link,
    pretty,
    table,
)
from users.models import JobStatus
from workouts.models import (
    PlanGeneration,
    PlannedExercise,
    PlannedSet,
    PlanVersion,
    WorkoutDay,
    WorkoutPlan,
)
from workouts.models.generation import GenerationMethod
from workouts.models.plan import PlannedLoad
from workouts.models.workout import SetType

_CONTENT = (
    "name",
    "description",
    "goal",
    "days_per_week",
    "duration_weeks",
    "fitness_level",
    "progression_strategy",
    "cycle_weeks",
    "deload",
)
_RECORD = (
    "is_ai_generated",
    "copied_from",
    "program",
    "version",
    "versions",
    "revision",
    "created_at",
    "updated_at",
)


@admin.register(WorkoutPlan)
class WorkoutPlanAdmin(FoundByPerson[WorkoutPlan], PersonalAdmin[WorkoutPlan]):
    """Its owner changes what it says, as versions follow. Staff may take it out of the library,
    and not put it there.
    """

    list_display = (
        "name",
        "user",
        "goal",
        "fitness_level",
        "days_per_week",
        "duration_weeks",
        "is_public",
        "is_ai_generated",
        "version",
    )
    list_select_related = ("user",)
    indexed = ("is_public",)
    list_filter = (
        "is_public",
        "is_ai_generated",
        "fitness_level",
        ("program", admin.EmptyFieldListFilter),
    )
    words = ("name", "program")
    search_help_text = "A username, and words of the plan's name; an id."
    ordering = ("-id",)
    sortable_by = ()
    readonly_fields = ("user", *_CONTENT, "days", *_RECORD)
    fieldsets = (
        (None, {"fields": ("user", "is_public", *_CONTENT, "days")}),
        ("Record", {"fields": _RECORD}),
    )
    actions = ("unpublish",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: WorkoutPlan | None = None) -> bool:
        is_in_library = obj is None or obj.is_public
        return is_in_library and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: WorkoutPlan | None = None) -> bool:
        return False

    @admin.display(description="days")
    def days(self, plan: WorkoutPlan) -> SafeString | str:
        schemes = Prefetch("planned_sets", PlannedSet.objects.order_by("order"))
        exercises = PlannedExercise.objects.order_by("order").prefetch_related(schemes)
        rows = WorkoutDay.objects.filter(user_id=plan.user_id, plan=plan)
        days = rows.prefetch_related(Prefetch("exercises", exercises))
        shown = ((_shown_day(day),) for day in days.order_by("day_number"))
        return format_html_join("", "{}", shown) or "-"

    @admin.display(description="latest versions")
    def versions(self, plan: WorkoutPlan) -> SafeString | str:
        rows = PlanVersion.objects.filter(user_id=plan.user_id, plan=plan).defer("document")
        latest = rows.order_by("-version")[:MAX_SHOWN]
        return table(
            ["Version", "Since"],
            ((link(row, row.version), f"{row.created_at:%Y-%m-%d %H:%M} UTC") for row in latest),
        )

    @admin.action(description="Unpublish selected plans", permissions=["change"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[WorkoutPlan]) -> None:
        plans = list(queryset.filter(is_public=True))
        rows = WorkoutPlan.objects.filter(pk__in=[plan.pk for plan in plans])
        rows.update(is_public=False, updated_at=timezone.now())
        for plan in plans:
            self.log_change(request, plan, "Unpublished.")
        self.message_user(request, f"{len(plans)} unpublished.")


def _shown_day(day: WorkoutDay) -> SafeString:
    around = (("Warm-up", day.warm_up), ("Cool-down", day.cool_down))
    return format_html(
        "<h3>Day {}</h3>{}{}",
        day,
        table(
            ["Exercise", "Sets", "Set schemes", "Progression", "Notes"],
            (
                (one.name, f"{one.sets} × {one.reps}", _schemes(one), _rule(one), _notes(one))
                for one in day.exercises.all()
            ),
        ),
        format_html_join("", "<p>{}: {}</p>", (pair for pair in around if pair[1])),
    )


def _schemes(one: PlannedExercise) -> SafeString:
    return lines(_in_words(scheme) for scheme in one.planned_sets.all())


def _in_words(scheme: PlannedSet) -> str:
    is_plain = scheme.set_type == SetType.NORMAL
    return _joined(
        ("", f"{scheme.count} × {_asked(scheme)}"),
        ("", None if is_plain else scheme.get_set_type_display()),
        ("", _load(scheme)),
        ("week", scheme.week),
        ("RPE", scheme.rpe),
        ("RIR", scheme.rir),
        ("rest", _seconds(scheme.rest_seconds)),
        ("tempo", scheme.tempo),
    )


def _load(scheme: PlannedSet) -> str | None:
    """What is to be lifted; the working load goes without saying."""
    label = scheme.get_load_type_display()
    if scheme.load_value is not None:
        return f"{label}: {scheme.load_value:g}"
    return None if scheme.load_type == PlannedLoad.WORKING else label


def _asked(scheme: PlannedSet) -> str:
    """Reps, time or distance of one set; a dash where it is left to the person."""
    if scheme.duration_seconds is not None:
        return f"{scheme.duration_seconds} s"
    if scheme.distance_km is not None:
        return f"{scheme.distance_km:g} km"
    bounds = {scheme.reps_min, scheme.reps_max} - {None}
    return "–".join(str(reps) for reps in sorted(bounds, key=lambda reps: reps or 0)) or "–"


def _rule(one: PlannedExercise) -> str:
    rule = one.progression or {}
    return _joined(
        ("", rule.get("kind")),
        *((name, value) for name, value in rule.items() if name != "kind"),
        ("track", one.track),
        ("start_load_kg", one.start_load_kg),
        ("start_percent_1rm", one.start_percent_1rm),
    )


def _notes(one: PlannedExercise) -> str:
    return _joined(
        ("", one.notes),
        ("rest", _seconds(one.rest_seconds)),
        ("tempo", one.tempo),
        ("superset", one.superset),
        ("", "each side" if one.unilateral else None),
    )


def _seconds(duration: int | None) -> str | None:
    return None if duration is None else f"{duration} s"


def _joined(*facts: tuple[str, Any]) -> str:
    """What is known of these, each with its name."""
    return ", ".join(
        f"{name} {json.dumps(value) if isinstance(value, list) else value}".strip()
        for name, value in facts
        if value is not None and value != ""
    )


@admin.register(PlanVersion)
class PlanVersionAdmin(RoomAdmin[PlanVersion]):
    list_display = ("plan", "user", "version", "created_at")
    list_select_related = ("plan", "user")
    words = ("plan__name",)
    search_help_text = "A username, and words of the plan's name; an id."
    fields = ("plan", "user", "version", "created_at", "shown_document")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanVersion]:
        # A page of the list would be megabytes of documents.
        return super().get_queryset(request).defer("document")

    @admin.display(description="document")
    def shown_document(self, version: PlanVersion) -> SafeString:
        return pretty(version.document)


class GenerationStatusFilter(StatusFilter):
    statuses = JobStatus


@admin.register(PlanGeneration)
class PlanGenerationAdmin(RoomAdmin[PlanGeneration]):
    list_display = ("id", "user", "method", "status", "plan", "attempts", "created_at")
    list_select_related = ("user", "plan")
    list_filter = (GenerationStatusFilter, "method")
    actions = ("try_again", "stop")
    words = ("plan__name", "error")
    search_help_text = "A username, and words of the plan's name or error; an id."
    fields = (
        "user",
        "method",
        "status",
        "attempts",
        "error",
        "plan",
        "shown_wish",
        "created_at",
        "finished_at",
        "revision",
    )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("workouts.change_plangeneration")

    @admin.action(description="Try selected failed plans again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[PlanGeneration]) -> None:
        jobs.retry(self, request, queryset.filter(method=GenerationMethod.AI))

    @admin.action(description="Stop selected plans", permissions=["retry"])
    def stop(
        self, request: HttpRequest, queryset: QuerySet[PlanGeneration]
    ) -> TemplateResponse | None:
        return jobs.stop(self, request, queryset)

    @admin.display(description="wish")
    def shown_wish(self, generation: PlanGeneration) -> SafeString:
        return pretty(generation.wish)
