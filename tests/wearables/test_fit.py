"""FIT files of watches: sessions, sets, and days of monitoring."""

import datetime as dt
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from tests.wearables.fit_files import (
    CYCLING,
    MONITORING,
    RUNNING,
    START,
    STRENGTH_TRAINING,
    SWIMMING,
    TRAINING,
    TRANSITION,
    WALKING,
    WEIGHT,
    a_run,
    file_id,
    fit,
    record,
    session,
)
from wearables.readings import DayReading, HeartRateReading, SetReading, Source
from wearables.transfer import fit as reader
from wearables.transfer.refusals import FileRefused

VIENNA = ZoneInfo("Europe/Vienna")
FENIX = Source(name="Garmin fenix5", kind="watch")


def read(content: bytes, zone: ZoneInfo = VIENNA):
    return reader.read(BytesIO(content), zone=zone)


def refusal(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        read(content)
    return refused.value.code


def later(**given: float) -> dt.datetime:
    return START + dt.timedelta(**given)


class TestSessions:
    def test_a_run_is_read_with_all_that_its_watch_says(self):
        values = {"avg_heart_rate": 151, "max_heart_rate": 174, "total_ascent": 63}

        [run] = read(a_run(total_timer_time=1740.4, **values))

        assert (run.sport, run.source) == ("running", FENIX)
        assert (run.started_at, run.finished_at) == (START, later(minutes=30))
        assert (run.duration_s, run.distance, run.calories) == (1740, 5.0, 350)
        assert (run.average_heart_rate, run.max_heart_rate) == (151, 174)
        assert run.elevation_gain_m == 63
        assert run.heart_rate == tuple((later(seconds=n * 600), 140 + n) for n in range(4))

    def test_heart_rates_are_summed_up_where_the_watch_did_not(self):
        [run] = read(a_run())

        assert (run.average_heart_rate, run.max_heart_rate) == (142, 143)

    def test_what_is_not_measured_is_none_and_what_is_zero_is_zero(self):
        [run] = read(fit(file_id(), session(total_distance=0)))

        assert (run.distance, run.calories, run.average_heart_rate) == (0.0, None, None)

    @pytest.mark.parametrize(
        ("sport", "sub_sport", "expected"),
        [
            (RUNNING, 1, "treadmill_running"),
            (RUNNING, 3, "running"),
            (CYCLING, 6, "indoor_cycling"),
            (CYCLING, 8, "mountain_biking"),
            (4, 15, "elliptical"),
            (TRAINING, STRENGTH_TRAINING, "strength"),
            (TRAINING, 43, "yoga"),
            (TRAINING, 0, "other"),
            (SWIMMING, 17, "swimming"),
            (13, 0, "downhill_skiing"),
            (37, 0, "paddling"),
            (250, 250, "other"),
        ],
    )
    def test_a_sport_by_its_sub_sport(self, sport, sub_sport, expected):
        [one] = read(fit(file_id(), session(sport=sport, sub_sport=sub_sport)))

        assert one.sport == expected

    def test_a_triathlon_is_a_workout_for_each_sport_with_its_own_samples(self):
        rides = later(minutes=35)
        content = fit(
            file_id(),
            record(60, 120),
            record(60, 150, rides),
            session(sport=SWIMMING),
            session(later(minutes=30), length_s=300, sport=TRANSITION),
            session(rides, sport=CYCLING),
        )

        swim, ride = read(content)

        assert (swim.sport, swim.average_heart_rate) == ("swimming", 120)
        assert (ride.sport, ride.average_heart_rate) == ("cycling", 150)

    def test_the_zone_is_told_where_it_is_not_the_persons(self):
        at = later(minutes=30)
        offset = ("activity", {"timestamp": at, "local_timestamp": at + dt.timedelta(hours=-7)})
        content = fit(file_id(), session(), offset)

        [abroad] = read(content)
        [at_home] = read(content, ZoneInfo("America/Phoenix"))

        assert (abroad.timezone, at_home.timezone) == ("Etc/GMT+7", "")

    def test_sets_of_a_strength_session_without_its_rests(self):
        done = {"duration": 31.4, "repetitions": 8, "weight": 62.5, "category": 0}
        content = fit(
            file_id(),
            ("set", {"start_time": later(minutes=1), "set_type": 1, **done}),
            ("set", {"start_time": later(minutes=2), "set_type": 0, "duration": 90}),
            ("set", {"start_time": later(minutes=4), "set_type": 1, "category": 65534}),
            session(sport=TRAINING, sub_sport=STRENGTH_TRAINING),
        )

        [workout] = read(content)

        assert workout.sets == (
            SetReading(exercise="bench press", reps=8, weight=62.5, duration=31),
            SetReading(exercise=""),
        )

    def test_the_key_is_of_sport_and_start_and_not_of_the_file(self):
        [one], [same] = read(a_run()), read(a_run(total_calories=1))
        [other_sport], [other_start] = read(a_run(sport=CYCLING)), read(a_run(later(seconds=1)))

        assert one.external_id == same.external_id
        assert len({one.external_id, other_sport.external_id, other_start.external_id}) == 3

    def test_chained_files_are_read_to_the_end(self):
        content = a_run() + a_run(later(hours=5))

        assert [one.started_at for one in read(content)] == [START, later(hours=5)]


class TestMonitoring:
    def test_a_day_is_the_most_that_was_counted_by_kind_of_movement(self):
        midnight = dt.datetime(2026, 3, 2, 23, tzinfo=dt.UTC)
        zone = {"timestamp": START, "local_timestamp": START + dt.timedelta(hours=1)}
        content = fit(
            file_id(MONITORING),
            ("monitoring_info", zone),
            _moved(START, cycles=500, activity_type=WALKING),
            _moved(later(hours=2), cycles=2000.5, activity_type=WALKING, active_calories=80),
            _moved(later(hours=3), cycles=300, activity_type=RUNNING, active_calories=40),
            # At midnight the day that ends is told, and then all begins anew.
            _moved(midnight, cycles=2500, distance=3700, activity_type=WALKING),
            _moved(midnight + dt.timedelta(hours=8), cycles=10, activity_type=WALKING),
        )

        days = read(content, ZoneInfo("Asia/Tokyo"))

        assert days == [
            DayReading(
                date=dt.date(2026, 3, 2),
                source=FENIX,
                steps=5600,
                distance=3.7,
                active_calories=120,
            ),
            DayReading(date=dt.date(2026, 3, 3), source=FENIX, steps=20),
        ]

    def test_a_file_without_local_time_goes_by_the_persons_zone(self):
        content = fit(
            file_id(MONITORING),
            _moved(START + dt.timedelta(hours=17, minutes=30), cycles=5, activity_type=WALKING),
        )

        [in_vienna] = read(content)
        [in_tokyo] = read(content, ZoneInfo("Asia/Tokyo"))

        assert (in_vienna.date, in_tokyo.date) == (dt.date(2026, 3, 3), dt.date(2026, 3, 3))
        assert read(content, ZoneInfo("UTC"))[0].date == dt.date(2026, 3, 2)

    def test_half_timestamps_go_on_over_their_end(self):
        first = START.replace(minute=0)
        half = (int((first - dt.datetime(1989, 12, 31, tzinfo=dt.UTC)).total_seconds())) & 0xFFFF
        beyond = 0x10000 - half + 60
        content = fit(
            file_id(MONITORING),
            _moved(first, heart_rate=60),
            ("monitoring", {"timestamp_16": (half + 30) & 0xFFFF, "heart_rate": 61}),
            ("monitoring", {"timestamp_16": 60, "heart_rate": 62}),
        )

        [rates] = read(content)

        assert rates == HeartRateReading(
            source=FENIX,
            samples=(
                (first, 60),
                (first + dt.timedelta(seconds=30), 61),
                (first + dt.timedelta(seconds=beyond), 62),
            ),
        )

    def test_minutes_of_intensity_and_the_resting_heart_rate(self):
        zone = ("monitoring_info", {"timestamp": START, "local_timestamp": START})
        content = fit(
            file_id(MONITORING),
            zone,
            _moved(START, moderate_activity_minutes=3, vigorous_activity_minutes=0),
            _moved(later(hours=1), moderate_activity_minutes=2, vigorous_activity_minutes=10),
            ("monitoring_hr_data", {"timestamp": START, "current_day_resting_heart_rate": 52}),
            (
                "monitoring_hr_data",
                {"timestamp": later(hours=2), "current_day_resting_heart_rate": 50},
            ),
        )

        [day] = read(content)

        assert (day.active_minutes, day.resting_heart_rate, day.steps) == (15, 50, None)


def _moved(at: dt.datetime, **values: float) -> tuple[str, dict]:
    return "monitoring", {"timestamp": at, **values}


class TestRefusals:
    def test_what_is_no_fit_file(self):
        assert refusal(b"") == refusal(b"Sport,Start\nrun,now\n") == "not_fit"

    def test_one_that_was_cut_off(self):
        content = a_run()

        assert {refusal(content[:size]) for size in (12, 13, 40, len(content) - 1)} == {
            "truncated"
        }

    def test_one_that_was_damaged(self):
        content = bytearray(a_run())
        content[-20] ^= 1

        assert refusal(bytes(content)) == "bad_checksum"

    def test_one_whose_second_part_is_none(self):
        assert refusal(a_run() + b"\x0e" + bytes(40)) == "bad_header"

    def test_one_with_nothing_for_us(self):
        assert refusal(fit(file_id(WEIGHT))) == "nothing_to_import"

    def test_a_watch_whose_clock_was_never_set(self):
        content = fit(file_id(), session(dt.datetime(1989, 12, 31, 1, tzinfo=dt.UTC)))

        assert refusal(content) == "nothing_to_import"

    def test_one_that_is_too_large(self, monkeypatch):
        monkeypatch.setattr(reader, "MAX_BYTES", 100)

        assert refusal(a_run()) == "too_large"
