"""A generated day while it is made: exercises in slots, and how they are written into the plan."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field, StringConstraints

from workouts.training.curve import percent_of_one_rm
from workouts.training.document import (
    Day,
    FitnessLevel,
    Part,
    Plan,
    PlannedExercise,
    SetScheme,
    Weeks,
)
from workouts.training.generation_slots import (
    BARS,
    BODY_ON_A_BAR,
    BODY_SUPPORTS,
    DOSES,
    HEAVY,
    HOLD_SECONDS,
    LEVELS,
    ONE_SIDED,
    RESERVE,
    TIMED,
    WEIGHTED_BODY,
    Dose,
    Goal,
    Role,
    Slot,
)
from workouts.training.rules import Double, Linear, Rpe, Rule, Rung, VariationLadder
from workouts.training.volume import minutes_of

# Shorter sessions leave the lighter sets before the first heavy one to the person.
SHORTEST_WITH_WARM_UP_MINUTES: Final = 30
_WARM_UP: Final = ((50, 5), (75, 3))
_TARGET_RPE: Final = 8
_MAX_RPE: Final = 10
MAX_TRACK: Final = 40
# Sets without a load to add make up for it in reps.
_MOST_UNLOADED_REPS: Final = 15
_LADDER_REPS: Final = 3


class Wish(Part):
    """What a person wants of a plan."""

    goal: Goal
    days_per_week: Annotated[int, Field(ge=1, le=7)]
    fitness_level: FitnessLevel
    equipment: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,30}$")]],
        Field(max_length=31),
    ] = Field(description="Slugs of what there is; an empty list is the body alone.")
    session_minutes: Annotated[int, Field(ge=15, le=180)]
    duration_weeks: Weeks = 8


@dataclass(frozen=True, kw_only=True)
class CatalogueExercise:
    """An exercise as far as the choice of it goes; ``muscles`` are shares of a set, up to 1."""

    id: UUID
    slug: str
    name: str
    equipment: frozenset[str] = frozenset()
    difficulty: int = 1
    muscles: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """The exercise of a slot. ``minutes`` is for conditioning, which has one set.

    ``ladder`` is the exercise itself and the harder ones that it may grow into.
    """

    slot: Slot
    exercise: CatalogueExercise
    sets: int
    minutes: int = 0
    ladder: tuple[CatalogueExercise, ...] = ()

    @property
    def is_conditioning(self) -> bool:
        return self.slot.role == "conditioning"

    @property
    def is_held(self) -> bool:
        return self.exercise.slug in TIMED

    @property
    def is_body(self) -> bool:
        """Whether the body is the load, perhaps with some weight added."""
        slug, equipment = self.exercise.slug, self.exercise.equipment
        return slug in BODY_ON_A_BAR | WEIGHTED_BODY or equipment <= BODY_SUPPORTS

    @property
    def is_loadable(self) -> bool:
        """Whether there is a number to raise: neither the body alone nor a band has one."""
        if self.is_held or self.is_conditioning or "bands" in self.exercise.equipment:
            return False
        return not self.is_body or self.exercise.slug in WEIGHTED_BODY


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A day whose picks are in the order of their importance."""

    focus: str
    picks: tuple[Pick, ...]

    def written(self, *, number: int, wish: Wish, shared: Mapping[str, Role] | None = None) -> Day:
        """The day of the plan; conditioning comes last, however important it is.

        ``shared`` are the slugs whose progress the days share, each in one role.
        """
        in_order = sorted(self.picks, key=lambda pick: pick.is_conditioning)
        shared = shared or {}
        return Day(
            day_number=number,
            focus=self.focus,
            warm_up="Five minutes of easy movement, then a light set before each main exercise.",
            exercises=[
                planned(pick, wish, shares=shared.get(pick.exercise.slug) == pick.slot.role)
                for pick in in_order
            ],
        )

    def minutes(self, wish: Wish) -> float:
        """How long the day takes, warm-up and rests included."""
        day = self.written(number=1, wish=wish)
        plan = Plan(
            name=self.focus,
            goal=wish.goal,
            days_per_week=1,
            fitness_level=wish.fitness_level,
            days=[day],
        )
        return minutes_of(plan, day, 1)


