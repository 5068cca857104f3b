"""How far food is from what a person spends, over days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

from analytics.formulas.provenance import Formula, Interval, Window
from analytics.formulas.result import SD_PER_SIDE, Result

MEAN_BALANCE: Final = Formula(
    id="mean_energy_balance",
    name="Energy eaten less energy spent, mean of days",
    valid="Days with all food logged and an expenditure that is no longer warming up.",
    source="Intake less adaptive expenditure",
)
LEAST_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True)
class EatenDay:
    """A day whose food is all logged, and what the person spent on it."""

    day: date
    intake_kcal: float
    spent_kcal: float
    spent_sd_kcal: float


@dataclass(frozen=True, kw_only=True)
class MeanBalance(Result):
    """Kcal a day, below 0 for a deficit; None without a day to take the mean of."""

    formula: Formula = MEAN_BALANCE
    kcal_per_day: float | None
    mean_intake_kcal: float | None
    mean_spent_kcal: float | None
    days: int

    def steps(self) -> list[str]:
        if self.kcal_per_day is None:
            return ["There is no day with all food logged."]
        return [
            f"On {self.days} days with all food logged, {self.mean_intake_kcal:.0f} kcal were"
            f" eaten and {self.mean_spent_kcal:.0f} spent: {self.kcal_per_day:+.0f} a day."
        ]


def mean_balance(days: Iterable[EatenDay]) -> MeanBalance:
    """Mean intake less mean expenditure of these days; "warming_up" below seven of them.

    The expenditures of a run of days are off together, so the interval is that of a single one.
    """
    known = list(days)
    window = Window.of(it.day for it in known)
    if not known:
        return MeanBalance(
            kcal_per_day=None,
            mean_intake_kcal=None,
            mean_spent_kcal=None,
            days=0,
            validity="no_answer",
            window=window,
        )
    intake, spent = fmean(it.intake_kcal for it in known), fmean(it.spent_kcal for it in known)
    margin = SD_PER_SIDE * fmean(it.spent_sd_kcal for it in known)
    return MeanBalance(
        kcal_per_day=intake - spent,
        mean_intake_kcal=intake,
        mean_spent_kcal=spent,
        days=len(known),
        validity="valid" if len(known) >= LEAST_DAYS else "warming_up",
        interval=Interval(low=intake - spent - margin, high=intake - spent + margin),
        window=window,
    )
