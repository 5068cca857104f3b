"""A run from its first session on: what the rules of the plan made of all that was done."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple
from uuid import UUID

from workouts.training.document import Plan, PlannedExercise
from workouts.training.progression import Decision, evaluate, initial_state
from workouts.training.rules import PercentWave, Rule
from workouts.training.state import DoneSet, Place, Session, TrackState, place_of, track_of
from workouts.training.text import schemes_of

# Goes up when a rule decides otherwise than before: every run is then replayed.
RULES_VERSION: Final = 1


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What a rule decided in a session.

    A session can have two for the same planned exercise: the first then judges an earlier cycle
    whose last session was skipped.
    """

    session_number: int
    planned_exercise_id: UUID
    track: str
    rule_kind: str
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class Replayed:
    states: dict[str, TrackState]
    evaluations: list[Evaluation]


def replay(
    *,
    plan: Plan,
    start: Mapping[str, TrackState],
    sessions: Sequence[Session],
    upcoming: int | None = None,
) -> Replayed:
    """Fold the rules of the plan over the sessions, in the order of their numbers.

    ``start`` is where the tracks stand before them; a track that is missing there begins as the
    plan says. The states of a replay are the start of one that goes on. Sessions that were
    skipped are not there.

    A cycle is judged in the last session planned for the track in it. Where that one was
    skipped, the first session of a later cycle judges it, before anything else; with
    ``upcoming``, the number of the session to come, so do the states, without an evaluation.
    """
    run = Course(plan, start)
    for session in sorted(sessions, key=lambda session: session.number):
        run.do(session)
    if upcoming is not None:
        run.judge_cycles_before(upcoming)
    return Replayed(states=run.states, evaluations=run.evaluations)


@dataclass(frozen=True)
class _Ruled:
    """A planned exercise that has an id and a rule, and so takes part."""

    planned: PlannedExercise
    id: UUID
    rule: Rule

    @property
    def track(self) -> str:
        return track_of(self.planned)

    def is_due(self, cycle_week: int) -> bool:
        """Whether the plan has work sets of it in that week of the cycle."""
        return any(
            scheme.is_work and scheme.week in {None, cycle_week}
            for scheme in schemes_of(self.planned)
        )


class _Ending(NamedTuple):
    """Where a cycle is judged for a track: with its last exercise in the cycle."""

    number: int
    ruled: _Ruled


class Course:
    """The fold, session by session in their order; ``states`` is where the tracks stand now."""

    def __init__(self, plan: Plan, start: Mapping[str, TrackState]) -> None:
        self.plan = plan
        self.states = {**_beginnings(plan), **start}
        self.evaluations: list[Evaluation] = []
        self._endings: dict[int, dict[str, _Ending]] = {}

    def do(self, session: Session) -> None:
        self.evaluations.extend(self.judge_cycles_before(session.number))
        place = place_of(self.plan, session.number)
        for ruled in _ruled(place.day.exercises):
            sets = session.sets.get(ruled.id, ())
            if sets or ruled.is_due(place.cycle_week):
                self._do_exercise(ruled, place, sets)

    def judge_cycles_before(self, number: int) -> list[Evaluation]:
        """Judge the cycles that are over by then and were not judged in their last session."""
        running = self._cycle(place_of(self.plan, number))
        late = []
        for track, state in self.states.items():
            cycle = state.open_cycle
            ending = self._endings_of(cycle).get(track) if cycle and cycle < running else None
            if ending is not None:
                late.append(_evaluation(number, ending.ruled, self._judge_cycle(ending.ruled)))
        self.states.update((one.track, one.decision.after) for one in late)
        return late

    def _do_exercise(self, ruled: _Ruled, place: Place, sets: Sequence[DoneSet]) -> None:
        state = self.states[ruled.track]
        ends_cycle = self._ends_cycle(ruled, place)
        if place.is_deload:
            decision = self._deload(ruled, sets, ends_cycle=ends_cycle)
        else:
            decision = evaluate(rule=ruled.rule, state=state, sets=sets, cycle_end=ends_cycle)
            if isinstance(ruled.rule, PercentWave) and not ends_cycle:
                decision = _opening(decision, self._cycle(place))
        if decision is not None:
            self.states[ruled.track] = decision.after
            self.evaluations.append(_evaluation(place.number, ruled, decision))

    def _deload(
        self, ruled: _Ruled, sets: Sequence[DoneSet], *, ends_cycle: bool
    ) -> Decision | None:
        """Nothing done in such a week counts; but it can be the week that ends a cycle."""
        state = self.states[ruled.track]
        if ends_cycle and state.open_cycle is not None:
            decision = self._judge_cycle(ruled)
            reason = f"Deload week: what is done in it does not count. {decision.reason}"
            return replace(decision, reason=reason)
        if not any(one.is_done for one in sets):
            return None
        reason = "Deload week: the rule waits, so nothing changes."
        inputs = {"rule": ruled.rule.kind, "deload": True}
        return Decision(action="hold", before=state, after=state, reason=reason, inputs=inputs)

    def _judge_cycle(self, ruled: _Ruled) -> Decision:
        return evaluate(rule=ruled.rule, state=self.states[ruled.track], sets=(), cycle_end=True)

    def _ends_cycle(self, ruled: _Ruled, place: Place) -> bool:
        ending = self._endings_of(self._cycle(place)).get(ruled.track)
        return ending is not None and (ending.number, ending.ruled.id) == (place.number, ruled.id)

    def _endings_of(self, cycle: int) -> dict[str, _Ending]:
        if cycle not in self._endings:
            self._endings[cycle] = _endings(self.plan, cycle)
        return self._endings[cycle]

    def _cycle(self, place: Place) -> int:
        return (place.week - 1) // self.plan.cycle_weeks + 1


def _beginnings(plan: Plan) -> dict[str, TrackState]:
    """The first exercise of a track that has a rule speaks for it, or else the first."""
    leaders: dict[str, PlannedExercise] = {}
    for day in plan.in_order():
        for planned in day.exercises:
            leader = leaders.setdefault(track_of(planned), planned)
            if leader.progression is None and planned.progression is not None:
                leaders[track_of(planned)] = planned
    return {
        track: initial_state(planned.progression, planned) for track, planned in leaders.items()
    }


def _endings(plan: Plan, cycle: int) -> dict[str, _Ending]:
    sessions = plan.cycle_weeks * plan.days_per_week
    endings = {}
    for number in range((cycle - 1) * sessions + 1, cycle * sessions + 1):
        place = place_of(plan, number)
        for ruled in _ruled(place.day.exercises):
            if isinstance(ruled.rule, PercentWave) and ruled.is_due(place.cycle_week):
                endings[ruled.track] = _Ending(number, ruled)
    return endings


def _ruled(exercises: Sequence[PlannedExercise]) -> Iterator[_Ruled]:
    for planned in exercises:
        if planned.id is not None and planned.progression is not None:
            yield _Ruled(planned, planned.id, planned.progression)


def _opening(decision: Decision, cycle: int) -> Decision:
    if decision.action == "hold":
        return decision
    return replace(decision, after=replace(decision.after, open_cycle=cycle))


def _evaluation(number: int, ruled: _Ruled, decision: Decision) -> Evaluation:
    return Evaluation(
        session_number=number,
        planned_exercise_id=ruled.id,
        track=ruled.track,
        rule_kind=ruled.rule.kind,
        decision=decision,
    )
