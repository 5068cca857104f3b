"""Files of real devices, beside what other readers of their formats make of them.

They are not ours to pass on: the tests run where a copy of them lies beside the project.
"""

import datetime as dt
import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

import gpxpy
import pytest
from django.conf import settings

from wearables.readings import DayReading, Source, WorkoutReading
from wearables.transfer.items import Options, Problem
from wearables.transfer.process import child_of
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sniffing import HEAD_BYTES, sniff

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
ACTIVITIES = DATA / "activities"
pytestmark = pytest.mark.skipif(not ACTIVITIES.exists(), reason="The files are not here.")
VIENNA = ZoneInfo("Europe/Vienna")


def told(path: str):
    with (DATA / path).open("rb") as file:
        kind = sniff(file.read(HEAD_BYTES))
        file.seek(0)
        with child_of(file, kind, Options(timezone=VIENNA.key)) as child:
            return list(child.items())


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# Sport, start, timer (s), distance (km), energy (kcal), mean and highest heart rate, samples.
# FIT as Garmin's own SDK reads it (a mean that the watch does not tell is that of its records),
# TCX by adding up its laps in an XML tree.
WORKOUTS = [
    (
        "fit/activity-small-fenix2-run.fit",
        ("running", "2015-08-15T14:45:08Z", 2832, 9.00822, 516, 154, 178, 2808),
    ),
    (
        "fit/garmin-edge-500-activity.fit",
        ("cycling", "2011-09-25T13:00:21Z", 10641, 92.62234, 1954, 162, 189, 10671),
    ),
    (
        "fit/garmin-fenix-5-bike.fit",
        ("cycling", "2017-06-12T16:09:22Z", 60, 0.45952, 7, 101, 114, 19),
    ),
    (
        "fit/garmin-fenix-5-run.fit",
        ("running", "2017-06-11T14:34:09Z", 57, 0.15756, 5, 90, 112, 21),
    ),
    (
        "fit/garmin-fenix-5-walk.fit",
        ("walking", "2017-06-11T14:32:51Z", 45, 0.06785, 4, 75, 82, 17),
    ),
    (
        "fit/sample-activity-indoor-trainer.fit",
        ("cycling", "2011-11-02T12:54:19Z", 2262, 0.0, 379, 148, 176, 2263),
    ),
    (
        "tcx/run.tcx",
        ("running", "2012-12-26T21:29:53Z", 1993, 4.68924, 379, 160, 189, 383),
    ),
    (
        "tcx/sup_activity_1.tcx",
        ("other", "2022-07-16T16:08:25Z", 1112, 1.15751, 92, 88, 108, 111),
    ),
]


@pytest.mark.parametrize(("path", "expected"), WORKOUTS)
def test_a_workout_is_what_other_readers_make_of_it(path, expected):
    [read] = told(f"activities/{path}")

    sport, started_at, *rest = expected
    assert (read.sport, read.started_at) == (sport, at(started_at))
    assert [
        read.duration_s,
        read.distance,
        read.calories,
        read.average_heart_rate,
        read.max_heart_rate,
        len(read.heart_rate),
    ] == rest


def test_a_day_of_monitoring():
    [day] = told("activities/fit/MonitoringFile.fit")

    # 1571 and 15.5 strides by the SDK, on the day that the tracker's own clock showed, six hours
    # west of UTC; 1.512 and 1.944 m each.
    assert day == DayReading(
        date=dt.date(2014, 12, 27),
        source=Source(name="Garmin vivo fit", kind="watch"),
        steps=3173,
        distance=2.405,
        active_calories=69,
        estimated=("distance",),
    )


def test_of_eight_tracks_the_one_that_has_times():
    path = "activities/gpx/cerknicko-without-times.gpx"
    [*without, read] = told(path)

    with (DATA / path).open() as file:
        track = gpxpy.parse(file).tracks[-1]
    bounds = track.get_time_bounds()
    assert {(type(one), one.code) for one in without} == {(Problem, "no_times")}
    assert len(without) == 6
    assert (read.started_at, read.finished_at) == (bounds.start_time, bounds.end_time)
    # The radius of its globe is that of the equator.
    assert read.distance == pytest.approx(track.length_2d() / 1000, rel=0.002)
    assert (read.sport, read.name, read.calories) == ("other", "ACTIVE LOG #8", None)


def test_an_export_of_apple_health():
    workout, first, second = told("apple-health/export-sample.xml")

    assert isinstance(workout, WorkoutReading)
    assert workout.sport == "other"
    assert workout.source == Source(name="NJR Apple Watch", kind="watch")
    assert workout.started_at == at("2016-04-02T10:40:38+01:00")
    assert workout.finished_at == at("2016-04-02T11:12:22+01:00")
    assert (workout.duration_s, workout.distance, workout.calories) == (1904, 0.0, 139)
    # By adding up its ten and five records by hand.
    health = Source(name="Health", kind="hub")
    assert first == DayReading(date=dt.date(2014, 9, 13), source=health, steps=2517)
    assert second == DayReading(date=dt.date(2014, 9, 20), source=health, distance=0.0194)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("fit-corrupt/activity-filecrc.fit", "bad_checksum"),
        ("fit-corrupt/activity-settings-corruptheader.fit", "bad_header"),
        ("fit-corrupt/activity-unexpected-eof.fit", "truncated"),
        ("fit/WeightScaleSingleUser.fit", "nothing_to_import"),
        # All of its points are of one moment in 1901.
        ("gpx/Mojstrovka.gpx", "no_times"),
        ("gpx/gpx_with_garmin_extension.gpx", "nothing_to_import"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(path, code):
    with pytest.raises(FileRefused) as refused:
        told(f"activities/{path}")

    assert refused.value.code == code


def test_none_of_them_is_forgotten_here():
    named = {path for path, _ in WORKOUTS}

    there = {f"{path.parent.name}/{path.name}" for path in ACTIVITIES.rglob("*") if path.is_file()}

    assert len(there) == len(named) + 8
    assert named <= there


@pytest.mark.parametrize("path", ["fit/garmin-fenix-5-run.fit", "tcx/run.tcx"])
def test_the_same_file_is_read_the_same_again(path):
    def digest() -> str:
        return hashlib.sha256(repr(told(f"activities/{path}")).encode()).hexdigest()

    assert digest() == digest()
