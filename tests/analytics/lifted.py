"""Sets of an exercise in somebody's diary."""

import datetime as dt
from typing import Any

from tests.factories.analytics import DAY
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from users.models import User
from workouts.models import Exercise, WorkoutSet


def ago(days: int) -> dt.date:
    """So many days before DAY."""
    return DAY - dt.timedelta(days=days)


def log(user: User, exercise: Exercise, day: dt.date, *sets: dict[str, Any]) -> list[WorkoutSet]:
    """A workout with sets of an exercise, each by what it has beside it."""
    workout = WorkoutFactory(user=user, date=day)
    return [
        WorkoutSetFactory(
            workout=workout, exercise=exercise, position=number, set_number=number, **content
        )
        for number, content in enumerate(sets, 1)
    ]
