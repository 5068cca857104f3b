"""Progression: what a session makes of the state of a lift, and a state of the planned sets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from workouts.training.document import PlannedExercise, SetScheme
from workouts.training.progression_moves import JUDGES, Verdict
from workouts.training.progression_steps import (
    TRAINING_MAX,
    capped,
    lift_of,
    reps_aim,
    sets_aim,
    stage_index,
)
from workouts.training.progression_work import Work, kg
from workouts.training.rules import (
    Double,
    PercentWave,
    Rule,
    SetsFirst,
    Stages,
    TrainingMaxReset,
    VariationLadder,
)
from workouts.training.state import DoneSet, TrackState

Action = Literal["raise", "keep", "lower", "advance", "hold"]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a rule made of a session, and why.

    ``raise`` and ``lower`` move the load or the training max, less help being more load;
    ``advance`` moves only reps, sets, the stage or the variation; ``keep`` moves none of them,
    although counters may have changed; ``hold`` is no judgment at all.
    ``inputs`` can be stored as JSON.
    """

    action: Action
    before: TrackState
    after: TrackState
    reason: str
    inputs: dict[str, Any]


def evaluate(
    *, rule: Rule, state: TrackState, sets: Sequence[DoneSet], cycle_end: bool
) -> Decision:
    """Judge one exercise of one session. Only planned work sets count.

    Without any of them done nothing changes, except that at the end of a cycle with other
    sessions the cycle is judged all the same.
    """
    work = Work.of(sets, ends_cycle=cycle_end)
    inputs = {
        "rule": rule.kind,
        "sets": [one.as_json() for one in work.sets],
        "cycle_end": cycle_end,
    }
    judges_cycle = isinstance(rule, PercentWave) and cycle_end and state.open_cycle is not None
    if not work.is_done and not judges_cycle:
        reason = "No planned work set was done. That is not a failure, so nothing changes."
        return Decision(action="hold", before=state, after=state, reason=reason, inputs=inputs)
    known, note = _known(rule, state, work)
    verdict = JUDGES[rule.kind](rule, known, work)
    return Decision(
        action=_action(known, verdict, state, work),
        before=state,
        after=verdict.after,
        reason=f"{note} {verdict.reason}".strip(),
        inputs={**inputs, **verdict.looked_at},
    )


def initial_state(rule: Rule | None, planned: PlannedExercise) -> TrackState:
    """Where a lift begins, as far as the plan says it."""
    load_kg = planned.start_load_kg
    state = TrackState(load_kg=load_kg if rule is None else capped(rule, load_kg))
    match rule:
        case Double() | VariationLadder():
            return replace(state, reps_target=rule.reps_min)
        case SetsFirst():
            return replace(state, sets_target=rule.sets_min)
        case Stages():
            return replace(state, sets_target=rule.stages[0].sets)
    return state


def shape(rule: Rule | None, state: TrackState, schemes: Sequence[SetScheme]) -> list[SetScheme]:
    """What the rule makes of the set schemes of a day; warm-ups and drops stay as they are."""
    match rule:
        case Double():
            aim = reps_aim(rule, state)
            return [_for_reps(scheme, aim, rule.reps_max) for scheme in schemes]
        case VariationLadder():
            aim = reps_aim(rule, state)
            return [_for_reps(scheme, aim, aim) for scheme in schemes]
        case SetsFirst():
            return _with_sets(schemes, sets_aim(rule, state))
        case Stages():
            return _in_stage(rule, state, schemes)
    return list(schemes)


def _known(rule: Rule, state: TrackState, work: Work) -> tuple[TrackState, str]:
    """The state with what only the person could say: a first load, or a harder one."""
    if isinstance(rule, PercentWave | TrainingMaxReset) or work.has_training_max:
        return _with_training_max(rule, state, work)
    easiest = work.easiest
    if easiest is not None and state.load_kg is None:
        begun = replace(state, load_kg=capped(rule, easiest.working_kg))
        return begun, f"You began with {easiest.in_words}."
    if easiest is not None and _is_harder(easiest.working_kg, state.load_kg, work):
        verb, asked = "had" if easiest.is_assisted else "lifted", kg(easiest.target.load_kg or 0)
        harder = replace(state, load_kg=capped(rule, easiest.working_kg))
        return harder, f"You {verb} {easiest.in_words} instead of {asked}."
    return replace(state, load_kg=capped(rule, state.load_kg)), ""


