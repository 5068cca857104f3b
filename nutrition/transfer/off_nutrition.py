"""What Open Food Facts states of a product's content, in either of its two schemas.

Until 2025 it was flat: ``nutriments`` with ``proteins_100g`` and the like, always in grams, and
``energy_100g`` in kJ whatever its unit says. Since product schema 1003 it is
``nutrition.aggregated_set``, with value, unit and source of each nutrient.
"""

from typing import Any, Final, NamedTuple

from nutrition.transfer.amounts import ALCOHOL_G_PER_ML, KJ_PER_KCAL, grams, number
from nutrition.transfer.micronutrients import MICRONUTRIENTS, PER_GRAM, Micronutrient
from nutrition.transfer.quality import Content
from nutrition.transfer.readings import Per, Unusable
from nutrition.transfer.texts import shown

Product = dict[str, object]

_GRAMS: Final = {
    "proteins": "protein",
    "carbohydrates": "carbs",
    "carbohydrates-total": "total_carbs",
    "fat": "fat",
    "fiber": "fiber",
    "sugars": "sugar",
    "saturated-fat": "saturated_fat",
    "salt": "salt",
    "sodium": "sodium",
}
# By key: the field, and the unit where none is stated.
_ENERGIES: Final = {
    "energy-kcal": ("kcal", "kcal"),
    "energy-kj": ("kj", "kj"),
    "energy": ("kj", "kj"),
}
# Sodium is among the grams already, for salt.
_MICRONUTRIENTS: Final = {
    found.off: found for found in MICRONUTRIENTS if found.off and found.off not in _GRAMS
}
_KEYS: Final = frozenset({*_ENERGIES, *_GRAMS, *_MICRONUTRIENTS})
_FLAT_KEYS: Final = tuple((key, f"{key}_100g", f"{key}_modifier") for key in sorted(_KEYS))
_ALCOHOL: Final = "alcohol"
_ABSENT: Final = "-"
_DECIMALS: Final = 6


class _Fact(NamedTuple):
    value: object
    unit: object
    is_estimate: bool


def content_of(product: Product) -> Content:
    """What is stated of 100 g or 100 ml; raises Unusable where it is nothing, or no number."""
    aggregated = aggregated_set(product)
    facts = _flat_facts(product) if aggregated is None else _facts_of(aggregated["nutrients"])
    if not facts:
        raise Unusable("no_nutrition", "It states no nutrition facts.")
    content = Content()
    for key, fact in facts.items():
        if key in _GRAMS:
            _add_grams(content, key, fact)
        elif key in _ENERGIES:
            _add_energy(content, key, fact)
        else:
            _add_micronutrient(content, _MICRONUTRIENTS[key], fact)
    return content


def aggregated_set(product: Product) -> dict[str, Any] | None:
    """The facts in the newer schema, with ``nutrients``; None without any for 100 g or 100 ml."""
    nutrition = product.get("nutrition")
    aggregated = nutrition.get("aggregated_set") if isinstance(nutrition, dict) else None
    if not isinstance(aggregated, dict) or _per(aggregated.get("per") or "100g") is None:
        return None
    nutrients = aggregated.get("nutrients")
    return aggregated if isinstance(nutrients, dict) and nutrients else None


def per_of_nutrition(product: Product) -> Per | None:
    """What its nutrients are stated for 100 of; None where it does not say."""
    aggregated = aggregated_set(product)
    if aggregated is not None:
        return _per(aggregated.get("per"))
    # Flat facts say "100g" of drinks too.
    return "ml" if _per(product.get("nutrition_data_per")) == "ml" else None


def _per(stated: object) -> Per | None:
    text = stated.replace(" ", "").lower() if isinstance(stated, str) else ""
    return "ml" if text == "100ml" else "g" if text == "100g" else None


def is_prepared(product: Product) -> bool:
    """Whether it is stated for the food as prepared, not as sold."""
    aggregated = aggregated_set(product)
    return aggregated is not None and aggregated.get("preparation") == "prepared"


def _facts_of(nutrients: Product) -> dict[str, _Fact]:
    facts = {}
    for key, entry in nutrients.items():
        if key not in _KEYS or not isinstance(entry, dict):
            continue
        value, modifier = entry.get("value"), entry.get("modifier")
        is_estimate = bool(modifier) or entry.get("source") == "estimate"
        if value is None:
            value, is_estimate = entry.get("value_computed"), True
        if _is_stated(value, modifier):
            facts[key] = _Fact(value, entry.get("unit"), is_estimate)
    if "energy-kj" in facts:
        facts.pop("energy", None)
    return facts


def _flat_facts(product: Product) -> dict[str, _Fact]:
    nutriments = product.get("nutriments")
    if not isinstance(nutriments, dict):
        return {}
    facts = {}
    for key, value_key, modifier_key in _FLAT_KEYS:
        value = nutriments.get(value_key)
        if value is None:
            continue
        modifier = nutriments.get(modifier_key)
        if _is_stated(value, modifier):
            facts[key] = _Fact(value, None, bool(modifier))
    if "energy-kj" in facts:
        facts.pop("energy", None)
    return facts


def _is_stated(value: object, modifier: object) -> bool:
    return value is not None and value != "" and modifier != _ABSENT


def _add_grams(content: Content, key: str, fact: _Fact) -> None:
    amount = _sure_number(key, fact)
    if fact.unit is not None and fact.unit != "g":
        in_grams = grams(amount, fact.unit)
        if in_grams is None:
            message = f"{key} is in {shown(fact.unit)}, which is no unit of mass."
            raise Unusable("not_a_number", message)
        amount = round(in_grams, _DECIMALS)
    name = _GRAMS[key]
    setattr(content, name, amount)
    if fact.is_estimate:
        content.estimated.add(name)


def _add_energy(content: Content, key: str, fact: _Fact) -> None:
    amount = _sure_number(key, fact)
    name, unit = _ENERGIES[key]
    stated = fact.unit.strip().lower() if isinstance(fact.unit, str) else unit
    if {stated, unit} == {"kcal", "kj"}:
        amount = amount / KJ_PER_KCAL if stated == "kj" else amount * KJ_PER_KCAL
    setattr(content, name, amount)
    if fact.is_estimate:
        content.estimated.add(name)


def _add_micronutrient(content: Content, found: Micronutrient, fact: _Fact) -> None:
    amount = _micronutrient_in_grams(found, fact)
    if amount is None:
        content.micronutrients_left_out = True
        return
    amount = round(amount * PER_GRAM[found.unit], _DECIMALS)
    if not 0 <= amount <= found.most:
        content.micronutrients_left_out = True
        return
    content.micronutrients[found.name] = amount
    if fact.is_estimate:
        content.estimated.add(found.name)


def _micronutrient_in_grams(found: Micronutrient, fact: _Fact) -> float | None:
    try:
        amount = number(fact.value)
    except ValueError:
        return None
    if amount is None:
        return None
    if found.off == _ALCOHOL and fact.unit != "g":
        # Per cent by volume. Where facts are per 100 g, the drink is taken to be as heavy as
        # water, of which spirits are 5 % short.
        return amount * ALCOHOL_G_PER_ML
    return amount if fact.unit is None else grams(amount, fact.unit)


def _sure_number(key: str, fact: _Fact) -> float:
    try:
        amount = number(fact.value)
    except ValueError:
        amount = None
    if amount is None:
        raise Unusable("not_a_number", f"{key} is {shown(fact.value)}.")
    return amount
