"""What calculators take and answer."""

import re
from typing import Any, Final

from rest_framework import serializers

from analytics.api.provenance import ProvenanceSerializer
from analytics.formulas import SCALES
from analytics.formulas.heart import BANISTER
from nutrition.formulas import FORMULAS
from nutrition.formulas.goals import LEAST_BODY_FAT_PERCENT, MOST_BODY_FAT_PERCENT
from users.api.fields import FiniteFloatField
from users.models.profile import Sex
from workouts.api.sets import HalfStepField
from workouts.training.curve import MAX_RESERVE

ZONES: Final = tuple(f"zone_{number}" for number in range(1, 6))
_MOST_MINUTES: Final = 2880
_WHOLE: Final = re.compile(r"-?[0-9]{1,9}")


class WholeNumberField(serializers.IntegerField):
    """A whole number in a query, where Python would take blanks and other scripts' digits."""

    def to_internal_value(self, data: Any) -> int:
        if not (isinstance(data, str) and _WHOLE.fullmatch(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


def _number(least: float, most: float, text: str, **options: Any) -> FiniteFloatField:
    return FiniteFloatField(min_value=least, max_value=most, help_text=text, **options)


def _sex(**options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=Sex.choices, **options)


class OneRmQuerySerializer(serializers.Serializer[Any]):
    weight_kg = _number(0.1, 2000, "kg; all that was moved")
    reps = WholeNumberField(min_value=1, max_value=100, help_text="As many as were done.")
    rir = HalfStepField(
        min_value=0,
        max_value=MAX_RESERVE,
        required=False,
        help_text="Repetitions left in reserve, in half steps; goes before RPE.",
    )
    rpe = HalfStepField(
        min_value=10 - MAX_RESERVE,
        max_value=10,
        required=False,
        help_text="10 less the repetitions left, in half steps.",
    )


class CalculatedFormulaSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()
    rule = serializers.CharField(help_text="w is the load, r the repetitions.")
    one_rm_kg = serializers.FloatField(help_text="kg")


class CalculatedChartSerializer(serializers.Serializer[Any]):
    one_rm_kg = serializers.FloatField(help_text="kg")
    percent = serializers.FloatField(help_text="% of the 1RM that the set takes")
    provenance = ProvenanceSerializer()


class CalculatedOneRmSerializer(serializers.Serializer[Any]):
    one_rm_kg = serializers.FloatField(help_text="kg; the middle of the seven")
    formulas = CalculatedFormulaSerializer(
        many=True, help_text="What each says; none for a single repetition, which is the maximum."
    )
    provenance = ProvenanceSerializer()
    chart = CalculatedChartSerializer(
        allow_null=True, help_text="Null without a reserve, and where the chart ends."
    )


class StrengthQuerySerializer(serializers.Serializer[Any]):
    sex = _sex()
    body_weight_kg = _number(20, 500, "kg")
    total_kg = _number(1, 3000, "kg; squat, bench press and deadlift, or the bench press alone")
    equipment = serializers.ChoiceField(
        choices=("classic", "equipped"), default="classic", help_text="For IPF GL."
    )
    event = serializers.ChoiceField(
        choices=("sbd", "bench"), default="sbd", help_text="All three lifts, or the bench press."
    )


class ScalePointsSerializer(serializers.Serializer[Any]):
    scale = serializers.CharField(help_text=f"One of {', '.join(SCALES)}.")
    points = serializers.FloatField(help_text="Points of this scale.")
    coefficient = serializers.FloatField(help_text="Points for each kg.")
    provenance = ProvenanceSerializer()


class StrengthPointsSerializer(serializers.Serializer[Any]):
    scales = ScalePointsSerializer(many=True, help_text="IPF GL alone for a bench press.")


class BodyFatQuerySerializer(serializers.Serializer[Any]):
    sex = _sex()
    height_cm = _number(50, 300, "cm")
    waist_cm = _number(20, 400, "cm; men at the navel, women at the narrowest")
    neck_cm = _number(5, 400, "cm")
    hip_cm = _number(20, 400, "cm; needed for women", required=False)
    weight_kg = _number(20, 500, "kg; for the mass without fat", required=False)


class CalculatedMassSerializer(serializers.Serializer[Any]):
    kg = serializers.FloatField(help_text="kg")
    provenance = ProvenanceSerializer()


class CalculatedBodyFatSerializer(serializers.Serializer[Any]):
    body_fat_percent = serializers.FloatField(help_text="% of the weight")
    provenance = ProvenanceSerializer()
    fat_free_mass = CalculatedMassSerializer(
        allow_null=True, help_text="Null without a weight, and for an unlikely percentage."
    )


class BmrQuerySerializer(serializers.Serializer[Any]):
    sex = _sex()
    weight_kg = _number(20, 500, "kg")
    height_cm = _number(50, 300, "cm")
    age_years = _number(1, 120, "years")
    body_fat_percent = _number(
        LEAST_BODY_FAT_PERCENT, MOST_BODY_FAT_PERCENT, "% of the weight", required=False
    )


class BasalRateSerializer(serializers.Serializer[Any]):
    formula = serializers.CharField(help_text=f"One of {', '.join(FORMULAS)}.")
    kcal = serializers.FloatField(help_text="kcal a day at rest")
    provenance = ProvenanceSerializer()


class BasalRatesSerializer(serializers.Serializer[Any]):
    rates = BasalRateSerializer(many=True)


class TrimpQuerySerializer(serializers.Serializer[Any]):
    zone_1 = _number(0, _MOST_MINUTES, "min at 50-60 % of the highest heart rate", required=False)
    zone_2 = _number(0, _MOST_MINUTES, "min at 60-70 %", required=False)
    zone_3 = _number(0, _MOST_MINUTES, "min at 70-80 %", required=False)
    zone_4 = _number(0, _MOST_MINUTES, "min at 80-90 %", required=False)
    zone_5 = _number(0, _MOST_MINUTES, "min at 90 % or more", required=False)
    minutes = _number(0, _MOST_MINUTES, "min at the mean heart rate", required=False)
    mean_bpm = _number(20, 250, "bpm", required=False)
    rest_bpm = _number(20, 150, "bpm", required=False)
    max_bpm = _number(100, 250, "bpm", required=False)
    sex = _sex(required=False)
    variant = serializers.ChoiceField(
        choices=list(BANISTER), required=False, help_text="Whose factors for women."
    )


class ImpulseSerializer(serializers.Serializer[Any]):
    trimp = serializers.FloatField(help_text="Points of this formula.")
    provenance = ProvenanceSerializer()


class TrimpSerializer(serializers.Serializer[Any]):
    edwards = ImpulseSerializer(allow_null=True, help_text="Null without minutes in zones.")
    banister = ImpulseSerializer(allow_null=True, help_text="Null without a mean heart rate.")
