"""How long an export of Apple Health takes, in how much memory, and what others notice of it."""

import json
import select
import subprocess
import sys
import threading
from array import array
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from benchmarks import apple_export_file, processes
from benchmarks.case import Sample
from benchmarks.cases import CASES
from benchmarks.heart_rates import IMPORTERS
from benchmarks.measure import Target, meter

READ = CASES["daily-activity"]
# Somebody looks at their days so often, over one connection: a server at rest, but for the import.
READ_EVERY_S = 0.02
LOOK_EVERY_S = 0.2
BEFORE_S = 10.0


@dataclass(frozen=True)
class AppleExport:
    """Times in s and memory in MB, of the worker and of the child that reads the file."""

    zip_mb: float
    xml_mb: float
    heart_rates: int
    days: int
    sleeps: int
    workouts: int
    seconds: float
    app_s: float
    child_s: float
    db_s: float
    before_mb: float
    peak_mb: float
    child_peak_mb: float
    reads_before: int
    p50_before_ms: float
    p99_before_ms: float
    reads_during: int
    p50_during_ms: float
    p99_during_ms: float

    def text(self) -> str:
        return (
            f"Apple Health: {self.xml_mb:,.0f} MB of XML in a zip of {self.zip_mb:.0f} MB "
            f"({self.heart_rates:,} heart rates, {self.days:,} days, {self.sleeps:,} sleeps, "
            f"{self.workouts:,} workouts) in {self.seconds:.0f} s; processor time "
            f"{self.child_s:.1f} s of the child, {self.app_s:.1f} s of the worker and "
            f"{self.db_s:.1f} s of PostgreSQL.\n"
            f"The worker held at most {self.peak_mb:.0f} MB, {self.before_mb:.0f} MB of them "
            f"before; the child at most {self.child_peak_mb:.0f} MB.\n"
            f"GET daily-activity/, 50 times a second: p50 {self.p50_before_ms:.1f} ms and p99 "
            f"{self.p99_before_ms:.1f} ms before, {self.p50_during_ms:.1f} ms and "
            f"{self.p99_during_ms:.1f} ms during the import ({self.reads_during:,} requests)."
        )


class Watched(threading.Thread):
    """Looks at a job's process and its child from outside, until it writes its next line."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        super().__init__(daemon=True)
        self.process = process
        self.line = b""
        self.peaks_mb: dict[int, float] = {}
        self.child_s = 0.0

    def run(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        while not select.select([stdout], [], [], LOOK_EVERY_S)[0]:
            for pid in processes.tree(self.process.pid):
                self.peaks_mb[pid] = max(self.peaks_mb.get(pid, 0.0), _peak_mb(pid))
                if pid != self.process.pid:
                    self.child_s = max(self.child_s, processes.cpu_s_of(pid))
        self.line = stdout.readline()

    @property
    def peak_mb(self) -> float:
        return self.peaks_mb[self.process.pid]

    @property
    def child_peak_mb(self) -> float:
        return max(mb for pid, mb in self.peaks_mb.items() if pid != self.process.pid)


def measure_apple_export(
    *, environ: Mapping[str, str], dsn: str, sample: Sample, megabytes: int, folder: Path
) -> AppleExport:
    """By the job runner in a process of its own, while somebody reads from the web server."""
    path = folder / f"apple-{megabytes}.zip"
    apple_export_file.write(path, megabytes)
    server = processes.web_server(
        name="bench product",
        app="config.wsgi:application",
        dsn=dsn,
        environ=environ,
        log=folder / "bench-product.log",
    )
    try:
        with (
            server as running,
            meter(dsn=dsn, seconds=1, connections=1, pause_s=READ_EVERY_S) as measured,
        ):
            target = Target(running, sample)
            measured.run(READ, target, 1)
            before = measured.run(READ, target, BEFORE_S).latencies_ms
            during: array[float] = array("d")
            with _job(environ, dsn, path) as job:
                job.stdout.readline()  # that it begins
                watched = Watched(job)
                watched.start()
                while watched.is_alive():
                    during += measured.run(READ, target, 1).latencies_ms
        zip_mb = path.stat().st_size / apple_export_file.MEGABYTE
    finally:
        path.unlink()
    if job.returncode:
        raise SystemExit("benchmarks.apple_export_job failed.")
    return AppleExport(
        zip_mb=zip_mb,
        **json.loads(watched.line),
        child_s=watched.child_s,
        peak_mb=watched.peak_mb,
        child_peak_mb=watched.child_peak_mb,
        **_percentiles("before", before),
        **_percentiles("during", during),
    )


def _job(environ: Mapping[str, str], dsn: str, path: Path) -> "subprocess.Popen[bytes]":
    there = {
        **environ,
        "DATABASE_URL": dsn,
        "DATABASE_STATEMENT_TIMEOUT_MS": "0",
        "LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.apple_export_job", IMPORTERS[0], str(path)],
        cwd=processes.ROOT,
        env=there,
        stdout=subprocess.PIPE,
        bufsize=0,
    )


def _percentiles(when: str, latencies_ms: "array[float]") -> dict[str, float]:
    percentiles = quantiles(sorted(latencies_ms), n=100, method="inclusive")
    return {
        f"reads_{when}": len(latencies_ms),
        f"p50_{when}_ms": percentiles[49],
        f"p99_{when}_ms": percentiles[98],
    }


def _peak_mb(pid: int) -> float:
    """The most that a process ever held; 0 once it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0
