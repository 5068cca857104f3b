"""TCX and GPX files."""

import datetime as dt
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from tests.wearables.fit_files import START, a_run
from tests.wearables.xml_files import GPX, POINT, TCX, activity, lap, point, track
from wearables.readings import Source
from wearables.transfer import fit, gpx, tcx
from wearables.transfer.gpx import distance_m
from wearables.transfer.items import Problem
from wearables.transfer.refusals import FileRefused


def read_tcx(*activities: str):
    return tcx.read(BytesIO(TCX.format("".join(activities)).encode()))


def read_gpx(*parts: str):
    return gpx.read(BytesIO(GPX.format("".join(parts)).encode()))


class TestTcx:
    def test_laps_are_added_up_and_averages_weighed_by_their_time(self):
        points = POINT.format(time="2026-03-02T06:20:00.500Z", bpm=170)

        [run] = read_tcx(activity(lap(0, 900, 140), lap(15, 300, 160, points)))

        assert (run.sport, run.source) == ("running", Source(name="Forerunner", kind="watch"))
        assert (run.started_at, run.finished_at) == (
            START,
            dt.datetime(2026, 3, 2, 6, 20, 0, 500_000, tzinfo=dt.UTC),
        )
        assert (run.duration_s, run.distance, run.calories) == (1200, 5.0, 350)
        assert (run.average_heart_rate, run.max_heart_rate) == (145, 170)
        assert [bpm for _, bpm in run.heart_rate] == [170]

    def test_the_same_run_in_fit_has_the_same_key(self):
        [one], [other] = (
            read_tcx(activity(lap(0))),
            fit.read(BytesIO(a_run()), zone=ZoneInfo("UTC")),
        )

        assert one.external_id == other.external_id

    def test_each_activity_of_a_file_is_a_workout(self):
        run = activity(lap(0))
        ride = activity(lap(30), sport="Biking", creator="").replace("T06:00:00", "T06:30:00")

        read = read_tcx(run, ride)

        assert [(one.sport, one.source.kind) for one in read] == [
            ("running", "watch"),
            ("cycling", "hub"),
        ]

    def test_values_that_are_no_numbers_are_absent(self):
        content = activity(lap(0)).replace("175", "many").replace("2500.0", "NaN")

        [run] = read_tcx(content)

        assert (run.calories, run.distance, run.duration_s) == (None, None, 900)

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (TCX.format(""), "nothing_to_import"),
            (TCX.format('<Activity Sport="Running"><Lap/></Activity>'), "no_times"),
            (GPX.format(""), "wrong_document"),
            (TCX.format("")[:-30], "truncated"),
            (TCX.format("<Activity></Lap>"), "bad_xml"),
        ],
    )
    def test_refusals_have_names(self, content, code):
        with pytest.raises(FileRefused) as refused:
            tcx.read(BytesIO(content.encode()))

        assert refused.value.code == code


class TestGpx:
    def test_a_track_is_as_long_as_its_segments_are(self):
        before = point(48.0, "2026-03-02T06:00:00Z", 120) + point(48.01, "2026-03-02T06:10:00Z")
        after = point(48.5, "2026-03-02T06:30:00Z") + point(48.51, "2026-03-02T06:40:00Z", 150)

        [run] = read_gpx(track(before, after))

        assert (run.sport, run.name) == ("running", "Morning")
        assert run.source == Source(name="Tracks", kind="hub")
        assert (run.started_at, run.finished_at) == (START, START + dt.timedelta(minutes=40))
        assert (run.duration_s, run.calories) == (1200, None)
        assert run.distance == pytest.approx(2 * 1.11195, abs=1e-4)
        assert (run.average_heart_rate, run.max_heart_rate) == (135, 150)

    def test_a_track_without_times_is_named_beside_one_that_has_some(self):
        timed = point(48.0, "2026-03-02T06:00:00+02:00") + point(48.1, "2026-03-02T07:00:00+02:00")

        told = read_gpx(track(point(47.0), name="Old"), track(timed), track(point(47.0), name=""))

        assert told[0] == Problem(name="Old", code="no_times")
        assert told[1].started_at == START - dt.timedelta(hours=2)
        assert told[2] == Problem(name="Track 3", code="no_times")

    @pytest.mark.parametrize("sport", ["9", "Run", "trail_running", "TRAIL RUNNING"])
    def test_words_and_numbers_for_a_sport(self, sport):
        timed = point(48.0, "2026-03-02T06:00:00Z") + point(48.1, "2026-03-02T07:00:00Z")

        [run] = read_gpx(track(timed, sport=sport))

        assert run.sport == "running"

    @pytest.mark.parametrize(
        ("parts", "code"),
        [
            ((), "nothing_to_import"),
            (
                ('<wpt lat="1" lon="1"><time>2026-03-02T06:00:00Z</time></wpt>',),
                "nothing_to_import",
            ),
            ((track(point(1), point(2)),), "no_times"),
            # What a clock without a time writes.
            ((track(point(1, "1901-12-13T20:45:52.2073437Z")),), "no_times"),
            ((track(point(1, "tomorrow")),), "no_times"),
        ],
    )
    def test_refusals_have_names(self, parts, code):
        with pytest.raises(FileRefused) as refused:
            read_gpx(*parts)

        assert refused.value.code == code

    def test_the_way_around_a_quarter_of_the_globe(self):
        assert distance_m((0, 0), (0, 90)) == pytest.approx(10_007_543, abs=1)
        assert distance_m((90, 0), (-90, 120)) == pytest.approx(20_015_087, abs=1)
