"""People following plans: a reading room, but for training maxima."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users.admin.finding import FoundByPerson
from users.admin.reading import (
    MAX_SHOWN,
    PersonalAdmin,
    ReadingAdmin,
    RoomAdmin,
    WholeRowForm,
    link,
    pretty,
    table,
)
from workouts.models import Gym, PlanPause, PlanRun, RuleEvaluation, SkippedSession, TrainingMax
from workouts.services import replays


@admin.register(PlanRun)
class PlanRunAdmin(RoomAdmin[PlanRun]):
    list_display = ("plan", "user", "status", "started_on", "finished_on", "gym")
    list_select_related = ("plan", "user", "gym")
    list_filter = ("status",)
    words = ("plan__name",)
    search_help_text = "A username, and words of a plan's name; an id."
    fields = (
        "plan",
        "version",
        "user",
        "gym",
        "status",
        "started_on",
        "finished_on",
        "decisions",
        "sessions",
        "skipped",
        "pauses",
        "shown_state",
        "shown_start",
        "revision",
        "created_at",
        "updated_at",
    )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # State and decisions follow from workouts that may have changed since.
        replays.settle(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="latest decisions")
    def decisions(self, run: PlanRun) -> SafeString:
        rows = RuleEvaluation.objects.filter(user_id=run.user_id, run=run)
        latest = rows.order_by("-session_number", "place")[:MAX_SHOWN]
        shown = table(
            ["Session", "Exercise", "Rule", "Decision", "Reason"],
            (
                (row.session_number, row.name, row.rule, link(row, row.action), row.reason)
                for row in latest
            ),
        )
        everything = f"{reverse('admin:workouts_ruleevaluation_changelist')}?run__exact={run.pk}"
        return format_html('{}<p><a href="{}">All decisions</a></p>', shown, everything)

    @admin.display(description="latest sessions")
    def sessions(self, run: PlanRun) -> SafeString | str:
        latest = run.workouts.filter(user_id=run.user_id).order_by("-session_number")[:MAX_SHOWN]
        return table(
            ["Session", "Workout", "Day", "State"],
            (
                (
                    row.session_number,
                    link(row, row.name),
                    row.date,
                    "running" if row.in_progress else "done",
                )
                for row in latest
            ),
        )

    @admin.display(description="skipped sessions")
    def skipped(self, run: PlanRun) -> SafeString | str:
        rows = SkippedSession.objects.filter(user_id=run.user_id, run=run).order_by("-number")
        return table(["Session", "Day"], ((row.number, row.skipped_on) for row in rows))

    @admin.display(description="pauses")
    def pauses(self, run: PlanRun) -> SafeString | str:
        rows = PlanPause.objects.filter(user_id=run.user_id, run=run).order_by("-starts_on")
        return table(
            ["From", "To", "Reason"], ((row.starts_on, row.ends_on, row.reason) for row in rows)
        )

    @admin.display(description="where each track stands")
    def shown_state(self, run: PlanRun) -> SafeString:
        return pretty(run.state)

    @admin.display(description="where each track began")
    def shown_start(self, run: PlanRun) -> SafeString:
        return pretty(run.start_state)


@admin.register(RuleEvaluation)
class RuleEvaluationAdmin(RoomAdmin[RuleEvaluation]):
    list_display = (
        "name",
        "user",
        "run",
        "session_number",
        "rule",
        "action",
        "reason",
        "evaluated_at",
    )
    list_select_related = ("run", "user")
    words = ("name", "rule", "action")
    search_help_text = "A username, and words of exercise, rule or decision; an id."
    fields = (
        "run",
        "user",
        "session_number",
        "place",
        "name",
        "planned_exercise_id",
        "track",
        "rule",
        "action",
        "reason",
        "shown_inputs",
        "shown_before",
        "shown_after",
        "evaluated_at",
    )

    @admin.display(description="what it looked at")
    def shown_inputs(self, row: RuleEvaluation) -> SafeString:
        return pretty(row.inputs)

    @admin.display(description="before")
    def shown_before(self, row: RuleEvaluation) -> SafeString:
        return pretty(row.before)

    @admin.display(description="after")
    def shown_after(self, row: RuleEvaluation) -> SafeString:
        return pretty(row.after)


class TrainingMaxForm(WholeRowForm[TrainingMax]):
    pass


@admin.register(TrainingMax)
class TrainingMaxAdmin(FoundByPerson[TrainingMax], PersonalAdmin[TrainingMax]):
    form = TrainingMaxForm
    list_display = ("exercise", "user", "value_kg", "source", "valid_from")
    list_select_related = ("exercise", "user")
    list_filter = ("source",)
    words = ("exercise__name",)
    named = ("exercise",)
    search_help_text = "A username and words of an exercise's name, or one of them; an id."
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "user",
        "exercise",
        "value_kg",
        "source",
        "valid_from",
        "revision",
        "created_at",
        "updated_at",
    )
    readonly_fields = ("user", "exercise", "revision", "created_at", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Gym)
class GymAdmin(FoundByPerson[Gym], ReadingAdmin[Gym]):
    list_display = ("name", "user", "is_default", "updated_at")
    list_select_related = ("user",)
    list_filter = ("is_default",)
    words = ("name",)
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "user",
        "name",
        "is_default",
        "equipment",
        "shown_inventory",
        "revision",
        "created_at",
        "updated_at",
    )

    @admin.display(description="inventory (kg)")
    def shown_inventory(self, gym: Gym) -> SafeString:
        return pretty(gym.inventory)
