"""Your days and weeks of food in a few numbers, over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import GenericViewSet

# It registers how a day stands in a path.
import nutrition.api.urls  # noqa: F401 - see above
from analytics.api import examples_energy
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.models import NutritionSummary
from analytics.selectors.nutrition import summary_of_day, summary_page, week_page
from users.api.listing import filter_values, sql_page_response
from users.api.owned import OwnedViewSetMixin
from users.api.pagination import PageRequest
from users.api.serializers import represent
from users.selectors import today_of

DAY_KEY = (models.DateField(),)


class NutritionSummaryFilter(filters.FilterSet):
    date_after = filters.DateFilter(field_name="date", label="On this day or later.")
    date_before = filters.DateFilter(field_name="date", label="On this day or earlier.")

    class Meta:
        model = NutritionSummary
        fields: list[str] = []


class StoredNutritionSummarySerializer(serializers.ModelSerializer[NutritionSummary]):
    """A day of food as it is kept. Seconds after a change of the diary it has followed."""

    class Meta:
        model = NutritionSummary
        fields: tuple[str, ...] = (
            "id",
            "date",
            "calories",
            "protein",
            "carbs",
            "fat",
            "fiber",
            "sugar",
            "water",
            "meal_count",
            "compliance_score",
            "compliance_validity",
            "coverage",
            "is_complete",
            "calorie_target",
            "doubt",
            "created_at",
            "updated_at",
        )
        read_only_fields = fields


class NutritionSummarySerializer(StoredNutritionSummarySerializer):
    energy_kj = serializers.FloatField(help_text="kJ")
    provenance = ProvenanceSerializer(help_text="Of the score.")

    class Meta(StoredNutritionSummarySerializer.Meta):
        fields = (*StoredNutritionSummarySerializer.Meta.fields, "energy_kj", "provenance")
        read_only_fields = fields


class FoodWeekSerializer(serializers.Serializer[Any]):
    """A week of yours: means of the days before today whose food is all logged."""

    start_date = serializers.DateField(help_text="Its first day.")
    end_date = serializers.DateField(help_text="Its last day, also where that is to come.")
    days = serializers.IntegerField(help_text="With something logged.")
    complete_days = serializers.IntegerField(help_text="That are in the means.")
    calories = serializers.FloatField(allow_null=True, help_text="kcal a day")
    energy_kj = serializers.FloatField(allow_null=True, help_text="kJ a day")
    protein = serializers.FloatField(allow_null=True, help_text="g a day")
    carbs = serializers.FloatField(allow_null=True, help_text="g a day, without fiber")
    fat = serializers.FloatField(allow_null=True, help_text="g a day")
    fiber = serializers.FloatField(allow_null=True, help_text="g a day")
    sugar = serializers.FloatField(allow_null=True, help_text="g a day")
    water = serializers.FloatField(
        allow_null=True, help_text="ml a day, of all days before today with something logged"
    )
    calorie_target = serializers.FloatField(allow_null=True, help_text="kcal a day")
    compliance_score = serializers.FloatField(
        allow_null=True, help_text="0-100, of the days that have a score"
    )
    provenance = ProvenanceSerializer()


class NutritionSummaryViewSet(OwnedViewSetMixin, GenericViewSet[NutritionSummary]):
    """Your days of food in a few numbers."""

    queryset = NutritionSummary.objects.all()
    serializer_class = NutritionSummarySerializer
    filterset_class = NutritionSummaryFilter
    lookup_value_converter = "day"

    @extend_schema(
        summary="Your days of food",
        parameters=[EXPLAIN],
        examples=[OpenApiExample("A day", value=examples_energy.SUMMARY, response_only=True)],
    )
    def list(self, request: Request) -> Response:
        """Days on which something is logged, latest first."""
        page_request = PageRequest.of(request)
        page = summary_page(
            user_id=self.owner.pk,
            **filter_values(NutritionSummaryFilter, request),
            size=page_request.size,
            place=page_request.place_in(DAY_KEY),
            explain=wants_explanation(request),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("date",)
        )

    @extend_schema(
        summary="A day of food",
        parameters=[EXPLAIN],
        filters=False,
        examples=[OpenApiExample("A day", value=examples_energy.SUMMARY, response_only=True)],
    )
    def retrieve(self, request: Request, pk: date) -> Response:
        """What a day came to, and how it kept to its goals."""
        found = summary_of_day(user_id=self.owner.pk, day=pk, explain=wants_explanation(request))
        if found is None:
            raise Http404
        return Response(found)

    @extend_schema(
        summary="Your weeks of food",
        parameters=[EXPLAIN],
        responses=FoodWeekSerializer(many=True),
        examples=[OpenApiExample("A week", value=examples_energy.WEEK, response_only=True)],
    )
    @action(detail=False)
    def weeks(self, request: Request) -> Response:
        """Your weeks, latest first; the dates narrow by the day on which a week begins."""
        page_request = PageRequest.of(request)
        user_id = self.owner.pk
        page = week_page(
            user_id=user_id,
            today=today_of(user_id, now=timezone.now()),
            **filter_values(NutritionSummaryFilter, request),
            size=page_request.size,
            place=page_request.place_in(DAY_KEY),
            explain=wants_explanation(request),
        )
        return sql_page_response(
            request=request, page_request=page_request, page=page, key=("start_date",)
        )


def represent_nutrition_summaries(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = NutritionSummary.objects.filter(user_id=user_id, pk__in=ids)
    return represent(StoredNutritionSummarySerializer, rows)


router = SimpleRouter(use_regex_path=False)
router.register("nutrition-summaries", NutritionSummaryViewSet)

urlpatterns = router.urls
