"""Your days of food against your goals, over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from nutrition import selectors
from nutrition.api.meals import ShownEntrySerializer
from nutrition.models import DiaryDay, GoalAim
from nutrition.services import days
from users.api.listing import filter_values, sql_page_response
from users.api.owned import OwnedViewSetMixin
from users.api.pagination import PageRequest

DAY_KEY = (models.DateField(),)


class DayFilter(filters.FilterSet):
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")

    class Meta:
        model = DiaryDay
        fields: list[str] = []


class TotalsSerializer(serializers.Serializer[Any]):
    calories = serializers.FloatField(help_text="kcal")
    protein = serializers.FloatField(help_text="g")
    carbs = serializers.FloatField(help_text="g, without fiber")
    fat = serializers.FloatField(help_text="g")
    fiber = serializers.FloatField(help_text="g")
    sugar = serializers.FloatField(help_text="g")


class AgainstGoalsSerializer(serializers.Serializer[Any]):
    calories = serializers.FloatField(help_text="kcal", allow_null=True)
    protein = serializers.FloatField(help_text="g", allow_null=True)
    carbs = serializers.FloatField(help_text="g, without fiber", allow_null=True)
    fat = serializers.FloatField(help_text="g", allow_null=True)
    fiber = serializers.FloatField(help_text="g", allow_null=True)
    water_ml = serializers.FloatField(help_text="ml", allow_null=True)


class PercentSerializer(AgainstGoalsSerializer):
    """Of each goal, in percent; null for a goal of 0."""


class GoalsMetSerializer(serializers.Serializer[Any]):
    """Whether there is as much as the goal or more. What is better says `compliance`."""

    calories = serializers.BooleanField()
    protein = serializers.BooleanField()
    carbs = serializers.BooleanField()
    fat = serializers.BooleanField()


class NutrientComplianceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        choices=["band", "floor", "ceiling"], help_text="Which side of the target is as good."
    )
    weight = serializers.FloatField(help_text="How much it counts in the score, 0-1.")
    actual = serializers.FloatField(help_text="kcal or g")
    target = serializers.FloatField(help_text="kcal or g")
    percent = serializers.FloatField(allow_null=True, help_text="Of the target.")
    score = serializers.FloatField(allow_null=True, help_text="0-100; null for a day in part.")


class ComplianceSerializer(serializers.Serializer[Any]):
    """Those nutrients that have a goal."""

    calories = NutrientComplianceSerializer(required=False)
    protein = NutrientComplianceSerializer(required=False)
    carbs = NutrientComplianceSerializer(required=False)
    fat = NutrientComplianceSerializer(required=False)
    fiber = NutrientComplianceSerializer(required=False)


class TrustSerializer(serializers.Serializer[Any]):
    """How far the numbers of the day's foods can be believed."""

    score = serializers.FloatField(
        allow_null=True, help_text="0-100: the foods' own, each by its energy."
    )
    scored_share = serializers.FloatField(help_text="0-1: of the energy, from foods with a score.")
    doubt = serializers.FloatField(help_text="0-1: the share by which amounts may be off.")


class MealsOfDaySerializer(serializers.Serializer[Any]):
    """Those meals of which something is logged, each in the order of time."""

    breakfast = ShownEntrySerializer(many=True, required=False)
    lunch = ShownEntrySerializer(many=True, required=False)
    dinner = ShownEntrySerializer(many=True, required=False)
    snack = ShownEntrySerializer(many=True, required=False)


class MealTotalsSerializer(serializers.Serializer[Any]):
    breakfast = TotalsSerializer(required=False)
    lunch = TotalsSerializer(required=False)
    dinner = TotalsSerializer(required=False)
    snack = TotalsSerializer(required=False)


class LoggedDaySerializer(serializers.Serializer[Any]):
    date = serializers.DateField()
    total_calories = serializers.FloatField(help_text="kcal")
    total_energy_kj = serializers.FloatField(help_text="kJ")
    total_protein = serializers.FloatField(help_text="g")
    total_carbs = serializers.FloatField(help_text="g, without fiber")
    total_fat = serializers.FloatField(help_text="g")
    total_fiber = serializers.FloatField(help_text="g")
    total_sugar = serializers.FloatField(help_text="g")
    meal_count = serializers.IntegerField(help_text="Entries.")
    water_ml = serializers.IntegerField(help_text="ml")


GOALS_FOR = ("every_day", "weekday", "training_days", "rest_days")


