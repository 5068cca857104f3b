"""What people weigh, and what follows from their diaries; needs Django."""

import datetime as dt
import sys
import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.utils import timezone
from tqdm import tqdm

from analytics.models import (
    BodyMetric,
    NutritionSummary,
    PersonalRecord,
    StrengthProgress,
    TrainingDay,
    WorkoutAnalysis,
)
from analytics.services.refresh import rebuild_people
from benchmarks.nutrition_data import last_day
from benchmarks.rows import copy, uuid7_at
from users.models import SyncClock

DAYS, EVERY = 730, 3  # from one time on the scales to the next
FIRST = 10  # people
RECENT_DAYS = 60
# By what their rows come one after the other.
DERIVED: dict[type[models.Model], str] = {
    TrainingDay: "date",
    NutritionSummary: "date",
    StrengthProgress: "date",
    PersonalRecord: "date",
    WorkoutAnalysis: "end_date",
}


def copy_weigh_ins(people: Sequence[tuple[UUID, float]], random: Random) -> None:
    """For two years, of people with their weight in kg; the clocks are those that they have."""
    revisions = dict(SyncClock.objects.values_list("user_id", "revision"))
    first = last_day() - dt.timedelta(days=DAYS)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number in range(DAYS // EVERY):
            day = first + dt.timedelta(days=number * EVERY)
            made_at = dt.datetime.combine(day, dt.time(7), dt.UTC)
            for id_, weight_kg in people:
                weight = weight_kg + random.randrange(-15, 16) / 10
                body_fat = 18 + random.randrange(50) / 10
                yield (
                    *(uuid7_at(made_at, random), id_, revisions[id_], made_at, made_at),
                    *(day, weight, body_fat),
                )

    copy(
        BodyMetric,
        ("id", "user_id", "revision", "created_at", "updated_at", "date", "weight", "body_fat"),
        rows(),
        DAYS // EVERY * len(people),
    )


def derive(people: Sequence[UUID]) -> None:
    """By the product itself, for everybody."""
    begin = time.perf_counter()
    with tqdm(total=len(people), desc="derived rows", unit="person", mininterval=1) as progress:
        for some in (people[:FIRST], people[FIRST:]):
            for chunk in rebuild_people(some, now=timezone.now()):
                progress.update(chunk.people)
            # Of empty tables the planner knows nothing, and so it plans badly.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
    taken = (time.perf_counter() - begin) / len(people) * 1000
    print(f"Derived rows: {taken:.1f} s for 1,000 people.", file=sys.stderr)
    for model, column in DERIVED.items():
        _mix(model, column)


def _mix(model: type[models.Model], column: str) -> None:
    """Store the rows in the order in which they would have come, day by day of everybody, and not
    person by person.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE mixed AS TABLE {table}")
        cursor.execute(f"TRUNCATE {table}")
        ordered = f"SELECT * FROM mixed ORDER BY {column}, id"  # noqa: S608 - our own column
        cursor.execute(f"INSERT INTO {table} {ordered}")
        cursor.execute("DROP TABLE mixed")


def recent_lifts(people: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The exercises that these people trained within the last two months of the diaries."""
    rows = (
        StrengthProgress.objects.filter(
            user__in=people, date__gt=last_day() - dt.timedelta(days=RECENT_DAYS)
        )
        .order_by("user_id", "exercise_id")
        .values_list("user_id", "exercise_id")
        .distinct()
    )
    found: dict[UUID, tuple[str, ...]] = dict.fromkeys(people, ())
    for user_id, exercise_id in rows:
        found[user_id] += (str(exercise_id),)
    return found
