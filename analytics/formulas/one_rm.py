"""The heaviest single repetition that a set speaks for: by seven formulas, and by its reserve.

Loads are in kg. The reserve is how many more repetitions there would have been (10 − RPE).
"""

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import exp, isfinite
from statistics import median
from typing import Final, Literal

from analytics.formulas.provenance import Formula, Interval, Window, shown
from analytics.formulas.result import Result
from workouts.formulas import MAX_BRZYCKI_REPS
from workouts.training.curve import MAX_RESERVE, one_rm_from, percent_of_one_rm

OneRmFormulaId = Literal["brzycki", "epley", "lander", "lombardi", "mayhew", "oconner", "wathan"]

# The formulas are near each other up to the first, and nothing speaks for them beyond the second.
MAX_RELIABLE_REPS: Final = MAX_BRZYCKI_REPS
MAX_EFFECTIVE_REPS: Final = 12
# Where the chart of reserves is at its best.
MAX_RELIABLE_CHART_REPS: Final = 6
MAX_RELIABLE_CHART_RESERVE: Final = 3

_RELIABLE: Final = "2 to 10 repetitions at or near failure; one repetition is its own maximum."


@dataclass(frozen=True, kw_only=True)
class OneRmFormula(Formula):
    """One of the seven: its rule in words, and by what it multiplies the load.

    Answers end below `pole_reps`, where the rule divides by zero.
    """

    rule: str
    multiple: Callable[[float], float]
    pole_reps: float | None = None
    valid: str = _RELIABLE


ONE_RM_FORMULAS: Final[Mapping[OneRmFormulaId, OneRmFormula]] = {
    "brzycki": OneRmFormula(
        id="brzycki",
        name="Brzycki",
        source="Brzycki, 1993",
        rule="w × 36 / (37 − r)",
        # The same as workouts.formulas.brzycki_one_rm, which answers for whole repetitions up to
        # ten alone; a reserve has halves, and the spread is wanted beyond. A test compares them.
        multiple=lambda reps: 36 / (37 - reps),
        pole_reps=37,
    ),
    "epley": OneRmFormula(
        id="epley",
        name="Epley",
        source="Epley, 1985",
        rule="w × (1 + r / 30)",
        multiple=lambda reps: 1 + reps / 30,
    ),
    "lander": OneRmFormula(
        id="lander",
        name="Lander",
        source="Lander, 1985",
        rule="100 × w / (101.3 − 2.67123 × r)",
        multiple=lambda reps: 100 / (101.3 - 2.67123 * reps),
        pole_reps=101.3 / 2.67123,
    ),
    "lombardi": OneRmFormula(
        id="lombardi",
        name="Lombardi",
        source="Lombardi, 1989",
        rule="w × r^0.10",
        multiple=lambda reps: reps**0.10,
    ),
    "mayhew": OneRmFormula(
        id="mayhew",
        name="Mayhew",
        source="Mayhew et al., 1992",
        rule="100 × w / (52.2 + 41.9 × e^(−0.055 × r))",
        multiple=lambda reps: 100 / (52.2 + 41.9 * exp(-0.055 * reps)),
    ),
    "oconner": OneRmFormula(
        id="oconner",
        name="O'Conner",
        source="O'Conner et al., 1989",
        rule="w × (1 + 0.025 × r)",
        multiple=lambda reps: 1 + 0.025 * reps,
    ),
    "wathan": OneRmFormula(
        id="wathan",
        name="Wathan",
        source="Wathan, 1994",
        rule="100 × w / (48.8 + 53.8 × e^(−0.075 × r))",
        multiple=lambda reps: 100 / (48.8 + 53.8 * exp(-0.075 * reps)),
    ),
}

MEDIAN_OF_SEVEN: Final = Formula(
    id="one_rm_median",
    name="Median of seven formulas",
    valid=f"{_RELIABLE} Doubtful up to 12, out of range beyond.",
    source="; ".join(formula.source for formula in ONE_RM_FORMULAS.values()),
)
RESERVE_CHART: Final = Formula(
    id="one_rm_reserve_chart",
    name="Chart of repetitions and reserve",
    valid="Best for 1 to 6 repetitions with at most 3 in reserve; up to 16 with the reserve.",
    source="Reactive Training Systems (Tuchscherer), as commonly extended to 16 repetitions",
)


UNKNOWN_RESERVE: Final = "No reserve was noted. If some was left, the maximum is higher."
MANY_REPS: Final = "Above 10 repetitions the formulas drift apart."
TOO_MANY_REPS: Final = "No formula holds above 12 repetitions; it counts as one of 12."
FAR_FROM_FAILURE: Final = (
    "Reserves are counted well for up to 6 repetitions with at most 3 in reserve."
)


@dataclass(frozen=True, kw_only=True)
class OneRm(Result):
    """A one-repetition maximum, in kg, and the set that speaks for it.

    A reserve of None was not noted.
    """

    one_rm_kg: float
    weight_kg: float
    reps: int
    reserve: float | None

    @property
    def effective_reps(self) -> float:
        """Repetitions done and left in reserve; none are taken to be left if nobody noted it."""
        return self.reps + (self.reserve or 0)

    @property
    def is_measured(self) -> bool:
        """Whether it was lifted instead of estimated."""
        return self.effective_reps == 1

    def steps(self) -> list[str]:
        left = "to failure" if not self.reserve else f"{shown(self.reserve)} left in reserve"
        return [f"The set: {self.reps} × {shown(self.weight_kg)} kg, {left}.", *self._working()]

    @abstractmethod
    def _working(self) -> list[str]:
        """From the set to the maximum."""


