"""Achievements and streaks, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import path
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from social.api.people import person_or_404, viewer_of
from social.formulas.streaks import Streak
from social.models import AchievementCategory, UserAchievement
from social.selectors import achievements
from social.selectors.metrics import Streaks, streaks_of
from users.api.filters import TrueOrFalseFilter
from users.api.listing import filter_values, sql_page_response
from users.api.pagination import PageRequest
from users.models import UserProfile

_BY_STEP: Final = (models.CharField(), models.CharField(), models.FloatField())
_BY_TIME: Final = (models.DateTimeField(), models.UUIDField())
_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_ROW: Final[dict[str, Any]] = {
    "code": "workouts_10",
    "name": "Warmed Up",
    "description": "Finish 10 workouts.",
    "category": "workout",
    "icon_url": "",
}
_ENTRY: Final = {
    "id": _ID,
    **_ROW,
    "metric": "workouts",
    "threshold": 10.0,
    "progress": 7.0,
    "progress_percent": 70.0,
    "earned_id": None,
    "earned_at": None,
}
_EARNED_ROW: Final = {
    "id": _ID,
    "achievement_id": _ID,
    **_ROW,
    "earned_at": "2026-03-02T19:05:00Z",
}
_STREAK: Final = {
    "current": 9,
    "longest": 14,
    "freezes": 1,
    "last_frozen_on": "2026-02-02",
}


class AchievementFilter(filters.FilterSet):
    category = filters.ChoiceFilter(choices=AchievementCategory.choices)
    earned = TrueOrFalseFilter(help_text="Only those that you have earned, or have not.")


class AchievementSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True, help_text="The achievement.")
    code = serializers.CharField(read_only=True, help_text="What it is called for good.")
    name = serializers.CharField(read_only=True, help_text="For people.")
    description = serializers.CharField(read_only=True, help_text="What earns it.")
    category = serializers.ChoiceField(
        read_only=True, choices=AchievementCategory.choices, help_text="What it is about."
    )
    icon_url = serializers.CharField(read_only=True, help_text="A picture, or empty.")
    metric = serializers.CharField(read_only=True, help_text="What is counted.")
    threshold = serializers.FloatField(
        read_only=True, help_text="How much earns it, in the metric's unit."
    )
    progress = serializers.FloatField(
        read_only=True, help_text="How much you have now, in the metric's unit."
    )
    progress_percent = serializers.FloatField(
        read_only=True, help_text="%; 100 once it is earned, whatever was deleted since."
    )
    earned_id = serializers.UUIDField(
        read_only=True, allow_null=True, help_text="What comments on it name; null until earned."
    )
    earned_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When you earned it."
    )


class EarnedAchievementSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True, help_text="What comments on it name.")
    achievement_id = serializers.UUIDField(read_only=True, help_text="What was achieved.")
    code = serializers.CharField(read_only=True, help_text="What it is called for good.")
    name = serializers.CharField(read_only=True, help_text="For people.")
    description = serializers.CharField(read_only=True, help_text="What earns it.")
    category = serializers.ChoiceField(
        read_only=True, choices=AchievementCategory.choices, help_text="What it is about."
    )
    icon_url = serializers.CharField(read_only=True, help_text="A picture, or empty.")
    earned_at = serializers.DateTimeField(read_only=True, help_text="When it was earned.")


class StreakSerializer(serializers.Serializer[Any]):
    current = serializers.IntegerField(
        read_only=True, help_text="Weeks or days in a row up to now; the running one may be open."
    )
    longest = serializers.IntegerField(read_only=True, help_text="The most there ever were.")
    freezes = serializers.IntegerField(
        read_only=True, help_text="How many missed ones would be forgiven now."
    )
    last_frozen_on = serializers.DateField(
        read_only=True,
        allow_null=True,
        help_text="The first day of the last week, or the day, that a freeze saved.",
    )


class StreaksSerializer(serializers.Serializer[Any]):
    training_weeks = StreakSerializer(
        read_only=True,
        help_text="Weeks with a workout. Every fourth earns a freeze, of which two are kept; a "
        "week of which a break covers most days is left out.",
    )
    food_days = StreakSerializer(
        read_only=True,
        help_text="Days whose food is all logged. Every tenth earns a freeze; two are kept.",
    )


class AchievementsView(GenericAPIView[Any]):
    serializer_class = AchievementSerializer

    @extend_schema(
        summary="Achievements",
        parameters=[
            OpenApiParameter(
                "category", str, enum=AchievementCategory.values, description="What it is about."
            ),
            OpenApiParameter("earned", bool, description="Only the earned, or the others."),
        ],
        filters=False,
        responses=AchievementSerializer(many=True),
        examples=[OpenApiExample("Ten workouts", value=_ENTRY)],
        operation_id="achievements_list",
    )
    def get(self, request: Request) -> Response:
        """All that can be achieved, and how far you are."""
        page_request = PageRequest.of(request)
        page = achievements.catalogue_page(
            user_id=viewer_of(request),
            narrowed=filter_values(AchievementFilter, request),
            size=page_request.size,
            place=page_request.place_in(_BY_STEP),
            now=timezone.now(),
        )
        return sql_page_response(
            request=request,
            page_request=page_request,
            page=page,
            key=("category", "metric", "threshold"),
        )


class AchievementView(APIView):
    @extend_schema(
        summary="One achievement",
        responses=AchievementSerializer,
        examples=[OpenApiExample("Ten workouts", value=_ENTRY)],
    )
    def get(self, request: Request, pk: UUID) -> Response:
        """What earns it, and how far you are."""
        row = achievements.achievement(
            user_id=viewer_of(request), achievement_id=pk, now=timezone.now()
        )
        if row is None:
            raise Http404
        return Response(row)


class StreaksView(APIView):
    @extend_schema(
        summary="Your streaks",
        responses=StreaksSerializer,
        examples=[
            OpenApiExample("Streaks", value={"training_weeks": _STREAK, "food_days": _STREAK})
        ],
    )
    def get(self, request: Request) -> Response:
        """Weeks of training and days of logged food in a row."""
        person = viewer_of(request)
        streaks = streaks_of([person], now=timezone.now())[person]
        return Response(
            {
                "training_weeks": _shown(streaks, streaks.training_weeks, weeks=True),
                "food_days": _shown(streaks, streaks.food_days, weeks=False),
            }
        )


class PersonAchievementsView(GenericAPIView[Any]):
    queryset = UserAchievement.objects.none()
    serializer_class = EarnedAchievementSerializer

    @extend_schema(
        summary="Somebody's achievements",
        responses=EarnedAchievementSerializer(many=True),
        examples=[OpenApiExample("Ten workouts", value=_EARNED_ROW)],
        operation_id="users_achievements_list",
    )
    def get(self, request: Request, username: str) -> Response:
        """What somebody has earned, newest first, as far as their profile shows it to you."""
        person = person_or_404(request, username)
        if not UserProfile.objects.get(pk=person).shows_details_to(viewer_of(request)):
            raise Http404
        page_request = PageRequest.of(request)
        page = achievements.earned_page(
            user_id=person, size=page_request.size, place=page_request.place_in(_BY_TIME)
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("earned_at", "id")
        )


def _shown(streaks: Streaks, streak: Streak, *, weeks: bool) -> dict[str, Any]:
    to_day = streaks.first_day if weeks else streaks.day
    return {
        "current": streak.current,
        "longest": streak.longest,
        "freezes": streak.freezes,
        "last_frozen_on": to_day(streak.frozen[-1]) if streak.frozen else None,
    }


def represent_achievements(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in achievements.earned_rows(user_id=user_id, ids=ids)}


urlpatterns = [
    path("achievements/", AchievementsView.as_view(), name="achievement-list"),
    path("achievements/streaks/", StreaksView.as_view(), name="streaks"),
    path("achievements/<uuid:pk>/", AchievementView.as_view(), name="achievement-detail"),
    path(
        "users/<str:username>/achievements/",
        PersonAchievementsView.as_view(),
        name="user-achievements",
    ),
]
