import datetime as dt

import jwt
import pytest

from tests.wearables.scripted import Asked, client_api, person_api
from wearables.providers.base import (
    Forbidden,
    Identity,
    Notice,
    RateLimited,
    ReauthRequired,
    Refused,
    Unavailable,
    Unreadable,
    Window,
)
from wearables.providers.garmin import GARMIN
from wearables.readings import DayReading, Source

URLS = {"api": "https://apis.example", "personal": "https://personal.example"}
REST = "https://apis.example/wellness-api/rest"
DATE = dt.date(2026, 11, 2)
WATCH = Source(kind="watch")
# Noon of that day.
EXPIRES = 1_793_620_800


def fetched(server, data_type: str, first: dt.date, last: dt.date) -> tuple[list, list[Asked]]:
    api, asked = person_api(server, mode="personal_key", urls=URLS)
    pages = list(GARMIN.fetch(api, data_type, Window(first, last), mode="personal_key"))
    return [reading for page in pages for reading in page.readings], asked


# --- The personal key --------------------------------------------------------------------------


def test_a_key_is_exchanged_for_a_bare_token_that_says_when_it_ends():
    token = jwt.encode({"exp": EXPIRES, "sub": "x"}, "not our affair" * 3)
    api, asked = client_api(lambda _: token, urls=URLS)

    answer = GARMIN.personal_token(api, "my-key")

    assert answer == (token, dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC))
    assert [(one.method, one.url) for one in asked] == [
        (
            "POST",
            "https://personal.example"
            "/personalapitoken-service/personal-api/personal-api-key/token",
        )
    ]
    assert asked[0].headers == {"Authorization": "ApiKey my-key"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (400, ReauthRequired),
        (401, ReauthRequired),
        (403, ReauthRequired),
        (429, RateLimited),
        (500, Unavailable),
        ("no token", Unreadable),
        (jwt.encode({"sub": "x"}, "not our affair" * 3), Unreadable),
    ],
)
def test_only_a_refused_key_means_to_connect_again(answer, error):
    api, _ = client_api(lambda _: answer, urls=URLS)

    with pytest.raises(error):
        GARMIN.personal_token(api, "my-key")


def test_the_owner_of_a_key_grants_everything():
    settings = {"id": 4711, "userData": {"timeZone": "Europe/Oslo"}}
    api, asked = person_api(lambda _: settings, mode="personal_key", urls=URLS)

    identity = GARMIN.identify(api)

    assert identity == Identity(
        external_user_id="4711",
        timezone="Europe/Oslo",
        permissions=frozenset({"HEALTH_EXPORT", "ACTIVITY_EXPORT"}),
    )
    assert asked[0].url.startswith("https://personal.example/userprofile-service/")


def test_only_its_owner_can_revoke_a_key():
    api, asked = person_api(lambda _: None, mode="personal_key", urls=URLS)

    GARMIN.disconnect(api, refresh_token="my-key")

    assert asked == []


@pytest.mark.parametrize(
    ("data_type", "days"), [("dailies", 365), ("sleeps", 31), ("hrv", 28), ("heart_rate", 1)]
)
def test_no_question_is_about_more_days_than_garmin_answers(data_type, days):
    _, asked = fetched(lambda _: None, data_type, DATE - dt.timedelta(days=399), DATE)

    spans = [span_of(one) for one in asked]

    assert max((last - first).days + 1 for first, last in spans) == days
    assert sum((last - first).days + 1 for first, last in spans) == 400
    assert spans[0][1] == DATE


def span_of(asked: Asked) -> tuple[dt.date, dt.date]:
    params = asked.params
    first, last = asked.url.split("/")[-2:]
    if params:
        first = params.get("startDate") or params["date"]
        last = params.get("endDate") or params["date"]
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)


def test_activities_come_20_at_a_time_and_each_once():
    def server(asked: Asked) -> list:
        first = asked.params["start"]
        return [
            {"activityId": number, "startTimeGMT": "2026-11-02 06:00:00"}
            for number in range(first, min(first + asked.params["limit"], 41))
        ]

    readings, asked = fetched(server, "activities", DATE, DATE)

    assert [reading.external_id for reading in readings] == [str(number) for number in range(41)]
    assert len(asked) == 3


def test_naps_are_asked_for_where_a_night_says_that_there_are_some():
    night = {
        "calendarDate": "2026-11-02",
        "sleepStartTimestampGMT": 1_793_570_000_000,
        "sleepEndTimestampGMT": 1_793_598_800_000,
    }
    nap = {
        "napStartTimestampGMT": 1_793_624_400_000,
        "napEndTimestampGMT": 1_793_626_200_000,
    }
    quiet = {**night, "calendarDate": "2026-11-01", "napTimeSeconds": 0}

    def server(asked: Asked) -> dict:
        if "date" in asked.params:
            return {"dailySleepDTO": night, "dailyNapDTOS": [nap]}
        return {"data": [{**night, "napTimeSeconds": 1800}, quiet]}

    readings, asked = fetched(server, "sleeps", DATE, DATE)

    assert [reading.external_id for reading in readings] == [
        "sleep:2026-11-02",
        "sleep:2026-11-01",
        "nap:2026-11-02T13:00:00",
    ]
    assert [one.params.get("date") for one in asked] == [None, "2026-11-02"]


