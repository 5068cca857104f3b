"""Whether a lighter week is due, over HTTP."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries
from rest_framework.test import APIClient

from tests.analytics.periods import DAY, WEEK, follow
from tests.factories.analytics import StrengthProgressFactory, TrainingDayFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory
from users.models import User
from workouts.models import PlanRun, PlanVersion

pytestmark = pytest.mark.django_db

URL = "/api/v1/workout-analyses/deload/"
DOCUMENT: dict[str, Any] = {
    "name": "Plan",
    "goal": "strength",
    "days_per_week": 2,
    "fitness_level": "beginner",
    "days": [
        {
            "day_number": 1,
            "focus": "Everything",
            "exercises": [{"name": "Squat", "sets": 3, "reps": "5"}],
        }
    ],
}


def monday(weeks_ago: int) -> dt.date:
    today = timezone.now().date()
    return today - today.weekday() * DAY - weeks_ago * WEEK


def lift(user: User, *volumes: float, sessions: int = 1) -> None:
    """Weeks with so many kg, the last of them last week."""
    for number, volume in enumerate(volumes):
        day = monday(len(volumes) - number)
        TrainingDayFactory(user=user, date=day, volume=volume, workouts=sessions, hard_sets=5)


def stand_still(user: User) -> None:
    exercise = ExerciseFactory()
    for weeks_ago in range(1, 9):
        StrengthProgressFactory(
            user=user, exercise=exercise, date=monday(weeks_ago), one_rep_max=120
        )


def with_document(run: PlanRun, **changes: Any) -> None:
    PlanVersion.objects.filter(pk=run.version_id).update(document={**DOCUMENT, **changes})


def kinds(answer: Any) -> list[str]:
    return [week["kind"] for week in answer.data["weeks"]]


def test_a_week_far_below_the_four_before_it_is_light(api: APIClient, ana: User) -> None:
    lift(ana, 10_000, 10_500, 11_000, 11_200, 6_000)

    answer = api.get(URL)

    assert kinds(answer) == ["too_little_data"] * 4 + ["light"]
    last = answer.data["weeks"][-1]
    assert (last["load"], last["usual_load"]) == (6_000, 10_750)
    assert last["share"] == pytest.approx(0.558, abs=0.001)
    assert answer.data["load_unit"] == "kg"


@pytest.mark.parametrize(("sessions", "kind"), [(3, "deload"), (1, "missed")])
def test_a_light_week_is_a_deload_only_with_its_sessions(
    api: APIClient, ana: User, sessions: int, kind: str
) -> None:
    with_document(follow(ana, times=3, since=monday(5)))
    lift(ana, 10_000, 10_500, 11_000, 11_200, 6_000, sessions=sessions)

    answer = api.get(URL)

    assert kinds(answer)[-1] == kind


def test_who_moves_no_kilograms_is_judged_by_sets(api: APIClient, ana: User) -> None:
    lift(ana, 0, 0, 0, 0, 0)

    answer = api.get(URL)

    assert answer.data["load_unit"] == "sets"
    assert [week["load"] for week in answer.data["weeks"]] == [5] * 5
    assert kinds(answer)[-1] == "normal"


def test_what_the_plan_makes_easier_is_a_deload(api: APIClient, ana: User) -> None:
    run = follow(ana, times=2, since=monday(2))
    with_document(run, cycle_weeks=2, deload={"weeks": [2], "load_percent": 60})
    lift(ana, 5_000, 5_000, sessions=2)
    for number, weeks_ago in ((1, 2), (2, 2), (3, 1), (4, 1)):
        WorkoutFactory(user=ana, date=monday(weeks_ago), plan_run=run, session_number=number)

    answer = api.get(URL)

    assert kinds(answer) == ["too_little_data", "deload"]
    assert answer.data["weeks_since_deload"] == 0


@pytest.mark.parametrize(("recovery", "is_due"), [("low", True), ("good", False), (None, False)])
def test_lifts_that_stand_still_ask_for_a_deload_where_recovery_is_low(
    api: APIClient, ana: User, *, recovery: str | None, is_due: bool
) -> None:
    lift(ana, *[10_000] * 8)
    stand_still(ana)

    answer = api.get(URL, {"recovery": recovery} if recovery else {})

    assert answer.data["is_due"] is is_due
    assert answer.data["reason"] == ("standing_still" if is_due else None)
    assert answer.data["lifts_standing_still"] == 1


def test_a_program_of_percentages_asks_for_one_by_the_calendar(api: APIClient, ana: User) -> None:
    scheme = {"count": 3, "reps_min": 5, "load_type": "percent_1rm", "load_value": 80.0}
    planned = {"name": "Squat", "planned_sets": [scheme]}
    day = {"day_number": 1, "focus": "Everything", "exercises": [planned]}
    with_document(follow(ana, times=1, since=monday(9)), days_per_week=1, days=[day])
    lift(ana, *[10_000] * 9)

    answer = api.get(URL, {"explain": 1})

    assert (answer.data["is_due"], answer.data["reason"]) == (True, "calendar")
    assert (answer.data["load_share_low"], answer.data["load_share_high"]) == (0.6, 0.8)
    explanation = answer.data["provenance"]["explanation"]
    assert "Weeks since the last deload, light week or break: 9." in explanation
    assert "explanation" in answer.data["weeks"][0]["provenance"]


def test_who_never_trained_needs_no_deload(api: APIClient) -> None:
    answer = api.get(URL)

    assert (answer.data["is_due"], answer.data["weeks"]) == (False, [])


def test_a_bad_recovery_is_refused(api: APIClient) -> None:
    answer = api.get(URL, {"recovery": "so-so"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == "recovery"


def test_it_costs_the_same_for_any_number_of_lifts(
    api: APIClient, ana: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lift(ana, *[10_000] * 8)
    for _ in range(3):
        stand_still(ana)

    with django_assert_num_queries(7):  # the person, their day, weeks, plans, lifts, and trends
        answer = api.get(URL)

    assert answer.data["lifts_standing_still"] == 3
