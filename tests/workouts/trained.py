"""A person who follows a plan: rows in every table of plans and runs."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from users.ids import uuid7
from users.models import User
from workouts.models import (
    Exercise,
    Gym,
    PlanGeneration,
    PlanRun,
    TrainingMax,
    Workout,
    WorkoutPlan,
)
from workouts.services import gyms, plans, replays, runs
from workouts.services.workouts import log_workout

MONDAY = dt.date(2026, 3, 2)


def plan_body(exercise: Exercise, **changes: Any) -> dict[str, Any]:
    """Squats or the like, three times a week, 2.5 kg more after each success."""
    planned = {
        "exercise": str(exercise.pk),
        "track": "lift",
        "start_load_kg": 100.0,
        "progression": {"kind": "linear", "increment_kg": 2.5},
        "planned_sets": [{"count": 3, "reps_min": 5, "reps_max": 5}],
    }
    return {
        "name": "Three times five",
        "goal": "strength",
        "days_per_week": 3,
        "duration_weeks": 4,
        "fitness_level": "beginner",
        "days": [{"day_number": 1, "focus": "Everything", "exercises": [planned]}],
        **changes,
    }


@dataclass(frozen=True)
class Trained:
    plan: WorkoutPlan
    run: PlanRun
    session: Workout
    gym: Gym
    training_max: TrainingMax
    generation: PlanGeneration


def follow_a_plan(user: User, exercise: Exercise, *, word: str) -> Trained:
    """``word`` stands in every text. The first session is done, the second skipped, and the run
    paused.
    """
    body = plan_body(exercise, name=word, description=word, progression_strategy=word)
    body["days"][0] |= {"focus": word, "warm_up": word, "cool_down": word}
    body["days"][0]["exercises"][0] |= {"name": word, "notes": word}
    plan_id, _ = plans.create_plan(user_id=user.pk, document=plans.read_document(body))
    gym = gyms.create_gym(
        user_id=user.pk, object_id=uuid7(), content={"name": word}, creation_hash=b""
    )
    training_max = TrainingMax.objects.create(
        user=user, exercise=exercise, value_kg=126, valid_from=MONDAY
    )
    content = {"plan": plan_id, "gym": gym.pk, "started_on": MONDAY}
    run_id, _ = runs.start_run(user_id=user.pk, content=content, now=timezone.now())
    workout_id, _ = log_workout(
        user_id=user.pk, object_id=None, content=session_content(exercise, run_id, word)
    )
    runs.skip_session(user_id=user.pk, run_id=run_id, now=timezone.now())
    runs.pause_run(user_id=user.pk, run_id=run_id, now=timezone.now(), reason=word)
    run = PlanRun.objects.select_related("version").get(pk=run_id)
    replays.settle(run)
    wish = {
        "goal": "strength",
        "days_per_week": 3,
        "fitness_level": "beginner",
        "equipment": [word],
        "session_minutes": 60,
        "duration_weeks": 4,
    }
    generation = PlanGeneration.objects.create(
        user=user, method="rules", wish=wish, status="done", plan_id=plan_id
    )
    return Trained(
        plan=WorkoutPlan.objects.get(pk=plan_id),
        run=run,
        session=Workout.objects.get(pk=workout_id),
        gym=gym,
        training_max=training_max,
        generation=generation,
    )


def session_content(exercise: Exercise, run_id: Any, word: str) -> dict[str, Any]:
    sets = [{"exercise": exercise.pk, "reps": 5, "weight": 100.0, "notes": word}] * 3
    return {
        "name": word,
        "date": MONDAY,
        "start_time": dt.time(18),
        "timezone": "UTC",
        "plan_run_id": run_id,
        "sets": sets,
        "exercise_notes": [{"exercise": exercise.pk, "text": word}],
    }
