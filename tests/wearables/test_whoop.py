import base64
import datetime as dt
import hashlib
import hmac
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wearables.fake_api import NOW, FakeApi, FakeAppApi, in_pages, mutilated, posted
from wearables.providers.base import (
    Forbidden,
    Forged,
    IncomingWebhook,
    Notice,
    NotThere,
    Provider,
    Unreadable,
    WebhookKeys,
    Window,
)
from wearables.providers.whoop import WHOOP, WhoopProvider
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    NightReading,
    SleepReading,
    Source,
    WorkoutReading,
)

UTC = ZoneInfo("UTC")
BAND = Source(kind="band")
DAY = dt.date(2026, 11, 9)
WEEK = Window(dt.date(2026, 11, 3), DAY)
ID = "ecfc6a15-4661-442f-a9a4-f160dd7afae8"
NAP_ID = "7d6a0b2c-1a55-4d43-8a52-3f0f3a2f6a10"
SLEEPS = "/v2/activity/sleep"
KEYS = WebhookKeys(client_id="client", client_secret="client-secret", extras={})
PROVIDER: Provider = WhoopProvider()

CYCLE = {
    "id": 93845,
    "user_id": 10129,
    "start": "2026-11-09T04:25:44.774Z",
    "end": "2026-11-10T04:35:00.000Z",
    "timezone_offset": "-05:00",
    "score_state": "SCORED",
    "score": {"strain": 5.29, "kilojoule": 8288.297, "average_heart_rate": 68},
}
SLEEP = {
    "id": ID,
    "cycle_id": 93845,
    "user_id": 10129,
    "start": "2026-11-09T04:25:44.774Z",
    "end": "2026-11-09T12:10:25.000Z",
    "timezone_offset": "-05:00",
    "nap": False,
    "score_state": "SCORED",
    "score": {
        "stage_summary": {
            "total_in_bed_time_milli": 27_881_000,
            "total_awake_time_milli": 1_403_507,
            "total_no_data_time_milli": 0,
            "total_light_sleep_time_milli": 14_905_851,
            "total_slow_wave_sleep_time_milli": 6_630_370,
            "total_rem_sleep_time_milli": 4_950_500,
        },
        "respiratory_rate": 16.11,
        "sleep_performance_percentage": 98.4,
        "sleep_efficiency_percentage": 91.7,
    },
}
NAP = {
    "id": NAP_ID,
    "start": "2026-11-09T19:00:00Z",
    "end": "2026-11-09T19:30:00Z",
    "timezone_offset": "-05:00",
    "nap": True,
    "score_state": "PENDING_SCORE",
}
RECOVERY = {
    "cycle_id": 93845,
    "sleep_id": ID,
    "user_id": 10129,
    "created_at": "2026-11-09T12:25:44.774Z",
    "score_state": "SCORED",
    "score": {
        "user_calibrating": False,
        "recovery_score": 44,
        "resting_heart_rate": 63.6,
        "hrv_rmssd_milli": 31.813562,
    },
}
WORKOUT = {
    "id": "1043b2f1-5d1d-4d5d-9c8f-6f0d2b8e5a11",
    "start": "2026-11-09T22:00:00Z",
    "end": "2026-11-09T23:05:30Z",
    "timezone_offset": "-05:00",
    "sport_name": "mountain-biking",
    "score_state": "SCORED",
    "score": {
        "average_heart_rate": 123,
        "max_heart_rate": 146,
        "kilojoule": 1569.34,
        "distance_meter": 17_772.77,
        "altitude_gain_meter": 246.6,
    },
}
STREAM = {
    "stream": [
        {"timestamp": "2026-11-09T04:26:00Z", "hr": 58},
        {"timestamp": "2026-11-09T04:26:06Z", "hr": None},
        {"timestamp": 1_794_198_372_000, "hr": "57"},
    ],
    "algorithm_version": "1",
}
EMPTY = {"records": [], "next_token": None}


def _read(data_type: str, *records: Any, zone: str = "UTC", **others: Any) -> tuple[Any, ...]:
    payload = {data_type: list(records), **others}
    return WHOOP.read(data_type, payload, timezone=ZoneInfo(zone))


