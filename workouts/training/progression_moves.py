"""How each progression rule moves a lift, given the planned work sets of one session.

Every judge gets a state whose load or training max is the one that the person worked with, and
says what comes next. Loads are rounded in the text, and unrounded in the state.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any, Final

from workouts.training.curve import MAX_EFFECTIVE_REPS, one_rm_from, percent_of_one_rm
from workouts.training.progression_steps import (
    TRAINING_MAX,
    capped,
    count,
    easier,
    harder,
    lift_of,
    nth,
    reps_aim,
    sets_aim,
    stage_index,
)
from workouts.training.progression_work import Work, WorkSet, kg
from workouts.training.rules import (
    AmrapTiers,
    Double,
    Linear,
    PercentWave,
    RepsSum,
    Rpe,
    Rule,
    SetsFirst,
    Stages,
    TrainingMaxReset,
    VariationLadder,
)
from workouts.training.state import TrackState

# Load types of sets that are loaded with the working load itself.
_OWN_LOADS: Final = ("working", "bodyweight")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What comes next; ``advances`` where reps, sets, the stage or the variation moved."""

    after: TrackState
    reason: str
    looked_at: dict[str, Any] = field(default_factory=dict)
    advances: bool = False


def _linear(rule: Linear, state: TrackState, work: Work) -> Verdict:
    looked_at = _params(rule, "increment_kg", "successes", "failures", "decrease_percent")
    if work.is_hit:
        after, reason = _after_success(rule, state, work)
    else:
        after, reason = _after_failure(rule, state, work)
    return Verdict(after=after, reason=reason, looked_at=looked_at)


def _after_success(rule: Linear, state: TrackState, work: Work) -> tuple[TrackState, str]:
    successes = state.successes + 1
    if successes >= rule.successes:
        fresh = replace(state, successes=0, failures=0)
        return harder(rule, fresh, lift_of(work), rule.increment_kg, work.as_asked())
    counted = replace(state, successes=successes, failures=0)
    of = f"{successes} of {count(rule.successes, 'session')} in a row before more load"
    return counted, f"{work.as_asked()}: {of}."


def _after_failure(rule: Linear, state: TrackState, work: Work) -> tuple[TrackState, str]:
    failures = state.failures + 1
    failure = f"{nth(failures)} failure{' in a row' if failures > 1 else ''}"
    lift = lift_of(work)
    if failures >= rule.failures:
        fresh = replace(state, successes=0, failures=0)
        least_kg = rule.increment_kg
        return easier(rule, fresh, lift, rule.decrease_percent, failure, least_kg=least_kg)
    counted = replace(state, successes=0, failures=failures)
    until = f"it gets easier after {rule.failures} in a row"
    return counted, f"{work.short()}. {failure}: {lift.stays(state)}; {until}."


def _double(rule: Double, state: TrackState, work: Work) -> Verdict:
    aim = reps_aim(rule, state)
    looked_at = {**_params(rule, "reps_min", "reps_max", "increment_kg"), "reps_target": aim}
    lowest = work.lowest_reps
    if lowest is None or work.is_easier_than_asked:
        obstacle = "was left out or has no reps" if lowest is None else "was easier than asked"
        after = replace(state, reps_target=aim)
        reason = f"A set {obstacle}, so the aim stays at {count(aim, 'rep')}."
    elif lowest < rule.reps_max:
        after = replace(state, reps_target=max(lowest + 1, rule.reps_min))
        reason = f"The lowest set had {count(lowest, 'rep')}, so {lift_of(work).stays(state)}"
        reason = f"{reason} and the aim is {count(after.reps_target or 0, 'rep')}."
    else:
        # Where the load cannot go up, there is no reason to do fewer reps again.
        top = replace(state, reps_target=rule.reps_max)
        because = f"{work.every()} reached {count(rule.reps_max, 'rep')}"
        lift = lift_of(work)
        after, reason = harder(
            rule, top, lift, rule.increment_kg, because, reps_target=rule.reps_min
        )
        reason = f"{reason} The aim is {count(after.reps_target or 0, 'rep')}."
    return Verdict(
        after=after, reason=reason, looked_at=looked_at, advances=(after.reps_target or 0) > aim
    )


