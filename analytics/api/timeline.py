"""What you did, day by day, over HTTP."""

from typing import Any, Final

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.api.spans import days_of, days_parameter
from analytics.selectors.timeline import activity_timeline
from users.models import User

USUAL_DAYS: Final = 30
_EXAMPLE: Final = {
    "date": "2026-03-02",
    "has_workout": True,
    "workouts": [
        {"id": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9", "name": "Push day", "duration": 60}
    ],
    "has_meals": True,
    "meal_count": 4,
    "has_metrics": True,
    "metrics": {"weight": 80.4, "body_fat": None},
    "volume": 5200.0,
    "minutes": 60,
    "load": 420.0,
    "calories": 2180,
    "water_ml": 2000,
    "records": 1,
}


class TimelineWorkoutSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    duration = serializers.IntegerField(help_text="min")


class TimelineMetricsSerializer(serializers.Serializer[Any]):
    """Without keys on a day without measurements."""

    weight = serializers.FloatField(allow_null=True, required=False, help_text="kg")
    body_fat = serializers.FloatField(allow_null=True, required=False, help_text="%")


class TimelineDaySerializer(serializers.Serializer[Any]):
    """A day. What is derived follows a change of the diaries within seconds: volume, minutes,
    load, calories, water and records.
    """

    date = serializers.DateField(help_text="Your own day.")
    has_workout = serializers.BooleanField()
    workouts = TimelineWorkoutSerializer(many=True, help_text="The latest first.")
    has_meals = serializers.BooleanField()
    meal_count = serializers.IntegerField(help_text="Entries.")
    has_metrics = serializers.BooleanField()
    metrics = TimelineMetricsSerializer()
    volume = serializers.FloatField(help_text="kg; load × reps of the working sets")
    minutes = serializers.IntegerField(help_text="min of training")
    load = serializers.FloatField(help_text="Session RPE × minutes, of lifting and cardio.")
    calories = serializers.IntegerField(
        allow_null=True, help_text="kcal eaten; null where no meal is logged"
    )
    water_ml = serializers.IntegerField(help_text="ml")
    records = serializers.IntegerField(help_text="Personal records of the day.")


class ActivityTimelineView(APIView):
    @extend_schema(
        summary="Your days",
        parameters=[days_parameter(USUAL_DAYS)],
        responses=TimelineDaySerializer(many=True),
        examples=[OpenApiExample("A day", value=_EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Every day from so many days ago up to today, oldest first, also those with nothing."""
        assert isinstance(request.user, User)
        days = days_of(request, default=USUAL_DAYS)
        return Response(activity_timeline(user_id=request.user.pk, days=days, now=timezone.now()))


urlpatterns = [
    path("activity-timeline/", ActivityTimelineView.as_view(), name="activity-timeline")
]
