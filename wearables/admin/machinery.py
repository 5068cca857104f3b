"""What passes between us and providers, without what was in it and what opens it."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.finding import WhenFilter
from users.admin.reading import RecordAdmin, RoomAdmin, ShortPaginator
from wearables.admin.connections import ProviderFilter
from wearables.models import (
    AuthorizationRequest,
    HeartRateKeeping,
    PushBatch,
    RawPayload,
    Revocation,
    WebhookEvent,
    WebhookSubscription,
)


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(RecordAdmin[WebhookSubscription]):
    list_display = ("provider", "subject", "external_id", "expires_at", "updated_at")
    list_filter = ("provider",)
    search_fields = ("subject", "external_id")
    search_help_text = "A part of its subject, or of what the provider calls it."
    ordering = ("provider", "subject")
    fields = (*list_display, "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookSubscription]:
        return super().get_queryset(request).defer("secret")


@admin.register(WebhookEvent)
class WebhookEventAdmin(RecordAdmin[WebhookEvent]):
    paginator = ShortPaginator
    list_display = ("received_at", "provider", "external_user_id", "processed_at", "outcome")
    list_filter = (ProviderFilter, WhenFilter)
    search_fields = ("external_user_id__exact", "key__exact")
    search_help_text = "The person's number at the provider, or the event's key."
    ordering = ("-id",)
    sortable_by = ()
    fields = ("provider", "key", "external_user_id", "received_at", "processed_at", "outcome")


@admin.register(AuthorizationRequest)
class AuthorizationRequestAdmin(RoomAdmin[AuthorizationRequest]):
    """That somebody began to connect, and not what would finish it."""

    list_display = fields = ("user", "provider", "connection_mode", "created_at", "used_at")
    list_select_related = ("user",)
    list_filter = (("used_at", admin.EmptyFieldListFilter),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuthorizationRequest]:
        return super().get_queryset(request).defer("code_verifier")


@admin.register(Revocation)
class RevocationAdmin(RecordAdmin[Revocation]):
    """Grants that are to be taken back; whose they were is on no page."""

    list_display = fields = ("id", "provider", "connection_mode", "created_at")
    list_filter = (WhenFilter,)
    search_fields = ("provider", "id__exact")
    search_help_text = "A provider, or an id."
    ordering = ("-id",)
    sortable_by = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revocation]:
        secret = ("external_user_id", "auth_token", "refresh_token")
        return super().get_queryset(request).defer(*secret)


@admin.register(RawPayload)
class RawPayloadAdmin(RoomAdmin[RawPayload]):
    """That a provider answered, and not what: it is somebody's health."""

    list_display = fields = ("data_type", "user", "device", "received_at")
    list_select_related = ("user", "device")
    words = ("data_type",)
    search_help_text = "A username, and a part of the type of data; an id."

    def get_queryset(self, request: HttpRequest) -> QuerySet[RawPayload]:
        unseen = ("body", "context", "device__auth_token", "device__refresh_token")
        return super().get_queryset(request).defer(*unseen)


@admin.register(PushBatch)
class PushBatchAdmin(RoomAdmin[PushBatch]):
    list_display = fields = ("batch_id", "user", "device", "created_at")
    list_select_related = ("user", "device")
    words = ("batch_id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PushBatch]:
        unseen = ("answer", "device__auth_token", "device__refresh_token")
        return super().get_queryset(request).defer(*unseen)


@admin.register(HeartRateKeeping)
class HeartRateKeepingAdmin(RoomAdmin[HeartRateKeeping]):
    list_display = fields = ("user", "thin_from")
    list_select_related = ("user",)
    ordering = ("-user",)
