"""What the selectors say in SQL is what the ORM says."""

import datetime as dt

import pytest
from django.db.models import Count, F, Sum

from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from workouts import selectors
from workouts.models import Exercise, Workout
from workouts.selectors import CatalogueFilter, DiaryFilter

pytestmark = pytest.mark.django_db


def test_the_diary_is_the_orms(ana, ben):
    for day in range(1, 4):
        workout = WorkoutFactory(user=ana, date=dt.date(2026, 3, day))
        for position in range(1, day + 1):
            WorkoutSetFactory(workout=workout, position=position, reps=day, weight=50)
    WorkoutFactory(user=ben)

    page = selectors.diary_page(user_id=ana.pk, narrowed=DiaryFilter(), size=10, place=None)

    expected = (
        Workout.objects.owned_by(ana)
        .annotate(
            sets_count=Count("sets"),
            exercises_count=Count("sets__exercise", distinct=True),
            tonnage=Sum(F("sets__weight") * F("sets__reps")),
        )
        .order_by("-date", "-start_time", "-id")
        .values(*page.rows[0].keys())
    )
    assert page.rows == list(expected)


def test_the_catalogue_is_the_orms(ana, ben):
    for name in ("Squat", "bench", "Row"):
        ExerciseFactory(name=name)
    CustomExerciseFactory(created_by=ana, name="Mine")
    CustomExerciseFactory(created_by=ben, name="His")

    page = selectors.catalogue_page(
        user_id=ana.pk, narrowed=CatalogueFilter(), size=10, place=None
    )

    visible = Exercise.objects.visible_to(ana.pk)
    assert [row["name"] for row in page.rows] == ["bench", "Mine", "Row", "Squat"]
    assert {row["id"] for row in page.rows} == set(visible.values_list("pk", flat=True))
