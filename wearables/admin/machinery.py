"""Webhooks and what they are agreed by, without what was in them."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from users.admin.reading import RecordAdmin, ShortPaginator
from wearables.models import WebhookEvent, WebhookSubscription


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(RecordAdmin[WebhookSubscription]):
    list_display = ("provider", "subject", "external_id", "expires_at", "updated_at")
    list_filter = ("provider",)
    search_fields = ("subject", "external_id")
    ordering = ("provider", "subject")
    fields = (*list_display, "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookSubscription]:
        return super().get_queryset(request).defer("secret")


@admin.register(WebhookEvent)
class WebhookEventAdmin(RecordAdmin[WebhookEvent]):
    paginator = ShortPaginator
    list_display = ("received_at", "provider", "external_user_id", "processed_at", "outcome")
    list_filter = ("provider",)
    search_fields = ("external_user_id__exact", "key__exact")
    search_help_text = "The person's number at the provider, or the event's key."
    ordering = ("-id",)
    sortable_by = ()
    fields = ("provider", "key", "external_user_id", "received_at", "processed_at", "outcome")
