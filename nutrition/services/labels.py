"""What somebody read off a label and typed in: whether it can be, and how far it is believed."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError

from nutrition import gtin
from nutrition.formulas import kcal_from_kj
from nutrition.models import Food
from nutrition.transfer.amounts import MG_PER_G, SALT_PER_SODIUM
from nutrition.transfer.micronutrients import BY_NAME
from nutrition.transfer.quality import KCAL_PER_FAT, Content
from nutrition.transfer.readings import Nutrients
from nutrition.transfer.trust import Background, Barcode, trust

# What the rules look at. A change of another field leaves old numbers alone.
FACTS: Final = frozenset({
    "calories", "protein", "carbs", "fat", "fiber", "sugar",
    "serving_size", "serving_unit", "micronutrients",
})  # fmt: skip
_GRAMS: Final = "g"
# Units of which 100 are what the rules of sources are about.
_MEASURED: Final = ("g", "ml")
_SPELLINGS: Final = {
    **dict.fromkeys(("g", "gram", "grams"), "g"),
    **dict.fromkeys(("ml", "milliliter", "milliliters", "millilitre", "millilitres"), "ml"),
}
_MACROS: Final = ("protein", "carbs", "fat", "fiber")
# Labels round to a tenth of a gram and to whole kilocalories, and sums of what they round are off.
_ROUNDING_G: Final = 0.05
_ROUNDING_KCAL: Final = 0.5
_MOST_KCAL_PER_G: Final = 9.02
_MOST_OF_SERVING: Final = 1.05
# A serving of another unit, such as a piece, is at most a kilogram of food.
_HEAVIEST_G: Final = 1000
_WHOLE: Final = 100


def _unit_as_stored(unit: str) -> str:
    """Grams and milliliters in one spelling, any other unit as it is."""
    return _SPELLINGS.get(unit.casefold(), unit)


def _gtin_of(barcode: str) -> str:
    """The barcode as GTIN-14; ValidationError where it is none. An empty one stays empty."""
    if not barcode:
        return ""
    try:
        return gtin.gtin14(barcode)
    except gtin.NotAGtin as wrong:
        raise refusal("barcode", wrong.code, wrong.message) from None


def _check_facts(food: Food, *, energy: str) -> None:
    """Raise ValidationError for the first fact that cannot be; ``energy`` is how it was given."""
    if food.sugar > food.carbs + _ROUNDING_G:
        message = f"There cannot be {food.sugar:g} g of sugar in {food.carbs:g} g of carbs."
        raise refusal("sugar", "sugar_above_carbs", message)
    if food.serving_unit == _GRAMS:
        _check_weight(food)
        _check_energy(food, energy)
    _check_micronutrients(food)


def _check_weight(food: Food) -> None:
    size = food.serving_size
    for name in _MACROS:
        amount = getattr(food, name)
        if amount > size + _ROUNDING_G:
            message = f"There cannot be {amount:g} g of it in a serving of {size:g} g."
            raise refusal(name, "above_serving", message)
    total = sum(getattr(food, name) for name in _MACROS)
    if total > _MOST_OF_SERVING * size + _ROUNDING_G:
        message = (
            f"Protein, carbs, fat and fiber are {total:g} g together, and a serving {size:g} g."
        )
        raise refusal("serving_size", "macros_above_serving", message)


def _check_energy(food: Food, energy: str) -> None:
    most = _MOST_KCAL_PER_G * food.serving_size
    if food.calories > most + _ROUNDING_KCAL:
        message = (
            f"{food.calories} kcal are more than {food.serving_size:g} g of any food have:"
            f" fat has {KCAL_PER_FAT} kcal per g."
        )
        raise refusal(energy, "too_much_energy", message)


def _check_micronutrients(food: Food) -> None:
    if food.micronutrients.get("saturated_fat_g", 0) > food.fat + _ROUNDING_G:
        message = f"Saturated fat is part of the fat, which is {food.fat:g} g."
        raise refusal("micronutrients.saturated_fat_g", "saturated_above_fat", message)
    weight = food.serving_size if food.serving_unit in _MEASURED else _HEAVIEST_G
    for name, amount in food.micronutrients.items():
        most = BY_NAME[name].most * weight / _WHOLE
        if amount > most:
            message = f"A serving of any food has at most {most:g} {BY_NAME[name].unit}."
            raise refusal(f"micronutrients.{name}", "too_much", message)


def _trust_of(food: Food) -> int | None:
    """How far the typed numbers can be believed, 0-100; None for servings without a weight.

    A zero of fiber or sugar may be one that nobody looked for, so it counts as unknown.
    """
    if food.serving_unit not in _MEASURED:
        return None
    scale = _WHOLE / food.serving_size
    micronutrients = {name: amount * scale for name, amount in food.micronutrients.items()}
    sodium_mg = micronutrients.get("sodium_mg")
    nutrients = Nutrients(
        kcal=food.calories * scale,
        protein=food.protein * scale,
        carbs=food.carbs * scale,
        fat=food.fat * scale,
        fiber=food.fiber * scale or None,
        sugar=food.sugar * scale or None,
        salt=None if sodium_mg is None else sodium_mg / MG_PER_G * SALT_PER_SODIUM,
        micronutrients=micronutrients,
    )
    content = Content(kcal=nutrients.kcal, carbs=nutrients.carbs)
    background = Background(origin="crowd_sourced", barcode=_barcode_of(food))
    score, _ = trust(nutrients, frozenset(food.estimated), content, background)
    return score


def still_estimated(food: Food, before: Mapping[str, Any]) -> list[str]:
    """Which of its nutrients are estimates, now that it no longer has the facts of before."""
    micronutrients = before["micronutrients"]
    typed = {name for name, value in before.items() if getattr(food, name) != value}
    typed |= {
        name for name in BY_NAME if food.micronutrients.get(name) != micronutrients.get(name)
    }
    if "calories" in typed:
        typed.add("kcal")
    return [name for name in food.estimated if name not in typed]


def _barcode_of(food: Food) -> Barcode:
    if not food.gtin:
        return "none"
    return "internal" if gtin.is_internal(food.gtin) else "valid"


def refusal(name: str, code: str, message: str) -> ValidationError:
    return ValidationError({name: ValidationError(message, code=code)})


# How a given value becomes the columns that are stored.
_READ: Final[Mapping[str, Callable[[Any], dict[str, Any]]]] = {
    "energy_kj": lambda kj: {
        "calories": round(kcal_from_kj(kj)),
        "energy_kcal": kcal_from_kj(kj),
    },
    "calories": lambda kcal: {"calories": kcal, "energy_kcal": None},
    "barcode": lambda code: {"barcode": code, "gtin": _gtin_of(code)},
    "serving_unit": lambda unit: {"serving_unit": _unit_as_stored(unit)},
}


def take(food: Food, content: Mapping[str, Any]) -> None:
    """Put what was typed into the food, with what follows from it; nothing is stored.

    Raises ValidationError, which names the field, for a barcode that is none and for facts that
    cannot be.
    """
    columns: dict[str, Any] = {}
    for name, value in content.items():
        columns |= _READ[name](value) if name in _READ else {name: value}
    for name, value in columns.items():
        setattr(food, name, value)
    if FACTS & columns.keys():
        _check_facts(food, energy="energy_kj" if "energy_kj" in content else "calories")
    if food.is_custom:
        food.trust_score = _trust_of(food)
