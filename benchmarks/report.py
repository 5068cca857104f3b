"""The figures of a run, as a table for people and as JSON for whoever compares runs."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.apple_exports import AppleExport
from benchmarks.case import Case
from benchmarks.food_imports import FoodImports
from benchmarks.heart_rates import HeartRates
from benchmarks.imports import Imports
from benchmarks.measure import Figures, Turn
from benchmarks.slow_clients import SlowClients
from benchmarks.webhooks import Webhooks
from benchmarks.weekly import Weekly

GROWTH_GOAL = 1.2  # database CPU per request with all the data over that with a tenth, at most


@dataclass(frozen=True)
class Comparison:
    """A case: the product beside the limit. The ratios are medians of pairs of turns."""

    case: str
    queries: int
    product: Figures
    limit: Figures
    cpu_of_limit: float
    speed_of_limit: float
    goal: float
    other_sql: list[str]  # statements of the limit that the product does not run

    @classmethod
    def of(
        cls, case: Case, pairs: Sequence[tuple[Turn, Turn]], *, count: int, other_sql: list[str]
    ) -> "Comparison":
        return cls(
            case=case.name,
            queries=count,
            other_sql=other_sql,
            product=Figures.of([product for product, _ in pairs]),
            limit=Figures.of([limit for _, limit in pairs]),
            cpu_of_limit=median(limit.cpu_ms / product.cpu_ms for product, limit in pairs),
            speed_of_limit=median(_speed(product) / _speed(limit) for product, limit in pairs),
            goal=case.goal,
        )


@dataclass(frozen=True)
class Growth:
    """A case with all the data and with a tenth of the people."""

    case: str
    full: Figures
    tenth: Figures
    db_cpu: float
    latency: float
    goal: float = GROWTH_GOAL

    @classmethod
    def of(cls, case: Case, pairs: Sequence[tuple[Turn, Turn]]) -> "Growth":
        return cls(
            case=case.name,
            full=Figures.of([full for full, _ in pairs]),
            tenth=Figures.of([tenth for _, tenth in pairs]),
            db_cpu=median(full.db_ms / tenth.db_ms for full, tenth in pairs),
            latency=median(
                median(full.latencies_ms) / median(tenth.latencies_ms) for full, tenth in pairs
            ),
        )


@dataclass
class Report:
    users: int
    foods: int
    posts: int
    beats: int
    seconds: float
    connections: int
    comparisons: list[Comparison] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    imports: Imports | None = None
    food_imports: FoodImports | None = None
    weekly: Weekly | None = None
    heart_rates: HeartRates | None = None
    webhooks: Webhooks | None = None
    apple_export: AppleExport | None = None
    slow_clients: SlowClients | None = None
    load_average: tuple[float, float, float] = field(default_factory=os.getloadavg)
    processors: int = field(default_factory=lambda: os.cpu_count() or 0)
    python: str = field(default_factory=platform.python_version)

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2) + "\n")

    def text(self) -> str:
        parts = []
        if self.comparisons:
            parts.append(self._comparisons())
        if self.growth:
            parts.append(self._growth())
        jobs = (
            *(self.imports, self.food_imports, self.weekly),
            *(self.heart_rates, self.webhooks, self.apple_export),
        )
        parts += [job.text() for job in jobs if job]
        if self.slow_clients:
            slow = self.slow_clients
            parts.append(
                f"Slow clients: beside {slow.slow} that send byte by byte "
                f"({slow.still_connected} held on), {slow.answered} of {slow.normal} requests "
                f"were answered, the slowest in {slow.slowest_ms:.0f} ms."
            )
        parts += [
            f"The limit of {one.case} runs SQL that the product does not, bring it up to date "
            f"in benchmarks/cases: {statement:.200}"
            for one in self.comparisons
            for statement in one.other_sql
        ]
        return "\n\n".join(parts)

    def _comparisons(self) -> str:
        rows: list[tuple[str, ...]] = [
            (
                *("case", "req/s", "p50 ms", "p99 ms", "queries", "app ms", "db ms"),
                *("CPU of limit", "req/s of limit", "goal"),
            )
        ]
        for one in self.comparisons:
            verdict = "met" if one.cpu_of_limit >= one.goal else "missed"
            rows += [
                (
                    *(one.case, *_cells(one.product, str(one.queries))),
                    *(f"{one.cpu_of_limit:.2f}", f"{one.speed_of_limit:.2f}"),
                    f"≥ {one.goal:.2f} {verdict}",
                ),
                ("  limit", *_cells(one.limit, ""), "", "", ""),
            ]
        return _table(rows) + (
            f"\nProcessor time per request; {self.users:,} users, {self.foods:,} foods, "
            f"{self.posts:,} posts, {self.beats:,} heart rates, {self.connections} connections; "
            "BEGIN and COMMIT count as queries."
        )

    def _growth(self) -> str:
        rows = [("growth", "db ms, a tenth", "db ms, all", "db CPU", "latency", "goal")]
        for one in self.growth:
            verdict = "met" if one.db_cpu <= one.goal else "missed"
            rows.append(
                (
                    *(one.case, f"{one.tenth.db_ms:.2f}", f"{one.full.db_ms:.2f}"),
                    *(f"× {one.db_cpu:.2f}", f"× {one.latency:.2f}"),
                    f"≤ {one.goal:.2f} {verdict}",
                )
            )
        return _table(rows)


def _speed(one: Turn) -> float:
    return len(one.latencies_ms) / one.seconds


def _cells(figures: Figures, queries: str) -> tuple[str, ...]:
    return (
        f"{figures.requests_per_s:.0f}",
        f"{figures.p50_ms:.1f}",
        f"{figures.p99_ms:.1f}",
        queries,
        f"{figures.app_ms:.2f}",
        f"{figures.db_ms:.2f}",
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = (
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join((first, *others)).rstrip())
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(lines)
