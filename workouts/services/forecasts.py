"""What a plan will be for a person: its faults, its volume, its weeks ahead."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, Final, get_args
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F

from users.selectors import today_of
from workouts import selectors
from workouts.models import PlanRun
from workouts.models.run import RunStatus
from workouts.selectors.runs import exercises_of, known_to
from workouts.services import replays
from workouts.services.runs import states_from
from workouts.training.document import Plan, PlannedExercise
from workouts.training.finding import spots_of
from workouts.training.findings import Knowledge, findings
from workouts.training.prescription import Lifter
from workouts.training.rules import SetsFirst, Stages
from workouts.training.simulation import Scenario, simulate
from workouts.training.state import TrackState
from workouts.training.text import schemes_of
from workouts.training.volume import Landmark, against, minutes_of, weekly_sets

Content = Mapping[str, Any]

# What a simulation takes in a second or two; each exercise of a session costs as much as a few
# sets. Six days with six exercises of four sets go on for a year.
MOST_SETS: Final = 24_000
_SETS_OF_AN_EXERCISE: Final = 3


def validation(*, user_id: UUID, plan: Plan, now: datetime) -> dict[str, Any]:
    """What is wrong with a plan for this person, or could be better. A draft needs no ids."""
    ids = exercises_of(plan)
    known = selectors.lifter(user_id=user_id, ids=ids, day=today_of(user_id, now=now))
    with_max = known.lifter.training_max_kg
    found = findings(
        plan,
        known=Knowledge(
            one_rm=known.lifter.one_rm_kg.keys(),
            training_max={
                spot.track for spot in spots_of(plan) if spot.planned.exercise in with_max
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
        weeks.append(
            {
                "cycle_week": week,
                "is_deload": plan.is_deload(week),
                "minutes": minutes,
                "muscles": muscles,
            }
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
    weeks: int | None,
    starts: Sequence[Content],
    now: datetime,
) -> dict[str, Any]:
    """The plan weeks ahead under each scenario; all its weeks, or as many as can be, without any.

    From where the person's open run of this plan stands, if they follow its present version and
    name no other starts; else from its beginning. Raises ValidationError for a track or exercise
    that the plan has not, and for more weeks of a very full plan than an answer takes.
    """
    weeks = _weeks_of(plan, weeks)
    run = None if starts else _open_run(user_id, plan_id)
    today = today_of(user_id, now=now)
    if run is None:
        known = selectors.lifter(user_id=user_id, ids=exercises_of(plan), day=today)
    else:
        known = known_to(run, plan, day=today)
    lifter = _with_maxima(known.lifter, starts)
    states, first = states_from(plan, lifter, starts), 1
    if run is not None:
        first = replays.settle(run).next_number
        states |= {track: TrackState.from_json(one) for track, one in run.state.items()}
    scenarios = {
        scenario: simulate(
            plan=plan,
            weeks=weeks,
            states=states,
            lifter=lifter,
            muscle_shares=known.muscle_shares,
            scenario=scenario,
            first_number=first,
        )
        for scenario in get_args(Scenario)
    }
    return {
        "weeks": weeks,
        "run": None if run is None else run.pk,
        "first_session_number": first,
        **scenarios,
    }


def _weeks_of(plan: Plan, asked: int | None) -> int:
    planned = [one for day in plan.days for one in day.exercises]
    work = sum(_SETS_OF_AN_EXERCISE + _most_sets(one) for one in planned)
    work_of_week = work * plan.days_per_week / max(len(plan.days), 1)
    possible = max(int(MOST_SETS // max(work_of_week, 1)), 1)
    if asked is None:
        return min(plan.duration_weeks, possible)
    if asked > possible:
        message = f"Of a plan as full as this one, at most {possible} weeks can be simulated."
        raise ValidationError({"weeks": ValidationError(message, code="max_value")})
    return asked


def _most_sets(planned: PlannedExercise) -> int:
    """How many sets a session can have of it, whatever its rule makes of them."""
    sets = Counter[int | None]()
    for scheme in schemes_of(planned):
        sets[scheme.week] += scheme.count
    every_week = sets.pop(None, 0)
    most_of_week = max(sets.values(), default=0)
    match planned.progression:
        case SetsFirst() as rule:
            most_of_week = max(most_of_week, rule.sets_max)
        case Stages() as rule:
            most_of_week = max(most_of_week, *(stage.sets for stage in rule.stages))
    return every_week + most_of_week


def _open_run(user_id: UUID, plan_id: UUID) -> PlanRun | None:
    """The person's open run of the plan's present version."""
    rows = PlanRun.objects.select_related("version").filter(user_id=user_id, plan=plan_id)
    present = rows.filter(version__version=F("plan__version"))
    return present.exclude(status=RunStatus.FINISHED).order_by("pk").first()


def _with_maxima(lifter: Lifter, starts: Sequence[Content]) -> Lifter:
    given = {
        one["exercise"]: one["one_rm_kg"] for one in starts if one.get("one_rm_kg") is not None
    }
    return replace(lifter, one_rm_kg={**lifter.one_rm_kg, **given})


_NO_LANDMARK = dict.fromkeys(("mv", "mev", "mav_low", "mav_high", "mrv"))
