"""What a run remembers of each lift, what a session asked for, and what was done."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from workouts.training.document import Day, Plan, PlannedExercise, SetType


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """Where a lift stands. Loads are unrounded: plates and bars are a matter of the day.

    None is not known yet: the first performance says it. ``missed`` counts the sessions of the
    running cycle in which a work set fell short.
    """

    load_kg: float | None = None
    training_max_kg: float | None = None
    reps_target: int | None = None
    sets_target: int | None = None
    stage: int = 0
    rung: int = 0
    successes: int = 0
    failures: int = 0
    missed: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class Target:
    """What one set asks for. ``load_kg`` is what the bar, stack or belt shall show, rounded to
    what the person can load; None: the person chooses.
    """

    set_type: SetType = "normal"
    reps_min: int | None = None
    reps_max: int | None = None
    load_kg: float | None = None
    load_type: str = "working"
    percent: float | None = None
    rpe: float | None = None
    rir: float | None = None
    duration_seconds: int | None = None
    distance_km: float | None = None
    rest_seconds: int | None = None
    tempo: str | None = None

    @property
    def is_work(self) -> bool:
        return self.set_type not in {"warm_up", "drop"}

    @property
    def reserve(self) -> float | None:
        if self.rir is not None:
            return self.rir
        return None if self.rpe is None else 10 - self.rpe


@dataclass(frozen=True, kw_only=True)
class DoneSet:
    """What was done, beside what was asked for; ``target`` is None for a set that was added.

    A set without reps, duration and distance was left out. ``load_kg`` is in the terms of the
    target (what the bar showed); ``rir`` follows from RPE where only that was logged.
    """

    target: Target | None = None
    set_type: SetType = "normal"
    reps: int | None = None
    load_kg: float | None = None
    rir: float | None = None
    duration_seconds: int | None = None
    distance_km: float | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.reps or self.duration_seconds or self.distance_km)


@dataclass(frozen=True, kw_only=True)
class Session:
    """One performed session of a run: the nth, counted over the whole run from 1."""

    number: int
    sets: dict[UUID, tuple[DoneSet, ...]] = field(default_factory=dict)
    """The sets of each planned exercise, by the planned exercise's id."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where in the plan a session stands."""

    number: int
    week: int
    cycle_week: int
    day: Day
    is_deload: bool
    ends_cycle: bool
    """It is in the last week of its cycle."""


def place_of(plan: Plan, number: int) -> Place:
    """The nth session of a run: days in their order, week after week. ``plan`` has a day."""
    days = plan.in_order()
    week, index = divmod(number - 1, len(days))
    cycle_week = plan.cycle_week(week + 1)
    return Place(
        number=number,
        week=week + 1,
        cycle_week=cycle_week,
        day=days[index],
        is_deload=plan.is_deload(week + 1),
        ends_cycle=cycle_week == plan.cycle_weeks,
    )


def last_number(plan: Plan) -> int:
    return plan.duration_weeks * len(plan.days)


def track_of(planned: PlannedExercise) -> str:
    """Whose progress the planned exercise shares; its own without a track."""
    return planned.track or str(planned.id)
