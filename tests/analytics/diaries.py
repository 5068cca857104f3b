"""Random edits of everything that analytics reads, and what analytics says after them."""

import datetime as dt
from collections.abc import Callable
from random import Random
from typing import Any, Final

from django.db.models import Model

from analytics.models import (
    BodyMetric,
    Goal,
    NutritionSummary,
    OneRmTest,
    PersonalRecord,
    StrengthProgress,
    TrainingBreak,
    TrainingDay,
    WorkoutAnalysis,
)
from nutrition.models import DiaryDay, Food, MealEntry, NutritionGoal, WaterIntake
from tests.factories.analytics import (
    BodyGoalFactory,
    BodyMetricFactory,
    HabitGoalFactory,
    OneRmTestFactory,
    StrengthGoalFactory,
    TrainingBreakFactory,
)
from tests.factories.nutrition import MealEntryFactory, NutritionGoalFactory, WaterIntakeFactory
from users.models import User
from workouts.models import Workout, WorkoutSet
from workouts.services.workouts import change_workout, delete_workout, log_workout

TODAY: Final = dt.date(2026, 3, 20)
DERIVED: Final[tuple[type[Model], ...]] = (
    TrainingDay,
    NutritionSummary,
    StrengthProgress,
    PersonalRecord,
    WorkoutAnalysis,
)
# What says when and how a row was written, and not what follows from the diaries.
_OF_THE_WRITING: Final = {"id", "revision", "created_at", "updated_at", "creation_hash"}


def said(user: User) -> dict[str, list[dict[str, Any]]]:
    """Every value of every derived row of a person, in an order of its own."""
    rows = {}
    for model in DERIVED:
        names = [f.attname for f in model._meta.concrete_fields if f.name not in _OF_THE_WRITING]
        found = model._default_manager.filter(user=user).values(*names)
        rows[model.__name__] = sorted(found, key=repr)
    goals = Goal.objects.non_polymorphic().filter(user=user).order_by("pk")
    derived = ("start_value", "current_value", "progress_percent", "achieved_on", "forecast_date")
    rows["Goal"] = list(goals.values("pk", *derived))
    return rows


