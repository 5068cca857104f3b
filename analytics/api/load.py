"""How much you train, and at which heart rates, over HTTP."""

from typing import Any, Final
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.api import examples_load
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.api.spans import days_of, days_parameter
from analytics.formulas import heart_rate_zones
from analytics.selectors.heart import highest_heart_rate, shown_zones
from analytics.selectors.load import training_load
from users.api.fields import FiniteFloatField
from users.models import User
from users.selectors import today_of

USUAL_DAYS: Final = 90
LEAST_MAX_BPM, MOST_MAX_BPM = 100, 250
LEAST_REST_BPM, MOST_REST_BPM = 20, 150


class LoadPointSerializer(serializers.Serializer[Any]):
    """Fitness (CTL), fatigue (ATL) and form (TSB) of a day."""

    date = serializers.DateField(help_text="Your own day.")
    load = serializers.FloatField(help_text="Session RPE × minutes")
    ctl = serializers.FloatField(help_text="Load a day, over some 42 days.")
    atl = serializers.FloatField(help_text="Load a day, over some 7 days.")
    tsb = serializers.FloatField(help_text="CTL less ATL, of the evening before.")
    form_percent = serializers.FloatField(
        allow_null=True, help_text="% of the CTL; null where that is 0"
    )


class LoadCurveSerializer(LoadPointSerializer):
    provenance = ProvenanceSerializer()


class LoadWeekSerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="The first of the seven days.")
    last = serializers.DateField(help_text="The last of the seven days.")
    load = serializers.FloatField(help_text="Session RPE × minutes")
    monotony = serializers.FloatField(
        allow_null=True, help_text="Mean / standard deviation; null where days are all the same."
    )
    strain = serializers.FloatField(allow_null=True, help_text="Load × monotony.")


class LatestLoadWeekSerializer(LoadWeekSerializer):
    mean = serializers.FloatField(help_text="Load a day.")
    sd = serializers.FloatField(allow_null=True, help_text="Of the loads of the days.")
    previous_load = serializers.FloatField(
        allow_null=True, help_text="Of the seven days before; null where they are not known."
    )
    change = serializers.FloatField(
        allow_null=True, help_text="Share of the previous load: 0.1 is 10 % more."
    )
    provenance = ProvenanceSerializer()


class WorkloadRatioSerializer(serializers.Serializer[Any]):
    """Acute against chronic load. It describes loads and says nothing about injuries."""

    acute = serializers.FloatField(help_text="Load a day, of late.")
    chronic = serializers.FloatField(
        allow_null=True, help_text="Load a day, over four weeks; null before those have passed."
    )
    ratio = serializers.FloatField(allow_null=True, help_text="Acute / chronic.")
    provenance = ProvenanceSerializer()


class ModalityLoadSerializer(serializers.Serializer[Any]):
    """Null and empty as long as no training is logged."""

    curve = LoadCurveSerializer(allow_null=True, help_text="Where it stands today.")
    week = LatestLoadWeekSerializer(allow_null=True, help_text="The last seven days.")
    ratio = WorkloadRatioSerializer(allow_null=True)
    weeks = LoadWeekSerializer(
        many=True, help_text="Those that end today, seven days ago, and so on; oldest first."
    )
    points = LoadPointSerializer(many=True, help_text="Each day, oldest first.")


class TrainingLoadSerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="The first day asked for.")
    last = serializers.DateField(help_text="Today.")
    rated_share = serializers.FloatField(
        allow_null=True,
        help_text="0-1, of the load of these days, from efforts that were rated; null without any",
    )
    all = ModalityLoadSerializer()
    lifting = ModalityLoadSerializer()
    cardio = ModalityLoadSerializer()


class HeartRatesSerializer(serializers.Serializer[Any]):
    max_bpm = FiniteFloatField(
        min_value=LEAST_MAX_BPM,
        max_value=MOST_MAX_BPM,
        required=False,
        help_text="bpm; your highest as measured. From your age without it.",
    )
    rest_bpm = FiniteFloatField(
        min_value=LEAST_REST_BPM,
        max_value=MOST_REST_BPM,
        required=False,
        help_text="bpm; zones are shares of the reserve with it, else of the highest.",
    )


class HeartRateZoneSerializer(serializers.Serializer[Any]):
    """From `low_bpm` up to `high_bpm`, without it; the last zone has no end."""

    number = serializers.IntegerField(help_text="1-5")
    low_bpm = serializers.FloatField(help_text="bpm")
    high_bpm = serializers.FloatField(help_text="bpm")


class HeartRateZonesSerializer(serializers.Serializer[Any]):
    max_bpm = serializers.FloatField(help_text="bpm")
    max_provenance = ProvenanceSerializer()
    rest_bpm = serializers.FloatField(allow_null=True, help_text="bpm")
    zones = HeartRateZoneSerializer(many=True)
    provenance = ProvenanceSerializer()


class _MyView(APIView):
    @property
    def me(self) -> UUID:
        assert isinstance(self.request.user, User)
        return self.request.user.pk


class TrainingLoadView(_MyView):
    @extend_schema(
        summary="Your training load",
        parameters=[days_parameter(USUAL_DAYS), EXPLAIN],
        responses=TrainingLoadSerializer,
        examples=[
            OpenApiExample("Ten weeks in", value=examples_load.TRAINING_LOAD, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """Loads by day, fitness and fatigue, weeks, and the latest against the usual load.

        For lifting and cardio together and apart. An effort that nobody rated counts as 5 of 10.
        """
        days, explain = days_of(request, default=USUAL_DAYS), wants_explanation(request)
        today = today_of(self.me, now=timezone.now())
        return Response(training_load(user_id=self.me, today=today, days=days, explain=explain))


class HeartRateZonesView(_MyView):
    @extend_schema(
        summary="Your heart rate zones",
        parameters=[HeartRatesSerializer, EXPLAIN],
        responses=HeartRateZonesSerializer,
        examples=[
            OpenApiExample("By age", value=examples_load.HEART_RATE_ZONES, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """Five zones, by your highest heart rate and, where given, by that at rest."""
        given = HeartRatesSerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        explain = wants_explanation(request)
        measured, rest = (given.validated_data.get(name) for name in ("max_bpm", "rest_bpm"))
        today = today_of(self.me, now=timezone.now())
        highest = highest_heart_rate(user_id=self.me, today=today, measured_bpm=measured)
        if highest is None:
            message = "Give your highest heart rate, or your date of birth in your profile."
            raise ValidationError({"max_bpm": message})
        if rest is not None and rest >= highest.bpm:
            message = f"It must be below your highest heart rate of {highest.bpm:g}."
            raise ValidationError({"rest_bpm": message})
        zones = heart_rate_zones(max_bpm=highest.bpm, rest_bpm=rest)
        return Response(shown_zones(highest, zones, explain=explain))


urlpatterns = [
    path("training-load/", TrainingLoadView.as_view(), name="training-load"),
    path("training-load/heart-rate-zones/", HeartRateZonesView.as_view(), name="heart-rate-zones"),
]
