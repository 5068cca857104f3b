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
from wearables.services import reauth

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


class ProviderFilter(admin.SimpleListFilter):
    """By those that we know, which needs no walk through the table."""

    title = parameter_name = "provider"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        from wearables.providers import registry  # noqa: PLC0415

        return [(slug, slug) for slug in sorted({*registry.PROVIDERS, *registry.DESCRIBED})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(provider=self.value()) if self.value() else queryset


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
    list_filter = (DeviceStatusFilter, ProviderFilter, "connection_mode", "is_active")
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
    actions = ("sync_now", "remind", "replay")

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

    @admin.action(description="Ask to connect selected ones again", permissions=["sync"])
    def remind(self, request: HttpRequest, queryset: QuerySet[WearableDevice]) -> None:
        told = 0
        for device in queryset.order_by("pk"):
            if reauth.remind(device=device):
                self.log_change(request, device, "Asked to connect it again.")
                told += 1
        self.message_user(request, f"{told} people were asked to connect again.")
        if told < queryset.count():
            text = "The others are connected, or were asked within the last day."
            self.message_user(request, text, messages.WARNING)

    @admin.action(description="Read kept answers once more", permissions=["sync"])
    def replay(self, request: HttpRequest, queryset: QuerySet[WearableDevice]) -> None:
        from wearables.services import payloads  # noqa: PLC0415 - as above

        devices = list(queryset.order_by("pk"))
        for device in devices:
            payloads.request_replay(device=device)
            self.log_change(request, device, "Kept answers to be read once more.")
        self.message_user(request, f"What is kept of {len(devices)} will be read once more.")


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
    actions = ("try_again",)
    fieldsets = (
        (None, {"fields": ("user", "device", "kind", "shown_scope", "since", "until")}),
        ("Progress", {"fields": ("status", "days_done", "days_total", "attempts", "due_at")}),
        ("Outcome", {"fields": ("new", "changed", "deleted", "error_code", "error")}),
        ("Record", {"fields": ("created_at", "started_at", "finished_at", "updated_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncRun]:
        return super().get_queryset(request).defer("device__auth_token", "device__refresh_token")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("wearables.change_wearabledevice")

    @admin.action(description="Try selected failed runs again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[SyncRun]) -> None:
        from wearables.services import syncing  # noqa: PLC0415 - as above

        count = syncing.retry(run_ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{count} will be tried again.")

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
    search_fields = ("slug",)
    search_help_text = "A part of a provider's name."
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
