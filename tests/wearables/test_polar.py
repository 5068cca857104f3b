import datetime as dt
import hashlib
import hmac
from zoneinfo import ZoneInfo

import orjson
import pytest

from wearables.providers.base import Forged, IncomingWebhook, Notice, Unreadable, WebhookKeys
from wearables.providers.polar import POLAR
from wearables.readings import (
    DayReading,
    HeartRateReading,
    NightReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)

HELSINKI = ZoneInfo("Europe/Helsinki")
BAND = Source(kind="band")
DATE = dt.date(2026, 11, 2)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def read(data_type: str, payload: object, *, zone: ZoneInfo = HELSINKI) -> tuple:
    return POLAR.read(data_type, payload, timezone=zone)


# --- Days --------------------------------------------------------------------------------------


def activity(**changes) -> dict:
    told = {
        "start_time": "2026-11-01T22:00:00",
        "end_time": "2026-11-02T22:00:00",
        "steps": 8000,
        "distance_from_steps": 5432.1,
        "calories": 2450,
        "active_calories": 610,
        "active_duration": "PT3H11M29S",
    }
    return {**told, **changes}


def zones(*turns: tuple[str, str]) -> dict:
    listed = [{"zone": zone, "timestamp": f"2026-11-02T{clock}"} for clock, zone in turns]
    return {"activity_zones": {"samples": listed}}


def test_a_day_counts_the_minutes_of_its_moderate_and_vigorous_zones():
    samples = zones(
        ("08:00:00", "SEDENTARY"),
        ("09:00:00", "MODERATE"),
        ("09:20:00", "VIGOROUS"),
        ("09:30:30", "LIGHT"),
        ("21:50:00", "MODERATE"),
        ("21:40:00", "SLEEP"),
    )

    assert read("activities", [activity(samples=samples)]) == (
        DayReading(
            date=DATE,
            source=BAND,
            steps=8000,
            distance=5.4321,
            active_calories=610,
            total_calories=2450,
            active_minutes=40,
        ),
    )


def test_without_zones_the_active_time_is_an_estimate():
    (reading,) = read("activities", [activity()])

    assert (reading.active_minutes, reading.estimated) == (191, ("active_minutes",))


def test_what_a_day_does_not_tell_is_empty_and_a_told_0_is_0():
    told = {"date": "2026-11-02", "steps": 0, "active_duration": "a while", "moods": ["good"]}

    assert read("activities", told) == (DayReading(date=DATE, source=BAND, steps=0),)
    assert read("activities", None) == ()


@pytest.mark.parametrize(
    ("start", "end", "zone", "expected"),
    [
        # A day of 25 hours, and one of 23.
        ("2026-10-24T21:00:00", "2026-10-25T22:00:00", "Europe/Helsinki", "2026-10-25"),
        ("2026-03-28T22:00:00", "2026-03-29T21:00:00", "Europe/Helsinki", "2026-03-29"),
        # The watch keeps the clock of home while its owner is in Lisbon.
        ("2026-11-01T22:00:00", "2026-11-02T22:00:00", "Europe/Lisbon", "2026-11-02"),
        # A day that has just begun.
        ("2026-11-01T22:00:00", "2026-11-01T22:00:00", "Europe/Helsinki", "2026-11-02"),
        ("2026-11-01T22:00:00Z", None, "Europe/Helsinki", "2026-11-02"),
    ],
)
def test_a_day_is_the_one_that_it_lies_in_the_middle_of(start, end, zone, expected):
    told = activity(start_time=start, end_time=end)

    (reading,) = read("activities", {"activities": [told]}, zone=ZoneInfo(zone))

    assert reading.date == dt.date.fromisoformat(expected)


# --- Nights ------------------------------------------------------------------------------------


def night(**changes) -> dict:
    told = {
        "date": "2026-11-02",
        "sleep_start_time": "2026-11-01T23:50:00+02:00",
        "sleep_end_time": "2026-11-02T07:20:00+02:00",
        "light_sleep": 14_400,
        "deep_sleep": 5399,
        "rem_sleep": 5400,
        "unrecognized_sleep_stage": 91,
        "total_interruption_duration": 1710,
        "sleep_score": 78,
        "hypnogram": {"00:39": 4, "23:50": 3, "02:00": 0, "02:10": 9},
    }
    return {**told, **changes}


