"""What food gives and what a body spends.

Energy is in kcal, a body in kg, cm, and years. Nothing is rounded, and nobody's numbers are
refused here: `Person` does that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

KJ_PER_KCAL: Final = 4.184

Sex = Literal["female", "male"]
Activity = Literal["sedentary", "light", "moderate", "active", "very_active"]
FormulaId = Literal["mifflin_st_jeor", "harris_benedict_revised", "katch_mcardle", "cunningham"]


def kcal_from_kj(kj: float) -> float:
    """Kilocalories of so many kilojoules: kJ / 4.184, the thermochemical calorie."""
    return kj / KJ_PER_KCAL


def kj_from_kcal(kcal: float) -> float:
    """Kilojoules of so many kilocalories: kcal × 4.184, the thermochemical calorie."""
    return kcal * KJ_PER_KCAL


def atwater_kcal(
    *,
    protein_g: float,
    carbs_g: float,
    fat_g: float,
    fiber_g: float = 0,
    alcohol_g: float = 0,
) -> float:
    """Energy of what a food is made of: 4 P + 4 C + 9 F + 2 fiber + 7 alcohol (Atwater, 1910).

    Here carbohydrate is without its fiber, as labels in Europe state it; take the fiber off a
    total first. Polyols and acids are not in it, and single foods stray by up to a third.
    """
    return 4 * protein_g + 4 * carbs_g + 9 * fat_g + 2 * fiber_g + 7 * alcohol_g


def mifflin_st_jeor(*, sex: Sex, weight_kg: float, height_cm: float, age_years: float) -> float:
    """Basal kcal a day: 10 w + 6.25 h − 5 a, + 5 for men, − 161 for women (Mifflin, 1990).

    Within about a tenth for most adults; derived from people of 19 to 78.
    """
    return 10 * weight_kg + 6.25 * height_cm - 5 * age_years + (5 if sex == "male" else -161)


def harris_benedict_revised(
    *, sex: Sex, weight_kg: float, height_cm: float, age_years: float
) -> float:
    """Basal kcal a day of Harris and Benedict, as revised by Roza and Shizgal (1984), for adults.

    Men: 88.362 + 13.397 w + 4.799 h − 5.677 a. Women: 447.593 + 9.247 w + 3.098 h − 4.330 a.
    """
    if sex == "male":
        return 88.362 + 13.397 * weight_kg + 4.799 * height_cm - 5.677 * age_years
    return 447.593 + 9.247 * weight_kg + 3.098 * height_cm - 4.330 * age_years


def katch_mcardle(*, lean_mass_kg: float) -> float:
    """Basal kcal a day: 370 + 21.6 × lean mass. As good as the body fat it was measured with."""
    return 370 + 21.6 * lean_mass_kg


def cunningham(*, lean_mass_kg: float) -> float:
    """Basal kcal a day: 500 + 22 × lean mass (Cunningham, 1980). Fits athletes best."""
    return 500 + 22 * lean_mass_kg


@dataclass(frozen=True, kw_only=True)
class Formula:
    """Where a formula is from, for whom it holds, and which version of ours computes it."""

    name: str
    valid: str
    version: int = 1


FORMULAS: Final[Mapping[FormulaId, Formula]] = {
    "mifflin_st_jeor": Formula(
        name="Mifflin-St Jeor, 1990",
        valid="Within about 10 % for most adults from 19 to 78 years.",
    ),
    "harris_benedict_revised": Formula(
        name="Harris-Benedict, revised 1984", valid="Adults; reads a little high in obesity."
    ),
    "katch_mcardle": Formula(
        name="Katch-McArdle", valid="Lean, trained adults with a credible body fat percentage."
    ),
    "cunningham": Formula(
        name="Cunningham, 1980", valid="Athletes with a credible body fat percentage."
    ),
}

# What a day of living multiplies basal energy by: a convention, coarse by nature.
ACTIVITY_FACTORS: Final[Mapping[Activity, float]] = {
    "sedentary": 1.2,
    "light": 1.375,
    "moderate": 1.55,
    "active": 1.725,
    "very_active": 1.9,
}


def tdee_kcal(*, bmr_kcal: float, activity: Activity) -> float:
    """Kcal that a whole day takes: basal energy × activity factor."""
    return bmr_kcal * ACTIVITY_FACTORS[activity]