def _with_training_max(rule: Rule, state: TrackState, work: Work) -> tuple[TrackState, str]:
    begun_kg = work.training_max_kg
    if state.training_max_kg is None and begun_kg is not None:
        begun = replace(state, training_max_kg=capped(rule, begun_kg))
        return begun, f"Your loads speak for a training max of {kg(begun_kg)}."
    return replace(state, training_max_kg=capped(rule, state.training_max_kg)), ""


def _is_harder(done_kg: float | None, asked_kg: float | None, work: Work) -> bool:
    if not work.is_harder_than_asked or done_kg is None or asked_kg is None:
        return False
    return done_kg < asked_kg if work.is_assisted else done_kg > asked_kg


def _action(known: TrackState, verdict: Verdict, before: TrackState, work: Work) -> Action:
    """What the rule did to the lift, against what it was before or, at first, became known as."""
    for lift in (lift_of(work), TRAINING_MAX):
        new = lift.of(verdict.after)
        old = lift.of(known) if lift.of(before) is None else lift.of(before)
        if new is not None and old is not None and new != old:
            return "raise" if (new < old) == lift.is_help else "lower"
    return "advance" if verdict.advances else "keep"


def _for_reps(scheme: SetScheme, reps_min: int, reps_max: int) -> SetScheme:
    is_timed = scheme.duration_seconds is not None or scheme.distance_km is not None
    if not scheme.is_work or (is_timed and scheme.reps_min is None):
        return scheme
    highest = None if scheme.set_type == "amrap" else reps_max
    return scheme.model_copy(update={"reps_min": reps_min, "reps_max": highest})


def _with_sets(schemes: Sequence[SetScheme], sets: int) -> list[SetScheme]:
    """As many work sets in all; the last work scheme that is no AMRAP takes the difference."""
    work = [index for index, scheme in enumerate(schemes) if scheme.is_work]
    if not work:
        return list(schemes)
    plain = [index for index in work if schemes[index].set_type != "amrap"]
    last = (plain or work)[-1]
    others = sum(schemes[index].count for index in work if index != last)
    changed = schemes[last].model_copy(update={"count": max(sets - others, 1)})
    return [changed if index == last else scheme for index, scheme in enumerate(schemes)]


def _in_stage(rule: Stages, state: TrackState, schemes: Sequence[SetScheme]) -> list[SetScheme]:
    """The stage's sets in the place, and with the load, of the first work scheme."""
    first = next((index for index, scheme in enumerate(schemes) if scheme.is_work), None)
    if first is None:
        return list(schemes)
    before = [scheme for scheme in schemes[:first] if not scheme.is_work]
    after = [scheme for scheme in schemes[first:] if not scheme.is_work]
    return [*before, *_stage_schemes(rule, state, schemes[first]), *after]


def _stage_schemes(rule: Stages, state: TrackState, like: SetScheme) -> list[SetScheme]:
    stage = rule.stages[stage_index(rule, state)]
    reps = {"reps_min": stage.reps, "duration_seconds": None, "distance_km": None}
    normal = like.model_copy(
        update={**reps, "set_type": "normal", "count": stage.sets, "reps_max": stage.reps}
    )
    if not rule.last_set_amrap:
        return [normal]
    amrap = like.model_copy(update={**reps, "set_type": "amrap", "count": 1, "reps_max": None})
    if stage.sets == 1:
        return [amrap]
    # One id names one scheme.
    return [
        normal.model_copy(update={"count": stage.sets - 1}),
        amrap.model_copy(update={"id": None}),
    ]
