"""How recovered you are, over HTTP."""

from typing import Any, Final
from uuid import UUID

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.api import examples_recovery
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.api.spans import days_of, days_parameter
from analytics.selectors.heart import workout_heart_rate
from analytics.selectors.recovery import recovery
from users.models import User

USUAL_DAYS: Final = 30


class RecoveryPartSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    score = serializers.IntegerField(help_text="0-100")


class ReadinessSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField(
        allow_null=True, help_text="0-100; null where neither last night nor a baseline is known"
    )
    parts = RecoveryPartSerializer(many=True, help_text="Those that are known today.")
    provenance = ProvenanceSerializer()


class NightScoreSerializer(serializers.Serializer[Any]):
    score = serializers.IntegerField(help_text="0-100, by a rule of ours")
    parts = RecoveryPartSerializer(many=True)
    provenance = ProvenanceSerializer()


class RecoverySleepSerializer(serializers.Serializer[Any]):
    need_hours = serializers.FloatField(help_text="h a night")
    need_provenance = ProvenanceSerializer()
    debt_hours = serializers.FloatField(
        allow_null=True, help_text="h, of the last 14 nights; null for fewer than 7 known ones"
    )
    debt_provenance = ProvenanceSerializer()
    regularity_minutes = serializers.FloatField(
        allow_null=True, help_text="min; standard deviation of the middle of sleep, 14 nights"
    )
    last_night = NightScoreSerializer(allow_null=True)


class SignalTrendSerializer(serializers.Serializer[Any]):
    latest = serializers.FloatField(allow_null=True, help_text="Today's, in the signal's unit.")
    mean = serializers.FloatField(allow_null=True, help_text="Of the last 7 days.")
    baseline = serializers.FloatField(allow_null=True, help_text="Of the days before.")
    z = serializers.FloatField(
        allow_null=True, help_text="Standard deviations of a day from baseline to mean."
    )
    slope_a_week = serializers.FloatField(
        allow_null=True, help_text="Change a week, over the last four weeks."
    )
    provenance = ProvenanceSerializer()


class HrvTrendSerializer(SignalTrendSerializer):
    method = serializers.CharField(
        allow_null=True, help_text="rmssd or sdnn; nights of the other are left out."
    )


class RecoveryPointSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Your own day.")
    resting_heart_rate = serializers.FloatField(allow_null=True, help_text="bpm")
    hrv = serializers.FloatField(allow_null=True, help_text="ms")
    asleep_minutes = serializers.IntegerField(allow_null=True, help_text="min")
    in_bed_minutes = serializers.IntegerField(allow_null=True, help_text="min")
    sleep_score = serializers.IntegerField(allow_null=True, help_text="0-100, by a rule of ours")


class RecoverySerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="The first day asked for.")
    last = serializers.DateField(help_text="Today.")
    readiness = ReadinessSerializer()
    sleep = RecoverySleepSerializer()
    resting_heart_rate = SignalTrendSerializer(help_text="bpm")
    hrv = HrvTrendSerializer(help_text="ms")
    points = RecoveryPointSerializer(many=True, help_text="Each day, oldest first.")


class WorkoutZoneSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="1-5")
    low_bpm = serializers.FloatField(help_text="bpm")
    high_bpm = serializers.FloatField(help_text="bpm")
    minutes = serializers.FloatField(help_text="min")


class WorkoutTrimpSerializer(serializers.Serializer[Any]):
    trimp = serializers.FloatField(help_text="Training impulse.")
    provenance = ProvenanceSerializer()


class WorkoutPulsePointSerializer(serializers.Serializer[Any]):
    start = serializers.DateTimeField(help_text="Of the minute.")
    min = serializers.IntegerField(help_text="bpm")
    avg = serializers.FloatField(help_text="bpm")
    max = serializers.IntegerField(help_text="bpm")


class WorkoutHeartRateSerializer(serializers.Serializer[Any]):
    workout = serializers.UUIDField()
    samples = serializers.IntegerField(help_text="Measured in its time, of the best source.")
    average_bpm = serializers.FloatField(allow_null=True, help_text="bpm, over time")
    max_bpm = serializers.IntegerField(allow_null=True, help_text="bpm")
    measured_minutes = serializers.FloatField(help_text="min; longer silences are left out")
    highest_bpm = serializers.FloatField(
        allow_null=True, help_text="bpm; your highest, of which zones are shares"
    )
    highest_provenance = ProvenanceSerializer(allow_null=True)
    rest_bpm = serializers.FloatField(
        allow_null=True, help_text="bpm; your usual resting heart rate of the four weeks before"
    )
    zones = WorkoutZoneSerializer(many=True)
    edwards = WorkoutTrimpSerializer(
        allow_null=True, help_text="By zones; null without your highest."
    )
    banister = WorkoutTrimpSerializer(
        allow_null=True, help_text="By reserve; null without highest, resting rate or sex."
    )
    minutes = WorkoutPulsePointSerializer(many=True, help_text="For a curve, oldest first.")


class _MyView(APIView):
    @property
    def me(self) -> UUID:
        assert isinstance(self.request.user, User)
        return self.request.user.pk


class RecoveryView(_MyView):
    @extend_schema(
        summary="Your recovery",
        parameters=[days_parameter(USUAL_DAYS), EXPLAIN],
        responses=RecoverySerializer,
        examples=[
            OpenApiExample("A rested day", value=examples_recovery.RECOVERY, response_only=True)
        ],
    )
    def get(self, request: Request) -> Response:
        """Readiness, sleep need and debt, resting heart rate and its variability over time.

        Made of what your devices told; each number says where it is from.
        """
        days, explain = days_of(request, default=USUAL_DAYS), wants_explanation(request)
        return Response(recovery(user_id=self.me, days=days, now=timezone.now(), explain=explain))


class WorkoutHeartRateView(_MyView):
    @extend_schema(
        summary="The heart rate of a workout",
        parameters=[EXPLAIN],
        responses=WorkoutHeartRateSerializer,
        examples=[
            OpenApiExample("A run", value=examples_recovery.WORKOUT_HEART_RATE, response_only=True)
        ],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """Minutes in each zone, training impulse and the curve, of what was measured in its time.

        The highest heart rate follows from your age.
        """
        explain = wants_explanation(request)
        found = workout_heart_rate(user_id=self.me, workout_id=pk, explain=explain)
        return Response(found)


urlpatterns = [
    path("recovery/", RecoveryView.as_view(), name="recovery"),
    path(
        "workouts/<uuid:pk>/heart-rate/",
        WorkoutHeartRateView.as_view(),
        name="workout-heart-rate",
    ),
]
