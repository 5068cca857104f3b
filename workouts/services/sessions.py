"""A workout as a session of a run: which one it is, and what the plan asks of each set."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from users.errors import Conflict
from users.localtime import reading_of
from workouts.models import PlanRun, Workout, WorkoutSet
from workouts.models.run import RunStatus
from workouts.models.workout import MAX_SETS
from workouts.selectors import runs
from workouts.selectors.runs import Upcoming
from workouts.services import replays
from workouts.training.prescription import PrescribedExercise
from workouts.training.state import last_number

Content = Mapping[str, Any]


class RunIsOver(Conflict):
    def __init__(self) -> None:
        super().__init__("This run of the plan is over.", code="run_finished")


class SessionTaken(Conflict):
    def __init__(self) -> None:
        message = "This session of the plan was begun, done or skipped already."
        super().__init__(message, code="session_taken")


def targets_for(*, user_id: UUID, content: Content) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The content of a workout as a session of its run, and its sets with what was asked of each.

    For a caller who advanced the clock. Raises ValidationError for a run that is not the
    person's or has no such session, RunIsOver and SessionTaken.
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
    return linked, with_targets(_asked_by(upcoming.exercises), content.get("sets", []))


def targets_again(*, workout: Workout, sets: Sequence[Content]) -> list[dict[str, Any]]:
    """Sets that take the place of a session's, each beside what was asked for when it began.

    A set that keeps its id keeps its target; the others meet what is left, as when a session is
    logged, and what nobody meets stays there as an empty set.
    """
    stored = WorkoutSet.objects.filter(user_id=workout.user_id, workout=workout).in_order()
    names = ("pk", "exercise", "planned_exercise_id", "superset", "load_type", "target")
    rows = {row["pk"]: row for row in stored.values(*names)}
    kept = rows.keys() & {given["id"] for given in sets if "id" in given}
    asked = [_asked_again(row) for row in rows.values() if row["target"] and row["pk"] not in kept]
    stays = {
        pk: {name: rows[pk][name] for name in ("planned_exercise_id", "target")} for pk in kept
    }
    return with_targets(asked, sets, stays=stays)


def open_session(run: PlanRun, *, day: date, number: int | None = None) -> Upcoming:
    """The given session of a run, or the next one, that is neither done nor skipped.

    Raises RunIsOver beyond the last one, SessionTaken, and ValidationError for a number that the
    plan has not.
    """
    if run.status == RunStatus.FINISHED:
        raise RunIsOver
    past = replays.settle(run)
    if number in past.taken or (past.running is not None and number is None):
        raise SessionTaken
    upcoming = runs.upcoming(run, past, day=day, number=number)
    if upcoming is None and number is not None:
        message = f"The plan has {last_number(runs.plan_of(run))} sessions."
        raise ValidationError({"session_number": ValidationError(message, code="out_of_range")})
    if upcoming is None:
        raise RunIsOver
    return upcoming


def prescribed_sets(exercises: Sequence[PrescribedExercise]) -> list[dict[str, Any]]:
    """The sets of a session before it is done: loads filled in, repetitions not."""
    return [
        {**asked, "weight": asked["target"]["load_kg"]}
        for asked in _asked_by(exercises)
        # Without an exercise of the catalogue there is nothing to log sets of.
        if asked["exercise"] is not None
    ]


def with_targets(
    asked: Sequence[Content], sets: Sequence[Content], *, stays: Mapping[UUID, Content] = {}
) -> list[dict[str, Any]]:
    """The logged sets, each beside the set that was asked for.

    A set belongs to the planned exercise that it names, or else to the first with its exercise
    that still asks for a set of its kind (a warm-up or not); there it meets the next one that was
    asked for. What was asked for and not done follows as empty sets. ``stays`` are the links of
    sets, by id, that keep theirs.
    """
    still = _Asked(asked)
    linked = [
        {**given, **stays[given["id"]]} if given.get("id") in stays else still.met_by(given)
        for given in sets
    ]
    left_out = [row for row in still.left() if row["exercise"] is not None]
    return [*linked, *left_out[: max(MAX_SETS - len(linked), 0)]]


class _Asked:
    """The sets that a session asks for, until they are met."""

    def __init__(self, rows: Sequence[Content]) -> None:
        self._rows = rows
        self._open: dict[tuple[UUID, bool], deque[Content]] = defaultdict(deque)
        self._by_exercise: dict[UUID | None, list[UUID]] = defaultdict(list)
        self._planned: set[UUID] = set()
        for row in rows:
            planned = row["planned_exercise_id"]
            self._open[planned, _is_warm_up(row["target"])].append(row)
            self._planned.add(planned)
            if planned not in self._by_exercise[row["exercise"]]:
                self._by_exercise[row["exercise"]].append(planned)

    def met_by(self, given: Content) -> dict[str, Any]:
        planned = self._planned_for(given)
        waiting = None if planned is None else self._open[planned, _is_warm_up(given)]
        target = waiting.popleft()["target"] if waiting else None
        return {**given, "planned_exercise_id": planned, "target": target}

    def left(self) -> Iterator[dict[str, Any]]:
        """In the order in which they were asked for."""
        waiting = {id(row) for rows in self._open.values() for row in rows}
        return ({**row} for row in self._rows if id(row) in waiting)

    def _planned_for(self, given: Content) -> UUID | None:
        named: UUID | None = given.get("planned_exercise_id")
        if named in self._planned:
            return named
        fitting = self._by_exercise.get(given["exercise"], [])
        waiting = (one for one in fitting if self._open[one, _is_warm_up(given)])
        return next(waiting, fitting[0] if fitting else None)


def _asked_by(exercises: Sequence[PrescribedExercise]) -> list[dict[str, Any]]:
    """The sets that a session asks for, as empty ones."""
    return [
        {
            "exercise": one.exercise,
            "planned_exercise_id": one.planned.id,
            "superset": one.planned.superset,
            **_from_target(asdict(asked.target)),
            **_load_type(asked.target.load_type),
        }
        for one in exercises
        for asked in one.sets
    ]


def _asked_again(stored: Content) -> dict[str, Any]:
    """A stored set as it was before it was done."""
    names = ("exercise", "planned_exercise_id", "superset", "load_type")
    kept = {name: stored[name] for name in names}
    return {"id": stored["pk"], **kept, **_from_target(stored["target"])}


def _from_target(target: Content) -> dict[str, Any]:
    return {
        "set_type": target["set_type"],
        "rest_seconds": target["rest_seconds"],
        "tempo": target["tempo"],
        "target": target,
    }


def _load_type(load_type: str) -> dict[str, str]:
    return {"load_type": load_type} if load_type in {"bodyweight", "assisted"} else {}


def _is_warm_up(one: Content) -> bool:
    return one.get("set_type") == "warm_up"


def _day_of(content: Content) -> date:
    if content.get("started_at") is None:
        day: date = content["date"]
        return day
    return reading_of(content["started_at"], content["timezone"]).date()
