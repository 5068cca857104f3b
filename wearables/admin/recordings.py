"""Recorded sessions, and the files that people uploaded."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString

from users.admin import jobs
from users.admin.reading import RoomAdmin, StatusFilter, pretty
from wearables.models import ActivityImport, RecordedWorkout
from workouts.models.transfer import ImportStatus

_SECRETS = ("device__auth_token", "device__refresh_token")
_FROZEN = ("revision", "created_at", "updated_at")


@admin.register(RecordedWorkout)
class RecordedWorkoutAdmin(RoomAdmin[RecordedWorkout]):
    list_display = ("user", "sport", "started_at", "device", "is_primary", "workout", "deleted_at")
    list_select_related = ("user", "device", "workout")
    list_filter = ("is_primary", "made_workout", "kept_apart")
    fieldsets = (
        (None, {"fields": ("user", "device", "sport", "name", "started_at", "finished_at")}),
        (
            "Measured",
            {
                "fields": (
                    "duration_s",
                    "distance",
                    "calories",
                    "average_heart_rate",
                    "max_heart_rate",
                    "elevation_gain_m",
                )
            },
        ),
        (
            "In the diary",
            {"fields": ("workout", "is_primary", "made_workout", "kept_apart", "reason")},
        ),
        (
            "Source",
            {
                "fields": (
                    "external_id",
                    "source_name",
                    "source_kind",
                    "source_app",
                    "timezone",
                    "imported_by",
                    "deleted_at",
                )
            },
        ),
        ("Record", {"fields": _FROZEN}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[RecordedWorkout]:
        return super().get_queryset(request).defer(*_SECRETS)


class ImportStatusFilter(StatusFilter):
    statuses = ImportStatus


@admin.register(ActivityImport)
class ActivityImportAdmin(RoomAdmin[ActivityImport]):
    """What became of a file, and not what is in it."""

    list_display = (
        "file_name",
        "user",
        "format",
        "status",
        "workouts_new",
        "days_new",
        "sleeps_new",
        "heart_rates_new",
        "created_at",
    )
    list_select_related = ("user",)
    list_filter = (ImportStatusFilter, "format")
    actions = ("try_again", "stop")
    fieldsets = (
        (None, {"fields": ("user", "file_name", "format", "size_bytes")}),
        ("Progress", {"fields": ("status", "attempts", "bytes_read", "bytes_total", "error")}),
        (
            "Brought",
            {
                "fields": (
                    "workouts_new",
                    "workouts_known",
                    "days_new",
                    "sleeps_new",
                    "heart_rates_new",
                    "shown_problems",
                )
            },
        ),
        ("Record", {"fields": ("finished_at", *_FROZEN)}),
    )

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wearables.change_activityimport")

    @admin.action(description="Try selected failed imports again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[ActivityImport]) -> None:
        jobs.retry(self, request, queryset)

    @admin.action(description="Stop selected imports", permissions=["retry"])
    def stop(
        self, request: HttpRequest, queryset: QuerySet[ActivityImport]
    ) -> TemplateResponse | None:
        return jobs.stop(self, request, queryset)

    @admin.display(description="problems")
    def shown_problems(self, job: ActivityImport) -> SafeString | str:
        return pretty(job.problems) if job.problems else "-"
