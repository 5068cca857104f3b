import datetime as dt
from uuid import uuid4

import factory
from factory.django import DjangoModelFactory

from analytics.models import (
    BodyGoal,
    BodyMetric,
    HabitGoal,
    NutritionSummary,
    OneRmTest,
    PersonalRecord,
    StrengthGoal,
    StrengthProgress,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory

DAY = dt.date(2026, 3, 2)


class StrengthProgressFactory(DjangoModelFactory):
    """One set of five with 100 kg, as it is estimated."""

    class Meta:
        model = StrengthProgress

    user = factory.SubFactory(UserFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    date = DAY
    one_rep_max = 116.58
    one_rep_max_low_kg = 112.5
    one_rep_max_high_kg = 119.01
    validity = "valid"
    volume = 500.0
    sets_count = 1
    best_set_id = factory.LazyFunction(uuid4)
    best_load_kg = 100.0
    best_reps = 5


class OneRmTestFactory(DjangoModelFactory):
    class Meta:
        model = OneRmTest

    user = factory.SubFactory(UserFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    date = DAY
    weight_kg = 120.0


class PersonalRecordFactory(DjangoModelFactory):
    """The first load of an exercise, which stands."""

    class Meta:
        model = PersonalRecord

    user = factory.SubFactory(UserFactory)
    exercise = factory.SubFactory(ExerciseFactory)
    kind = "weight"
    value = 100.0
    date = DAY
    set_id = factory.LazyFunction(uuid4)
    workout_id = factory.LazyFunction(uuid4)
    reps = 5
    load_kg = 100.0
    is_standing = True


class BodyMetricFactory(DjangoModelFactory):
    class Meta:
        model = BodyMetric

    user = factory.SubFactory(UserFactory)
    date = DAY
    weight = 80.0


class TrainingDayFactory(DjangoModelFactory):
    """An hour of lifting, rated 6 of 10."""

    class Meta:
        model = TrainingDay

    user = factory.SubFactory(UserFactory)
    date = DAY
    workouts = 1
    minutes = 60
    volume = 5000.0
    sets_count = 10
    calories_burned = 300
    net_calories_kcal = 220.0
    lifting_load = 360.0
    rated_load = 360.0
    source_rows = 1
    source_revision = 1


class NutritionSummaryFactory(DjangoModelFactory):
    """All of a day's food, at its calorie target."""

    class Meta:
        model = NutritionSummary

    user = factory.SubFactory(UserFactory)
    date = DAY
    calories = 2200
    protein = 160.0
    carbs = 220.0
    fat = 70.0
    fiber = 30.0
    sugar = 50.0
    water = 2000
    meal_count = 4
    compliance_score = 100.0
    compliance_validity = "valid"
    coverage = 1.0
    is_complete = True
    calorie_target = 2200
    source_rows = 5
    source_revision = 1


class WorkoutAnalysisFactory(DjangoModelFactory):
    """The week of DAY, a Monday, with three workouts."""

    class Meta:
        model = WorkoutAnalysis

    user = factory.SubFactory(UserFactory)
    period = "week"
    start_date = DAY
    end_date = factory.LazyAttribute(lambda week: week.start_date + dt.timedelta(days=6))
    total_workouts = 3
    total_volume = 15000.0
    total_duration = 180
    total_sets = 30
    total_reps = 150
    avg_intensity = 75.0
    intensity_validity = "valid"
    intensity_sets = 30
    consistency_score = 80.0
    consistency_validity = "warming_up"
    most_trained_muscle = "chest"
    least_trained_muscle = "quads"
    muscle_sets = factory.LazyFunction(lambda: {"chest": 12.0, "quads": 6.0})


class TrainingBreakFactory(DjangoModelFactory):
    """A week off."""

    class Meta:
        model = TrainingBreak

    user = factory.SubFactory(UserFactory)
    starts_on = DAY
    ends_on = factory.LazyAttribute(lambda off: off.starts_on + dt.timedelta(days=7))
    reason = "rest"


class GoalFactory(DjangoModelFactory):
    """What goals of every kind have."""

    class Meta:
        abstract = True

    user = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Goal {n}")
    start_date = DAY


class StrengthGoalFactory(GoalFactory):
    class Meta:
        model = StrengthGoal

    exercise = factory.SubFactory(ExerciseFactory)
    target_kg = 140.0


class BodyGoalFactory(GoalFactory):
    class Meta:
        model = BodyGoal

    measure = "weight"
    target_value = 75.0


class HabitGoalFactory(GoalFactory):
    class Meta:
        model = HabitGoal

    habit = "workouts"
    days_per_week = 3
    weeks = 4
