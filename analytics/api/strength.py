"""Strength, personal records and tested maxima, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from analytics.api import examples_strength as examples
from analytics.api.provenance import EXPLAIN, wants_explanation
from analytics.api.spans import days_of, days_parameter
from analytics.api.strength_shapes import (
    BestOneRmSerializer,
    ExerciseProgressSerializer,
    ExerciseTrendSerializer,
    LiftSerializer,
    OneRmTestSerializer,
    PersonalRecordSerializer,
    RelativeQuerySerializer,
    RelativeStrengthSerializer,
    StrengthProgressSerializer,
)
from analytics.models import OneRmTest, PersonalRecord, RecordKind, StrengthProgress
from analytics.selectors.one_rm import best_one_rm
from analytics.selectors.records import RecordFilter, record, records, records_page
from analytics.selectors.relative import relative_strengths
from analytics.selectors.strength import exercise_progress, lifts_page
from analytics.selectors.trends import TREND_DAYS, calendar_of, exercise_trend
from analytics.services import one_rm_tests
from users.api.filters import TrueOrFalseFilter
from users.api.listing import filter_values, sql_page_response
from users.api.owned import CreateOnceMixin, OwnedViewSetMixin, content_of
from users.api.pagination import PageRequest
from users.api.serializers import represent
from users.selectors import today_of

PLACED_BY_DAY: Final = (models.DateField(), models.UUIDField())
PROGRESS_DAYS: Final = 90
RELATIVE_DAYS: Final = 365
OF_EXERCISE: Final = OpenApiParameter(
    "id", UUID, OpenApiParameter.PATH, description="The exercise."
)


class StrengthViewSet(OwnedViewSetMixin, GenericViewSet[StrengthProgress]):
    """How strong you are, exercise by exercise."""

    queryset = StrengthProgress.objects.order_by("-date", "-exercise_id")
    serializer_class = LiftSerializer

    @extend_schema(
        summary="Your exercises",
        parameters=[EXPLAIN],
        responses=LiftSerializer(many=True),
        filters=False,
    )
    def list(self, request: Request) -> Response:
        """Your exercises, the latest trained first: their last day, their best, their trend."""
        page_request = PageRequest.of(request)
        page = lifts_page(
            user_id=self.owner.pk,
            calendar=calendar_of(self.owner.pk, now=timezone.now()),
            size=page_request.size,
            place=page_request.place_in(PLACED_BY_DAY),
            explain=wants_explanation(request),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date", "exercise_id")
        )

    @extend_schema(
        summary="Progress of an exercise",
        parameters=[OF_EXERCISE, days_parameter(PROGRESS_DAYS), EXPLAIN],
        responses=ExerciseProgressSerializer,
        examples=[examples.PROGRESS],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def progress(self, request: Request, pk: UUID) -> Response:
        """Day by day: sets, volume, maxima; and the improvement from the first to the last."""
        return _found(
            exercise_progress(
                user_id=self.owner.pk,
                exercise_id=pk,
                days=days_of(request, default=PROGRESS_DAYS),
                now=timezone.now(),
                explain=wants_explanation(request),
            )
        )

    @extend_schema(
        summary="One-repetition maximum of an exercise",
        parameters=[OF_EXERCISE, days_parameter(PROGRESS_DAYS), EXPLAIN],
        responses=BestOneRmSerializer,
        examples=[examples.ONE_RM],
        filters=False,
    )
    @action(detail=True, url_path="one-rm", pagination_class=None)
    def one_rm(self, request: Request, pk: UUID) -> Response:
        """What you could lift once today: seven formulas, chart, your own curve, and tests."""
        return _found(
            best_one_rm(
                user_id=self.owner.pk,
                exercise_id=pk,
                today=today_of(self.owner.pk, now=timezone.now()),
                days=days_of(request, default=PROGRESS_DAYS),
                explain=wants_explanation(request),
            )
        )

    @extend_schema(
        summary="Trend of an exercise",
        parameters=[OF_EXERCISE, days_parameter(TREND_DAYS), EXPLAIN],
        responses=ExerciseTrendSerializer,
        examples=[examples.TREND],
        filters=False,
    )
    @action(detail=True, pagination_class=None)
    def trend(self, request: Request, pk: UUID) -> Response:
        """Whether it gets better or stands still, and what to try at a plateau."""
        return _found(
            exercise_trend(
                user_id=self.owner.pk,
                exercise_id=pk,
                calendar=calendar_of(self.owner.pk, now=timezone.now()),
                days=days_of(request, default=TREND_DAYS),
                explain=wants_explanation(request),
            )
        )

    @extend_schema(
        summary="Strength for your size",
        parameters=[RelativeQuerySerializer, days_parameter(RELATIVE_DAYS), EXPLAIN],
        responses=RelativeStrengthSerializer,
        examples=[examples.RELATIVE],
        filters=False,
    )
    @action(detail=False, pagination_class=None)
    def relative(self, request: Request) -> Response:
        """DOTS, Wilks 2020, IPF GL and the old Wilks, now and by month."""
        given = RelativeQuerySerializer(data=request.query_params)
        given.is_valid(raise_exception=True)
        return Response(
            relative_strengths(
                user_id=self.owner.pk,
                today=today_of(self.owner.pk, now=timezone.now()),
                days=days_of(request, default=RELATIVE_DAYS),
                equipment=given.validated_data["equipment"],
                explain=wants_explanation(request),
            )
        )


def _found(answer: Mapping[str, Any] | None) -> Response:
    """An exercise that the person cannot see does not exist."""
    if answer is None:
        raise Http404
    return Response(answer)


class PersonalRecordFilter(filters.FilterSet):
    exercise = filters.UUIDFilter(field_name="exercise", label="Of this exercise.")
    kind = filters.ChoiceFilter(choices=RecordKind.choices)
    standing = TrueOrFalseFilter(
        field_name="is_standing", label="Those that nothing beat since, or the beaten ones."
    )
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")

    class Meta:
        model = PersonalRecord
        fields: list[str] = []


class PersonalRecordViewSet(OwnedViewSetMixin, GenericViewSet[PersonalRecord]):
    """What you did better than ever before."""

    queryset = PersonalRecord.objects.order_by("-date", "-id")
    serializer_class = PersonalRecordSerializer
    filterset_class = PersonalRecordFilter

    @extend_schema(
        summary="Your personal records",
        responses=PersonalRecordSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """Your personal records, latest first."""
        page_request = PageRequest.of(request)
        page = records_page(
            user_id=self.owner.pk,
            narrowed=RecordFilter(**filter_values(PersonalRecordFilter, request)),
            size=page_request.size,
            place=page_request.place_in(PLACED_BY_DAY),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date", "id")
        )

    @extend_schema(
        summary="A personal record",
        parameters=[EXPLAIN],
        responses=PersonalRecordSerializer,
        examples=[examples.RECORD],
        filters=False,
    )
    def retrieve(self, request: Request, pk: UUID) -> Response:
        """One record, and the sets that it stands against."""
        return _found(
            record(user_id=self.owner.pk, record_id=pk, explain=wants_explanation(request))
        )


class OneRmTestFilter(filters.FilterSet):
    exercise = filters.UUIDFilter(field_name="exercise", label="Of this exercise.")
    date_after = filters.DateFilter(
        field_name="date", lookup_expr="gte", label="On this day or later."
    )
    date_before = filters.DateFilter(
        field_name="date", lookup_expr="lte", label="On this day or earlier."
    )
    updated_since = filters.IsoDateTimeFilter(
        field_name="updated_at", lookup_expr="gte", label="Changed at this instant or later."
    )

    class Meta:
        model = OneRmTest
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        summary="Your tests", description="The maxima that you tested, latest first."
    ),
    retrieve=extend_schema(
        summary="A test", description="One maximum that you tested.", examples=[examples.TEST]
    ),
    create=extend_schema(
        summary="Note a test",
        description="Note a maximum that you tested: no estimate of the day goes before it.",
        examples=[examples.TEST],
    ),
    partial_update=extend_schema(
        summary="Correct a test",
        description="Change some of a test.",
        examples=[examples.TEST],
    ),
    destroy=extend_schema(
        summary="Delete a test",
        description="Delete a test: the estimates of its day count again.",
    ),
)
class OneRmTestViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[OneRmTest],
):
    """One-repetition maxima that you tested: no estimate of the day goes before them."""

    queryset = OneRmTest.objects.order_by("-date", "-id")
    serializer_class = OneRmTestSerializer
    filterset_class = OneRmTestFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> OneRmTest:
        return one_rm_tests.add_test(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content_of(serializer),
            creation_hash=creation_hash,
            now=timezone.now(),
        )

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = one_rm_tests.change_test(
            user_id=self.owner.pk, test_id=self.kwargs["pk"], content=content_of(serializer)
        )

    def perform_destroy(self, instance: OneRmTest) -> None:
        one_rm_tests.delete_test(user_id=self.owner.pk, test_id=instance.pk)


def represent_strength_progress(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = StrengthProgress.objects.filter(user_id=user_id, pk__in=ids)
    return represent(StrengthProgressSerializer, rows)


def represent_personal_records(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return {row["id"]: row for row in records(user_id=user_id, ids=ids)}


def represent_one_rm_tests(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    return represent(OneRmTestSerializer, OneRmTest.objects.filter(user_id=user_id, pk__in=ids))


router = SimpleRouter(use_regex_path=False)
router.register("strength", StrengthViewSet, basename="strength")
router.register("personal-records", PersonalRecordViewSet)
router.register("one-rm-tests", OneRmTestViewSet)
urlpatterns = router.urls
