"""Make a plan from a wish, by rules that one can read: the same wish makes the same plan.

1. The days per week choose a split, whose days are lists of slots (``generation_slots``).
2. A slot takes the best exercise of its movement whose equipment is there and whose difficulty
   suits the level; later slots of the movement take the next best ones, so that the week varies.
   No exercise comes twice in a day.
3. Goal and level say sets, reps, rests and reserve, and how loads progress.
4. A session that is too long loses its least important slots, then sets.
5. Muscles with too few weekly sets get more where time allows, those with too many lose some.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import floor
from typing import Final

from workouts.training.document import Deload, Plan
from workouts.training.generation_draft import (
    CatalogueExercise,
    Draft,
    Pick,
    Wish,
    sets_of,
)
from workouts.training.generation_slots import (
    CANDIDATES,
    CONDITIONING,
    DELOAD_WEEKS,
    EASY_MINUTES,
    EXERCISING,
    HARDEST,
    LADDERS,
    ROLES,
    SAME_MAIN_LIFTS,
    SPARE,
    SPLITS,
    VARIETY,
    Movement,
    Outline,
    Role,
    Slot,
)
from workouts.training.generation_volume import balanced, fitted

__all__ = ["CatalogueExercise", "NothingFits", "Wish", "generate"]

_GOALS: Final = {
    "strength": "Strength",
    "muscle_gain": "Muscle",
    "weight_loss": "Weight loss",
    "endurance": "Endurance",
}
_LEVELS: Final = {
    "beginner": "a beginning",
    "intermediate": "an intermediate",
    "advanced": "an advanced",
}
_ADD_REPS: Final = "Add reps until every set reaches the top of its range, then load."
_ADD_LOAD: Final = "Add load to the main lifts whenever all sets were done; elsewhere reps first."
_BY_RPE: Final = "The main lifts follow the RPE of the last session; elsewhere add reps first."
_STEP_MINUTES: Final = 5


class NothingFits(ValueError):
    def __init__(self) -> None:
        super().__init__("No exercise suits both the equipment and the fitness level.")


def generate(request: Wish, catalogue: Sequence[CatalogueExercise]) -> Plan:
    """A plan of ``days_per_week`` days that keep to the time and the equipment.

    Raises NothingFits where not one exercise of the catalogue can be done.
    """
    gym = _Gym(request, catalogue)
    drafts = [fitted(draft, request) for draft in _drafts(request, gym)]
    return _plan(request, balanced(drafts, request))


class _Gym:
    """What can be done of the catalogue, and how often the week took something of a movement."""

    def __init__(self, wish: Wish, catalogue: Iterable[CatalogueExercise]) -> None:
        available = frozenset(wish.equipment)
        self.wish = wish
        self.at_hand = {
            exercise.slug: exercise for exercise in catalogue if exercise.equipment <= available
        }
        self.fitting: Mapping[Movement, list[CatalogueExercise]] = {
            movement: [
                self.at_hand[slug]
                for slug in slugs
                if slug in self.at_hand
                and self.at_hand[slug].difficulty <= HARDEST[wish.fitness_level]
            ]
            for movement, slugs in CANDIDATES.items()
        }
        self.taken: Counter[Movement] = Counter()
        if not any(self.fitting.values()):
            raise NothingFits

    def pick(self, slot: Slot, *, without: Iterable[str]) -> Pick | None:
        """The best exercise for a slot whose slug is not one of ``without``."""
        fitting = self.fitting[slot.movement]
        first = self._turn(slot, len(fitting))
        in_turn = (*fitting[first:], *fitting[:first])
        exercise = next((one for one in in_turn if one.slug not in without), None)
        if exercise is None:
            return None
        self.taken[slot.movement] += 1
        sets = sets_of(slot, self.wish)
        return Pick(slot=slot, exercise=exercise, sets=sets, ladder=self._ladder(exercise.slug))

    def _turn(self, slot: Slot, choice: int) -> int:
        if slot.role == "main" and self.wish.goal in SAME_MAIN_LIFTS:
            return 0
        return self.taken[slot.movement] % min(VARIETY, choice) if choice else 0

    def _ladder(self, slug: str) -> tuple[CatalogueExercise, ...]:
        """The exercise and the harder ones that there is equipment for."""
        slugs = next((slugs for slugs in LADDERS if slug in slugs), (slug,))
        above = slugs[slugs.index(slug) :]
        return tuple(self.at_hand[rung] for rung in above if rung in self.at_hand)


def _drafts(wish: Wish, gym: _Gym) -> list[Draft]:
    """The days with all that fits, however long they get."""
    outlines = SPLITS[wish.days_per_week]
    picks: list[dict[int, Pick]] = [{} for _ in outlines]
    # The main slots of the whole week choose before the others do.
    for role in ROLES:
        for outline, chosen in zip(outlines, picks, strict=True):
            _choose(outline, role, chosen, wish, gym)
    drafts = [
        Draft(focus=outline.focus, picks=tuple(pick for _, pick in sorted(chosen.items())))
        for outline, chosen in zip(outlines, picks, strict=True)
    ]
    return [draft if draft.picks else _spare(wish, gym) for draft in drafts]


def _choose(outline: Outline, role: Role, chosen: dict[int, Pick], wish: Wish, gym: _Gym) -> None:
    """Fill the day's slots of a role; ``chosen`` has the picks by the places of their slots."""
    for place, slot in enumerate(_slots(outline, wish)):
        if slot.role == role:
            pick = gym.pick(slot, without={pick.exercise.slug for pick in chosen.values()})
            if pick is not None:
                chosen[place] = replace(pick, minutes=_minutes(outline, wish))


