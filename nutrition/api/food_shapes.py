"""Foods, in and out."""

from collections.abc import Mapping
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from nutrition.api.texts import LineField
from nutrition.formulas import kj_from_kcal
from nutrition.models import FoodSource, MealType
from nutrition.transfer.micronutrients import BY_NAME
from nutrition.transfer.readings import MAX_PORTIONS
from users.api.fields import FiniteFloatField, IdField, RowsField

MOST_KCAL: Final = 20_000
MOST_GRAMS: Final = 5000
LEAST_AMOUNT, MOST_AMOUNT = 0.01, 10_000


class PortionBodySerializer(serializers.Serializer[Any]):
    """A usual amount of a food: "1 slice" is 28 g."""

    name = LineField(max_length=100, help_text="Such as 1 slice; of a food, each name once.")
    amount = FiniteFloatField(
        min_value=LEAST_AMOUNT, max_value=MOST_AMOUNT, help_text="In the unit of the serving."
    )


class FoodPortionSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    amount = serializers.FloatField(help_text="In the unit of the serving.")


_MICRONUTRIENTS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        name: {"type": "number", "minimum": 0, "description": micronutrient.unit}
        for name, micronutrient in BY_NAME.items()
    },
    "additionalProperties": False,
}


@extend_schema_field(_MICRONUTRIENTS)
class MicronutrientsField(serializers.Field[Any, Any, Any, Any]):
    """What a serving holds besides, by names that end in their unit; what is unknown is absent."""

    default_error_messages = {
        "not_an_object": "Expected an object of names and amounts.",
        "unknown": "There is no such nutrient.",
    }
    amount = FiniteFloatField(min_value=0)

    def to_internal_value(self, data: Any) -> dict[str, float]:
        if not isinstance(data, Mapping):
            self.fail("not_an_object")
        amounts, wrong = {}, {}
        for name, value in data.items():
            try:
                amounts[str(name)] = self._amount_of(name, value)
            except ValidationError as error:
                wrong[str(name)] = error.detail
        if wrong:
            raise ValidationError(wrong)
        return amounts

    def to_representation(self, value: Any) -> Any:
        return value

    def _amount_of(self, name: Any, value: Any) -> float:
        if name not in BY_NAME:
            self.fail("unknown")
        amount: float = self.amount.run_validation(value)
        return amount


@extend_schema_field(PortionBodySerializer(many=True))
class PortionsField(RowsField):
    pass


def _grams(help_text: str = "g", **kwargs: Any) -> FiniteFloatField:
    return FiniteFloatField(min_value=0, max_value=MOST_GRAMS, help_text=help_text, **kwargs)


class FoodBodySerializer(serializers.Serializer[Any]):
    """A food as it is typed from a label: what one serving of it contains.

    Its energy is in kcal (`calories`) or in kJ (`energy_kj`), never both.
    """

    id = IdField(required=False, help_text="Made by the phone, if it likes.")
    name = LineField(max_length=200)
    brand = LineField(max_length=100, allow_blank=True, required=False)
    calories = serializers.IntegerField(
        min_value=0, max_value=MOST_KCAL, required=False, help_text="kcal"
    )
    energy_kj = FiniteFloatField(
        min_value=0,
        max_value=kj_from_kcal(MOST_KCAL),
        required=False,
        help_text="kJ, in place of calories; stored as kcal, rounded.",
    )
    protein = _grams()
    carbs = _grams("g, without fiber")
    fat = _grams()
    fiber = _grams(required=False)
    sugar = _grams("g, part of the carbs", required=False)
    serving_size = FiniteFloatField(
        min_value=LEAST_AMOUNT,
        max_value=MOST_AMOUNT,
        required=False,
        help_text="In the unit of the serving; 100 without it.",
    )
    serving_unit = LineField(
        max_length=50, required=False, help_text="Such as g, ml or piece; g without it."
    )
    barcode = LineField(
        max_length=100,
        allow_blank=True,
        required=False,
        help_text="GTIN-8, -12, -13 or -14, or UPC-E, with or without leading zeros.",
    )
    category = serializers.SlugField(
        max_length=50, required=False, help_text="Slug of a category; uncategorized without it."
    )
    micronutrients = MicronutrientsField(
        required=False, help_text="Of a serving, by names that end in their unit."
    )
    portions = PortionsField(
        row=PortionBodySerializer,
        max_length=MAX_PORTIONS,
        required=False,
        help_text=f"Usual amounts, at most {MAX_PORTIONS}.",
    )

    def validate_portions(self, portions: list[dict[str, Any]]) -> list[dict[str, Any]]:
        known = set()
        for index, portion in enumerate(portions):
            name = portion["name"].casefold()
            if name in known:
                message = "The food has a portion of this name."
                raise ValidationError({str(index): {"name": message}}, "duplicate_name")
            known.add(name)
        return portions

    def validate(self, content: dict[str, Any]) -> dict[str, Any]:
        if "calories" in content and "energy_kj" in content:
            message = "Give calories or energy_kj, not both."
            raise ValidationError({"energy_kj": message}, "both_given")
        if not self.partial and not {"calories", "energy_kj"} & content.keys():
            raise ValidationError({"calories": "Give calories or energy_kj."}, "required")
        return content


