import datetime as dt

import pytest

from tests.wearables.scripted import Asked, client_api, person_api
from wearables.providers.base import (
    Identity,
    Notice,
    NotThere,
    Subscription,
    Unreadable,
    Window,
)
from wearables.providers.polar import POLAR

V3 = "https://api.example/v3"
DATE = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)


def fetched(server, data_type: str, days: int) -> tuple[list, list[Asked]]:
    api, asked = person_api(server)
    window = Window(DATE - dt.timedelta(days=days - 1), DATE)
    pages = list(POLAR.fetch(api, data_type, window, mode="oauth"))
    return [reading for page in pages for reading in page.readings], asked


def days_of(asked: Asked) -> list[dt.date]:
    first, last = (dt.date.fromisoformat(asked.params[end]) for end in ("from", "to"))
    return [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]


def test_who_connects_is_registered_by_the_id_that_came_with_the_token():
    api, asked = person_api(lambda _: {}, token_extras={"x_user_id": 475})

    assert POLAR.identify(api) == Identity(external_user_id="475")
    assert [(one.method, one.url, one.json) for one in asked] == [
        ("POST", f"{V3}/users", {"member-id": "475"})
    ]


def test_who_is_registered_already_connects_as_well():
    api, _ = person_api(lambda _: 409, token_extras={"x_user_id": "475"})

    assert POLAR.identify(api).external_user_id == "475"


def test_a_token_of_nobody_is_unreadable():
    api, asked = person_api(lambda _: {})

    with pytest.raises(Unreadable):
        POLAR.identify(api)

    assert asked == []


def test_leaving_deletes_the_registration():
    api, asked = person_api(lambda _: None, external_user_id="475")

    POLAR.disconnect(api, refresh_token="")

    assert [(one.method, one.url) for one in asked] == [("DELETE", f"{V3}/users/475")]


def test_days_are_asked_for_28_at_a_time_and_each_comes_once():
    def server(asked: Asked) -> list:
        return [{"date": day.isoformat(), "steps": day.day} for day in days_of(asked)]

    readings, asked = fetched(server, "activities", 60)

    assert [len(days_of(one)) for one in asked] == [28, 28, 4]
    assert len({reading.date for reading in readings}) == len(readings) == 60
    assert {one.params["activity_zones"] for one in asked} == {"true"}


@pytest.mark.parametrize("data_type", ["activities", "continuous-heart-rate", "exercises"])
def test_no_data_is_no_readings(data_type):
    readings, _ = fetched(lambda _: None, data_type, 2)

    assert readings == []


def night(day: dt.date) -> dict:
    return {
        "date": day.isoformat(),
        "sleep_start_time": f"{day - dt.timedelta(days=1)}T23:00:00+01:00",
        "sleep_end_time": f"{day}T06:00:00+01:00",
    }


@pytest.mark.parametrize("none", [None, 404])
def test_a_few_nights_are_asked_for_by_their_dates(none):
    def server(asked: Asked) -> object:
        return night(DATE) if asked.url.endswith("11-30") else none

    readings, asked = fetched(server, "sleep", 2)

    assert [reading.date for reading in readings] == [DATE]
    assert [one.url for one in asked] == [
        f"{V3}/users/sleep/2026-11-30",
        f"{V3}/users/sleep/2026-11-29",
    ]


def test_many_nights_are_listed_and_only_older_ones_are_asked_for_by_their_dates():
    listed = [DATE + dt.timedelta(days=1), DATE, DATE - dt.timedelta(days=2)]

    def server(asked: Asked) -> object:
        if asked.url == f"{V3}/users/sleep":
            return {"nights": [night(day) for day in listed]}
        return night(dt.date.fromisoformat(asked.url[-10:]))

    readings, asked = fetched(server, "sleep", 5)

    assert [reading.date.day for reading in readings] == [30, 28, 27, 26]
    assert len(asked) == 3


def test_of_the_exercises_those_of_the_window_are_kept():
    exercises = [
        {"id": day, "start_time": f"2026-11-{day}T23:30:00", "duration": "PT45M"}
        for day in (28, 29, 30)
    ]

    readings, asked = fetched(lambda _: exercises, "exercises", 2)

    assert [reading.external_id for reading in readings] == ["29", "30"]
    assert [one.url for one in asked] == [f"{V3}/exercises"]


