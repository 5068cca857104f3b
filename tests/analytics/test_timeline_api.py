"""What somebody did day by day, over HTTP."""

import datetime as dt

import pytest
import time_machine

from tests.factories.analytics import (
    BodyMetricFactory,
    NutritionSummaryFactory,
    PersonalRecordFactory,
    TrainingDayFactory,
)
from tests.factories.nutrition import MealEntryFactory
from tests.factories.wearables import DailyActivityFactory, SleepFactory
from tests.factories.workouts import WorkoutFactory
from users.models import UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/activity-timeline/"
MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
EMPTY = {
    "has_workout": False,
    "workouts": [],
    "has_meals": False,
    "meal_count": 0,
    "has_metrics": False,
    "metrics": {},
    "has_activity": False,
    "activity": {},
    "has_sleep": False,
    "sleep": {},
    "volume": 0.0,
    "minutes": 0,
    "load": 0.0,
    "calories": None,
    "water_ml": 0,
    "records": 0,
}


@pytest.fixture(autouse=True)
def _on_monday_at_noon(api, bens_api):
    with time_machine.travel(NOON, tick=False):
        yield


def test_every_day_is_there_oldest_first_also_those_with_nothing(api):
    days = api.get(URL).json()

    assert len(days) == 31
    assert days[0] == {"date": "2026-01-31", **EMPTY}
    assert days[-1] == {"date": "2026-03-02", **EMPTY}
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)


@pytest.mark.parametrize(("days", "first"), [(1, "2026-03-01"), (1826, "2021-03-02")])
def test_it_begins_so_many_days_ago(api, days, first):
    answer = api.get(URL, {"days": days}).json()

    assert (len(answer), answer[0]["date"], answer[-1]["date"]) == (days + 1, first, "2026-03-02")


def test_a_day_tells_of_workouts_meals_and_measurements(api, ana):
    morning = WorkoutFactory(user=ana, name="Run", start_time=dt.time(7), duration=30)
    evening = WorkoutFactory(user=ana, name="Push day", start_time=dt.time(18), duration=60)
    MealEntryFactory.create_batch(3, user=ana)
    BodyMetricFactory(user=ana, weight=80.4, body_fat=None)
    TrainingDayFactory(user=ana, volume=5200.5, minutes=90, lifting_load=300.0, cardio_load=90.0)
    NutritionSummaryFactory(user=ana, calories=2180, water=1750)
    PersonalRecordFactory.create_batch(2, user=ana)

    day = api.get(URL, {"days": 1}).json()[-1]

    assert day == {
        "date": "2026-03-02",
        "has_workout": True,
        "workouts": [
            {"id": str(evening.pk), "name": "Push day", "duration": 60},
            {"id": str(morning.pk), "name": "Run", "duration": 30},
        ],
        "has_meals": True,
        "meal_count": 3,
        "has_metrics": True,
        "metrics": {"weight": 80.4, "body_fat": None},
        "has_activity": False,
        "activity": {},
        "has_sleep": False,
        "sleep": {},
        "volume": 5200.5,
        "minutes": 90,
        "load": 390.0,
        "calories": 2180,
        "water_ml": 1750,
        "records": 2,
    }


def test_a_day_with_water_alone_says_nothing_of_what_was_eaten(api, ana):
    NutritionSummaryFactory(user=ana, calories=0, meal_count=0, water=500)

    day = api.get(URL).json()[-1]

    assert (day["calories"], day["water_ml"], day["has_meals"]) == (None, 500, False)


def test_days_before_and_after_are_left_out(api, ana):
    for day in (MONDAY - dt.timedelta(days=2), MONDAY + dt.timedelta(days=1)):
        WorkoutFactory(user=ana, date=day)
        MealEntryFactory(user=ana, date=day)
        BodyMetricFactory(user=ana, date=day)

    days = api.get(URL, {"days": 1}).json()

    assert days == [{"date": "2026-03-01", **EMPTY}, {"date": "2026-03-02", **EMPTY}]


@pytest.mark.parametrize(
    ("zone", "today"), [("Pacific/Kiritimati", "2026-03-03"), ("Etc/GMT+12", "2026-03-02")]
)
def test_today_is_the_persons_own(api, ana, zone, today):
    UserProfile.objects.filter(user=ana).update(timezone=zone)

    days = api.get(URL).json()

    assert (len(days), days[-1]["date"]) == (31, today)


@pytest.mark.parametrize("days", ["0", "1827", "-1", "1.5", "many", "1_0", "٣", ""])
def test_days_that_are_no_range_are_refused_by_name(api, days):
    response = api.get(URL, {"days": days})

    assert response.status_code == 400
    assert [error["attr"] for error in response.json()["errors"]] == ["days"]


def test_it_takes_one_statement_however_much_was_done(api, ana, django_assert_num_queries):
    for ago in range(30):
        day = MONDAY - dt.timedelta(days=ago)
        WorkoutFactory(user=ana, date=day)
        MealEntryFactory(user=ana, date=day)
        BodyMetricFactory(user=ana, date=day)
        TrainingDayFactory(user=ana, date=day)

    with django_assert_num_queries(2):  # the token, and one
        days = api.get(URL).json()

    assert [day["has_workout"] for day in days] == [False, *[True] * 30]


def test_days_are_ones_own(bens_api, anonymous, ana):
    WorkoutFactory(user=ana)
    MealEntryFactory(user=ana)
    BodyMetricFactory(user=ana)
    TrainingDayFactory(user=ana)
    NutritionSummaryFactory(user=ana)
    PersonalRecordFactory(user=ana)

    assert bens_api.get(URL).json()[-1] == {"date": "2026-03-02", **EMPTY}
    assert anonymous.get(URL).status_code == 401


def test_a_day_has_what_devices_told_and_the_nights_main_sleep(api, ana):
    day = DailyActivityFactory(device__user=ana, steps=0, distance=None, resting_heart_rate=54)
    SleepFactory(device=day.device, hrv=58.0, hrv_method="rmssd")
    SleepFactory(device=day.device, role="nap", duration=20, sleep_start=NOON)
    SleepFactory(device=day.device, date=MONDAY - dt.timedelta(days=1), deleted_at=NOON)

    *_, sunday, monday = api.get(URL).json()

    assert (sunday["has_activity"], sunday["has_sleep"]) == (False, False)
    assert monday["has_activity"]
    assert monday["activity"] == {
        "steps": 0,
        "distance": None,
        "active_calories": None,
        "total_calories": None,
        "active_minutes": None,
        "floors_climbed": None,
        "resting_heart_rate": 54,
    }
    assert (monday["sleep"]["duration"], monday["sleep"]["hrv"]) == (420, 58.0)