def _recovered(*recoveries: Any, sleep: Any = ()) -> tuple[Any, ...]:
    return _read("recovery", *recoveries, sleep=list(sleep))


# --- Days --------------------------------------------------------------------------------------


def test_the_energy_of_a_cycle_is_of_the_local_day_on_which_it_began():
    (reading,) = _read("cycle", CYCLE)

    # 23:25 of the day before, five hours behind UTC.
    assert reading == DayReading(date=dt.date(2026, 11, 8), source=BAND, total_calories=1981)


@pytest.mark.parametrize(
    ("offset", "zone", "date"),
    [
        ("-05:00", "UTC", 8),
        ("+09:00", "UTC", 9),
        ("-0500", "UTC", 8),
        ("Z", "America/New_York", 9),
        # Without one that we can read, it was where the person lives.
        (None, "America/New_York", 8),
        ("+99:99", "Asia/Tokyo", 9),
    ],
)
def test_the_local_day_goes_by_where_the_person_was(offset, zone, date):
    (reading,) = _read("cycle", {**CYCLE, "timezone_offset": offset}, zone=zone)

    assert reading.date == dt.date(2026, 11, date)


def test_a_cycle_without_an_end_is_the_present_one():
    (reading,) = _read("cycle", {**CYCLE, "end": None})

    assert reading.total_calories == 1981


def test_of_two_cycles_on_a_date_the_one_that_has_more_of_it_counts():
    after_midnight = {
        **CYCLE,
        "start": "2026-11-08T05:30:00Z",
        "end": CYCLE["start"],
        "score": {"kilojoule": 10_000},
    }

    for both in ([CYCLE, after_midnight], [after_midnight, CYCLE]):
        (reading,) = _read("cycle", *both)
        assert reading == DayReading(date=dt.date(2026, 11, 8), source=BAND, total_calories=2390)


@pytest.mark.parametrize(
    ("values", "kcal"),
    [
        ({"score": {"kilojoule": 0}}, [0]),
        ({"score": {"kilojoule": "4184"}}, [1000]),
        ({"score": {}}, []),
        ({"score": None}, []),
        ({"score_state": "PENDING_SCORE"}, []),
        ({"score_state": "UNSCORABLE", "score": None}, []),
        ({"score_state": "SOMETHING_NEW"}, [1981]),
    ],
)
def test_a_day_without_a_score_says_nothing_and_0_is_a_value(values, kcal):
    readings = _read("cycle", {**CYCLE, **values})

    assert [one.total_calories for one in readings] == kcal


# --- Nights ------------------------------------------------------------------------------------


def test_a_sleep_has_stages_each_rounded_and_is_of_the_morning():
    (reading,) = _read("sleep", SLEEP)

    assert reading == SleepReading(
        external_id=ID,
        source=BAND,
        date=DAY,
        start=dt.datetime(2026, 11, 9, 4, 25, 44, 774_000, tzinfo=dt.UTC),
        end=dt.datetime(2026, 11, 9, 12, 10, 25, tzinfo=dt.UTC),
        duration=441,  # 441.4
        deep_sleep=111,  # 110.5
        light_sleep=248,  # 248.4
        rem_sleep=83,  # 82.5
        awake=23,  # 23.4
        sleep_score=98,
        respiratory_rate=16.11,
        is_nap=False,
    )


def test_a_sleep_that_waits_for_its_score_has_times_and_will_come_again():
    (waiting,) = _read("sleep", {**SLEEP, "score_state": "PENDING_SCORE"})
    (hopeless,) = _read("sleep", {**SLEEP, "score_state": "UNSCORABLE", "score": None})

    assert (waiting.is_final, waiting.duration, waiting.sleep_score) == (False, None, None)
    assert (hopeless.is_final, hopeless.duration, hopeless.sleep_score) == (True, None, None)
    assert waiting.start == hopeless.start


def test_two_sleeps_and_a_nap_are_three():
    second = {**SLEEP, "id": "2", "start": "2026-11-09T13:00:00Z", "end": "2026-11-09T14:00:00Z"}

    readings = _read("sleep", NAP, second, SLEEP)

    assert [(one.external_id, one.date, one.is_nap) for one in readings] == [
        (NAP_ID, DAY, True),
        ("2", DAY, False),
        (ID, DAY, False),
    ]


