"""What was promised, asked for and deleted: the machinery under what people see."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from users import sync
from users.admin.finding import WhenFilter
from users.admin.reading import ReadingAdmin, RoomAdmin
from users.models import IdempotencyKey, OutboxMessage, SyncClock, Tombstone
from users.services import outbox


class ResourceFilter(admin.SimpleListFilter):
    """By the names of the change feed, which need no walk through the table."""

    title = parameter_name = "resource"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(resource.name, resource.name) for resource in sync.registered()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(resource=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """By what can be promised, which needs no walk through the table."""

    title = parameter_name = "kind"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        return [(kind, kind.replace("_", " ")) for kind in outbox.kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadingAdmin[OutboxMessage]):
    list_display = ("kind", "created_at", "due_at", "attempts", "failed_at")
    list_filter = (KindFilter, ("failed_at", admin.EmptyFieldListFilter), WhenFilter)
    search_fields = ("kind__startswith", "id__exact")
    search_help_text = "How a kind begins, or an id."
    ordering = ("-id",)
    sortable_by = ()
    fields = ("id", "kind", "shown_payload", "created_at", "due_at", "attempts", "failed_at")
    actions = ("try_again",)

    def has_delete_permission(
        self, request: HttpRequest, obj: OutboxMessage | None = None
    ) -> bool:
        # A mail may be dropped. What else was promised, such as an erasure, is to be kept.
        may_drop = obj is None or obj.kind == "email"
        return may_drop and super().has_delete_permission(request, obj)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("users.change_outboxmessage")

    @admin.display(description="payload")
    def shown_payload(self, message: OutboxMessage) -> str | SafeString:
        if message.kind == "email":
            return "Not shown: an e-mail may hold a code."
        return format_html("<pre>{}</pre>", json.dumps(message.payload, indent=2))

    @admin.action(description="Try selected messages again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = outbox.retry(message_ids=ids)
        self.message_user(request, f"{count} will be tried again.")


@admin.register(IdempotencyKey)
class IdempotencyKeyAdmin(RoomAdmin[IdempotencyKey]):
    list_display = fields = ("key", "user", "resource", "object_id", "created_at")
    list_select_related = ("user",)
    list_filter = (ResourceFilter,)
    words = ("key",)
    search_help_text = "A username, and a part of the key; an id."


@admin.register(Tombstone)
class TombstoneAdmin(RoomAdmin[Tombstone]):
    list_display = fields = ("resource", "object_id", "user", "revision", "deleted_at")
    list_select_related = ("user",)
    list_filter = (ResourceFilter,)


@admin.register(SyncClock)
class SyncClockAdmin(RoomAdmin[SyncClock]):
    list_display = fields = ("user", "revision")
    list_select_related = ("user",)
    ordering = ("-user",)