def _spare(wish: Wish, gym: _Gym) -> Draft:
    """A day for whose own movements there is nothing takes what there is."""
    chosen: dict[int, Pick] = {}
    for role in ROLES:
        _choose(SPARE, role, chosen, wish, gym)
    return Draft(focus=SPARE.focus, picks=tuple(pick for _, pick in sorted(chosen.items())))


def _slots(outline: Outline, wish: Wish) -> tuple[Slot, ...]:
    """The slots of the day, with conditioning where the goal asks for it."""
    if wish.goal not in CONDITIONING or EXERCISING in outline.slots:
        return outline.slots
    _, before = CONDITIONING[wish.goal]
    return (*outline.slots[:before], EXERCISING, *outline.slots[before:])


def _minutes(outline: Outline, wish: Wish) -> int:
    """How long the conditioning of a day shall take, in steps of five minutes."""
    share, _ = CONDITIONING.get(wish.goal, (1.0, 0))
    wanted = wish.session_minutes * share
    if len(outline.slots) == 1:
        wanted = EASY_MINUTES
    return max(floor(wanted / _STEP_MINUTES), 1) * _STEP_MINUTES


def _plan(wish: Wish, drafts: Sequence[Draft]) -> Plan:
    every = DELOAD_WEEKS[wish.fitness_level]
    has_deload = wish.duration_weeks > every
    shared = _shared(drafts)
    return Plan(
        name=f"{_GOALS[wish.goal]}, {_times(wish.days_per_week)} a week",
        description=(
            f"Made for {_LEVELS[wish.fitness_level]} lifter with up to {wish.session_minutes}"
            " minutes a session."
        ),
        goal=wish.goal,
        days_per_week=wish.days_per_week,
        duration_weeks=wish.duration_weeks,
        fitness_level=wish.fitness_level,
        progression_strategy=_strategy(wish),
        cycle_weeks=every if has_deload else 1,
        deload=Deload(weeks=[every], load_percent=90, sets_percent=50) if has_deload else None,
        days=[
            draft.written(number=number, wish=wish, shared=shared)
            for number, draft in enumerate(drafts, 1)
        ],
    )


def _shared(drafts: Iterable[Draft]) -> dict[str, Role]:
    """In which role the days share the progress of an exercise: the first that comes twice."""
    times = Counter(
        (pick.exercise.slug, pick.slot.role) for draft in drafts for pick in draft.picks
    )
    shared: dict[str, Role] = {}
    for (slug, role), count in times.items():
        if count > 1:
            shared.setdefault(slug, role)
    return shared


def _strategy(wish: Wish) -> str:
    if wish.goal != "strength":
        return _ADD_REPS
    return {"beginner": _ADD_LOAD, "advanced": _BY_RPE}.get(wish.fitness_level, _ADD_REPS)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