def test_a_night_over_the_date_line_is_of_the_morning_where_the_person_woke_up():
    tokyo = {
        **SLEEP,
        "start": "2026-11-08T15:30:00Z",
        "end": "2026-11-08T22:00:00Z",
        "timezone_offset": "+09:00",
    }

    (reading,) = _read("sleep", tokyo, zone="America/New_York")

    assert reading.date == DAY


def test_the_night_on_which_clocks_go_forward_is_an_hour_shorter():
    night = {
        **SLEEP,
        "start": "2026-03-08T04:00:00Z",  # 23:00
        "end": "2026-03-08T11:00:00Z",  # 07:00, of which an hour never was
        "timezone_offset": None,
    }

    (reading,) = _read("sleep", night, zone="America/New_York")

    assert reading.end - reading.start == dt.timedelta(hours=7)
    assert reading.date == dt.date(2026, 3, 8)


def test_a_missing_stage_leaves_the_time_asleep_unknown():
    summary = {"total_rem_sleep_time_milli": 0, "total_slow_wave_sleep_time_milli": 60_000}

    (reading,) = _read("sleep", {**SLEEP, "score": {"stage_summary": summary}})

    assert (reading.rem_sleep, reading.deep_sleep, reading.light_sleep, reading.duration) == (
        0,
        1,
        None,
        None,
    )


def test_a_recovery_is_of_its_sleep():
    readings = _recovered(RECOVERY, sleep=[SLEEP])

    assert [type(one) for one in readings] == [SleepReading, NightReading, DayReading]
    assert readings[1:] == (
        NightReading(date=DAY, external_id=ID, hrv=31.813562, hrv_method="rmssd"),
        DayReading(date=DAY, source=BAND, resting_heart_rate=64),
    )


def test_a_recovery_without_its_sleep_is_of_the_day_on_which_it_was_made():
    readings = WHOOP.read(
        "recovery",
        {"recovery": [{**RECOVERY, "created_at": "2026-11-09T23:00:00Z"}], "sleep": []},
        timezone=ZoneInfo("Asia/Tokyo"),
    )

    assert [one.date for one in readings] == [dt.date(2026, 11, 10)] * 2


def test_a_band_that_is_new_only_estimates_the_resting_heart_rate():
    calibrating = {**RECOVERY, "score": {"user_calibrating": True, "resting_heart_rate": 60}}

    (reading,) = _recovered(calibrating)

    assert reading.estimated == ("resting_heart_rate",)


def test_the_newest_recovery_of_a_day_is_told_last():
    older = {**RECOVERY, "sleep_id": "older", "score": {"resting_heart_rate": 50}}

    readings = _recovered(RECOVERY, older)

    days = [one for one in readings if isinstance(one, DayReading)]
    assert [one.resting_heart_rate for one in days] == [50, 64]


# --- Heart rate and workouts -------------------------------------------------------------------


def test_the_heart_rate_of_a_sleep_has_no_gaps():
    (reading,) = WHOOP.read("heart_rate", STREAM, timezone=UTC)

    assert reading == HeartRateReading(
        source=BAND,
        samples=[
            (dt.datetime(2026, 11, 9, 4, 26, tzinfo=dt.UTC), 58),
            (dt.datetime(2026, 11, 9, 4, 26, 12, tzinfo=dt.UTC), 57),
        ],
    )


def test_a_workout_is_a_session_of_our_sports():
    (reading,) = _read("workout", WORKOUT)

    assert reading == WorkoutReading(
        external_id=WORKOUT["id"],
        source=BAND,
        sport="mountain_biking",
        started_at=dt.datetime(2026, 11, 9, 22, 0, tzinfo=dt.UTC),
        finished_at=dt.datetime(2026, 11, 9, 23, 5, 30, tzinfo=dt.UTC),
        distance=17.77277,
        calories=375,
        average_heart_rate=123,
        max_heart_rate=146,
        elevation_gain_m=246.6,
    )


