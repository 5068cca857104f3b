"""What training adds up to."""

from dataclasses import dataclass
from typing import Final

from analytics.formulas.provenance import Formula, shown
from analytics.formulas.result import Result

TRAINING_TOTALS: Final = Formula(
    id="training_totals",
    name="Totals of training",
    valid="What is logged. Warm-ups are no sets, and a load that is unknown adds nothing.",
    source="Σ load × repetitions of the working sets",
)


@dataclass(frozen=True, kw_only=True)
class TrainingTotals(Result):
    """Workouts, minutes, and what the working sets of them amount to."""

    formula: Formula = TRAINING_TOTALS
    workouts: int
    minutes: int
    sets: int
    hard_sets: int
    reps: int
    volume_kg: float
    distance_km: float

    def steps(self) -> list[str]:
        return [
            f"Workouts: {self.workouts}, of {self.minutes} minutes in all.",
            f"Working sets: {self.sets}, {self.hard_sets} of them hard, of {self.reps}"
            " repetitions in all.",
            f"Load × repetitions, added up: {shown(self.volume_kg)} kg.",
            f"Distances, added up: {shown(self.distance_km)} km.",
        ]
