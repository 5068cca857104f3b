"""The export of Apple Health."""

import datetime as dt
from io import BytesIO

import pytest

from tests.wearables.apple_files import (
    DTD,
    MALFORMED,
    PHONE,
    QUANTITY,
    WATCH,
    element,
    export,
    record,
    slept,
    workout,
    zipped,
)
from wearables.readings import (
    DayReading,
    HeartRateReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)
from wearables.transfer import apple, archive
from wearables.transfer.items import Found, Options, Progress
from wearables.transfer.refusals import FileRefused

MARCH_2 = dt.date(2026, 3, 2)
OWN_WATCH = Source(name="Ana\u2019s Apple Watch", kind="watch")


def read(*elements: str, **options):
    return read_file(export(*elements), **options)


def read_file(content: bytes, **options):
    given = Options(**options)
    return list(apple.read(BytesIO(content), options=given, total=len(content)))


def at(hour: int, minute: int = 0, day: int = 2) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


class TestDays:
    def test_each_source_is_added_up_by_itself(self):
        phone = {"source": "iPhone", "device": PHONE}

        days = read(
            record("StepCount", 300),
            record("StepCount", 250, start="2026-03-02 23:59:00 +0100"),
            record("StepCount", 900, **phone),
            record("StepCount", 7, start="2026-03-03 00:00:00 +0100"),
        )

        assert days == [
            DayReading(date=MARCH_2, source=OWN_WATCH, steps=550),
            DayReading(date=MARCH_2, source=Source(name="iPhone", kind="phone"), steps=900),
            DayReading(date=dt.date(2026, 3, 3), source=OWN_WATCH, steps=7),
        ]

    @pytest.mark.parametrize(
        ("records", "expected"),
        [
            ([("DistanceWalkingRunning", 2.5, "km")], {"distance": 2.5}),
            ([("DistanceWalkingRunning", 1, "mi")], {"distance": 1.6093}),
            ([("DistanceWalkingRunning", 800, "m")], {"distance": 0.8}),
            ([("DistanceCycling", 20, "km")], None),
            ([("ActiveEnergyBurned", 100, "Cal")], {"active_calories": 100}),
            ([("ActiveEnergyBurned", 418.4, "kJ")], {"active_calories": 100}),
            ([("BasalEnergyBurned", 1500, "kcal")], {}),
            (
                [("ActiveEnergyBurned", 400.4, "kcal"), ("BasalEnergyBurned", 1500.4, "kcal")],
                {"active_calories": 400, "total_calories": 1901},
            ),
            ([("AppleExerciseTime", 1, "min")] * 3, {"active_minutes": 3}),
            ([("FlightsClimbed", 4, "count")], {"floors_climbed": 4}),
            ([("StepCount", 0, "count")], {"steps": 0}),
            ([("StepCount", 5, "furlong")], None),
            ([("StepCount", "NaN", "count")], None),
            ([("StepCount", -5, "count")], None),
            ([("BodyMass", 80, "kg")], None),
        ],
    )
    def test_units(self, records, expected):
        told = read(workout("Yoga"), *(record(*one) for one in records))

        days = [one for one in told if isinstance(one, DayReading)]
        assert days == (
            [] if expected is None else [DayReading(date=MARCH_2, source=OWN_WATCH, **expected)]
        )

    def test_the_resting_heart_rate_is_the_one_that_was_written_last(self):
        early, late = "2026-03-02 09:00:00 +0100", "2026-03-02 23:00:00 +0100"

        [day] = read(
            record("RestingHeartRate", 51, "count/min", written=late),
            record("RestingHeartRate", 55, "count/min", written=early),
        )

        assert day.resting_heart_rate == 51

    def test_the_day_is_that_of_the_records_own_offset(self):
        [day] = read(record("StepCount", 5, start="2026-03-02 00:30:00 +1300"))

        assert day.date == MARCH_2

    def test_what_stands_in_a_correlation_stands_outside_once_more(self):
        inside = element("Correlation", {"type": "x"}, record("StepCount", 100))

        [day] = read(inside, record("StepCount", 100))

        assert day.steps == 100


class TestSources:
    @pytest.mark.parametrize(
        ("name", "device", "kind", "app"),
        [
            ("Ana's Watch", WATCH, "watch", ""),
            ("Ana", PHONE, "phone", ""),
            ("Ana\u2019s Apple\xa0Watch", "", "watch", ""),
            ("Ana's iPhone", "", "phone", ""),
            ("Health", "", "hub", ""),
            ("Scale", "<<HKDevice: 0x1>, name:Withings, model:Body+>", "hub", ""),
            ("Oura", "", "hub", "com.ouraring.oura"),
            ("Connect", "", "hub", "com.garmin.connect.mobile"),
            ("WHOOP", "", "hub", "com.whoop.iphone"),
            ("Polar Flow", "", "hub", "fi.polar.polarflow"),
        ],
    )
    def test_what_a_name_and_a_device_are(self, name, device, kind, app):
        [day] = read(record("StepCount", 5, source=name, device=device))

        assert (day.source.kind, day.source.app) == (kind, app)

    def test_a_name_has_one_row_for_a_day_and_is_what_it_was_once(self):
        [day] = read(
            record("StepCount", 5, source="Ana", device=""),
            record("StepCount", 6, source="Ana", device=WATCH),
            record("StepCount", 7, source="Ana", device=PHONE),
        )

        assert (day.steps, day.source) == (18, Source(name="Ana", kind="watch"))


