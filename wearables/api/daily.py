"""Your days as your devices tell them, over HTTP."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

import users.api.converters  # noqa: F401 - makes days in paths known
from users.api.owned import OwnedViewSetMixin
from users.api.serializers import represent
from wearables.models import DailyActivity, SourceMetric
from wearables.readings import DAY_METRICS
from wearables.selectors.days import day_of, told_of

_RING: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_WATCH: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5c0"
_EXAMPLE: Final[dict[str, Any]] = {
    "id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5d1",
    "device": _WATCH,
    "date": "2026-03-02",
    "steps": 9412,
    "distance": 6.8,
    "active_calories": 540,
    "total_calories": 2410,
    "active_minutes": 48,
    "floors_climbed": 11,
    "resting_heart_rate": 54,
    "sources": {
        "steps": {
            "device": _WATCH,
            "source": "Garmin",
            "reason": "Garmin: a watch goes before a ring, worn 14 h",
        },
        "resting_heart_rate": {
            "device": _RING,
            "source": "Oura",
            "reason": "Oura: recorded the night's sleep",
        },
    },
    "sync_date": "2026-03-02T21:04:11Z",
}
_TOLD_EXAMPLE: Final[dict[str, Any]] = {
    "device": _RING,
    "source": "Oura",
    "kind": "ring",
    "app": "",
    "copy_of": "",
    "steps": 8804,
    "distance": 6.1,
    "active_calories": 410,
    "total_calories": 2280,
    "active_minutes": 35,
    "floors_climbed": None,
    "resting_heart_rate": 54,
    "worn_minutes": 1310,
    "estimated": ["distance"],
    "updated_at": "2026-03-02T20:58:40Z",
}


class DailyActivityFilter(filters.FilterSet):
    date_after = filters.DateFilter(
        field_name="date", lookup_expr="gte", label="On this day or later."
    )
    date_before = filters.DateFilter(
        field_name="date", lookup_expr="lte", label="On this day or earlier."
    )

    class Meta:
        model = DailyActivity
        fields: list[str] = []


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "required": ["device", "source", "reason"],
            "properties": {
                "device": {"type": "string", "format": "uuid"},
                "source": {
                    "type": "string",
                    "description": "The maker, or the name that a phone's store gives.",
                },
                "reason": {
                    "type": "string",
                    "description": "Why it counts and not another.",
                },
            },
        },
        "example": _EXAMPLE["sources"],
    }
)
class CountingSourcesField(serializers.JSONField):
    pass


class DailyActivitySerializer(serializers.ModelSerializer[DailyActivity]):
    """A day. Null is not measured; 0 was measured."""

    device = serializers.UUIDField(
        source="device_id", allow_null=True, help_text="Whose steps count, or else another metric."
    )
    steps = serializers.IntegerField(allow_null=True, help_text="Steps.")
    floors_climbed = serializers.IntegerField(allow_null=True, help_text="Floors.")
    sources = CountingSourcesField(help_text="Of each metric that somebody measured, who counts.")
    sync_date = serializers.DateTimeField(help_text="When it last changed.")

    class Meta:
        model = DailyActivity
        fields = ("id", "device", "date", *DAY_METRICS, "sources", "sync_date")
        read_only_fields = fields


class ToldDaySerializer(serializers.Serializer[Any]):
    """What one source told of a day."""

    device = serializers.UUIDField()
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="The maker, or the name that a phone's store gives."
    )
    kind = serializers.CharField(help_text="Such as watch, ring or phone.")
    app = serializers.CharField(help_text="What wrote it into a phone's store.")
    copy_of = serializers.CharField(
        help_text="The maker whose data it repeats, so that it counts for nothing; else empty."
    )
    steps = serializers.IntegerField(allow_null=True, help_text="Steps.")
    distance = serializers.FloatField(allow_null=True, help_text="km")
    active_calories = serializers.IntegerField(allow_null=True, help_text="kcal")
    total_calories = serializers.IntegerField(allow_null=True, help_text="kcal")
    active_minutes = serializers.IntegerField(allow_null=True, help_text="min")
    floors_climbed = serializers.IntegerField(allow_null=True, help_text="Floors.")
    resting_heart_rate = serializers.IntegerField(allow_null=True, help_text="bpm")
    worn_minutes = serializers.IntegerField(allow_null=True, help_text="min")
    estimated = serializers.ListField(
        child=serializers.ChoiceField(choices=SourceMetric.choices),
        help_text="Metrics that it did not measure.",
    )
    updated_at = serializers.DateTimeField()


class DailyActivityDetailSerializer(DailyActivitySerializer):
    """A day, and what each source told of it."""

    told = ToldDaySerializer(many=True)

    class Meta(DailyActivitySerializer.Meta):
        fields = (*DailyActivitySerializer.Meta.fields, "told")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class DailyActivityViewSet(
    OwnedViewSetMixin, mixins.ListModelMixin, GenericViewSet[DailyActivity]
):
    queryset = DailyActivity.objects.order_by("-date", "-pk")
    serializer_class = DailyActivitySerializer
    filterset_class = DailyActivityFilter
    lookup_url_kwarg = "date"
    lookup_value_converter = "day"

    @extend_schema(
        summary="Your days of activity",
        examples=[OpenApiExample("A day", value=_EXAMPLE, response_only=True)],
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Days of which a device told, latest first. Of each metric, one source counts."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        summary="One of your days of activity",
        responses=DailyActivityDetailSerializer,
        filters=False,
        examples=[
            OpenApiExample(
                "A day", value={**_EXAMPLE, "told": [_TOLD_EXAMPLE]}, response_only=True
            )
        ],
    )
    def retrieve(self, request: Request, date: dt.date) -> Response:
        """A day with what each of your devices told of it."""
        row = day_of(self.owner.pk, date)
        if row is None:
            raise Http404
        row.told = told_of(self.owner.pk, date)  # type: ignore[attr-defined]
        return Response(DailyActivityDetailSerializer(row).data)


def represent_daily_activities(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = DailyActivity.objects.filter(user=user_id, pk__in=ids)
    return represent(DailyActivitySerializer, rows)


router = SimpleRouter(use_regex_path=False)
router.register("daily-activity", DailyActivityViewSet)
urlpatterns = router.urls
