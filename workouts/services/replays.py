"""Keeps what the rules made of a run in step with the workouts that were really done."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction
from django.utils import timezone as clock

from users.ids import uuid7
from users.ownership import advance_clock
from workouts.models import PlanRun, RuleEvaluation
from workouts.selectors import runs
from workouts.selectors.runs import History
from workouts.training.document import Plan
from workouts.training.replay import Evaluation, replay

# What a decision says; the same one keeps its row.
_SAID = (
    *("session_number", "place", "planned_exercise_id", "name", "track", "rule"),
    *("action", "reason", "inputs", "before", "after"),
)
_MAX_REASON = 500


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
        return settle_at(run, revision)


def settle_at(run: PlanRun, revision: int) -> History:
    """As settle, for a caller who read the run under the clock that they advanced to this."""
    past = runs.history(run)
    if not is_settled(run, past):
        _replay(run, past, revision)
    return past


def settle_after(*, user_id: UUID, run_id: UUID, revision: int | None = None) -> None:
    """Settle the run of a session that its caller stored, changed or deleted.

    So that the change feed tells both at once. ``revision`` is what a caller who holds the clock
    advanced it to.
    """
    run = PlanRun.objects.select_related("version").get(user_id=user_id, pk=run_id)
    if revision is None:
        settle(run)
    else:
        settle_at(run, revision)


def settle_page(page: Sequence[PlanRun]) -> None:
    """Settle these runs of one person: a query for all of them, and more for those that moved."""
    if not page:
        return
    pasts = runs.histories(user_id=page[0].user_id, run_ids=[run.pk for run in page])
    for run in page:
        if not is_settled(run, pasts[run.pk]):
            settle(run)


def is_settled(run: PlanRun, past: History) -> bool:
    return run.replayed is not None and bytes(run.replayed) == past.fingerprint


def settle_all(
    *, dry_run: bool = False, told: Callable[[], object] = lambda: None
) -> tuple[int, int]:
    """Settle every run; answers how many there are, and how many were not settled.

    A dry run only looks. ``told`` hears of each run.
    """
    rows = PlanRun.objects.select_related("version").order_by("pk")
    total = late = 0
    for run in rows.iterator(chunk_size=100):
        total += 1
        if not is_settled(run, runs.history(run)):
            late += 1
            if not dry_run:
                settle(run)
        told()
    return total, late


def _replay(run: PlanRun, past: History, revision: int) -> None:
    plan = runs.plan_of(run)
    replayed = replay(
        plan=plan,
        start=runs.start_of(run).states,
        sessions=runs.sessions(run, past),
        upcoming=past.next_number,
    )
    now = clock.now()
    values: dict[str, Any] = {"replayed": past.fingerprint}
    state = {track: one.as_json() for track, one in replayed.states.items()}
    if _store(run, _rows(run, plan, replayed.evaluations, now)) or state != run.state:
        values |= {"state": state, "updated_at": now, "revision": revision}
    PlanRun.objects.filter(user_id=run.user_id, pk=run.pk).write(**values)
    for name, value in values.items():
        setattr(run, name, value)


def _store(run: PlanRun, rows: Sequence[RuleEvaluation]) -> bool:
    """Make these the run's decisions, and say whether any changed. The same ones stay."""
    stored = RuleEvaluation.objects.filter(user_id=run.user_id, run=run)
    said = {_said(row): row.pk for row in stored}
    new = [row for row in rows if said.pop(_said(row), None) is None]
    if said:
        stored.filter(pk__in=said.values()).remove()
    if new:
        stored.insert(new)
    return bool(said or new)


def _said(row: RuleEvaluation) -> bytes:
    return orjson.dumps([getattr(row, name) for name in _SAID], option=orjson.OPT_SORT_KEYS)


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
        reason=decision.reason[:_MAX_REASON],
        inputs=decision.inputs,
        before=decision.before.as_json(),
        after=decision.after.as_json(),
        evaluated_at=now,
    )
