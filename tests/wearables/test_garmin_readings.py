import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from wearables.providers.base import Unreadable
from wearables.providers.garmin import GARMIN
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
DATE = dt.date(2026, 11, 2)
# 22:30 on the first of November in Berlin.
BED = 1_793_568_600
HOUR = 3600


def at(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def pushed(data_type: str, *records: object) -> tuple:
    return GARMIN.read(data_type, {data_type: list(records)}, timezone=BERLIN)


def asked(data_type: str, answer: object) -> tuple:
    return GARMIN.read(data_type, {"personal": answer}, timezone=BERLIN)


# --- Told by webhook ---------------------------------------------------------------------------


def test_a_daily_is_a_day_and_its_heart_rate():
    daily = {
        "summaryId": "d1",
        "calendarDate": "2026-11-02",
        "startTimeInSeconds": BED,
        "durationInSeconds": 50_430,
        "steps": 9120,
        "distanceInMeters": 6543.2,
        "activeKilocalories": 512,
        "bmrKilocalories": 1704.6,
        "moderateIntensityDurationInSeconds": 1230,
        "vigorousIntensityDurationInSeconds": 600,
        "floorsClimbed": 7,
        "restingHeartRateInBeatsPerMinute": 52,
        "averageHeartRateInBeatsPerMinute": 71,
        "timeOffsetHeartRateSamples": {"0": 61, "15": 62, "30": None},
        "source": "GARMIN",
    }

    assert pushed("dailies", daily) == (
        DayReading(
            date=DATE,
            source=WATCH,
            steps=9120,
            distance=6.5432,
            active_calories=512,
            total_calories=2217,
            active_minutes=30,
            floors_climbed=7,
            resting_heart_rate=52,
            worn_minutes=840,
        ),
        HeartRateReading(source=WATCH, samples=((at(BED), 61), (at(BED + 15), 62))),
    )


def test_what_a_daily_does_not_tell_is_empty_and_a_told_0_is_0():
    told = {"calendarDate": "2026-11-02", "steps": 0, "activeKilocalories": 100}

    assert pushed("dailies", told) == (
        DayReading(date=DATE, source=WATCH, steps=0, active_calories=100),
    )


def test_a_pushed_night_ends_after_all_that_it_was_made_of():
    night = {
        "summaryId": "s1",
        "calendarDate": "2026-11-02",
        "startTimeInSeconds": BED,
        "startTimeOffsetInSeconds": HOUR,
        "durationInSeconds": 7 * HOUR + 29,
        "awakeDurationInSeconds": 1800,
        "unmeasurableSleepInSeconds": 571,
        "deepSleepDurationInSeconds": 5399,
        "lightSleepDurationInSeconds": 5 * HOUR,
        "remSleepInSeconds": 31,
        "overallSleepScore": {"value": 81, "qualifierKey": "GOOD"},
        "timeOffsetSleepRespiration": {"0": 14.0, "60": 15.0, "120": 14.5, "180": 0},
        "sleepLevelsMap": {
            "light": [{"startTimeInSeconds": BED + 60, "endTimeInSeconds": BED + 120}],
            "deep": [{"startTimeInSeconds": BED, "endTimeInSeconds": BED + 60}],
            "trance": [{}],
        },
        "validation": "AUTO_FINAL",
    }

    assert pushed("sleeps", night) == (
        SleepReading(
            external_id="s1",
            source=WATCH,
            date=DATE,
            start=at(BED),
            end=at(BED + 7 * HOUR + 2400),
            duration=420,
            deep_sleep=90,
            light_sleep=300,
            rem_sleep=1,
            awake=30,
            sleep_score=81,
            respiratory_rate=14.5,
            is_nap=False,
            stages=(
                StageReading(start=at(BED), end=at(BED + 60), stage="deep"),
                StageReading(start=at(BED + 60), end=at(BED + 120), stage="light"),
            ),
        ),
    )


def test_naps_are_sleeps_of_their_own_on_the_day_where_they_ended():
    nap = {
        "napStartTimeInSeconds": BED + HOUR,
        "napDurationInSeconds": 1500,
        # A traveler at two hours east of UTC, where it was midnight.
        "napOffsetInSeconds": 2 * HOUR,
    }
    night = {"calendarDate": "2026-11-02", "startTimeInSeconds": BED, "naps": [nap]}

    (reading,) = pushed("sleeps", night)

    assert reading == SleepReading(
        external_id=f"nap:{BED + HOUR}",
        source=WATCH,
        date=dt.date(2026, 11, 2),
        start=at(BED + HOUR),
        end=at(BED + HOUR + 1500),
        duration=25,
        is_nap=True,
    )


def test_a_tentative_night_and_the_final_one_are_the_same_night():
    night = {"summaryId": "s1", "calendarDate": "2026-11-02", "startTimeInSeconds": BED}
    tentative = {**night, "durationInSeconds": 60, "validation": "AUTO_TENTATIVE"}
    final = {**night, "durationInSeconds": 120, "validation": "AUTO_FINAL"}

    first, second = pushed("sleeps", tentative, final)

    assert (first.external_id, first.is_final) == ("s1", False)
    assert (second.external_id, second.is_final) == ("s1", True)


def test_the_variability_of_a_pushed_night_comes_by_its_date():
    assert pushed("hrv", {"calendarDate": "2026-11-02", "lastNightAvg": 44}, {}) == (
        NightReading(date=DATE, hrv=44, hrv_method="rmssd"),
    )


def test_an_activity_and_its_details_are_one_workout():
    summary = {
        "activityId": 77,
        "summaryId": "77",
        "activityType": "STRENGTH_TRAINING",
        "activityName": "Legs",
        "startTimeInSeconds": BED,
        "durationInSeconds": 3000,
        "distanceInMeters": 0,
        "activeKilocalories": 301,
        "averageHeartRateInBeatsPerMinute": 118,
        "maxHeartRateInBeatsPerMinute": 160,
        "totalElevationGainInMeters": 3.5,
    }
    details = {
        "summaryId": "77-detail",
        "summary": {**summary, "activityId": None},
        "samples": [
            {"startTimeInSeconds": BED, "heartRate": 90},
            {"startTimeInSeconds": BED + 1, "speedMetersPerSecond": 0},
        ],
    }
    expected = {
        "external_id": "77",
        "source": WATCH,
        "sport": "strength",
        "started_at": at(BED),
        "finished_at": at(BED + 3000),
        "name": "Legs",
        "distance": 0,
        "calories": 301,
        "average_heart_rate": 118,
        "max_heart_rate": 160,
        "elevation_gain_m": 3.5,
    }

    assert pushed("activities", summary, details) == (
        WorkoutReading(**expected),
        WorkoutReading(**expected, heart_rate=((at(BED), 90),)),
    )


# --- Asked with a personal key -----------------------------------------------------------------


FLAT = {
    "calendarDate": "2026-11-02",
    "totalSteps": 9120,
    "totalDistanceMeters": 6543.2,
    "activeKilocalories": 512.4,
    "totalKilocalories": 2217.0,
    "moderateIntensityMinutes": 20,
    "vigorousIntensityMinutes": 10,
    "floorsAscended": 6.8,
    "restingHeartRate": 52,
}
GROUPED = {
    "calendarDate": "2026-11-02",
    "movement": {"totalSteps": 9120, "totalDistanceMeters": 6543.2, "floorsAscended": 6.8},
    "calories": {"activeKilocalories": 512.4, "bmrKilocalories": 1704.6},
    "intensityMinutes": {"moderate": 20, "vigorous": 10},
    "heartRate": {"restingHeartRate": 52, "minHeartRate": 48},
    "jetLag": None,
}


@pytest.mark.parametrize("answer", [{"data": [FLAT]}, [FLAT], {"data": [GROUPED]}])
def test_a_day_is_read_by_whichever_names_it_has(answer):
    assert asked("dailies", answer) == (
        DayReading(
            date=DATE,
            source=WATCH,
            steps=9120,
            distance=6.5432,
            active_calories=512,
            total_calories=2217,
            active_minutes=30,
            floors_climbed=7,
            resting_heart_rate=52,
        ),
    )


def test_a_day_of_names_that_nobody_knows_is_empty():
    assert asked("dailies", {"data": [{"calendarDate": "2026-11-02", "walked": 7}]}) == (
        DayReading(date=DATE, source=WATCH),
    )
    assert asked("dailies", None) == ()


NIGHT = {
    "calendarDate": "2026-11-02",
    "sleepStartTimestampGMT": BED * 1000,
    "sleepEndTimestampGMT": (BED + 8 * HOUR) * 1000,
    "sleepTimeSeconds": 27_030,
    "deepSleepSeconds": 5400,
    "lightSleepSeconds": 16_200,
    "remSleepSeconds": 5430,
    "awakeSleepSeconds": 1770,
    "averageRespirationValue": 13.0,
    "sleepScores": {"overall": {"value": 77}},
}


@pytest.mark.parametrize("row", [NIGHT, {"dailySleepDTO": NIGHT, "restingHeartRate": 50}])
def test_a_night_is_read_bare_or_wrapped(row):
    assert asked("sleeps", {"data": [row]}) == (
        SleepReading(
            external_id="sleep:2026-11-02",
            source=WATCH,
            date=DATE,
            start=at(BED),
            end=at(BED + 8 * HOUR),
            duration=450,
            deep_sleep=90,
            light_sleep=270,
            rem_sleep=90,
            awake=30,
            sleep_score=77,
            respiratory_rate=13.0,
            is_nap=False,
        ),
    )


def test_a_night_that_was_not_worn_is_none():
    empty = {"calendarDate": "2026-11-02", "sleepStartTimestampGMT": None}

    assert asked("sleeps", {"data": [empty]}) == ()


def test_of_a_day_that_was_asked_alone_only_the_naps_are_read():
    nap = {
        "napStartTimestampGMT": "2026-11-02T12:00:00.0",
        "napEndTimestampGMT": "2026-11-02T12:26:00.0",
        "napTimeSec": 1530,
    }

    (reading,) = asked("sleeps", {"dailySleepDTO": NIGHT, "dailyNapDTOS": [nap]})

    assert (reading.external_id, reading.duration) == ("nap:2026-11-02T12:00:00", 26)
    assert (reading.date, reading.is_nap) == (DATE, True)


def test_samples_are_milliseconds_and_gaps_are_null_in_either_order():
    answer = {
        "heartRateValueDescriptors": [
            {"key": "heartrate", "index": 0},
            {"key": "timestamp", "index": 1},
        ],
        "heartRateValues": [[61, BED * 1000], [None, (BED + 120) * 1000]],
    }
    usual = {"heartRateValues": [[(BED + 120) * 1000, 62]]}

    readings = (*asked("heart_rate", answer), *asked("heart_rate", usual))

    assert readings == (
        HeartRateReading(source=WATCH, samples=((at(BED), 61),)),
        HeartRateReading(source=WATCH, samples=((at(BED + 120), 62),)),
    )
    assert asked("heart_rate", {"heartRateValues": None}) == ()


def test_variabilities_are_read_summary_by_summary():
    answer = {
        "hrvSummaries": [
            {"calendarDate": "2026-11-02", "lastNightAvg": 44, "weeklyAvg": 40},
            {"calendarDate": "2026-11-01", "lastNightAvg": None},
        ]
    }

    assert asked("hrv", answer) == (NightReading(date=DATE, hrv=44, hrv_method="rmssd"),)


def test_an_activity_of_the_list_is_a_workout():
    activity = {
        "activityId": 18_000_000_001,
        "activityName": "Morning ride",
        "activityType": {"typeKey": "gravel_cycling", "typeId": 143},
        "startTimeGMT": "2026-11-02 06:30:00",
        "duration": 3600.4,
        "elapsedDuration": 4000.0,
        "movingDuration": 3500.2,
        "distance": 25_400.0,
        "calories": 640.0,
        "averageHR": 131.0,
        "maxHR": 160.0,
        "elevationGain": 210.0,
    }

    assert asked("activities", [activity]) == (
        WorkoutReading(
            external_id="18000000001",
            source=WATCH,
            sport="cycling",
            started_at=dt.datetime(2026, 11, 2, 6, 30, tzinfo=dt.UTC),
            finished_at=dt.datetime(2026, 11, 2, 7, 36, 40, tzinfo=dt.UTC),
            name="Morning ride",
            duration_s=3500,
            distance=25.4,
            calories=640,
            average_heart_rate=131,
            max_heart_rate=160,
            elevation_gain_m=210.0,
        ),
    )


@pytest.mark.parametrize(
    ("data_type", "payload"),
    [
        ("dailies", {"dailies": {}}),
        ("dailies", {"dailies": [{"steps": 1}]}),
        ("dailies", {"dailies": [{"calendarDate": "someday"}]}),
        ("dailies", {"personal": {"days": []}}),
        ("dailies", {"personal": {"data": [7]}}),
        ("sleeps", {"sleeps": [{"calendarDate": "2026-11-02"}]}),
        ("sleeps", {"sleeps": [{"startTimeInSeconds": BED, "durationInSeconds": 9e9}]}),
        ("sleeps", {"personal": [{**NIGHT, "sleepEndTimestampGMT": BED - 1}]}),
        ("sleeps", {"personal": [{**NIGHT, "sleepEndTimestampGMT": "late"}]}),
        ("heart_rate", {"personal": {"heartRateValues": [[BED]]}}),
        ("heart_rate", {"personal": {"heartRateValues": {"0": 61}}}),
        ("activities", {"personal": [{"startTimeGMT": BED}]}),
        ("activities", {"personal": [{"activityId": 1, "startTimeGMT": BED, "duration": 1e14}]}),
    ],
)
def test_an_answer_of_another_shape_is_unreadable(data_type, payload):
    with pytest.raises(Unreadable):
        GARMIN.read(data_type, payload, timezone=BERLIN)
