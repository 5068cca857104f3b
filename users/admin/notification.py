"""What reaches people."""

from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.finding import FoundByPerson
from users.admin.reading import ReadingAdmin, RoomAdmin
from users.models import LiveEvent, Notification, NotificationActor, PushDevice
from users.ownership import advance_clocks
from users.services import notifications


@admin.register(Notification)
class NotificationAdmin(FoundByPerson[Notification], ReadingAdmin[Notification]):
    list_display = ("kind", "user", "category", "text", "read_at", "created_at")
    list_select_related = ("user",)
    list_filter = ("category", ("read_at", admin.EmptyFieldListFilter))
    words = ("kind", "text")
    search_help_text = "A username, and words of what they were told; an id."
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "user",
        "category",
        "kind",
        "text",
        "target_type",
        "target_id",
        "read_at",
        "created_at",
        "updated_at",
        "revision",
    )

    def delete_model(self, request: HttpRequest, obj: Notification) -> None:
        notifications.remove(notification=obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        rows = list(queryset)
        advance_clocks({row.user_id for row in rows})
        for row in rows:
            notifications.remove(notification=row)


@admin.register(NotificationActor)
class NotificationActorAdmin(RoomAdmin[NotificationActor]):
    list_display = fields = ("actor", "user", "notification", "created_at")
    list_select_related = ("actor", "user", "notification")
    people = ("actor", "user")


@admin.register(LiveEvent)
class LiveEventAdmin(RoomAdmin[LiveEvent]):
    """That something was sent, and not what."""

    list_display = fields = ("kind", "user", "revision", "created_at")
    list_select_related = ("user",)


@admin.register(PushDevice)
class PushDeviceAdmin(FoundByPerson[PushDevice], ReadingAdmin[PushDevice]):
    list_display = ("__str__", "user", "platform", "created_at", "updated_at")
    list_select_related = ("user",)
    list_filter = ("platform",)
    words = ("name",)
    ordering = ("-id",)
    sortable_by = ()
    fields = ("user", "platform", "name", "created_at", "updated_at", "revision")
