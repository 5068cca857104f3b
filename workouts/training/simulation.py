"""A plan run forward: what it asks for in the weeks to come if the sets go well, or mostly."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, Literal
from uuid import UUID

from workouts.training.document import Plan, SetType
from workouts.training.prescription import (
    Lifter,
    PrescribedExercise,
    PrescribedSet,
    prescribe,
    starting_states,
)
from workouts.training.progression import Action
from workouts.training.replay import Course, Evaluation, replay
from workouts.training.rules import Rpe, Rule
from workouts.training.state import (
    DoneSet,
    Place,
    Session,
    Target,
    TrackState,
    place_of,
    track_of,
)
from workouts.training.volume import fractional_sets, is_hard

Scenario = Literal["all_sets_hit", "hit_80_percent"]

MAX_WEEKS: Final = 52
# In the scenario that misses, one work set in so many falls short.
_MISS_EVERY: Final = 5
# What remains of a timed set, or of a distance, that falls short; of reps it is one less.
_SHORT: Final = 0.9


@dataclass(frozen=True, kw_only=True)
class SimulatedSet:
    """``reps`` is None where the plan names none."""

    set_type: SetType
    reps: int | None
    load_kg: float | None


@dataclass(frozen=True, kw_only=True)
class SimulatedDecision:
    action: Action
    reason: str


@dataclass(frozen=True, kw_only=True)
class SimulatedExercise:
    """``tonnage_kg`` is None where the load of a set is not known."""

    name: str
    exercise: UUID | None
    track: str
    sets: tuple[SimulatedSet, ...]
    decision: SimulatedDecision | None
    tonnage_kg: float | None


@dataclass(frozen=True, kw_only=True)
class SimulatedSession:
    number: int
    day_number: int
    focus: str
    exercises: tuple[SimulatedExercise, ...]


@dataclass(frozen=True, kw_only=True)
class SimulatedWeek:
    """``tonnage_kg`` is that of the exercises whose loads are known."""

    week: int
    cycle_week: int
    is_deload: bool
    tonnage_kg: float
    sets_per_muscle: Mapping[str, float]
    sessions: tuple[SimulatedSession, ...]


@dataclass(frozen=True, kw_only=True)
class SimulatedDeload:
    """A week that the plan makes easier, or a decision that took load off a track."""

    week: int
    kind: Literal["planned", "reactive"]
    track: str | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class SimulatedRun:
    """``states`` is where the tracks stand after it."""

    weeks: tuple[SimulatedWeek, ...]
    deloads: tuple[SimulatedDeload, ...]
    states: Mapping[str, TrackState]


def simulate(
    *,
    plan: Plan,
    weeks: int,
    states: Mapping[str, TrackState],
    lifter: Lifter,
    muscle_shares: Mapping[UUID, Mapping[str, float]],
    scenario: Scenario,
    first_number: int = 1,
) -> SimulatedRun:
    """Do every session from the one of ``first_number`` to the end of the last of the weeks.

    All sets are done with exactly the fewest reps that are a hit, AMRAP sets too. With
    ``hit_80_percent`` every fifth work set of a track falls one rep short. A run that is longer
    than the plan begins its cycle anew. The exercises of the plan need their ids.

    Raises ValueError unless ``weeks`` is from 1 to 52.
    """
    if not 1 <= weeks <= MAX_WEEKS:
        raise ValueError(f"A simulation takes 1 to {MAX_WEEKS} weeks, not {weeks}.")
    states = {**starting_states(plan=plan, lifter=lifter), **states}
    if plan.days:
        # A cycle whose last session was skipped is judged before the first one here.
        states = replay(plan=plan, start=states, sessions=(), upcoming=first_number).states
    # Nobody sees the plates, and to choose them takes most of the time.
    run = _Run(plan, states, replace(lifter, chooses_plates=False), scenario)
    done = [run.do(place) for place in _places(plan, first_number, weeks)]
    by_week = groupby(done, key=lambda session: session.place.week)
    return SimulatedRun(
        weeks=tuple(_week(list(sessions), muscle_shares) for _, sessions in by_week),
        deloads=tuple(_deloads(plan, done)),
        states=run.course.states,
    )


def _places(plan: Plan, first_number: int, weeks: int) -> Iterator[Place]:
    if not plan.days:
        return
    first_week = place_of(plan, first_number).week
    last_number = (first_week + weeks - 1) * plan.days_per_week
    for number in range(first_number, last_number + 1):
        yield place_of(plan, number)


@dataclass(frozen=True)
class _Did:
    """One exercise of a session, as prescribed and as the simulated lifter did it."""

    prescribed: PrescribedExercise
    sets: tuple[DoneSet, ...]
    tonnage_kg: float | None

    @property
    def hard_sets(self) -> int:
        return sum(is_hard(one.set_type, one.rir) for one in self.sets)


@dataclass(frozen=True)
class _Done:
    place: Place
    did: Sequence[_Did]
    evaluations: Sequence[Evaluation]


class _Run:
    def __init__(
        self, plan: Plan, states: Mapping[str, TrackState], lifter: Lifter, scenario: Scenario
    ) -> None:
        self.plan = plan
        self.lifter = lifter
        self.course = Course(plan, states)
        self._misses = scenario == "hit_80_percent"
        self._work_sets: Counter[str] = Counter()

    def do(self, place: Place) -> _Done:
        prescribed = prescribe(
            plan=self.plan, place=place, states=self.course.states, lifter=self.lifter
        )
        did = [self._do_exercise(exercise) for exercise in prescribed]
        sets = {one.prescribed.planned.id: one.sets for one in did}
        session = Session(
            number=place.number,
            sets={planned: done for planned, done in sets.items() if planned is not None},
        )
        before = len(self.course.evaluations)
        self.course.do(session)
        return _Done(place, did, self.course.evaluations[before:])

    def _do_exercise(self, prescribed: PrescribedExercise) -> _Did:
        track, rule = track_of(prescribed.planned), prescribed.planned.progression
        sets = tuple(
            _done(one.target, rule, misses=self._falls_short(track, one))
            for one in prescribed.sets
        )
        return _Did(prescribed, sets, _tonnage_kg(prescribed, sets, self.lifter))

    def _falls_short(self, track: str, prescribed: PrescribedSet) -> bool:
        if not prescribed.target.is_work:
            return False
        self._work_sets[track] += 1
        return self._misses and self._work_sets[track] % _MISS_EVERY == 0


def _done(target: Target, rule: Rule | None, *, misses: bool) -> DoneSet:
    reserve = target.reserve
    if reserve is None and isinstance(rule, Rpe) and target.is_work:
        reserve = 10 - rule.target_rpe
    # A set that asks for nothing countable takes one rep to be done.
    is_countable = target.reps_min or target.duration_seconds or target.distance_km
    reps = target.reps_min if is_countable else 1
    part = _SHORT if misses else 1
    return DoneSet(
        target=target,
        set_type=target.set_type,
        reps=reps - 1 if misses and reps is not None else reps,
        load_kg=target.load_kg,
        rir=0 if misses and reserve is not None else reserve,
        duration_seconds=target.duration_seconds and int(target.duration_seconds * part),
        distance_km=target.distance_km and target.distance_km * part,
    )


def _tonnage_kg(
    prescribed: PrescribedExercise, sets: Iterable[DoneSet], lifter: Lifter
) -> float | None:
    """Load × reps of work and drop sets, with the share of the body that the exercise moves."""
    share = lifter.bodyweight_share.get(prescribed.exercise) if prescribed.exercise else None
    known = share is not None and lifter.body_weight_kg is not None
    body_kg = (share or 0) * (lifter.body_weight_kg or 0) if known else None
    total = 0.0
    for one in sets:
        if one.set_type == "warm_up" or one.target is None or one.target.reps_min is None:
            continue
        moved_kg = _moved_kg(one.target, body_kg)
        if moved_kg is None:
            return None
        total += moved_kg * (one.reps or 0)
    return round(total, 3)


def _moved_kg(target: Target, body_kg: float | None) -> float | None:
    if target.load_kg is None:
        return None
    if target.load_type == "assisted":
        return None if body_kg is None else max(body_kg - target.load_kg, 0)
    return target.load_kg + (body_kg or 0)


def _week(
    sessions: Sequence[_Done], muscle_shares: Mapping[UUID, Mapping[str, float]]
) -> SimulatedWeek:
    place = sessions[0].place
    did = [one for session in sessions for one in session.did]
    hard_sets = ((one.prescribed.exercise, one.hard_sets) for one in did)
    return SimulatedWeek(
        week=place.week,
        cycle_week=place.cycle_week,
        is_deload=place.is_deload,
        tonnage_kg=round(sum(one.tonnage_kg or 0 for one in did), 3),
        sets_per_muscle=fractional_sets(hard_sets, muscle_shares),
        sessions=tuple(_session(session) for session in sessions),
    )


def _session(done: _Done) -> SimulatedSession:
    # The last decision for an exercise is the one about this session.
    decided: dict[UUID | None, SimulatedDecision] = {
        evaluation.planned_exercise_id: SimulatedDecision(
            action=evaluation.decision.action, reason=evaluation.decision.reason
        )
        for evaluation in done.evaluations
    }
    return SimulatedSession(
        number=done.place.number,
        day_number=done.place.day.day_number,
        focus=done.place.day.focus,
        exercises=tuple(
            SimulatedExercise(
                name=one.prescribed.name,
                exercise=one.prescribed.exercise,
                track=track_of(one.prescribed.planned),
                sets=tuple(_set(done_set) for done_set in one.sets),
                decision=decided.get(one.prescribed.planned.id),
                tonnage_kg=one.tonnage_kg,
            )
            for one in done.did
        ),
    )


def _set(done: DoneSet) -> SimulatedSet:
    is_counted = done.target is not None and done.target.reps_min is not None
    return SimulatedSet(
        set_type=done.set_type, reps=done.reps if is_counted else None, load_kg=done.load_kg
    )


def _deloads(plan: Plan, done: Iterable[_Done]) -> Iterator[SimulatedDeload]:
    by_week: defaultdict[int, list[_Done]] = defaultdict(list)
    for session in done:
        by_week[session.place.week].append(session)
    for week, sessions in by_week.items():
        if plan.deload is not None and plan.is_deload(week):
            load, sets = plan.deload.load_percent, plan.deload.sets_percent
            reason = f"Planned: {load:g} % of the working loads, {sets:g} % of the sets."
            yield SimulatedDeload(week=week, kind="planned", track=None, reason=reason)
        for session in sessions:
            yield from _reactive(session)


def _reactive(session: _Done) -> Iterator[SimulatedDeload]:
    for evaluation in session.evaluations:
        if evaluation.decision.action == "lower":
            yield SimulatedDeload(
                week=session.place.week,
                kind="reactive",
                track=evaluation.track,
                reason=evaluation.decision.reason,
            )
