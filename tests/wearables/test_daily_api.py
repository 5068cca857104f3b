import datetime as dt

import pytest

from tests.factories.wearables import DailyActivityFactory
from tests.wearables.told import DAY, NOW, PHONE, RING, WATCH, day, garmin, iphone, oura
from wearables.models import DailyActivity
from wearables.readings import Source
from wearables.services.ingest import store

pytestmark = pytest.mark.django_db

URL = "/api/v1/daily-activity/"


def test_a_day_says_what_counts_and_why(ana, api):
    watch, ring = garmin(ana), oura(ana)
    store(device=ring, readings=[day(RING, steps=8800, resting_heart_rate=52)], now=NOW)
    store(device=watch, readings=[day(WATCH, steps=9000, distance=6.8)], now=NOW)
    row = DailyActivity.objects.get(user=ana)

    answer = api.get(URL).json()

    assert answer["results"] == [
        {
            "id": str(row.pk),
            "device": str(watch.pk),
            "date": "2026-03-02",
            "steps": 9000,
            "distance": 6.8,
            "active_calories": None,
            "total_calories": None,
            "active_minutes": None,
            "floors_climbed": None,
            "resting_heart_rate": 52,
            "sources": {
                "steps": {
                    "device": str(watch.pk),
                    "source": "Garmin",
                    "reason": "Garmin: a watch goes before a ring",
                },
                "distance": {
                    "device": str(watch.pk),
                    "source": "Garmin",
                    "reason": "Garmin: the only source",
                },
                "resting_heart_rate": {
                    "device": str(ring.pk),
                    "source": "Oura",
                    "reason": "Oura: the only source",
                },
            },
            "sync_date": row.sync_date.isoformat().replace("+00:00", "Z"),
        }
    ]


def test_days_come_latest_first_and_between_two_dates(ana, api):
    ring = oura(ana)
    for number in range(5):
        DailyActivityFactory(device=ring, date=DAY + dt.timedelta(days=number))

    page = api.get(URL, {"page_size": 2, "date_after": "2026-03-03", "date_before": "2026-03-05"})
    rest = api.get(page.json()["next"])

    assert [row["date"] for row in page.json()["results"]] == ["2026-03-05", "2026-03-04"]
    assert [row["date"] for row in rest.json()["results"]] == ["2026-03-03"]
    assert rest.json()["next"] is None


def test_the_list_costs_the_same_for_any_number_of_days(ana, api, django_assert_num_queries):
    ring = oura(ana)
    for number in range(5):
        DailyActivityFactory(device=ring, date=DAY + dt.timedelta(days=number))

    with django_assert_num_queries(2):  # who asks, and the page
        api.get(URL)


def test_one_day_shows_what_each_source_told(ana, api, django_assert_num_queries):
    ring, phone = oura(ana), iphone(ana)
    copy = Source(name="Oura", kind="ring", app="com.ouraring.oura")
    store(
        device=phone,
        readings=[day(PHONE, steps=9100, worn_minutes=30), day(copy, steps=8800)],
        now=NOW,
    )
    store(
        device=ring,
        readings=[day(RING, steps=8801, distance=6.1, estimated=("distance",))],
        now=NOW,
    )

    with django_assert_num_queries(5):  # who asks, the day, its sources, devices and orders
        answer = api.get(f"{URL}2026-03-02/").json()

    assert (answer["steps"], answer["device"]) == (8801, str(ring.pk))
    told = {(row["device"], row["source"]): row for row in answer["told"]}
    ours = told[str(ring.pk), "Oura"]
    assert (ours["steps"], ours["estimated"], ours["copy_of"]) == (8801, ["distance"], "")
    theirs = told[str(phone.pk), "Ana's iPhone"]
    assert (theirs["kind"], theirs["steps"], theirs["worn_minutes"]) == ("phone", 9100, 30)
    copied = told[str(phone.pk), "Oura"]
    assert (copied["app"], copied["copy_of"]) == ("com.ouraring.oura", "Oura")


@pytest.mark.parametrize(
    ("query", "attr"), [({"date_after": "yesterday"}, "date_after"), ({"cursor": "x"}, "cursor")]
)
def test_what_is_not_understood_is_named(api, query, attr):
    answer = api.get(URL, query)

    assert answer.status_code == 400
    assert [error["attr"] for error in answer.json()["errors"]] == [attr]


@pytest.mark.parametrize("path", ["2026-03-02/", "2026-03-03/", "2026-13-01/", "1026-01-01/"])
def test_the_days_of_others_and_those_that_are_none_are_not_there(ana, bens_api, path):
    DailyActivityFactory(device=oura(ana))

    assert bens_api.get(f"{URL}{path}").status_code == 404
    assert bens_api.get(URL).json()["results"] == []


@pytest.mark.parametrize("path", ["", "2026-03-02/"])
def test_nobody_sees_days_without_signing_in(anonymous, path):
    assert anonymous.get(f"{URL}{path}").status_code == 401


def test_nobody_writes_days_by_hand(ana, api):
    row = DailyActivityFactory(device=oura(ana))

    answers = [
        api.post(URL, {"steps": 1}).status_code,
        api.patch(f"{URL}2026-03-02/", {"steps": 1}).status_code,
        api.delete(f"{URL}2026-03-02/").status_code,
    ]

    assert answers == [405, 405, 405]
    assert DailyActivity.objects.get(pk=row.pk).steps == 8000


def test_phones_hear_of_a_day_that_follows_from_a_source(ana, api):
    cursor = api.get("/api/v1/sync/").json()["cursor"]

    store(device=garmin(ana), readings=[day(WATCH, steps=9000)], now=NOW)

    changes = api.get("/api/v1/sync/", {"cursor": cursor}).json()["results"]
    days = [one["data"] for one in changes if one["resource"] == "wearables.dailyactivity"]
    assert days == api.get(URL).json()["results"]
