"""Which of your devices goes first, metric by metric, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users.api.fields import IdField
from users.models import User
from wearables.models import SourceMetric
from wearables.selectors.priorities import priorities_of
from wearables.services import priorities

MOST_DEVICES: Final = 50
_EXAMPLE: Final = {
    "metric": "steps",
    "devices": [
        "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
        "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5c0",
    ],
}


class SourceOrderSerializer(serializers.Serializer[Any]):
    """An order for one metric; empty is ours."""

    metric = serializers.ChoiceField(choices=SourceMetric.choices, read_only=True)
    devices = serializers.ListField(
        child=IdField(),
        max_length=MOST_DEVICES,
        allow_empty=False,
        help_text="Ids of your devices, each once: the first that tells of the metric counts.",
    )

    def validate_devices(self, devices: list[UUID]) -> list[UUID]:
        if len(set(devices)) != len(devices):
            raise serializers.ValidationError("Name each device once.", code="duplicate_id")
        return devices


_METRIC: Final = OpenApiParameter(
    "metric", str, OpenApiParameter.PATH, enum=SourceMetric.values, description="What it is for."
)
_SHOWN: Final = OpenApiExample("Steps", value=_EXAMPLE, response_only=True)
_SENT: Final = OpenApiExample("Steps", value={"devices": _EXAMPLE["devices"]}, request_only=True)


class SourcePrioritiesView(APIView):
    @extend_schema(
        summary="Your orders of devices",
        responses=SourceOrderSerializer(many=True),
        examples=[_SHOWN],
    )
    def get(self, request: Request) -> Response:
        """Of every metric, the devices that you have put first; none where the order is ours."""
        return Response(_orders(_person(request)))


class SourcePriorityView(APIView):
    @extend_schema(
        summary="Set an order of devices",
        parameters=[_METRIC],
        request=SourceOrderSerializer,
        responses=SourceOrderSerializer,
        examples=[_SENT, _SHOWN],
    )
    def put(self, request: Request, metric: str) -> Response:
        """Put devices of yours first. All your days follow within a moment."""
        _refuse_unknown(metric)
        given = SourceOrderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        devices = given.validated_data["devices"]
        priorities.set_priority(user_id=_person(request), metric=metric, device_ids=devices)
        return Response({"metric": metric, "devices": devices})

    @extend_schema(
        summary="Back to our order of devices", parameters=[_METRIC], responses={204: None}
    )
    def delete(self, request: Request, metric: str) -> Response:
        """Leave the order to us. All your days follow within a moment; twice is once."""
        _refuse_unknown(metric)
        priorities.clear_priority(user_id=_person(request), metric=metric)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _person(request: Request) -> UUID:
    assert isinstance(request.user, User)
    return request.user.pk


def _refuse_unknown(metric: str) -> None:
    if metric not in SourceMetric.values:
        raise Http404


def _orders(user_id: UUID) -> list[dict[str, Any]]:
    known = {row["metric"]: row["devices"] for row in priorities_of(user_id)}
    return [{"metric": name, "devices": known.get(name, [])} for name in SourceMetric.values]


def represent_source_priorities(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    wanted = set(ids)
    return {
        row["id"]: {"metric": row["metric"], "devices": row["devices"]}
        for row in priorities_of(user_id)
        if row["id"] in wanted
    }


urlpatterns = [
    path("wearables/priorities/", SourcePrioritiesView.as_view(), name="source-priorities"),
    path(
        "wearables/priorities/<slug:metric>/",
        SourcePriorityView.as_view(),
        name="source-priority",
    ),
]