@pytest.mark.parametrize("payload", [{"nights": [night()]}, [night()], night()])
def test_a_night_is_read_whole_however_it_is_wrapped(payload):
    start, end = at("2026-11-01T23:50:00+02:00"), at("2026-11-02T07:20:00+02:00")

    assert read("sleep", payload) == (
        SleepReading(
            external_id="2026-11-02",
            source=BAND,
            date=DATE,
            start=start,
            end=end,
            duration=422,
            deep_sleep=90,
            light_sleep=240,
            rem_sleep=90,
            awake=28,
            sleep_score=78,
            stages=(
                StageReading(start=start, end=at("2026-11-02T00:39:00+02:00"), stage="light"),
                StageReading(
                    start=at("2026-11-02T00:39:00+02:00"),
                    end=at("2026-11-02T02:00:00+02:00"),
                    stage="deep",
                ),
                StageReading(start=at("2026-11-02T02:00:00+02:00"), end=end, stage="awake"),
            ),
        ),
    )


def test_a_night_without_stages_has_none_and_keeps_its_offset():
    told = {name: night()[name] for name in ("date", "sleep_start_time")}
    # Asleep in summer time, awake in winter time.
    told |= {"sleep_end_time": "2026-11-02T07:20:00+01:00"}

    (reading,) = read("sleep", told)

    assert (reading.duration, reading.deep_sleep, reading.awake) == (None, None, None)
    assert reading.end - reading.start == dt.timedelta(hours=8, minutes=30)


def test_the_recharge_of_a_night_comes_by_its_date():
    told = {"date": "2026-11-02", "heart_rate_variability_avg": 41, "breathing_rate_avg": 13.1}
    half = {"date": "2026-11-01", "breathing_rate_avg": 13.0}

    assert read("nightly-recharge", {"recharges": [told, half, {"date": "2026-10-31"}]}) == (
        NightReading(date=DATE, hrv=41, hrv_method="rmssd", respiratory_rate=13.1),
        NightReading(date=dt.date(2026, 11, 1), respiratory_rate=13.0),
    )


# --- Heart rate and exercises ------------------------------------------------------------------


def samples(day: str, *told: tuple[str, int | None]) -> dict:
    listed = [{"heart_rate": rate, "sample_time": clock} for clock, rate in told]
    return {"date": day, "heart_rate_samples": listed}


def test_samples_are_by_the_clock_of_the_person():
    payload = [samples("2026-11-02", ("00:02:08", 61), ("00:07:08", None)), samples("2026-11-01")]

    assert read("continuous-heart-rate", payload) == (
        HeartRateReading(source=BAND, samples=((at("2026-11-01T22:02:08Z"), 61),)),
    )


def test_the_hour_that_a_clock_shows_twice_is_read_twice():
    told = samples(
        "2026-10-25", ("03:30:00", 60), ("03:55:00", 61), ("03:00:00", 62), ("04:00", 63)
    )

    (reading,) = read("continuous-heart-rate", told)

    assert reading.samples == (
        (at("2026-10-25T00:30:00Z"), 60),
        (at("2026-10-25T00:55:00Z"), 61),
        (at("2026-10-25T01:00:00Z"), 62),
        (at("2026-10-25T02:00:00Z"), 63),
    )


def exercise(**changes) -> dict:
    told = {
        "id": "2AC312F",
        "start_time": "2026-11-02T18:00:00",
        "start_time_utc_offset": 540,
        "duration": "PT44M30.5S",
        "distance": 8120.0,
        "calories": 530,
        "heart_rate": {"average": 141, "maximum": 172},
        "sport": "OTHER",
        "detailed_sport_info": "TRAIL_RUNNING",
    }
    return {**told, **changes}


