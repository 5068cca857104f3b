"""What a body spends at rest, with where the number is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analytics.formulas.provenance import Formula
from analytics.formulas.result import Result
from nutrition.formulas import FORMULAS, FormulaId, Person, bmr_kcal
from nutrition.formulas.goals import OLDEST_STUDIED_YEARS, YOUNGEST_STUDIED_YEARS

_SOURCES: Final[Mapping[FormulaId, str]] = {
    "mifflin_st_jeor": "Mifflin et al., 1990",
    "harris_benedict_revised": "Roza and Shizgal, 1984",
    "katch_mcardle": "Katch and McArdle",
    "cunningham": "Cunningham, 1980",
}
BASAL_FORMULAS: Final[Mapping[FormulaId, Formula]] = {
    name: Formula(
        id=name,
        version=known.version,
        name=known.name,
        valid=known.valid,
        source=_SOURCES[name],
    )
    for name, known in FORMULAS.items()
}
NOT_STUDIED: Final = "The formulas were derived from people of 19 to 78 years."
BY_LEAN_MASS: Final[frozenset[FormulaId]] = frozenset({"katch_mcardle", "cunningham"})


@dataclass(frozen=True, kw_only=True)
class BasalEnergy(Result):
    """Kcal a day at rest."""

    kcal: float
    person: Person

    def steps(self) -> list[str]:
        person = self.person
        if self.formula.id in BY_LEAN_MASS:
            return [
                f"{person.weight_kg:g} kg with {person.body_fat_percent:.1f} % of fat are"
                f" {person.lean_mass_kg:.1f} kg of lean mass: {self.kcal:.0f} kcal a day."
            ]
        return [
            f"{person.sex}, {person.weight_kg:g} kg, {person.height_cm:g} cm,"
            f" {person.age_years:g} years: {self.kcal:.0f} kcal a day."
        ]


def basal_energy(person: Person, formula: FormulaId) -> BasalEnergy:
    """As `nutrition.formulas.bmr_kcal`; ValueError where it needs what is not known."""
    is_studied = YOUNGEST_STUDIED_YEARS <= person.age_years <= OLDEST_STUDIED_YEARS
    return BasalEnergy(
        formula=BASAL_FORMULAS[formula],
        kcal=bmr_kcal(person, formula),
        person=person,
        validity="valid" if is_studied else "out_of_range",
        caveats=() if is_studied else (NOT_STUDIED,),
    )
