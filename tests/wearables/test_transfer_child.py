"""The process that reads a file, and what may become of it."""

import datetime as dt
import subprocess
import sys
import tempfile
from contextlib import contextmanager

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wearables.apple_files import export, record
from tests.wearables.fit_files import a_run
from wearables.readings import (
    DayReading,
    HeartRateReading,
    SetReading,
    SleepReading,
    Source,
    StageReading,
    WorkoutReading,
)
from wearables.transfer import lines, process
from wearables.transfer.items import Found, Options, Problem, Progress
from wearables.transfer.process import child_of
from wearables.transfer.refusals import FileRefused

MEGABYTE = 1024**2
EARLIEST = dt.datetime(1990, 1, 2, tzinfo=dt.UTC)
INSTANTS = st.integers(0, 3_000_000_000_000).map(
    lambda milliseconds: EARLIEST + dt.timedelta(milliseconds=milliseconds)
)
SAMPLES = st.lists(st.tuples(INSTANTS, st.integers(20, 260)), max_size=5).map(tuple)
SOURCES = st.builds(
    Source, name=st.text(max_size=5), kind=st.sampled_from(["watch", "hub"]), app=st.text()
)
NUMBERS = st.none() | st.integers(0, 100_000)
ITEMS = st.one_of(
    st.builds(
        DayReading,
        date=st.dates(),
        source=SOURCES,
        steps=NUMBERS,
        distance=st.none() | st.floats(0, 1000),
        estimated=st.sampled_from([(), ("distance",)]),
    ),
    st.builds(
        SleepReading,
        external_id=st.text(),
        source=SOURCES,
        date=st.dates(),
        start=INSTANTS,
        end=INSTANTS,
        hrv_method=st.sampled_from([None, "sdnn"]),
        stages=st.lists(
            st.builds(StageReading, start=INSTANTS, end=INSTANTS, stage=st.just("rem")), max_size=3
        ).map(tuple),
    ),
    st.builds(HeartRateReading, source=SOURCES, samples=SAMPLES),
    st.builds(
        WorkoutReading,
        external_id=st.text(),
        source=SOURCES,
        sport=st.just("running"),
        started_at=INSTANTS,
        finished_at=INSTANTS,
        duration_s=NUMBERS,
        heart_rate=SAMPLES,
        sets=st.lists(st.builds(SetReading, exercise=st.text(), reps=NUMBERS), max_size=3).map(
            tuple
        ),
    ),
    st.builds(Found, format=st.just("archive")),
    st.builds(Progress, read=st.integers(0, 2**40), total=st.integers(0, 2**40)),
    st.builds(Problem, name=st.text(), code=st.just("truncated")),
)


@given(ITEMS)
@settings(max_examples=200)
def test_what_is_told_is_what_is_heard(item):
    line = lines.to_line(item)

    assert b"\n" not in line
    assert lines.from_line(orjson.loads(line)) == item


@contextmanager
def a_file(content: bytes):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield file


def told(content: bytes, kind: str, **options):
    with a_file(content) as file, child_of(file, kind, Options(**options)) as child:
        return list(child.items())


def refusal(content: bytes, kind: str, **options) -> str:
    with pytest.raises(FileRefused) as refused:
        told(content, kind, **options)
    return refused.value.code


def a_child(code: str) -> process.Child:
    """Any program that pretends to be one."""
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, bufsize=0)
    return process.Child(started)


def heard(child: process.Child):
    try:
        return list(child.items())
    finally:
        child._process.kill()
        child._process.wait()
        child._process.stdout.close()