# --- The partner programme ---------------------------------------------------------------------


def test_a_partner_may_not_ask():
    api, asked = person_api(lambda _: [], urls=URLS)

    pages = list(GARMIN.fetch(api, "dailies", Window(DATE, DATE), mode="oauth"))

    assert (pages, asked) == ([], [])
    assert GARMIN.polls == {"personal_key": True, "oauth": False}


def test_who_signs_in_says_what_may_be_read():
    def server(asked: Asked) -> dict:
        if asked.url == f"{REST}/user/id":
            return {"userId": "g-1"}
        return {"permissions": ["ACTIVITY_EXPORT", "WORKOUT_IMPORT"]}

    api, asked = person_api(server, urls=URLS)

    identity = GARMIN.identify(api)

    assert identity == Identity(
        external_user_id="g-1", permissions=frozenset({"ACTIVITY_EXPORT", "WORKOUT_IMPORT"})
    )
    assert asked[1].url == f"{REST}/user/permissions"
    assert [one.name for one in GARMIN.data_types if one.scopes & identity.permissions] == [
        "activities"
    ]


def test_leaving_ends_the_registration():
    api, asked = person_api(lambda _: None, urls=URLS)

    GARMIN.disconnect(api, refresh_token="")

    assert [(one.method, one.url) for one in asked] == [("DELETE", f"{REST}/user/registration")]


def daily(**changes) -> dict:
    return {"userId": "g-1", "calendarDate": "2026-11-02", "steps": 9, **changes}


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_ping_is_fetched_as_it_is_and_only_this_person_is_read(wrapped):
    url = f"{REST}/dailies?uploadStartTimeInSeconds=1&token=xyz"
    records = [daily(), daily(userId="g-2", steps=7)]
    api, asked = person_api(lambda _: {"dailies": records} if wrapped else records, urls=URLS)
    notice = Notice(external_user_id="g-1", data_type="dailies", url=url)

    (page,) = GARMIN.fetch_notice(api, notice)

    assert page.readings == (DayReading(date=DATE, source=WATCH, steps=9),)
    assert page.payload == {"dailies": [daily()]}
    assert [one.url for one in asked] == [url]


def test_a_ping_to_another_place_is_refused_and_never_asked():
    api, asked = person_api(lambda _: [], urls=URLS)
    notice = Notice(
        external_user_id="g-1",
        data_type="dailies",
        url="https://apis.example.evil/wellness-api/rest/dailies",
    )

    with pytest.raises(Refused):
        list(GARMIN.fetch_notice(api, notice))

    assert asked == []


def test_what_was_pushed_is_read_without_asking_and_can_be_read_again():
    api, asked = person_api(lambda _: [], urls=URLS)
    notice = Notice(external_user_id="g-1", data_type="dailies", payload={"dailies": [daily()]})

    (page,) = GARMIN.fetch_notice(api, notice)

    assert page.readings == (DayReading(date=DATE, source=WATCH, steps=9),)
    assert GARMIN.read("dailies", page.payload, timezone=api.timezone) == page.readings
    assert asked == []


# --- History -----------------------------------------------------------------------------------


def history(server, days: int) -> list[Asked]:
    api, asked = person_api(server, urls=URLS)
    GARMIN.request_history(api, Window(DATE - dt.timedelta(days=days - 1), DATE))
    return asked


def lengths(asked: list[Asked]) -> list[int]:
    bounds = ("summaryEndTimeInSeconds", "summaryStartTimeInSeconds")
    return [one.params[bounds[0]] - one.params[bounds[1]] for one in asked]


@pytest.mark.parametrize("answer", [202, 409])
def test_history_is_requested_in_windows_of_30_days_also_if_it_was_before(answer):
    asked = history(lambda _: answer, days=90)

    assert [one.url for one in asked[::4]] == [
        f"{REST}/backfill/{kind}" for kind in ("dailies", "sleeps", "hrv", "activities")
    ]
    assert len(asked) == 16
    # One of the days had 25 hours.
    assert max(lengths(asked)) == (29 * 24 + 1) * 3600 <= 30 * 86_400
    assert sum(lengths(asked[:4])) == (90 * 24 + 1) * 3600


def test_history_that_is_not_allowed_is_forbidden():
    with pytest.raises(Forbidden):
        history(lambda _: 403, days=3)


@pytest.mark.parametrize("answer", [400, 401])
def test_history_ends_quietly_where_it_goes_no_further_back(answer):
    seen: list[str] = []

    def server(asked: Asked) -> int:
        seen.append(asked.url)
        return 202 if seen.count(asked.url) == 1 else answer

    asked = history(server, days=90)

    assert len({one.url for one in asked}) == 4


def test_a_kind_that_garmin_does_not_send_us_holds_up_no_other():
    asked = history(lambda one: 400 if one.url.endswith("hrv") else 202, days=3)

    assert len(asked) == 4


def test_a_token_that_is_void_from_the_start_means_to_connect_again():
    with pytest.raises(ReauthRequired):
        history(lambda _: 401, days=90)
