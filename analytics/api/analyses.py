"""Weeks, months and ranges of training, deloads, and days off, over HTTP."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from analytics.api import examples_analyses as examples
from analytics.api.analyses_shapes import (
    AnalysisSerializer,
    DailyTrainingSerializer,
    DeloadQuerySerializer,
    DeloadSerializer,
    RangeQuerySerializer,
    TrainingBreakSerializer,
    TrainingRangeSerializer,
    WorkoutAnalysisSerializer,
)
from analytics.api.provenance import EXPLAIN, wants_explanation
from analytics.api.spans import MOST_DAYS
from analytics.models import Period, TrainingBreak, TrainingDay, WorkoutAnalysis
from analytics.selectors.analyses import (
    AnalysisFilter,
    analyses_page,
    analysis,
    analysis_of_range,
)
from analytics.selectors.deloads import deload
from analytics.selectors.trends import calendar_of
from analytics.services import breaks
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin, content_of
from users.api.pagination import PageRequest
from users.api.serializers import represent
from users.selectors import today_of

PLACED_BY_START: Final = (models.DateField(), models.UUIDField())


class WorkoutAnalysisFilter(filters.FilterSet):
    period = filters.ChoiceFilter(choices=Period.choices)
    date_after = filters.DateFilter(
        field_name="start_date", label="That begin on this day or later."
    )
    date_before = filters.DateFilter(
        field_name="start_date", label="That begin on this day or earlier."
    )

    class Meta:
        model = WorkoutAnalysis
        fields: list[str] = []


class WorkoutAnalysisViewSet(OwnedViewSetMixin, GenericViewSet[WorkoutAnalysis]):
    """What your training of a week, of a month or of any days amounts to."""

    queryset = WorkoutAnalysis.objects.order_by("-start_date", "-id")
    serializer_class = AnalysisSerializer
    filterset_class = WorkoutAnalysisFilter

    @extend_schema(
        summary="Your weeks and months",
        responses=AnalysisSerializer(many=True),
        examples=[examples.ANALYSIS],
    )
    def list(self, request: Request) -> Response:
        """Weeks and calendar months with training and those that run, latest first."""
        page_request = PageRequest.of(request)
        page = analyses_page(
            user_id=self.owner.pk,
            narrowed=AnalysisFilter(**filter_values(WorkoutAnalysisFilter, request)),
            today=today_of(self.owner.pk, now=timezone.now()),
            size=page_request.size,
            place=page_request.place_in(PLACED_BY_START),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("start_date", "id")
        )

    @extend_schema(
        summary="A week or a month",
        parameters=[EXPLAIN],
        responses=AnalysisSerializer,
        examples=[examples.ANALYSIS],
        filters=False,
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """Its totals, intensity, consistency, muscles against landmarks, and balance."""
        explain = wants_explanation(request)
        today = today_of(self.owner.pk, now=timezone.now())
        found = analysis(user_id=self.owner.pk, analysis_id=pk, today=today, explain=explain)
        if found is None:
            raise Http404
        return Response(found)

    @extend_schema(
        summary="Any days",
        parameters=[RangeQuerySerializer, EXPLAIN],
        responses=TrainingRangeSerializer,
        examples=[examples.RANGE],
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def range(self, request: Request) -> Response:
        """The same of any days, at most five years of them."""
        given = RangeQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        first, last = given.validated_data["start_date"], given.validated_data["end_date"]
        if not first <= last < first + timedelta(days=MOST_DAYS):
            message = f"It must be from start_date to {MOST_DAYS} days on."
            raise ValidationError({"end_date": message})
        explain = wants_explanation(request)
        return Response(
            analysis_of_range(
                user_id=self.owner.pk,
                first=first,
                last=last,
                today=today_of(self.owner.pk, now=timezone.now()),
                explain=explain,
            )
        )

    @extend_schema(
        summary="Whether a lighter week is due",
        parameters=[DeloadQuerySerializer, EXPLAIN],
        responses=DeloadSerializer,
        examples=[examples.DELOAD],
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def deload(self, request: Request) -> Response:
        """Your last weeks against those before them, and a hint."""
        given = DeloadQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        explain = wants_explanation(request)
        return Response(
            deload(
                user_id=self.owner.pk,
                calendar=calendar_of(self.owner.pk, now=timezone.now()),
                recovery=given.validated_data.get("recovery"),
                explain=explain,
            )
        )


class TrainingBreakFilter(filters.FilterSet):
    date_after = filters.DateFilter(
        field_name="starts_on", lookup_expr="gte", label="That begin on this day or later."
    )
    date_before = filters.DateFilter(
        field_name="starts_on", lookup_expr="lte", label="That begin on this day or earlier."
    )
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at this instant or later."
    )

    class Meta:
        model = TrainingBreak
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        summary="Your days off",
        description="Your times of illness, travel and rest, latest first.",
        examples=[examples.BREAK],
    ),
    retrieve=extend_schema(
        summary="Days off",
        description="One time without training, and why.",
        examples=[examples.BREAK],
    ),
    create=extend_schema(
        summary="Take days off",
        description="Take days off for illness, travel or rest: they cost you no consistency.",
        examples=[examples.BREAK],
    ),
    partial_update=extend_schema(
        summary="Change days off",
        description="Change the days or the reason, or end a break that lasts.",
        examples=[examples.BREAK],
    ),
    destroy=extend_schema(
        summary="Delete days off",
        description="Delete a break: its days count for consistency again.",
    ),
)
class TrainingBreakViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[TrainingBreak],
):
    """Illness, travel, rest: days off that cost you no consistency."""

    queryset = TrainingBreak.objects.order_by("-starts_on", "-id")
    serializer_class = TrainingBreakSerializer
    filterset_class = TrainingBreakFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> TrainingBreak:
        return breaks.start_break(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content_of(serializer),
            creation_hash=creation_hash,
            now=timezone.now(),
        )

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = breaks.change_break(
            user_id=self.owner.pk, break_id=self.kwargs["pk"], content=content_of(serializer)
        )

    def perform_destroy(self, instance: TrainingBreak) -> None:
        breaks.delete_break(user_id=self.owner.pk, break_id=instance.pk)


def represent_workout_analyses(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = WorkoutAnalysis.objects.filter(user_id=user_id, pk__in=ids)
    return represent(WorkoutAnalysisSerializer, rows)


def represent_training_days(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = TrainingDay.objects.filter(user_id=user_id, pk__in=ids)
    return represent(DailyTrainingSerializer, rows)


def represent_training_breaks(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = TrainingBreak.objects.filter(user_id=user_id, pk__in=ids)
    return represent(TrainingBreakSerializer, rows)


router = SimpleRouter(use_regex_path=False)
router.register("workout-analyses", WorkoutAnalysisViewSet)
router.register("training-breaks", TrainingBreakViewSet)
urlpatterns = router.urls
