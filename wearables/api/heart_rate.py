"""Heart rates of a stretch of time over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users.api.fields import DayField, refuse_far_year
from users.localtime import UTC, day_bounds
from users.models import User
from users.selectors import time_zone_of
from wearables.selectors import heart_rate

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Resolution:
    """How far an answer goes at most, and who gives it."""

    most_days: int
    read: Callable[[UUID, datetime, datetime, str], Rows]


RESOLUTIONS: Final[Mapping[str, Resolution]] = {
    "raw": Resolution(2, lambda user, start, end, _: heart_rate.raw_rates(user, start, end)),
    "minute": Resolution(
        14, lambda user, start, end, _: heart_rate.rates_by_minute(user, start, end)
    ),
    "hour": Resolution(100, heart_rate.rates_by_hour),
    "day": Resolution(800, heart_rate.rates_by_day),
}
USUAL: Final = "minute"
# Days of a person are longer than 24 hours when the clocks go back.
_LONGER: Final = timedelta(hours=1)
_EXAMPLE: Final = {
    "from": "2026-03-01T23:00:00Z",
    "to": "2026-03-02T23:00:00Z",
    "resolution": "hour",
    "results": [
        {"start": "2026-03-02T06:00:00Z", "min": 52, "avg": 57.4, "max": 88, "count": 238},
        {"start": "2026-03-02T07:00:00Z", "min": 58, "avg": 74.9, "max": 131, "count": 240},
    ],
}
_RAW_EXAMPLE: Final = {
    "from": "2026-03-02T06:00:00Z",
    "to": "2026-03-02T06:01:00Z",
    "resolution": "raw",
    "results": [
        {
            "at": "2026-03-02T06:00:15Z",
            "bpm": 54,
            "source": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
        }
    ],
}


class HeartRateBucketSerializer(serializers.Serializer[Any]):
    """A minute, or an hour or a day of yours, in which there is a heart rate."""

    start = serializers.DateTimeField()
    min = serializers.IntegerField(help_text="bpm")
    avg = serializers.FloatField(help_text="bpm, of all samples")
    max = serializers.IntegerField(help_text="bpm")
    count = serializers.IntegerField(help_text="Samples.")


class HeartRateSampleSerializer(serializers.Serializer[Any]):
    """A sample; of what is old and outside of workouts, a minute with its mean."""

    at = serializers.DateTimeField()
    bpm = serializers.IntegerField(help_text="bpm")
    source = serializers.UUIDField(  # type: ignore[assignment]
        allow_null=True, help_text="The device; null where you have deleted it."
    )


class HeartRateSpanSerializer(serializers.Serializer[Any]):
    to = serializers.DateTimeField(help_text="Where it ends; not in it.")
    resolution = serializers.ChoiceField(choices=list(RESOLUTIONS))

    def get_fields(self) -> dict[str, Any]:
        # A word of Python's, so it cannot be an attribute.
        begins = serializers.DateTimeField(help_text="Where it begins.")
        return {"from": begins, **super().get_fields()}


class HeartRateBucketsSerializer(HeartRateSpanSerializer):
    resolution = serializers.ChoiceField(choices=[one for one in RESOLUTIONS if one != "raw"])
    results = HeartRateBucketSerializer(many=True, help_text="Oldest first.")


class HeartRateSamplesSerializer(HeartRateSpanSerializer):
    resolution = serializers.ChoiceField(choices=["raw"])
    results = HeartRateSampleSerializer(many=True, help_text="Oldest first.")


class HeartRateView(APIView):
    @extend_schema(
        summary="Your heart rate",
        parameters=[
            OpenApiParameter(
                "from",
                str,
                required=True,
                description="An instant with its offset, or a day of yours, from its beginning.",
            ),
            OpenApiParameter(
                "to",
                str,
                description="An instant, which is not in it, or a day of yours, to its end; now.",
            ),
            OpenApiParameter(
                "resolution",
                str,
                enum=list(RESOLUTIONS),
                default=USUAL,
                description="At most 2 days of raw, 14 of minute, 100 of hour, 800 of day.",
            ),
        ],
        responses=PolymorphicProxySerializer(
            component_name="HeartRates",
            serializers=[HeartRateBucketsSerializer, HeartRateSamplesSerializer],
            resource_type_field_name=None,
        ),
        examples=[
            OpenApiExample("By the hour", value=_EXAMPLE, response_only=True),
            OpenApiExample("Raw", value=_RAW_EXAMPLE, response_only=True),
        ],
    )
    def get(self, request: Request) -> Response:
        """Of each minute, the samples of its best source. Hours and days are of your clock; those
        without a sample are left out.
        """
        assert isinstance(request.user, User)
        zone = time_zone_of(request.user.pk)
        name, resolution = _resolution_of(request)
        start, end = _span_of(request, zone)
        if end - start > timedelta(days=resolution.most_days) + _LONGER:
            message = f"At most {resolution.most_days} days at this resolution."
            raise ValidationError({"from": message}, code="span_too_long")
        rows = resolution.read(request.user.pk, start, end, zone)
        return Response({"from": start, "to": end, "resolution": name, "results": rows})


def _resolution_of(request: Request) -> tuple[str, Resolution]:
    name = request.query_params.get("resolution", USUAL)
    if name not in RESOLUTIONS:
        message = f"Must be one of {', '.join(RESOLUTIONS)}."
        raise ValidationError({"resolution": message}, code="invalid_choice")
    return name, RESOLUTIONS[name]


def _span_of(request: Request, zone: str) -> tuple[datetime, datetime]:
    given = request.query_params
    if "from" not in given:
        raise ValidationError({"from": "This field is required."}, code="required")
    start, _ = _instants(given["from"], "from", zone)
    end = _instants(given["to"], "to", zone)[1] if "to" in given else timezone.now()
    if start >= end:
        raise ValidationError({"from": "It must be before `to`."}, code="out_of_range")
    return start, end


def _instants(text: str, name: str, zone: str) -> tuple[datetime, datetime]:
    """The bounds of a day, or an instant twice."""
    try:
        if "T" not in text:
            return day_bounds(DayField().run_validation(text), zone)
        instant = parse_datetime(text)
        if instant is not None and instant.tzinfo is not None:
            refuse_far_year(instant)
            return instant.astimezone(UTC), instant.astimezone(UTC)
    except ValidationError as error:
        raise ValidationError({name: error.detail}) from error
    except ValueError:
        # It looks like an instant, and there is none such.
        pass
    message = "Give an instant such as 2026-03-02T06:00:00Z, or a day such as 2026-03-02."
    raise ValidationError({name: message}, code="invalid")


urlpatterns = [path("heart-rate/", HeartRateView.as_view(), name="heart-rate")]