class TestHeartRates:
    def test_they_come_as_they_are_read_a_few_thousand_at_a_time(self, monkeypatch):
        monkeypatch.setattr(apple, "SAMPLES_A_READING", 2)
        times = [f"2026-03-02 08:0{minute}:00 +0100" for minute in range(3)]

        first, second = read(
            *(record("HeartRate", 60 + n, "count/min", when) for n, when in enumerate(times)),
            record("HeartRate", 400, "count/min"),
            record("HeartRate", 70, "count/min", start="yesterday"),
        )

        assert first == HeartRateReading(source=OWN_WATCH, samples=((at(7), 60), (at(7, 1), 61)))
        assert second.samples == ((at(7, 2), 62),)


class TestSleep:
    def test_a_night_of_stages(self):
        [night] = read(
            slept("InBed", "1 22:50", "2 06:10"),
            slept("AsleepCore", "1 23:00", "2 02:00"),
            slept("AsleepDeep", "2 02:00", "2 03:00"),
            slept("Awake", "2 03:00", "2 03:10"),
            slept("AsleepREM", "2 03:10", "2 05:00"),
        )

        assert (night.date, night.start, night.end) == (MARCH_2, at(21, 50, 1), at(5, 10))
        assert (night.duration, night.awake) == (350, 10)
        assert (night.light_sleep, night.deep_sleep, night.rem_sleep) == (180, 60, 110)
        assert (night.hrv, night.hrv_method, night.is_nap) == (None, None, None)
        assert [stage.stage for stage in night.stages] == [
            "in_bed",
            "light",
            "deep",
            "awake",
            "rem",
        ]
        assert night.stages[2] == StageReading(start=at(1), end=at(2), stage="deep")

    def test_without_stages_there_are_none_and_overlaps_count_once(self):
        [night] = read(
            slept("Asleep", "1 23:00", "2 03:00"),
            slept("AsleepUnspecified", "2 02:00", "2 06:00"),
        )

        assert (night.duration, night.deep_sleep, night.awake) == (420, None, None)

    def test_in_bed_alone_is_no_time_asleep(self):
        [night] = read(slept("InBed", "1 23:00", "2 06:00"))

        assert (night.duration, night.end) == (None, at(5))

    @pytest.mark.parametrize(("gap_minutes", "sleeps"), [(60, 1), (59, 2)])
    def test_a_gap_parts_two_sleeps(self, gap_minutes, sleeps):
        told = read(
            slept("AsleepCore", "1 23:00", "2 02:00"),
            slept("AsleepCore", "2 03:00", "2 06:00"),
            sleep_gap_minutes=gap_minutes,
        )

        assert len(told) == len({one.external_id for one in told}) == sleeps

    def test_each_source_has_its_own_sleep(self):
        told = read(
            slept("AsleepCore", "1 23:00", "2 06:00"),
            slept("Asleep", "1 22:55", "2 06:05", source="Oura"),
        )

        assert [(one.source.name, one.duration) for one in told] == [("Oura", 430), ("Watch", 420)]

    def test_variability_and_breathing_are_means_within_the_sleep_of_the_same_source(self):
        inside, outside = "2026-03-02 03:00:00 +0100", "2026-03-02 12:00:00 +0100"

        told = read(
            record("HeartRateVariabilitySDNN", 40, "ms", inside, source="Watch"),
            record("HeartRateVariabilitySDNN", 51, "ms", inside, source="Watch"),
            record("HeartRateVariabilitySDNN", 99, "ms", outside, source="Watch"),
            record("HeartRateVariabilitySDNN", 99, "ms", inside, source="Oura"),
            slept("Asleep", "1 23:00", "2 06:00"),
            record("RespiratoryRate", 14, "count/min", inside, source="Watch"),
            record("RespiratoryRate", 15, "count/min", inside, source="Watch"),
        )

        [night] = [one for one in told if isinstance(one, SleepReading)]
        assert (night.hrv, night.hrv_method, night.respiratory_rate) == (45.5, "sdnn", 14.5)

    def test_the_date_is_that_of_waking_up_where_the_person_was(self):
        [night] = read(slept("Asleep", "1 20:00", "2 00:30", zone="+1300"))

        assert night.date == MARCH_2

    def test_the_same_sleep_in_a_later_export_has_the_same_key(self):
        [summer] = read(slept("Asleep", "1 23:00", "2 06:00", zone="+0100"))
        [winter] = read(slept("Asleep", "1 22:00", "2 05:00", zone="+0000"))

        assert summer.external_id == winter.external_id