def test_a_notice_of_a_night_brings_what_lies_beside_it_too():
    def server(asked: Asked) -> dict:
        if "recharge" in asked.url:
            return {"date": "2026-11-30", "heart_rate_variability_avg": 40}
        return night(DATE)

    api, _ = person_api(server)
    notice = Notice(
        external_user_id="475", data_type="sleep", first="2026-11-30", last="2026-11-30"
    )

    (page,) = POLAR.fetch_notice(api, notice)

    sleep, recharge = page.readings
    assert (sleep.external_id, recharge.hrv) == ("2026-11-30", 40)
    assert POLAR.read("sleep", page.payload, timezone=api.timezone) == page.readings


def test_a_notice_of_an_exercise_that_is_not_there_yet_says_so():
    api, asked = person_api(lambda _: 404)
    notice = Notice(external_user_id="475", data_type="exercises", object_id="../x")

    with pytest.raises(NotThere):
        list(POLAR.fetch_notice(api, notice))

    assert asked[0].url == f"{V3}/exercises/..%2Fx"


def test_a_notice_of_a_day_reads_that_day():
    api, asked = person_api(lambda _: {"date": "2026-11-30", "steps": 7})
    notice = Notice(
        external_user_id="475", data_type="activities", first="2026-11-30", last="2026-11-30"
    )

    (page,) = POLAR.fetch_notice(api, notice)

    assert [reading.steps for reading in page.readings] == [7]
    assert asked[0].url == f"{V3}/users/activities/2026-11-30"


# --- The one subscription ----------------------------------------------------------------------

URL = "https://us.example/webhooks/polar/"
HELD = Subscription(subject="client", external_id="w1", secret="k1")
MADE = {"data": {"id": "w2", "signature_secret_key": "k2", "url": URL}}
THERE = {"id": "w1", "url": URL, "active": True}


def kept(listed: object, *known: Subscription, made: object = MADE) -> tuple[list, list]:
    def server(asked: Asked) -> object:
        if asked.method == "GET":
            return listed
        return made if asked.url == f"{V3}/webhooks" else None

    api, asked = client_api(server)
    named = {one.subject: one for one in known}
    subscriptions = POLAR.keep_subscriptions(api, url=URL, known=named, now=NOW)
    assert {one.headers["Authorization"] for one in asked} == {"Basic us:ours"}
    return subscriptions, [(one.method, one.url.removeprefix(V3)) for one in asked]


@pytest.mark.parametrize("listed", [None, 404, {"data": []}])
def test_where_there_is_no_subscription_one_is_made_and_its_secret_kept(listed):
    subscriptions, asked = kept(listed)

    assert subscriptions == [Subscription(subject="client", external_id="w2", secret="k2")]
    assert asked == [("GET", "/webhooks"), ("POST", "/webhooks")]


def test_the_subscription_that_we_know_stays():
    assert kept({"data": [THERE]}, HELD) == ([HELD], [("GET", "/webhooks")])


def test_one_that_polar_has_switched_off_is_switched_on():
    subscriptions, asked = kept({"data": [{**THERE, "active": False}]}, HELD)

    assert subscriptions == [HELD]
    assert asked[1:] == [("POST", "/webhooks/activate")]


@pytest.mark.parametrize(
    ("there", "known"),
    [
        (THERE, ()),
        ({**THERE, "url": "https://old.example/"}, (HELD,)),
        ({**THERE, "events": ["SLEEP"]}, (HELD,)),
    ],
)
def test_one_whose_secret_we_do_not_know_or_that_is_another_is_made_anew(there, known):
    subscriptions, asked = kept({"data": [there]}, *known)

    assert [one.secret for one in subscriptions] == ["k2"]
    assert asked[1:] == [("DELETE", "/webhooks/w1"), ("POST", "/webhooks")]


def test_one_that_polar_will_not_list_is_kept_if_we_know_it():
    assert kept(None, HELD, made=409)[0] == [HELD]
    assert kept(None, made=409)[0] == []
