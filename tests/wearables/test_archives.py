"""Archives of recordings, and those that want to do harm."""

import bz2
import datetime as dt
import gzip
import random
import zipfile
from io import BytesIO

import pytest

from tests.wearables.apple_files import export, zipped
from tests.wearables.fit_files import MONITORING, START, WALKING, a_run, file_id, fit
from tests.wearables.mutants import MEGABYTE, MUTANTS, mutant, outcome
from tests.wearables.xml_files import GPX, TCX, activity, lap, point, track
from wearables.readings import DayReading, WorkoutReading
from wearables.transfer import archive
from wearables.transfer.items import Found, Options, Problem, Progress
from wearables.transfer.refusals import SENTENCES, FileRefused

TIMED = point(48.0, "2026-03-02T06:00:00Z") + point(48.1, "2026-03-02T07:00:00Z")


def read_archive(content: bytes, **options):
    return list(archive.read(BytesIO(content), options=Options(**options)))


def archive_refusal(content: bytes, **options) -> str:
    with pytest.raises(FileRefused) as refused:
        read_archive(content, **options)
    return refused.value.code


def entry(name: str, content: bytes = b"<gpx/>", **values: int) -> bytes:
    file = BytesIO()
    info = zipfile.ZipInfo(name)
    for field, value in values.items():
        setattr(info, field, value)
    with zipfile.ZipFile(file, "w") as written:
        written.writestr(info, content)
    return file.getvalue()


class TestArchives:
    def test_recordings_of_all_formats_and_those_that_cannot_be_read_by_name(self):
        content = zipped(
            ("readme.txt", b"My runs"),
            ("2026/run.fit", a_run()),
            ("2026/broken.fit", a_run()[:-2]),
            ("2026/ride.tcx", TCX.format(activity(lap(0), sport="Biking")).encode()),
            ("2026/walk.gpx.gz", gzip.compress(GPX.format(track(TIMED)).encode())),
            ("2026/export.zip", zipped(("run.fit", a_run(START + dt.timedelta(days=1))))),
            ("2026/page.gpx", b"<html/>"),
        )

        found, *told = read_archive(content)

        assert found == Found(format="archive")
        workouts = [one for one in told if isinstance(one, WorkoutReading)]
        assert [one.sport for one in workouts] == ["running", "cycling", "running"]
        assert [one for one in told if isinstance(one, Problem)] == [
            Problem(name="2026/broken.fit", code="truncated"),
            Problem(name="2026/page.gpx", code="unknown_format"),
        ]
        last = [one for one in told if isinstance(one, Progress)][-1]
        assert last.read == last.total

    def test_files_of_one_day_are_one_day(self):
        zone = ("monitoring_info", {"timestamp": START, "local_timestamp": START})

        def until(hour: int, steps: int, kind: int) -> bytes:
            at = START + dt.timedelta(hours=hour)
            counted = {"timestamp": at, "activity_type": kind, "cycles_16": steps}
            return fit(file_id(MONITORING), zone, ("monitoring", counted))

        told = read_archive(
            zipped(
                ("3.fit", until(9, 9000, WALKING)),
                ("1.fit", until(1, 3000, WALKING)),
                ("2.fit", until(5, 500, 1)),
            )
        )

        [day] = [one for one in told if isinstance(one, DayReading)]
        assert day.steps == 9500

    def test_a_bomb(self):
        bomb = zipped(("run.gpx", b"<gpx>" + b" " * 64 * MEGABYTE))

        assert archive_refusal(bomb) == "zip_bomb"
        assert outcome(bomb, "archive", memory_bytes=100 * MEGABYTE) == "zip_bomb"

    def test_a_bomb_in_an_export(self):
        bomb = zipped(("export.xml", export(" " * 64 * MEGABYTE)))

        assert archive_refusal(bomb) == "zip_bomb"

    def test_a_bomb_within_a_bomb(self):
        inner = gzip.compress(b"<gpx>" + b" " * 64 * MEGABYTE)

        assert archive_refusal(zipped(("run.gpx.gz", inner))) == "zip_bomb"

    def test_more_than_may_be_unpacked(self):
        content = zipped(("a.fit", a_run()), ("b.fit", a_run()))

        assert archive_refusal(content, max_unpacked_bytes=len(a_run()) + 1) == "too_large"

    def test_too_many_entries(self, monkeypatch):
        monkeypatch.setattr(archive, "MAX_ENTRIES", 2)

        assert archive_refusal(zipped(*[(f"{n}.fit", b"") for n in range(3)])) == "too_many"

    @pytest.mark.parametrize(
        "name",
        [
            "../run.gpx",
            "/etc/run.gpx",
            "a/../../run.gpx",
            "..\\run.gpx",
            "C:\\run.gpx",
            "C:/x.gpx",
        ],
    )
    def test_a_way_out(self, name):
        assert archive_refusal(entry(name)) == "unsafe_path"

    def test_a_link(self):
        assert archive_refusal(entry("run.gpx", external_attr=0o120777 << 16)) == "symlink"

    def test_a_lock(self):
        content = bytearray(entry("run.gpx"))
        # The flag of encryption, in the archive's directory.
        content[content.index(b"PK\x01\x02") + 8] |= 1

        assert archive_refusal(bytes(content)) == "encrypted"

    @pytest.mark.parametrize(
        "content",
        [
            b"PK\x03\x04" + bytes(100),
            zipped(("run.gpx", b"<gpx/>"))[:-10],
            entry("run.gpx", bz2.compress(b"<gpx/>"), compress_type=zipfile.ZIP_BZIP2),
        ],
    )
    def test_one_that_is_none(self, content):
        assert archive_refusal(content) == "bad_archive"

    def test_an_entry_that_is_not_what_its_checksum_says_is_a_problem(self):
        content = entry("run.fit", a_run()).replace(a_run()[20:30], bytes(10), 1)

        told = read_archive(content)

        assert Problem(name="run.fit", code="bad_archive") in told

    @pytest.mark.parametrize("content", [zipped(), zipped(("notes.txt", b"x"))])
    def test_one_without_recordings(self, content):
        assert archive_refusal(content) == "nothing_to_import"

    def test_damaged_archives_are_read_or_refused_by_a_name(self):
        random_ = random.Random(7)
        content = zipped(("run.fit", a_run()), ("a.gpx", GPX.format(track(TIMED)).encode()))

        codes = set()
        for _ in range(MUTANTS):
            try:
                read_archive(mutant(content, random_))
            except FileRefused as refused:
                codes.add(refused.code)

        assert "bad_archive" in codes
        assert codes <= SENTENCES.keys()
