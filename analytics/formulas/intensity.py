"""How heavy the training was, how much of it each muscle had, and how that is balanced."""

from bisect import bisect_right
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final, Literal
from uuid import UUID

from analytics.formulas.provenance import Formula, Window, shown
from analytics.formulas.result import Result
from workouts.training.document import SetType
from workouts.training.volume import fractional_sets, is_hard

Mean = Literal["per_rep", "per_set", "per_tonnage"]
Balance = Literal["push_pull", "quads_hamstrings"]

AVERAGE_INTENSITY: Final = Formula(
    id="average_intensity",
    name="Average intensity, weighted by repetitions",
    valid="Working sets with a load, of exercises whose maximum was known on their day.",
    source="Σ reps × load / maximum ÷ Σ reps",
)
MUSCLE_SETS: Final = Formula(
    id="fractional_sets",
    name="Sets for each muscle, fractions counted",
    valid="Hard sets: no warm-ups, and not known to leave more than 4 repetitions.",
    source="Pelland et al., 2024: counting indirect sets by half fits best",
)
MUSCLE_BALANCE: Final = Formula(
    id="muscle_balance",
    name="Balance of opposing muscles",
    valid="A ratio of fractional sets; no ratio is known to be right for everyone.",
    source="A rule of ours",
)

NO_MAXIMUM: Final = "Some sets are left out: no maximum of theirs was known on their day."

SIDES: Final[Mapping[Balance, tuple[frozenset[str], frozenset[str]]]] = {
    "push_pull": (
        frozenset({"chest", "shoulders", "triceps"}),
        frozenset({"lats", "middle_back", "traps", "biceps"}),
    ),
    "quads_hamstrings": (frozenset({"quadriceps"}), frozenset({"hamstrings"})),
}


@dataclass(frozen=True, kw_only=True)
class LoadedSet:
    """A working set with a load."""

    day: date
    exercise: Hashable
    load_kg: float
    reps: int


class KnownMaxima:
    """What was known of each exercise's maximum, and since when."""

    def __init__(self, maxima: Iterable[tuple[Hashable, date, float]]) -> None:
        """From the exercise, day, and kg of each maximum, in any order."""
        known: dict[Hashable, list[tuple[date, float]]] = {}
        for exercise, day, one_rm_kg in maxima:
            known.setdefault(exercise, []).append((day, one_rm_kg))
        self._days: dict[Hashable, list[date]] = {}
        self._best_kg: dict[Hashable, list[float]] = {}
        for exercise, found in known.items():
            found.sort()
            self._days[exercise] = [day for day, _ in found]
            self._best_kg[exercise] = list(accumulate((kg for _, kg in found), max))

    def on(self, day: date, exercise: Hashable) -> float | None:
        """The best one of this day and before, in kg; what came later was not known yet."""
        count = bisect_right(self._days.get(exercise, []), day)
        return self._best_kg[exercise][count - 1] if count else None


@dataclass(frozen=True, kw_only=True)
class AverageIntensity(Result):
    """The share of the maximum that was lifted on average, in percent, by three definitions.

    `percent` is the one by repetitions. None where no set counts.
    """

    formula: Formula = AVERAGE_INTENSITY
    percent: float | None
    by_mean: Mapping[Mean, float]
    tonnage_kg: float
    reps: int
    left_out: int

    def steps(self) -> list[str]:
        if self.percent is None or not self.window:
            return ["No set has a load and a maximum that was known on its day."]
        by_set, by_load = self.by_mean["per_set"], self.by_mean["per_tonnage"]
        return [
            f"{self.window.count} sets of {self.reps} repetitions lifted"
            f" {shown(self.tonnage_kg)} kg in all; {self.left_out} sets are left out.",
            "Each repetition counts by its load as a share of the best maximum known on its day.",
            f"On average that is {shown(self.percent)} %; by sets it would be"
            f" {shown(by_set)} %, and by kilograms {shown(by_load)} %.",
        ]