def _reps_sum(rule: RepsSum, state: TrackState, work: Work) -> Verdict:
    total = sum(one.done.reps or 0 for one in work.sets if not one.is_easier_than_asked)
    looked_at = {**_params(rule, "threshold", "increment_kg"), "total_reps": total}
    because = f"The sets add up to {count(total, 'rep')}"
    if total > rule.threshold:
        because = f"{because}, more than {rule.threshold}"
        after, reason = harder(rule, state, lift_of(work), rule.increment_kg, because)
        return Verdict(after=after, reason=reason, looked_at=looked_at)
    reason = f"{because}, not more than {rule.threshold}, so {lift_of(work).stays(state)}."
    return Verdict(after=state, reason=reason, looked_at=looked_at)


def _percent_wave(rule: PercentWave, state: TrackState, work: Work) -> Verdict:
    missed = state.missed + (work.is_done and not work.is_hit)
    looked_at = {**_params(rule, "increment_kg", "decrease_percent"), "missed": missed}
    if work.ends_cycle:
        over = replace(state, missed=0, open_cycle=None)
        after, reason = _cycle_over(rule, over, missed)
    else:
        after = replace(state, missed=missed)
        said = work.as_asked() if work.is_hit else work.short()
        reason = f"{said}. {_outlook(rule, missed)}"
    return Verdict(after=after, reason=reason, looked_at=looked_at)


def _cycle_over(rule: PercentWave, over: TrackState, missed: int) -> tuple[TrackState, str]:
    if not missed:
        because = "Every work set done in the cycle reached its reps"
        return harder(rule, over, TRAINING_MAX, rule.increment_kg, because)
    because = f"{count(missed, 'session')} of the cycle fell short"
    if rule.decrease_percent is not None:
        return easier(rule, over, TRAINING_MAX, rule.decrease_percent, because)
    return over, f"{because}, so {TRAINING_MAX.stays(over)}."


def _outlook(rule: PercentWave, missed: int) -> str:
    if not missed:
        more = f"the training max goes up by {kg(rule.increment_kg)}"
        return f"If the rest of the cycle goes as well, {more}."
    so_far = f"{count(missed, 'session')} of the cycle fell short so far"
    if rule.decrease_percent is None:
        return f"{so_far}, so the training max stays at its end."
    return f"{so_far}, so the training max goes down by {rule.decrease_percent:g} % at its end."


def _training_max_reset(rule: TrainingMaxReset, state: TrackState, work: Work) -> Verdict:
    looked_at = _params(
        rule, "at_percent", "raise_from_reps", "keep_from_reps", "increment_kg", "decrease_percent"
    )
    amrap = _amrap(work, at_percent=rule.at_percent)
    if amrap is None or amrap.done.reps is None:
        stays = TRAINING_MAX.stays(state)
        reason = f"No AMRAP set at {rule.at_percent:g} % or more was done, so {stays}."
        return Verdict(after=state, reason=reason, looked_at=looked_at)
    reps = amrap.done.reps
    looked_at["amrap_reps"] = reps
    because = f"The AMRAP set had {count(reps, 'rep')}"
    if reps < rule.keep_from_reps:
        after, reason = easier(rule, state, TRAINING_MAX, rule.decrease_percent, because)
    elif reps >= rule.raise_from_reps and not amrap.is_easier_than_asked:
        after, reason = harder(rule, state, TRAINING_MAX, rule.increment_kg, because)
    else:
        less = ", easier than asked" if amrap.is_easier_than_asked else ""
        after, reason = state, f"{because}{less}, so {TRAINING_MAX.stays(state)}."
    return Verdict(after=after, reason=reason, looked_at=looked_at)


def _amrap_tiers(rule: AmrapTiers, state: TrackState, work: Work) -> Verdict:
    lift = lift_of(work)
    looked_at: dict[str, Any] = {"tiers": [tier.model_dump() for tier in rule.tiers]}
    amrap = _amrap(work)
    if amrap is None or amrap.done.reps is None:
        reason = f"No AMRAP set was done, so {lift.stays(state)}."
        return Verdict(after=state, reason=reason, looked_at=looked_at)
    reps = amrap.done.reps
    reached = [tier for tier in rule.tiers if reps >= tier.reps_from]
    best = max(reached, key=lambda tier: tier.reps_from, default=None)
    by_kg = 0.0 if best is None else best.increment_kg
    because = f"The AMRAP set had {count(reps, 'rep')}"
    if amrap.is_easier_than_asked and by_kg > 0:
        by_kg, because = 0.0, f"{because}, easier than asked"
    looked_at.update(amrap_reps=reps, increment_kg=by_kg)
    if by_kg:
        after, reason = harder(rule, state, lift, by_kg, because)
    else:
        after, reason = state, f"{because}, so {lift.stays(state)}."
    return Verdict(after=after, reason=reason, looked_at=looked_at)


