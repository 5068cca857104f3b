"""Pictures of your numbers over HTTP."""

from collections.abc import Callable
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from analytics.api.spans import days_of, days_parameter
from analytics.charts.look import Asked, Chart, Look
from analytics.selectors.pictures import USUAL_DAYS, picture_of, svg_of
from users.models import User

Get = TypeVar("Get", bound=Callable[..., HttpResponseBase])
SVG: Final = "image/svg+xml"
# The person's own device may keep it, and asks whether it is still true.
CACHED: Final = "private, no-cache"
_DRAWING: Final = OpenApiExample(
    "A chart",
    value='<svg xmlns="http://www.w3.org/2000/svg" width="360" height="330">…</svg>',
    media_type=SVG,
    response_only=True,
)


class LookSerializer(serializers.Serializer[Any]):
    theme = serializers.ChoiceField(
        choices=["auto", "light", "dark"],
        default="auto",
        help_text="auto follows the device where a browser shows the SVG. Programs that know no"
        " style sheets want light or dark.",
    )
    width = serializers.ChoiceField(
        choices=["phone", "wide"],
        default="phone",
        help_text="360 or 1000 pixels. It can be scaled; the letters grow with it.",
    )


def look_of(query: Any) -> Look:
    """Raises ValidationError, by name, for a theme or a width that there is not."""
    asked = LookSerializer(data=query)
    asked.is_valid(raise_exception=True)
    return Look(**asked.validated_data)


def chart_response(request: Any, asked: Asked) -> HttpResponseBase:
    """The picture, or 304 to somebody who has it; Http404 where there is nothing to draw of."""
    picture = picture_of(asked, now=timezone.now())
    if picture is None:
        raise Http404
    etag = f'"{picture.key}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        svg = svg_of(picture)
        if svg is None:
            raise Http404
        response = HttpResponse(svg, content_type=SVG)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHED
    return response


class ChartView(APIView):
    """An SVG with an ETag: ask again with If-None-Match, and 304 says that it is still true."""

    chart: ClassVar[Chart]

    def answer(self, request: Request, *, exercise_id: UUID | None = None) -> HttpResponseBase:
        assert isinstance(request.user, User)
        asked = Asked(
            chart=self.chart,
            user_id=request.user.pk,
            exercise_id=exercise_id,
            days=days_of(request, default=USUAL_DAYS[self.chart]),
            look=look_of(request.query_params),
        )
        return chart_response(request, asked)


def _described(chart: Chart, summary: str, *parameters: OpenApiParameter) -> Callable[[Get], Get]:
    return extend_schema(
        operation_id=f"{chart}_chart",
        summary=summary,
        parameters=[*parameters, days_parameter(USUAL_DAYS[chart]), LookSerializer],
        responses={
            (200, SVG): OpenApiTypes.STR,
            304: OpenApiResponse(description="It is still the one with this ETag."),
        },
        examples=[_DRAWING],
    )


class StrengthChartView(ChartView):
    chart = "strength"

    @_described(
        "strength",
        "Chart of an exercise",
        OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="The exercise."),
    )
    def get(self, request: Request, pk: UUID) -> HttpResponseBase:
        """An exercise's 1RM day by day, with what the formulas disagree by, and its volume."""
        return self.answer(request, exercise_id=pk)


class WeightChartView(ChartView):
    chart = "weight"

    @_described("weight", "Chart of your weight")
    def get(self, request: Request) -> HttpResponseBase:
        """Your weigh-ins, their trend, the band of 80 % of such weigh-ins, and your goal."""
        return self.answer(request)


class MusclesChartView(ChartView):
    chart = "muscles"

    @_described("muscles", "Chart of your muscles")
    def get(self, request: Request) -> HttpResponseBase:
        """Hard sets per muscle, week by week, colored by the landmarks MEV, MAV and MRV."""
        return self.answer(request)


class CaloriesChartView(ChartView):
    chart = "calories"

    @_described("calories", "Chart of your calories")
    def get(self, request: Request) -> HttpResponseBase:
        """What you ate, day by day, against your goal of that day."""
        return self.answer(request)


class LoadChartView(ChartView):
    chart = "load"

    @_described("load", "Chart of your training load")
    def get(self, request: Request) -> HttpResponseBase:
        """Loads by day, and the fitness, fatigue and form that they make."""
        return self.answer(request)


urlpatterns = [
    path(
        "strength/<uuid:pk>/progress/chart.svg",
        StrengthChartView.as_view(),
        name="strength-chart",
    ),
    path("body-metrics/trend/chart.svg", WeightChartView.as_view(), name="weight-chart"),
    path("workout-analyses/chart.svg", MusclesChartView.as_view(), name="muscles-chart"),
    path("nutrition-summaries/chart.svg", CaloriesChartView.as_view(), name="calories-chart"),
    path("training-load/chart.svg", LoadChartView.as_view(), name="load-chart"),
]
