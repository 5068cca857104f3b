"""What a plan will be for a person: its faults, its volume, its weeks ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from users.selectors import today_of
from workouts import selectors
from workouts.models import PlanRun
from workouts.models.run import RunStatus
from workouts.selectors.runs import exercises_of
from workouts.services import replays
from workouts.services.runs import states_from
from workouts.training.document import Plan
from workouts.training.findings import Knowledge, findings
from workouts.training.simulation import Scenario, simulate
from workouts.training.state import TrackState, track_of
from workouts.training.volume import Landmark, against, minutes_of, weekly_sets

Content = Mapping[str, Any]


def validation(*, user_id: UUID, plan: Plan, now: datetime) -> dict[str, Any]:
    """What is wrong with a plan for this person, or could be better."""
    ids = exercises_of(plan)
    known = selectors.lifter(user_id=user_id, ids=ids, day=today_of(user_id, now=now))
    with_max = known.lifter.training_max_kg
    found = findings(
        plan,
        known=Knowledge(
            one_rm=known.lifter.one_rm_kg.keys(),
            training_max={
                track_of(one)
                for day in plan.days
                for one in day.exercises
                if one.exercise in with_max
            },
            equipment=known.lifter.equipment,
            available=known.available,
            muscle_shares=known.muscle_shares,
            landmarks=selectors.landmarks(),
        ),
    )
    return {
        "is_valid": not any(finding.severity == "error" for finding in found),
        "findings": found,
    }


def volume(*, plan: Plan) -> dict[str, Any]:
    """Fractional sets per muscle in each week of the cycle, against the landmarks."""
    facts = selectors.exercise_facts(ids=exercises_of(plan))
    shares = {one.id: one.muscles for one in facts.values()}
    marks = selectors.landmarks()
    weeks = []
    direct = weekly_sets(plan, {pk: _direct(one) for pk, one in shares.items()})
    for week, sets in weekly_sets(plan, shares).items():
        muscles = [
            _muscle(
                muscle, sets.get(muscle, 0.0), direct[week].get(muscle, 0.0), marks.get(muscle)
            )
            for muscle in sorted({*sets, *marks})
        ]
        minutes = [minutes_of(plan, day, week) for day in plan.in_order()]
        is_deload = plan.deload is not None and week in plan.deload.weeks
        weeks.append(
            {"cycle_week": week, "is_deload": is_deload, "minutes": minutes, "muscles": muscles}
        )
    return {"weeks": weeks}


def _direct(shares: Mapping[str, float]) -> dict[str, float]:
    return {muscle: share for muscle, share in shares.items() if share >= 1}


def _muscle(
    muscle: str, sets: float, direct_sets: float, landmark: Landmark | None
) -> dict[str, Any]:
    level = None
    if landmark is not None:
        # A muscle that grows without sets of its own has landmarks of direct sets alone.
        level = against(sets if landmark.mev else direct_sets, landmark)
    marks = _NO_LANDMARK if landmark is None else asdict(landmark)
    return {"muscle": muscle, "sets": sets, "direct_sets": direct_sets, "level": level, **marks}


def simulation(
    *,
    user_id: UUID,
    plan_id: UUID,
    plan: Plan,
    weeks: int,
    starts: Sequence[Content],
    now: datetime,
) -> dict[str, Any]:
    """The plan weeks ahead under each scenario.

    From where the person's open run of this plan stands, if they follow its present version and
    name no other starts; else from its beginning.
    """
    today = today_of(user_id, now=now)
    known = selectors.lifter(user_id=user_id, ids=exercises_of(plan), day=today)
    states, first = states_from(plan, known.lifter, starts), 1
    if not starts:
        states, first = _of_run(user_id, plan_id, states)
    scenarios = {
        scenario: simulate(
            plan=plan,
            weeks=weeks,
            states=states,
            lifter=known.lifter,
            muscle_shares=known.muscle_shares,
            scenario=scenario,
            first_number=first,
        )
        for scenario in get_args(Scenario)
    }
    return {"weeks": weeks, **scenarios}


def _of_run(
    user_id: UUID, plan_id: UUID, states: dict[str, TrackState]
) -> tuple[dict[str, TrackState], int]:
    rows = PlanRun.objects.select_related("version", "plan").filter(user_id=user_id, plan=plan_id)
    run = rows.exclude(status=RunStatus.FINISHED).first()
    if run is None or run.version.version != run.plan.version:
        return states, 1
    past = replays.settle(run)
    reached = {track: TrackState.from_json(one) for track, one in run.state.items()}
    return {**states, **reached}, past.next_number


_NO_LANDMARK = dict.fromkeys(("mv", "mev", "mav_low", "mav_high", "mrv"))
