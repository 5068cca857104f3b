"""Whose rows the access matrix asks for, and what it expects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.analytics.measured import Measured
from tests.nutrition.fed import Fed
from tests.social.joined import Joined
from tests.wearables.worn import Worn
from tests.workouts.trained import Trained
from users.models import AccountExport, PushDevice, User
from workouts.models import Exercise, ExerciseAlias, Workout, WorkoutImport, WorkoutSet


@dataclass
class World:
    """ana and one row of hers of each kind."""

    ana: User
    exercise: Exercise
    workout: Workout
    set: WorkoutSet
    running: Workout
    notification: Any
    device: PushDevice
    export: AccountExport
    bench: Exercise
    trained: Trained
    imported: WorkoutImport
    alias: ExerciseAlias
    fed: Fed
    measured: Measured
    joined: Joined
    worn: Worn


@dataclass(frozen=True)
class Case:
    """What ana gets; a request for one of her rows is a 404 for all others who are signed in."""

    status: int
    body: Callable[[World], Any] = lambda world: None
    row: Callable[[World], Any] | None = None
    multipart: bool = False
    # What others get where that is neither a 404 for a row of ana's nor what she gets.
    others: int | None = None
    anonymous: int = 401
