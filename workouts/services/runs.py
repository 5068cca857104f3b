"""Following a plan: start, train, skip, pause, go on, finish."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock

from users.errors import Conflict
from users.ownership import advance_clock
from users.selectors import today_of
from users.services.creation import create_once
from workouts import selectors
from workouts.models import (
    Gym,
    PlanPause,
    PlanRun,
    PlanVersion,
    SkippedSession,
    Workout,
    WorkoutPlan,
)
from workouts.models.run import RunStatus
from workouts.selectors.runs import Start, exercises_of
from workouts.services import replays
from workouts.services.sessions import RunIsOver, open_session, prescribed_sets
from workouts.services.workouts import insert_sets, start_workout
from workouts.training.document import Plan
from workouts.training.prescription import Lifter, starting_states
from workouts.training.state import TrackState, track_of

Content = Mapping[str, Any]


class RunPaused(Conflict):
    def __init__(self) -> None:
        super().__init__("This run is paused. Resume it first.", code="run_paused")


class NotPaused(Conflict):
    def __init__(self) -> None:
        super().__init__("This run is not paused.", code="not_paused")


class NothingToFollow(Conflict):
    def __init__(self) -> None:
        super().__init__("A plan without an exercise cannot be followed.", code="empty_plan")


def start_run(
    *,
    user_id: UUID,
    content: Content,
    now: datetime,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """Begin to follow a plan of the person's own, as it is now; the run's id, and whether new.

    ``starts`` in the content say where a track or an exercise stands (load_kg, training_max_kg,
    one_rm_kg); for the others it follows from the plan and from what the person has lifted.
    Raises what create_once raises, Conflict for a plan that is followed already, and
    ValidationError that names what is not there.
    """

    def begin(run_id: UUID, hashed: bytes) -> PlanRun:
        revision = advance_clock(user_id)
        version = _version_to_follow(user_id, content["plan"])
        run = PlanRun(
            id=run_id,
            user_id=user_id,
            plan_id=version.plan_id,
            version=version,
            gym=_gym(user_id, content.get("gym")),
            started_on=content.get("started_on") or today_of(user_id, now=now),
            creation_hash=hashed,
        )
        run.start_state = _start(run, content.get("starts", [])).as_json()
        run.insert_at(revision)
        replays.settle_at(run, revision)
        return run

    run, is_new = create_once(
        model=PlanRun,
        user_id=user_id,
        content=content,
        create=begin,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return run.pk, is_new


def _version_to_follow(user_id: UUID, plan_id: UUID) -> PlanVersion:
    """The plan as it is now, if it is the person's, has exercises and is not followed already."""
    plan = WorkoutPlan.objects.filter(user_id=user_id, pk=plan_id).first()
    if plan is None:
        raise _unknown("plan", "plan")
    if PlanRun.objects.filter(user_id=user_id, plan=plan).exclude(status=RunStatus.FINISHED):
        raise Conflict("You follow this plan already.", code="already_following")
    version = PlanVersion.objects.get(user_id=user_id, plan=plan, version=plan.version)
    if not any(day["exercises"] for day in version.document["days"]):
        raise NothingToFollow
    return version


def _start(run: PlanRun, starts: Sequence[Content]) -> Start:
    """Where each track begins, and the maxima that the person named."""
    plan = Plan.model_validate(run.version.document)
    known = selectors.lifter(
        user_id=run.user_id, ids=exercises_of(plan), day=run.started_on, gym_id=run.gym_id
    )
    states = states_from(plan, known.lifter, starts)
    return Start(states=states, one_rm_kg=_named_maxes(starts))


@transaction.atomic
def change_run(*, user_id: UUID, run_id: UUID, content: Content) -> None:
    """Train in another gym from now on."""
    run, revision = _locked(user_id, run_id)
    if "gym" in content:
        _write(run, revision, gym=_gym(user_id, content["gym"]))


