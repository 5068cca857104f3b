import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from wearables.providers.base import Unreadable
from wearables.providers.google import FITBIT
from wearables.readings import (
    DayReading,
    HeartRateReading,
    NightReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)

BERLIN = ZoneInfo("Europe/Berlin")
WATCH = Source(kind="watch")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def civil(text: str) -> dict:
    day = dt.date.fromisoformat(text)
    return {"year": day.year, "month": day.month, "day": day.day}


def rolled(day: str, **value) -> dict:
    return {"civilStartTime": {"date": civil(day), "time": {}}, **value}


def read(data_type: str, payload: object) -> tuple:
    return FITBIT.read(data_type, payload, timezone=BERLIN)


# --- Days --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data_type", "value", "metric", "expected"),
    [
        ("steps", {"steps": {"countSum": "8123"}}, "steps", 8123),
        ("steps", {"steps": {"countSum": "0"}}, "steps", 0),
        ("distance", {"distance": {"millimetersSum": "6123456"}}, "distance", 6.123456),
        ("floors", {"floors": {"countSum": "12"}}, "floors_climbed", 12),
        ("total-calories", {"totalCalories": {"kcalSum": 2310.6}}, "total_calories", 2311),
        (
            "active-energy-burned",
            {"activeEnergyBurned": {"kcalSum": 512.4}},
            "active_calories",
            512,
        ),
    ],
)
def test_the_total_of_a_day_is_read_in_our_unit(data_type, value, metric, expected):
    payload = {"rollupDataPoints": [rolled("2026-11-02", **value, extra={"a": 1})]}

    assert read(data_type, payload) == (
        DayReading(date=dt.date(2026, 11, 2), source=WATCH, **{metric: expected}),
    )


@pytest.mark.parametrize("payload", [{}, {"rollupDataPoints": [rolled("2026-11-02", steps={})]}])
def test_a_day_without_a_total_says_nothing_and_not_0(payload):
    assert read("steps", payload) == ()


def test_moderate_and_vigorous_minutes_count_and_light_ones_do_not():
    levels = [
        {"activityLevel": "LIGHT", "activeMinutesSum": "180"},
        {"activityLevel": "MODERATE", "activeMinutesSum": "21"},
        {"activityLevel": "VIGOROUS", "activeMinutesSum": "13"},
        {"activityLevel": "HEROIC", "activeMinutesSum": "5"},
    ]
    still = [{"activityLevel": "LIGHT", "activeMinutesSum": "40"}]
    payload = {
        "rollupDataPoints": [
            rolled(day, activeMinutes={"activeMinutesRollupByActivityLevel": told})
            for day, told in (("2026-11-03", levels), ("2026-11-02", still), ("2026-11-01", []))
        ]
    }

    readings = read("active-minutes", payload)

    assert [(one.date.day, one.active_minutes) for one in readings] == [(3, 34), (2, 0)]


def test_daily_values_of_the_night_come_by_their_date():
    date = dt.date(2026, 11, 2)
    resting = {"date": civil("2026-11-02"), "beatsPerMinute": "54"}
    variability = {
        "date": civil("2026-11-02"),
        "averageHeartRateVariabilityMilliseconds": 41.25,
    }
    breathing = {"date": civil("2026-11-02"), "breathsPerMinute": 14.2}

    readings = (
        *read("daily-resting-heart-rate", {"dataPoints": [{"dailyRestingHeartRate": resting}]}),
        *read(
            "daily-heart-rate-variability",
            {"dataPoints": [{"dailyHeartRateVariability": variability}]},
        ),
        *read("daily-respiratory-rate", {"dataPoints": [{"dailyRespiratoryRate": breathing}]}),
    )

    assert readings == (
        DayReading(date=date, source=WATCH, resting_heart_rate=54),
        NightReading(date=date, hrv=41.25, hrv_method="rmssd"),
        NightReading(date=date, respiratory_rate=14.2),
    )


# --- Nights ------------------------------------------------------------------------------------