def _rpe(rule: Rpe, state: TrackState, work: Work) -> Verdict:
    looked_at = _params(rule, "target_reps", "target_rpe", "max_change_percent")
    lift = lift_of(work)
    best = max(work.sets, key=lambda one: _one_rm_kg(one) or 0)
    one_rm_kg = _one_rm_kg(best)
    percent = percent_of_one_rm(rule.target_reps, 10 - rule.target_rpe)
    if work.is_assisted:
        obstacle = "The RPE curve is not made for help"
    elif percent is None:
        obstacle = f"The RPE curve does not reach {_asked(rule)}"
    elif one_rm_kg is None:
        obstacle = "No set has reps, a load, and an RPE of 6 or more (up to 4 reps in reserve)"
    elif state.load_kg is None:
        obstacle = "No working load is known"
    else:
        wanted_kg = one_rm_kg * percent / 100
        is_rounded = _is_rounded(best, state.load_kg, wanted_kg)
        new_kg = state.load_kg if is_rounded else _limited(rule, state.load_kg, wanted_kg)
        after = replace(state, load_kg=new_kg)
        looked_at.update(one_rm_kg=one_rm_kg, percent=percent, wanted_kg=wanted_kg)
        because = f"The best set speaks for a maximum of {kg(one_rm_kg)}"
        share = f"for {_asked(rule)}, {percent:g} % of it are {kg(wanted_kg)}"
        limits = "" if after.load_kg == wanted_kg else ", as far as its limits allow"
        step = f"The load goes from {kg(state.load_kg)} to {kg(after.load_kg or 0)}{limits}."
        if is_rounded:
            step = f"That is {kg(state.load_kg)} as it was loaded, so the load stays."
        elif after == state:
            step = "The load stays."
        reason = f"{because}; {share}. {step}"
        return Verdict(after=after, reason=reason, looked_at=looked_at)
    reason = f"{obstacle}, so {lift.stays(state)}."
    return Verdict(after=state, reason=reason, looked_at=looked_at)


def _one_rm_kg(one: WorkSet) -> float | None:
    reps, reserve = one.done.reps, one.done.rir
    if not reps or reserve is None or one.load_kg is None:
        return None
    # Beyond the end of the curve a set says at least as much as at its end.
    return one_rm_from(one.load_kg, min(reps, MAX_EFFECTIVE_REPS - reserve), reserve)


def _is_rounded(one: WorkSet, load_kg: float, wanted_kg: float) -> bool:
    """Whether the wish lies between the working load and what plates had made of it.

    A session done as it was asked must not change the load by what rounding took or gave.
    """
    lifted_kg = one.working_kg
    is_as_asked = not (one.is_easier_than_asked or one.is_harder_than_asked)
    if lifted_kg is None or not is_as_asked or one.target.load_type not in _OWN_LOADS:
        return False
    between = min(lifted_kg, load_kg) <= wanted_kg <= max(lifted_kg, load_kg)
    return between or isclose(wanted_kg, lifted_kg)


def _limited(rule: Rpe, load_kg: float, wanted_kg: float) -> float | None:
    if isclose(wanted_kg, load_kg):
        return load_kg
    change_kg = load_kg * rule.max_change_percent / 100
    return capped(rule, min(max(wanted_kg, load_kg - change_kg), load_kg + change_kg))


def _asked(rule: Rpe) -> str:
    return f"{count(rule.target_reps, 'rep')} at RPE {rule.target_rpe:g}"