def start_session(
    *,
    user_id: UUID,
    run_id: UUID,
    now: datetime,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[UUID, bool]:
    """Begin the next session as a running workout, with what it asks for beside each set.

    Answers the workout's id, and whether it began just now. Raises RunIsOver, RunPaused, and
    what start_workout raises.
    """

    def ask(workout: Workout) -> None:
        run, _ = _locked(user_id, run_id)
        if run.status == RunStatus.PAUSED:
            raise RunPaused
        upcoming = open_session(run, day=workout.date)
        workout.name = upcoming.place.day.focus
        workout.plan_run = run
        workout.session_number = upcoming.place.number
        workout.workout_plan_id = run.plan_id
        Workout.objects.filter(user_id=user_id, pk=workout.pk).write(
            name=workout.name,
            plan_run=run,
            session_number=workout.session_number,
            workout_plan_id=run.plan_id,
        )
        insert_sets(workout=workout, sets=prescribed_sets(upcoming.exercises))

    return start_workout(
        user_id=user_id,
        now=now,
        content={"name": "Session", "plan_run": str(run_id)},
        object_id=object_id,
        idempotency_key=idempotency_key,
        begun=ask,
    )


@transaction.atomic
def skip_session(*, user_id: UUID, run_id: UUID, now: datetime, number: int | None = None) -> None:
    """Leave the next session out; one whose ``number`` is given is left out once.

    Raises RunIsOver, SessionTaken while it is being done, and ValidationError for the number of
    another session than the next.
    """
    run, revision = _locked(user_id, run_id)
    if number is not None and _is_skipped(run, number):
        return
    today = today_of(user_id, now=now)
    upcoming = open_session(run, day=today)
    if number not in {None, upcoming.place.number}:
        message = f"The next session is number {upcoming.place.number}."
        raise ValidationError({"number": ValidationError(message, code="not_the_next")})
    SkippedSession(
        user_id=user_id, run=run, number=upcoming.place.number, skipped_on=today
    ).insert()
    _write(run, revision)
    replays.settle_at(run, revision)


def _is_skipped(run: PlanRun, number: int) -> bool:
    return SkippedSession.objects.filter(user_id=run.user_id, run=run, number=number).exists()


@transaction.atomic
def unskip_session(*, user_id: UUID, run_id: UUID, number: int) -> None:
    """Take the skipping of a session back. Raises SkippedSession.DoesNotExist."""
    run, revision = _locked(user_id, run_id)
    skipped = SkippedSession.objects.filter(user_id=user_id, run=run, number=number)
    skipped.get()
    skipped.remove()
    _write(run, revision)
    replays.settle_at(run, revision)


@transaction.atomic
def pause_run(*, user_id: UUID, run_id: UUID, now: datetime, reason: str = "") -> None:
    """Freeze the run from today on: its weeks ask for nothing. Twice is once."""
    run, revision = _locked(user_id, run_id)
    if run.status == RunStatus.FINISHED:
        raise RunIsOver
    if run.status == RunStatus.PAUSED:
        return
    today = today_of(user_id, now=now)
    PlanPause(
        user_id=user_id, run=run, starts_on=max(today, run.started_on), reason=reason
    ).insert()
    _write(run, revision, status=RunStatus.PAUSED)


@transaction.atomic
def resume_run(*, user_id: UUID, run_id: UUID, now: datetime) -> None:
    """Go on from today. Raises NotPaused."""
    run, revision = _locked(user_id, run_id)
    if run.status != RunStatus.PAUSED:
        raise NotPaused
    _end_pause(run, now)
    _write(run, revision, status=RunStatus.ACTIVE)


@transaction.atomic
def finish_run(*, user_id: UUID, run_id: UUID, now: datetime) -> None:
    """Stop following the plan; what was done stays. Twice is once."""
    run, revision = _locked(user_id, run_id)
    if run.status == RunStatus.FINISHED:
        return
    _end_pause(run, now)
    today = today_of(user_id, now=now)
    _write(run, revision, status=RunStatus.FINISHED, finished_on=max(today, run.started_on))


@transaction.atomic
def delete_run(*, user_id: UUID, run_id: UUID) -> None:
    """Forget a run with its decisions; its workouts stay, as ones of their own."""
    run, _ = _locked(user_id, run_id)
    Workout.objects.filter(user_id=user_id, plan_run=run).update(
        plan_run=None, session_number=None, updated_at=clock.now()
    )
    run.delete()


def _locked(user_id: UUID, run_id: UUID) -> tuple[PlanRun, int]:
    revision = advance_clock(user_id)
    run = PlanRun.objects.select_related("version").get(user_id=user_id, pk=run_id)
    return run, revision


def _write(run: PlanRun, revision: int, **values: Any) -> None:
    PlanRun.objects.filter(user_id=run.user_id, pk=run.pk).write(
        **values, updated_at=clock.now(), revision=revision
    )


def _end_pause(run: PlanRun, now: datetime) -> None:
    pause = PlanPause.objects.filter(user_id=run.user_id, run=run, ends_on=None).first()
    if pause is not None:
        ends_on = max(today_of(run.user_id, now=now), pause.starts_on)
        PlanPause.objects.filter(user_id=run.user_id, pk=pause.pk).write(ends_on=ends_on)


def _gym(user_id: UUID, gym_id: UUID | None) -> Gym | None:
    if gym_id is None:
        return None
    gym = Gym.objects.filter(user_id=user_id, pk=gym_id).first()
    if gym is None:
        raise _unknown("gym", "gym")
    return gym


def states_from(plan: Plan, lifter: Lifter, starts: Sequence[Content]) -> dict[str, TrackState]:
    """Where each track begins: as the person says in ``starts``, else as follows from the rest.

    Raises ValidationError for a track or an exercise that the plan has not.
    """
    named = _named_maxes(starts)
    lifter = replace(
        lifter,
        one_rm_kg={**lifter.one_rm_kg, **named},
        # A maximum that is named now says more than a training max of some time ago.
        training_max_kg={
            exercise: value
            for exercise, value in lifter.training_max_kg.items()
            if exercise not in named
        },
    )
    states = starting_states(plan=plan, lifter=lifter)
    tracks: dict[object, set[str]] = {track: {track} for track in states}
    for day in plan.days:
        for planned in day.exercises:
            if planned.exercise is not None:
                tracks.setdefault(planned.exercise, set()).add(track_of(planned))
    for index, one in enumerate(starts):
        name = "track" if one.get("track") else "exercise"
        meant = tracks.get(one.get(name))
        if meant is None:
            raise _unknown(f"starts.{index}.{name}", name)
        given = {
            key: one[key] for key in ("load_kg", "training_max_kg") if one.get(key) is not None
        }
        for track in meant:
            states[track] = replace(states[track], **given)
    return states


def _named_maxes(starts: Sequence[Content]) -> dict[UUID, float]:
    return {
        one["exercise"]: one["one_rm_kg"]
        for one in starts
        if one.get("exercise") is not None and one.get("one_rm_kg") is not None
    }


def _unknown(attr: str, what: str) -> ValidationError:
    message = f"There is no such {what}."
    return ValidationError({attr: ValidationError(message, code="does_not_exist")})
