"""How fast a public database of foods comes in, and how much memory that takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import processes
from tests.nutrition.transfer import foods

ROUNDS = 3
GOAL = 0.3  # of the rows/s of COPY, at least
FIRST = 100_000_000  # behind the barcodes of all foods that are there already


@dataclass(frozen=True)
class FoodImportTurn:
    """One import, once more when all is known, and COPY of its rows; times in s, memory in MB."""

    rows: int
    foods: int
    before_mb: float
    peak_mb: float
    again_seconds: float
    seconds: float
    app_s: float
    db_s: float
    limit_seconds: float
    limit_app_s: float
    limit_db_s: float

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds

    @property
    def limit_rows_per_s(self) -> float:
        # Those that are rejected cost COPY nothing.
        return self.foods / self.limit_seconds


@dataclass(frozen=True)
class FoodImports:
    """Medians of the turns. The tenth tells whether the memory grows with the file."""

    rows: int
    foods: int
    rows_per_s: float
    rows_per_s_again: float
    app_s: float
    db_s: float
    limit_rows_per_s: float
    speed_of_limit: float
    before_mb: float
    peak_mb: float
    peak_mb_of_tenth: float
    goal: float = GOAL

    def text(self) -> str:
        verdict = "met" if self.speed_of_limit >= self.goal else "missed"
        return (
            f"Import of foods: {self.rows:,} rows of Open Food Facts ({self.foods:,} foods) at "
            f"{self.rows_per_s:,.0f} rows/s, and at {self.rows_per_s_again:,.0f} rows/s when all "
            f"is known; processor time {self.app_s:.1f} s of the command and {self.db_s:.1f} s of "
            f"PostgreSQL.\nCOPY of the same rows: {self.limit_rows_per_s:,.0f} rows/s; rows/s of "
            f"limit {self.speed_of_limit:.2f}, goal ≥ {self.goal:.2f} {verdict}.\n"
            f"The command held at most {self.peak_mb:.0f} MB, {self.before_mb:.0f} MB of them "
            f"before; at most {self.peak_mb_of_tenth:.0f} MB for a tenth of the rows."
        )


def measure_food_imports(
    *, environ: Mapping[str, str], dsn: str, rows: int, folder: Path
) -> FoodImports:
    """Each turn in a process of its own, and forgotten behind it."""
    there = {**environ, "DATABASE_URL": dsn, "LOG_LEVEL": "WARNING"}
    whole, tenth = (_dump(folder, some) for some in (rows, rows // 10))
    small = _turn(there, tenth)
    turns = [_turn(there, whole) for _ in range(ROUNDS)]
    return FoodImports(
        rows=turns[0].rows,
        foods=turns[0].foods,
        rows_per_s=median(one.rows_per_s for one in turns),
        rows_per_s_again=median(one.rows / one.again_seconds for one in turns),
        app_s=median(one.app_s for one in turns),
        db_s=median(one.db_s for one in turns),
        limit_rows_per_s=median(one.limit_rows_per_s for one in turns),
        speed_of_limit=median(one.rows_per_s / one.limit_rows_per_s for one in turns),
        before_mb=median(one.before_mb for one in turns),
        peak_mb=max(one.peak_mb for one in turns),
        peak_mb_of_tenth=small.peak_mb,
    )


def _dump(folder: Path, rows: int) -> Path:
    path = folder / f"foods-{rows}.jsonl"
    with path.open("wb") as file:
        file.writelines(foods.jsonl_lines(rows, first=FIRST))
    return path


def _turn(environ: Mapping[str, str], path: Path) -> FoodImportTurn:
    output = processes.run("benchmarks.food_import_job", str(path), environ=environ)
    return FoodImportTurn(**json.loads(output))