class TestWorkouts:
    def test_an_older_one_tells_in_its_attributes(self):
        [run] = read(
            workout(
                "Running",
                totalDistance="3.10686",
                totalDistanceUnit="mi",
                totalEnergyBurned="1464.4",
                totalEnergyBurnedUnit="kJ",
            )
        )

        assert (run.sport, run.started_at, run.finished_at) == ("running", at(7), at(7, 35))
        assert (run.duration_s, run.calories) == (1800, 350)
        assert run.distance == pytest.approx(5, abs=1e-4)
        assert run.source == Source(name="Watch", kind="watch")

    def test_a_newer_one_tells_in_its_children(self):
        statistics = [
            ("DistanceCycling", {"sum": "12.5", "unit": "km"}),
            ("ActiveEnergyBurned", {"sum": "410.2", "unit": "Cal"}),
            (
                "HeartRate",
                {"average": "141.6", "minimum": "90", "maximum": "171", "unit": "count/min"},
            ),
        ]
        metadata = {
            "HKIndoorWorkout": "1",
            "HKTimeZone": "Europe/Vienna",
            "HKElevationAscended": "6350 cm",
        }
        children = [
            *(
                element("WorkoutStatistics", {"type": QUANTITY + kind, **told})
                for kind, told in statistics
            ),
            *(element("MetadataEntry", {"key": k, "value": v}) for k, v in metadata.items()),
        ]

        [ride] = read(workout("Cycling", *children))

        assert (ride.sport, ride.timezone) == ("indoor_cycling", "Europe/Vienna")
        assert (ride.distance, ride.calories, ride.elevation_gain_m) == (12.5, 410, 63.5)
        assert (ride.average_heart_rate, ride.max_heart_rate) == (142, 171)

    @pytest.mark.parametrize(
        ("kind", "sport"),
        [
            ("TraditionalStrengthTraining", "strength"),
            ("HighIntensityIntervalTraining", "hiit"),
            ("Walking", "walking"),
            ("PaddleSports", "paddling"),
            ("Pilates", "other"),
        ],
    )
    def test_sports(self, kind, sport):
        [one] = read(workout(kind))

        assert one.sport == sport

    def test_two_sources_of_one_session_are_two(self):
        one, copy = read(workout("Running"), workout("Running", sourceName="Strava"))

        assert one.external_id != copy.external_id

    def test_one_with_times_that_are_none_is_left_out(self):
        told = read(workout("Running", endDate=""), workout("Yoga"))

        assert [one.sport for one in told] == ["yoga"]


class TestFiles:
    @pytest.mark.parametrize("dtd", ["", DTD.format(""), DTD.format(MALFORMED)])
    def test_apples_own_dtd_is_taken_as_it_is(self, dtd):
        [day] = read_file(export(record("StepCount", 5), dtd=dtd))

        assert day.steps == 5

    def test_progress_is_told(self, monkeypatch):
        monkeypatch.setattr(apple, "PROGRESS_BYTES", 100_000)
        content = export(*[record("StepCount", 1)] * 1000)

        told = [one for one in read_file(content) if isinstance(one, Progress)]

        assert [one.read // 100_000 for one in told] == [1, 2, 3]
        assert {one.total for one in told} == {len(content)}

    @pytest.mark.parametrize("name", ["apple_health_export/export.xml", "Exportieren.xml"])
    def test_it_is_found_in_its_archive_whatever_it_is_called(self, name):
        content = zipped(
            ("apple_health_export/export_cda.xml", b"<?xml version='1.0'?><ClinicalDocument/>"),
            ("apple_health_export/workout-routes/route.gpx", b"<gpx/>"),
            (name, export(record("StepCount", 5))),
        )

        found, day = archive.read(BytesIO(content), options=Options())

        assert (found, day.steps) == (Found(format="apple_health"), 5)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (export(), "nothing_to_import"),
            (export(record("StepCount", 5))[:-20], "truncated"),
            (b"<HealthDate/>", "wrong_document"),
            (export(record("StepCount", 5)).replace(b"<Record", b"<", 1), "bad_xml"),
        ],
    )
    def test_refusals_have_names(self, content, code):
        with pytest.raises(FileRefused) as refused:
            read_file(content)

        assert refused.value.code == code

    def test_what_was_read_before_a_fault_is_told(self):
        content = export(workout("Yoga"), *[record("StepCount", 1)] * 1000)[:-100]
        told = apple.read(BytesIO(content), options=Options(), total=0)

        first = next(told)

        assert isinstance(first, WorkoutReading)
        with pytest.raises(FileRefused):
            next(told)
