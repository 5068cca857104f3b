"""What FoodData Central states of 100 g of a food: nutrients by number, whatever the release."""

from collections.abc import Mapping
from typing import Final

from nutrition.transfer.amounts import KJ_PER_KCAL, grams, number
from nutrition.transfer.micronutrients import MICRONUTRIENTS, PER_GRAM, Micronutrient
from nutrition.transfer.quality import Content, kcal_of_macros
from nutrition.transfer.readings import Unusable
from nutrition.transfer.texts import shown

# The first of these ids that is stated counts. Energy by general and by specific factors of
# Atwater (2047, 2048) is all that Foundation foods have. Fat and sugar of the second id are as a
# label has them, carbohydrates are a sum in place of a difference, fiber is by a newer method.
_KCAL: Final = (1008, 2047, 2048)
_KJ: Final = 1062
_GRAMS: Final[dict[str, tuple[int, ...]]] = {
    "protein": (1003,),
    "total_carbs": (1005, 1050),
    "fat": (1004, 1085),
    "fiber": (1079, 2033),
    "sugar": (2000, 1063),
    "saturated_fat": (1258,),
    "sodium": (1093,),
}
_SODIUM: Final = 1093
_MICRONUTRIENTS: Final[dict[int, Micronutrient]] = {
    found.usda: found for found in MICRONUTRIENTS if found.usda and found.usda != _SODIUM
}
# Some releases call nutrients by the numbers of the older Standard Reference.
_OLD_NUMBERS: Final = {
    "208": 1008, "268": 1062, "957": 2047, "958": 2048,
    "203": 1003, "204": 1004, "298": 1085, "205": 1005, "291": 1079,
    "269": 2000, "269.3": 1063, "539": 1235, "307": 1093, "606": 1258,
    "301": 1087, "303": 1089, "401": 1162, "255": 1051,
}  # fmt: skip
WANTED: Final = frozenset({
    *_KCAL, _KJ, *(found for ids in _GRAMS.values() for found in ids), *_MICRONUTRIENTS,
})  # fmt: skip
_DECIMALS: Final = 6

# Amounts as a file has them, by nutrient id.
Amounts = Mapping[int, str]


class Numbering:
    """What the numbers of a release mean, and in which units its amounts are."""

    def __init__(self) -> None:
        self.ids = {str(wanted): wanted for wanted in WANTED} | _OLD_NUMBERS
        self.units: dict[int, str] = {
            **dict.fromkeys(WANTED, "g"),
            **{wanted: found.unit for wanted, found in _MICRONUTRIENTS.items()},
            **dict.fromkeys(_KCAL, "kcal"),
            _KJ: "kj",
            _SODIUM: "mg",
        }

    def learn(self, nutrient_id: str, unit: str, old_number: str) -> None:
        """Take a row of the release's own list of nutrients, where it is of one that we want."""
        wanted = self.ids.get(nutrient_id) if len(nutrient_id) > len("999") else None
        if wanted is None:
            return
        if unit:
            self.units[wanted] = unit.strip().lower()
        if old_number:
            self.ids.setdefault(old_number.removesuffix(".0"), wanted)


def content_of(amounts: Amounts, units: Mapping[int, str]) -> Content:
    """What is stated of 100 g; raises Unusable where it is nothing, or no number.

    Energy that is stated nowhere is what the macronutrients give, an estimate.
    """
    if not amounts:
        raise Unusable("no_nutrition", "It states no nutrients.")
    content = Content()
    for name, ids in _GRAMS.items():
        for found in ids:
            if found in amounts:
                setattr(content, name, _sure_grams(found, amounts[found], units))
                break
    _add_micronutrients(content, amounts, units)
    _add_energy(content, amounts, units)
    return content


def _add_energy(content: Content, amounts: Amounts, units: Mapping[int, str]) -> None:
    stated = next((found for found in _KCAL if found in amounts), None)
    if stated is not None:
        kcal = _sure_number(stated, amounts[stated])
        content.kcal = kcal / KJ_PER_KCAL if units[stated] == "kj" else kcal
    if _KJ in amounts:
        kj = _sure_number(_KJ, amounts[_KJ])
        content.kj = kj * KJ_PER_KCAL if units[_KJ] == "kcal" else kj
    if content.kcal is None and content.kj is None:
        content.kcal = kcal_of_macros(content)
        content.estimated.add("kcal")


def _add_micronutrients(content: Content, amounts: Amounts, units: Mapping[int, str]) -> None:
    for found, cell in amounts.items():
        if (micronutrient := _MICRONUTRIENTS.get(found)) is None:
            continue
        amount = _amount(cell, units[found], micronutrient)
        if amount is None:
            content.micronutrients_left_out = True
        else:
            content.micronutrients[micronutrient.name] = amount


def _amount(cell: str, unit: str, micronutrient: Micronutrient) -> float | None:
    """The amount in the unit of the micronutrient; None where no food holds it."""
    try:
        stated = number(cell)
    except ValueError:
        return None
    in_grams = None if stated is None else grams(stated, unit)
    if in_grams is None:
        return None
    amount = round(in_grams * PER_GRAM[micronutrient.unit], _DECIMALS)
    return amount if 0 <= amount <= micronutrient.most else None


def _sure_grams(found: int, cell: str, units: Mapping[int, str]) -> float:
    amount = grams(_sure_number(found, cell), units[found])
    if amount is None:
        message = f"Nutrient {found} is in {shown(units[found])}, which is no unit of mass."
        raise Unusable("not_a_number", message)
    return round(amount, _DECIMALS)


def _sure_number(found: int, cell: str) -> float:
    try:
        amount = number(cell)
    except ValueError:
        amount = None
    if amount is None:
        raise Unusable("not_a_number", f"Nutrient {found} is {shown(cell)}.")
    return amount
