"""Plans in few words, and a person who follows them over HTTP."""

import datetime as dt
from typing import Any

import time_machine
from rest_framework.test import APIClient

from tests.factories.workouts import ExerciseFactory
from workouts.models import Exercise, ExerciseEquipment, PlanRun

MONDAY = dt.date(2026, 3, 2)
PLANS, RUNS, WORKOUTS = "/api/v1/plans/", "/api/v1/plan-runs/", "/api/v1/workouts/"
LINEAR = {"kind": "linear", "increment_kg": 2.5}


def barbell(name: str, **values: Any) -> Exercise:
    exercise = ExerciseFactory(name=name, **values)
    ExerciseEquipment.objects.create(exercise=exercise, equipment_id="barbell")
    return exercise


def at(day: dt.date, hour: int = 18) -> Any:
    """That hour of the day, and no second later."""
    instant = dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)
    return time_machine.travel(instant, tick=False)


def fives(exercise: Exercise, **changes: Any) -> dict[str, Any]:
    """Three sets of five, 2.5 kg more after each success, three times a week."""
    return {
        "exercise": str(exercise.pk),
        "track": "lift",
        "start_load_kg": 100.0,
        "progression": LINEAR,
        "planned_sets": [{"count": 3, "reps_min": 5, "reps_max": 5}],
        **changes,
    }


def plan(*days: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """A plan with these days, each a list of planned exercises."""
    return {
        "name": "Three times five",
        "goal": "strength",
        "days_per_week": 3,
        "duration_weeks": 4,
        "fitness_level": "beginner",
        "days": [
            {"day_number": number, "focus": f"Day {number}", "exercises": exercises}
            for number, exercises in enumerate(days, start=1)
        ],
        **changes,
    }


def five_three_one(exercise: Exercise, track: str, **rule: Any) -> dict[str, Any]:
    """Percentages of a training max in waves of four weeks, the last of them easy."""
    waves = {
        1: (5, (65, 75, 85)),
        2: (3, (70, 80, 90)),
        3: (1, (75, 85, 95)),
        4: (5, (40, 50, 60)),
    }
    return {
        "exercise": str(exercise.pk),
        "track": track,
        "progression": {"kind": "percent_wave", **rule},
        "planned_sets": [
            {
                "week": week,
                "reps_min": reps,
                "set_type": "amrap" if place == 3 and week < 4 else "normal",
                "load_type": "percent_tm",
                "load_value": float(percent),
            }
            for week, (reps, percents) in waves.items()
            for place, percent in enumerate(percents, start=1)
        ],
    }


def create_plan(api: APIClient, body: dict[str, Any]) -> dict[str, Any]:
    response = api.post(PLANS, body)
    assert response.status_code == 201, response.content
    return response.json()


def follow(api: APIClient, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A run of a new plan, from that Monday on."""
    made = create_plan(api, body)
    response = api.post(RUNS, {"plan": made["id"], "started_on": str(MONDAY), **changes})
    assert response.status_code == 201, response.content
    return response.json()


def run_url(run: dict[str, Any], action: str = "") -> str:
    return f"{RUNS}{run['id']}/{action}"


def today(api: APIClient, run: dict[str, Any]) -> dict[str, Any]:
    response = api.get(run_url(run, "today/"))
    assert response.status_code == 200, response.content
    return response.json()


def loads(answer: dict[str, Any]) -> list[float | None]:
    """Of every set that is asked for today."""
    return [
        one["target"]["load_kg"]
        for exercise in answer["session"]["exercises"]
        for one in exercise["sets"]
    ]


def session_body(run: dict[str, Any], *sets: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "name": "Session",
        "date": str(MONDAY),
        "start_time": "18:00",
        "plan_run_id": run["id"],
        "sets": list(sets),
        **changes,
    }


def log(
    api: APIClient, run: dict[str, Any], *sets: dict[str, Any], **changes: Any
) -> dict[str, Any]:
    """A session as a phone sends it that was offline."""
    response = api.post(WORKOUTS, session_body(run, *sets, **changes))
    assert response.status_code == 201, response.content
    return response.json()


def sets_of(workout: dict[str, Any]) -> list[dict[str, Any]]:
    """In their order, each with its exercise."""
    rows = {
        row["id"]: {**row, "exercise": group["exercise_id"]}
        for group in workout["exercises"]
        for row in group["sets"]
    }
    return [rows[pk] for pk in workout["sets"]]


def done(exercise: Exercise, reps: int, weight: float | None, **values: Any) -> dict[str, Any]:
    return {"exercise": str(exercise.pk), "reps": reps, "weight": weight, **values}


def decisions(api: APIClient, run: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    response = api.get(run_url(run, f"decisions/{query}"))
    assert response.status_code == 200, response.content
    return response.json()["results"]


def stored(run: dict[str, Any]) -> PlanRun:
    return PlanRun.objects.get(pk=run["id"])


def errors_of(response: Any) -> list[tuple[str | None, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]
