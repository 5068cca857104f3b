"""How far a food that passed every rule can be believed: 0 to 100, and what that rests on.

=======================  ====  ==================================================================
source                     30  measured; 25 calculated from recipes, 20 from the manufacturer,
                               15 from whoever held the package
energy                     25  is what protein, carbohydrates, fat, fiber and alcohol give; less
                               the farther it is from that, 0 where it cannot be told
cross check                10  energy is stated in kcal and in kJ, and they agree
sum of macronutrients      10  at most 100 g; 5 above, which rounding allows
barcode                    10  a valid one, or a food that has none; 5 one of a shop's own
completeness               15  3 each for fiber, sugar, saturated fat and salt, and 3 for five or
                               more micronutrients
estimates                  −8  each for energy, protein, carbohydrates and fat;
                           −2  each for fiber, sugar, saturated fat and salt
doubts                     −5  salt is not 2.5 times sodium
                           −5  carbohydrates may include fiber: a total without fiber
                          −10  it is stated for the prepared food
                          −10  the source itself reports errors
                           −3  a micronutrient was beyond what food can hold, and left out
=======================  ====  ==================================================================
"""

from dataclasses import dataclass
from typing import Final, Literal

from nutrition.transfer.quality import (
    MOST_GRAMS,
    Content,
    energy_residual,
    macros,
    salt_is_unlike_sodium,
)
from nutrition.transfer.readings import Nutrients, TrustFact

Origin = Literal["measured", "recipe_calculated", "from_manufacturer", "crowd_sourced"]
Barcode = Literal["valid", "internal", "wrong", "none"]

_SOURCE: Final[dict[Origin, int]] = {
    "measured": 30,
    "recipe_calculated": 25,
    "from_manufacturer": 20,
    "crowd_sourced": 15,
}
_BARCODE: Final[dict[Barcode, int]] = {"valid": 10, "none": 10, "internal": 5, "wrong": 0}
_BARCODE_FACTS: Final[dict[Barcode, TrustFact]] = {
    "valid": "barcode_valid",
    "internal": "barcode_internal",
    "wrong": "barcode_wrong",
}
_ENERGY: Final = 25
_CROSS_CHECK: Final = 10
_MACROS: Final = (10, 5)
_COMPLETE: Final = 3
_ENOUGH_MICRONUTRIENTS: Final = 5
_MAIN: Final = ("kcal", "protein", "carbs", "fat")
_OPTIONAL: Final = ("fiber", "sugar", "saturated_fat", "salt")
_MAIN_ESTIMATE: Final = 8
_OPTIONAL_ESTIMATE: Final = 2
_DOUBTS: Final[dict[TrustFact, int]] = {
    "salt_unlike_sodium": 5,
    "carbs_may_include_fiber": 5,
    "as_prepared": 10,
    "errors_reported": 10,
    "micronutrients_left_out": 3,
}

Part = tuple[int, TrustFact | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Background:
    """What is known of a food besides its nutrients."""

    origin: Origin
    barcode: Barcode
    is_prepared: bool = False
    has_reported_errors: bool = False


def trust(
    nutrients: Nutrients, estimated: frozenset[str], content: Content, background: Background
) -> tuple[int, tuple[TrustFact, ...]]:
    """The score of a food that was accepted with this content, and the facts behind it."""
    parts: list[Part] = [
        (_SOURCE[background.origin], background.origin),
        for_energy(nutrients, estimated),
        for_cross_check(content),
        for_macros(nutrients),
        (_BARCODE[background.barcode], _BARCODE_FACTS.get(background.barcode)),
        for_completeness(nutrients),
        for_estimates(estimated),
        *((-_DOUBTS[doubt], doubt) for doubt in doubts(content, background)),
    ]
    score = sum(points for points, _ in parts)
    return min(max(score, 0), 100), tuple(fact for _, fact in parts if fact)


def for_energy(nutrients: Nutrients, estimated: frozenset[str]) -> Part:
    """25 where energy and macronutrients agree, down to 0 at the limit of what is tolerated.

    Beyond it are only foods that were spared that rule. Energy that is itself an estimate proves
    nothing.
    """
    if "kcal" in estimated:
        return 0, "energy_unchecked"
    residual = energy_residual(nutrients)
    if residual > 1:
        return 0, "energy_unlike_macros"
    return round(_ENERGY * (1 - residual)), "energy_matches_macros"


def for_cross_check(content: Content) -> Part:
    are_stated = content.kcal is not None and content.kj is not None
    if are_stated and not content.estimated & {"kcal", "kj"}:
        return _CROSS_CHECK, "energy_stated_twice"
    return 0, None


def for_macros(nutrients: Nutrients) -> Part:
    fit, rounded_up = _MACROS
    if macros(nutrients) <= MOST_GRAMS:
        return fit, "macros_fit"
    return rounded_up, "macros_rounded_up"


def for_completeness(nutrients: Nutrients) -> Part:
    known = (
        (nutrients.fiber is not None)
        + (nutrients.sugar is not None)
        + (nutrients.saturated_fat is not None)
        + (nutrients.salt is not None)
        + (len(nutrients.micronutrients) >= _ENOUGH_MICRONUTRIENTS)
    )
    is_complete = known > len(_OPTIONAL)
    return _COMPLETE * known, "complete" if is_complete else "incomplete"


def for_estimates(estimated: frozenset[str]) -> Part:
    if not estimated:
        return 0, None
    points = _MAIN_ESTIMATE * len(estimated.intersection(_MAIN))
    points += _OPTIONAL_ESTIMATE * len(estimated.intersection(_OPTIONAL))
    return -points, "estimates" if points else None


def doubts(content: Content, background: Background) -> list[TrustFact]:
    is_total = content.carbs is None and bool(content.total_carbs)
    found: list[tuple[TrustFact, bool]] = [
        ("salt_unlike_sodium", salt_is_unlike_sodium(content)),
        ("carbs_may_include_fiber", is_total and content.fiber is None),
        ("as_prepared", background.is_prepared),
        ("errors_reported", background.has_reported_errors),
        ("micronutrients_left_out", content.micronutrients_left_out),
    ]
    return [doubt for doubt, is_true in found if is_true]
