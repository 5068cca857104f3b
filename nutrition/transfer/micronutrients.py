"""Every nutrient that a food may have besides its energy and macronutrients: a closed set."""

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["g", "mg", "ug"]

PER_GRAM: Final[dict[Unit, float]] = {"g": 1, "mg": 1e3, "ug": 1e6}


@dataclass(frozen=True, slots=True)
class Micronutrient:
    """``most`` is more than 100 g of any food hold, in ``unit``: beyond it a unit was mistaken.

    ``off`` is its name at Open Food Facts, ``usda`` its id in FoodData Central; where neither is,
    readers have it among the grams of a food (``nutrition.transfer.readings.Nutrients``).
    """

    name: str
    unit: Unit
    most: float
    off: str | None
    usda: int | None


# The foods that hold most: salt (sodium), potassium chloride, chalk, oyster (zinc), Brazil nut
# (selenium), kelp (iodine), cod liver oil (A, D), dried egg (cholesterol), fortified yeast (B).
MICRONUTRIENTS: Final[tuple[Micronutrient, ...]] = (
    Micronutrient("salt_g", "g", 100, None, None),
    Micronutrient("sodium_mg", "mg", 40_000, "sodium", 1093),
    Micronutrient("potassium_mg", "mg", 52_500, "potassium", 1092),
    Micronutrient("calcium_mg", "mg", 40_100, "calcium", 1087),
    Micronutrient("magnesium_mg", "mg", 10_000, "magnesium", 1090),
    Micronutrient("phosphorus_mg", "mg", 15_000, "phosphorus", 1091),
    Micronutrient("iron_mg", "mg", 1_000, "iron", 1089),
    Micronutrient("zinc_mg", "mg", 500, "zinc", 1095),
    Micronutrient("copper_mg", "mg", 100, "copper", 1098),
    Micronutrient("manganese_mg", "mg", 300, "manganese", 1101),
    Micronutrient("selenium_ug", "ug", 10_000, "selenium", 1103),
    Micronutrient("iodine_ug", "ug", 1_000_000, "iodine", 1100),
    Micronutrient("vitamin_a_ug", "ug", 60_000, "vitamin-a", 1106),
    Micronutrient("vitamin_c_mg", "mg", 30_000, "vitamin-c", 1162),
    Micronutrient("vitamin_d_ug", "ug", 5_000, "vitamin-d", 1114),
    Micronutrient("vitamin_e_mg", "mg", 2_000, "vitamin-e", 1109),
    Micronutrient("vitamin_k_ug", "ug", 5_000, "vitamin-k", 1185),
    Micronutrient("vitamin_b1_mg", "mg", 500, "vitamin-b1", 1165),
    Micronutrient("vitamin_b2_mg", "mg", 500, "vitamin-b2", 1166),
    Micronutrient("vitamin_b3_mg", "mg", 1_000, "vitamin-pp", 1167),
    Micronutrient("vitamin_b5_mg", "mg", 500, "pantothenic-acid", 1170),
    Micronutrient("vitamin_b6_mg", "mg", 500, "vitamin-b6", 1175),
    Micronutrient("vitamin_b7_ug", "ug", 50_000, "biotin", 1176),
    Micronutrient("vitamin_b9_ug", "ug", 50_000, "vitamin-b9", 1177),
    Micronutrient("vitamin_b12_ug", "ug", 5_000, "vitamin-b12", 1178),
    Micronutrient("cholesterol_mg", "mg", 5_000, "cholesterol", 1253),
    Micronutrient("saturated_fat_g", "g", 100, None, None),
    Micronutrient("trans_fat_g", "g", 100, "trans-fat", 1257),
    Micronutrient("monounsaturated_fat_g", "g", 100, "monounsaturated-fat", 1292),
    Micronutrient("polyunsaturated_fat_g", "g", 100, "polyunsaturated-fat", 1293),
    Micronutrient("omega_3_g", "g", 100, "omega-3-fat", None),
    Micronutrient("added_sugar_g", "g", 100, "added-sugars", 1235),
    Micronutrient("starch_g", "g", 100, "starch", 1009),
    Micronutrient("polyols_g", "g", 100, "polyols", 1086),
    Micronutrient("alcohol_g", "g", 100, "alcohol", 1018),
    Micronutrient("caffeine_mg", "mg", 10_000, "caffeine", 1057),
    Micronutrient("water_g", "g", 100, "water", 1051),
)
BY_NAME: Final = {micronutrient.name: micronutrient for micronutrient in MICRONUTRIENTS}