@pytest.mark.parametrize(
    ("sport_name", "sport", "name"),
    [
        ("running", "running", ""),
        ("weightlifting_msk", "strength", ""),
        ("functional-fitness", "strength", ""),
        ("hiking/rucking", "hiking", ""),
        ("Stairmaster", "stair_climbing", ""),
        ("water-polo", "other", "Water polo"),
        ("activity", "other", ""),
        (None, "other", ""),
    ],
)
def test_a_sport_that_nobody_knows_keeps_its_name(sport_name, sport, name):
    (reading,) = _read("workout", {**WORKOUT, "sport_name": sport_name})

    assert (reading.sport, reading.name) == (sport, name)


def test_a_workout_that_waits_for_its_score_has_times_alone():
    (reading,) = _read("workout", {**WORKOUT, "score_state": "PENDING_SCORE", "score": None})

    assert (reading.calories, reading.distance, reading.max_heart_rate) == (None, None, None)


# --- Asking ------------------------------------------------------------------------------------


def test_a_person_is_who_whoop_says():
    api = FakeApi({"/v2/user/profile/basic": {"user_id": 10129, "email": "ana@example.com"}})

    assert PROVIDER.identify(api).external_user_id == "10129"


def test_all_pages_are_read_and_each_record_once():
    api = FakeApi(
        {SLEEPS: in_pages("records", "nextToken", [SLEEP] * 25, [NAP])}, timezone="Europe/Berlin"
    )

    pages = list(PROVIDER.fetch(api, "sleep", WEEK, mode="oauth"))

    assert [len(page.readings) for page in pages] == [25, 1]
    # Around the days: a night begins before its day, and somewhere else it is another day.
    around = {"limit": 25, "start": "2026-10-31T23:00:00Z", "end": "2026-11-10T23:00:00Z"}
    assert api.asked(SLEEPS) == [around, {**around, "nextToken": "1"}]


@pytest.mark.parametrize("name", ["next_token", "nextToken"])
def test_pages_that_lead_back_are_given_up(name):
    api = FakeApi({SLEEPS: {"records": [SLEEP], name: "again"}})

    with pytest.raises(Unreadable):
        list(PROVIDER.fetch(api, "sleep", WEEK, mode="oauth"))

    assert len(api.calls) == 2


def test_cycles_of_days_that_may_be_incomplete_are_left_out():
    starts = ["2026-11-02T22:00:00Z", "2026-11-03T22:00:00Z", "2026-11-10T22:00:00Z"]
    cycles = [{**CYCLE, "timezone_offset": "Z", "start": start, "end": None} for start in starts]
    api = FakeApi({"/v2/cycle": in_pages("records", "nextToken", cycles[:1], cycles[1:])})

    (page,) = PROVIDER.fetch(api, "cycle", WEEK, mode="oauth")

    assert [one.date.isoformat() for one in page.readings] == ["2026-11-03", "2026-11-10"]


def test_recoveries_come_with_their_sleeps_and_read_the_same_again():
    stray = {**RECOVERY, "sleep_id": "out-of-sight"}
    api = FakeApi(
        {
            SLEEPS: {"records": [NAP, SLEEP]},
            "/v2/recovery": {"records": [RECOVERY, stray], "next_token": ""},
        }
    )

    (page,) = PROVIDER.fetch(api, "recovery", WEEK, mode="oauth")

    assert page.payload == {"recovery": [RECOVERY], "sleep": [SLEEP]}
    assert PROVIDER.read("recovery", page.payload, timezone=UTC) == page.readings


def test_recoveries_do_without_sleeps_that_are_not_granted():
    api = FakeApi({SLEEPS: Forbidden(), "/v2/recovery": {"records": [RECOVERY]}})

    (page,) = PROVIDER.fetch(api, "recovery", WEEK, mode="oauth")

    assert [one.date for one in page.readings] == [DAY, DAY]


def test_heart_rate_is_read_of_each_sleep_that_is_scored():
    stream = f"{SLEEPS}/{ID}/stream"
    api = FakeApi({SLEEPS: {"records": [NAP, SLEEP]}, stream: STREAM})

    (page,) = PROVIDER.fetch(api, "heart_rate", WEEK, mode="oauth")

    assert len(page.readings[0].samples) == 2
    assert api.asked(stream) == [{"types": "hr"}]
    assert api.asked(f"{SLEEPS}/{NAP_ID}/stream") == []


