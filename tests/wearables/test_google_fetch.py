import datetime as dt

import pytest

from tests.wearables.scripted import Asked, client_api, person_api
from wearables.providers.base import (
    Forbidden,
    Identity,
    Notice,
    ReauthRequired,
    Subscription,
    Unreadable,
    Window,
)
from wearables.providers.google import FITBIT, AccountNotLinked
from wearables.readings import Deletion

ME = "https://api.example/v4/users/me"
TYPES = f"{ME}/dataTypes"
NOVEMBER = Window(dt.date(2026, 11, 1), dt.date(2026, 11, 3))
NOW = dt.datetime(2026, 11, 3, 12, tzinfo=dt.UTC)


def rolled_up(asked: Asked) -> dict:
    """Every day of the range, half of them on a second page."""
    start, end = (day_of(asked.json["range"][side]) for side in ("start", "end"))
    days = [start + dt.timedelta(days=number) for number in range((end - start).days)]
    half = len(days) // 2
    part = days[half:] if asked.json.get("pageToken") else days[:half]
    return {
        "rollupDataPoints": [
            {
                "civilStartTime": {"date": {"year": day.year, "month": day.month, "day": day.day}},
                "totalCalories": {"kcalSum": 2000 + day.day},
                "steps": {"countSum": str(day.day)},
            }
            for day in part
        ],
        "nextPageToken": "" if asked.json.get("pageToken") else "more",
    }


def day_of(civil: dict) -> dt.date:
    assert civil["time"] == {"hours": 0, "minutes": 0, "seconds": 0}
    return dt.date(**civil["date"])


@pytest.mark.parametrize(("data_type", "longest"), [("total-calories", 14), ("steps", 90)])
def test_totals_are_asked_for_in_windows_that_google_allows_and_every_day_comes_once(
    data_type, longest
):
    window = Window(dt.date(2026, 6, 1), dt.date(2026, 11, 3))
    api, asked = person_api(rolled_up)

    pages = list(FITBIT.fetch(api, data_type, window, mode="oauth"))

    ranges = [
        (day_of(one.json["range"]["start"]), day_of(one.json["range"]["end"])) for one in asked
    ]
    dates = [reading.date for page in pages for reading in page.readings]
    assert max((end - start).days for start, end in ranges) == longest
    assert ranges[0][1] == dt.date(2026, 11, 4)
    assert (len(dates), len(set(dates))) == (156, 156)
    assert {one.json["windowSizeDays"] for one in asked} == {1}
    assert asked[0].url == f"{TYPES}/{data_type}/dataPoints:dailyRollUp"


def sleeps(asked: Asked) -> dict:
    first = int(asked.params.get("pageToken", 0))
    assert asked.params["pageSize"] == 25
    return {
        "dataPoints": [
            {
                "name": f"users/7/dataTypes/sleep/dataPoints/{number}",
                "sleep": {
                    "interval": {
                        "startTime": "2026-11-01T22:00:00Z",
                        "endTime": "2026-11-02T05:00:00Z",
                    }
                },
            }
            for number in range(first, min(first + 25, 60))
        ],
        **({"nextPageToken": str(first + 25)} if first + 25 < 60 else {}),
    }


def test_sleeps_come_25_at_a_time_by_when_they_ended_and_each_once():
    api, asked = person_api(sleeps)

    pages = list(FITBIT.fetch(api, "sleep", NOVEMBER, mode="oauth"))

    ids = [reading.external_id for page in pages for reading in page.readings]
    assert ids == [str(number) for number in range(60)]
    assert len(asked) == 3
    assert asked[0].url == f"{TYPES}/sleep/dataPoints"
    assert asked[0].params["filter"] == (
        'sleep.interval.civil_end_time >= "2026-11-01" AND '
        'sleep.interval.civil_end_time < "2026-11-04"'
    )


@pytest.mark.parametrize(
    ("data_type", "call", "condition"),
    [
        (
            "daily-heart-rate-variability",
            "dataPoints",
            'daily_heart_rate_variability.date >= "2026-10-25" AND '
            'daily_heart_rate_variability.date < "2026-10-26"',
        ),
        (
            "exercise",
            "dataPoints",
            'exercise.interval.civil_start_time >= "2026-10-25" AND '
            'exercise.interval.civil_start_time < "2026-10-26"',
        ),
        # All devices in one stream, by instants: a day of 25 hours.
        (
            "heart-rate",
            "dataPoints:reconcile",
            'heart_rate.sample_time.physical_time >= "2026-10-24T22:00:00Z" AND '
            'heart_rate.sample_time.physical_time < "2026-10-25T23:00:00Z"',
        ),
    ],
)
def test_what_is_listed_is_filtered_by_days_of_the_person(data_type, call, condition):
    api, asked = person_api(lambda _: {})
    day = Window(dt.date(2026, 10, 25), dt.date(2026, 10, 25))

    (page,) = FITBIT.fetch(api, data_type, day, mode="oauth")

    assert page.readings == ()
    assert [(one.url, one.params["filter"]) for one in asked] == [
        (f"{TYPES}/{data_type}/{call}", condition)
    ]


def test_a_page_that_leads_back_is_unreadable_and_not_endless():
    api, asked = person_api(lambda _: {"nextPageToken": "round"})

    with pytest.raises(Unreadable):
        list(FITBIT.fetch(api, "sleep", NOVEMBER, mode="oauth"))

    assert len(asked) == 2


