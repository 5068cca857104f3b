"""What the named people of the demo want to reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.models import BodyGoal, BodyMeasure, Goal, Habit, HabitGoal

_BETTER: Final = 1.02
_STEP_KG: Final = 5


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A goal that began so many days ago, for so many days."""

    kind: type[Goal]
    began_ago: int
    days: int
    title: str
    notes: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class WantedLift:
    """A maximum, or the next one where somebody has lifted that already."""

    slug: str
    name: str
    target_kg: float
    began_ago: int
    days: int


LIFTS: Final[Mapping[str, WantedLift]] = {
    "ana": WantedLift(
        slug="barbell-deadlift", name="Deadlift", target_kg=100, began_ago=170, days=240
    ),
    "ben": WantedLift(
        slug="barbell-back-squat", name="Squat", target_kg=100, began_ago=120, days=200
    ),
    "cara": WantedLift(
        slug="barbell-back-squat", name="Squat", target_kg=60, began_ago=90, days=180
    ),
}
OTHERS: Final[Mapping[str, tuple[Wanted, ...]]] = {
    "ana": (
        Wanted(
            kind=BodyGoal,
            began_ago=181,
            days=90,
            title="Down to 65 kg",
            notes="Slowly: strength stays.",
            content={"measure": BodyMeasure.WEIGHT, "target_value": 65.0},
        ),
        Wanted(
            kind=BodyGoal,
            began_ago=160,
            days=250,
            title="Waist of 70 cm",
            content={"measure": BodyMeasure.WAIST, "target_value": 70.0},
        ),
        Wanted(
            kind=HabitGoal,
            began_ago=84,
            days=112,
            title="Train four days a week, twelve weeks long",
            content={"habit": Habit.WORKOUTS, "days_per_week": 4, "weeks": 12},
        ),
        Wanted(
            kind=HabitGoal,
            began_ago=84,
            days=84,
            title="Step on the scale",
            content={"habit": Habit.WEIGH_INS, "days_per_week": 3, "weeks": 6},
        ),
    ),
    "ben": (
        Wanted(
            kind=BodyGoal,
            began_ago=150,
            days=270,
            title="Grow to 84 kg",
            content={"measure": BodyMeasure.WEIGHT, "target_value": 84.0},
        ),
        Wanted(
            kind=HabitGoal,
            began_ago=70,
            days=112,
            title="Log all food",
            content={"habit": Habit.FOOD_LOGGED, "days_per_week": 5, "weeks": 8},
        ),
    ),
    "cara": (
        Wanted(
            kind=BodyGoal,
            began_ago=100,
            days=200,
            title="Thighs of 55 cm",
            content={"measure": BodyMeasure.THIGHS, "target_value": 55.0},
        ),
        Wanted(
            kind=HabitGoal,
            began_ago=60,
            days=90,
            title="Run and lift, five days a week",
            content={"habit": Habit.WORKOUTS, "days_per_week": 5, "weeks": 8},
        ),
    ),
}


def strength_goal(wanted: WantedLift, *, best_kg: float) -> tuple[str, float]:
    """The title and the target, for somebody whose best was this much when it began."""
    next_kg = (best_kg * _BETTER // _STEP_KG + 1) * _STEP_KG
    target_kg = wanted.target_kg if wanted.target_kg > best_kg else next_kg
    return f"{wanted.name} {target_kg:g} kg", target_kg