def test_a_lapsed_membership_has_no_heart_rate_and_loses_nothing_else():
    path = f"{SLEEPS}/{ID}/stream"
    api = FakeApi({SLEEPS: {"records": [SLEEP, SLEEP]}, path: Forbidden()})

    pages = list(PROVIDER.fetch(api, "heart_rate", WEEK, mode="oauth"))

    assert pages == []
    assert len(api.asked(path)) == 1


def test_a_sleep_without_a_stream_is_passed_over():
    other = {**SLEEP, "id": "other"}
    api = FakeApi({SLEEPS: {"records": [other, SLEEP]}, f"{SLEEPS}/{ID}/stream": STREAM})

    pages = list(PROVIDER.fetch(api, "heart_rate", WEEK, mode="oauth"))

    assert len(pages) == 1


@pytest.mark.parametrize("data_type", ["cycle", "sleep", "recovery", "workout"])
def test_a_wearer_without_data_has_no_readings(data_type):
    paths = ("/v2/cycle", SLEEPS, "/v2/recovery", "/v2/activity/workout")
    api = FakeApi(dict.fromkeys(paths, EMPTY))

    (page,) = PROVIDER.fetch(api, data_type, WEEK, mode="oauth")

    assert page.readings == ()


def test_leaving_takes_back_what_was_granted():
    api = FakeApi({"/v2/user/access": None})

    PROVIDER.disconnect(api, refresh_token="again")

    assert api.calls == [("DELETE", "/v2/user/access", None)]


def test_a_refresh_asks_to_be_refreshed_again():
    oauth = PROVIDER.oauth

    assert oauth is not None
    assert oauth.refresh_params == {"scope": "offline"}
    assert "offline" in oauth.scopes
    assert oauth.single_use_refresh is True


def test_any_mutilated_payload_gives_readings_or_is_unreadable():
    payload = {
        "cycle": [CYCLE, CYCLE],
        "sleep": [SLEEP, NAP],
        "recovery": [RECOVERY],
        "workout": [WORKOUT],
        **STREAM,
    }
    data_types = [known.name for known in PROVIDER.data_types]

    @settings(max_examples=200, deadline=None)
    @given(data_type=st.sampled_from(data_types), broken=mutilated(payload))
    def read(data_type, broken):
        try:
            readings = WHOOP.read(data_type, broken, timezone=UTC)
        except Unreadable:
            return
        assert isinstance(readings, tuple)

    read()


# --- Notices -----------------------------------------------------------------------------------


def _notice(data_type: str, object_id: str = ID, **values: Any) -> Notice:
    return Notice(external_user_id="10129", data_type=data_type, object_id=object_id, **values)


@pytest.mark.parametrize(
    ("data_type", "path", "document", "kind"),
    [
        ("sleep", SLEEPS, SLEEP, SleepReading),
        ("workout", "/v2/activity/workout", WORKOUT, WorkoutReading),
    ],
)
def test_a_notice_has_its_object_read_by_id(data_type, path, document, kind):
    api = FakeApi({f"{path}/{ID}": document})

    (page,) = PROVIDER.fetch_notice(api, _notice(data_type))

    assert [type(reading) for reading in page.readings] == [kind]
    assert PROVIDER.read(data_type, page.payload, timezone=UTC) == page.readings


def test_a_recovery_is_found_by_the_id_of_its_sleep():
    api = FakeApi({f"{SLEEPS}/{ID}": SLEEP, "/v2/cycle/93845/recovery": RECOVERY})

    (page,) = PROVIDER.fetch_notice(api, _notice("recovery"))

    assert [type(one) for one in page.readings] == [SleepReading, NightReading, DayReading]


def test_the_recovery_of_another_sleep_is_not_taken_for_it():
    another = {**RECOVERY, "sleep_id": "another"}
    api = FakeApi({f"{SLEEPS}/{ID}": SLEEP, "/v2/cycle/93845/recovery": another})

    (page,) = PROVIDER.fetch_notice(api, _notice("recovery"))

    assert [type(one) for one in page.readings] == [SleepReading]


@pytest.mark.parametrize("data_type", ["sleep", "workout"])
def test_a_deleted_object_is_removed_without_asking(data_type):
    api = FakeApi({})

    (page,) = PROVIDER.fetch_notice(api, _notice(data_type, kind="deleted"))

    assert page.readings == (Deletion(kind=data_type, external_id=ID),)
    assert PROVIDER.read(data_type, page.payload, timezone=UTC) == page.readings
    assert api.calls == []


