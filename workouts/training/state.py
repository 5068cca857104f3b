"""What a run remembers of each lift, what a session asked for, and what was done."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self
from uuid import UUID

from workouts.training.document import Day, Plan, PlannedExercise, SetType


@dataclass(frozen=True, kw_only=True)
class TrackState:
    """Where a lift stands. Loads are unrounded: plates and bars are a matter of the day.

    None is not known yet: the first performance says it. ``missed`` counts the sessions of the
    running cycle in which a work set fell short; ``open_cycle`` is that cycle, counted over the
    run from 1, from its first session until it is judged. Both are for rules that judge cycles.
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
    open_cycle: int | None = None

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
    exact_kg: float | None = None
    """The load before it was rounded to what can be loaded; as much as that is enough."""
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
    """The nth session of a run. ``plan`` has a day.

    Days follow each other in their order; a week has ``days_per_week`` sessions, so that two days
    done three times a week alternate.
    """
    days = plan.in_order()
    week = (number - 1) // plan.days_per_week + 1
    cycle_week = plan.cycle_week(week)
    return Place(
        number=number,
        week=week,
        cycle_week=cycle_week,
        day=days[(number - 1) % len(days)],
        is_deload=plan.is_deload(week),
        ends_cycle=cycle_week == plan.cycle_weeks,
    )


def last_number(plan: Plan) -> int:
    return plan.duration_weeks * plan.days_per_week


def track_of(planned: PlannedExercise) -> str:
    """Whose progress the planned exercise shares; its own without a track."""
    return planned.track or str(planned.id)
