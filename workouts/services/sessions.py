"""A workout as a session of a run: which one it is, and what the plan asks of each set."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from users.errors import Conflict
from users.localtime import reading_of
from workouts.models import PlanRun
from workouts.models.run import RunStatus
from workouts.selectors import runs
from workouts.selectors.runs import Upcoming
from workouts.services import replays
from workouts.training.prescription import PrescribedExercise, PrescribedSet

Content = Mapping[str, Any]


class RunIsOver(Conflict):
    def __init__(self) -> None:
        super().__init__("This run of the plan is over.", code="run_finished")


class SessionTaken(Conflict):
    def __init__(self) -> None:
        message = "This session of the plan is done or skipped already."
        super().__init__(message, code="session_taken")


def targets_for(*, user_id: UUID, content: Content) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The content of a workout as a session of its run, and its sets with what was asked of each.

    For a caller who advanced the clock. Raises ValidationError for a run that is not the
    person's, RunIsOver and SessionTaken.
    """
    run = PlanRun.objects.filter(user_id=user_id, pk=content["plan_run_id"]).first()
    if run is None:
        message = "There is no such run."
        raise ValidationError({"plan_run_id": ValidationError(message, code="does_not_exist")})
    upcoming = open_session(run, day=_day_of(content), number=content.get("session_number"))
    linked = {
        **content,
        "session_number": upcoming.place.number,
        "workout_plan_id": run.plan_id,
    }
    return linked, with_targets(upcoming.exercises, content.get("sets", []))


def open_session(run: PlanRun, *, day: date, number: int | None = None) -> Upcoming:
    """The given session of a run, or the next one, that is neither done nor skipped.

    Raises RunIsOver beyond the last one, and SessionTaken.
    """
    if run.status == RunStatus.FINISHED:
        raise RunIsOver
    past = replays.settle(run)
    if number in past.taken or (past.running is not None and number is None):
        raise SessionTaken
    upcoming = runs.upcoming(run, past, day=day, number=number)
    if upcoming is None:
        raise RunIsOver
    return upcoming


def prescribed_sets(exercises: Sequence[PrescribedExercise]) -> list[dict[str, Any]]:
    """The sets of a session before it is done: loads filled in, repetitions not."""
    return [
        {
            "exercise": one.exercise,
            "planned_exercise_id": one.planned.id,
            "superset": one.planned.superset,
            "set_type": asked.target.set_type,
            "weight": asked.target.load_kg,
            "rest_seconds": asked.target.rest_seconds,
            "tempo": asked.target.tempo,
            "target": asdict(asked.target),
            **_load_type(asked.target.load_type),
        }
        for one in exercises
        # Without an exercise of the catalogue there is nothing to log sets of.
        if one.exercise is not None
        for asked in one.sets
    ]


def with_targets(
    exercises: Sequence[PrescribedExercise], sets: Sequence[Content]
) -> list[dict[str, Any]]:
    """The logged sets, each beside the set that was asked for.

    A set belongs to the planned exercise that it names, or else to the first of the session with
    its exercise; there the nth set of a kind (warm-up or not) meets the nth that was asked for.
    What was asked for and not done follows as empty sets.
    """
    planned = {one.planned.id: one for one in exercises}
    by_exercise = {one.exercise: one for one in reversed(exercises)}
    open_sets = {
        (one.planned.id, warm): [
            asked for asked in one.sets if (asked.target.set_type == "warm_up") is warm
        ]
        for one in exercises
        for warm in (True, False)
    }
    met: dict[tuple[UUID | None, bool], int] = defaultdict(int)
    linked = []
    for given in sets:
        one = planned.get(given.get("planned_exercise_id")) or by_exercise.get(given["exercise"])
        row = {**given, "planned_exercise_id": one.planned.id if one else None}
        if one is not None:
            kind = (one.planned.id, given.get("set_type") == "warm_up")
            asked = _nth(open_sets[kind], met[kind])
            met[kind] += 1
            row["target"] = asdict(asked.target) if asked else None
        linked.append(row)
    left_out = [
        {**asked, "weight": None}
        for one in exercises
        for warm in (True, False)
        for asked in prescribed_sets([_rest(one, open_sets[one.planned.id, warm], met, warm=warm)])
    ]
    return [*linked, *left_out]


def _rest(
    one: PrescribedExercise,
    asked: Sequence[PrescribedSet],
    met: Mapping[tuple[UUID | None, bool], int],
    *,
    warm: bool,
) -> PrescribedExercise:
    return replace(one, sets=tuple(asked[met[one.planned.id, warm] :]))


def _day_of(content: Content) -> date:
    if content.get("started_at") is None:
        day: date = content["date"]
        return day
    return reading_of(content["started_at"], content["timezone"]).date()


def _nth(asked: Sequence[PrescribedSet], place: int) -> PrescribedSet | None:
    return asked[place] if place < len(asked) else None


def _load_type(load_type: str) -> dict[str, str]:
    return {"load_type": load_type} if load_type in {"bodyweight", "assisted"} else {}
