"""Harder or easier by so much: the one step that every progression rule is made of."""

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from workouts.training.progression_work import Work, kg
from workouts.training.rules import Double, Rule, SetsFirst, Stages, VariationLadder
from workouts.training.state import TrackState

_ORDINALS: Final = (
    *("First", "Second", "Third", "Fourth", "Fifth"),
    *("Sixth", "Seventh", "Eighth", "Ninth", "Tenth"),
)


@dataclass(frozen=True)
class Lift:
    """What a rule moves, and how to speak of it. Help makes a lift harder by getting less."""

    quantity: Literal["load_kg", "training_max_kg"]
    words: str
    is_help: bool = False

    def of(self, state: TrackState) -> float | None:
        return state.load_kg if self.quantity == "load_kg" else state.training_max_kg

    def at(self, state: TrackState, value: float) -> TrackState:
        if self.quantity == "load_kg":
            return replace(state, load_kg=value)
        return replace(state, training_max_kg=value)

    def stays(self, state: TrackState) -> str:
        value = self.of(state)
        return "nothing changes" if value is None else f"the {self.words} stays at {kg(value)}"


TRAINING_MAX: Final = Lift("training_max_kg", "training max")


def lift_of(work: Work) -> Lift:
    """The training max where the plan asked for shares of it, and the working load else."""
    if work.has_training_max:
        return TRAINING_MAX
    return Lift("load_kg", "help" if work.is_assisted else "load", work.is_assisted)


def reps_aim(rule: Double | VariationLadder, state: TrackState) -> int:
    return min(max(state.reps_target or rule.reps_min, rule.reps_min), rule.reps_max)


def sets_aim(rule: SetsFirst, state: TrackState) -> int:
    return min(max(state.sets_target or rule.sets_min, rule.sets_min), rule.sets_max)


def stage_index(rule: Stages, state: TrackState) -> int:
    return min(state.stage, len(rule.stages) - 1)


def capped(rule: Rule, load_kg: float | None) -> float | None:
    """The load within what the rule allows, and never negative."""
    if load_kg is None:
        return None
    allowed = load_kg if rule.max_load_kg is None else min(load_kg, rule.max_load_kg)
    return max(allowed, 0.0)


def harder(
    rule: Rule, state: TrackState, lift: Lift, by_kg: float, because: str, **on_move: Any
) -> tuple[TrackState, str]:
    """Move a lift by ``by_kg`` (easier below 0), and say so.

    ``on_move`` are changes of the state that come with it, and only with it: neither an unknown
    load nor one at its limit moves.
    """
    before = lift.of(state)
    if before is None:
        return state, f"{because}, but no {lift.words} is known that could change."
    new = capped(rule, before - by_kg if lift.is_help else before + by_kg)
    if new is None or new == before:
        return state, f"{because}, but {lift.stays(state)}: it is at its limit."
    after = replace(lift.at(state, new), **on_move)
    way = "up" if new > before else "down"
    change = kg(abs(new - before))
    # What plates made of it may stand before this, and would not add up.
    return (
        after,
        f"{because}, so the {lift.words} goes {way} by {change} from {kg(before)} to {kg(new)}.",
    )


def easier(
    rule: Rule,
    state: TrackState,
    lift: Lift,
    percent: float,
    because: str,
    *,
    least_kg: float = 0,
) -> tuple[TrackState, str]:
    """Take ``percent`` off a load, or add it to a help, and say so.

    A percentage of no help is nothing: it becomes ``least_kg``.
    """
    before = lift.of(state)
    if before is None:
        return state, f"{because}, but no {lift.words} is known that could change."
    more = before * (100 + percent) / 100 or least_kg
    new = capped(rule, more if lift.is_help else before * (100 - percent) / 100)
    if new is None or new == before:
        return state, f"{because}, but {lift.stays(state)}: it is at its limit."
    after = lift.at(state, new)
    change = f"{percent:g} % {'more help' if lift.is_help else 'off'}"
    return after, f"{because}: {change}, from {kg(before)} to {kg(new)}."


def count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def nth(number: int) -> str:
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"
