"""How long a week of everybody's training takes: the product, one bare statement, and a loop."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import processes

ROUNDS = 5
SAMPLE = 400  # people of the loop
LOOP_GOAL = 50.0  # times the product, at least
BARE_GOAL = 2.0  # the product over the bare statement, at most


@dataclass(frozen=True)
class Taken:
    """Times in s: by the clock, and processor time of the process and of its backend."""

    seconds: float
    app_s: float
    db_s: float

    @property
    def cpu_s(self) -> float:
        return self.app_s + self.db_s


@dataclass(frozen=True)
class WeeklyTurn:
    """The product with no week there and again; one statement; the loop over ``looped``."""

    people: int
    weeks: int
    looped: int
    first: Taken
    again: Taken
    bare: Taken
    loop: Taken

    @classmethod
    def of(cls, document: dict[str, object]) -> "WeeklyTurn":
        return cls(
            **{
                name: Taken(**value) if isinstance(value, dict) else value
                for name, value in document.items()
            }
        )

    @property
    def times_loop(self) -> float:
        """By how much the product is faster than the loop would be for everybody."""
        return self.loop.cpu_s * self.people / self.looped / self.first.cpu_s


@dataclass(frozen=True)
class Weekly:
    """Medians of the turns; the ratios are of processor time, each within one turn."""

    people: int
    weeks: int
    looped: int
    first_s: float
    again_s: float
    bare_s: float
    loop_s: float
    first_cpu_s: float
    again_cpu_s: float
    bare_cpu_s: float
    loop_cpu_s: float
    times_loop: float
    first_of_bare: float
    again_of_bare: float
    loop_goal: float = LOOP_GOAL
    bare_goal: float = BARE_GOAL

    def text(self) -> str:
        fast = "met" if self.times_loop >= self.loop_goal else "missed"
        lean = "met" if self.first_of_bare <= self.bare_goal else "missed"
        return (
            f"A week of {self.people:,} people, {self.weeks:,} of whom trained: "
            f"{self.first_s:.2f} s, {self.first_cpu_s:.2f} s of processor time; again, with "
            f"nothing to write, {self.again_s:.2f} s, {self.again_cpu_s:.2f} s.\n"
            f"A loop with the ORM, from {self.looped:,} of them: {self.loop_s:.1f} s, "
            f"{self.loop_cpu_s:.1f} s of processor time; × {self.times_loop:.0f}, goal "
            f"≥ {self.loop_goal:.0f} {fast}.\n"
            f"One bare statement: {self.bare_s:.2f} s, {self.bare_cpu_s:.2f} s of processor time; "
            f"× {self.first_of_bare:.2f}, goal ≤ {self.bare_goal:.2f} {lean}; again "
            f"× {self.again_of_bare:.2f}."
        )


def measure_weekly(*, environ: Mapping[str, str], dsn: str) -> Weekly:
    """Of the last whole week of the diaries, each turn in a process of its own."""
    there = {
        **environ,
        "DATABASE_URL": dsn,
        "DATABASE_STATEMENT_TIMEOUT_MS": "0",
        "LOG_LEVEL": "WARNING",
    }
    turns = [_turn(there) for _ in range(ROUNDS)]
    return Weekly(
        people=turns[0].people,
        weeks=turns[0].weeks,
        looped=turns[0].looped,
        first_s=median(one.first.seconds for one in turns),
        again_s=median(one.again.seconds for one in turns),
        bare_s=median(one.bare.seconds for one in turns),
        loop_s=median(one.loop.seconds * one.people / one.looped for one in turns),
        first_cpu_s=median(one.first.cpu_s for one in turns),
        again_cpu_s=median(one.again.cpu_s for one in turns),
        bare_cpu_s=median(one.bare.cpu_s for one in turns),
        loop_cpu_s=median(one.loop.cpu_s * one.people / one.looped for one in turns),
        times_loop=median(one.times_loop for one in turns),
        first_of_bare=median(one.first.cpu_s / one.bare.cpu_s for one in turns),
        again_of_bare=median(one.again.cpu_s / one.bare.cpu_s for one in turns),
    )


def _turn(environ: Mapping[str, str]) -> WeeklyTurn:
    output = processes.run("benchmarks.weekly_job", str(SAMPLE), environ=environ)
    return WeeklyTurn.of(json.loads(output))
