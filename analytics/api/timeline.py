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
    "has_activity": True,
    "activity": {
        "steps": 9412,
        "distance": 6.8,
        "active_calories": 540,
        "total_calories": 2410,
        "active_minutes": 48,
        "floors_climbed": 11,
        "resting_heart_rate": 54,
    },
    "has_sleep": True,
    "sleep": {
        "duration": 437,
        "sleep_start": "2026-03-01T22:14:00Z",
        "sleep_end": "2026-03-02T05:58:00Z",
        "deep_sleep": 82,
        "light_sleep": 246,
        "rem_sleep": 109,
        "awake": 27,
        "sleep_score": 81,
        "hrv": 58.0,
    },
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


class TimelineActivitySerializer(serializers.Serializer[Any]):
    """As your devices told; without keys on a day of which none told."""

    steps = serializers.IntegerField(
        allow_null=True, required=False, help_text="Null where not measured."
    )
    distance = serializers.FloatField(allow_null=True, required=False, help_text="km")
    active_calories = serializers.IntegerField(allow_null=True, required=False, help_text="kcal")
    total_calories = serializers.IntegerField(allow_null=True, required=False, help_text="kcal")
    active_minutes = serializers.IntegerField(allow_null=True, required=False, help_text="min")
    floors_climbed = serializers.IntegerField(allow_null=True, required=False, help_text="Floors.")
    resting_heart_rate = serializers.IntegerField(allow_null=True, required=False, help_text="bpm")


class TimelineSleepSerializer(serializers.Serializer[Any]):
    """The night's main sleep, which ended on this day; without keys where none is known."""

    duration = serializers.IntegerField(allow_null=True, required=False, help_text="min asleep")
    sleep_start = serializers.DateTimeField(required=False)
    sleep_end = serializers.DateTimeField(required=False)
    deep_sleep = serializers.IntegerField(allow_null=True, required=False, help_text="min")
    light_sleep = serializers.IntegerField(allow_null=True, required=False, help_text="min")
    rem_sleep = serializers.IntegerField(allow_null=True, required=False, help_text="min")
    awake = serializers.IntegerField(allow_null=True, required=False, help_text="min")
    sleep_score = serializers.IntegerField(
        allow_null=True, required=False, help_text="0-100, the maker's"
    )
    hrv = serializers.FloatField(allow_null=True, required=False, help_text="ms")


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
    has_activity = serializers.BooleanField()
    activity = TimelineActivitySerializer()
    has_sleep = serializers.BooleanField()
    sleep = TimelineSleepSerializer()
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
