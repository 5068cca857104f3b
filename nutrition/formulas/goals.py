"""A goal for a person: energy, macronutrients, fiber, and water for each day."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite
from typing import Final, Literal

from nutrition.formulas.energy import (
    FORMULAS,
    Activity,
    FormulaId,
    Sex,
    cunningham,
    harris_benedict_revised,
    katch_mcardle,
    mifflin_st_jeor,
    tdee_kcal,
)

Aim = Literal["maintain", "cut", "gain", "endurance"]
Range = tuple[float, float]

LEAST_BODY_FAT_PERCENT: Final = 3
MOST_BODY_FAT_PERCENT: Final = 60
# Of the people whom the formulas were derived from.
YOUNGEST_STUDIED_YEARS: Final = 19
OLDEST_STUDIED_YEARS: Final = 78


@dataclass(frozen=True, kw_only=True)
class Person:
    """Whom a goal is for. Raises ValueError for numbers that are nobody's.

    Body fat is in percent, from 3 to 60; it and the sex may be unknown.
    """

    weight_kg: float
    height_cm: float
    age_years: float
    sex: Sex | None = None
    body_fat_percent: float | None = None
    is_pregnant: bool = False

    def __post_init__(self) -> None:
        for name in ("weight_kg", "height_cm", "age_years"):
            value = getattr(self, name)
            if not isfinite(value) or value <= 0:
                raise ValueError(f"{name} must be above 0, not {value}.")
        fat = self.body_fat_percent
        if fat is not None and not LEAST_BODY_FAT_PERCENT <= fat <= MOST_BODY_FAT_PERCENT:
            raise ValueError(f"body_fat_percent must be from 3 to 60, not {fat}.")

    @property
    def bmi(self) -> float:
        return self.weight_kg / (self.height_cm / 100) ** 2

    def weight_kg_at_bmi(self, bmi: float) -> float:
        return bmi * (self.height_cm / 100) ** 2

    @property
    def lean_mass_kg(self) -> float | None:
        if self.body_fat_percent is None:
            return None
        return self.weight_kg * (1 - self.body_fat_percent / 100)


def bmr_kcal(person: Person, formula: FormulaId) -> float:
    """Basal kcal a day. Raises ValueError where the formula needs what is not known."""
    lean = person.lean_mass_kg
    if formula in {"katch_mcardle", "cunningham"}:
        if lean is None:
            raise ValueError(f"{FORMULAS[formula].name} needs a body fat percentage.")
        by_lean = katch_mcardle if formula == "katch_mcardle" else cunningham
        return by_lean(lean_mass_kg=lean)
    if person.sex is None:
        raise ValueError(f"{FORMULAS[formula].name} needs the sex.")
    by_size = mifflin_st_jeor if formula == "mifflin_st_jeor" else harris_benedict_revised
    basal = by_size(
        sex=person.sex,
        weight_kg=person.weight_kg,
        height_cm=person.height_cm,
        age_years=person.age_years,
    )
    if basal <= 0:
        raise ValueError(f"{FORMULAS[formula].name} has no answer for a body of this size.")
    return basal


@dataclass(frozen=True, kw_only=True)
class AimPlan:
    """The ranges of an aim: change of energy, protein in g per kg, and fat's share of energy.

    Protein goes by lean mass where the aim says so and it is known.
    """

    energy_change: Range = (0, 0)
    protein_per_kg: Range
    protein_per_lean_kg: Range | None = None
    fat_share: Range


# After the position stand of the ISSN, and Helms et al. for a cut; its protein by weight is the
# same at a body fat of 22 %.
AIMS: Final[Mapping[Aim, AimPlan]] = {
    "maintain": AimPlan(protein_per_kg=(1.4, 2.0), fat_share=(0.20, 0.35)),
    "cut": AimPlan(
        energy_change=(-0.25, -0.10),
        protein_per_kg=(1.8, 2.4),
        protein_per_lean_kg=(2.3, 3.1),
        fat_share=(0.15, 0.30),
    ),
    "gain": AimPlan(energy_change=(0.05, 0.15), protein_per_kg=(1.6, 2.2), fat_share=(0.20, 0.35)),
    "endurance": AimPlan(protein_per_kg=(1.2, 1.8), fat_share=(0.20, 0.30)),
}


@dataclass(frozen=True, kw_only=True)
class MacroRanges:
    protein_g: Range
    fat_g: Range


def macro_ranges(
    *, aim: Aim, kcal: float, weight_kg: float, lean_mass_kg: float | None = None
) -> MacroRanges:
    """From how much to how much protein and fat, in g a day; carbohydrate is the rest."""
    plan = AIMS[aim]
    low, high = plan.protein_per_kg
    basis = weight_kg
    if plan.protein_per_lean_kg and lean_mass_kg is not None:
        (low, high), basis = plan.protein_per_lean_kg, lean_mass_kg
    leanest, fattest = plan.fat_share
    return MacroRanges(
        protein_g=(low * basis, high * basis), fat_g=(leanest * kcal / 9, fattest * kcal / 9)
    )


# The policy of the guard rails. It is ours and apart from the formulas: what a body spends is
# computed, what it may be told to eat is decided.
ADULT_AGE_YEARS: Final = 18
LEAST_BMI_FOR_A_DEFICIT: Final = 18.5
FLOOR_KCAL: Final[Mapping[Sex | None, int]] = {"female": 1200, "male": 1500, None: 1500}
MOST_BMI_FOR_PROTEIN: Final = 30
MOST_PROTEIN_SHARE: Final = 0.45
FIBER_G_PER_1000_KCAL: Final = 14
WATER_ML_PER_KG: Final = 30
WATER_ML: Final = (1500, 4000)


@dataclass(frozen=True, kw_only=True)
class GuardRail:
    """A rule of the policy that changed a suggestion, and why."""

    code: Literal["minor", "pregnant", "underweight", "energy_floor", "protein_share"]
    reason: str


@dataclass(frozen=True, kw_only=True)
class GoalSuggestion:
    """A goal for each day, and all that it came from.

    Whole numbers, of which 4 × protein + 4 × carbs + 9 × fat is exactly kcal: the energy of fiber
    is not counted apart. `energy_change` is the aim's, as a share of tdee_kcal, before any rail.
    """

    kcal: int
    protein_g: int
    carbs_g: int
    fat_g: int
    fiber_g: int
    water_ml: int
    person: Person
    aim: Aim
    activity: Activity
    formula: FormulaId
    bmr_kcal: float
    tdee_kcal: float
    energy_change: float
    guard_rails: tuple[GuardRail, ...]
    notes: tuple[str, ...]


def suggest_goal(
    person: Person, *, aim: Aim, activity: Activity, formula: FormulaId | None = None
) -> GoalSuggestion:
    """Energy and nutrients for an aim: the middle of each range of `AIMS`, within the guard rails.

    By Katch-McArdle where the body fat is known and by Mifflin-St Jeor where not, unless asked
    otherwise. Raises ValueError where the formula needs what is not known.

    A deficit never goes below basal energy, nor below 1200 kcal (men and unknown: 1500), and is
    given to no one under 18, pregnant, or below a BMI of 18.5. The floor shrinks a deficit; it
    asks nobody to eat more than they spend. Protein counts weight up to a BMI of 30 and is at
    most 45 % of energy; fiber is 14 g per 1000 kcal; water is 30 ml per kg, from 1.5 to 4 liters.
    """
    lean = person.lean_mass_kg
    formula = formula or ("mifflin_st_jeor" if lean is None else "katch_mcardle")
    basal = bmr_kcal(person, formula)
    spent = tdee_kcal(bmr_kcal=basal, activity=activity)
    change = _middle(AIMS[aim].energy_change)
    wanted, rails = _within_the_rails(person, spent * (1 + change), basal=basal, spent=spent)
    counted_kg = min(person.weight_kg, person.weight_kg_at_bmi(MOST_BMI_FOR_PROTEIN))
    ranges = macro_ranges(aim=aim, kcal=wanted, weight_kg=counted_kg, lean_mass_kg=lean)
    most_protein = wanted * MOST_PROTEIN_SHARE / 4
    if most_protein < _middle(ranges.protein_g):
        rails.append(GuardRail(code="protein_share", reason="Protein is 45 % of energy at most."))
    protein = round(min(_middle(ranges.protein_g), most_protein))
    fat = round(_middle(ranges.fat_g))
    # Rounded up, so that what the rails have raised stays raised.
    carbs = ceil((wanted - 4 * protein - 9 * fat) / 4)
    kcal = 4 * protein + 4 * carbs + 9 * fat
    return GoalSuggestion(
        kcal=kcal,
        protein_g=protein,
        carbs_g=carbs,
        fat_g=fat,
        fiber_g=round(FIBER_G_PER_1000_KCAL * kcal / 1000),
        water_ml=_water_ml(person),
        person=person,
        aim=aim,
        activity=activity,
        formula=formula,
        bmr_kcal=basal,
        tdee_kcal=spent,
        energy_change=change,
        guard_rails=tuple(rails),
        notes=_notes(person, formula, aim),
    )


def _middle(limits: Range) -> float:
    return sum(limits) / 2


def _within_the_rails(
    person: Person, wanted: float, *, basal: float, spent: float
) -> tuple[float, list[GuardRail]]:
    if wanted >= spent:
        return wanted, []
    if barred := _bar_to_a_deficit(person):
        return spent, [barred]
    floor = min(spent, max(basal, FLOOR_KCAL[person.sex]))
    if wanted >= floor:
        return wanted, []
    reason = (
        f"No deficit goes below basal energy ({basal:.0f} kcal) or {FLOOR_KCAL[person.sex]} kcal."
    )
    return floor, [GuardRail(code="energy_floor", reason=reason)]


def _bar_to_a_deficit(person: Person) -> GuardRail | None:
    if person.age_years < ADULT_AGE_YEARS:
        return GuardRail(code="minor", reason="There is no deficit for anyone under 18.")
    if person.is_pregnant:
        return GuardRail(code="pregnant", reason="There is no deficit during pregnancy.")
    if person.bmi < LEAST_BMI_FOR_A_DEFICIT:
        reason = f"There is no deficit at a BMI below 18.5; it is {person.bmi:.1f}."
        return GuardRail(code="underweight", reason=reason)
    return None


def _water_ml(person: Person) -> int:
    """In steps of 50 ml."""
    least, most = WATER_ML
    return 50 * round(min(most, max(least, WATER_ML_PER_KG * person.weight_kg)) / 50)


def _notes(person: Person, formula: FormulaId, aim: Aim) -> tuple[str, ...]:
    notes = [f"{FORMULAS[formula].name}: {FORMULAS[formula].valid}"]
    if not YOUNGEST_STUDIED_YEARS <= person.age_years <= OLDEST_STUDIED_YEARS:
        notes.append("The formulas were derived from people of 19 to 78 years.")
    if person.is_pregnant:
        notes.append("What a pregnancy needs on top is not in it.")
    is_by_weight = AIMS[aim].protein_per_lean_kg is None or person.lean_mass_kg is None
    if is_by_weight and person.bmi > MOST_BMI_FOR_PROTEIN:
        notes.append("Protein does not count the weight above a BMI of 30.")
    return tuple(notes)
