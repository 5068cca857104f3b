"""Your sleep as your devices tell it, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from users.api.owned import OwnedViewSetMixin
from users.ownership import OwnedQuerySet
from wearables.models import SleepData, SleepRole

_EXAMPLE: Final = {
    "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
    "device": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5c0",
    "source_name": "",
    "date": "2026-03-02",
    "sleep_start": "2026-03-01T22:14:00Z",
    "sleep_end": "2026-03-02T05:58:00Z",
    "duration": 437,
    "deep_sleep": 82,
    "light_sleep": 246,
    "rem_sleep": 109,
    "awake": 27,
    "sleep_score": 81,
    "score_source": "oura",
    "hrv": 58.0,
    "hrv_method": "rmssd",
    "respiratory_rate": 14.4,
    "role": "main",
    "reason": "Oura: the night's sleep",
    "is_final": True,
    "created_at": "2026-03-02T06:10:02Z",
    "updated_at": "2026-03-02T06:10:02Z",
}
_STAGES: Final = [
    {"start": 0, "duration": 1500, "stage": "light"},
    {"start": 1500, "duration": 1200, "stage": "deep"},
]
_STAGE_NAMES: Final = ("deep", "light", "rem", "awake", "asleep", "in_bed")


class SleepFilter(filters.FilterSet):
    date_after = filters.DateFilter(
        field_name="date", lookup_expr="gte", label="On this day or later."
    )
    date_before = filters.DateFilter(
        field_name="date", lookup_expr="lte", label="On this day or earlier."
    )
    role = filters.ChoiceFilter(
        choices=SleepRole.choices, label="Those of this role; without it, all but duplicates."
    )

    class Meta:
        model = SleepData
        fields: list[str] = []


class SleepSerializer(serializers.ModelSerializer[SleepData]):
    """A sleep. Minutes are null where its source knows no stages."""

    device = serializers.UUIDField(source="device_id", allow_null=True)
    source_name = serializers.CharField(
        help_text="In a phone's store, what recorded it; empty for the device itself."
    )
    reason = serializers.CharField(help_text="Why it has this role.")
    is_final = serializers.BooleanField(help_text="Otherwise its values are still to come.")

    class Meta:
        model = SleepData
        fields = (
            "id",
            "device",
            "source_name",
            "date",
            "sleep_start",
            "sleep_end",
            "duration",
            "deep_sleep",
            "light_sleep",
            "rem_sleep",
            "awake",
            "sleep_score",
            "score_source",
            "hrv",
            "hrv_method",
            "respiratory_rate",
            "role",
            "reason",
            "is_final",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class SleepStageSerializer(serializers.Serializer[Any]):
    start = serializers.IntegerField(help_text="s after sleep_start")
    duration = serializers.IntegerField(help_text="s")
    stage = serializers.ChoiceField(choices=_STAGE_NAMES)

    def to_representation(self, instance: tuple[int, int, str]) -> dict[str, Any]:
        start, duration, stage = instance
        return {"start": start, "duration": duration, "stage": stage}


class SleepDetailSerializer(SleepSerializer):
    """A sleep with its stages, in order; none where its source tells none."""

    stages = SleepStageSerializer(many=True)

    class Meta(SleepSerializer.Meta):
        fields = (*SleepSerializer.Meta.fields, "stages")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


@extend_schema_view(
    retrieve=extend_schema(
        summary="One of your sleeps",
        description="A sleep with its stages, also one that repeats another.",
        examples=[
            OpenApiExample("A night", value={**_EXAMPLE, "stages": _STAGES}, response_only=True)
        ],
    )
)
class SleepViewSet(
    OwnedViewSetMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    GenericViewSet[SleepData],
):
    queryset = SleepData.objects.filter(deleted_at=None).order_by("-date", "-sleep_start", "-pk")
    filterset_class = SleepFilter

    def get_queryset(self) -> OwnedQuerySet[Any]:
        rows = super().get_queryset()
        if self.action == "list":
            rows = rows.defer("stages")
            if "role" not in self.request.query_params:
                return rows.exclude(role=SleepRole.DUPLICATE)
        return rows

    def get_serializer_class(self) -> type[SleepSerializer]:
        return SleepSerializer if self.action == "list" else SleepDetailSerializer

    @extend_schema(
        summary="Your sleep",
        examples=[OpenApiExample("A night", value=_EXAMPLE, response_only=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Nights and naps, latest first. What a second device told of them is left out."""
        return super().list(request, *args, **kwargs)


def represent_sleeps(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    """One that its source has deleted has no row for the person."""
    rows = SleepData.objects.filter(user=user_id, pk__in=ids, deleted_at=None)
    return {row.pk: SleepSerializer(row).data for row in rows}


router = SimpleRouter(use_regex_path=False)
router.register("sleep", SleepViewSet)
urlpatterns = router.urls
