"""Wishes for a model, what it may choose from, and what it could answer."""

import json
from typing import Any

from tests.factories.workouts import ExerciseFactory
from tests.users.fake_model import FakeModel
from users.models import User
from users.services import jobs
from workouts.models import Exercise, PlanGeneration

LABEL = "workouts.PlanGeneration"
WISH = {
    "goal": "strength",
    "days_per_week": 2,
    "fitness_level": "intermediate",
    "equipment": ["dumbbell", "bench"],
    "session_minutes": 45,
    "duration_weeks": 6,
}


def small_catalogue() -> dict[str, Exercise]:
    """By slug; the wish allows the first three."""
    rows = (
        ("goblet-squat", 2, "dumbbell"),
        ("dumbbell-bench-press", 2, "dumbbell bench"),
        ("push-up", 1, ""),
        ("pistol-squat", 5, ""),
        ("barbell-back-squat", 2, "barbell"),
    )
    made = {}
    for slug, level, equipment in rows:
        name = slug.replace("-", " ").title()
        made[slug] = ExerciseFactory(slug=slug, name=name, difficulty_level=level)
        made[slug].equipment.set(equipment.split())
    return made


def lift(slug: Any, **changes: Any) -> dict[str, Any]:
    return {
        "exercise": slug,
        "rest_seconds": 120,
        "progression": {"kind": "double", "reps_min": 5, "reps_max": 8, "increment_kg": 2},
        "planned_sets": [{"count": 3, "reps_min": 5, "reps_max": 8, "rir": 2}],
        **changes,
    }


def plan(*lifts: Any, **changes: Any) -> dict[str, Any]:
    """A good answer, with other exercises on its first day."""
    first = {
        "day_number": 1,
        "focus": "Legs",
        "exercises": list(lifts) or [lift("goblet-squat")],
    }
    second = {"day_number": 2, "focus": "Chest", "exercises": [lift("dumbbell-bench-press")]}
    return {
        "name": "Two days of dumbbells",
        "goal": "strength",
        "days_per_week": 2,
        "duration_weeks": 6,
        "fitness_level": "intermediate",
        "days": [first, second],
        **changes,
    }


def wished(user: User, **changes: Any) -> PlanGeneration:
    """A wish that waits for a worker."""
    values = {"user": user, "method": "ai", "wish": WISH, **changes}
    return PlanGeneration.objects.create(**values)


def run(generation: PlanGeneration) -> PlanGeneration:
    jobs.run(label=LABEL, job_id=generation.pk)
    generation.refresh_from_db()
    return generation


def said(model: FakeModel, number: int = 0) -> str:
    return json.dumps(model.bodies[number])
