"""Random diaries of lifts, and what the formulas read off them."""

import datetime as dt
from random import Random
from typing import Final
from uuid import UUID

from analytics.formulas import LoggedSet, reserve_of
from analytics.models import OneRmTest
from tests.factories.workouts import WorkoutFactory
from users.models import User
from users.ownership import advance_clock
from workouts.models import Exercise, Workout, WorkoutSet

MONDAY: Final = dt.date(2026, 3, 2)
# Loads that creep up by less than what counts, as those of a body do, and ordinary ones.
_CREEPING: Final = [80.0, 80.1, 80.2, 80.25, 80.3, 80.4, 80.5, 80.6, 80.75, 81.0]
_LOADS: Final = [None, 0.0, 22.7, 60.0, 100.0, 102.5, 140.0, *_CREEPING]


def log_at_random(user: User, exercises: list[Exercise], random: Random) -> None:
    """A few days with sets of all kinds, planned ones that nobody did, and tests."""
    for _ in range(random.randrange(1, 7)):
        day = MONDAY + dt.timedelta(days=random.randrange(4))
        start = dt.time(random.choice([6, 6, 18]))
        workout = WorkoutFactory(user=user, date=day, start_time=start)
        rows = [
            _a_set(workout, random.choice(exercises), position, random)
            for position in range(1, random.randrange(1, 12))
        ]
        WorkoutSet.objects.insert(rows)
    for _ in range(random.randrange(3)):
        OneRmTest.objects.get_or_create(
            user=user,
            exercise=random.choice(exercises),
            date=MONDAY + dt.timedelta(days=random.randrange(5)),
            defaults={"weight_kg": random.choice([85.0, 120.0, 120.2, 180.0])},
        )


def _a_set(workout: Workout, exercise: Exercise, position: int, random: Random) -> WorkoutSet:
    load_type = random.choice(["external"] * 4 + ["bodyweight", "assisted"])
    is_of_the_body = load_type != "external"
    return WorkoutSet(
        user_id=workout.user_id,
        workout=workout,
        exercise=exercise,
        position=position,
        set_number=position,
        set_type=random.choice(["normal"] * 5 + ["warm_up", "failure"]),
        reps=random.choice([None, 0, 1, 1, 2, 5, 5, 8, 10, 12, 13, 20]),
        weight=random.choice(_LOADS),
        load_type=load_type,
        body_load_kg=random.choice([None, 80.0, 80.2]) if is_of_the_body else None,
        rir=random.choice([None, None, 0.0, 1.0, 2.5, 4.0, 4.5]),
        rpe=random.choice([None, None, 5.5, 6.0, 8.5, 10.0]),
        distance=random.choice([None, None, 0.0, 0.3, 1.0, 1.004, 5.0, 5.006, 10.0]),
        duration=random.choice([None, 0, 60, 300, 1500, 1501]),
    )


def edit_at_random(user: User, random: Random) -> None:
    """Change or take away a set, if there is one."""
    advance_clock(user.pk)
    found = list(WorkoutSet.objects.filter(user=user).order_by("workout_id", "position"))
    if not found:
        return
    chosen = WorkoutSet.objects.filter(pk=random.choice(found).pk)
    if random.random() < 0.5:
        chosen.remove()
    else:
        chosen.write(weight=random.choice(_LOADS), reps=random.choice([1, 5, 8]))


def logged_sets(user: User, **narrowed: object) -> list[tuple[UUID, LoggedSet]]:
    """The person's sets in the order in which they were done, with their exercises."""
    rows = (
        WorkoutSet.objects.filter(user=user, **narrowed)
        .select_related("workout")
        .order_by("workout__date", "workout__started_at", "workout_id", "position")
    )
    return [(row.exercise_id, _as_logged(row)) for row in rows if _is_done(row)]


def _is_done(row: WorkoutSet) -> bool:
    return any(number is not None for number in (row.reps, row.duration, row.distance))


def _as_logged(row: WorkoutSet) -> LoggedSet:
    return LoggedSet(
        id=row.pk,
        workout=row.workout_id,
        day=row.workout.date,
        set_type=row.set_type,
        load_type=row.load_type,
        load_kg=row.load,
        reps=row.reps,
        reserve=reserve_of(rir=row.rir, rpe=row.rpe),
        distance_km=row.distance,
        duration_s=row.duration,
    )
