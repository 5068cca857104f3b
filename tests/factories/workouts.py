import datetime as dt

import factory
from factory.django import DjangoModelFactory

from tests.factories.users import UserFactory
from users.localtime import instant_of
from workouts.models import Exercise, Workout, WorkoutSet


class ExerciseFactory(DjangoModelFactory):
    class Meta:
        model = Exercise

    name = factory.Sequence(lambda n: f"Exercise {n}")
    muscle_group = "chest"


class CustomExerciseFactory(ExerciseFactory):
    is_custom = True
    created_by = factory.SubFactory(UserFactory)


class WorkoutFactory(DjangoModelFactory):
    class Meta:
        model = Workout

    user = factory.SubFactory(UserFactory)
    name = "Push day"
    date = dt.date(2026, 3, 2)
    start_time = dt.time(18, 0)
    timezone = "UTC"
    started_at = factory.LazyAttribute(lambda w: instant_of(w.date, w.start_time, w.timezone))


class WorkoutSetFactory(DjangoModelFactory):
    class Meta:
        model = WorkoutSet

    workout = factory.SubFactory(WorkoutFactory)
    user = factory.SelfAttribute("workout.user")
    exercise = factory.SubFactory(ExerciseFactory)
    position = factory.Sequence(lambda n: n % 1000 + 1)
    set_number = 1
    reps = 5
    weight = 100.0
