"""What was read of devices, and when, over HTTP."""

from typing import Any, Final

from django.urls import path
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.viewsets import GenericViewSet

from users.api.owned import OwnedViewSetMixin
from users.models import JobStatus
from wearables.models import SyncKind, SyncRun
from wearables.services.syncing import WAITING

STATUSES: Final = [*JobStatus.choices, (WAITING, "Waiting until due_at")]
EXAMPLE: Final = {
    "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
    "device": "019a2f5e-1b22-7c90-8d14-6f0a2b3c4d5e",
    "kind": "backfill",
    "status": "running",
    "since": "2025-12-02",
    "until": "2026-03-02",
    "days_total": 91,
    "days_done": 34,
    "new": 412,
    "changed": 3,
    "deleted": 0,
    "rejected": [],
    "error_code": "",
    "error": "",
    "due_at": None,
    "created_at": "2026-03-02T18:00:00Z",
    "started_at": "2026-03-02T18:00:01Z",
    "finished_at": None,
}
SHOWN: Final = OpenApiExample("History being read", value=EXAMPLE, response_only=True)


class SyncRunSerializer(serializers.ModelSerializer[SyncRun]):
    """One look at a device's data: what asked for it, how far it is, and what it brought."""

    device = serializers.UUIDField(source="device_id", help_text="Which device.")
    kind = serializers.ChoiceField(choices=SyncKind.choices, help_text="What asked for it.")
    status = serializers.ChoiceField(
        choices=STATUSES, help_text="One that waits goes on at due_at, by itself."
    )
    new = serializers.IntegerField(help_text="Rows that it brought.")
    changed = serializers.IntegerField(help_text="Rows that it changed.")
    deleted = serializers.IntegerField(help_text="Rows that the provider has deleted.")
    rejected = serializers.SerializerMethodField(
        help_text="What was left out because it cannot be true, at most 20 lines."
    )
    error_code = serializers.CharField(
        help_text="What went wrong, or what it waits for; empty where nothing did."
    )
    error = serializers.CharField(help_text="The same in words, of one that failed.")
    created_at = serializers.DateTimeField(help_text="When it was asked for.")
    started_at = serializers.DateTimeField(allow_null=True, help_text="When a worker began.")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="When it ended.")

    class Meta:
        model = SyncRun
        fields = tuple(EXAMPLE)
        read_only_fields = fields

    def get_rejected(self, run: SyncRun) -> list[str]:
        return list(run.scope.get("rejected", ()))


class SyncRunFilter(filters.FilterSet):
    device = filters.UUIDFilter(field_name="device_id", label="Of this device.")
    kind = filters.ChoiceFilter(choices=SyncKind.choices, label="What asked for it.")
    status = filters.ChoiceFilter(choices=STATUSES, label="How it stands.")

    class Meta:
        model = SyncRun
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(summary="What was read", examples=[SHOWN]),
    retrieve=extend_schema(summary="One look at a device's data", examples=[SHOWN]),
)
class SyncRunViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[SyncRun],
):
    """What was read of your devices, the latest first; kept for ninety days."""

    queryset = SyncRun.objects.order_by("-created_at", "-id")
    serializer_class = SyncRunSerializer
    filterset_class = SyncRunFilter


def shown(run: SyncRun | None) -> Any:
    return None if run is None else SyncRunSerializer(run).data


urlpatterns = [
    path("sync-runs/", SyncRunViewSet.as_view({"get": "list"}), name="sync-run-list"),
    path(
        "sync-runs/<uuid:pk>/",
        SyncRunViewSet.as_view({"get": "retrieve"}),
        name="sync-run-detail",
    ),
]
