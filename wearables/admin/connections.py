"""Connections of people, and their runs. Their secrets are on no page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.safestring import SafeString

from users.admin.reading import (
    MAX_SHOWN,
    RecordAdmin,
    RoomAdmin,
    ShortPaginator,
    StatusFilter,
    link,
    pretty,
    table,
)
from wearables.models import DeviceStatus, ProviderState, SyncKind, SyncRun, WearableDevice

_RECORD = ("revision", "created_at", "updated_at")


class DeviceStatusFilter(StatusFilter):
    statuses = DeviceStatus


class RunStatus(TextChoices):
    PENDING = "pending", "Waiting for a worker"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting for its time"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class RunStatusFilter(StatusFilter):
    statuses = RunStatus


@admin.register(WearableDevice)
class WearableDeviceAdmin(RoomAdmin[WearableDevice]):
    list_display = (
        "name",
        "user",
        "provider",
        "connection_mode",
        "status",
        "is_active",
        "last_synced",
        "next_sync_at",
    )
    list_select_related = ("user",)
    list_filter = (DeviceStatusFilter, "provider", "connection_mode", "is_active")
    fieldsets = (
        (None, {"fields": ("user", "name", "device_type", "provider", "connection_mode")}),
        ("State", {"fields": ("is_active", "status", "error_code", "shown_unavailable")}),
        (
            "At the provider",
            {
                "fields": (
                    "device_id",
                    "external_user_id",
                    "scopes",
                    "token_expires_at",
                    "timezone",
                )
            },
        ),
        (
            "Read",
            {
                "fields": (
                    "last_synced",
                    "next_sync_at",
                    "last_webhook_at",
                    "backfilled_from",
                    "shown_cursors",
                    "latest_runs",
                )
            },
        ),
        ("Record", {"fields": _RECORD}),
    )
    actions = ("sync_now",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WearableDevice]:
        # A page does not open what it may not show.
        return super().get_queryset(request).defer("auth_token", "refresh_token")

    def has_sync_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wearables.change_wearabledevice")

    @admin.display(description="not available")
    def shown_unavailable(self, device: WearableDevice) -> SafeString | str:
        return pretty(device.unavailable) if device.unavailable else "-"

    @admin.display(description="read through")
    def shown_cursors(self, device: WearableDevice) -> SafeString | str:
        return pretty(device.cursors) if device.cursors else "-"

    @admin.display(description="latest runs")
    def latest_runs(self, device: WearableDevice) -> SafeString | str:
        runs = SyncRun.objects.filter(device=device).order_by("-created_at", "-pk")[:MAX_SHOWN]
        return table(
            ["Run", "Kind", "Status", "New", "Changed", "Deleted", "Error"],
            (
                (
                    link(run, run.created_at.strftime("%Y-%m-%d %H:%M")),
                    run.get_kind_display(),
                    run.status,
                    run.new,
                    run.changed,
                    run.deleted,
                    run.error_code,
                )
                for run in runs
            ),
        )

    @admin.action(description="Read selected connections now", permissions=["sync"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[WearableDevice]) -> None:
        # With it comes all that speaks to providers, which no other page of the admin needs.
        from wearables.services import syncing  # noqa: PLC0415

        asked = 0
        for device in queryset.filter(is_active=True, status=DeviceStatus.ACTIVE).order_by("pk"):
            syncing.request_sync(device=device, kind=SyncKind.MANUAL)
            self.log_change(request, device, "To be read now.")
            asked += 1
        self.message_user(request, f"{asked} will be read.", messages.SUCCESS)


@admin.register(SyncRun)
class SyncRunAdmin(RoomAdmin[SyncRun]):
    list_display = (
        "created_at",
        "user",
        "device",
        "kind",
        "status",
        "new",
        "changed",
        "deleted",
        "error_code",
    )
    list_select_related = ("user", "device")
    list_filter = (RunStatusFilter, "kind")
    fieldsets = (
        (None, {"fields": ("user", "device", "kind", "shown_scope", "since", "until")}),
        ("Progress", {"fields": ("status", "days_done", "days_total", "attempts", "due_at")}),
        ("Outcome", {"fields": ("new", "changed", "deleted", "error_code", "error")}),
        ("Record", {"fields": ("created_at", "started_at", "finished_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        return super().get_queryset(request).defer("device__auth_token", "device__refresh_token")

    @admin.display(description="scope")
    def shown_scope(self, run: SyncRun) -> SafeString | str:
        # What a webhook brought along may hold health values.
        shown = {name: value for name, value in run.scope.items() if name != "payload"}
        return pretty(shown) if shown else "-"


@admin.register(ProviderState)
class ProviderStateAdmin(RecordAdmin[ProviderState]):
    paginator = ShortPaginator
    list_display = (
        "slug",
        "failures",
        "paused_until",
        "pause_reason",
        "disabled_at",
        "updated_at",
    )
    ordering = ("slug",)
    fields = list_display
    actions = ("ask_again",)

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wearables.change_providerstate")

    @admin.action(description="Ask selected providers again", permissions=["ask"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for state in queryset.order_by("pk"):
            self.log_change(request, state, "To be asked again.")
        freed = queryset.update(failures=0, paused_until=None, pause_reason="", disabled_at=None)
        self.message_user(request, f"{freed} will be asked again.", messages.SUCCESS)