def sleep_point(**changes) -> dict:
    sleep = {
        "interval": {
            "startTime": "2026-11-01T22:10:00Z",
            "endTime": "2026-11-02T06:00:00Z",
            "startUtcOffset": "3600s",
            "endUtcOffset": "3600s",
            "civilEndTime": {"date": civil("2026-11-02"), "time": {"hours": 7}},
        },
        "type": "STAGES",
        "stages": [
            {
                "type": "LIGHT",
                "startTime": "2026-11-01T22:10:00Z",
                "endTime": "2026-11-01T23:00:00Z",
            },
            {
                "type": "DREAMING",
                "startTime": "2026-11-01T23:00:00Z",
                "endTime": "2026-11-02T06:00:00Z",
            },
        ],
        "summary": {
            "minutesAsleep": "431",
            "minutesAwake": "39",
            "stagesSummary": [
                {"type": "DEEP", "minutes": "80"},
                {"type": "LIGHT", "minutes": "251"},
                {"type": "REM", "minutes": "100"},
                {"type": "AWAKE", "minutes": "39"},
            ],
        },
        "metadata": {"nap": False, "processed": True},
    }
    name = "users/me/dataTypes/sleep/dataPoints/s1"
    return {"name": name, "sleep": {**sleep, **changes}}


def test_a_staged_night_is_read_whole():
    (reading,) = read("sleep", {"dataPoints": [sleep_point()]})

    assert reading == SleepReading(
        external_id="s1",
        source=WATCH,
        date=dt.date(2026, 11, 2),
        start=at("2026-11-01T22:10:00Z"),
        end=at("2026-11-02T06:00:00Z"),
        duration=431,
        deep_sleep=80,
        light_sleep=251,
        rem_sleep=100,
        awake=39,
        is_nap=False,
        stages=(
            StageReading(
                start=at("2026-11-01T22:10:00Z"), end=at("2026-11-01T23:00:00Z"), stage="light"
            ),
        ),
    )


def test_a_classic_sleep_has_no_stages_and_a_nap_says_so():
    summary = {
        "minutesAsleep": "52",
        "minutesAwake": "4",
        "stagesSummary": [{"type": "ASLEEP", "minutes": "52"}, {"type": "DEEP", "minutes": "1"}],
    }
    point = sleep_point(type="CLASSIC", summary=summary, stages=[], metadata={"nap": True})

    (reading,) = read("sleep", {"dataPoints": [point]})

    assert (reading.duration, reading.awake, reading.is_nap) == (52, 4, True)
    assert (reading.deep_sleep, reading.light_sleep, reading.rem_sleep) == (None, None, None)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        # A traveler woke up in Tokyo, where it was the next day already.
        ({"endUtcOffset": "32400s"}, dt.date(2026, 11, 3)),
        # Without an offset, the person's own clock.
        ({}, dt.date(2026, 11, 2)),
        ({"endUtcOffset": "elsewhere"}, dt.date(2026, 11, 2)),
        ({"civilEndTime": {"date": civil("2026-11-01")}}, dt.date(2026, 11, 1)),
    ],
)
def test_a_night_is_of_the_day_on_which_its_clock_woke_the_person(interval, expected):
    times = {"startTime": "2026-11-02T08:00:00Z", "endTime": "2026-11-02T15:30:00Z"}

    (reading,) = read("sleep", {"dataPoints": [sleep_point(interval={**times, **interval})]})

    assert reading.date == expected


def test_the_night_with_an_hour_more_lasts_as_long_as_it_did():
    interval = {
        "startTime": "2026-10-24T21:00:00Z",
        "endTime": "2026-10-25T06:00:00Z",
        "startUtcOffset": "7200s",
        "endUtcOffset": "3600s",
    }

    (reading,) = read("sleep", {"dataPoints": [sleep_point(interval=interval, stages=[])]})

    assert reading.date == dt.date(2026, 10, 25)
    assert reading.end - reading.start == dt.timedelta(hours=9)


