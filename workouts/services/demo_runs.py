"""The named people of the demo follow a program: some weeks done, one session missed its reps."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from users.ids import uuid7
from users.localtime import reading_of
from users.models import User
from users.models.profile import FitnessLevel
from workouts.models import PlanRun, Workout, WorkoutPlan
from workouts.services import gyms, plans, replays, runs, sessions
from workouts.services.workouts import log_workout
from workouts.training.prescription import PrescribedExercise

WEEKS: Final = 5
# Of the sessions of a run, the one that went badly.
_BAD_SESSION: Final = 6
_PROGRAMS: Final = {
    FitnessLevel.BEGINNER: "novice-three-by-five",
    FitnessLevel.INTERMEDIATE: "five-three-one-boring-but-big",
    FitnessLevel.ADVANCED: "full-body-dumbbells",
}
_SESSION_RPE, _BAD_SESSION_RPE = 7.5, 9.5
# Of a one-repetition maximum, for who has not lifted an exercise yet.
_UNKNOWN_LOAD_KG: Final = 20.0
_EVENING: Final = time(19, 30)


def add_runs(*, users: Sequence[User], now: datetime) -> int:
    """Have each person follow a program that suits their level; answers the sessions done.

    For people without a run, after their training was added; the programs are loaded.
    """
    return sum(_follow(user, now) for user in users)


def _follow(user: User, now: datetime) -> int:
    program = _PROGRAMS[FitnessLevel(user.profile.fitness_level)]
    today = reading_of(now, user.profile.timezone).date()
    shipped = WorkoutPlan.objects.get(program=program)
    plan_id, _ = plans.copy_plan(user_id=user.pk, plan_id=shipped.pk)
    gym = gyms.create_gym(
        user_id=user.pk, object_id=uuid7(), content={"name": "City gym"}, creation_hash=b""
    )
    started_on = today - timedelta(weeks=WEEKS)
    content = {"plan": plan_id, "gym": gym.pk, "started_on": started_on}
    run_id, _ = runs.start_run(user_id=user.pk, content=content, now=now)
    run = PlanRun.objects.select_related("version").get(pk=run_id)
    days = _free_days(user, started_on, today)
    for number, day in enumerate(days, start=1):
        _train(run, day, user.profile.timezone, is_bad=number == _BAD_SESSION)
    replays.settle(run)
    return len(days)


def _free_days(user: User, first: date, today: date) -> list[date]:
    """Days without a workout of the person's usual training, at most every other one."""
    taken = set(Workout.objects.filter(user=user, date__gte=first).values_list("date", flat=True))
    free: list[date] = []
    for number in range((today - first).days):
        day = first + timedelta(days=number)
        if day not in taken and (not free or day - free[-1] > timedelta(days=1)):
            free.append(day)
    return free


def _train(run: PlanRun, day: date, zone: str, *, is_bad: bool) -> None:
    upcoming = sessions.open_session(run, day=day)
    content: dict[str, Any] = {
        "name": upcoming.place.day.focus,
        "date": day,
        "start_time": _EVENING,
        "end_time": time(20, 40),
        "timezone": zone,
        "session_rpe": _BAD_SESSION_RPE if is_bad else _SESSION_RPE,
        "plan_run_id": run.pk,
        "sets": [
            one
            for exercise in upcoming.exercises
            if exercise.exercise is not None
            for one in _done(exercise, exercise.exercise, is_bad=is_bad)
        ],
    }
    log_workout(user_id=run.user_id, content=content, object_id=None)


def _done(asked: PrescribedExercise, exercise: UUID, *, is_bad: bool) -> list[dict[str, Any]]:
    """What was asked for, and two reps more where as many as possible were; less on a bad day."""
    done = []
    for one in asked.sets:
        target = one.target
        reps = target.reps_min
        if reps is not None and target.set_type == "amrap":
            reps += 2
        if reps is not None and is_bad and target.is_work:
            reps = max(1, reps - 2)
        done.append(
            {
                "exercise": exercise,
                "planned_exercise_id": asked.planned.id,
                "set_type": target.set_type,
                "reps": reps,
                "weight": _UNKNOWN_LOAD_KG if target.load_kg is None else target.load_kg,
                "duration": target.duration_seconds,
                "distance": target.distance_km,
            }
        )
    return done
