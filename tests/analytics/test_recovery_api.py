"""How recovered somebody is, over HTTP."""

import datetime as dt

import pytest
import time_machine

from tests.factories.wearables import DailyActivityFactory, DeviceFactory, SleepFactory
from users.models import UserProfile

pytestmark = pytest.mark.django_db

URL = "/api/v1/recovery/"
MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _on_monday_at_noon(api, bens_api):
    with time_machine.travel(NOON, tick=False):
        yield


def sleep_well(user, *, days: int = 40):
    """Seven of eight hours each night, a variability of 50 and a resting heart rate of 55."""
    ring = DeviceFactory(user=user)
    for ago in range(days):
        day = MONDAY - dt.timedelta(days=ago)
        SleepFactory(device=ring, date=day, hrv=50 + ago % 2, hrv_method="rmssd", awake=30)
        DailyActivityFactory(device=ring, date=day, resting_heart_rate=55 + ago % 2)
    return ring


def test_readiness_is_made_of_four_parts_which_say_where_they_are_from(api, ana):
    sleep_well(ana)

    answer = api.get(URL, {"explain": 1}).json()

    assert {part["name"] for part in answer["readiness"]["parts"]} == {
        "hrv",
        "resting_heart_rate",
        "sleep",
        "sleep_debt",
    }
    assert answer["readiness"]["provenance"]["formula"]["id"] == "readiness"
    assert answer["readiness"]["provenance"]["explanation"][-1] == (
        f"Together {answer['readiness']['score']}."
    )
    assert answer["sleep"]["need_hours"] == 7.0
    assert answer["sleep"]["debt_hours"] == 0.0
    assert answer["sleep"]["regularity_minutes"] == 0.0
    assert answer["resting_heart_rate"]["baseline"] == 55.5
    assert (answer["hrv"]["method"], answer["hrv"]["latest"]) == ("rmssd", 50.0)


def test_each_day_is_there_also_those_of_which_nothing_is_known(api, ana):
    sleep_well(ana, days=1)

    answer = api.get(URL, {"days": 2}).json()

    assert (answer["first"], answer["last"]) == ("2026-02-28", "2026-03-02")
    nothing = dict.fromkeys(
        ("resting_heart_rate", "hrv", "asleep_minutes", "in_bed_minutes", "sleep_score")
    )
    assert answer["points"][:2] == [
        {"date": "2026-02-28", **nothing},
        {"date": "2026-03-01", **nothing},
    ]
    assert answer["points"][2] | {"sleep_score": None} == {
        "date": "2026-03-02",
        "resting_heart_rate": 55.0,
        "hrv": 50.0,
        "asleep_minutes": 420,
        "in_bed_minutes": 480,
        "sleep_score": None,
    }


def test_nights_of_another_method_are_left_out(api, ana):
    ring = sleep_well(ana, days=3)
    SleepFactory(device=ring, date=MONDAY - dt.timedelta(days=9), hrv=120.0, hrv_method="sdnn")

    answer = api.get(URL, {"days": 10}).json()

    assert [point["hrv"] for point in answer["points"]] == [*[None] * 8, 50.0, 51.0, 50.0]


def test_without_devices_there_is_no_answer_and_no_error(api):
    answer = api.get(URL).json()

    assert answer["readiness"]["score"] is None
    assert answer["readiness"]["provenance"]["validity"] == "no_answer"
    assert (answer["sleep"]["last_night"], answer["hrv"]["method"]) == (None, None)


def test_the_middle_of_sleep_is_read_from_the_persons_own_clock(api, ana):
    UserProfile.objects.filter(user=ana).update(timezone="America/New_York")
    sleep_well(ana)

    # The clocks have not gone forward there yet; in these nights nothing moves.
    assert api.get(URL).json()["sleep"]["regularity_minutes"] == 0.0


def test_nobody_sees_anything_of_others(api, bens_api, anonymous, ana):
    sleep_well(ana)

    assert bens_api.get(URL).json()["readiness"]["score"] is None
    assert anonymous.get(URL).status_code == 401


@pytest.mark.parametrize("days", ["0", "1827", "x"])
def test_days_that_cannot_be_are_refused_by_name(api, days):
    answer = api.get(URL, {"days": days})

    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, "days")


@pytest.mark.parametrize("days", [1, 40])
def test_it_costs_one_query_for_any_number_of_nights(api, ana, days, django_assert_num_queries):
    sleep_well(ana, days=days)
    api.get(URL)

    with django_assert_num_queries(2):  # the token and the nights
        api.get(URL)
