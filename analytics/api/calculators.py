"""Formulas for numbers that are given and not stored, over HTTP."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, TypeVar

import orjson
from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from analytics.api.calculator_shapes import (
    ZONES,
    BasalRatesSerializer,
    BmrQuerySerializer,
    BodyFatQuerySerializer,
    CalculatedBodyFatSerializer,
    CalculatedOneRmSerializer,
    OneRmQuerySerializer,
    StrengthPointsSerializer,
    StrengthQuerySerializer,
    TrimpQuerySerializer,
    TrimpSerializer,
)
from analytics.api.provenance import EXPLAIN, wants_explanation
from analytics.formulas import reserve_of
from analytics.selectors.calculators import (
    basal_rates,
    body_fat,
    mean_impulse,
    one_rm_of_set,
    strength_points,
    zone_impulse,
)
from users.models import User
from users.selectors import today_of

_DAY: Final = date(2026, 3, 2)
_BANISTER: Final = ("minutes", "mean_bpm", "rest_bpm", "max_bpm", "sex")
Get = TypeVar("Get", bound=Callable[..., Any])


def _calculator(
    summary: str, query: type[serializers.Serializer[Any]], answer: Any, example: Any
) -> Callable[[Get], Get]:
    # Dates as an answer has them.
    value = orjson.loads(orjson.dumps(example))
    return extend_schema(
        summary=summary,
        parameters=[query, EXPLAIN],
        responses=answer,
        examples=[OpenApiExample("An answer", value=value, response_only=True)],
    )


def _given(query: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    shape = query(data=request.query_params)
    shape.is_valid(raise_exception=True)
    return {**shape.validated_data, "explain": wants_explanation(request)}


def _today(request: Request) -> date:
    assert isinstance(request.user, User)
    return today_of(request.user.pk, now=timezone.now())


class OneRmCalculatorView(APIView):
    @_calculator(
        "The 1RM of a set",
        OneRmQuerySerializer,
        CalculatedOneRmSerializer,
        one_rm_of_set(weight_kg=100, reps=5, reserve=1, day=_DAY),
    )
    def get(self, request: Request) -> Response:
        """By seven formulas, the middle of them, and by the chart of repetitions and reserve."""
        given = _given(OneRmQuerySerializer, request)
        reserve = reserve_of(rir=given.pop("rir", None), rpe=given.pop("rpe", None))
        return Response(one_rm_of_set(**given, reserve=reserve, day=_today(request)))


class RelativeStrengthCalculatorView(APIView):
    @_calculator(
        "A total for a body weight",
        StrengthQuerySerializer,
        StrengthPointsSerializer,
        {
            "scales": strength_points(
                sex="female",
                body_weight_kg=63,
                total_kg=320,
                equipment="classic",
                event="sbd",
                day=_DAY,
            )
        },
    )
    def get(self, request: Request) -> Response:
        """Points by DOTS, Wilks 2020, IPF GL and the older Wilks."""
        given = _given(StrengthQuerySerializer, request)
        return Response({"scales": strength_points(**given, day=_today(request))})


class BodyFatCalculatorView(APIView):
    @_calculator(
        "Body fat from girths",
        BodyFatQuerySerializer,
        CalculatedBodyFatSerializer,
        body_fat(sex="male", height_cm=180, waist_cm=85, neck_cm=38, weight_kg=80),
    )
    def get(self, request: Request) -> Response:
        """By the US Navy's equations, and the mass without fat where a weight is given."""
        given = _given(BodyFatQuerySerializer, request)
        if given["sex"] == "female" and "hip_cm" not in given:
            raise ValidationError({"hip_cm": "For women the equation needs it."})
        try:
            return Response(body_fat(**given))
        except ValueError as error:
            raise ValidationError({"waist_cm": str(error)}) from error


class BmrCalculatorView(APIView):
    @_calculator(
        "Energy at rest",
        BmrQuerySerializer,
        BasalRatesSerializer,
        {
            "rates": basal_rates(
                sex="female", weight_kg=63, height_cm=168, age_years=34, body_fat_percent=24
            )
        },
    )
    def get(self, request: Request) -> Response:
        """By each formula that the numbers are enough for: two need a body fat percentage."""
        given = _given(BmrQuerySerializer, request)
        try:
            return Response({"rates": basal_rates(**given)})
        except ValueError as error:
            raise ValidationError({"weight_kg": str(error)}) from error


class TrimpCalculatorView(APIView):
    @_calculator(
        "The training impulse of a session",
        TrimpQuerySerializer,
        TrimpSerializer,
        {
            "edwards": zone_impulse([10, 20, 20, 8, 2]),
            "banister": mean_impulse(
                minutes=60, mean_bpm=142, rest_bpm=55, max_bpm=186, sex="female"
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """By Edwards from minutes in zones, and by Banister from a mean heart rate.

        Either set of numbers may be left out.
        """
        given = _given(TrimpQuerySerializer, request)
        explain = given.pop("explain")
        zones = [given.pop(zone) if zone in given else None for zone in ZONES]
        by_zone = any(minutes is not None for minutes in zones)
        if not by_zone and given.keys() <= {"variant"}:
            raise ValidationError({"minutes": "Give minutes in zones, or at a mean heart rate."})
        edwards = banister = None
        if by_zone:
            edwards = zone_impulse([minutes or 0 for minutes in zones], explain=explain)
        if given.keys() & set(_BANISTER):
            banister = _mean_impulse(given, explain=explain)
        return Response({"edwards": edwards, "banister": banister})


def _mean_impulse(given: dict[str, Any], *, explain: bool) -> dict[str, Any]:
    missing = [name for name in _BANISTER if name not in given]
    if missing:
        raise ValidationError(dict.fromkeys(missing, "This field is required."), code="required")
    try:
        return mean_impulse(**given, explain=explain)
    except ValueError as error:
        raise ValidationError({"rest_bpm": str(error)}) from error


urlpatterns = [
    path(f"calculators/{name}/", view.as_view(), name=f"calculator-{name}")
    for name, view in {
        "one-rm": OneRmCalculatorView,
        "relative-strength": RelativeStrengthCalculatorView,
        "body-fat": BodyFatCalculatorView,
        "bmr": BmrCalculatorView,
        "trimp": TrimpCalculatorView,
    }.items()
]
