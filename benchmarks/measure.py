"""Requests at two servers in turn, and what each request cost them."""

from array import array
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context
from statistics import median, quantiles

from tqdm import tqdm

from benchmarks import load
from benchmarks.case import Case, Sample
from benchmarks.processes import Backends, WebServer

ROUNDS = 3
# Turns are short, so that what else the machine does disturbs the two servers alike.
TURN_S = 1.0
WARM_UP_S = 1.0


@dataclass(frozen=True)
class Target:
    """A server, and the people whose requests it is to answer."""

    server: WebServer
    sample: Sample


@dataclass(frozen=True)
class Turn:
    seconds: float
    app_ms: float  # processor time per request, as are the next two
    db_ms: float
    load_ms: float
    latencies_ms: "array[float]"

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.db_ms


@dataclass(frozen=True)
class Figures:
    """Medians of the turns; the percentiles are those of all their requests."""

    requests: int
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    app_ms: float
    db_ms: float
    load_ms: float

    @classmethod
    def of(cls, turns: Sequence[Turn]) -> "Figures":
        latencies = sorted(value for one in turns for value in one.latencies_ms)
        percentiles = quantiles(latencies, n=100, method="inclusive")
        return cls(
            requests=len(latencies),
            requests_per_s=median(len(one.latencies_ms) / one.seconds for one in turns),
            p50_ms=percentiles[49],
            p99_ms=percentiles[98],
            app_ms=median(one.app_ms for one in turns),
            db_ms=median(one.db_ms for one in turns),
            load_ms=median(one.load_ms for one in turns),
        )


@dataclass
class Meter:
    """Runs the turns, one at a time: two at once would measure each other."""

    backends: Backends
    pool: ProcessPoolExecutor
    seconds: float
    connections: int
    pause_s: float = 0.0
    seeds: Iterator[int] = field(default_factory=count)

    @property
    def turns(self) -> int:
        """How often each of two servers has its turn."""
        return ROUNDS * max(1, round(self.seconds / TURN_S))

    def in_turn(
        self, case: Case, one: Target, other: Target, progress: "tqdm[None]"
    ) -> list[tuple[Turn, Turn]]:
        """The turns of two servers, side by side in time; who is first alternates."""
        progress.set_postfix_str(f"{case.name}, {one.server.name} and {other.server.name}")
        for target in (one, other):
            self.run(case, target, min(WARM_UP_S, self.seconds))
        pairs = []
        for number in range(self.turns):
            if number % 2:
                second, first = self.turn(case, other), self.turn(case, one)
            else:
                first, second = self.turn(case, one), self.turn(case, other)
            pairs.append((first, second))
            progress.update(2)
        return pairs

    def turn(self, case: Case, target: Target) -> Turn:
        app = target.server.cpu_s()
        database = self.backends.cpu_s(target.server.name)
        outcome = self.run(case, target, ROUNDS * self.seconds / self.turns)
        app = target.server.cpu_s() - app
        # A backend that was not there before began at zero.
        after = self.backends.cpu_s(target.server.name)
        spent = sum(used - database.get(pid, 0.0) for pid, used in after.items())
        requests = len(outcome.latencies_ms)
        return Turn(
            seconds=outcome.seconds,
            app_ms=app / requests * 1000,
            db_ms=spent / requests * 1000,
            load_ms=outcome.cpu_s / requests * 1000,
            latencies_ms=outcome.latencies_ms,
        )

    def run(self, case: Case, target: Target, seconds: float) -> load.Outcome:
        """Requests of this case alone. Raises SystemExit for one that is answered wrongly."""
        job = load.Job(
            port=target.server.port,
            case=case.name,
            sample=target.sample,
            seconds=seconds,
            connections=self.connections,
            seed=next(self.seeds),
            pause_s=self.pause_s,
        )
        outcome = self.pool.submit(load.run, job).result()
        if outcome.errors:
            raise SystemExit(f"{target.server.name}, {case.name}: {outcome.errors[0]}")
        return outcome


@contextmanager
def meter(*, dsn: str, seconds: float, connections: int, pause_s: float = 0.0) -> Iterator[Meter]:
    backends = Backends(dsn)
    spawned = get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=spawned, initializer=load.be_modest) as pool:
            yield Meter(backends, pool, seconds, connections, pause_s)
    finally:
        backends.close()
