"""Days and nights as they count, and what each source said of them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from users.admin.reading import RoomAdmin, pretty
from wearables.models import DailyActivity, DailyActivitySource, SleepData, SourcePriority

_METRICS = (
    "steps",
    "distance",
    "active_calories",
    "total_calories",
    "active_minutes",
    "floors_climbed",
    "resting_heart_rate",
)
_SECRETS = ("device__auth_token", "device__refresh_token")


@admin.register(DailyActivity)
class DailyActivityAdmin(RoomAdmin[DailyActivity]):
    """Follows from what the sources said."""

    list_display = ("user", "date", "device", "steps", "active_minutes", "sync_date")
    list_select_related = ("user", "device")
    fieldsets = (
        (None, {"fields": ("user", "date", "device", *_METRICS)}),
        ("Why", {"fields": ("shown_sources",)}),
        ("Record", {"fields": ("revision", "sync_date", "created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyActivity]:
        return super().get_queryset(request).defer(*_SECRETS)

    @admin.display(description="sources")
    def shown_sources(self, day: DailyActivity) -> SafeString | str:
        return pretty(day.sources) if day.sources else "-"


@admin.register(DailyActivitySource)
class DailyActivitySourceAdmin(RoomAdmin[DailyActivitySource]):
    list_display = ("user", "date", "device", "source_name", "source_kind", "steps", "updated_at")
    list_select_related = ("user", "device")
    fields = (
        "user",
        "device",
        "date",
        "source_name",
        "source_kind",
        "source_app",
        *_METRICS,
        "worn_minutes",
        "estimated",
        "imported_by",
        "updated_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DailyActivitySource]:
        return super().get_queryset(request).defer(*_SECRETS)


@admin.register(SleepData)
class SleepDataAdmin(RoomAdmin[SleepData]):
    list_display = ("user", "date", "role", "device", "duration", "sleep_score", "deleted_at")
    list_select_related = ("user", "device")
    list_filter = ("role",)
    fieldsets = (
        (None, {"fields": ("user", "device", "date", "role", "reason", "deleted_at")}),
        (
            "Slept",
            {
                "fields": (
                    "sleep_start",
                    "sleep_end",
                    "duration",
                    "deep_sleep",
                    "light_sleep",
                    "rem_sleep",
                    "awake",
                )
            },
        ),
        (
            "Measured",
            {
                "fields": (
                    "sleep_score",
                    "score_source",
                    "hrv",
                    "hrv_method",
                    "respiratory_rate",
                )
            },
        ),
        (
            "Source",
            {
                "fields": (
                    "external_id",
                    "source_name",
                    "source_kind",
                    "source_app",
                    "says_nap",
                    "is_final",
                    "imported_by",
                )
            },
        ),
        ("Record", {"fields": ("revision", "created_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SleepData]:
        return super().get_queryset(request).defer(*_SECRETS)


@admin.register(SourcePriority)
class SourcePriorityAdmin(RoomAdmin[SourcePriority]):
    list_display = ("user", "metric", "updated_at")
    list_select_related = ("user",)
    list_filter = ("metric",)
    fields = ("user", "metric", "devices", "revision", "created_at", "updated_at")
