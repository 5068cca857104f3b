"""A plan of many exercises for those who follow one; needs Django."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

from tqdm import tqdm

from workouts.models import WorkoutPlan
from workouts.services import plans

NAMES = ("Push day", "Pull day", "Leg day", "Upper body", "Lower body", "Full body")
PLAN_DAYS, PLANNED_EXERCISES = 6, 6  # exercises of a day
SCHEMES = (
    {"set_type": "warm_up", "count": 2, "reps_min": 8, "load_value": 50.0, "rest_seconds": 60},
    {"count": 3, "reps_min": 5, "reps_max": 8, "rir": 2.0},
    {"set_type": "drop", "reps_min": 12, "load_type": "percent_of_previous", "load_value": 80.0},
    {"set_type": "amrap", "reps_min": 10, "load_value": 70.0, "tempo": "3-1-X-0"},
)
PROGRESSION = {"kind": "double", "reps_min": 5, "reps_max": 8, "increment_kg": 2.5}


def make_plans(owners: Sequence[UUID], catalogue: Sequence[UUID], random: Random) -> None:
    """By the product itself: there are few of them, and it checks what they say."""
    for owner in tqdm(owners, desc=WorkoutPlan._meta.db_table, mininterval=1):
        document = plans.read_document(_plan(catalogue, random))
        plans.create_plan(user_id=owner, document=document)


def _plan(catalogue: Sequence[UUID], random: Random) -> dict[str, Any]:
    return {
        "name": "Push, pull, legs twice a week",
        "description": "Compound lifts first, then what is left.",
        "goal": "muscle_gain",
        "days_per_week": PLAN_DAYS,
        "duration_weeks": 12,
        "fitness_level": "advanced",
        "cycle_weeks": 4,
        "deload": {"weeks": [4], "load_percent": 80.0, "sets_percent": 60.0},
        "days": [
            {
                "day_number": number,
                "focus": random.choice(NAMES),
                "warm_up": "Five minutes on the bike.",
                "exercises": [
                    {
                        "exercise": exercise,
                        "rest_seconds": 120,
                        "notes": "Stop where the form goes.",
                        "start_load_kg": random.randrange(40, 200) / 2,
                        "progression": PROGRESSION,
                        "planned_sets": [*SCHEMES],
                    }
                    for exercise in random.sample(catalogue, PLANNED_EXERCISES)
                ],
            }
            for number in range(1, PLAN_DAYS + 1)
        ],
    }