def test_an_object_that_is_not_ready_is_not_there_yet():
    with pytest.raises(NotThere):
        list(PROVIDER.fetch_notice(FakeApi({}), _notice("sleep")))


# --- Webhooks ----------------------------------------------------------------------------------


def _signed(
    body: bytes, *, at: dt.datetime = NOW, secret: bytes = b"client-secret", **headers: str
) -> IncomingWebhook:
    stamp = str(int(at.timestamp() * 1000))
    digest = hmac.new(secret, stamp.encode() + body, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    signed = {"x_whoop_signature": signature, "x_whoop_signature_timestamp": stamp}
    return posted(body, **{**signed, **headers})


def _opened(**values: Any) -> Any:
    event = {"user_id": 10129, "id": ID, "type": "sleep.updated", "trace_id": "t-1", **values}
    return PROVIDER.open_webhook(_signed(orjson.dumps(event)), KEYS)


BODY = orjson.dumps({"user_id": 10129, "id": ID, "type": "sleep.updated", "trace_id": "t-1"})


@pytest.mark.parametrize(
    ("type_", "kind", "data_type"),
    [
        ("sleep.updated", "changed", "sleep"),
        ("sleep.deleted", "deleted", "sleep"),
        ("workout.updated", "changed", "workout"),
        ("workout.deleted", "deleted", "workout"),
        ("recovery.updated", "changed", "recovery"),
        # What becomes of its sleep is read from the sleep.
        ("recovery.deleted", "changed", "sleep"),
    ],
)
def test_an_event_names_its_object(type_, kind, data_type):
    answer = _opened(type=type_)

    assert answer.status == 204
    assert answer.notices == (
        Notice(external_user_id="10129", kind=kind, data_type=data_type, object_id=ID),
    )


@pytest.mark.parametrize("type_", ["cycle.updated", "sleep.created", "sleep", None])
def test_what_we_do_not_read_is_accepted_and_passed_over(type_):
    answer = _opened(type=type_)

    assert (answer.status, answer.notices) == (204, ())


def test_a_replay_has_the_key_of_its_event_and_another_event_has_another():
    again = PROVIDER.open_webhook(_signed(BODY, at=NOW - dt.timedelta(minutes=1)), KEYS)

    assert again.key == _opened().key == "t-1"
    assert _opened(trace_id="t-2").key == "t-2"


def test_events_without_a_trace_are_told_apart_by_what_they_say():
    keys = {_opened(trace_id=None).key, _opened(trace_id=None, id=NAP_ID).key}

    assert len(keys) == 2
    assert _opened(trace_id=None).key in keys


@pytest.mark.parametrize(
    "request_",
    [
        posted(BODY),
        _signed(BODY, secret=b"another"),
        _signed(BODY, x_whoop_signature="äöü"),
        _signed(BODY, x_whoop_signature_timestamp="1"),
        _signed(BODY, at=NOW - dt.timedelta(minutes=5, seconds=1)),
        _signed(BODY, at=NOW + dt.timedelta(minutes=5, seconds=1)),
        # Signed over the same JSON in other bytes.
        posted(BODY + b" ", **_signed(BODY).headers),
    ],
    ids=["unsigned", "key", "text", "time", "stale", "early", "bytes"],
)
def test_what_does_not_prove_itself_is_forged(request_):
    with pytest.raises(Forged):
        PROVIDER.open_webhook(request_, KEYS)


def test_without_a_secret_of_ours_nothing_is_believed():
    keys = WebhookKeys(client_id="client", client_secret="", extras={})

    with pytest.raises(Forged):
        PROVIDER.open_webhook(_signed(BODY, secret=b""), keys)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"type":"sleep.updated"}', BODY.replace(ID.encode(), b"../x")]
)
def test_a_signed_body_of_another_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        PROVIDER.open_webhook(_signed(body), KEYS)


def test_there_is_nothing_to_subscribe_to():
    api = FakeAppApi({})

    kept = PROVIDER.keep_subscriptions(api, url="https://numeneon.test", known={}, now=NOW)

    assert (kept, api.calls) == ([], [])