class Diary:
    """Edits a person's diaries at random: the same edits for the same numbers."""

    def __init__(self, user: User, exercises: list[Any], food: Food) -> None:
        self.user, self.exercises, self.food = user, exercises, food
        self.edits: list[Callable[[Random], None]] = [
            self.log,
            self.log,
            self.log,
            self.move,
            self.replace_sets,
            self.delete_workout,
            self.change_set,
            self.delete_set,
            self.eat,
            self.eat,
            self.change_meal,
            self.delete_meal,
            self.drink,
            self.mark_day,
            self.aim,
            self.weigh,
            self.delete_metric,
            self.test,
            self.delete_test,
            self.rest,
            self.delete_break,
            self.set_goal,
            self.delete_goal,
        ]

    def edit(self, seed: int) -> None:
        random = Random(seed)
        random.choice(self.edits)(random)

    def log(self, random: Random) -> None:
        content = {
            "name": "Session",
            "date": self._day(random),
            "start_time": dt.time(random.randrange(24), 0),
            "duration": random.choice([0, 30, 60]),
            "session_rpe": random.choice([None, 6.0, 8.5]),
            "sets": self._sets(random),
        }
        log_workout(user_id=self.user.pk, content=content, object_id=None)

    def move(self, random: Random) -> None:
        if workout := self._one(random, Workout):
            change_workout(
                user_id=self.user.pk, workout_id=workout.pk, content={"date": self._day(random)}
            )

    def replace_sets(self, random: Random) -> None:
        if workout := self._one(random, Workout):
            change_workout(
                user_id=self.user.pk, workout_id=workout.pk, content={"sets": self._sets(random)}
            )

    def delete_workout(self, random: Random) -> None:
        if workout := self._one(random, Workout):
            delete_workout(user_id=self.user.pk, workout_id=workout.pk)

    def change_set(self, random: Random) -> None:
        if row := self._one(random, WorkoutSet):
            row.weight = random.choice([None, 60.0, 102.5, 140.0])
            row.reps = random.choice([1, 5, 11, 15])
            row.save()

    def delete_set(self, random: Random) -> None:
        if row := self._one(random, WorkoutSet):
            row.delete()

    def eat(self, random: Random) -> None:
        MealEntryFactory(
            user=self.user,
            food=self.food,
            date=self._day(random),
            meal_type=random.choice(["breakfast", "dinner"]),
            quantity=random.choice([1, 8, 20]),
        )

    def change_meal(self, random: Random) -> None:
        if entry := self._one(random, MealEntry):
            entry.quantity, entry.date = random.choice([2, 12]), self._day(random)
            entry.save()

    def delete_meal(self, random: Random) -> None:
        if entry := self._one(random, MealEntry):
            entry.delete()

    def drink(self, random: Random) -> None:
        if random.random() < 0.3 and (drunk := self._one(random, WaterIntake)):
            drunk.delete()
        else:
            WaterIntakeFactory(user=self.user, date=self._day(random))

    def mark_day(self, random: Random) -> None:
        DiaryDay.objects.update_or_create(
            user=self.user,
            date=self._day(random),
            defaults={"is_complete": random.choice([True, False, None])},
        )

    def aim(self, random: Random) -> None:
        NutritionGoal.objects.filter(user=self.user).delete()
        if random.random() < 0.7:
            NutritionGoalFactory(user=self.user, calorie_target=random.choice([1800, 2600]))

    def weigh(self, random: Random) -> None:
        day = self._day(random)
        weight = random.choice([80.0, 81.2, 79.4])
        if metric := BodyMetric.objects.filter(user=self.user, date=day).first():
            metric.weight = weight
            metric.save()
        else:
            BodyMetricFactory(user=self.user, date=day, weight=weight)

    def delete_metric(self, random: Random) -> None:
        if metric := self._one(random, BodyMetric):
            metric.delete()

    def test(self, random: Random) -> None:
        exercise, day = random.choice(self.exercises), self._day(random)
        weight = random.choice([90.0, 125.0, 150.0])
        same = OneRmTest.objects.filter(user=self.user, exercise=exercise, date=day)
        if known := same.first():
            known.weight_kg = weight
            known.save()
        else:
            OneRmTestFactory(user=self.user, exercise=exercise, date=day, weight_kg=weight)

    def delete_test(self, random: Random) -> None:
        if known := self._one(random, OneRmTest):
            known.delete()

    def rest(self, random: Random) -> None:
        day = self._day(random)
        TrainingBreakFactory(
            user=self.user, starts_on=day, ends_on=day + dt.timedelta(days=random.choice([3, 9]))
        )

    def delete_break(self, random: Random) -> None:
        if taken := self._one(random, TrainingBreak):
            taken.delete()

    def set_goal(self, random: Random) -> None:
        exercise, start = random.choice(self.exercises), self._day(random)
        make: Callable[[], object] = random.choice(
            [
                lambda: StrengthGoalFactory(
                    user=self.user, exercise=exercise, start_date=start, target_kg=130.0
                ),
                lambda: BodyGoalFactory(user=self.user, start_date=start, target_value=79.0),
                lambda: HabitGoalFactory(user=self.user, start_date=start),
            ]
        )
        make()

    def delete_goal(self, random: Random) -> None:
        if goal := self._one(random, Goal):
            goal.delete()

    def _sets(self, random: Random) -> list[dict[str, Any]]:
        return [
            {
                "exercise": random.choice(self.exercises).pk,
                "reps": random.choice([None, 1, 3, 5, 8, 14]),
                "weight": random.choice([None, 60.0, 100.0, 100.5, 101.0, 120.0]),
                "rir": random.choice([None, 0.0, 1.5, 5.0]),
                "distance": random.choice([None, None, 5.0]),
                "duration": random.choice([None, 1500]),
                "set_type": random.choice(["normal", "normal", "warm_up"]),
            }
            for _ in range(random.randrange(5))
        ]

    def _one(self, random: Random, model: type[Model]) -> Any:
        found = list(model._default_manager.filter(user=self.user).order_by("pk"))
        return random.choice(found) if found else None

    @staticmethod
    def _day(random: Random) -> dt.date:
        return TODAY - dt.timedelta(days=random.choice([0, 1, 2, 6, 7, 8, 20, 40, 75]))
