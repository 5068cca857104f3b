"""How fast a history from another app comes in, and how much memory the worker needs for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import processes
from tests.workouts.transfer import histories

ROUNDS = 3
DIALECT = "ios"  # one row of the file is one set


@dataclass(frozen=True)
class ImportTurn:
    """One import, and the same rows written by COPY; times in s, memory in MB."""

    rows: int
    workouts: int
    sets: int
    before_mb: float
    peak_mb: float
    seconds: float
    app_s: float
    db_s: float
    limit_seconds: float
    limit_app_s: float
    limit_db_s: float

    @property
    def cpu_of_limit(self) -> float:
        return (self.limit_app_s + self.limit_db_s) / (self.app_s + self.db_s)


@dataclass(frozen=True)
class Imports:
    """Medians of the turns. The tenth tells whether the memory grows with the file."""

    rows: int
    workouts: int
    rows_per_s: float
    app_s: float
    db_s: float
    limit_rows_per_s: float
    cpu_of_limit: float
    before_mb: float
    peak_mb: float
    peak_mb_of_tenth: float

    def text(self) -> str:
        return (
            f"Import: {self.rows:,} rows of Strong ({self.workouts:,} workouts) at "
            f"{self.rows_per_s:,.0f} rows/s; processor time {self.app_s:.1f} s of the worker and "
            f"{self.db_s:.1f} s of PostgreSQL.\nCOPY of the same rows: "
            f"{self.limit_rows_per_s:,.0f} rows/s, CPU of limit {self.cpu_of_limit:.2f}.\n"
            f"The worker held at most {self.peak_mb:.0f} MB, {self.before_mb:.0f} MB of them "
            f"before; at most {self.peak_mb_of_tenth:.0f} MB for a tenth of the rows."
        )


def measure_imports(
    *, environ: Mapping[str, str], dsn: str, users: int, rows: int, folder: Path
) -> Imports:
    """Each turn in a process of its own, and for a person of its own: people train little
    before they import, so it is those who joined last.
    """
    there = {**environ, "DATABASE_URL": dsn, "LOG_LEVEL": "WARNING"}
    whole, tenth = (_history(folder, some) for some in (rows, rows // 10))
    people = [f"bench{users - number:06}" for number in range(1, ROUNDS + 1)]
    turns = [_turn(there, person, whole) for person in people]
    small = _turn(there, people[0], tenth)
    return Imports(
        rows=turns[0].rows,
        workouts=turns[0].workouts,
        rows_per_s=median(one.rows / one.seconds for one in turns),
        app_s=median(one.app_s for one in turns),
        db_s=median(one.db_s for one in turns),
        limit_rows_per_s=median(one.rows / one.limit_seconds for one in turns),
        cpu_of_limit=median(one.cpu_of_limit for one in turns),
        before_mb=median(one.before_mb for one in turns),
        peak_mb=max(one.peak_mb for one in turns),
        peak_mb_of_tenth=small.peak_mb,
    )


def _history(folder: Path, rows: int) -> Path:
    workouts = histories.workouts_of(rows, histories.strong_csv, DIALECT)
    path = folder / f"strong-{rows}.csv"
    path.write_bytes(histories.strong_csv(workouts=workouts, dialect=DIALECT))
    return path


def _turn(environ: Mapping[str, str], person: str, path: Path) -> ImportTurn:
    output = processes.run("benchmarks.import_job", person, str(path), environ=environ)
    return ImportTurn(**json.loads(output))
