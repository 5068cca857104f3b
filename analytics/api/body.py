"""What you weigh and measure, and what follows from it, over HTTP."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_view,
)
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from analytics.api import examples_body
from analytics.api.provenance import EXPLAIN, ProvenanceSerializer, wants_explanation
from analytics.api.spans import days_of, days_parameter
from analytics.models import BodyMetric
from analytics.models.body import GIRTHS, MEASURES, RANGES
from analytics.selectors.body import body_composition, weight_story
from analytics.services import body_metrics
from users.api.fields import DayField, FiniteFloatField, IdField
from users.api.owned import CreateOnceMixin
from users.api.serializers import represent
from users.selectors import today_of

USUAL_DAYS: Final = 90
UNITS: Final = {
    "weight": "kg",
    "body_fat": "%",
    "muscle_mass": "kg",
    **dict.fromkeys(GIRTHS, "cm"),
}


class BodyMetricFilter(filters.FilterSet):
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
        model = BodyMetric
        fields: list[str] = []


def _measure(name: str) -> FiniteFloatField:
    low, high = RANGES[name]
    return FiniteFloatField(
        min_value=low, max_value=high, allow_null=True, required=False, help_text=UNITS[name]
    )


class BodyMetricSerializer(serializers.ModelSerializer[BodyMetric]):
    """Measurements of a day, at least one; null was not measured."""

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    date = DayField(required=False, help_text="Your own day; today without it.")
    weight = _measure("weight")
    body_fat = _measure("body_fat")
    muscle_mass = _measure("muscle_mass")
    chest = _measure("chest")
    waist = _measure("waist")
    hips = _measure("hips")
    arms = _measure("arms")
    thighs = _measure("thighs")
    neck_cm = _measure("neck_cm")

    class Meta:
        model = BodyMetric
        fields = ("id", "date", *MEASURES, "notes", "created_at", "updated_at")
        read_only_fields = ("created_at", "updated_at")
        # A second row of a day is a conflict, which the service finds under the person's lock.
        validators: list[Any] = []


class TrendPointSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Your own day.")
    weight_kg = serializers.FloatField(help_text="kg, as weighed")
    trend_kg = serializers.FloatField(help_text="kg, without the noise of days")
    low_kg = serializers.FloatField(help_text="kg; four of five weigh-ins are above it, and")
    high_kg = serializers.FloatField(help_text="kg; below this, as you weighed of late.")


class TrendWeightSerializer(serializers.Serializer[Any]):
    weight_kg = serializers.FloatField(allow_null=True, help_text="kg; null without a weigh-in")
    provenance = ProvenanceSerializer()


class WeightChangeSerializer(serializers.Serializer[Any]):
    """By a straight line through the weigh-ins of four weeks."""

    kg_per_day = serializers.FloatField(
        allow_null=True, help_text="kg a day; the interval is of it. Null for too few weigh-ins."
    )
    kg_per_week = serializers.FloatField(allow_null=True, help_text="kg a week")
    weight_kg = serializers.FloatField(
        allow_null=True, help_text="kg; where the line stands today"
    )
    provenance = ProvenanceSerializer()


class WeightForecastSerializer(serializers.Serializer[Any]):
    goal_kg = serializers.FloatField(help_text="kg")
    date = serializers.DateField(
        allow_null=True, help_text="Null where there is no answer; a caveat says why."
    )
    earliest = serializers.DateField(allow_null=True, help_text="With 80 %, not before.")
    latest = serializers.DateField(
        allow_null=True, help_text="With 80 %, not after; null is two years away or more."
    )
    provenance = ProvenanceSerializer()


class WeightStorySerializer(serializers.Serializer[Any]):
    first = serializers.DateField(help_text="Points are of this day or later.")
    last = serializers.DateField(help_text="Your today.")
    points = TrendPointSerializer(many=True, help_text="One for each weigh-in, oldest first.")
    trend = TrendWeightSerializer()
    change = WeightChangeSerializer()
    forecast = WeightForecastSerializer(
        allow_null=True, help_text="Null without a goal for the weight."
    )


class MeasuredSerializer(serializers.Serializer[Any]):
    value = serializers.FloatField(help_text="cm, or % for body fat")
    date = serializers.DateField(help_text="The day it was measured on.")


class GirthsSerializer(serializers.Serializer[Any]):
    """The latest of each."""

    waist = MeasuredSerializer(allow_null=True)
    neck_cm = MeasuredSerializer(allow_null=True)
    hips = MeasuredSerializer(allow_null=True)


class NavyBodyFatSerializer(serializers.Serializer[Any]):
    percent = serializers.FloatField(help_text="% of the weight")
    provenance = ProvenanceSerializer()


class FatFreeMassSerializer(serializers.Serializer[Any]):
    kg = serializers.FloatField(help_text="kg of what is not fat")
    weight_kg = serializers.FloatField(help_text="kg; the latest weight, or the profile's")
    body_fat_percent = serializers.FloatField(help_text="% that it was reckoned with")
    body_fat_from = serializers.ChoiceField(
        choices=["measured", "navy"], help_text="The later one of the two."
    )
    provenance = ProvenanceSerializer()


class BodyCompositionSerializer(serializers.Serializer[Any]):
    navy = NavyBodyFatSerializer(allow_null=True, help_text="By girths; null without an answer.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="What the girths' formula lacks, by field."
    )
    girths_make_sense = serializers.BooleanField(
        help_text="False where there is no body of such girths: check them."
    )
    girths = GirthsSerializer()
    measured = MeasuredSerializer(allow_null=True, help_text="The latest body fat you entered.")
    fat_free_mass = FatFreeMassSerializer(allow_null=True)


GOAL = OpenApiParameter(
    "goal_kg",
    {"type": "number", "minimum": 20, "maximum": 500},
    description="kg to forecast; without it, that of your goal for the weight.",
)
_GOAL_FIELD = FiniteFloatField(min_value=20, max_value=500)


@extend_schema_view(
    list=extend_schema(
        summary="Your measurements",
        description="What you weighed and measured, latest first.",
    ),
    retrieve=extend_schema(
        summary="Measurements of a day",
        description="What you weighed and measured on one day.",
    ),
    create=extend_schema(
        summary="Note measurements",
        description="Note what you weigh and measure, at least one thing of it. Each day has one"
        " row; your profile takes the latest weight.",
    ),
    partial_update=extend_schema(
        summary="Correct measurements",
        description="Change some of a day's measurements; null takes one away.",
    ),
    destroy=extend_schema(
        summary="Delete measurements",
        description="Delete all that was measured on the day.",
    ),
)
class BodyMetricViewSet(
    CreateOnceMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[BodyMetric],
):
    """What you weigh and measure, latest first. Your profile has the latest weight."""

    queryset = BodyMetric.objects.order_by("-date", "-id")
    serializer_class = BodyMetricSerializer
    filterset_class = BodyMetricFilter
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def perform_create_once(
        self, serializer: BaseSerializer[Any], object_id: UUID, creation_hash: bytes
    ) -> BodyMetric:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        return body_metrics.add_metric(
            user_id=self.owner.pk,
            object_id=object_id,
            content=content,
            creation_hash=creation_hash,
            now=timezone.now(),
        )

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        content = {k: v for k, v in serializer.validated_data.items() if k != "id"}
        assert isinstance(serializer.instance, BodyMetric)
        serializer.instance = body_metrics.change_metric(
            user_id=self.owner.pk,
            metric_id=serializer.instance.pk,
            content=content,
            now=timezone.now(),
        )

    def perform_destroy(self, instance: BodyMetric) -> None:
        body_metrics.delete_metric(
            user_id=self.owner.pk, metric_id=instance.pk, now=timezone.now()
        )

    @extend_schema(
        summary="Your weight's trend",
        parameters=[days_parameter(USUAL_DAYS), GOAL, EXPLAIN],
        responses=WeightStorySerializer,
        filters=False,
        examples=[OpenApiExample("A cut", value=examples_body.TREND, response_only=True)],
    )
    @action(detail=False, pagination_class=None)
    def trend(self, request: Request) -> Response:
        """Your weight without its daily noise, how fast it changes, and when it meets a goal."""
        days, explain = days_of(request, default=USUAL_DAYS), wants_explanation(request)
        goal_kg = _goal_of(request)
        user_id = self.owner.pk
        return Response(
            weight_story(
                user_id=user_id,
                today=today_of(user_id, now=timezone.now()),
                days=days,
                goal_kg=goal_kg,
                explain=explain,
            )
        )

    @extend_schema(
        summary="Your body fat",
        parameters=[EXPLAIN],
        responses=BodyCompositionSerializer,
        filters=False,
        examples=[
            OpenApiExample("By girths", value=examples_body.COMPOSITION, response_only=True)
        ],
    )
    @action(detail=False, url_path="body-fat", pagination_class=None)
    def body_fat(self, request: Request) -> Response:
        """Your body fat by the latest girths, and what of your weight is not fat."""
        explain = wants_explanation(request)
        user_id = self.owner.pk
        today = today_of(user_id, now=timezone.now())
        return Response(body_composition(user_id=user_id, today=today, explain=explain))


def _goal_of(request: Request) -> float | None:
    text = request.query_params.get("goal_kg")
    if text is None:
        return None
    try:
        goal_kg: float = _GOAL_FIELD.run_validation(text)
    except ValidationError as error:
        raise ValidationError({"goal_kg": error.detail}) from error
    return goal_kg


def represent_body_metrics(user_id: UUID, ids: list[UUID]) -> Mapping[UUID, Any]:
    rows = BodyMetric.objects.filter(user_id=user_id, pk__in=ids)
    return represent(BodyMetricSerializer, rows)


router = SimpleRouter(use_regex_path=False)
router.register("body-metrics", BodyMetricViewSet)

urlpatterns = router.urls
