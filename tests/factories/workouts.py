import datetime as dt

import factory
from factory.base import DictFactory
from factory.django import DjangoModelFactory

from tests.factories.users import UserFactory
from users.localtime import instant_of
from workouts.models import Exercise, Gym, TrainingMax, Workout, WorkoutPlan, WorkoutSet
from workouts.services import plans
from workouts.training.loads import Inventory


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


class PlannedExerciseBodyFactory(DictFactory):
    """As a phone sends it: an exercise that is in no catalogue."""

    name = "Squat"
    sets = 3
    reps = "5"


class DayBodyFactory(DictFactory):
    day_number = factory.Sequence(lambda n: n % 7 + 1)
    focus = "Everything"
    exercises = factory.List([factory.SubFactory(PlannedExerciseBodyFactory)])


class PlanBodyFactory(DictFactory):
    """What a phone sends to make a plan of one day."""

    name = "Three times five"
    goal = "strength"
    days_per_week = 3
    fitness_level = "beginner"
    days = factory.List([factory.SubFactory(DayBodyFactory, day_number=1)])


class PlanFactory(DjangoModelFactory):
    """A plan with its days, exercises, sets and first version, as the API makes one of a body."""

    class Meta:
        model = WorkoutPlan

    user = factory.SubFactory(UserFactory)
    is_public = False
    body = factory.SubFactory(PlanBodyFactory)

    @classmethod
    def _create(cls, model_class, *args, user, is_public, body):
        plan_id, _ = plans.create_plan(
            user_id=user.pk, document=plans.read_document(body), is_public=is_public
        )
        return model_class.objects.get(pk=plan_id)


class GymFactory(DjangoModelFactory):
    """A usual metric one, with everything."""

    class Meta:
        model = Gym

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Gym {n}")
    inventory = factory.LazyFunction(lambda: Inventory().model_dump(mode="json"))


class TrainingMaxFactory(DjangoModelFactory):
    class Meta:
        model = TrainingMax

    user = factory.SubFactory(UserFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    value_kg = 100.0
    valid_from = dt.date(2026, 3, 2)