class TestReading:
    def test_a_file_is_read_by_another_process_without_django(self):
        [run] = told(a_run(), "fit", timezone="Europe/Vienna")
        loaded = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys, wearables.transfer.child; print('django' in sys.modules)",
            ],
            check=True,
            capture_output=True,
            text=True,
        )

        assert (run.sport, run.distance, len(run.heart_rate)) == ("running", 5.0, 4)
        assert loaded.stdout == "False\n"

    def test_a_refusal_keeps_its_name(self):
        assert refusal(a_run()[:-2], "fit") == "truncated"

    def test_nothing_is_read_ahead_of_who_asks(self):
        content = export(*[record("HeartRate", 60, "count/min")] * 50_000)

        with a_file(content) as file, child_of(file, "apple_health", Options()) as child:
            first = next(child.items())
            # A pipe full of readings stops the child where it is.
            read = file.tell()

        assert len(first.samples) == 5000
        assert read < len(content)

    def test_a_child_is_gone_with_its_block(self):
        with a_file(a_run()) as file, child_of(file, "fit", Options()) as child:
            pass

        assert child._process.returncode is not None


class TestLimits:
    def test_memory(self):
        hungry = b"<gpx><trk><trkseg>" + b'<trkpt lat="1" lon="1"><time/></trkpt>' * 10
        text = b"<x>" + b"a" * 900_000 + b"</x>"

        assert refusal(hungry + text, "gpx", memory_bytes=20 * MEGABYTE) == "too_much_memory"

    def test_time(self):
        content = b"<gpx>" + b"<a/>" * 4_000_000

        assert refusal(content, "gpx", cpu_s=1) == "took_too_long"

    def test_silence(self):
        child = a_child("import time; time.sleep(60)")
        child.silence_s = 0.2

        with pytest.raises(FileRefused) as refused:
            heard(child)

        assert refused.value.code == "took_too_long"

    @pytest.mark.parametrize(
        ("code", "refused_as"),
        [
            ("raise SystemExit(1)", "unreadable"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "too_much_memory"),
            ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "unreadable"),
            ("print('not json')", "unreadable"),
            ("print('[]')", "unreadable"),
            ('print(\'{"kind": "day"}\')', "unreadable"),
            ('print(\'{"kind": "secret"}\')', "unreadable"),
            ('print(\'{"kind": "refused", "code": "made up"}\')', "unreadable"),
        ],
    )
    def test_whatever_becomes_of_a_child_has_a_name(self, code, refused_as):
        with pytest.raises(FileRefused) as refused:
            heard(a_child(code))

        assert refused.value.code == refused_as

    def test_a_line_without_an_end(self, monkeypatch):
        monkeypatch.setattr(process, "MAX_LINE_BYTES", 100_000)

        with pytest.raises(FileRefused) as refused:
            heard(a_child("import sys\nwhile True: sys.stdout.write('a' * 65536)"))

        assert refused.value.code == "too_large"

    @pytest.mark.parametrize(
        "act",
        [
            "import socket; socket.create_connection(('127.0.0.1', 9))",
            "import socket; socket.socket()",
            "import subprocess; subprocess.run(['true'])",
            "import os; os.fork()",
            "import os; os.system('true')",
        ],
    )
    def test_it_reaches_nobody_and_starts_nothing(self, act):
        assert _shut_and(act).returncode == 1
        assert "PermissionError" in _shut_and(act).stderr

    def test_it_writes_nowhere(self, tmp_path):
        path = tmp_path / "x"

        tried = _shut_and(f"import pathlib; pathlib.Path({str(path)!r}).write_text('a')")

        assert tried.returncode != 0
        assert path.stat().st_size == 0

    def test_it_knows_nothing_of_our_environment(self, monkeypatch):
        monkeypatch.setenv("SECRET_KEY", "x")
        started = {}
        real = subprocess.Popen

        def spied(*given, **named):
            started.update(named)
            return real(*given, **named)

        monkeypatch.setattr(process.subprocess, "Popen", spied)
        told(a_run(), "fit")

        assert started["env"] == {"LANG": "C.UTF-8", "TZ": "UTC"}


def _shut_and(act: str):
    code = (
        "from wearables.transfer import child\n"
        "from wearables.transfer.items import Options\n"
        f"child._shut(Options())\n{act}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
