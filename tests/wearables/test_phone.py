"""What phones send, as readings: exact values, and what is left out with its reason."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearables.providers import phone
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)

VIENNA = ZoneInfo("Europe/Vienna")
NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
CET = dt.timezone(dt.timedelta(hours=1))
DAY = dt.date(2026, 3, 1)
HK = "HKQuantityTypeIdentifier"
WATCH = {"name": "Watch of Ana", "deviceType": "watch", "bundleIdentifier": "com.apple.health.1"}
A_WATCH = Source(name="Watch of Ana", kind="watch", app="com.apple.health.1")
PHONE = {"name": "iPhone of Ana", "deviceModel": "iPhone17,1"}


def read(provider: str = "apple_watch", **batch: Any) -> phone.Batch:
    return phone.read(batch, provider=provider, zone=VIENNA, now=NOW, gap=dt.timedelta(minutes=60))


def record(name: str, value: float | None, unit: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": f"{name}/{value}/{sorted(map(str, more.items()))}",
        "type": name,
        "startDate": "2026-03-01T12:00:00+01:00",
        "value": value,
        "unit": unit,
        "source": WATCH,
        **more,
    }


def stage(start: str, end: str, kind: object, **more: Any) -> dict[str, Any]:
    """On the 1st, or on the 2nd before noon."""
    first, last = (
        f"2026-03-0{1 if clock > '12' else 2}T{clock}:00+01:00" for clock in (start, end)
    )
    return {
        "id": f"{start}/{kind}",
        "startDate": first,
        "endDate": last,
        "stage": kind,
        "source": WATCH,
        **more,
    }


def reasons(batch: phone.Batch) -> list[tuple[str, int, str]]:
    return [(one.part, one.index, one.reason) for one in batch.rejected]


def at(hour: int, minute: int = 0, *, day: int = 1) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=CET)


@pytest.mark.parametrize(
    ("name", "value", "unit", "expected"),
    [
        (f"{HK}StepCount", 812, "count", {"steps": 812}),
        (f"{HK}DistanceWalkingRunning", 1.5, "mi", {"distance": 2.414016}),
        (f"{HK}DistanceWalkingRunning", 1500, "m", {"distance": 1.5}),
        (f"{HK}ActiveEnergyBurned", 418.4, "kJ", {"active_calories": 100}),
        (f"{HK}ActiveEnergyBurned", 320, "Cal", {"active_calories": 320}),
        (f"{HK}AppleExerciseTime", 1800, "s", {"active_minutes": 30}),
        (f"{HK}FlightsClimbed", 7, "count", {"floors_climbed": 7}),
        (f"{HK}RestingHeartRate", 51.6, "count/min", {"resting_heart_rate": 52}),
        ("StepsRecord", 812, "", {"steps": 812}),
        ("DistanceRecord", 1500, "", {"distance": 1.5}),
        ("ActiveCaloriesBurnedRecord", 250.4, "", {"active_calories": 250}),
        ("TotalCaloriesBurnedRecord", 2100, "kcal", {"total_calories": 2100}),
        ("FloorsClimbedRecord", 6.7, "", {"floors_climbed": 7}),
        ("RestingHeartRateRecord", 50, "", {"resting_heart_rate": 50}),
    ],
)
def test_a_record_counts_for_its_day_in_our_units(name, value, unit, expected):
    batch = read(records=[record(name, value, unit)])

    assert batch.readings == (DayReading(date=DAY, source=A_WATCH, **expected),)
    assert (batch.accepted, batch.duplicates, batch.rejected) == (1, 0, ())


def test_records_are_added_up_by_source_and_day_and_never_over_sources():
    steps = f"{HK}StepCount"
    batch = read(
        records=[
            record(steps, 100),
            record(steps, 50, startDate="2026-03-01T13:00:00+01:00"),
            record(steps, 70, source=PHONE),
            record(steps, 9, startDate="2026-03-02T00:10:00+01:00"),
        ]
    )

    told = {(day.source.name, day.date.day): day.steps for day in batch.readings}
    assert told == {("Watch of Ana", 1): 150, ("iPhone of Ana", 1): 70, ("Watch of Ana", 2): 9}
    assert [day.source.kind for day in batch.readings] == ["watch", "phone", "watch"]


def test_a_record_that_comes_twice_counts_once():
    once = record("StepsRecord", 100)

    batch = read(records=[once, record("StepsRecord", 40), once])

    assert [day.steps for day in batch.readings] == [140]
    assert (batch.accepted, batch.duplicates) == (2, 1)


def test_total_calories_need_the_basal_ones():
    active, basal = (
        record(f"{HK}ActiveEnergyBurned", 400, "kcal"),
        record(f"{HK}BasalEnergyBurned", 1650.2, "kcal"),
    )

    alone, both = read(records=[active]), read(records=[active, basal])

    assert [day.total_calories for day in alone.readings] == [None]
    assert [(day.active_calories, day.total_calories) for day in both.readings] == [(400, 2050)]


def test_the_last_resting_heart_rate_of_a_day_counts():
    late = record(f"{HK}RestingHeartRate", 49, startDate="2026-03-01T22:00:00+01:00")

    batch = read(records=[late, record(f"{HK}RestingHeartRate", 55)])

    assert [day.resting_heart_rate for day in batch.readings] == [49]


def test_a_days_total_goes_before_the_sum_of_records():
    batch = read(
        records=[record("StepsRecord", 5000, source=None)],
        days=[{"date": "2026-03-01", "steps": 4200, "distance": 3.1, "floors_climbed": None}],
    )

    assert batch.readings == (DayReading(date=DAY, source=Source(), steps=4200, distance=3.1),)


@pytest.mark.parametrize(
    ("start", "offset", "expected"),
    [
        ("2026-03-01T23:30:00+01:00", None, 1),
        # Tokyo had a new day, whatever the profile says.
        ("2026-03-01T15:30:00Z", "+09:00", 2),
        ("2026-03-01T15:30:00Z", 32_400, 2),
        # UTC tells nothing of the clock on the wall, which is the profile's.
        ("2026-03-01T23:30:00Z", None, 2),
        ("2026-03-01 23:30:00 -0500", None, 1),
        ("2026-03-01T23:30:00", "-0500", 1),
        ("2026-03-01T23:30:00", None, 1),
    ],
)
def test_a_day_is_that_of_the_clock_where_it_was_recorded(start, offset, expected):
    batch = read(records=[record("StepsRecord", 10, startDate=start, zoneOffset=offset)])

    assert [day.date.day for day in batch.readings] == [expected]


def test_a_time_without_an_offset_is_of_the_persons_zone():
    batch = read(records=[record("HeartRateRecord", 61, startDate="2025-07-01T12:00:00")])

    (rates,) = batch.readings
    assert rates.samples == [(dt.datetime(2025, 7, 1, 10, tzinfo=dt.UTC), 61)]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-10-25T22:00:00Z", "2025-10-26T04:00:00Z"),
        ("2025-10-26T00:00:00", "2025-10-26T05:00:00"),
    ],
)
def test_a_night_in_which_the_clock_goes_back_has_its_hour_more(start, end):
    batch = read(sleep=[stage("00:00", "05:00", "asleep", startDate=start, endDate=end)])

    assert [sleep.reading.duration for sleep in batch.sleeps] == [360]


def test_heart_rates_are_samples_of_their_source():
    batch = read(
        "health_connect",
        records=[
            record("HeartRateRecord", 61, startDate="2026-03-01T12:05:00+01:00"),
            record(
                "HeartRateRecord",
                None,
                samples=[
                    {"time": "2026-03-01T12:00:00+01:00", "beatsPerMinute": 58},
                    {"time": "2026-03-01T12:01:00+01:00", "beatsPerMinute": 59.6},
                ],
            ),
        ],
    )

    samples = [(at(12), 58), (at(12, 1), 60), (at(12, 5), 61)]
    assert batch.readings == (HeartRateReading(source=A_WATCH, samples=samples),)


def test_stages_of_one_source_are_one_sleep():
    batch = read(
        sleep=[
            stage("22:50", "23:00", "inBed"),
            stage("23:00", "23:45", 3),
            stage("23:45", "00:30", "HKCategoryValueSleepAnalysisAsleepDeep"),
            stage("00:30", "00:40", "awake"),
            stage("01:40", "03:10", "asleepREM"),
        ]
    )

    (sleep,) = batch.sleeps
    assert sleep.reading == SleepReading(
        external_id="22:50/inBed",
        source=A_WATCH,
        date=dt.date(2026, 3, 2),
        start=at(22, 50),
        end=at(3, 10, day=2),
        duration=180,
        deep_sleep=45,
        light_sleep=45,
        rem_sleep=90,
        awake=10,
        stages=(
            StageReading(start=at(22, 50), end=at(23), stage="in_bed"),
            StageReading(start=at(23), end=at(23, 45), stage="light"),
            StageReading(start=at(23, 45), end=at(0, 30, day=2), stage="deep"),
            StageReading(start=at(0, 30, day=2), end=at(0, 40, day=2), stage="awake"),
            StageReading(start=at(1, 40, day=2), end=at(3, 10, day=2), stage="rem"),
        ),
    )
    assert len(sleep.stage_ids) == 5


def test_a_gap_of_more_than_an_hour_is_between_two_sleeps():
    batch = read(sleep=[stage("00:00", "01:00", "asleep"), stage("02:01", "03:00", "asleep")])

    assert [sleep.reading.duration for sleep in batch.sleeps] == [60, 59]


def test_two_sources_are_two_sleeps():
    batch = read(
        sleep=[stage("00:00", "06:00", "asleep"), stage("00:10", "06:00", "asleep", source=PHONE)]
    )

    assert [sleep.reading.source.kind for sleep in batch.sleeps] == ["watch", "phone"]


def test_a_stretch_that_is_there_twice_is_slept_once():
    batch = read(sleep=[stage("00:00", "02:00", "asleep"), stage("00:00", "01:00", "asleepCore")])

    (sleep,) = batch.sleeps
    assert (sleep.reading.duration, sleep.reading.light_sleep) == (120, 60)


def test_what_overlaps_counts_as_deep_rem_or_awake_and_not_as_light_too():
    batch = read(
        sleep=[
            stage("00:00", "04:00", "asleepCore"),
            stage("00:00", "06:00", "asleep"),
            stage("01:00", "02:00", "deep"),
            stage("02:00", "02:30", "rem"),
            stage("03:45", "04:15", "awake"),
        ]
    )

    (sleep,) = (one.reading for one in batch.sleeps)
    assert (sleep.deep_sleep, sleep.rem_sleep, sleep.awake, sleep.light_sleep) == (60, 30, 30, 135)
    assert sleep.duration == 330


@given(
    st.lists(
        st.tuples(
            st.integers(0, 600),
            st.integers(1, 200),
            st.sampled_from(["deep", "rem", "awake", "light", "asleep"]),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_stages_never_take_longer_than_the_sleep(told):
    midnight = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    pieces = [
        {
            "id": str(number),
            "startDate": (midnight + dt.timedelta(seconds=10 * start)).isoformat(),
            "endDate": (midnight + dt.timedelta(seconds=10 * (start + length))).isoformat(),
            "stage": kind,
        }
        for number, (start, length, kind) in enumerate(told)
    ]

    for sleep in (one.reading for one in read(sleep=pieces).sleeps):
        stages = (sleep.deep_sleep, sleep.rem_sleep, sleep.awake, sleep.light_sleep)
        length = round((sleep.end - sleep.start) / dt.timedelta(minutes=1))
        assert sum(minutes or 0 for minutes in stages) <= length
        assert (sleep.duration or 0) + (sleep.awake or 0) <= length


def test_stages_that_make_more_than_a_day_and_a_half_are_left_out():
    first, last = "2026-02-28T00:00:00+01:00", "2026-03-01T00:00:00+01:00"
    batch = read(
        sleep=[
            stage("00:00", "01:00", "asleep", startDate=first, endDate=last),
            stage("00:30", "12:01", "awake", startDate=last, endDate="2026-03-01T12:00:01+01:00"),
        ]
    )

    reason = "The sleep that it is of is too long."
    assert reasons(batch) == [("sleep", 0, reason), ("sleep", 1, reason)]
    assert (batch.sleeps, batch.accepted) == ((), 0)


def test_time_in_bed_alone_is_no_time_asleep():
    (sleep,) = read(sleep=[stage("00:00", "06:00", "in_bed")]).sleeps

    assert (sleep.reading.duration, sleep.reading.awake, sleep.reading.deep_sleep) == (None,) * 3


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ([], (480, None, None)),
        ([("23:00", "01:00", 5), ("01:00", "07:00", 4)], (480, 120, 0)),
        ([("23:00", "01:00", 2), ("01:00", "02:00", 7)], (120, None, 60)),
    ],
)
def test_a_session_of_health_connect_is_a_sleep_with_its_own_id(stages, expected):
    night = stage("23:00", "07:00", None) | {
        "id": "night",
        "stages": [stage(*one) for one in stages],
    }

    batch = read("health_connect", sleep=[night])

    (sleep,) = batch.readings
    assert (sleep.external_id, sleep.date.day) == ("night", 2)
    assert (sleep.duration, sleep.deep_sleep, sleep.awake) == expected


def test_hrv_and_breathing_are_means_inside_of_the_sleep():
    night = "2026-03-02T0{}:30:00+01:00"
    batch = read(
        sleep=[stage("00:00", "06:00", "asleep")],
        records=[
            record(f"{HK}HeartRateVariabilitySDNN", 40, "ms", startDate=night.format(1)),
            record(f"{HK}HeartRateVariabilitySDNN", 0.053, "s", startDate=night.format(2)),
            # Of another source, while the sleep's own has told.
            record(
                f"{HK}HeartRateVariabilitySDNN", 90, "ms", startDate=night.format(3), source=PHONE
            ),
            record(f"{HK}HeartRateVariabilitySDNN", 20, "ms", startDate=night.format(7)),
            record(
                f"{HK}RespiratoryRate", 14, "count/min", startDate=night.format(2), source=PHONE
            ),
        ],
    )

    (sleep,) = batch.sleeps
    assert (sleep.reading.hrv, sleep.reading.hrv_method) == (46.5, "sdnn")
    assert sleep.reading.respiratory_rate == 14
    assert reasons(batch) == [("records", 3, "It lies in no sleep of this batch.")]
    assert batch.accepted == 5


def test_hrv_of_health_connect_is_another_number():
    batch = read(
        "health_connect",
        sleep=[stage("00:00", "06:00", "sleeping")],
        records=[
            record("HeartRateVariabilityRmssdRecord", 55, startDate="2026-03-02T01:00:00+01:00")
        ],
    )

    assert [(one.reading.hrv, one.reading.hrv_method) for one in batch.sleeps] == [(55, "rmssd")]


@pytest.mark.parametrize(
    ("name", "sport"),
    [
        ("HKWorkoutActivityTypeRunning", "running"),
        ("EXERCISE_TYPE_BIKING_STATIONARY", "indoor_cycling"),
        ("traditionalStrengthTraining", "strength"),
        ("cross_country_skiing", "cross_country_skiing"),
        ("HKWorkoutActivityTypeCurling", "other"),
    ],
)
def test_a_workout_has_one_of_our_sports(name, sport):
    batch = read(
        workouts=[
            {
                "id": "w1",
                "type": name,
                "startDate": "2026-03-01T17:00:00+01:00",
                "endDate": "2026-03-01T17:45:00+01:00",
                "timezone": "Europe/Vienna",
                "distance": 8.2,
                "calories": 512.6,
                "average_heart_rate": 148.4,
                "duration_s": None,
                "source": WATCH,
            }
        ]
    )

    assert batch.readings == (
        WorkoutReading(
            external_id="w1",
            source=A_WATCH,
            sport=sport,
            started_at=at(17),
            finished_at=at(17, 45),
            timezone="Europe/Vienna",
            distance=8.2,
            calories=513,
            average_heart_rate=148,
        ),
    )


def test_what_was_typed_is_a_source_of_its_own():
    typed = {**PHONE, "recordingMethod": "MANUAL_ENTRY"}

    batch = read(
        records=[record("StepsRecord", 10, source=PHONE), record("StepsRecord", 5, source=typed)]
    )

    assert [(day.source.name, day.source.kind, day.steps) for day in batch.readings] == [
        ("iPhone of Ana", "phone", 10),
        ("iPhone of Ana (by hand)", "manual", 5),
    ]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (record(f"{HK}BloodGlucose", 5), "This type is not read."),
        (record("StepsRecord", None), "It has no value."),
        (record("StepsRecord", -1), "Its value is out of range."),
        (record("StepsRecord", 200_001), "Its value is out of range."),
        (record(f"{HK}HeartRate", 19, "count/min"), "Its value is out of range."),
        (record(f"{HK}HeartRate", 261, "count/min"), "Its value is out of range."),
        (record(f"{HK}DistanceWalkingRunning", 5), "Its unit must be one of km, m, mi, yd, ft."),
        (record("StepsRecord", 5, "kcal"), "Its unit must be one of count."),
        (record("StepsRecord", 5, startDate="yesterday"), "startDate is no time."),
        (record("StepsRecord", 5, startDate="0001-01-01T00:00:00Z"), "startDate is out of range."),
        (
            record("StepsRecord", 5, startDate="2026-03-03T09:00:01Z"),
            "startDate is more than 24 h ahead.",
        ),
        (record("StepsRecord", 5, zoneOffset="+25:00"), "zoneOffset is out of range."),
        (record("StepsRecord", 5, zoneOffset="CET"), "zoneOffset must be like +02:00."),
        (
            record("StepsRecord", 5, endDate="2026-03-01T11:00:00+01:00"),
            "It ends before it starts.",
        ),
        (record("StepsRecord", 5, endDate="2026-03-02T12:00:01+01:00"), "It is too long."),
        (record("HeartRateRecord", None, samples=[7]), "A sample is no object."),
    ],
)
def test_an_odd_record_is_left_out_and_the_others_are_taken(item, reason):
    batch = read(records=[item, record("StepsRecord", 100)])

    assert reasons(batch) == [("records", 0, reason)]
    assert [day.steps for day in batch.readings] == [100]
    assert batch.accepted == 1


def test_a_day_that_nobody_can_walk_is_left_out_with_all_of_its_records():
    batch = read(records=[record("StepsRecord", 150_000), record("StepsRecord", 60_000)])

    assert batch.readings == ()
    assert [index for _, index, _ in reasons(batch)] == [0, 1]


@pytest.mark.parametrize(
    ("part", "item", "reason"),
    [
        ("days", {"date": "2026-13-01", "steps": 1}, "date is no day."),
        ("days", {"date": "2026-03-04", "steps": 1}, "date is more than 24 h ahead."),
        ("days", {"date": "2026-03-01"}, "It has no value."),
        ("days", {"date": "2026-03-01", "steps": 200_001}, "steps must be from 0 to 200000."),
        ("sleep", stage("01:00", "02:00", "dozing"), "This stage is not known."),
        ("sleep", stage("01:00", "02:00", 6), "This stage is not known."),
        ("sleep", stage("01:00", "01:00", "rem"), "It has no length."),
        ("sleep", stage("01:00", "02:00", None, stages=["rem"]), "A stage is no object."),
        (
            "workouts",
            record("running", None, timezone="Mars/Olympus"),
            "timezone must be like Europe/Vienna.",
        ),
        (
            "workouts",
            record("running", None, distance=2000.1),
            "distance must be from 0 to 2000.",
        ),
        (
            "workouts",
            record(
                "running", None, startDate="2026-02-27T11:59:59Z", endDate="2026-03-01T12:00:00Z"
            ),
            "It is too long.",
        ),
        (
            "sleep",
            stage("00:00", "01:00", "rem", startDate="2026-02-28T12:59:59+01:00"),
            "It is too long.",
        ),
    ],
)
def test_an_odd_item_of_each_list_is_left_out(part, item, reason):
    batch = read(**{part: [item]})

    assert reasons(batch) == [(part, 0, reason)]
    assert (batch.readings, batch.sleeps, batch.accepted) == ((), (), 0)


def test_an_id_that_is_gone_may_be_of_a_sleep_or_a_workout():
    batch = read(deleted=["a", "b", "a"])

    assert batch.deleted == ("a", "b")
    assert list(phone.deletions(["a"])) == [
        Deletion(kind="sleep", external_id="a"),
        Deletion(kind="workout", external_id="a"),
    ]


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
def test_the_order_of_stages_does_not_matter(starts, random):
    midnight = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    pieces = [
        {
            "id": str(number),
            "startDate": (midnight + dt.timedelta(minutes=5 * start)).isoformat(),
            "endDate": (midnight + dt.timedelta(minutes=5 * start + 5)).isoformat(),
            "stage": "light",
        }
        for number, start in enumerate(starts)
    ]
    shuffled = random.sample(pieces, len(pieces))

    one, other = read(sleep=pieces), read(sleep=shuffled)

    assert one.sleeps == other.sleeps
    assert sum(sleep.reading.duration or 0 for sleep in one.sleeps) == 5 * len(set(starts))