class FoodChangeSerializer(FoodBodySerializer):
    id = None  # type: ignore[assignment]
    is_archived = serializers.BooleanField(
        required=False, help_text="No list and no search has it any more; what was logged stays."
    )


class FoodSerializer(serializers.Serializer[Any]):
    """A food of the shared table, or your own: what one serving of it contains."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    brand = serializers.CharField()
    calories = serializers.IntegerField(help_text="kcal")
    energy_kj = serializers.FloatField(help_text="kJ, of the kcal")
    protein = serializers.FloatField(help_text="g")
    carbs = serializers.FloatField(help_text="g, without fiber")
    fat = serializers.FloatField(help_text="g")
    fiber = serializers.FloatField(help_text="g")
    sugar = serializers.FloatField(help_text="g, part of the carbs")
    serving_size = serializers.FloatField(help_text="In the unit of the serving.")
    serving_unit = serializers.CharField(help_text="Such as g or ml.")
    barcode = serializers.CharField(help_text="As it was given; empty without one.")
    gtin = serializers.CharField(help_text="The barcode as GTIN-14; empty without a valid one.")
    is_custom = serializers.BooleanField(help_text="Whether it is your own.")
    created_by = serializers.UUIDField(allow_null=True, help_text="You, or null.")
    verified = serializers.BooleanField(help_text="Whether staff has checked it.")
    category = serializers.SlugField(help_text="Slug of its category.")
    source = serializers.ChoiceField(choices=FoodSource.choices)  # type: ignore[assignment]
    source_id = serializers.CharField(help_text="What the source calls it.")
    licence = serializers.CharField(help_text="SPDX id; see food-attributions/.")
    micronutrients = MicronutrientsField(
        help_text="Of a serving, by names that end in their unit; what is unknown is absent."
    )
    estimated = serializers.ListField(
        child=serializers.CharField(), help_text="Nutrients that the source only estimates."
    )
    trust_score = serializers.IntegerField(
        allow_null=True, help_text="0-100: how well the numbers agree; null where nobody can tell."
    )
    is_archived = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(
        allow_null=True, help_text="When you offered it to everybody; null once it is settled."
    )
    is_favorite = serializers.BooleanField(help_text="Whether it is one of yours.")
    recipe_id = serializers.UUIDField(
        allow_null=True, help_text="Of the recipe of which this is a serving."
    )
    portions = FoodPortionSerializer(many=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RecentFoodSerializer(FoodSerializer):
    """A food with how you logged it last."""

    last_quantity = serializers.FloatField(help_text="Servings.")
    last_portion_name = serializers.CharField(help_text="What it was counted in, if it was.")
    last_portion_amount = serializers.FloatField(
        allow_null=True, help_text="Of one such portion, in the unit of the serving."
    )
    last_date = serializers.DateField(help_text="Your own day.")
    last_meal_type = serializers.ChoiceField(choices=MealType.choices)
    times_logged = serializers.IntegerField(help_text="Within 90 days.")


class AttributionSerializer(serializers.Serializer[Any]):
    source = serializers.ChoiceField(choices=FoodSource.choices)  # type: ignore[assignment]
    name = serializers.CharField()
    licence = serializers.CharField()
    licence_url = serializers.URLField()
    text = serializers.CharField(help_text="What the licence asks you to show.")
    url = serializers.CharField(help_text="Of the source; empty for our own.")