def planned(pick: Pick, wish: Wish, *, shares: bool) -> PlannedExercise:
    """A pick as the plan has it; ``shares``: it has its progress in common with other days."""
    rule = rule_of(pick, wish)
    return PlannedExercise(
        exercise=pick.exercise.id,
        name=pick.exercise.name,
        rest_seconds=0 if pick.is_conditioning else _dose(pick, wish).rest_seconds,
        unilateral=pick.exercise.slug in ONE_SIDED,
        track=pick.exercise.slug[:MAX_TRACK] if shares and rule is not None else None,
        start_percent_1rm=_start_percent(pick, wish),
        progression=rule,
        planned_sets=list(_schemes(pick, wish)),
    )


def rule_of(pick: Pick, wish: Wish) -> Rule | None:
    """Beginners who want strength add load each time, the advanced go by RPE; all others add
    reps first. Where no load can be added the exercise grows, if a harder one is known.
    """
    grows = len(pick.ladder) > 1
    if not pick.is_loadable and not grows:
        return None
    least, most = reps_of(pick, wish)
    if not pick.is_loadable:
        rungs = [Rung(exercise=rung.id, name=rung.name) for rung in pick.ladder]
        return VariationLadder(rungs=rungs, reps_min=least, reps_max=max(most, least + 1))
    if wish.goal == "strength" and pick.slot.role == "main" and not pick.is_body:
        if wish.fitness_level == "beginner":
            return Linear(increment_kg=_increment_kg(pick))
        if wish.fitness_level == "advanced":
            return Rpe(target_reps=least, target_rpe=_TARGET_RPE)
    increment_kg = _increment_kg(pick)
    return Double(reps_min=least, reps_max=max(most, least + 1), increment_kg=increment_kg)


def reps_of(pick: Pick, wish: Wish) -> tuple[int, int]:
    """The fewest and the most reps of a work set."""
    least, most = _dose(pick, wish).reps[LEVELS.index(wish.fitness_level)]
    if pick.is_loadable:
        return least, most
    if len(pick.ladder) > 1:
        return least, max(most, least + _LADDER_REPS)
    return least, max(most, _MOST_UNLOADED_REPS)


def sets_of(slot: Slot, wish: Wish) -> int:
    """How many sets a slot begins with."""
    if slot.role == "conditioning":
        return 1
    return DOSES[wish.goal][slot.role].sets[LEVELS.index(wish.fitness_level)]


def _dose(pick: Pick, wish: Wish) -> Dose:
    return DOSES[wish.goal][pick.slot.role]


def _increment_kg(pick: Pick) -> float:
    if pick.exercise.slug in HEAVY:
        return 5
    return 2 if "dumbbell" in pick.exercise.equipment else 2.5


def _schemes(pick: Pick, wish: Wish) -> Iterator[SetScheme]:
    if pick.is_conditioning:
        yield SetScheme(duration_seconds=60 * pick.minutes)
        return
    if pick.is_held:
        yield SetScheme(count=pick.sets, duration_seconds=HOLD_SECONDS[wish.fitness_level])
        return
    if _warms_up(pick, wish):
        for percent, reps in _WARM_UP:
            yield SetScheme(
                set_type="warm_up",
                reps_min=reps,
                reps_max=reps,
                load_type="percent_of_first",
                load_value=percent,
                rest_seconds=60,
            )
    rule = rule_of(pick, wish)
    least, most = reps_of(pick, wish)
    if isinstance(rule, Double | VariationLadder):
        least, most = rule.reps_min, rule.reps_max
    by_rpe = isinstance(rule, Rpe)
    yield SetScheme(
        count=pick.sets,
        reps_min=least,
        reps_max=most,
        load_type="bodyweight" if pick.is_body else "working" if pick.is_loadable else "open",
        rpe=_TARGET_RPE if by_rpe else None,
        rir=None if by_rpe else RESERVE[wish.fitness_level],
    )


def _warms_up(pick: Pick, wish: Wish) -> bool:
    return (
        pick.slot.role == "main"
        and pick.is_loadable
        and bool(pick.exercise.equipment & BARS)
        and wish.session_minutes >= SHORTEST_WITH_WARM_UP_MINUTES
    )


def _start_percent(pick: Pick, wish: Wish) -> float | None:
    """What share of a known maximum the first session takes, by the RPE curve."""
    if pick.slot.role != "main" or not pick.is_loadable or pick.is_body:
        return None
    _, most = reps_of(pick, wish)
    by_rpe = isinstance(rule_of(pick, wish), Rpe)
    percent = percent_of_one_rm(
        most, _MAX_RPE - _TARGET_RPE if by_rpe else RESERVE[wish.fitness_level]
    )
    return None if percent is None else float(round(percent))
