"""What you want to reach, and where that stands, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from analytics.api import examples_goals as examples
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.models import BodyMeasure, Goal, GoalKind, GoalStatus, Habit
from analytics.selectors import goals as selectors
from analytics.selectors.goals import GoalFilter, Row
from analytics.selectors.trends import calendar_of
from analytics.services import goals
from nutrition.api.texts import LineField
from users.api.fields import DayField, FiniteFloatField, IdField
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin
from users.api.pagination import PageRequest
from workouts.api.serializers import VisibleExerciseField
from workouts.models import Exercise

KEY = (models.UUIDField(),)
UNITS: Final = ("kg", "%", "cm", "weeks")


class GoalFilterSet(filters.FilterSet):
    type = filters.ChoiceFilter(field_name="title", choices=GoalKind.choices)
    status = filters.ChoiceFilter(field_name="title", choices=GoalStatus.choices)
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", label="Changed at this instant or later."
    )

    class Meta:
        model = Goal
        fields: list[str] = []


class GoalProvenanceSerializer(serializers.Serializer[Any]):
    progress = ProvenanceSerializer(help_text="Of the values, the percentage, and achieved_on.")
    forecast = ProvenanceSerializer(
        allow_null=True, help_text="Of the forecast's days; null once it is reached."
    )


def _derived(field: type[serializers.Field[Any, Any, Any, Any]], help_text: str) -> Any:
    return field(read_only=True, allow_null=True, help_text=help_text)


class GoalSerializer(serializers.Serializer[Any]):
    """What goals of every kind have. Where it stands follows from your diaries."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    type = serializers.ChoiceField(choices=GoalKind.choices)
    title = LineField(max_length=100)
    start_date = DayField(required=False, help_text="Your own day; today without it.")
    target_date = DayField(
        required=False, allow_null=True, help_text="By when, if by any day; after start_date."
    )
    is_abandoned = serializers.BooleanField(
        required=False, help_text="Whether you have given it up."
    )
    notes = serializers.CharField(max_length=500, allow_blank=True, required=False)
    status = serializers.ChoiceField(
        choices=GoalStatus.choices,
        read_only=True,
        help_text="One that was reached is achieved, also if it was given up.",
    )
    unit = serializers.ChoiceField(choices=UNITS, read_only=True, help_text="Of the values.")
    start_value = _derived(serializers.FloatField, "Where it began, in `unit`.")
    current_value = _derived(serializers.FloatField, "Where it stands, in `unit`.")
    progress_percent = _derived(
        serializers.FloatField, "0-100, of the way from start to target; 100 once reached."
    )
    achieved_on = _derived(serializers.DateField, "The first day on which it was reached.")
    forecast_date = _derived(serializers.DateField, "When it is reached at the present pace.")
    forecast_earliest = _derived(serializers.DateField, "With 80 %, not before.")
    forecast_latest = _derived(
        serializers.DateField, "With 80 %, not after; null is two years away or more."
    )
    provenance = GoalProvenanceSerializer(read_only=True)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)


class StrengthGoalSerializer(GoalSerializer):
    """A one-repetition maximum, as tested or estimated since the start."""

    type = serializers.ChoiceField(choices=[GoalKind.STRENGTH.value])
    exercise = VisibleExerciseField(queryset=Exercise.objects.all(), pk_field=IdField())
    target_kg = FiniteFloatField(min_value=0.1, max_value=2000, help_text="kg")


class BodyGoalSerializer(GoalSerializer):
    """A measure of the body, above or below where it begins. A weight is that of its trend."""

    type = serializers.ChoiceField(choices=[GoalKind.BODY.value])
    measure = serializers.ChoiceField(choices=BodyMeasure.choices)
    target_value = FiniteFloatField(min_value=1, max_value=500, help_text="kg, % or cm")


class HabitGoalSerializer(GoalSerializer):
    """Something done on so many days of a week, for so many whole weeks in a row."""

    type = serializers.ChoiceField(choices=[GoalKind.HABIT.value])
    habit = serializers.ChoiceField(choices=Habit.choices)
    days_per_week = serializers.IntegerField(
        min_value=1, max_value=7, help_text="Days of a week on which it is to be done."
    )
    weeks = serializers.IntegerField(min_value=1, max_value=104, help_text="Weeks in a row.")


class GoalPointSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Your own day.")
    value = serializers.FloatField(help_text="In `unit`.")
    progress_percent = serializers.FloatField(help_text="0-100")


