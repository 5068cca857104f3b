"""What counts for a progression rule of what was done: the planned work sets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from workouts.training.document import PERCENT_LOADS
from workouts.training.state import DoneSet, Target

# Between what was asked for and what was done: plates of another unit, a rounded entry.
TOLERANCE = 0.01


def kg(load: float) -> str:
    return f"{round(load, 2):g} kg"


@dataclass(frozen=True, kw_only=True)
class WorkSet:
    """A planned work set. The load of an assisted one is help: the less of it, the harder."""

    done: DoneSet
    target: Target

    @property
    def load_kg(self) -> float | None:
        """What was on the bar; where nobody said, what was asked for."""
        if self.done.load_kg is not None:
            return self.done.load_kg
        if self.target.load_kg is not None:
            return self.target.load_kg
        return 0.0 if self.target.load_type == "bodyweight" else None

    @property
    def working_kg(self) -> float | None:
        """The working load that it speaks for: 80 kg at 80 % of it speak for 100 kg."""
        if self.load_kg is None or self.target.load_type != "working" or not self.target.percent:
            return self.load_kg
        return self.load_kg / self.target.percent * 100

    @property
    def is_assisted(self) -> bool:
        return self.target.load_type == "assisted"

    @property
    def is_easier_than_asked(self) -> bool:
        return self._is_below_asked if not self.is_assisted else self._is_above_asked

    @property
    def is_harder_than_asked(self) -> bool:
        return self._is_above_asked if not self.is_assisted else self._is_below_asked

    @property
    def is_hit(self) -> bool:
        done, target = self.done, self.target
        amounts = (
            (done.reps, target.reps_min),
            (done.duration_seconds, target.duration_seconds),
            (done.distance_km, target.distance_km),
        )
        reached = all((value or 0) >= asked for value, asked in amounts if asked is not None)
        return done.is_done and reached and not self.is_easier_than_asked

    @property
    def in_words(self) -> str:
        return f"{kg(self.load_kg or 0)}{' of help' if self.is_assisted else ''}"

    def as_json(self) -> dict[str, Any]:
        values = {
            "reps": self.done.reps,
            "load_kg": self.done.load_kg,
            "rir": self.done.rir,
            "duration_seconds": self.done.duration_seconds,
            "distance_km": self.done.distance_km,
            "target_reps": self.target.reps_min,
            "target_load_kg": self.target.load_kg,
            "target_percent": self.target.percent,
            "target_duration_seconds": self.target.duration_seconds,
            "target_distance_km": self.target.distance_km,
        }
        known = {name: value for name, value in values.items() if value is not None}
        return {**known, "hit": self.is_hit}

    @property
    def _is_below_asked(self) -> bool:
        least = min(self._asked_kg, default=None)
        load = self.load_kg
        return load is not None and least is not None and load < least * (1 - TOLERANCE)

    @property
    def _is_above_asked(self) -> bool:
        most = max(self._asked_kg, default=None)
        load = self.load_kg
        return load is not None and most is not None and load > most * (1 + TOLERANCE)

    @property
    def _asked_kg(self) -> list[float]:
        """The load as it could be made, and as it was meant: either is what was asked for."""
        loads = (self.target.load_kg, self.target.exact_kg)
        return [load for load in loads if load is not None]


@dataclass(frozen=True)
class Work:
    """The planned work sets of one exercise in one session."""

    sets: tuple[WorkSet, ...]
    ends_cycle: bool = False

    @classmethod
    def of(cls, sets: Sequence[DoneSet], *, ends_cycle: bool) -> Self:
        """Leave out added sets, warm-ups and drops, also where the person made a set into one."""
        planned = tuple(
            WorkSet(done=done, target=done.target)
            for done in sets
            if done.target is not None
            and done.target.is_work
            and done.set_type not in {"warm_up", "drop"}
        )
        return cls(planned, ends_cycle)

    @cached_property
    def is_done(self) -> bool:
        return any(one.done.is_done for one in self.sets)

    @cached_property
    def is_hit(self) -> bool:
        return all(one.is_hit for one in self.sets)

    @cached_property
    def is_assisted(self) -> bool:
        return any(one.is_assisted for one in self.sets)

    @cached_property
    def is_easier_than_asked(self) -> bool:
        return any(one.done.is_done and one.is_easier_than_asked for one in self.sets)

    @cached_property
    def is_harder_than_asked(self) -> bool:
        """Whether every set was, of those whose load is no share of something else."""
        own = self._with_own_load
        return bool(own) and all(one.done.is_done and one.is_harder_than_asked for one in own)

    @cached_property
    def easiest(self) -> WorkSet | None:
        """The set done with the least working load; None where no load is known."""
        loads = [
            (one.working_kg, one)
            for one in self._with_own_load
            if one.done.is_done and one.working_kg is not None
        ]
        least = max if self.is_assisted else min
        return least(loads, key=lambda pair: pair[0])[1] if loads else None

    @property
    def has_training_max(self) -> bool:
        return any(one.target.load_type == "percent_tm" for one in self.sets)

    @property
    def training_max_kg(self) -> float | None:
        """The training max that the loads speak for, where they were percentages of one."""
        return min(
            (
                one.load_kg / one.target.percent * 100
                for one in self.sets
                if one.done.is_done and one.target.load_type == "percent_tm"
                if one.target.percent and one.load_kg is not None
            ),
            default=None,
        )

    @property
    def lowest_reps(self) -> int | None:
        """None where a set was left out, or has no repetitions."""
        counted = [one.done.reps for one in self.sets if one.done.reps is not None]
        return min(counted) if len(counted) == len(self.sets) else None

    def as_asked(self) -> str:
        """Say that all was done: "All 3 sets of 5 at 100 kg were done"."""
        reps = {one.done.reps for one in self.sets} - {None}
        loads = {one.load_kg for one in self.sets}
        each = f" of {reps.pop()}" if len(reps) == 1 else ""
        load_kg = loads.pop() if len(loads) == 1 else None
        return f"{self.every()}{each}{self._at(load_kg)} {self._were()} done"

    def short(self) -> str:
        """Say how much was missing: "Only 2 of 3 sets reached the target"."""
        hits = sum(one.is_hit for one in self.sets)
        if len(self.sets) == 1:
            return "The set fell short of its target"
        return f"{f'Only {hits}' if hits else 'None'} of {len(self.sets)} sets reached the target"

    def every(self) -> str:
        few = {1: "The set", 2: "Both sets"}
        return few.get(len(self.sets), f"All {len(self.sets)} sets")

    def _were(self) -> str:
        return "was" if len(self.sets) == 1 else "were"

    def _at(self, load_kg: float | None) -> str:
        if load_kg is None:
            return ""
        return f" with {kg(load_kg)} of help" if self.is_assisted else f" at {kg(load_kg)}"

    @property
    def _with_own_load(self) -> tuple[WorkSet, ...]:
        return tuple(one for one in self.sets if one.target.load_type not in PERCENT_LOADS)
