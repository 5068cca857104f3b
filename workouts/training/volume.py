"""How much a plan is: weekly sets per muscle against the landmarks, and minutes per session."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import gcd
from typing import Final, Literal
from uuid import UUID

from workouts.training.document import Day, Plan, PlannedExercise, SetScheme, SetType
from workouts.training.prescription import now_done, schemes_in
from workouts.training.progression import initial_state
from workouts.training.state import place_of

MAX_HARD_RESERVE: Final = 4
SECONDS_PER_REP: Final = 3.0
SECONDS_PER_KM: Final = 360.0
WARM_UP_SECONDS: Final = 300.0
# What a set that says neither reps nor time takes, and one for as many reps as possible.
_SOME_REPS: Final = 10

Level = Literal["none", "below_mv", "maintaining", "growing", "high", "above_mrv"]


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """Weekly sets of a muscle: maintenance, least and best for growth, and most to recover from.

    Coaches' rules of thumb (Israetel): MV, MEV, both ends of MAV, and MRV.
    """

    mv: float
    mev: float
    mav_low: float
    mav_high: float
    mrv: float


_BACK: Final = Landmark(mv=8, mev=10, mav_low=14, mav_high=22, mrv=25)
# By muscle, as far as the tables name it.
LANDMARKS: Final[Mapping[str, Landmark]] = {
    "chest": Landmark(mv=8, mev=10, mav_low=12, mav_high=20, mrv=22),
    "lats": _BACK,
    "middle_back": _BACK,
    "quadriceps": Landmark(mv=6, mev=8, mav_low=12, mav_high=18, mrv=20),
    "hamstrings": Landmark(mv=4, mev=6, mav_low=10, mav_high=16, mrv=20),
    "glutes": Landmark(mv=0, mev=0, mav_low=4, mav_high=12, mrv=16),
    "biceps": Landmark(mv=5, mev=8, mav_low=14, mav_high=20, mrv=26),
    "triceps": Landmark(mv=4, mev=6, mav_low=10, mav_high=14, mrv=18),
    "shoulders": Landmark(mv=0, mev=8, mav_low=16, mav_high=22, mrv=26),
    "calves": Landmark(mv=6, mev=8, mav_low=12, mav_high=16, mrv=20),
    "abdominals": Landmark(mv=0, mev=0, mav_low=16, mav_high=20, mrv=25),
}


def is_hard(set_type: SetType, reserve: float | None) -> bool:
    """Whether a set counts as one: no warm-up, and not known to leave more than four reps."""
    return set_type != "warm_up" and (reserve is None or reserve <= MAX_HARD_RESERVE)


def fractional_sets(
    sets: Iterable[tuple[UUID | None, float]], muscle_shares: Mapping[UUID, Mapping[str, float]]
) -> dict[str, float]:
    """Sets per muscle of so many sets of each exercise, counted by the share that it trains.

    Exercises without shares count for nothing.
    """
    totals: defaultdict[str, float] = defaultdict(float)
    for exercise, count in sets:
        shares = muscle_shares.get(exercise, {}) if exercise else {}
        for muscle, share in shares.items():
            totals[muscle] += count * share
    return {muscle: round(total, 6) for muscle, total in sorted(totals.items()) if total}


def weekly_sets(
    plan: Plan, muscle_shares: Mapping[UUID, Mapping[str, float]]
) -> dict[int, dict[str, float]]:
    """Hard sets per muscle in each week of the cycle, as the plan starts out; drop sets count.

    Where a week does not have the same days in each cycle, it is their average.
    """
    hard: defaultdict[int, list[tuple[UUID | None, float]]] = defaultdict(list)
    for (week, day_number), times in _times(plan).items():
        day = next(day for day in plan.days if day.day_number == day_number)
        for planned in day.exercises:
            sets = sum(
                scheme.count
                for scheme in _at_start(plan, planned, week)
                if is_hard(scheme.set_type, scheme.reserve)
            )
            hard[week].append((_exercise(planned), sets * times))
    return {
        week: fractional_sets(hard[week], muscle_shares) for week in range(1, plan.cycle_weeks + 1)
    }


def minutes_of(plan: Plan, day: Day, cycle_week: int) -> float:
    """Estimate how long a day takes with its rests and a warm-up; 0 for a day of rest."""
    seconds = sum(
        scheme.count * _seconds(planned, scheme)
        for planned in day.exercises
        for scheme in _at_start(plan, planned, cycle_week)
    )
    return (seconds + WARM_UP_SECONDS) / 60 if seconds else 0.0


def against(sets: float, landmark: Landmark) -> Level:
    """Where a week's sets of a muscle stand."""
    levels: tuple[tuple[bool, Level], ...] = (
        (sets <= 0, "none"),
        (sets > landmark.mrv, "above_mrv"),
        (sets > landmark.mav_high, "high"),
        (sets >= landmark.mev, "growing"),
        (sets >= landmark.mv, "maintaining"),
    )
    return next((level for holds, level in levels if holds), "below_mv")


def _times(plan: Plan) -> dict[tuple[int, int], float]:
    """How often each week of the cycle has each day, on average over the cycles."""
    if not plan.days:
        return {}
    sessions = plan.cycle_weeks * plan.days_per_week
    # After so many cycles the same days fall on the same weeks again.
    cycles = len(plan.days) // gcd(len(plan.days), sessions)
    places = (place_of(plan, number) for number in range(1, cycles * sessions + 1))
    counts = Counter((place.cycle_week, place.day.day_number) for place in places)
    return {key: count / cycles for key, count in counts.items()}


def _at_start(plan: Plan, planned: PlannedExercise, cycle_week: int) -> list[SetScheme]:
    state = initial_state(planned.progression, planned)
    return schemes_in(plan=plan, planned=planned, cycle_week=cycle_week, state=state)


def _exercise(planned: PlannedExercise) -> UUID | None:
    exercise, _ = now_done(planned, initial_state(planned.progression, planned))
    # A rung that is only a name trains what the exercise does that it leads to.
    return exercise or planned.exercise


def _seconds(planned: PlannedExercise, scheme: SetScheme) -> float:
    rest = planned.rest_seconds if scheme.rest_seconds is None else scheme.rest_seconds
    sides = 2 if planned.unilateral else 1
    return sides * _seconds_of_work(scheme) + rest


def _seconds_of_work(scheme: SetScheme) -> float:
    if scheme.duration_seconds is not None:
        return scheme.duration_seconds
    if scheme.distance_km is not None:
        return scheme.distance_km * SECONDS_PER_KM
    fewest = scheme.reps_min or _SOME_REPS
    return (fewest + (scheme.reps_max or fewest)) / 2 * SECONDS_PER_REP