def test_an_exercise_began_by_the_clock_of_where_it_was():
    assert read("exercises", [exercise()]) == (
        WorkoutReading(
            external_id="2AC312F",
            source=BAND,
            sport="running",
            started_at=at("2026-11-02T09:00:00Z"),
            finished_at=at("2026-11-02T09:44:30.500Z"),
            distance=8.12,
            calories=530,
            average_heart_rate=141,
            max_heart_rate=172,
        ),
    )


def test_an_exercise_that_says_little_is_read_by_the_clock_of_the_person():
    told = {"id": 7, "start_time": "2026-11-02T18:00:00", "duration": "PT1H", "sport": "CURLING"}

    (reading,) = read("exercises", told)

    assert (reading.external_id, reading.sport, reading.distance) == ("7", "other", None)
    assert reading.started_at == at("2026-11-02T16:00:00Z")


@pytest.mark.parametrize(
    ("data_type", "payload"),
    [
        ("activities", "none"),
        ("activities", [7]),
        ("activities", [{"steps": 1}]),
        ("activities", [activity(samples=[])]),
        ("sleep", [night(sleep_end_time="2026-11-02T07:20:00")]),
        ("sleep", [night(date=None)]),
        ("sleep", [night(hypnogram={"late": 1})]),
        ("continuous-heart-rate", {"date": "2026-11-02", "heart_rate_samples": 7}),
        ("continuous-heart-rate", samples("2026-11-02", ("noon", 61))),
        ("exercises", [exercise(duration="long")]),
        ("exercises", [exercise(id="")]),
    ],
)
def test_an_answer_of_another_shape_is_unreadable(data_type, payload):
    with pytest.raises(Unreadable):
        read(data_type, payload)


# --- Webhooks ----------------------------------------------------------------------------------


def opened(body: object, *, secrets: tuple[str, ...] = ("k1",), signature: str | None = None):
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    if signature is None:
        signature = hmac.new(b"k1", raw, hashlib.sha256).hexdigest()
    request = IncomingWebhook(
        method="POST",
        query={},
        headers={"polar-webhook-signature": signature},
        body=raw,
        received_at=dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC),
    )
    keys = WebhookKeys(client_id="us", client_secret="ours", extras={}, secrets=secrets)
    return POLAR.open_webhook(request, keys)


def test_the_ping_before_there_is_a_secret_is_answered():
    answer = opened({"event": "PING"}, secrets=(), signature="")

    assert (answer.status, answer.notices) == (200, ())


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"event": "SLEEP", "user_id": 475, "date": "2026-11-02"},
            {"data_type": "sleep", "first": "2026-11-02", "last": "2026-11-02"},
        ),
        (
            {"event": "EXERCISE", "user_id": 475, "entity_id": "2AC312F"},
            {"data_type": "exercises", "object_id": "2AC312F"},
        ),
    ],
)
def test_an_event_names_a_day_or_an_exercise(body, expected):
    answer = opened(body)

    assert answer.notices == (Notice(external_user_id="475", **expected),)
    assert answer.key == opened(body).key != opened({**body, "timestamp": "later"}).key


def test_either_secret_will_do_and_an_event_that_we_do_not_know_is_passed_over():
    body = {"event": "SLEEP_WISE_ALERTNESS", "user_id": 475}

    assert opened(body, secrets=("k0", "k1")).notices == ()


@pytest.mark.parametrize(
    ("signature", "secrets"),
    [("", ("k1",)), ("00" * 32, ("k1",)), (None, ("k2",)), (None, ()), (None, ("",))],
)
def test_an_event_of_another_signature_is_forged(signature, secrets):
    body = {"event": "SLEEP", "user_id": 475, "date": "2026-11-02"}

    with pytest.raises(Forged):
        opened(body, signature=signature, secrets=secrets)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        [],
        {"event": "SLEEP", "user_id": 475},
        {"event": "EXERCISE", "user_id": 475},
        {"event": "SLEEP", "date": "2026-11-02"},
    ],
)
def test_an_event_of_another_shape_is_unreadable(body):
    with pytest.raises(Unreadable):
        opened(body)
