"""People with two years of training, loaded by COPY; a program of its own, for it needs Django.

    python -m benchmarks.data --users 2000 --foods 500000 [--fresh] [--training]

fills the database of DATABASE_URL, unless it holds just this already, logs the visitors in, and
writes the sample to its output. A tenth of the people are heavy users: 200 workouts of 20 sets
over two years, of twelve exercises, four of them their own, and a plan of six days with 36
exercises. Of the others, four in nine are regular ones (48 workouts of 12 sets over two years, one
exercise of their own) and the rest newcomers (3 workouts of 9 sets within a month). What they eat
says benchmarks/nutrition_data.py, benchmarks/daily_data.py what their watches tell, and
benchmarks/analytics_data.py what they weigh and what follows from their diaries. Rows are stored
in the order in which they would have come, so a person's lie among everyone's.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any
from uuid import UUID

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from benchmarks import (  # noqa: E402
    analytics_data,
    daily_data,
    loaded,
    nutrition_data,
    plan_data,
)
from benchmarks.case import Sample, Visitor  # noqa: E402
from benchmarks.plan_data import NAMES  # noqa: E402
from benchmarks.rows import copy, uuid7_at  # noqa: E402
from users.localtime import instant_of  # noqa: E402
from users.models import SyncClock, User, UserProfile, UserSettings  # noqa: E402
from workouts.models import Exercise, Workout, WorkoutPlan, WorkoutSet  # noqa: E402

SEED = 7
BORN = dt.date(1990, 5, 4)
WORN_DAYS = 60
LOGGED_IN = 1_000  # people with a session; the heavy ones among them are the visitors
ZONES = ("Europe/Vienna", "America/New_York", "Asia/Tokyo", "Europe/London", "America/Sao_Paulo")
LOADERS = (
    *("benchmarks/analytics_data.py", "benchmarks/nutrition_data.py", "benchmarks/plan_data.py"),
    *("benchmarks/food_names.py", "benchmarks/daily_data.py", "*/catalogue/*.*"),
)
OWN_EXERCISES = (
    "Bench press, my grip",
    "Garage deadlift",
    "Hotel bench dips",
    "Band pull-apart",
)


@dataclass(frozen=True)
class Habit:
    days: int  # since the first workout
    workouts: int
    exercises: int  # in a workout
    sets: int  # of each exercise
    lifts: int  # exercises that they do at all
    own_exercises: int
    has_plan: bool = False


HEAVY = Habit(
    days=730, workouts=200, exercises=5, sets=4, lifts=12, own_exercises=4, has_plan=True
)
REGULAR = Habit(days=730, workouts=48, exercises=4, sets=3, lifts=8, own_exercises=1)
NEWCOMER = Habit(days=30, workouts=3, exercises=3, sets=3, lifts=4, own_exercises=0)
STRONGER = 0.25  # by so much are they at the end of their days


@dataclass(frozen=True)
class Person:
    id: UUID
    username: str
    habit: Habit
    zone: str
    joined: dt.datetime
    weight_kg: float


@dataclass(frozen=True)
class Training:
    """A workout to be; ``clock`` is what the person's showed when it began."""

    id: UUID
    person: Person
    clock: dt.datetime
    started_at: dt.datetime
    minutes: int
    revision: int
    progress: float  # from 0 to 1, how far they are on their way to be stronger


# Whose exercises are which, each with the weight in kg that they begin with.
Lifts = dict[UUID, list[tuple[UUID, float]]]