def _stages(rule: Stages, state: TrackState, work: Work) -> Verdict:
    stage = stage_index(rule, state)
    looked_at = {
        **_params(rule, "increment_kg", "restart_percent"),
        "stage": stage,
        "stages": [one.model_dump() for one in rule.stages],
    }
    state = replace(state, stage=stage, sets_target=rule.stages[stage].sets)
    if work.is_hit:
        after, reason = harder(rule, state, lift_of(work), rule.increment_kg, work.as_asked())
    elif stage + 1 < len(rule.stages):
        following = rule.stages[stage + 1]
        after = replace(state, stage=stage + 1, sets_target=following.sets)
        what = f"{count(following.sets, 'set')} of {following.reps}"
        stays = lift_of(work).stays(state)
        reason = f"{work.short()}, so the next stage begins, {what}, and {stays}."
    else:
        anew = replace(state, stage=0, sets_target=rule.stages[0].sets)
        because = f"{work.short()} in the last stage, so the first begins anew"
        off, least_kg = 100 - rule.restart_percent, rule.increment_kg
        after, reason = easier(rule, anew, lift_of(work), off, because, least_kg=least_kg)
    return Verdict(
        after=after, reason=reason, looked_at=looked_at, advances=after.stage != state.stage
    )


def _sets_first(rule: SetsFirst, state: TrackState, work: Work) -> Verdict:
    sets = sets_aim(rule, state)
    looked_at = {**_params(rule, "sets_min", "sets_max", "increment_kg"), "sets_target": sets}
    state = replace(state, sets_target=sets)
    advances = work.is_hit and sets < rule.sets_max
    if advances:
        after = replace(state, sets_target=sets + 1)
        reason = f"{work.as_asked()}, so there is one set more: {sets + 1}."
    elif work.is_hit:
        after, reason = harder(
            rule,
            state,
            lift_of(work),
            rule.increment_kg,
            work.as_asked(),
            sets_target=rule.sets_min,
        )
        reason += f" It begins with {count(after.sets_target or 0, 'set')}."
    else:
        after = state
        reason = f"{work.short()}, so it stays at {count(sets, 'set')}."
    return Verdict(after=after, reason=reason, looked_at=looked_at, advances=advances)


def _variation_ladder(rule: VariationLadder, state: TrackState, work: Work) -> Verdict:
    rung = min(state.rung, len(rule.rungs) - 1)
    aim = reps_aim(rule, state)
    looked_at = {**_params(rule, "reps_min", "reps_max"), "rung": rung, "reps_target": aim}
    state = replace(state, rung=rung, reps_target=aim)
    done = f"{work.every()} reached {count(aim, 'rep')}"
    advances = True
    if not work.is_hit or (work.lowest_reps or 0) < aim:
        after, advances = state, False
        reason = f"Not every set reached {count(aim, 'rep')} as asked, so that stays the aim."
    elif aim < rule.reps_max:
        after = replace(state, reps_target=aim + 1)
        reason = f"{done}, so the aim is {count(aim + 1, 'rep')}."
    elif rung + 1 < len(rule.rungs):
        # The load of one exercise says nothing about the next.
        after = replace(state, rung=rung + 1, reps_target=rule.reps_min, load_kg=None)
        name = rule.rungs[rung + 1].name
        reason = f"{done}, so the next exercise is {name}, with {count(rule.reps_min, 'rep')}."
    else:
        after, advances = state, False
        reason = f"{done}, and there is no harder exercise: it stays like this."
    return Verdict(after=after, reason=reason, looked_at=looked_at, advances=advances)


def _amrap(work: Work, *, at_percent: float = 0) -> WorkSet | None:
    """The heaviest AMRAP set that was planned; the last of equals."""
    sets = [one for one in work.sets if one.target.set_type == "amrap"]
    heavy = [one for one in sets if (one.target.percent or 0) >= at_percent]
    weights = [(one.target.percent or 0, one.target.load_kg or 0) for one in heavy]
    return max(zip(weights, range(len(heavy)), heavy, strict=True))[-1] if heavy else None


def _params(rule: Rule, *names: str) -> dict[str, Any]:
    return rule.model_dump(mode="json", include=set(names))


JUDGES: Final[Mapping[str, Callable[[Any, TrackState, Work], Verdict]]] = {
    "linear": _linear,
    "double": _double,
    "reps_sum": _reps_sum,
    "percent_wave": _percent_wave,
    "training_max_reset": _training_max_reset,
    "rpe": _rpe,
    "amrap_tiers": _amrap_tiers,
    "stages": _stages,
    "sets_first": _sets_first,
    "variation_ladder": _variation_ladder,
}
