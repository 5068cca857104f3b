"""Keeps what the rules made of a run in step with the workouts that were really done."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone as clock

from users.ids import uuid7
from users.ownership import advance_clock
from workouts.models import PlanRun, RuleEvaluation
from workouts.selectors import runs
from workouts.selectors.runs import History
from workouts.training.document import Plan
from workouts.training.replay import Evaluation, replay
from workouts.training.state import TrackState


def settle(run: PlanRun) -> History:
    """Make state and evaluations those of the run's sessions, which it answers.

    Whoever reads them calls this first. Whether anything changed is told by the revisions of the
    workouts, so an edit or deletion counts however it was made, and twice is once. The run is
    replayed from its start: the same sessions give the same state.
    """
    past = runs.history(run)
    if is_settled(run, past):
        return past
    with transaction.atomic():
        revision = advance_clock(run.user_id)
        run.refresh_from_db(fields=["state", "replayed"])
        past = runs.history(run)
        if not is_settled(run, past):
            _replay(run, past, revision)
    return past


def is_settled(run: PlanRun, past: History) -> bool:
    return run.replayed is not None and bytes(run.replayed) == past.fingerprint


def settle_all() -> tuple[int, int]:
    """Settle every run; answers how many there are, and how many were not settled."""
    rows = PlanRun.objects.select_related("version").order_by("pk")
    total = late = 0
    for run in rows.iterator(chunk_size=100):
        total += 1
        late += not is_settled(run, runs.history(run))
        settle(run)
    return total, late


def _replay(run: PlanRun, past: History, revision: int) -> None:
    plan = runs.plan_of(run)
    start = {track: TrackState.from_json(one) for track, one in run.start_state.items()}
    replayed = replay(
        plan=plan, start=start, sessions=runs.sessions(run, past), upcoming=past.next_number
    )
    now = clock.now()
    stored = RuleEvaluation.objects.filter(user_id=run.user_id, run=run)
    stored.remove()
    stored.insert(_rows(run, plan, replayed.evaluations, now))
    run.state = {track: state.as_json() for track, state in replayed.states.items()}
    run.replayed = past.fingerprint
    PlanRun.objects.filter(user_id=run.user_id, pk=run.pk).write(
        state=run.state, replayed=run.replayed, updated_at=now, revision=revision
    )


def _rows(
    run: PlanRun, plan: Plan, evaluations: Sequence[Evaluation], now: datetime
) -> list[RuleEvaluation]:
    names = {one.id: one.name or "" for day in plan.days for one in day.exercises}
    places: Counter[int] = Counter()
    rows = []
    for evaluation in evaluations:
        places[evaluation.session_number] += 1
        place = places[evaluation.session_number]
        name = names[evaluation.planned_exercise_id]
        rows.append(_row(run, evaluation, name=name, place=place, now=now))
    return rows


def _row(
    run: PlanRun, evaluation: Evaluation, *, name: str, place: int, now: datetime
) -> RuleEvaluation:
    decision = evaluation.decision
    return RuleEvaluation(
        id=uuid7(),
        user_id=run.user_id,
        run=run,
        session_number=evaluation.session_number,
        place=place,
        planned_exercise_id=evaluation.planned_exercise_id,
        name=name,
        track=evaluation.track,
        rule=evaluation.rule_kind,
        action=decision.action,
        reason=decision.reason,
        inputs=decision.inputs,
        before=decision.before.as_json(),
        after=decision.after.as_json(),
        evaluated_at=now,
    )
