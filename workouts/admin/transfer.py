"""History that came from other apps."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from users.admin.finding import FoundByPerson
from users.admin.jobs import stop
from users.admin.reading import (
    MAX_SHOWN,
    PersonalAdmin,
    RoomAdmin,
    StatusFilter,
    WholeRowForm,
    pretty,
    table,
)
from users.errors import Conflict
from workouts.admin.exercise import refuse_foreign
from workouts.models import Exercise, ExerciseAlias, RowError, WorkoutImport
from workouts.models.transfer import ImportStatus
from workouts.services import transfers

_COUNTS = (
    "rows_total",
    "rows_done",
    "workouts_new",
    "workouts_known",
    "sets_new",
    "errors_count",
)
_READ_AS = ("weight_unit", "distance_unit", "date_order", "timezone")


_OPEN = (ImportStatus.PENDING, ImportStatus.RUNNING, ImportStatus.NEEDS_ANSWERS)


class ImportStatusFilter(StatusFilter):
    statuses = ImportStatus


@admin.register(WorkoutImport)
class WorkoutImportAdmin(RoomAdmin[WorkoutImport]):
    """What became of a file, and not what is in it."""

    list_display = (
        "__str__",
        "user",
        "source",
        "status",
        "dry_run",
        "workouts_new",
        "errors_count",
        "created_at",
    )
    list_select_related = ("user",)
    list_filter = (ImportStatusFilter, "source", "dry_run")
    words = ("file_name", "error")
    search_help_text = "A username, and words of the file's name or error; an id."
    fieldsets = (
        (None, {"fields": ("user", "file_name", "size_bytes", "source", *_READ_AS)}),
        ("Wanted", {"fields": ("dry_run", "create_unknown")}),
        ("Outcome", {"fields": ("status", "attempts", "error", "finished_at", *_COUNTS)}),
        ("To answer and to mend", {"fields": ("shown_questions", "first_errors")}),
        ("Record", {"fields": ("revision", "created_at", "updated_at")}),
    )
    actions = ("try_again", "stop")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("workouts.change_workoutimport")

    @admin.display(description="questions")
    def shown_questions(self, job: WorkoutImport) -> SafeString | str:
        return pretty(job.questions) if job.questions else "-"

    @admin.display(description="first errors")
    def first_errors(self, job: WorkoutImport) -> SafeString | str:
        rows = RowError.objects.filter(user_id=job.user_id, job=job).order_by("line", "column")
        return table(
            ["Line", "Column", "Code", "What is wrong"],
            ((row.line, row.column, row.code, row.message) for row in rows[:MAX_SHOWN]),
        )

    @admin.action(description="Try selected failed imports again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[WorkoutImport]) -> None:
        started = 0
        for job in queryset.filter(status=ImportStatus.FAILED).order_by("pk"):
            try:
                transfers.answer_import(user_id=job.user_id, import_id=job.pk, answers={})
            except Conflict as left_alone:
                self.message_user(request, f"{job}: {left_alone.message}", messages.WARNING)
                continue
            self.log_change(request, job, "To be tried again.")
            started += 1
        self.message_user(request, f"{started} will be tried again.")

    @admin.action(description="Stop selected imports", permissions=["retry"])
    def stop(
        self, request: HttpRequest, queryset: QuerySet[WorkoutImport]
    ) -> TemplateResponse | None:
        return stop(self, request, queryset.filter(status__in=_OPEN), statuses=_OPEN)


class ExerciseAliasForm(WholeRowForm[ExerciseAlias]):
    def clean_exercise(self) -> Exercise:
        exercise: Exercise = self.cleaned_data["exercise"]
        refuse_foreign(exercise, owner_id=self.instance.user_id)
        return exercise


@admin.register(ExerciseAlias)
class ExerciseAliasAdmin(FoundByPerson[ExerciseAlias], PersonalAdmin[ExerciseAlias]):
    form = ExerciseAliasForm
    list_display = ("name", "exercise", "user", "updated_at")
    list_select_related = ("exercise", "user")
    words = ("name", "exercise__name")
    named = ("exercise",)
    search_help_text = "A username and words of either name, or a part of an exercise's; an id."
    sortable_by = ()
    autocomplete_fields = ("exercise",)
    ordering = ("-id",)
    fields = ("user", "name", "exercise", "revision", "created_at", "updated_at")
    readonly_fields = ("user", "name", "revision", "created_at", "updated_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
