"""How fast new heart rates are stored, beside COPY of the same rows."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from benchmarks import processes

# People of benchmarks/wearables_data.py who have nothing: each turn is somebody else's.
IMPORTERS = ("importer0", "importer1", "importer2")
SAMPLES = 500_000
GOAL = 0.3  # of COPY, at least


@dataclass(frozen=True)
class HeartRatesTurn:
    """New samples, the same again, and COPY of their rows; times in s, memory in MB."""

    samples: int
    before_mb: float
    peak_mb: float
    seconds: float
    app_s: float
    db_s: float
    again_seconds: float
    again_app_s: float
    again_db_s: float
    limit_seconds: float
    limit_app_s: float
    limit_db_s: float

    @property
    def speed_of_limit(self) -> float:
        return self.limit_seconds / self.seconds

    @property
    def cpu_of_limit(self) -> float:
        return (self.limit_app_s + self.limit_db_s) / (self.app_s + self.db_s)


@dataclass(frozen=True)
class HeartRates:
    """Medians of the turns."""

    samples: int
    beats: int  # that the table held before
    samples_per_s: float
    app_s: float
    db_s: float
    again_samples_per_s: float
    again_cpu_s: float
    limit_samples_per_s: float
    limit_app_s: float
    limit_db_s: float
    speed_of_limit: float
    cpu_of_limit: float
    before_mb: float
    peak_mb: float
    goal: float = GOAL

    def text(self) -> str:
        verdict = "met" if self.cpu_of_limit >= self.goal else "missed"
        return (
            f"Heart rates: {self.samples:,} new ones, into a table of {self.beats:,}, at "
            f"{self.samples_per_s:,.0f} a second; processor time {self.app_s:.2f} s of the worker "
            f"and {self.db_s:.2f} s of PostgreSQL. The same again: "
            f"{self.again_samples_per_s:,.0f} a second, {self.again_cpu_s:.2f} s.\n"
            f"COPY of the same rows: {self.limit_samples_per_s:,.0f} a second, "
            f"{self.limit_app_s:.2f} s and {self.limit_db_s:.2f} s; rows/s of limit "
            f"{self.speed_of_limit:.2f}, CPU of limit {self.cpu_of_limit:.2f}, goal "
            f"≥ {self.goal:.2f} {verdict}.\n"
            f"The worker held at most {self.peak_mb:.0f} MB, {self.before_mb:.0f} MB of them "
            "before."
        )


def measure_heart_rates(*, environ: Mapping[str, str], dsn: str, beats: int) -> HeartRates:
    """Each turn in a process of its own."""
    there = {
        **environ,
        "DATABASE_URL": dsn,
        "DATABASE_STATEMENT_TIMEOUT_MS": "0",
        "LOG_LEVEL": "WARNING",
    }
    turns = [_turn(there, username) for username in IMPORTERS]
    return HeartRates(
        samples=turns[0].samples,
        beats=beats,
        samples_per_s=median(one.samples / one.seconds for one in turns),
        app_s=median(one.app_s for one in turns),
        db_s=median(one.db_s for one in turns),
        again_samples_per_s=median(one.samples / one.again_seconds for one in turns),
        again_cpu_s=median(one.again_app_s + one.again_db_s for one in turns),
        limit_samples_per_s=median(one.samples / one.limit_seconds for one in turns),
        limit_app_s=median(one.limit_app_s for one in turns),
        limit_db_s=median(one.limit_db_s for one in turns),
        speed_of_limit=median(one.speed_of_limit for one in turns),
        cpu_of_limit=median(one.cpu_of_limit for one in turns),
        before_mb=median(one.before_mb for one in turns),
        peak_mb=max(one.peak_mb for one in turns),
    )


def _turn(environ: Mapping[str, str], username: str) -> HeartRatesTurn:
    output = processes.run("benchmarks.heart_rate_job", username, str(SAMPLES), environ=environ)
    return HeartRatesTurn(**json.loads(output))