class GoalHistorySerializer(serializers.Serializer[Any]):
    """Where a goal stood, day by day since its start; five years at most."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=GoalKind.choices)
    unit = serializers.ChoiceField(choices=UNITS, help_text="Of the values.")
    start_value = serializers.FloatField(allow_null=True, help_text="In `unit`.")
    target_value = serializers.FloatField(help_text="In `unit`.")
    points = GoalPointSerializer(
        many=True, help_text="Days on which it was measured; of a habit, one of each week."
    )
    provenance = ProvenanceSerializer()


SHAPES: Final[Mapping[str, type[GoalSerializer]]] = {
    GoalKind.STRENGTH.value: StrengthGoalSerializer,
    GoalKind.BODY.value: BodyGoalSerializer,
    GoalKind.HABIT.value: HabitGoalSerializer,
}


def _any_goal(**options: Any) -> PolymorphicProxySerializer:
    return PolymorphicProxySerializer(
        component_name="Goal", serializers=dict(SHAPES), resource_type_field_name="type", **options
    )


@extend_schema_view(
    create=extend_schema(
        summary="Set a goal",
        description="Set a goal of any kind; the answer says where it stands.",
        request=_any_goal(),
        responses={201: _any_goal(), 200: _any_goal()},
        examples=examples.GOALS,
    ),
)
class GoalViewSet(CreateOnceMixin, GenericViewSet[Goal]):
    """What you want to reach: a lift, a measure of the body, or a habit."""

    queryset = Goal.objects.order_by("-id")
    serializer_class = GoalSerializer
    filterset_class = GoalFilterSet
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    @extend_schema(
        summary="Your goals",
        parameters=[EXPLAIN],
        responses=_any_goal(many=True),
        examples=examples.GOALS,
    )
    def list(self, request: Request) -> Response:
        """Your goals of all kinds, newest first."""
        explain = wants_explanation(request)
        page_request = PageRequest.of(request)
        page = selectors.goal_page(
            user_id=self.owner.pk,
            narrowed=GoalFilter(**filter_values(GoalFilterSet, request)),
            size=page_request.size,
            place=page_request.place_in(KEY),
        )
        page.rows[:] = _shown(self.owner.pk, page.rows, explain=explain)
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("id",)
        )

    @extend_schema(
        summary="A goal", parameters=[EXPLAIN], responses=_any_goal(), examples=examples.GOALS
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One goal: where it began, where it stands, and when it is reached at this pace."""
        explain = wants_explanation(request)
        return Response(_shown(self.owner.pk, [self._stored(pk)], explain=explain)[0])

    @extend_schema(
        summary="Change a goal",
        request=_any_goal(partial=True),
        responses=_any_goal(),
        examples=examples.GOALS,
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change some of a goal, or give it up. It stays of its kind."""
        shape = SHAPES[self._stored(pk)["type"]]
        serializer = shape(data=request.data, partial=True, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        goals.change_goal(
            user_id=self.owner.pk,
            goal_id=pk,
            content=_content(serializer),
            now=timezone.now(),
        )
        return Response(_shown(self.owner.pk, [self._stored(pk)])[0])

    @extend_schema(summary="Delete a goal", responses={204: None})
    def destroy(self, request: Request, pk: UUID) -> Response:
        """Delete a goal. To remember that you gave it up, change is_abandoned instead."""
        self._stored(pk)
        goals.delete_goal(user_id=self.owner.pk, goal_id=pk)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        summary="History of a goal",
        parameters=[EXPLAIN],
        responses=GoalHistorySerializer,
        examples=[examples.HISTORY],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def history(self, request: Request, pk: UUID) -> Response:
        """Where a goal stood, day by day since its start."""
        explain = wants_explanation(request)
        row, user_id = self._stored(pk), self.owner.pk
        calendar = calendar_of(user_id, now=timezone.now())
        standing = selectors.standings([row], {user_id: calendar})[pk]
        return Response(selectors.history(row, standing, explain=explain))

    def get_serializer(self, *args: Any, **kwargs: Any) -> GoalSerializer:
        """The shape of the kind that the body names; that of all kinds refuses the others."""
        data = kwargs.get("data")
        kind = data.get("type") if isinstance(data, Mapping) else None
        shape = SHAPES.get(kind, GoalSerializer) if isinstance(kind, str) else GoalSerializer
        return shape(*args, context=self.get_serializer_context(), **kwargs)

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> Goal:
        return goals.create_goal(
            user_id=self.owner.pk,
            kind=serializer.validated_data["type"],
            object_id=object_id,
            content=_content(serializer),
            creation_hash=creation_hash,
            now=timezone.now(),
        )

    def represent(self, row: Goal) -> Any:
        return _shown(self.owner.pk, [self._stored(row.pk)])[0]

    def _stored(self, goal_id: UUID) -> Row:
        found = selectors.goals(user_id=self.owner.pk, ids=[goal_id])
        if not found:
            raise Http404
        return found[0]


def represent_goals(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    if not ids:
        return {}
    rows = selectors.goals(user_id=user_id, ids=ids)
    return {shown["id"]: shown for shown in _shown(user_id, rows)}


def _content(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    return {k: v for k, v in serializer.validated_data.items() if k not in {"id", "type"}}


def _shown(user_id: UUID, rows: list[Row], *, explain: bool = False) -> list[Row]:
    """The goals with where their numbers are from: four queries for any number of them."""
    if not rows:
        return []
    calendar = calendar_of(user_id, now=timezone.now())
    standings = selectors.standings(rows, {user_id: calendar})
    return [selectors.shown(row, standings[row["id"]], explain=explain) for row in rows]


router = SimpleRouter(use_regex_path=False)
router.register("goals", GoalViewSet)

urlpatterns = router.urls
