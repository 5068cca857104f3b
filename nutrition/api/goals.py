"""How much of everything you aim for, over HTTP."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from nutrition import selectors
from nutrition.formulas import ACTIVITY_FACTORS, FORMULAS
from nutrition.models import DayTarget, GoalAim, NutritionGoal
from nutrition.models.goal import LIMITS, MOST_GRAMS, TARGETS
from nutrition.services import goals
from users.api.fields import FiniteFloatField, RowsField
from users.models import User
from users.selectors import today_of

MAX_DAYS = 9


def target(name: str, unit: str, **options: Any) -> serializers.IntegerField:
    most = LIMITS.get(name, MOST_GRAMS)
    return serializers.IntegerField(min_value=0, max_value=most, help_text=unit, **options)


class DayTargetSerializer(serializers.ModelSerializer[DayTarget]):
    """Other targets on one day of the week, or on training or rest days. Null is as every day."""

    weekday = serializers.IntegerField(
        min_value=1,
        max_value=7,
        required=False,
        allow_null=True,
        help_text="1 is Monday, 7 Sunday.",
    )
    is_training = serializers.BooleanField(
        required=False, allow_null=True, help_text="For all training days, or all rest days."
    )
    calorie_target = target("calorie_target", "kcal", required=False, allow_null=True)
    protein_target = target("protein_target", "g", required=False, allow_null=True)
    carbs_target = target("carbs_target", "g, without fiber", required=False, allow_null=True)
    fat_target = target("fat_target", "g", required=False, allow_null=True)
    fiber_target = target("fiber_target", "g", required=False, allow_null=True)
    water_target = target("water_target", "ml", required=False, allow_null=True)

    class Meta:
        model = DayTarget
        fields = ("weekday", "is_training", *TARGETS)


@extend_schema_field(DayTargetSerializer(many=True))
class DayTargetsField(RowsField):
    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        rows = super().to_internal_value(data)
        seen = set()
        for index, row in enumerate(rows):
            which = row.get("weekday"), row.get("is_training")
            if which.count(None) != 1:
                message = "Name either a day of the week, or is_training."
                raise ValidationError({str(index): {"weekday": [message]}}, code="invalid")
            if which in seen:
                message = "There are two targets for the same days."
                raise ValidationError({str(index): {"weekday": [message]}}, code="duplicate")
            seen.add(which)
        return rows


class NutritionGoalSerializer(serializers.ModelSerializer[NutritionGoal]):
    """Your targets of a day, and of days that have others."""

    calorie_target = target("calorie_target", "kcal; a band around it is fine")
    protein_target = target("protein_target", "g; a floor")
    carbs_target = target("carbs_target", "g, without fiber; a band")
    fat_target = target("fat_target", "g; a band")
    fiber_target = target("fiber_target", "g; a floor", required=False)
    water_target = target("water_target", "ml; a floor", required=False)
    days = DayTargetsField(
        row=DayTargetSerializer,
        max_length=MAX_DAYS,
        required=False,
        help_text="Training and rest days go before days of the week.",
    )

    class Meta:
        model = NutritionGoal
        fields = ("id", *TARGETS, "aim", "is_active", "days", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")


class SuggestionQuerySerializer(serializers.Serializer[Any]):
    aim = serializers.ChoiceField(
        choices=GoalAim.choices, required=False, help_text="That of your settings without it."
    )
    activity = serializers.ChoiceField(
        choices=list(ACTIVITY_FACTORS),
        required=False,
        help_text="Guessed from your workouts a week without it.",
    )
    formula = serializers.ChoiceField(
        choices=list(FORMULAS),
        required=False,
        help_text="Katch-McArdle where the body fat is given, else Mifflin-St Jeor.",
    )
    weight_kg = FiniteFloatField(
        min_value=20, max_value=500, required=False, help_text="kg; your profile's without it"
    )
    body_fat_percent = FiniteFloatField(min_value=3, max_value=60, required=False, help_text="%")
    is_pregnant = serializers.BooleanField(default=False)


class SuggestionInputsSerializer(serializers.Serializer[Any]):
    weight_kg = serializers.FloatField(help_text="kg")
    height_cm = serializers.FloatField(help_text="cm")
    age_years = serializers.FloatField(help_text="years")
    sex = serializers.CharField(allow_null=True)
    body_fat_percent = serializers.FloatField(allow_null=True, help_text="%")
    is_pregnant = serializers.BooleanField()


class GuardRailSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    reason = serializers.CharField()


class GoalSuggestionSerializer(serializers.Serializer[Any]):
    """Targets for you, the formula, and everything that went into it. Nothing is stored."""

    calorie_target = serializers.IntegerField(help_text="kcal")
    energy_kj = serializers.FloatField(help_text="kJ")
    protein_target = serializers.IntegerField(help_text="g")
    carbs_target = serializers.IntegerField(help_text="g, without fiber")
    fat_target = serializers.IntegerField(help_text="g")
    fiber_target = serializers.IntegerField(help_text="g")
    water_target = serializers.IntegerField(help_text="ml")
    aim = serializers.ChoiceField(choices=GoalAim.choices)
    activity = serializers.ChoiceField(choices=list(ACTIVITY_FACTORS))
    activity_factor = serializers.FloatField(help_text="Times basal energy.")
    formula = serializers.ChoiceField(choices=list(FORMULAS))
    formula_name = serializers.CharField()
    inputs = SuggestionInputsSerializer()
    bmr_kcal = serializers.FloatField(help_text="kcal a day: basal energy")
    tdee_kcal = serializers.FloatField(help_text="kcal a day: what you spend")
    energy_change = serializers.FloatField(help_text="Of the aim, as a share of tdee_kcal.")
    guard_rails = GuardRailSerializer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class _MyView(APIView):
    permission_classes = (IsAuthenticated,)

    @property
    def me(self) -> UUID:
        assert isinstance(self.request.user, User)
        return self.request.user.pk


class NutritionGoalView(_MyView):
    also_answers: ClassVar[dict[str, str]] = {"get": "404", "patch": "404", "delete": "404"}

    @extend_schema(responses=NutritionGoalSerializer)
    def get(self, request: Request) -> Response:
        """Your goals."""
        return Response(self._shown())

    @extend_schema(
        request=NutritionGoalSerializer,
        responses={200: NutritionGoalSerializer, 201: NutritionGoalSerializer},
    )
    def put(self, request: Request) -> Response:
        """Set your goals, in place of any before (200) or for the first time (201)."""
        given = NutritionGoalSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        is_new = goals.put_goal(user_id=self.me, content=given.validated_data)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(self._shown(), status=code)

    @extend_schema(request=NutritionGoalSerializer, responses=NutritionGoalSerializer)
    def patch(self, request: Request) -> Response:
        """Change some of your goals. `days`, if given, replaces them all."""
        given = NutritionGoalSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        self._shown()
        goals.change_goal(user_id=self.me, content=given.validated_data)
        return Response(self._shown())

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have no goals."""
        self._shown()
        goals.delete_goal(user_id=self.me)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _shown(self) -> dict[str, Any]:
        goal = selectors.goal_of(self.me)
        if goal is None:
            raise Http404
        return goal


class GoalSuggestionView(_MyView):
    @extend_schema(parameters=[SuggestionQuerySerializer], responses=GoalSuggestionSerializer)
    def get(self, request: Request) -> Response:
        """What we would suggest for your body, your aim and how much you move."""
        given = SuggestionQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        today = today_of(self.me, now=timezone.now())
        return Response(selectors.suggestion(user_id=self.me, today=today, **given.validated_data))


def represent_goals(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    goal = selectors.goal_of(user_id)
    return {goal["id"]: goal} if goal is not None and goal["id"] in ids else {}
