"""Maxima that were lifted instead of estimated, and how either is shown."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from analytics.formulas import Interval, MedianOneRm, Result, Window, estimate_one_rm
from analytics.formulas.provenance import Formula, shown

TESTED_ONE_RM: Final = Formula(
    id="one_rm_tested",
    name="Tested maximum",
    valid="On the day of the test.",
    source="The person's own test",
)


@dataclass(frozen=True, kw_only=True)
class TestedOneRm(Result):
    """A maximum, in kg, that was lifted once; there is nothing to estimate."""

    # No class of tests, whatever its name begins with.
    __test__ = False

    formula: Formula = TESTED_ONE_RM
    one_rm_kg: float

    def steps(self) -> list[str]:
        return [f"{shown(self.one_rm_kg)} kg was lifted once."]


def tested_one_rm(*, weight_kg: float, day: date) -> TestedOneRm:
    return TestedOneRm(
        one_rm_kg=weight_kg,
        interval=Interval(low=weight_kg, high=weight_kg),
        window=Window.of([day]),
    )


def one_rm_of_day(row: dict[str, Any]) -> TestedOneRm | MedianOneRm | None:
    """The maximum of a day of StrengthProgress, made again of what it was made of.

    None where its best set speaks for none.
    """
    if not row["calculated_1rm"]:
        return tested_one_rm(weight_kg=row["one_rep_max"], day=row["date"])
    return estimate_of_day(row)


def estimate_of_day(row: dict[str, Any]) -> MedianOneRm | None:
    """What the best set of a day of StrengthProgress speaks for, tested or not."""
    return estimate_one_rm(
        weight_kg=row["best_load_kg"],
        reps=row["best_reps"],
        reserve=row["best_reserve"],
        day=row["date"],
    )