class WeekDaySerializer(LoggedDaySerializer):
    goals = AgainstGoalsSerializer(allow_null=True)
    goals_for = serializers.ChoiceField(
        choices=GOALS_FOR, allow_null=True, help_text="Which of your goals these are."
    )
    is_complete = serializers.BooleanField(help_text="As you said, or as it looks.")
    is_training = serializers.BooleanField()
    score = serializers.FloatField(allow_null=True, help_text="0-100; null for a day in part.")


class NutritionWeekSerializer(serializers.Serializer[Any]):
    """Seven days, and how their means kept to the goals: a feast does not erase them."""

    date = serializers.DateField(help_text="The last of the seven days.")
    complete_days = serializers.IntegerField(help_text="Those that count.")
    score = serializers.FloatField(allow_null=True, help_text="0-100, of the means.")
    coverage = serializers.FloatField(help_text="0-1: the weight of the goals that there are.")
    compliance = ComplianceSerializer()
    days = WeekDaySerializer(many=True)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "number"}})
class AmountsField(serializers.JSONField):
    pass


class NutritionDaySerializer(WeekDaySerializer):
    """A day's food, meal by meal, and how it kept to the goals."""

    meals = MealsOfDaySerializer()
    meal_totals = MealTotalsSerializer()
    goals_met = GoalsMetSerializer()
    aim = serializers.ChoiceField(choices=GoalAim.choices, allow_null=True)
    remaining = AgainstGoalsSerializer(
        allow_null=True, help_text="Up to the goals; negative above them."
    )
    percent_of_goal = PercentSerializer(allow_null=True)
    score_low = serializers.FloatField(allow_null=True, help_text="0-100: if numbers are off.")
    score_high = serializers.FloatField(allow_null=True, help_text="0-100: if numbers are off.")
    coverage = serializers.FloatField(help_text="0-1: the weight of the goals that there are.")
    compliance = ComplianceSerializer()
    trust = TrustSerializer()
    micronutrients = AmountsField(
        required=False, help_text="Where asked for: sums by names that end in their unit."
    )


class MarkDaySerializer(serializers.ModelSerializer[DiaryDay]):
    """What you say of a day. Null leaves it to the rules."""

    class Meta:
        model = DiaryDay
        fields = ("is_complete", "is_training")


class DiaryDaySerializer(serializers.ModelSerializer[DiaryDay]):
    """What you said of a day; null leaves it to the rules."""

    class Meta:
        model = DiaryDay
        fields = ("id", "date", "is_complete", "is_training", "created_at", "updated_at")


class NutritionDayViewSet(OwnedViewSetMixin, GenericViewSet[DiaryDay]):
    """Your days of food."""

    queryset = DiaryDay.objects.all()
    serializer_class = NutritionDaySerializer
    filterset_class = DayFilter
    lookup_value_converter = "day"

    @extend_schema(responses=LoggedDaySerializer(many=True))
    def list(self, request: Request) -> Response:
        """Days on which you logged something, latest first."""
        page_request = PageRequest.of(request)
        values = filter_values(DayFilter, request)
        page = selectors.logged_days(
            user_id=self.owner.pk,
            date_after=values.get("date_after"),
            date_before=values.get("date_before"),
            size=page_request.size,
            place=page_request.place_in(DAY_KEY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date",)
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("micronutrients", bool, description="With the sums of those.")
        ],
        filters=False,
    )
    def retrieve(self, request: Request, pk: date) -> Response:
        """All of a day: meals, totals, water, goals, what remains, and the score."""
        wanted = request.query_params.get("micronutrients", "").lower()
        if wanted not in {"", "0", "1", "false", "true"}:
            raise ValidationError({"micronutrients": "Give true or false."}, code="invalid")
        return Response(
            selectors.nutrition_day(
                user_id=self.owner.pk, day=pk, with_micronutrients=wanted in {"1", "true"}
            )
        )

    @extend_schema(request=MarkDaySerializer, responses=NutritionDaySerializer)
    def partial_update(self, request: Request, pk: date) -> Response:
        """Say whether the day is logged in full, and whether it is for training."""
        given = MarkDaySerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        days.mark_day(user_id=self.owner.pk, day=pk, content=given.validated_data)
        return Response(selectors.nutrition_day(user_id=self.owner.pk, day=pk))

    @extend_schema(responses=NutritionWeekSerializer, filters=False)
    @action(detail=True, pagination_class=None)
    def week(self, request: Request, pk: date) -> Response:
        """The seven days up to this one."""
        return Response(selectors.nutrition_week(user_id=self.owner.pk, last=pk))


def represent_days(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = DiaryDay.objects.filter(user_id=user_id, pk__in=ids)
    return {row.pk: DiaryDaySerializer(row).data for row in rows}
