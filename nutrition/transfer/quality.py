"""Which foods can be believed: rules that a food's content must pass.

It is rejected by the first of these that it breaks:

=========================  ======================================================================
``negative``               no amount is below zero
``no_energy``, ``no_…``    energy, protein, carbohydrates and fat are stated
``energy_swapped``         kcal and kJ do not stand in each other's place
``energy_units_disagree``  kJ are 4.0 to 4.4 times kcal, above 13 kcal
``too_much_energy``        at most 900 kcal per 100 g (902 at USDA, which counts 9.02 for fat)
``above_100_g``            no nutrient is more than 100 g of 100 g
``saturated_above_fat``    saturated fat is part of fat
``sugar_above_carbs``      sugar is part of carbohydrates
``macros_above_105_g``     protein, carbohydrates and fat are at most 105 g; labels round up
``energy_unlike_macros``   energy is what the macronutrients give, ± 30 % and 5 kcal, above 13 kcal
=========================  ======================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from nutrition.transfer.amounts import KJ_PER_KCAL, MG_PER_G, SALT_PER_SODIUM
from nutrition.transfer.readings import Nutrients, Reason, Unusable

MOST_KCAL: Final = 900
MOST_KCAL_OF_USDA: Final = 902
MOST_GRAMS: Final = 100
MOST_MACROS: Final = 105
LEAST_KJ_PER_KCAL: Final = 4.0
MOST_KJ_PER_KCAL: Final = 4.4
# Below it a label's rounding weighs more than what the food is made of.
TELLING_KCAL: Final = 13
ATWATER_SHARE: Final = 0.30
ATWATER_KCAL: Final = 5

# kcal per gram; what a polyol gives depends on which it is, erythritol nothing.
KCAL_PER_PROTEIN: Final = 4
KCAL_PER_CARBS: Final = 4
KCAL_PER_FAT: Final = 9
KCAL_PER_FIBER: Final = 2
KCAL_PER_ALCOHOL: Final = 7
MOST_KCAL_PER_POLYOL: Final = 2.4

# Enough for micrograms, and few enough to undo what binary fractions add.
_DECIMALS: Final = 4
# Sums and differences of what was written in decimals are a little off.
_ROUNDING: Final = 1e-6
_SALT_ROUNDING: Final = 0.05
_SALT_SHARE: Final = 0.1
# Fields of Content of which Nutrients has one that stands for both.
_SETTLED: Final = {"kcal", "kj", "carbs", "total_carbs", "salt", "sodium"}

# What is rich in acids, alcohol or polyols, mostly without a word of how much.
EXEMPT_TAGS: Final = frozenset({
    "en:alcoholic-beverages", "en:chewing-gum", "en:dietary-supplements", "en:food-additives",
    "en:lemon-juices", "en:lime-juices", "en:sugar-free-chewing-gum", "en:sugar-substitutes",
    "en:sweeteners", "en:vinegars",
    "usda:alcohol", "usda:chewing-gum-mints", "usda:vinegars-cooking-wines",
})  # fmt: skip


@dataclass(kw_only=True, slots=True)
class Content:
    """What a source states of 100 g or 100 ml, before it is judged: kcal, kJ and grams.

    ``carbs`` are without fiber, ``total_carbs`` with it; a source states one of them, or both.
    Names in ``estimated`` are those of the fields here and of micronutrients.
    """

    kcal: float | None = None
    kj: float | None = None
    protein: float | None = None
    carbs: float | None = None
    total_carbs: float | None = None
    fat: float | None = None
    fiber: float | None = None
    sugar: float | None = None
    saturated_fat: float | None = None
    salt: float | None = None
    sodium: float | None = None
    micronutrients: dict[str, float] = field(default_factory=dict)
    micronutrients_left_out: bool = False
    estimated: set[str] = field(default_factory=set)


GRAMS: Final = (
    "protein", "carbs", "total_carbs", "fat", "fiber", "sugar", "saturated_fat", "salt", "sodium",
)  # fmt: skip


def accepted(
    content: Content, *, most_kcal: float = MOST_KCAL, is_exempt: bool = False
) -> tuple[Nutrients, frozenset[str]]:
    """The nutrients of a food, settled from what was stated of it, and which are estimates.

    ``is_exempt`` spares it the last rule. Raises Unusable for the first rule that it breaks.
    """
    check_none_is_negative(content)
    kcal, kcal_is_estimated = settled_kcal(content)
    carbs, carbs_are_estimated = settled_carbs(content)
    salt, salt_is_estimated = settled_salt(content)
    nutrients = Nutrients(
        kcal=_stated(kcal, "no_energy", "energy"),
        protein=_stated(content.protein, "no_protein", "protein"),
        carbs=_stated(carbs, "no_carbs", "carbohydrates"),
        fat=_stated(content.fat, "no_fat", "fat"),
        fiber=content.fiber,
        sugar=content.sugar,
        saturated_fat=content.saturated_fat,
        salt=salt,
        micronutrients=settled_micronutrients(content, salt),
    )
    check_energy_units(content)
    check_most_energy(nutrients, most_kcal)
    for check in CHECKS:
        check(nutrients)
    if not is_exempt:
        check_energy_against_macros(nutrients)
    estimated = content.estimated - _SETTLED
    if kcal_is_estimated:
        estimated.add("kcal")
    if carbs_are_estimated:
        estimated.add("carbs")
    if salt_is_estimated:
        estimated |= {"salt", "sodium_mg"}
    return nutrients, frozenset(estimated)


def _stated(amount: float | None, reason: Reason, what: str) -> float:
    if amount is None:
        raise Unusable(reason, f"It states no {what} per 100 g.")
    return amount


def settled_kcal(content: Content) -> tuple[float | None, bool]:
    """Energy in kcal, and whether it is an estimate: what is stated before what is estimated."""
    in_kj = None if content.kj is None else round(content.kj / KJ_PER_KCAL, _DECIMALS)
    return _surer(content, ("kcal", content.kcal), ("kj", in_kj))


def settled_salt(content: Content) -> tuple[float | None, bool]:
    """Salt in g, else 2.5 times sodium; what is stated before what is estimated."""
    sodium = content.sodium
    from_sodium = None if sodium is None else round(sodium * SALT_PER_SODIUM, _DECIMALS)
    return _surer(content, ("salt", content.salt), ("sodium", from_sodium))


def _surer(
    content: Content, first: tuple[str, float | None], second: tuple[str, float | None]
) -> tuple[float | None, bool]:
    first_is_estimated = first[0] in content.estimated
    second_is_estimated = second[0] in content.estimated
    prefers_second = first[1] is None or (first_is_estimated and not second_is_estimated)
    if prefers_second and second[1] is not None:
        return second[1], second_is_estimated
    return first[1], first_is_estimated


def settled_carbs(content: Content) -> tuple[float | None, bool]:
    """Carbohydrates without fiber, in g, and whether they are an estimate.

    Where only the total is stated, fiber is taken off it if it is known. Fiber that was measured
    by another method, or rounded up, can leave less than the sugar in them. Then sugar is what
    they are at least, which is an estimate.
    """
    if content.carbs is not None or content.total_carbs is None:
        return content.carbs, "carbs" in content.estimated
    net = content.total_carbs - (content.fiber or 0)
    sugar = content.sugar or 0
    least = sugar if sugar <= content.total_carbs else 0
    return round(max(net, least), _DECIMALS), "total_carbs" in content.estimated or net < least


def settled_micronutrients(content: Content, salt: float | None) -> dict[str, float]:
    """What was stated, and sodium; where that is not known, or a worse guess, from salt."""
    if salt is None:
        return content.micronutrients
    sodium = content.sodium
    is_guess = "sodium" in content.estimated and "salt" not in content.estimated
    if sodium is None or (is_guess and content.salt is not None):
        sodium = salt / SALT_PER_SODIUM
    return {"sodium_mg": round(sodium * MG_PER_G, _DECIMALS), **content.micronutrients}


def salt_is_unlike_sodium(content: Content) -> bool:
    """Whether both are stated and differ by more than a tenth and 0.05 g."""
    if content.salt is None or content.sodium is None:
        return False
    difference = abs(content.salt - SALT_PER_SODIUM * content.sodium)
    return difference > _SALT_SHARE * content.salt + _SALT_ROUNDING + _ROUNDING


def check_none_is_negative(content: Content) -> None:
    for name in ("kcal", "kj", *GRAMS):
        amount = getattr(content, name)
        if amount is not None and amount < 0:
            raise Unusable("negative", f"It states {amount:g} for {_in_words(name)}.")


def check_energy_units(content: Content) -> None:
    if content.kcal is None or content.kj is None:
        return
    kcal, kj = content.kcal, content.kj
    if max(kcal, kj / KJ_PER_KCAL) <= TELLING_KCAL or _is_right(kcal, kj):
        return
    stated = f"It states {kcal:g} kcal and {kj:g} kJ"
    if _is_right(kcal=kj, kj=kcal):
        raise Unusable("energy_swapped", f"{stated}, each in the other's place.")
    raise Unusable("energy_units_disagree", f"{stated}, which are not the same.")


def _is_right(kcal: float, kj: float) -> bool:
    return LEAST_KJ_PER_KCAL * kcal <= kj <= MOST_KJ_PER_KCAL * kcal


def check_most_energy(nutrients: Nutrients, most_kcal: float) -> None:
    if nutrients.kcal > most_kcal + _ROUNDING:
        message = f"{nutrients.kcal:.0f} kcal are more than 100 g of any food have."
        raise Unusable("too_much_energy", message)


def check_none_is_above_100_g(nutrients: Nutrients) -> None:
    for name in (
        "protein", "carbs", "fat", "fiber", "sugar", "saturated_fat", "salt",
    ):  # fmt: skip
        amount = getattr(nutrients, name)
        if amount is not None and amount > MOST_GRAMS + _ROUNDING:
            raise Unusable("above_100_g", f"It states {amount:g} g of {_in_words(name)}.")


def check_saturated_fat(nutrients: Nutrients) -> None:
    part, whole = nutrients.saturated_fat, nutrients.fat
    if part is not None and part > whole + _ROUNDING:
        message = f"It states {part:g} g of saturated fat in {whole:g} g of fat."
        raise Unusable("saturated_above_fat", message)


def check_sugar(nutrients: Nutrients) -> None:
    part, whole = nutrients.sugar, nutrients.carbs
    if part is not None and part > whole + _ROUNDING:
        message = f"It states {part:g} g of sugar in {whole:g} g of carbohydrates."
        raise Unusable("sugar_above_carbs", message)


def check_macros(nutrients: Nutrients) -> None:
    if (total := macros(nutrients)) > MOST_MACROS + _ROUNDING:
        message = f"Protein, carbohydrates and fat are {total:g} g together."
        raise Unusable("macros_above_105_g", message)


def check_energy_against_macros(nutrients: Nutrients) -> None:
    if energy_residual(nutrients) > 1 + _ROUNDING:
        low, high = atwater_kcal(nutrients)
        expected = f"{low:.0f}" if round(low) == round(high) else f"{low:.0f} to {high:.0f}"
        message = f"It states {nutrients.kcal:.0f} kcal, and its content gives {expected}."
        raise Unusable("energy_unlike_macros", message)


CHECKS: Final[tuple[Callable[[Nutrients], None], ...]] = (
    check_none_is_above_100_g,
    check_saturated_fat,
    check_sugar,
    check_macros,
)


def macros(nutrients: Nutrients) -> float:
    """Protein, carbohydrates and fat together, in g."""
    return nutrients.protein + nutrients.carbs + nutrients.fat


def atwater_kcal(nutrients: Nutrients) -> tuple[float, float]:
    """The least and the most energy that a food of this content has, in kcal.

    4 kcal per gram of protein and carbohydrates, 9 of fat, 2 of fiber, 7 of alcohol, and 0 to 2.4
    of polyols, which are part of the carbohydrates.
    """
    polyols = min(nutrients.micronutrients.get("polyols_g", 0), nutrients.carbs)
    least = (
        KCAL_PER_PROTEIN * nutrients.protein
        + KCAL_PER_CARBS * (nutrients.carbs - polyols)
        + KCAL_PER_FAT * nutrients.fat
        + KCAL_PER_FIBER * (nutrients.fiber or 0)
        + KCAL_PER_ALCOHOL * nutrients.micronutrients.get("alcohol_g", 0)
    )
    return least, least + MOST_KCAL_PER_POLYOL * polyols


def kcal_of_macros(content: Content) -> float | None:
    """An estimate of energy where none is stated; None where a macronutrient is unknown."""
    carbs, _ = settled_carbs(content)
    if content.protein is None or carbs is None or content.fat is None:
        return None
    least, most = atwater_kcal(
        Nutrients(
            kcal=0,
            protein=content.protein,
            carbs=carbs,
            fat=content.fat,
            fiber=content.fiber,
            micronutrients=content.micronutrients,
        )
    )
    return round((least + most) / 2, 2)


def energy_residual(nutrients: Nutrients) -> float:
    """How far the stated energy is from the food's content: 0 none, 1 as far as is tolerated."""
    least, most = atwater_kcal(nutrients)
    kcal = nutrients.kcal
    if max(kcal, most) <= TELLING_KCAL or least <= kcal <= most:
        return 0
    nearest = least if kcal < least else most
    return abs(kcal - nearest) / (ATWATER_SHARE * nearest + ATWATER_KCAL)


def _in_words(name: str) -> str:
    words = {"kcal": "energy", "kj": "energy", "carbs": "carbohydrates"}
    return words.get(name, name.replace("_", " "))