@dataclass(frozen=True, kw_only=True)
class MedianOneRm(OneRm):
    """By the median of the seven formulas; its interval is from the lowest to the highest."""

    formula: Formula = MEDIAN_OF_SEVEN
    by_formula: Mapping[OneRmFormulaId, float]

    def _working(self) -> list[str]:
        if self.is_measured:
            return ["One repetition with nothing in reserve is the maximum itself."]
        counted = min(self.effective_reps, MAX_EFFECTIVE_REPS)
        lowest, highest = min(self.by_formula.values()), max(self.by_formula.values())
        return [
            f"It counts as {shown(counted)} repetitions to failure.",
            *(
                f"{ONE_RM_FORMULAS[id_].name}, {ONE_RM_FORMULAS[id_].rule}: {shown(one_rm_kg)} kg."
                for id_, one_rm_kg in self.by_formula.items()
            ),
            f"The middle one is {shown(self.one_rm_kg)} kg; they run from {shown(lowest)} to"
            f" {shown(highest)} kg.",
        ]


@dataclass(frozen=True, kw_only=True)
class ChartOneRm(OneRm):
    """By the chart, which says what share of the maximum a set with this reserve takes."""

    formula: Formula = RESERVE_CHART
    percent: float

    def _working(self) -> list[str]:
        percent = shown(self.percent)
        return [
            f"By the chart, {shown(self.effective_reps)} repetitions done and in reserve take"
            f" {percent} % of the maximum.",
            f"{shown(self.weight_kg)} kg / {percent} % = {shown(self.one_rm_kg)} kg.",
        ]


def reserve_of(*, rir: float | None, rpe: float | None) -> float | None:
    """Repetitions left in reserve: as noted, else 10 − RPE, else None."""
    if rir is not None:
        return rir
    return None if rpe is None else 10 - rpe


def one_rm_by(formula: OneRmFormulaId, *, weight_kg: float, reps: float) -> float | None:
    """What one of the seven says, in kg, in or out of its valid range.

    One repetition is its own maximum. None below one, without a positive weight, and where the
    formula divides by zero or beyond.
    """
    rule = ONE_RM_FORMULAS[formula]
    has_answer = rule.pole_reps is None or reps < rule.pole_reps
    if not (isfinite(weight_kg) and weight_kg > 0 and reps >= 1 and has_answer):
        return None
    return weight_kg if reps == 1 else weight_kg * rule.multiple(reps)


def estimate_one_rm(
    *, weight_kg: float | None, reps: int | None, reserve: float | None = None, day: date
) -> MedianOneRm | None:
    """The median of the seven formulas for the repetitions done and in reserve.

    Above 10 repetitions it has a caveat; above 12, which count as 12, it is out of range. None
    without a positive weight and a repetition, and with more than four in reserve, which nobody
    can count.
    """
    if weight_kg is None or not _says_something(weight_kg, reps, reserve):
        return None
    assert reps is not None
    effective = reps + (reserve or 0)
    counted = min(effective, MAX_EFFECTIVE_REPS)
    by_formula: dict[OneRmFormulaId, float] = {}
    if effective > 1:
        by_formula = {
            id_: weight_kg * formula.multiple(counted) for id_, formula in ONE_RM_FORMULAS.items()
        }
    estimates = by_formula.values() or (weight_kg,)
    return MedianOneRm(
        one_rm_kg=median(estimates),
        interval=Interval(low=min(estimates), high=max(estimates)),
        validity="valid" if effective <= MAX_EFFECTIVE_REPS else "out_of_range",
        caveats=_caveats(effective, reserve),
        weight_kg=weight_kg,
        reps=reps,
        reserve=reserve,
        window=Window.of([day]),
        by_formula=by_formula,
    )


def chart_one_rm(*, weight_kg: float, reps: int, reserve: float, day: date) -> ChartOneRm | None:
    """By the chart of repetitions and reserve; None where it ends (workouts.training.curve)."""
    percent = percent_of_one_rm(reps, reserve)
    one_rm_kg = one_rm_from(weight_kg, reps, reserve)
    if percent is None or one_rm_kg is None or not _says_something(weight_kg, reps, reserve):
        return None
    return ChartOneRm(
        one_rm_kg=one_rm_kg,
        caveats=chart_caveats(reps, reserve),
        weight_kg=weight_kg,
        reps=reps,
        reserve=reserve,
        window=Window.of([day]),
        percent=percent,
    )


def chart_caveats(reps: int, reserve: float) -> tuple[str, ...]:
    """What is doubtful about reading a chart of repetitions and reserve for such a set."""
    near = reps <= MAX_RELIABLE_CHART_REPS and reserve <= MAX_RELIABLE_CHART_RESERVE
    return () if near else (FAR_FROM_FAILURE,)


def _caveats(effective_reps: float, reserve: float | None) -> tuple[str, ...]:
    found = () if reserve is not None else (UNKNOWN_RESERVE,)
    if effective_reps <= MAX_RELIABLE_REPS:
        return found
    return (*found, MANY_REPS if effective_reps <= MAX_EFFECTIVE_REPS else TOO_MANY_REPS)


def _says_something(weight_kg: float, reps: int | None, reserve: float | None) -> bool:
    is_lifted = isfinite(weight_kg) and weight_kg > 0 and reps is not None and reps >= 1
    return is_lifted and (reserve is None or 0 <= reserve <= MAX_RESERVE)
