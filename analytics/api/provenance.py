"""Where a number is from, in answers and in the schema."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from analytics.models import Validity

EXPLAIN: Final = OpenApiParameter(
    "explain",
    bool,
    description="1 adds to each number's provenance how it came about, in words and numbers.",
)
_ANSWERS: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


def wants_explanation(request: Request) -> bool:
    """Whether ``?explain=1`` was asked for; a 400 that names it for anything else."""
    asked = request.query_params.get("explain", "").lower()
    if asked not in _ANSWERS:
        raise ValidationError({"explain": "It must be 1 or 0."})
    return _ANSWERS[asked]


class FormulaSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    version = serializers.IntegerField(help_text="Goes up whenever its answers change.")
    name = serializers.CharField()
    valid = serializers.CharField(help_text="For what it holds.")
    source = serializers.CharField()  # type: ignore[assignment]


class IntervalSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField(help_text="In the unit of the number.")
    high = serializers.FloatField(help_text="In the unit of the number.")


class WindowSerializer(serializers.Serializer[Any]):
    first = serializers.DateField(allow_null=True)
    last = serializers.DateField(allow_null=True)
    count = serializers.IntegerField(help_text="Inputs of these days.")


class ProvenanceSerializer(serializers.Serializer[Any]):
    formula = FormulaSerializer()
    validity = serializers.ChoiceField(choices=Validity.choices)
    interval = IntervalSerializer(
        allow_null=True, help_text="Where the truth lies with 80 %, unless the formula says else."
    )
    window = WindowSerializer(allow_null=True, help_text="What was looked at.")
    caveats = serializers.ListField(child=serializers.CharField())
    explanation = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With explain=1, in sentences."
    )
