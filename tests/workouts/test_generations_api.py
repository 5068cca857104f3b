"""Plans by documented rules, over HTTP."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.factories.workouts import ExerciseFactory
from users import tasks
from users.ids import uuid7
from users.models import IdempotencyKey
from workouts.models import Exercise, PlanGeneration, WorkoutPlan
from workouts.services import catalogue as catalogues

URL = "/api/v1/plan-generations/"
PLANS = "/api/v1/plans/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(db) -> None:
    catalogues.load_catalogue()


@pytest.fixture
def push_up(db) -> Exercise:
    """All that there is to choose from."""
    return ExerciseFactory(slug="push-up", name="Push-Up")


def wish(**changes) -> dict[str, Any]:
    return {
        "goal": "strength",
        "days_per_week": 3,
        "fitness_level": "beginner",
        "equipment": ["dumbbell"],
        "session_minutes": 60,
        **changes,
    }


def made(api: APIClient, **changes) -> dict[str, Any]:
    response = api.post(URL, {"wish": wish(**changes)})
    assert response.status_code == 201, response.content
    return response.json()


def row(generation: dict[str, Any]) -> str:
    return f"{URL}{generation['id']}/"


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


# --- A plan --------------------------------------------------------------------------------------


def test_three_days_with_dumbbells_alone(api: APIClient, ana, catalogue):
    answer = made(api)

    assert (answer["method"], answer["status"], answer["error"]) == ("rules", "done", "")
    assert answer["wish"] == {**wish(), "duration_weeks": 8}
    assert answer["finished_at"] is not None
    stored = WorkoutPlan.objects.get()
    assert (str(stored.pk), stored.user, stored.is_public) == (answer["plan"], ana, False)
    plan = api.get(f"{PLANS}{answer['plan']}/").json()
    assert (plan["name"], plan["is_ai_generated"]) == ("Strength, 3 times a week", False)
    assert (plan["goal"], plan["days_per_week"], plan["duration_weeks"]) == ("strength", 3, 8)
    assert [
        (day["day_number"], day["focus"], day["exercises"][0]["name"]) for day in plan["days"]
    ] == [
        (1, "Full body A", "Goblet Squat"),
        (2, "Full body B", "Dumbbell Romanian Deadlift"),
        (3, "Full body C", "Goblet Squat"),
    ]


def test_a_plan_for_dumbbells_needs_nothing_else_and_no_more_time(api: APIClient, catalogue):
    answer = made(api)

    needed = Exercise.objects.filter(planned__day__plan=answer["plan"])
    findings = api.get(f"{PLANS}{answer['plan']}/findings/").json()
    [week] = api.get(f"{PLANS}{answer['plan']}/volume/").json()["weeks"]
    assert set(needed.values_list("equipment", flat=True)) == {None, "dumbbell"}
    assert findings["is_valid"] is True
    assert len(week["minutes"]) == 3
    assert 45 < min(week["minutes"]) <= max(week["minutes"]) <= 60


@pytest.mark.parametrize("days", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("minutes", [15, 45])
def test_a_plan_is_valid_whatever_the_days_and_the_time(api: APIClient, catalogue, days, minutes):
    answer = made(api, days_per_week=days, session_minutes=minutes, equipment=[])

    findings = api.get(f"{PLANS}{answer['plan']}/findings/").json()
    volume = api.get(f"{PLANS}{answer['plan']}/volume/").json()
    assert findings["is_valid"] is True
    assert len(volume["weeks"][0]["minutes"]) == days
    assert max(volume["weeks"][0]["minutes"]) <= minutes


def test_the_same_wish_makes_the_same_plan_again(api: APIClient, catalogue):
    first, second = (api.get(f"{PLANS}{made(api)['plan']}/versions/1/").json() for _ in range(2))

    assert first["days"][0]["id"] != second["days"][0]["id"]
    assert [[planned["exercise"] for planned in day["exercises"]] for day in first["days"]] == [
        [planned["exercise"] for planned in day["exercises"]] for day in second["days"]
    ]


def test_a_persons_own_exercises_are_not_put_into_plans(api: APIClient, ana, push_up):
    ExerciseFactory(name="Ana's push-up", is_custom=True, created_by=ana)

    answer = made(api)

    used = Exercise.objects.filter(planned__day__plan=answer["plan"]).distinct()
    assert list(used) == [push_up]


def test_a_plan_is_changed_like_one_that_was_written(api: APIClient, push_up):
    answer = made(api)

    response = api.patch(f"{PLANS}{answer['plan']}/", {"name": "My three days"})

    assert response.status_code == 200
    assert (response.json()["name"], response.json()["version"]) == ("My three days", 2)


# --- Bad wishes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"days_per_week": 0}, ("wish.days_per_week", "invalid")),
        ({"days_per_week": 8}, ("wish.days_per_week", "invalid")),
        ({"days_per_week": "3"}, ("wish.days_per_week", "invalid")),
        ({"days_per_week": 3.5}, ("wish.days_per_week", "invalid")),
        ({"days_per_week": True}, ("wish.days_per_week", "invalid")),
        ({"days_per_week": None}, ("wish.days_per_week", "invalid")),
        ({"goal": "world peace"}, ("wish.goal", "invalid")),
        ({"fitness_level": "godlike"}, ("wish.fitness_level", "invalid")),
        ({"session_minutes": 14}, ("wish.session_minutes", "invalid")),
        ({"session_minutes": 181}, ("wish.session_minutes", "invalid")),
        ({"duration_weeks": 53}, ("wish.duration_weeks", "invalid")),
        ({"equipment": "dumbbell"}, ("wish.equipment", "invalid")),
        ({"equipment": ["dumbbell"] * 32}, ("wish.equipment", "invalid")),
        ({"equipment": ["dumbbell", "Bench!"]}, ("wish.equipment.1", "invalid")),
        ({"equipment": ["bench", "dumbbells"]}, ("wish.equipment.1", "does_not_exist")),
        ({"music": "loud"}, ("wish.music", "unknown_field")),
    ],
)
def test_a_bad_wish_is_refused_by_the_name_of_what_is_wrong(
    api: APIClient, push_up, changes, error
):
    response = api.post(URL, {"wish": wish(**changes)})

    assert (response.status_code, errors_of(response)) == (400, [error])
    assert not PlanGeneration.objects.exists()
    assert not WorkoutPlan.objects.exists()


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("wish", "required")]),
        ({"wish": None}, [("wish", "null")]),
        ({"wish": []}, [("wish", "invalid")]),
        ({"wish": "three days"}, [("wish", "invalid")]),
        (
            {"wish": {}},
            [
                ("wish.goal", "required"),
                ("wish.days_per_week", "required"),
                ("wish.fitness_level", "required"),
                ("wish.equipment", "required"),
                ("wish.session_minutes", "required"),
            ],
        ),
        ({"wish": wish(), "method": "magic"}, [("method", "invalid_choice")]),
        ({"wish": wish(), "id": "1"}, [("id", "invalid")]),
    ],
)
def test_a_body_without_a_wish_is_refused(api: APIClient, push_up, body, errors):
    response = api.post(URL, body)

    assert (response.status_code, errors_of(response)) == (400, errors)
    assert not PlanGeneration.objects.exists()


def test_where_nothing_fits_nothing_is_stored(api: APIClient):
    barbell = ExerciseFactory(slug="barbell-back-squat", difficulty_level=2)
    barbell.equipment.add("barbell")

    response = api.post(URL, {"wish": wish()}, headers={"Idempotency-Key": "k"})

    assert (response.status_code, errors_of(response)) == (
        400,
        [("wish.equipment", "nothing_fits")],
    )
    assert not PlanGeneration.objects.exists()
    assert not WorkoutPlan.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_model_that_is_not_set_up_is_a_conflict(api: APIClient, push_up, settings):
    settings.AI_BASE_URL = settings.AI_MODEL = ""

    response = api.post(URL, {"wish": wish(), "method": "ai"})

    assert (response.status_code, errors_of(response)) == (409, [(None, "ai_not_configured")])
    assert not PlanGeneration.objects.exists()


def test_rules_wake_no_worker_and_wait_for_none(
    api: APIClient, ana, push_up, monkeypatch, django_capture_on_commit_callbacks
):
    woken = []
    monkeypatch.setattr(tasks.run_job, "delay", lambda **job: woken.append(job))
    PlanGeneration.objects.create(user=ana, method="ai", wish=wish(), status="running")

    with django_capture_on_commit_callbacks(execute=True):
        made(api)

    assert woken == []


# --- Repeats -------------------------------------------------------------------------------------


def test_a_repeat_by_id_answers_the_same_generation(api: APIClient, push_up):
    body = {"id": str(uuid7()), "wish": wish()}

    first, second = (api.post(URL, body) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["id"] == body["id"]
    assert (PlanGeneration.objects.count(), WorkoutPlan.objects.count()) == (1, 1)


def test_a_repeat_by_key_answers_the_same_generation(api: APIClient, push_up):
    first, second = (
        api.post(URL, {"wish": wish()}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (PlanGeneration.objects.count(), WorkoutPlan.objects.count()) == (1, 1)


def test_a_repeat_with_another_wish_is_a_mix_up(api: APIClient, push_up):
    key = {"Idempotency-Key": "k"}
    body = {"id": str(uuid7()), "wish": wish()}
    other = wish(days_per_week=2)
    api.post(URL, body)
    api.post(URL, {"wish": wish()}, headers=key)

    by_id = api.post(URL, {**body, "wish": other})
    by_key = api.post(URL, {"wish": other}, headers=key)

    assert (by_id.status_code, errors_of(by_id)) == (409, [(None, "id_taken")])
    assert (by_key.status_code, errors_of(by_key)) == (422, [(None, "idempotency_key_reused")])
    assert (PlanGeneration.objects.count(), WorkoutPlan.objects.count()) == (2, 2)


def test_without_id_and_key_each_wish_is_a_new_plan(api: APIClient, push_up):
    first, second = made(api), made(api)

    assert first["id"] != second["id"]
    assert first["plan"] != second["plan"]


# --- Reading and deleting ------------------------------------------------------------------------


def test_the_list_is_newest_first_and_ones_own(api: APIClient, bens_api: APIClient, push_up):
    first, second = made(api), made(api, days_per_week=2)

    mine, bens = api.get(URL).json(), bens_api.get(URL).json()

    assert mine["results"] == [second, first]
    assert bens["results"] == []


def test_detail_shows_what_the_create_showed(api: APIClient, push_up):
    generation = made(api)

    response = api.get(row(generation))

    assert (response.status_code, response.json()) == (200, generation)


@pytest.mark.parametrize("method", ["get", "delete"])
def test_anothers_generation_is_not_there(api: APIClient, bens_api: APIClient, push_up, method):
    generation = made(api)

    response = getattr(bens_api, method)(row(generation))

    assert response.status_code == 404
    assert PlanGeneration.objects.count() == 1


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_generation_cannot_be_changed(api: APIClient, push_up, method):
    generation = made(api)

    response = getattr(api, method)(row(generation), {"status": "failed"})

    assert response.status_code == 405
    assert api.get(row(generation)).json() == generation


def test_without_a_log_in_there_is_nothing(anonymous: APIClient, push_up):
    assert anonymous.get(URL).status_code == 401
    assert anonymous.post(URL, {"wish": wish()}).status_code == 401
    assert not PlanGeneration.objects.exists()


def test_deleting_a_generation_leaves_its_plan_and_a_tombstone(api: APIClient, push_up):
    generation = made(api)
    cursor = api.get("/api/v1/sync/").json()["cursor"]

    response = api.delete(row(generation))

    assert response.status_code == 204
    assert api.get(row(generation)).status_code == 404
    assert api.get(f"{PLANS}{generation['plan']}/").status_code == 200
    [change] = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]
    assert (change["resource"], change["id"], change["deleted"]) == (
        "workouts.plangeneration",
        generation["id"],
        True,
    )


def test_deleting_the_plan_leaves_the_generation_without_one(api: APIClient, push_up):
    generation = made(api)
    cursor = api.get("/api/v1/sync/").json()["cursor"]

    response = api.delete(f"{PLANS}{generation['plan']}/")

    assert response.status_code == 204
    left = api.get(row(generation)).json()
    assert (left["plan"], left["status"], left["wish"]) == (None, "done", generation["wish"])
    changes = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]
    assert {(one["resource"], one["deleted"]) for one in changes} == {
        ("workouts.workoutplan", True),
        ("workouts.plangeneration", False),
    }
    assert [one["data"] for one in changes if not one["deleted"]] == [left]


# --- Cost ----------------------------------------------------------------------------------------


def test_a_plan_costs_the_same_number_of_statements_for_one_and_for_seven_days(
    api: APIClient, catalogue, django_assert_num_queries
):
    with django_assert_num_queries(17):
        made(api, days_per_week=1)
    with django_assert_num_queries(17):
        made(api, days_per_week=7)


def test_lists_and_details_cost_the_same_for_any_number(
    api: APIClient, push_up, django_assert_num_queries
):
    generations = [made(api) for _ in range(3)]

    # Whose token, and the rows.
    with django_assert_num_queries(2):
        answer = api.get(URL).json()
    with django_assert_num_queries(2):
        api.get(row(generations[0]))

    assert len(answer["results"]) == 3
