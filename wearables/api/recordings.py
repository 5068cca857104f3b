"""What your devices recorded of your training, and which workout of the diary it is."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.urls import include, path
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

from users.api.fields import IdField
from users.api.filters import TrueOrFalseFilter
from users.api.owned import OwnedViewSetMixin
from users.api.serializers import represent
from users.models import User
from wearables.formulas.sports import SPORTS
from wearables.models import RecordedWorkout
from wearables.selectors.recordings import day_instants, named, others_of, recordings
from wearables.services import recordings as services

_RECORDED: Final[dict[str, Any]] = {
    "id": "019a2f70-3c1d-7b3a-9f60-2d8e41c7a5b9",
    "device": "019a2f6e-11aa-7d41-8c02-55d0c3b2f7e4",
    "device_name": "Forerunner 265",
    "source_name": "",
    "source_kind": "watch",
    "sport": "running",
    "name": "Morning run",
    "started_at": "2026-03-02T06:02:11Z",
    "finished_at": "2026-03-02T06:57:40Z",
    "timezone": "Europe/Vienna",
    "duration_s": 3279,
    "distance": 10.04,
    "calories": 702,
    "average_heart_rate": 151,
    "max_heart_rate": 174,
    "elevation_gain_m": 63.0,
    "sets": [],
    "workout": "019a2f70-4b22-7c11-8a3e-6f1d90b2c8e5",
    "is_primary": True,
    "made_workout": True,
    "kept_apart": False,
    "is_joined": False,
    "is_chosen": False,
    "dismissed": False,
    "reason": "Forerunner 265 goes before Strava: a watch goes before a hub. Both began at 07:02.",
    "deleted_at": None,
    "created_at": "2026-03-02T07:01:05Z",
    "updated_at": "2026-03-02T07:01:05Z",
}
_COPY: Final[dict[str, Any]] = {
    **_RECORDED,
    "id": "019a2f71-0a4f-7d90-b2c7-8e5f13d6a904",
    "device": "019a2f6f-92c3-7e18-a0d4-1b7c65e3f820",
    "device_name": "Apple Health",
    "source_name": "Strava",
    "source_kind": "hub",
    "name": "Lauf am Morgen",
    "is_primary": False,
    "reason": "Forerunner 265 goes before it: a watch goes before a hub.",
}
_ONE: Final = [OpenApiExample("A recording", value=_RECORDED, response_only=True)]
_WITH_OTHERS: Final = [
    OpenApiExample(
        "A run that came twice", value={**_RECORDED, "others": [_COPY]}, response_only=True
    )
]


class RecordingFilterSet(filters.FilterSet):
    date_after = filters.DateFilter(method="since", label="Begun on this day of yours or later.")
    date_before = filters.DateFilter(
        method="until", label="Begun on this day of yours or earlier."
    )
    sport = filters.ChoiceFilter(choices=[(slug, one.title) for slug, one in SPORTS.items()])
    workout = filters.UUIDFilter(field_name="workout_id", label="Of this workout.")
    device = filters.UUIDFilter(field_name="device_id", label="Of this device.")
    dismissed = TrueOrFalseFilter(
        field_name="workout_id",
        lookup_expr="isnull",
        label="Only those that you took out of the diary, or only the others.",
    )

    class Meta:
        model = RecordedWorkout
        fields: list[str] = []

    def since(self, rows: "QuerySet[Any]", name: str, day: date) -> "QuerySet[Any]":
        return rows.filter(started_at__gte=self._bounds(day)[0])

    def until(self, rows: "QuerySet[Any]", name: str, day: date) -> "QuerySet[Any]":
        return rows.filter(started_at__lt=self._bounds(day)[1])

    def _bounds(self, day: date) -> tuple[datetime, datetime]:
        user = self.request and self.request.user
        assert isinstance(user, User)
        return day_instants(user_id=user.pk, day=day)


class RecordedSetSerializer(serializers.Serializer[Any]):
    exercise = serializers.CharField(help_text="What the source calls it.")
    reps = serializers.IntegerField(allow_null=True, help_text="How often.")
    weight = serializers.FloatField(allow_null=True, help_text="kg")
    duration = serializers.IntegerField(allow_null=True, help_text="s")


class RecordedWorkoutSerializer(serializers.ModelSerializer[RecordedWorkout]):
    """A session as one source recorded it."""

    device = serializers.UUIDField(source="device_id", help_text="The connection it came by.")
    device_name = serializers.CharField(help_text="What you call the device.")
    source_name = serializers.CharField(
        help_text="What in the device recorded it; empty for the device itself."
    )
    source_kind = serializers.CharField(
        help_text="strap, watch, band, ring, phone, scale, manual or hub"
    )
    sport = serializers.ChoiceField(choices=list(SPORTS), help_text="As we name it.")
    name = serializers.CharField(help_text="What the source calls it; often empty.")
    started_at = serializers.DateTimeField(help_text="UTC")
    finished_at = serializers.DateTimeField(help_text="UTC, with pauses.")
    timezone = serializers.CharField(help_text="IANA")
    sets = RecordedSetSerializer(many=True, help_text="Of a strength session.")
    workout = serializers.UUIDField(
        source="workout_id",
        allow_null=True,
        help_text="The workout of the diary that it is; null if you do not want it there.",
    )
    is_primary = serializers.SerializerMethodField(
        help_text="Whether the workout shows what this one says; never of one in no workout."
    )
    dismissed = serializers.SerializerMethodField(
        help_text="Whether you took it out of the diary; it can be separated or joined again."
    )
    reason = serializers.CharField(help_text="Why it is shown, or which one goes before it.")

    class Meta:
        model = RecordedWorkout
        fields = tuple(_RECORDED)
        read_only_fields = fields

    def get_is_primary(self, row: RecordedWorkout) -> bool:
        # The column outlives a workout that the person deleted from the diary.
        return row.is_primary and row.workout_id is not None

    def get_dismissed(self, row: RecordedWorkout) -> bool:
        return row.workout_id is None and row.deleted_at is None


class RecordingWithOthersSerializer(RecordedWorkoutSerializer):
    """A recording with the others of the same workout."""

    others = serializers.SerializerMethodField(
        help_text="Other recordings of the workout; the one that it shows comes first."
    )

    class Meta(RecordedWorkoutSerializer.Meta):
        fields = (*RecordedWorkoutSerializer.Meta.fields, "others")
        read_only_fields = fields

    @extend_schema_field(RecordedWorkoutSerializer(many=True))
    def get_others(self, row: RecordedWorkout) -> list[dict[str, Any]]:
        return [dict(RecordedWorkoutSerializer(one).data) for one in others_of(row)]


class JoinBodySerializer(serializers.Serializer[Any]):
    workout = IdField(help_text="The workout of yours that it is a recording of.")


@extend_schema_view(
    list=extend_schema(
        summary="Your recordings",
        description="What your devices recorded, latest first; also what you dismissed.",
        examples=_ONE,
    ),
)
class RecordedWorkoutViewSet(
    OwnedViewSetMixin, mixins.ListModelMixin, GenericViewSet[RecordedWorkout]
):
    """Sessions that your devices recorded. Several of one session are one workout."""

    queryset = recordings()
    serializer_class = RecordedWorkoutSerializer
    filterset_class = RecordingFilterSet
    http_method_names = ["get", "post", "delete", "head", "options"]

    @extend_schema(
        summary="A recording", responses=RecordingWithOthersSerializer, examples=_WITH_OTHERS
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One recording, with the others of the same workout."""
        return self._shown(pk)

    @extend_schema(summary="Take a recording out of the diary", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Have it count for nothing. The workout goes if it was made of this one alone.

        It stays in the list as dismissed, and later syncs do not bring it back; `separate` and
        `join` do.
        """
        services.dismiss(user_id=self.owner.pk, recording_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="Keep a recording apart",
        request=None,
        responses=RecordingWithOthersSerializer,
        examples=_WITH_OTHERS,
    )
    @action(detail=True, methods=["post"])
    def separate(self, request: Request, pk: UUID) -> Response:
        """It is a session of its own, with a workout of its own. Twice is once."""
        services.separate(user_id=self.owner.pk, recording_id=pk)
        return self._shown(pk)

    @extend_schema(
        summary="Join a recording to a workout",
        request=JoinBodySerializer,
        responses=RecordingWithOthersSerializer,
        examples=[
            *_WITH_OTHERS,
            OpenApiExample(
                "A workout of yours", value={"workout": _RECORDED["workout"]}, request_only=True
            ),
        ],
    )
    @action(detail=True, methods=["post"])
    def join(self, request: Request, pk: UUID) -> Response:
        """It is a recording of this workout, which you logged or which was made of others.

        The workout that was made of it alone goes, also if you have changed it. Twice is once.
        """
        body = JoinBodySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        services.join(
            user_id=self.owner.pk, recording_id=pk, workout_id=body.validated_data["workout"]
        )
        return self._shown(pk)

    @extend_schema(
        summary="Show a recording in its workout",
        request=None,
        responses=RecordingWithOthersSerializer,
        examples=_WITH_OTHERS,
    )
    @action(detail=True, methods=["post"], url_path="make-primary")
    def make_primary(self, request: Request, pk: UUID) -> Response:
        """The workout gets its times, name, sets and calories; your notes stay.

        A workout that you logged yourself gets its calories alone, where you gave none.
        """
        services.make_primary(user_id=self.owner.pk, recording_id=pk)
        return self._shown(pk)

    def _shown(self, recording_id: UUID) -> Response:
        row = self.get_queryset().get(pk=recording_id)
        return Response(RecordingWithOthersSerializer(row).data)


def represent_recorded_workouts(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = RecordedWorkout.objects.filter(user=user_id, pk__in=ids)
    return represent(RecordedWorkoutSerializer, named(rows))


router = SimpleRouter(use_regex_path=False)
router.register("recorded-workouts", RecordedWorkoutViewSet, "recorded-workouts")
urlpatterns = [path("", include(router.urls))]
