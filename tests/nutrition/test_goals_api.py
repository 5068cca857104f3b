"""Nutrition goals over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from nutrition.models import DayTarget, NutritionGoal
from tests.factories.nutrition import NutritionGoalFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/nutrition-goal/"
SUGGESTION = f"{URL}suggestion/"
TARGETS = {"calorie_target": 2200, "protein_target": 160, "carbs_target": 220, "fat_target": 70}


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture
def known_body(ana, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    ana.profile.sex = "male"
    ana.profile.height = 180.0
    ana.profile.body_weight_kg = 80.0
    ana.profile.date_of_birth = dt.date(1996, 3, 2)
    ana.profile.save()
    return ana


def test_goals_are_set_and_set_again(api):
    days = [{"weekday": 6, "calorie_target": 2600}, {"is_training": True, "carbs_target": 300}]

    first = api.put(URL, {**TARGETS, "days": days, "aim": "cut", "fiber_target": 30})
    again = api.put(URL, {**TARGETS, "protein_target": 150})

    assert (first.status_code, again.status_code) == (201, 200)
    none = dict.fromkeys(
        ["calorie_target", "protein_target", "carbs_target", "fat_target", "fiber_target"]
    ) | {"water_target": None}
    assert first.json()["days"] == [
        {"weekday": 6, "is_training": None, **none, "calorie_target": 2600},
        {"weekday": None, "is_training": True, **none, "carbs_target": 300},
    ]
    assert again.json()["id"] == first.json()["id"]
    assert again.json() | {"id": 0, "created_at": 0, "updated_at": 0} == {
        **TARGETS,
        "id": 0,
        "protein_target": 150,
        "fiber_target": 0,
        "water_target": 2000,
        "aim": "maintain",
        "is_active": True,
        "days": [],
        "created_at": 0,
        "updated_at": 0,
    }
    assert api.get(URL).json() == again.json()
    assert NutritionGoal.objects.count() == 1


def test_some_are_changed(api, ana):
    goal = NutritionGoalFactory(user=ana)
    goal.days.create(user=ana, weekday=1, calorie_target=2600)

    kept = api.patch(URL, {"calorie_target": 2300}).json()
    replaced = api.patch(URL, {"days": [{"is_training": False, "fat_target": 60}]}).json()

    assert (kept["calorie_target"], len(kept["days"])) == (2300, 1)
    assert [day["is_training"] for day in replaced["days"]] == [False]
    assert replaced["calorie_target"] == 2300


def test_whoever_has_no_goals_gets_none(api, bens_api, ben):
    NutritionGoalFactory(user=ben)

    answers = [api.get(URL), api.patch(URL, {"fat_target": 1}), api.delete(URL)]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert bens_api.get(URL).json()["fat_target"] == 70


def test_goals_are_given_up(api, ana):
    NutritionGoalFactory(user=ana).days.create(user=ana, weekday=1, calorie_target=2600)

    assert api.delete(URL).status_code == 204
    assert not NutritionGoal.objects.exists()
    assert not DayTarget.objects.exists()


def test_nobody_has_goals_without_a_token(anonymous):
    answers = [
        anonymous.get(URL),
        anonymous.put(URL, TARGETS),
        anonymous.patch(URL, {}),
        anonymous.delete(URL),
        anonymous.get(SUGGESTION),
    ]

    assert [answer.status_code for answer in answers] == [401] * 5


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"calorie_target": -1}, ("min_value", "calorie_target")),
        ({"calorie_target": 20001}, ("max_value", "calorie_target")),
        ({"calorie_target": 2200.5}, ("invalid", "calorie_target")),
        ({"fat_target": None}, ("null", "fat_target")),
        ({"aim": "bulk"}, ("invalid_choice", "aim")),
        ({"days": [{"calorie_target": 1}]}, ("invalid", "days.0.weekday")),
        ({"days": [{"weekday": 8}]}, ("max_value", "days.0.weekday")),
        ({"days": [{"weekday": 1, "is_training": True}]}, ("invalid", "days.0.weekday")),
        ({"days": [{"weekday": 1}, {"weekday": 1}]}, ("duplicate", "days.1.weekday")),
    ],
)
def test_what_cannot_be_is_refused_by_name(api, ana, content, expected):
    response = api.put(URL, {**TARGETS, **content})

    assert (response.status_code, errors(response)) == (400, [expected])
    assert not NutritionGoal.objects.exists()


def test_a_suggestion_says_formula_and_inputs(api, known_body, django_assert_num_queries):
    with django_assert_num_queries(3):  # the token, the day, and the person
        found = api.get(SUGGESTION, {"aim": "maintain", "activity": "moderate"}).json()

    assert (found["bmr_kcal"], found["tdee_kcal"]) == (1780.0, 2759.0)
    assert (found["formula"], found["activity_factor"]) == ("mifflin_st_jeor", 1.55)
    assert found["inputs"] == {
        "weight_kg": 80.0,
        "height_cm": 180.0,
        "age_years": 30,
        "sex": "male",
        "body_fat_percent": None,
        "is_pregnant": False,
    }
    grams = (found["protein_target"], found["carbs_target"], found["fat_target"])
    assert 4 * grams[0] + 4 * grams[1] + 9 * grams[2] == found["calorie_target"]


def test_a_known_body_fat_takes_katch_mcardle(api, known_body):
    found = api.get(SUGGESTION, {"body_fat_percent": 15, "aim": "cut"}).json()

    assert (found["formula"], found["bmr_kcal"]) == ("katch_mcardle", 1838.8)
    assert found["guard_rails"] == []


def test_aim_and_activity_come_from_the_settings(api, known_body):
    known_body.settings.primary_goal = "muscle_gain"
    known_body.settings.workout_days_per_week = 4
    known_body.settings.save()

    found = api.get(SUGGESTION).json()

    assert (found["aim"], found["activity"]) == ("gain", "moderate")


def test_a_suggestion_changes_nothing(api, known_body):
    api.get(SUGGESTION)

    assert not NutritionGoal.objects.exists()


def test_what_the_profile_lacks_is_named(api, ana):
    response = api.get(SUGGESTION, {"weight_kg": 80})

    assert response.status_code == 400
    assert errors(response) == [
        ("profile_incomplete", "height"),
        ("profile_incomplete", "date_of_birth"),
    ]


def test_a_formula_that_needs_the_sex_says_so(api, known_body):
    known_body.profile.sex = ""
    known_body.profile.save()

    response = api.get(SUGGESTION)

    assert (response.status_code, errors(response)) == (400, [("no_answer", "sex")])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"aim": "bulk"}, "aim"),
        ({"activity": "lazy"}, "activity"),
        ({"formula": "guess"}, "formula"),
        ({"weight_kg": "NaN"}, "weight_kg"),
        ({"body_fat_percent": 2}, "body_fat_percent"),
    ],
)
def test_a_bad_question_is_refused_by_name(api, known_body, query, field):
    response = api.get(SUGGESTION, query)

    assert response.status_code == 400
    assert [attr for _, attr in errors(response)] == [field]
