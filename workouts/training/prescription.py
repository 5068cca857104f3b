"""What a session asks for: every single set, with a load that the person can make, and why."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Final
from uuid import UUID

from workouts.training.curve import percent_of_one_rm
from workouts.training.document import LoadType, Plan, PlannedExercise, SetScheme
from workouts.training.loads import Inventory, Loaded, added, helped, loadable
from workouts.training.progression import initial_state, shape
from workouts.training.progression_work import kg
from workouts.training.rules import PercentWave, TrainingMaxReset, VariationLadder
from workouts.training.state import Place, Target, TrackState, track_of
from workouts.training.text import schemes_of

_ALL: Final = 100.0
# Loads nearer than this read the same.
_SHOWN_KG: Final = 0.005


@dataclass(frozen=True, kw_only=True)
class Lifter:
    """The person as far as loads go; exercises are named by their ids.

    ``bodyweight_share`` is the part of the body that an exercise moves, 1 being all of it. The
    one-repetition maximum of such an exercise is that of body and belt; a training max and a
    working load are what the belt shows. A training max that is not given follows from the
    one-repetition maximum, by the rule. Plates are named only where the lifter
    ``chooses_plates``.
    """

    inventory: Inventory
    one_rm_kg: Mapping[UUID, float] = field(default_factory=dict)
    training_max_kg: Mapping[UUID, float] = field(default_factory=dict)
    equipment: Mapping[UUID, tuple[str, ...]] = field(default_factory=dict)
    body_weight_kg: float | None = None
    bodyweight_share: Mapping[UUID, float] = field(default_factory=dict)
    chooses_plates: bool = True

    def body_kg(self, exercise: UUID | None) -> float | None:
        """What of the body the exercise moves: 0 for an external load, None where unknown."""
        if exercise is None or exercise not in self.bodyweight_share:
            return 0.0
        if self.body_weight_kg is None:
            return None
        return self.body_weight_kg * self.bodyweight_share[exercise]


@dataclass(frozen=True, kw_only=True)
class PrescribedSet:
    """``why`` says where the load comes from, or what is missing for one."""

    scheme_id: UUID | None
    target: Target
    plates_kg: tuple[float, ...] | None
    why: str


@dataclass(frozen=True, kw_only=True)
class PrescribedExercise:
    """An exercise of the session; ``exercise`` and ``name`` are those of the current rung.

    ``name`` is empty where the plan names only an exercise by its id.
    """

    planned: PlannedExercise
    exercise: UUID | None
    name: str
    sets: tuple[PrescribedSet, ...]


def prescribe(
    *, plan: Plan, place: Place, states: Mapping[str, TrackState], lifter: Lifter
) -> list[PrescribedExercise]:
    """What the session at ``place`` asks for; a track without a state stands at its start."""
    if any(track_of(planned) not in states for planned in place.day.exercises):
        states = {**starting_states(plan=plan, lifter=lifter), **states}
    return [
        _prescribed(plan, place, planned, states[track_of(planned)], lifter)
        for planned in place.day.exercises
    ]


def starting_states(*, plan: Plan, lifter: Lifter) -> dict[str, TrackState]:
    """Where each track begins, as far as the plan and the person's maxima say.

    The first exercise of a track that has a rule speaks for it, or else the first; where it
    names no load, that of another one of the track counts.
    """
    members: dict[str, list[PlannedExercise]] = {}
    for day in plan.in_order():
        for planned in day.exercises:
            members.setdefault(track_of(planned), []).append(planned)
    return {track: _start(planned, lifter) for track, planned in members.items()}


def schemes_in(
    *, plan: Plan, planned: PlannedExercise, cycle_week: int, state: TrackState
) -> list[SetScheme]:
    """The set schemes of one week of the cycle, as its rule shapes them and a deload cuts them."""
    schemes = schemes_of(planned)
    due = [scheme for scheme in schemes if scheme.week in {None, cycle_week}]
    shaped = shape(planned.progression, state, due)
    deload = plan.deload
    if deload is None or cycle_week not in deload.weeks:
        return shaped
    # A plan that writes down this very week has made it as easy as it shall be.
    if any(scheme.week == cycle_week for scheme in schemes):
        return shaped
    return [_fewer(scheme, deload.sets_percent) for scheme in shaped]


def now_done(planned: PlannedExercise, state: TrackState) -> tuple[UUID | None, str]:
    """The exercise that is done, and its name: of a ladder, its current rung."""
    rule = planned.progression
    if not isinstance(rule, VariationLadder):
        return planned.exercise, planned.name or ""
    rung = rule.rungs[min(state.rung, len(rule.rungs) - 1)]
    return rung.exercise, rung.name


def _fewer(scheme: SetScheme, sets_percent: float) -> SetScheme:
    if not scheme.is_work:
        return scheme
    # Floats can make a seventh of seven sets a hair more than one.
    count = max(1, ceil(round(scheme.count * sets_percent / _ALL, 6)))
    return scheme.model_copy(update={"count": count})


def _prescribed(
    plan: Plan, place: Place, planned: PlannedExercise, state: TrackState, lifter: Lifter
) -> PrescribedExercise:
    schemes = schemes_in(plan=plan, planned=planned, cycle_week=place.cycle_week, state=state)
    exercise, name = now_done(planned, state)
    eased = plan.deload.load_percent if plan.deload and place.is_deload else _ALL
    loads = _Loads(
        planned=planned, exercise=exercise, state=state, lifter=lifter, eased_percent=eased
    )
    return PrescribedExercise(
        planned=planned, exercise=exercise, name=name, sets=tuple(loads.sets(schemes))
    )


def _start(members: Sequence[PlannedExercise], lifter: Lifter) -> TrackState:
    leader = next((planned for planned in members if planned.progression), members[0])
    loads = (_start_load_kg(planned, lifter) for planned in (leader, *members))
    load_kg = next((load for load in loads if load is not None), None)
    rule = leader.progression
    state = initial_state(rule, leader.model_copy(update={"start_load_kg": load_kg}))
    return replace(state, training_max_kg=_start_training_max_kg(leader, lifter))


def _start_training_max_kg(planned: PlannedExercise, lifter: Lifter) -> float | None:
    rule, one_rm_kg = planned.progression, _one_rm_kg(planned, lifter)
    if planned.exercise is not None and planned.exercise in lifter.training_max_kg:
        return lifter.training_max_kg[planned.exercise]
    body_kg = lifter.body_kg(planned.exercise)
    if not isinstance(rule, PercentWave | TrainingMaxReset) or None in {one_rm_kg, body_kg}:
        return None
    assert one_rm_kg is not None
    assert body_kg is not None
    return max(0.0, one_rm_kg - body_kg) * rule.training_max_percent / _ALL


def _start_load_kg(planned: PlannedExercise, lifter: Lifter) -> float | None:
    one_rm_kg = _one_rm_kg(planned, lifter)
    if planned.start_load_kg is not None:
        return planned.start_load_kg
    body_kg = lifter.body_kg(planned.exercise)
    if planned.start_percent_1rm is None or one_rm_kg is None or body_kg is None:
        return None
    return max(0.0, one_rm_kg * planned.start_percent_1rm / _ALL - body_kg)


def _one_rm_kg(planned: PlannedExercise, lifter: Lifter) -> float | None:
    return None if planned.exercise is None else lifter.one_rm_kg.get(planned.exercise)


@dataclass(frozen=True)
class _Wish:
    """A load before it is rounded to what can be made, with its reason; or what is missing."""

    load_kg: float | None
    why: str
    percent: float | None = None


@dataclass(frozen=True)
class _Before:
    """Loads of the same exercise and session that a set may refer to."""

    first_kg: float | None = None
    previous_kg: float | None = None


@dataclass(frozen=True, kw_only=True)
class _Loads:
    """The loads of one exercise in one session."""

    planned: PlannedExercise
    exercise: UUID | None
    state: TrackState
    lifter: Lifter
    eased_percent: float

    def sets(self, schemes: Sequence[SetScheme]) -> Iterator[PrescribedSet]:
        before = _Before(self._first_kg(schemes))
        for scheme in schemes:
            for prescribed in self._equal_sets(scheme, before):
                before = replace(before, previous_kg=prescribed.target.load_kg)
                yield prescribed

    def _equal_sets(self, scheme: SetScheme, before: _Before) -> Iterator[PrescribedSet]:
        prescribed = self._set(scheme, before)
        yield prescribed
        for _ in range(scheme.count - 1):
            if scheme.load_type == "percent_of_previous":
                before = replace(before, previous_kg=prescribed.target.load_kg)
                prescribed = self._set(scheme, before)
            yield prescribed

    def _first_kg(self, schemes: Sequence[SetScheme]) -> float | None:
        """The load of the first work set, which warm-ups refer to before it is done."""
        before = _Before()
        for scheme in schemes:
            for prescribed in self._equal_sets(scheme, before):
                if scheme.is_work:
                    return prescribed.target.load_kg
                before = replace(before, previous_kg=prescribed.target.load_kg)
        return None

    def _set(self, scheme: SetScheme, before: _Before) -> PrescribedSet:
        wish = _WISHES[scheme.load_type](self, scheme, before)
        loaded = None if wish.load_kg is None else self._loaded(scheme, wish.load_kg)
        return PrescribedSet(
            scheme_id=scheme.id,
            target=self._target(scheme, wish, loaded),
            plates_kg=None if loaded is None else loaded.plates_kg,
            why=_in_words(wish, loaded),
        )

    def _target(self, scheme: SetScheme, wish: _Wish, loaded: Loaded | None) -> Target:
        rest_seconds = scheme.rest_seconds
        return Target(
            set_type=scheme.set_type,
            reps_min=scheme.reps_min,
            reps_max=scheme.reps_max,
            load_kg=None if loaded is None else loaded.load_kg,
            load_type=scheme.load_type,
            exact_kg=None if loaded is None else wish.load_kg,
            percent=wish.percent,
            rpe=scheme.rpe,
            rir=scheme.rir,
            duration_seconds=scheme.duration_seconds,
            distance_km=scheme.distance_km,
            rest_seconds=self.planned.rest_seconds if rest_seconds is None else rest_seconds,
            tempo=scheme.tempo or self.planned.tempo,
        )

    def _loaded(self, scheme: SetScheme, load_kg: float) -> Loaded:
        inventory, plates = self.lifter.inventory, self.lifter.chooses_plates
        if scheme.load_type == "bodyweight":
            return added(inventory, load_kg, plates=plates)
        if scheme.load_type == "assisted":
            return helped(inventory, load_kg)
        equipment = self.lifter.equipment.get(self.exercise, ()) if self.exercise else ()
        return loadable(inventory, equipment, load_kg, plates=plates)

    @property
    def one_rm_kg(self) -> float | None:
        return None if self.exercise is None else self.lifter.one_rm_kg.get(self.exercise)

    def without_body(self, wish: _Wish) -> _Wish:
        """What the belt shall show where a maximum is that of the body and the belt."""
        body_kg = self.lifter.body_kg(self.exercise)
        if wish.load_kg is None or body_kg == 0:
            return wish
        if body_kg is None:
            return _Wish(None, "your body weight is not known yet, so choose the load")
        less = f"{wish.why}, less {kg(body_kg)} of the body"
        return replace(wish, load_kg=max(0.0, wish.load_kg - body_kg), why=less)


def _in_words(wish: _Wish, loaded: Loaded | None) -> str:
    if wish.load_kg is None or loaded is None:
        return wish.why
    if abs(loaded.load_kg - wish.load_kg) < _SHOWN_KG:
        return wish.why
    return f"{wish.why}, loaded as {kg(loaded.load_kg)}"


def _share_of(base_kg: float | None, share: float, what: str) -> _Wish:
    if base_kg is None:
        return _Wish(None, f"{what} is not known yet, so choose the load", share)
    load_kg = base_kg * share / _ALL
    return _Wish(load_kg, f"{share:.4g} % of {what} {kg(base_kg)} = {kg(load_kg)}", share)


def _working(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    base_kg, eased = loads.state.load_kg, loads.eased_percent
    if base_kg is None and scheme.reps_min is None:
        return _Wish(None, "without a load, unless you choose one")
    if scheme.load_value is None and eased == _ALL and base_kg is not None:
        return _Wish(base_kg, f"working load {kg(base_kg)}")
    share = (scheme.load_value or _ALL) * eased / _ALL
    wish = _share_of(base_kg, share, "your working load")
    if eased == _ALL or base_kg is None:
        return wish
    return replace(wish, why=f"{wish.why}, as this week is an easy one")


def _absolute(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    load_kg = scheme.load_value or 0.0
    return _Wish(load_kg, f"{kg(load_kg)} as planned")


def _percent_of_one_rm(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    return loads.without_body(_share_of(loads.one_rm_kg, scheme.load_value or _ALL, _ONE_RM))


def _percent_of_training_max(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    training_max_kg = loads.state.training_max_kg
    return _share_of(training_max_kg, scheme.load_value or _ALL, "your training max")


def _percent_of_first(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    return _share_of(before.first_kg, scheme.load_value or _ALL, "the load of the first work set")


def _percent_of_previous(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    return _share_of(before.previous_kg, scheme.load_value or _ALL, "the load of the set before")


def _rep_max(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    reps = scheme.load_value or 1.0
    return _by_curve(loads, reps, 0, f"heaviest load for {reps:g} reps")


def _by_effort(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    if scheme.reps_min is None or scheme.reserve is None:
        return _Wish(None, "without reps nothing says how heavy this is, so choose the load")
    effort = f"RPE {scheme.rpe:g}" if scheme.rir is None else f"{scheme.rir:g} in reserve"
    reps = f"{scheme.reps_min} rep{'s' if scheme.reps_min > 1 else ''}"
    return _by_curve(loads, scheme.reps_min, scheme.reserve, f"{reps} with {effort}")


def _by_curve(loads: _Loads, reps: float, reserve: float, what: str) -> _Wish:
    share = percent_of_one_rm(reps, reserve)
    if share is None:
        return _Wish(None, f"the RPE curve does not know {what}, so choose the load")
    wish = _share_of(loads.one_rm_kg, share, _ONE_RM)
    if wish.load_kg is None:
        return replace(wish, percent=None)
    return loads.without_body(_Wish(wish.load_kg, f"{what}: {wish.why}"))


def _bodyweight(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    if scheme.load_value is not None:
        load_kg = scheme.load_value
    else:
        load_kg = (loads.state.load_kg or 0.0) * loads.eased_percent / _ALL
    return _Wish(load_kg, f"body weight and {kg(load_kg)}" if load_kg else "body weight")


def _assisted(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    """The help that the rule left; without a rule, and in warm-ups, what the plan says.

    An easy week does not touch it: less help would be harder.
    """
    moves = loads.planned.progression is not None and scheme.is_work
    moved_kg = loads.state.load_kg if moves else None
    load_kg = (scheme.load_value or 0.0) if moved_kg is None else moved_kg
    return _Wish(load_kg, f"body weight with {kg(load_kg)} of help")


def _open(loads: _Loads, scheme: SetScheme, before: _Before) -> _Wish:
    return _Wish(None, "you choose the load")


_ONE_RM: Final = "your one-repetition maximum"
_WISHES: Final[Mapping[LoadType, Callable[[_Loads, SetScheme, _Before], _Wish]]] = {
    "working": _working,
    "absolute": _absolute,
    "percent_1rm": _percent_of_one_rm,
    "percent_tm": _percent_of_training_max,
    "percent_of_first": _percent_of_first,
    "percent_of_previous": _percent_of_previous,
    "rep_max": _rep_max,
    "rpe": _by_effort,
    "rir": _by_effort,
    "bodyweight": _bodyweight,
    "assisted": _assisted,
    "open": _open,
}