def average_intensity(sets: Iterable[LoadedSet], maxima: KnownMaxima) -> AverageIntensity:
    """How heavy working sets were, in percent of the maximum known on their day.

    Sets without such a maximum are left out; without any, there is no answer.
    """
    lifted = [done for done in sets if done.reps > 0 and done.load_kg > 0]
    shares = [
        (done, done.load_kg / maximum)
        for done in lifted
        if (maximum := maxima.on(done.day, done.exercise))
    ]
    left_out = len(lifted) - len(shares)
    by_mean: dict[Mean, float] = {}
    if shares:
        by_mean = {
            "per_rep": _mean((share, done.reps) for done, share in shares),
            "per_set": _mean((share, 1) for _, share in shares),
            "per_tonnage": _mean((share, done.reps * done.load_kg) for done, share in shares),
        }
    return AverageIntensity(
        validity="valid" if shares else "no_answer",
        caveats=(NO_MAXIMUM,) if left_out else (),
        window=Window.of(done.day for done, _ in shares),
        percent=by_mean.get("per_rep"),
        by_mean=by_mean,
        tonnage_kg=sum(done.reps * done.load_kg for done, _ in shares),
        reps=sum(done.reps for done, _ in shares),
        left_out=left_out,
    )


def _mean(shares: Iterable[tuple[float, float]]) -> float:
    """The weighted mean, in percent."""
    total = weights = 0.0
    for share, weight in shares:
        total += share * weight
        weights += weight
    return 100 * total / weights


@dataclass(frozen=True, kw_only=True)
class TrainedSet:
    """A set, as far as it matters to muscles."""

    day: date
    exercise: UUID
    set_type: SetType = "normal"
    reserve: float | None = None


@dataclass(frozen=True, kw_only=True)
class MuscleSets(Result):
    """Fractional sets for each muscle, and which muscles had the most and the least.

    The least trained one is among those that the person wants to train, untrained ones included.
    """

    formula: Formula = MUSCLE_SETS
    by_muscle: Mapping[str, float]
    most_trained: str | None
    least_trained: str | None

    def steps(self) -> list[str]:
        ranked = sorted(self.by_muscle.items(), key=lambda item: (-item[1], item[0]))
        return [
            f"{self.window.count if self.window else 0} hard sets, each counted by the share that"
            " it trains of a muscle: 1 for its target, about 0.5 for those that help.",
            *(f"{muscle}: {shown(sets)} sets." for muscle, sets in ranked),
        ]


def muscle_sets(
    sets: Iterable[TrainedSet],
    muscle_shares: Mapping[UUID, Mapping[str, float]],
    *,
    targeted: Collection[str] = (),
) -> MuscleSets:
    """Count hard sets by the shares of the muscles that their exercise trains.

    Between muscles of as many sets the least trained one is that which has waited longest.
    """
    hard = [done for done in sets if is_hard(done.set_type, done.reserve)]
    counted = fractional_sets(((done.exercise, 1.0) for done in hard), muscle_shares)
    last: dict[str, date] = {}
    for done in hard:
        for muscle in muscle_shares.get(done.exercise, ()):
            last[muscle] = max(done.day, last.get(muscle, date.min))
    by_muscle = {muscle: counted.get(muscle, 0.0) for muscle in sorted({*counted, *targeted})}
    return MuscleSets(
        validity="valid" if hard else "no_answer",
        window=Window.of(done.day for done in hard),
        by_muscle=by_muscle,
        most_trained=min(counted, key=lambda muscle: (-counted[muscle], muscle), default=None),
        least_trained=min(
            targeted,
            key=lambda muscle: (by_muscle[muscle], last.get(muscle, date.min), muscle),
            default=None,
        ),
    )


@dataclass(frozen=True, kw_only=True)
class MuscleBalance(Result):
    """Sets of one side for each set of the other; None where the other has none."""

    formula: Formula = MUSCLE_BALANCE
    balance: Balance
    ratio: float | None
    first_sets: float
    second_sets: float

    def steps(self) -> list[str]:
        first, second = self.balance.split("_")
        sides = SIDES[self.balance]
        return [
            f"{first} ({', '.join(sorted(sides[0]))}): {shown(self.first_sets)} sets.",
            f"{second} ({', '.join(sorted(sides[1]))}): {shown(self.second_sets)} sets.",
            "There is no ratio to nothing."
            if self.ratio is None
            else f"{shown(self.first_sets)} / {shown(self.second_sets)} = {shown(self.ratio)}.",
        ]


def muscle_balance(trained: MuscleSets, balance: Balance = "push_pull") -> MuscleBalance:
    """How the sets of opposing muscles compare: push to pull, or quadriceps to hamstrings."""
    first, second = (
        sum(sets for muscle, sets in trained.by_muscle.items() if muscle in side)
        for side in SIDES[balance]
    )
    return MuscleBalance(
        validity="valid" if second else "no_answer",
        window=trained.window,
        balance=balance,
        ratio=first / second if second else None,
        first_sets=first,
        second_sets=second,
    )