@pytest.mark.parametrize("status", [401, 410])
def test_a_token_of_the_former_service_means_to_connect_again(status):
    api, _ = person_api(lambda _: status)

    with pytest.raises(ReauthRequired):
        list(FITBIT.fetch(api, "steps", NOVEMBER, mode="oauth"))


def test_a_scope_that_was_left_out_forbids_its_data_alone():
    api, _ = person_api(lambda asked: 403 if "sleep" in asked.url else {})

    with pytest.raises(Forbidden):
        list(FITBIT.fetch(api, "sleep", NOVEMBER, mode="oauth"))

    assert len(list(FITBIT.fetch(api, "steps", NOVEMBER, mode="oauth"))) == 1


@pytest.mark.parametrize(
    ("told", "zone"),
    [({"timeZone": "Asia/Tokyo", "utcOffset": "32400s"}, "Asia/Tokyo"), ({}, ""), (403, "")],
)
def test_the_person_is_known_by_the_id_that_webhooks_name(told, zone):
    identity = {"healthUserId": "h-77", "legacyUserId": "ABC"}
    api, _ = person_api(lambda asked: identity if "identity" in asked.url else told)

    assert FITBIT.identify(api) == Identity(external_user_id="h-77", timezone=zone)


def test_an_account_without_a_health_profile_is_refused_by_name():
    api, _ = person_api(lambda _: 400)

    with pytest.raises(AccountNotLinked) as refusal:
        FITBIT.identify(api)

    assert refusal.value.code == "account_not_linked"


def test_a_deletion_takes_what_is_no_longer_there_and_reads_the_rest():
    api, _ = person_api(sleeps)
    notice = Notice(
        external_user_id="h-77",
        kind="deleted",
        data_type="sleep",
        first="2026-11-01",
        last="2026-11-02",
    )

    pages = list(FITBIT.fetch_notice(api, notice))

    assert pages[0].readings[:2] == (
        Deletion(kind="sleep", date=dt.date(2026, 11, 1)),
        Deletion(kind="sleep", date=dt.date(2026, 11, 2)),
    )
    assert [len(page.readings) for page in pages] == [27, 25, 10]


def test_leaving_revokes_by_the_refresh_token():
    urls = {"api": "https://api.example", "revoke": "https://auth.example/revoke"}
    api, asked = person_api(lambda _: None, urls=urls)

    FITBIT.disconnect(api, refresh_token="1//a+b")

    assert [(one.method, one.url) for one in asked] == [
        ("POST", "https://auth.example/revoke?token=1%2F%2Fa%2Bb")
    ]


# --- The subscriber of the project -------------------------------------------------------------

SUBSCRIBERS = "https://api.example/v4/projects/123/subscribers"
URL = "https://us.example/webhooks/fitbit/"
EXTRAS = {"project": "123", "service_token": "svc", "webhook_secret": "s3cret"}


def kept(server, known=None, **extras) -> tuple[list[Subscription], list[Asked]]:
    api, asked = client_api(server, **{**EXTRAS, **extras})
    subscriptions = FITBIT.keep_subscriptions(api, url=URL, known=known or {}, now=NOW)
    return subscriptions, asked


def test_there_is_one_subscriber_for_all_who_connect():
    (subscription,), asked = kept(lambda _: {})

    known = {subscription.subject: subscription}
    again, asked_again = kept(lambda _: {}, known)

    assert [(one.method, one.url, one.params) for one in asked] == [
        ("POST", SUBSCRIBERS, {"subscriberId": "numeneon"})
    ]
    assert asked[0].headers["Authorization"] == "Bearer svc"
    assert asked[0].json["endpointUri"] == URL
    assert asked[0].json["endpointAuthorization"] == {"secret": "Bearer s3cret"}
    (config,) = asked[0].json["subscriberConfigs"]
    assert config["subscriptionCreatePolicy"] == "AUTOMATIC"
    assert {"sleep", "steps", "exercise", "heart-rate"} <= set(config["dataTypes"])
    assert again == [subscription]
    assert [(one.method, one.url) for one in asked_again] == [("GET", f"{SUBSCRIBERS}/numeneon")]


def test_another_secret_is_brought_to_the_subscriber_that_there_is():
    (before,), _ = kept(lambda _: {})

    (after,), asked = kept(exists, {before.subject: before}, webhook_secret="newer")

    assert [(one.method, one.url) for one in asked][1:] == [("PATCH", f"{SUBSCRIBERS}/numeneon")]
    assert asked[1].json["endpointAuthorization"] == {"secret": "Bearer newer"}
    assert after.secret != before.secret


def exists(asked: Asked) -> object:
    return 409 if asked.method == "POST" else {}


def test_a_subscriber_that_google_forgot_is_made_anew():
    (before,), _ = kept(lambda _: {})

    again, asked = kept(lambda one: 404 if one.method == "GET" else {}, {before.subject: before})

    assert again == [before]
    assert [one.method for one in asked] == ["GET", "POST"]


def test_a_subscriber_that_we_forgot_is_adopted():
    subscriptions, asked = kept(exists)

    assert [one.method for one in asked] == ["POST", "PATCH"]
    assert len(subscriptions) == 1


@pytest.mark.parametrize("missing", ["project", "service_token", "webhook_secret"])
def test_without_a_project_of_ours_nothing_is_subscribed(missing):
    assert kept(lambda _: {}, **{missing: ""}) == ([], [])
