"""The people whose derived rows a refresh makes anew, and the days and lifts that it looks at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from users.services.settling import Clocks

# A scope of days: user_id, day.
DAYS: LiteralString = """
    SELECT * FROM unnest(%(day_users)s::uuid[], %(days)s::date[]) AS given (user_id, day)
"""
# The sets s of a workout w, found one workout at a time by their index. A plain join leaves that
# to PostgreSQL, which after a large import knows nothing of the tables yet, and reads all sets of
# a person for each of their workouts.
SETS: LiteralString = """
    LATERAL (SELECT * FROM workouts_workoutset s
        WHERE s.user_id = w.user_id AND s.workout_id = w.id OFFSET 0) s ON true
"""
# A scope of exercises: user_id, exercise_id.
EXERCISES: LiteralString = """
    SELECT * FROM unnest(%(exercise_users)s::uuid[], %(exercises)s::uuid[])
        AS given (user_id, exercise_id)
"""
# A scope of weeks and months: user_id, the first day that may have changed (null is all), the
# person's today, and the first day of their weeks (1 is Monday).
PERIODS: LiteralString = """
    SELECT * FROM unnest(%(people)s::uuid[], %(since)s::date[], %(todays)s::date[],
        %(week_starts)s::smallint[]) AS given (user_id, since, today, week_starts_on)
"""

Days = frozenset[tuple[UUID, date]]
Exercises = frozenset[tuple[UUID, UUID]]


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody whose clock this transaction has advanced.

    ``revision`` is up to where their rows were computed, None for never, and ``through`` their
    day at that time.
    """

    user_id: UUID
    clock: int
    today: date
    week_starts_on: int
    revision: int | None = None
    through: date | None = None
    counted_from: int | None = None


def clocks_of(people: Iterable[Person]) -> Clocks:
    return {person.user_id: person.clock for person in people}


def day_parameters(days: Days) -> dict[str, Any]:
    """For DAYS."""
    ordered = sorted(days)
    return {"day_users": [user for user, _ in ordered], "days": [day for _, day in ordered]}


def exercise_parameters(exercises: Exercises) -> dict[str, Any]:
    """For EXERCISES."""
    ordered = sorted(exercises)
    return {
        "exercise_users": [user for user, _ in ordered],
        "exercises": [exercise for _, exercise in ordered],
    }