def habits(users: int) -> list[Habit]:
    """Who is what, by number; at least twenty heavy users, where there are as many."""
    heavy = max(users // 10, min(users, 20))
    regular = (users - heavy) * 4 // 9
    return [HEAVY] * heavy + [REGULAR] * regular + [NEWCOMER] * (users - heavy - regular)


def prepare(*, users: int, foods: int, fresh: bool, training_alone: bool) -> Sample:
    """The database as a run wants it, whatever an earlier one left there.

    Who wants ``training_alone`` has no use for what people eat and wear, but it may be there.
    """
    known = {"users": users, "foods": foods, "until": str(nutrition_data.last_day())}
    known["loader"] = loaded.fingerprint(__file__, LOADERS)
    whole, less = (json.dumps({**known, "training_alone": alone}) for alone in (False, True))
    is_loaded = loaded.note() in ({whole, less} if training_alone else {whole}) and not fresh
    if not is_loaded:
        loaded.empty()
    call_command("migrate", verbosity=0, interactive=False)
    if is_loaded:
        _forget_writes()
    else:
        call_command("load_catalogue", stdout=sys.stderr)
        call_command("load_foods", stdout=sys.stderr)
        _load(users, None if training_alone else foods)
        loaded.write_note(less if training_alone else whole)
    nutrition_data.note_searches()
    return _log_in()


def _load(users: int, foods: int | None) -> None:
    random = Random(SEED)
    people = [_person(number, habit, random) for number, habit in enumerate(habits(users))]
    with transaction.atomic():
        _copy_people(people)
        own = _copy_own_exercises(people, random)
        _copy_training(people, _lifts(people, own, random), random)
        owners = [person.id for person in people if person.habit.has_plan]
        plan_data.make_plans(owners, _catalogue(), random)
        if foods is not None:
            nutrition_data.load(foods)
            daily_data.load([person.id for person in people], days=WORN_DAYS, random=random)
        analytics_data.copy_weigh_ins(
            [(p.id, p.weight_kg) for p in people if p.habit is HEAVY], random
        )
    loaded.vacuum()
    analytics_data.derive([person.id for person in people])
    loaded.vacuum()


def _person(number: int, habit: Habit, random: Random) -> Person:
    today = dt.datetime.combine(nutrition_data.last_day(), dt.time(), dt.UTC)
    joined = today - dt.timedelta(days=habit.days + 2 + number / 100)
    return Person(
        id=uuid7_at(joined, random),
        username=f"bench{number:06}",
        habit=habit,
        zone=random.choice(ZONES),
        joined=joined,
        weight_kg=random.randrange(100, 220) / 2,
    )


def _copy_people(people: Sequence[Person]) -> None:
    # A hash takes as long as a log-in is meant to take; everybody shares this one.
    password = make_password("nobody logs in here")
    copy(
        User,
        ("id", "username", "email", "password", "date_joined"),
        (
            (p.id, p.username, f"{p.username}@bench.numeneon.example", password, p.joined)
            for p in people
        ),
        len(people),
    )
    copy(
        UserProfile,
        (
            *("user_id", "display_name", "email", "timezone", "body_weight_kg"),
            *("sex", "height", "date_of_birth", "created_at", "updated_at"),
        ),
        (
            (
                *(p.id, p.username, f"{p.username}@bench.numeneon.example", p.zone, p.weight_kg),
                *("female", 168.0, BORN, p.joined, p.joined),
            )
            for p in people
        ),
        len(people),
    )
    copy(UserSettings, ("user_id", "updated_at"), ((p.id, p.joined) for p in people), len(people))
    copy(
        SyncClock,
        ("user_id", "revision"),
        ((p.id, p.habit.own_exercises + p.habit.workouts) for p in people),
        len(people),
    )


def _copy_own_exercises(people: Sequence[Person], random: Random) -> dict[UUID, list[UUID]]:
    """Copies their custom exercises; answers whose are which."""
    own = {
        p.id: [uuid7_at(p.joined, random) for _ in range(p.habit.own_exercises)] for p in people
    }
    columns = ("id", "name", "muscle_group", "is_custom", "created_by_id", "revision")
    rows = [
        (id_, name, "chest", True, p.id, revision, p.joined, p.joined)
        for p in people
        for revision, (id_, name) in enumerate(zip(own[p.id], OWN_EXERCISES, strict=False), 1)
    ]
    copy(Exercise, (*columns, "created_at", "updated_at"), rows, len(rows))
    return own


def _lifts(people: Sequence[Person], own: dict[UUID, list[UUID]], random: Random) -> Lifts:
    catalogue = _catalogue()
    lifts: Lifts = {}
    for person in people:
        theirs = own[person.id]
        shared = random.sample(catalogue, person.habit.lifts - len(theirs))
        lifts[person.id] = [(id_, random.randrange(20, 100)) for id_ in (*theirs, *shared)]
    return lifts


def _copy_training(people: Sequence[Person], lifts: Lifts, random: Random) -> None:
    diary = sorted(_diary(people, random), key=lambda training: training.started_at)
    copy(
        Workout,
        (
            *("id", "user_id", "name", "date", "start_time", "end_time", "duration"),
            *("started_at", "finished_at", "timezone", "body_weight_kg"),
            *("revision", "created_at", "updated_at"),
        ),
        (_workout(training, random.choice(NAMES)) for training in diary),
        len(diary),
    )
    copy(
        WorkoutSet,
        (
            *("id", "user_id", "workout_id", "exercise_id", "position", "set_number"),
            *("reps", "weight", "rpe"),
        ),
        (row for training in diary for row in _sets(training, lifts[training.person.id], random)),
        sum(t.person.habit.exercises * t.person.habit.sets for t in diary),
    )


def _catalogue() -> list[UUID]:
    """The exercises that everybody has and that are done in sets."""
    shared = Exercise.objects.filter(created_by=None, is_cardio=False)
    return list(shared.order_by("slug").values_list("pk", flat=True))


def _diary(people: Sequence[Person], random: Random) -> Iterator[Training]:
    last = nutrition_data.last_day() - dt.timedelta(days=1)
    for number, person in enumerate(people):
        habit = person.habit
        # Not all on the same days.
        late = number * 0.618 % 1
        for index in range(habit.workouts):
            progress = (index + late) / habit.workouts
            day = last - dt.timedelta(days=int(habit.days * (1 - progress)))
            clock = dt.time(6 + (number + index) % 14, number % 60)
            started_at = instant_of(day, clock, person.zone)
            yield Training(
                id=uuid7_at(started_at, random),
                person=person,
                clock=dt.datetime.combine(day, clock),
                started_at=started_at,
                minutes=random.randint(40, 100),
                revision=habit.own_exercises + index + 1,
                progress=progress,
            )


def _workout(training: Training, name: str) -> tuple[Any, ...]:
    length = dt.timedelta(minutes=training.minutes)
    begin, end = training.clock, training.clock + length
    finished_at = training.started_at + length
    return (
        *(training.id, training.person.id, name, begin.date(), begin.time(), end.time()),
        *(training.minutes, training.started_at, finished_at, training.person.zone),
        *(training.person.weight_kg, training.revision, finished_at, finished_at),
    )


def _sets(
    training: Training, lifts: Sequence[tuple[UUID, float]], random: Random
) -> Iterator[tuple[Any, ...]]:
    habit = training.person.habit
    position = 0
    for exercise_id, begun_with in random.sample(lifts, habit.exercises):
        today = begun_with * (1 + STRONGER * training.progress) * random.uniform(0.9, 1.05)
        weight = max(2.5, round(today / 2.5) * 2.5)
        for number in range(1, habit.sets + 1):
            position += 1
            yield (
                *(uuid7_at(training.started_at, random), training.person.id, training.id),
                *(exercise_id, position, number),
                *(random.randint(3, 12), weight, random.randint(6, 10)),
            )


def _forget_writes() -> None:
    """Remove what the requests of an earlier run created: only they have a creation hash."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM workouts_workoutset s USING workouts_workout w"
            " WHERE w.creation_hash IS NOT NULL AND s.user_id = w.user_id AND s.workout_id = w.id"
        )
        cursor.execute("DELETE FROM workouts_workout WHERE creation_hash IS NOT NULL")
    nutrition_data.forget_writes()
    loaded.vacuum()


def _log_in() -> Sample:
    """Sessions whose tokens nobody but this run knows, under the secret key of this run."""
    people = list(User.objects.order_by("username")[:LOGGED_IN])
    tokens = dict(zip((user.pk for user in people), loaded.log_in(people), strict=True))
    done = _ids_by_person(Workout.objects.filter(user__in=people).order_by("pk"))
    planned = _ids_by_person(WorkoutPlan.objects.filter(user__in=people))
    lifts = analytics_data.recent_lifts([user.pk for user in people])
    return Sample(
        visitors=tuple(
            Visitor(
                token=tokens[user_id],
                workouts=tuple(workouts),
                plans=tuple(planned.get(user_id, ())),
                lifts=lifts[user_id],
            )
            for user_id, workouts in done.items()
            if len(workouts) == HEAVY.workouts
        ),
        exercises=tuple(str(id_) for id_ in _catalogue()),
        **nutrition_data.parts_of_sample(),
    )


def _ids_by_person(rows: QuerySet[Any]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for user_id, id_ in rows.values_list("user_id", "pk"):
        found.setdefault(user_id, []).append(str(id_))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.data")
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--foods", type=int, required=True)
    parser.add_argument("--training", action="store_true", help="it will do without the rest")
    options = parser.parse_args()
    sample = prepare(
        users=options.users,
        foods=options.foods,
        fresh=options.fresh,
        training_alone=options.training,
    )
    json.dump(asdict(sample), sys.stdout)


if __name__ == "__main__":
    main()
