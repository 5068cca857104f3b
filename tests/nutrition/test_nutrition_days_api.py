"""A day of food against its goals, over HTTP."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from nutrition.models import DiaryDay, NutritionGoal, PastGoal
from tests.factories.nutrition import (
    FoodFactory,
    MealEntryFactory,
    NutritionGoalFactory,
    WaterIntakeFactory,
)
from tests.factories.workouts import WorkoutFactory

pytestmark = pytest.mark.django_db

URL = "/api/v1/nutrition-days/2026-03-02/"
NOTHING = {"calories": 0, "protein": 0, "carbs": 0, "fat": 0, "fiber": 0, "sugar": 0}


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


@pytest.fixture
def goal(ana):
    return NutritionGoalFactory(user=ana)


@pytest.fixture
def two_meals(ana):
    """2310 kcal, 150 g protein, 240 g carbs, 75 g fat, 24 g fiber."""
    bowl = FoodFactory(
        name="Bowl",
        calories=1000,
        protein=70.0,
        carbs=100.0,
        fat=35.0,
        fiber=10.0,
        sugar=20.0,
        trust_score=100,
    )
    plate = FoodFactory(
        name="Plate",
        calories=1310,
        protein=80.0,
        carbs=140.0,
        fat=40.0,
        fiber=14.0,
        sugar=5.0,
        trust_score=100,
    )
    return [
        MealEntryFactory(user=ana, food=plate, time=dt.time(19), meal_type="dinner"),
        MealEntryFactory(user=ana, food=bowl, time=dt.time(8), meal_type="breakfast"),
    ]


def test_a_day_without_anything_has_the_shape_of_one(api):
    day = api.get(URL).json()

    assert day == {
        "date": "2026-03-02",
        **{f"total_{name}": 0.0 for name in NOTHING},
        "total_energy_kj": 0.0,
        "meal_count": 0,
        "meals": {},
        "meal_totals": {},
        "water_ml": 0,
        "goals_met": {"calories": False, "protein": False, "carbs": False, "fat": False},
        "goals": None,
        "goals_for": None,
        "aim": None,
        "remaining": None,
        "percent_of_goal": None,
        "is_complete": False,
        "is_training": False,
        "score": None,
        "score_low": None,
        "score_high": None,
        "coverage": 0.0,
        "compliance": {},
        "trust": {"score": None, "scored_share": 0.0, "doubt": 0.0},
    }


def test_meals_are_grouped_and_totaled(api, ana, two_meals):
    MealEntryFactory(user=ana, food=two_meals[0].food, time=dt.time(7), meal_type="breakfast")
    WaterIntakeFactory(user=ana, amount_ml=250)
    WaterIntakeFactory(user=ana, amount_ml=300)

    day = api.get(URL).json()

    assert list(day["meals"]) == ["breakfast", "dinner"]
    assert [row["food_name"] for row in day["meals"]["breakfast"]] == ["Plate", "Bowl"]
    assert day["meal_totals"]["breakfast"] == {
        "calories": 2310.0,
        "protein": 150.0,
        "carbs": 240.0,
        "fat": 75.0,
        "fiber": 24.0,
        "sugar": 25.0,
    }
    assert (day["total_calories"], day["meal_count"], day["water_ml"]) == (3620.0, 3, 550)
    assert day["total_energy_kj"] == 15146.1


def test_goals_are_met_from_the_target_on_and_the_score_knows_better(api, goal, two_meals):
    day = api.get(URL).json()

    assert day["goals_met"] == {"calories": True, "protein": False, "carbs": True, "fat": True}
    assert day["score"] == 92.25
    assert {name: part["score"] for name, part in day["compliance"].items()} == {
        "calories": 100.0,
        "protein": 87.5,
        "carbs": 100.0,
        "fat": 100.0,
        "fiber": 60.0,
    }
    assert [day["compliance"][name]["kind"] for name in ("calories", "protein", "fiber")] == [
        "band",
        "floor",
        "floor",
    ]
    assert day["goals"] == {
        "calories": 2200,
        "protein": 160,
        "carbs": 220,
        "fat": 70,
        "fiber": 30,
        "water_ml": 2000,
    }
    assert day["remaining"] == {
        "calories": -110.0,
        "protein": 10.0,
        "carbs": -20.0,
        "fat": -5.0,
        "fiber": 6.0,
        "water_ml": 2000.0,
    }
    assert day["percent_of_goal"]["calories"] == 105.0
    assert (day["coverage"], day["goals_for"], day["aim"]) == (1.0, "every_day", "maintain")


def test_foods_that_cannot_be_trusted_widen_the_score(api, goal, two_meals):
    sure = api.get(URL).json()
    for entry in two_meals:
        entry.trust_score = 0
        entry.save()

    unsure = api.get(URL).json()

    assert sure["trust"] == {"score": 100.0, "scored_share": 1.0, "doubt": 0.05}
    assert unsure["trust"] == {"score": 0.0, "scored_share": 1.0, "doubt": 0.3}
    assert unsure["score"] == sure["score"] == 92.25
    assert (sure["score_low"], sure["score_high"]) == (85.7, 92.25)
    assert (unsure["score_low"], unsure["score_high"]) == (29.02, 92.25)


def test_a_day_in_part_has_no_score(api, goal, ana):
    MealEntryFactory(user=ana, quantity=30)

    day = api.get(URL).json()

    assert (day["is_complete"], day["score"], day["score_low"]) == (False, None, None)
    assert day["compliance"]["protein"]["percent"] == 187.5


def test_the_person_says_whether_a_day_is_complete(api, goal, ana):
    MealEntryFactory(user=ana, quantity=22)

    said = api.patch(URL, {"is_complete": True}).json()
    unsaid = api.patch(URL, {"is_complete": None}).json()

    assert (said["is_complete"], said["score"] is None) == (True, False)
    assert (unsaid["is_complete"], unsaid["score"]) == (False, None)
    assert DiaryDay.objects.count() == 1


def test_basal_energy_says_what_a_whole_day_is(api, ana, goal):
    profile = ana.profile
    profile.sex, profile.height, profile.body_weight_kg = "male", 180.0, 80.0
    profile.date_of_birth = dt.date(1996, 1, 1)
    profile.save()
    for meal in ("lunch", "dinner"):
        MealEntryFactory(user=ana, meal_type=meal, quantity=5.3)

    # 60 % of 1780 kcal are 1068.
    before = api.get(URL).json()["is_complete"]
    MealEntryFactory(user=ana, meal_type="snack", quantity=0.08)

    assert (before, api.get(URL).json()["is_complete"]) == (False, True)


def test_a_weekday_may_have_other_targets(api, goal):
    goal.days.create(user=goal.user, weekday=1, calorie_target=2600)

    monday = api.get(URL).json()
    tuesday = api.get("/api/v1/nutrition-days/2026-03-03/").json()

    assert (monday["goals"]["calories"], monday["goals_for"]) == (2600, "weekday")
    assert monday["goals"]["protein"] == 160
    assert (tuesday["goals"]["calories"], tuesday["goals_for"]) == (2200, "every_day")


def test_training_days_and_rest_days_go_before_weekdays(api, ana, goal):
    goal.days.create(user=ana, weekday=1, calorie_target=2600, fat_target=90)
    goal.days.create(user=ana, is_training=True, calorie_target=2800)
    goal.days.create(user=ana, is_training=False, calorie_target=2000)

    rest = api.get(URL).json()
    WorkoutFactory(user=ana, date=dt.date(2026, 3, 2))
    trained = api.get(URL).json()
    said = api.patch(URL, {"is_training": False}).json()

    assert (rest["goals"]["calories"], rest["goals_for"]) == (2000, "rest_days")
    assert (trained["goals"]["calories"], trained["goals"]["fat"]) == (2800, 90)
    assert (trained["is_training"], trained["goals_for"]) == (True, "training_days")
    assert (said["is_training"], said["goals"]["calories"]) == (False, 2000)


def test_another_persons_workout_makes_no_training_day(api, ben):
    WorkoutFactory(user=ben, date=dt.date(2026, 3, 2))

    assert api.get(URL).json()["is_training"] is False


def test_past_days_keep_the_goals_that_they_had(api, ana, goal):
    goal.days.create(user=ana, weekday=1, calorie_target=2600)
    goal.days.create(user=ana, is_training=False, fat_target=50)
    with time_machine.travel("2026-03-02T12:00Z", tick=False):
        NutritionGoal.objects.filter(pk=goal.pk).write(created_at=timezone.now())
    before = api.get(URL).json()

    with time_machine.travel("2026-03-04T12:00Z", tick=False):
        api.patch("/api/v1/nutrition-goal/", {"calorie_target": 1800, "aim": "cut", "days": []})
        api.patch("/api/v1/nutrition-goal/", {"calorie_target": 1900})
    with time_machine.travel("2026-03-06T12:00Z", tick=False):
        api.patch("/api/v1/nutrition-goal/", {"is_active": False})

    assert (before["goals"]["calories"], before["goals"]["fat"]) == (2600, 50)
    assert api.get(URL).json() == before
    days = {day: api.get(f"/api/v1/nutrition-days/2026-03-0{day}/").json() for day in (3, 4, 5, 6)}
    assert {day: (found["goals"] or {}).get("calories") for day, found in days.items()} == {
        3: 2200,
        4: 1900,
        5: 1900,
        6: None,
    }
    assert [days[day]["aim"] for day in (3, 4, 5, 6)] == ["maintain", "cut", "cut", None]
    assert [days[day]["goals_for"] for day in (3, 4)] == ["rest_days", "every_day"]
    assert PastGoal.objects.count() == 2


def test_goals_that_are_not_active_do_not_count(api, goal):
    goal.is_active = False
    goal.save()

    assert api.get(URL).json()["goals"] is None


def test_micronutrients_are_summed_where_asked_for(api, ana):
    food = FoodFactory(micronutrients={"iron_mg": 2.0, "sodium_mg": 100})
    MealEntryFactory(user=ana, food=food, quantity=1.5)
    MealEntryFactory(user=ana, food=FoodFactory(micronutrients={"iron_mg": 1.0}))

    day = api.get(URL, {"micronutrients": "true"}).json()

    assert day["micronutrients"] == {"iron_mg": 4.0, "sodium_mg": 150.0}
    assert "micronutrients" not in api.get(URL).json()
    assert errors(api.get(URL, {"micronutrients": "x"})) == [("invalid", "micronutrients")]


def test_a_day_takes_two_queries_however_much_is_eaten(api, ana, goal, django_assert_num_queries):
    MealEntryFactory.create_batch(20, user=ana)

    with django_assert_num_queries(3):  # the token, and two
        assert api.get(URL).json()["meal_count"] == 20


def test_a_day_is_ones_own(bens_api, anonymous, ana, goal, two_meals):
    WaterIntakeFactory(user=ana)

    day = bens_api.get(URL).json()

    assert (day["meal_count"], day["water_ml"], day["goals"]) == (0, 0, None)
    assert anonymous.get(URL).status_code == 401
    assert anonymous.patch(URL, {"is_complete": True}).status_code == 401


@pytest.mark.parametrize("day", ["2026-02-30", "1969-12-31", "2200-01-01", "yesterday"])
def test_a_day_that_is_none_does_not_exist(api, day):
    assert api.get(f"/api/v1/nutrition-days/{day}/").status_code == 404


def test_logged_days_are_listed_latest_first(api, ana):
    for day in (2, 4, 3):
        MealEntryFactory.create_batch(2, user=ana, date=dt.date(2026, 3, day))
    WaterIntakeFactory(user=ana)

    first = api.get("/api/v1/nutrition-days/", {"page_size": 2}).json()
    second = api.get(first["next"]).json()
    narrowed = api.get("/api/v1/nutrition-days/", {"date_before": "2026-03-03"}).json()

    assert [row["date"] for row in first["results"]] == ["2026-03-04", "2026-03-03"]
    assert second["results"] == [
        {
            "date": "2026-03-02",
            "total_calories": 200.0,
            "total_protein": 20.0,
            "total_carbs": 20.0,
            "total_fat": 4.0,
            "total_fiber": 2.0,
            "total_sugar": 8.0,
            "total_energy_kj": 836.8,
            "meal_count": 2,
            "water_ml": 250,
        }
    ]
    assert [row["date"] for row in narrowed["results"]] == ["2026-03-03", "2026-03-02"]


def test_a_feast_does_not_erase_a_week(api, ana, goal, django_assert_num_queries):
    for day, quantity in ((1, 20), (2, 24), (3, 22)):
        for meal in ("lunch", "dinner"):
            MealEntryFactory(
                user=ana, date=dt.date(2026, 3, day), meal_type=meal, quantity=quantity / 2
            )
    MealEntryFactory(user=ana, date=dt.date(2026, 3, 5))

    with django_assert_num_queries(2):
        week = api.get("/api/v1/nutrition-days/2026-03-07/week/").json()

    assert [day["date"] for day in week["days"]] == [f"2026-03-0{n}" for n in range(1, 8)]
    assert week["complete_days"] == 3
    assert week["compliance"]["calories"]["actual"] == 2200.0
    assert week["compliance"]["calories"]["score"] == 100.0
    assert [day["score"] is None for day in week["days"]] == [False] * 3 + [True] * 4