def test_a_night_that_is_still_worked_on_is_not_final():
    point = sleep_point(metadata={"processed": False}, summary={}, stages=[])

    (reading,) = read("sleep", {"dataPoints": [point]})

    assert (reading.is_final, reading.duration, reading.is_nap) == (False, None, None)


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (
            {
                "platform": "HEALTH_CONNECT",
                "device": {"displayName": "Oura Ring"},
                "application": {"packageName": "com.ouraring.oura"},
            },
            Source(name="Oura Ring", kind="hub", app="com.ouraring.oura"),
        ),
        ({"platform": "FITBIT", "recordingMethod": "MANUAL"}, Source(kind="manual")),
        ({"platform": "FITBIT", "device": {"formFactor": "RING"}}, Source(kind="ring")),
        ({"platform": "FITBIT", "device": {"formFactor": "TOASTER"}}, WATCH),
    ],
)
def test_what_another_app_wrote_there_is_told_by_that_app(origin, expected):
    (reading,) = read("sleep", {"dataPoints": [{**sleep_point(), "dataSource": origin}]})

    assert reading.source == expected


# --- Heart rate and exercise -------------------------------------------------------------------


def test_samples_of_the_heart_rate_are_one_reading_without_gaps():
    payload = {
        "dataPoints": [
            {"heartRate": {"beatsPerMinute": beats, "sampleTime": {"physicalTime": time}}}
            for time, beats in (
                ("2026-11-02T08:00:05Z", "71"),
                ("2026-11-02T08:00:00.5Z", None),
                ("2026-11-02T08:00:00Z", "70"),
            )
        ]
    }

    assert read("heart-rate", payload) == (
        HeartRateReading(
            source=WATCH,
            samples=((at("2026-11-02T08:00:05Z"), 71), (at("2026-11-02T08:00:00Z"), 70)),
        ),
    )
    assert read("heart-rate", {}) == ()


@pytest.mark.parametrize("spelling", ["distanceMillimeters", "distanceMillimiters"])
def test_an_exercise_is_a_workout_however_its_distance_is_spelled(spelling):
    exercise = {
        "interval": {"startTime": "2026-11-02T16:00:00Z", "endTime": "2026-11-02T16:35:00Z"},
        "exerciseType": "TRAIL_RUN",
        "displayName": "Trail run",
        "activeDuration": "1800.5s",
        "metricsSummary": {
            spelling: 5012345.0,
            "caloriesKcal": 401.6,
            "averageHeartRateBeatsPerMinute": "152",
            "elevationGainMillimeters": 84500,
        },
    }
    name = "users/42/dataTypes/exercise/dataPoints/e9"

    assert read("exercise", {"dataPoints": [{"name": name, "exercise": exercise}]}) == (
        WorkoutReading(
            external_id="e9",
            source=WATCH,
            sport="running",
            started_at=at("2026-11-02T16:00:00Z"),
            finished_at=at("2026-11-02T16:35:00Z"),
            name="Trail run",
            duration_s=1800,
            distance=5.012345,
            calories=402,
            average_heart_rate=152,
            elevation_gain_m=84.5,
        ),
    )


@pytest.mark.parametrize(
    ("data_type", "payload"),
    [
        ("steps", []),
        ("steps", {"rollupDataPoints": "many"}),
        ("steps", {"rollupDataPoints": [{"steps": {"countSum": "1"}}]}),
        ("steps", {"rollupDataPoints": [{"steps": ["1"]}]}),
        ("sleep", {"dataPoints": [{"sleep": {"interval": {}}}]}),
        ("sleep", {"dataPoints": [sleep_point(interval={"startTime": "9", "endTime": "9"})]}),
        ("exercise", {"dataPoints": [{"exercise": {"interval": 7}}]}),
        ("heart-rate", {"dataPoints": [{"heartRate": {"beatsPerMinute": "60"}}]}),
    ],
)
def test_an_answer_of_another_shape_is_unreadable(data_type, payload):
    with pytest.raises(Unreadable):
        read(data_type, payload)
