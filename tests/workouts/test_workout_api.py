"""The diary over HTTP."""

import pytest
from rest_framework.test import APIClient

from tests.factories.workouts import ExerciseFactory
from users.ids import uuid7
from users.models import User
from workouts.models import Workout, WorkoutSet

URL = "/api/v1/workouts/"
pytestmark = pytest.mark.django_db


def push_day(**changes):
    bench = changes.pop("bench")
    return {
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:00:00",
        "end_time": "19:15:00",
        "sets": [
            {"exercise": str(bench.pk), "reps": 5, "weight": 100.0, "rpe": 8},
            {"exercise": str(bench.pk), "reps": 5, "weight": 102.5, "rpe": 9},
        ],
        **changes,
    }


def test_a_workout_is_logged_with_its_sets_in_one_request(api: APIClient, ana: User):
    bench = ExerciseFactory(name="Bench Press")

    response = api.post(URL, push_day(bench=bench))

    assert response.status_code == 201, response.content
    answer = response.json()
    assert answer["duration"] == 75
    assert answer["tonnage"] == 1012.5
    [group] = answer["exercises"]
    assert group["exercise_name"] == "Bench Press"
    assert [(s["set_number"], s["weight"], s["one_rm"]) for s in group["sets"]] == [
        (1, 100.0, 112.5),
        (2, 102.5, 115.3125),
    ]
    assert Workout.objects.get().user == ana


def test_the_same_id_twice_makes_one_row(api: APIClient):
    body = push_day(bench=ExerciseFactory(), id=str(uuid7()))

    first, second = api.post(URL, body), api.post(URL, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (Workout.objects.count(), WorkoutSet.objects.count()) == (1, 2)
