"""How days and weeks of food came out, with where the numbers are from."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics.formulas.provenance import Formula, Interval, Window, shown
from analytics.formulas.result import Result
from nutrition.formulas import Compliance, Nutrient

NUTRITION_COMPLIANCE: Final = Formula(
    id="nutrition_compliance",
    name="How well a day kept to its goals",
    valid="Days whose food is all logged, for the goals that there are.",
    source="A weighted mean of what each nutrient scores",
)
WEEKLY_FOOD_MEANS: Final = Formula(
    id="weekly_food_means",
    name="Means of a week of food",
    valid="Days whose food is all logged.",
    source="Arithmetic mean",
)
_NAMES: Final[dict[Nutrient, tuple[str, str]]] = {
    "kcal": ("Energy", "kcal"),
    "protein_g": ("Protein", "g"),
    "carbs_g": ("Carbohydrate", "g"),
    "fat_g": ("Fat", "g"),
    "fiber_g": ("Fiber", "g"),
}
_RULES: Final = {
    "band": "as near to it as can be",
    "floor": "that much or more",
    "ceiling": "that much or less",
}


@dataclass(frozen=True, kw_only=True)
class DayScore(Result):
    """A day's score from 0 to 100, None without a whole day or a goal, and its parts."""

    formula: Formula = NUTRITION_COMPLIANCE
    score: float | None
    parts: Compliance | None = None

    def steps(self) -> list[str]:
        lines = []
        for nutrient, part in self.parts.nutrients.items() if self.parts else ():
            name, unit = _NAMES[nutrient]
            scored = "" if part.score is None else f": {part.score:.1f} points"
            lines.append(
                f"{name}: {shown(part.actual, 1)} of {shown(part.target, 1)} {unit}"
                f" ({_RULES[part.kind]}){scored}, with a weight of {part.weight:g}."
            )
        if self.score is not None:
            lines.append(f"Their weighted mean is {self.score:.2f}.")
        return lines or ["There is no goal to keep to."]


def day_score(
    *,
    day: date,
    score: float | None,
    parts: Compliance | None,
    sources: int,
    is_complete: bool,
    interval: Interval | None = None,
) -> DayScore:
    """Where a score is from that the food diary computed from so many of its rows."""
    caveats = []
    if score is None and not is_complete:
        caveats.append("Not all of the day's food is logged, as far as one can tell.")
    elif score is None:
        caveats.append("No goal held on this day.")
    return DayScore(
        score=score,
        parts=parts,
        validity="no_answer" if score is None else "valid",
        interval=interval,
        window=Window(first=day, last=day, count=sources),
        caveats=tuple(caveats),
    )


@dataclass(frozen=True, kw_only=True)
class FoodWeek(Result):
    """The mean energy of a week's whole days in kcal; None without such a day."""

    formula: Formula = WEEKLY_FOOD_MEANS
    mean_kcal: float | None
    days: int
    complete_days: int

    def steps(self) -> list[str]:
        if self.mean_kcal is None:
            return ["There is no day with all food logged."]
        return [
            f"Of {self.days} days with something logged, {self.complete_days} are logged in"
            f" full: {self.mean_kcal:.0f} kcal a day on these."
        ]


def food_week(
    *, first: date, last: date, mean_kcal: float | None, days: int, complete_days: int
) -> FoodWeek:
    left_out = days - complete_days
    verb = "is not logged in full and does" if left_out == 1 else "are not logged in full and do"
    return FoodWeek(
        mean_kcal=mean_kcal,
        days=days,
        complete_days=complete_days,
        validity="valid" if complete_days else "no_answer",
        window=Window(first=first, last=last, count=complete_days),
        caveats=(f"{left_out} of {days} days {verb} not count.",) if left_out else (),
    )
