"""A finding about a plan, what is known when one looks for it, and where in the plan one looks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal
from uuid import UUID

from workouts.training.document import Plan, PlannedExercise, SetScheme
from workouts.training.text import schemes_of
from workouts.training.volume import Landmark

Severity = Literal["error", "warning", "hint"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """``path`` is where in the plan, counted from 0: days.0.exercises.2.planned_sets.1."""

    severity: Severity
    code: str
    path: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What is known of the person, of the gym and of the exercises; nothing needs to be.

    ``one_rm`` are the exercises whose one-repetition maximum is known, ``training_max`` the
    tracks whose training max is. ``available`` is the equipment of the gym, None where nobody
    said. ``muscle_shares`` are those of exercises whose sets count for muscles; the intervals of
    a runner do not.
    """

    one_rm: Collection[UUID] = ()
    training_max: Collection[str] = ()
    equipment: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    available: frozenset[str] | None = None
    muscle_shares: Mapping[UUID, Mapping[str, float]] = field(default_factory=dict)
    landmarks: Mapping[str, Landmark] = field(default_factory=dict)


@dataclass(frozen=True)
class Spot:
    """A planned exercise, and where it stands."""

    plan: Plan
    path: str
    planned: PlannedExercise

    @cached_property
    def schemes(self) -> list[SetScheme]:
        return schemes_of(self.planned)

    @cached_property
    def work(self) -> list[SetScheme]:
        return [scheme for scheme in self.schemes if scheme.is_work]

    @property
    def name(self) -> str:
        return self.planned.name or "This exercise"

    @property
    def track(self) -> str:
        """As ``track_of``; an exercise that was not stored yet has its path for an id."""
        return self.planned.track or str(self.planned.id or self.path)

    def in_week(self, week: int) -> list[tuple[int, SetScheme]]:
        """The set schemes of a week of the cycle, with their places in the list of all."""
        return [
            (index, scheme)
            for index, scheme in enumerate(self.schemes)
            if scheme.week in {None, week}
        ]

    def path_of(self, index: int) -> str:
        """Of a set scheme; that of the exercise where the schemes were made from its text."""
        return f"{self.path}.planned_sets.{index}" if self.planned.planned_sets else self.path

    def says(
        self, severity: Severity, code: str, message: str, *, path: str | None = None
    ) -> Finding:
        return Finding(
            severity=severity, code=code, path=path or self.path, message=f"{self.name}: {message}"
        )


def spots_of(plan: Plan) -> Iterator[Spot]:
    for i, day in enumerate(plan.days):
        for j, planned in enumerate(day.exercises):
            yield Spot(plan, f"days.{i}.exercises.{j}", planned)


def listed(words: Sequence[str]) -> str:
    """In a sentence: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def counted(number: int, what: str) -> str:
    """In a sentence: "1 week", "2 weeks"."""
    return f"{number} {what}{'' if number == 1 else 's'}"
