"""How a person's own strength falls with repetitions, learned from their sets.

The chart of repetitions and reserve is an average over people. A person's own curve is that chart
raised to a power: above 1, strength falls faster with repetitions than by the chart. A line
through the logarithms of loads has that power as its slope. Each block of four weeks has a height
of its own, so that getting stronger is not taken for being good at few repetitions.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import log
from statistics import fmean
from typing import Final

from analytics.formulas.one_rm import OneRm, chart_caveats
from analytics.formulas.provenance import Formula, Interval, Window, shown
from analytics.formulas.result import Result, Validity
from analytics.formulas.trend import Point, slope_of
from workouts.training.curve import percent_of_one_rm

BLOCK_DAYS: Final = 28
MAX_LEARNED_REPS: Final = 12
FEWEST_SETS: Final = 8
FEWEST_REP_COUNTS: Final = 3
# Beyond these, sets are noted wrongly, or differ by something else than their repetitions.
LEAST_POWER: Final = 0.5
MOST_POWER: Final = 2.0
# The interval's width from which on a power says little.
MOST_DOUBT: Final = 0.5

PERSONAL_CURVE: Final = Formula(
    id="one_rm_personal_curve",
    name="The person's own curve of repetitions",
    valid=(
        f"From {FEWEST_SETS} sets of {FEWEST_REP_COUNTS} different repetition counts on, all with"
        " a noted reserve; for the exercise that they are of."
    ),
    source="A rule of ours: the Reactive Training Systems chart raised to a fitted power",
)
UNSURE: Final = "The sets do not agree well enough yet."
UNLIKELY: Final = "The sets differ by something else than their repetitions."


@dataclass(frozen=True, kw_only=True)
class RatedSet:
    """A set of one exercise whose reserve was noted."""

    day: date
    weight_kg: float
    reps: int
    reserve: float


@dataclass(frozen=True, kw_only=True)
class PersonalOneRm(OneRm):
    """By the person's own curve; its interval is that of the curve's power."""

    formula: Formula = PERSONAL_CURVE
    percent: float
    power: float

    def _working(self) -> list[str]:
        load, percent = shown(self.weight_kg), shown(self.percent)
        return [
            f"By your own curve (power {shown(self.power)}), {shown(self.effective_reps)}"
            f" repetitions done and in reserve take {percent} % of the maximum.",
            f"{load} kg / {percent} % = {shown(self.one_rm_kg)} kg.",
        ]


@dataclass(frozen=True, kw_only=True)
class RepCurve(Result):
    """A person's curve for one exercise, with the 80 % interval of its power."""

    formula: Formula = PERSONAL_CURVE
    interval: Interval
    window: Window
    power: float
    blocks: int

    def percent(self, reps: float, reserve: float = 0) -> float | None:
        """Which percentage of the maximum such a set takes; None where the chart ends."""
        return _raised(percent_of_one_rm(reps, reserve), self.power)

    def one_rm(
        self, *, weight_kg: float, reps: int, reserve: float, day: date
    ) -> PersonalOneRm | None:
        """The maximum that a set speaks for by this curve; None where the chart ends."""
        chart = percent_of_one_rm(reps, reserve)
        percent = _raised(chart, self.power)
        if chart is None or percent is None or weight_kg <= 0:
            return None
        return PersonalOneRm(
            one_rm_kg=weight_kg / percent * 100,
            interval=Interval(
                low=weight_kg / (chart / 100) ** self.interval.low,
                high=weight_kg / (chart / 100) ** self.interval.high,
            ),
            validity=self.validity,
            caveats=(*self.caveats, *chart_caveats(reps, reserve)),
            weight_kg=weight_kg,
            reps=reps,
            reserve=reserve,
            window=Window.of([day]),
            percent=percent,
            power=self.power,
        )

    def steps(self) -> list[str]:
        how = "faster" if self.power > 1 else "more slowly"
        low, high = shown(self.interval.low), shown(self.interval.high)
        return [
            f"{self.window.count} sets with a noted reserve were compared within {self.blocks}"
            " blocks of four weeks.",
            f"Strength falls {how} with repetitions than by the chart: the power is"
            f" {shown(self.power)}, from {low} to {high}, and that of the chart 1.",
            f"Five repetitions to failure take {shown(self.percent(5) or 0)} % of the maximum.",
        ]


def fit_rep_curve(sets: Iterable[RatedSet]) -> RepCurve | None:
    """Learn a curve from the sets of one exercise, in any order; None where there are too few.

    It takes eight sets of at most 12 repetitions (with the reserve), of three different counts,
    that have others of their block of four weeks to compare with. A power outside of 0.5 to 2 is
    out of range, and one that is not sure to half a point is warming up.
    """
    blocks = _comparable(sets)
    known = [rated for block in blocks for rated in block]
    counts = {rated.reps + rated.reserve for rated in known}
    if len(known) < FEWEST_SETS or len(counts) < FEWEST_REP_COUNTS:
        return None
    points = [point for block in blocks for point in _centered(block)]
    found = slope_of(points, freedom=len(known) - len(blocks) - 1)
    if found is None:
        return None
    power, _, interval = found
    validity, caveats = _judged(power, interval)
    return RepCurve(
        power=power,
        interval=interval,
        validity=validity,
        caveats=caveats,
        blocks=len(blocks),
        window=Window.of(rated.day for rated in known),
    )


def _judged(power: float, interval: Interval) -> tuple[Validity, tuple[str, ...]]:
    if interval.high - interval.low > MOST_DOUBT:
        return "warming_up", (UNSURE,)
    if not LEAST_POWER <= power <= MOST_POWER:
        return "out_of_range", (UNLIKELY,)
    return "valid", ()


def _comparable(sets: Iterable[RatedSet]) -> list[list[RatedSet]]:
    """The sets by block, where a block has different repetition counts to compare."""
    blocks: defaultdict[int, list[RatedSet]] = defaultdict(list)
    for rated in sets:
        few = rated.reps + rated.reserve <= MAX_LEARNED_REPS
        if few and rated.weight_kg > 0 and percent_of_one_rm(rated.reps, rated.reserve):
            blocks[rated.day.toordinal() // BLOCK_DAYS].append(rated)
    return [
        block
        for block in blocks.values()
        if len({rated.reps + rated.reserve for rated in block}) > 1
    ]


def _centered(block: list[RatedSet]) -> list[Point]:
    logs = [
        (log((percent_of_one_rm(rated.reps, rated.reserve) or 100) / 100), log(rated.weight_kg))
        for rated in block
    ]
    mean_x, mean_y = fmean(x for x, _ in logs), fmean(y for _, y in logs)
    return [(x - mean_x, y - mean_y) for x, y in logs]


def _raised(percent: float | None, power: float) -> float | None:
    return None if percent is None else 100 * (percent / 100) ** power
