"""How fast a maker's events are taken while no worker works them through, beside a plain read."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks import processes
from benchmarks.case import Sample, Visitor
from benchmarks.cases import CASES
from benchmarks.cases.wearables import EVENTS
from benchmarks.measure import WARM_UP_S, Figures, Target, meter

READ = CASES["daily-activity"]
# One address may send 12,000 events within a minute.
MOST_SECONDS = 3.0
_COUNT = "SELECT count(*) FROM wearables_webhookevent WHERE provider = 'oura'"


@dataclass(frozen=True)
class Webhooks:
    """Events and reads in turn, over as many connections."""

    connections: int
    answered: int
    stored: int
    events: Figures
    reads: Figures

    def text(self) -> str:
        events, reads = self.events, self.reads
        return (
            f"Webhooks: {events.requests_per_s:.0f} events/s over {self.connections} connections, "
            f"p50 {events.p50_ms:.1f} ms, p99 {events.p99_ms:.1f} ms; processor time "
            f"{events.app_ms:.2f} ms of each and {events.db_ms:.2f} ms of PostgreSQL.\n"
            f"In turn with them, GET daily-activity/: {reads.requests_per_s:.0f} requests/s, p50 "
            f"{reads.p50_ms:.1f} ms, p99 {reads.p99_ms:.1f} ms; {reads.app_ms:.2f} ms and "
            f"{reads.db_ms:.2f} ms.\n"
            f"{self.answered:,} events were answered with 204, and {self.stored:,} were stored."
        )


def measure_webhooks(
    *,
    environ: Mapping[str, str],
    dsn: str,
    sample: Sample,
    seconds: float,
    connections: int,
    folder: Path,
) -> Webhooks:
    """Events of Oura, each signed and another one. Raises SystemExit where one is lost."""
    secret = secrets.token_urlsafe(32)
    server = processes.web_server(
        name="bench webhooks",
        app="config.wsgi:application",
        dsn=dsn,
        environ={**environ, "OURA_CLIENT_ID": "bench", "OURA_CLIENT_SECRET": secret},
        log=folder / "bench-webhooks.log",
    )
    seconds = min(seconds, MOST_SECONDS)
    with (
        server as running,
        psycopg.connect(dsn, autocommit=True) as db,
        meter(dsn=dsn, seconds=seconds, connections=connections) as measured,
    ):
        oura = Target(running, Sample(visitors=(Visitor(token=secret),)))
        phones = Target(running, sample)
        before = _events(db)
        warm = measured.run(EVENTS, oura, min(WARM_UP_S, seconds))
        measured.run(READ, phones, min(WARM_UP_S, seconds))
        pairs = [
            (measured.turn(EVENTS, oura), measured.turn(READ, phones))
            for _ in range(measured.turns)
        ]
        stored = _events(db) - before
    answered = sum(len(one.latencies_ms) for one in (warm, *(events for events, _ in pairs)))
    if stored != answered:
        raise SystemExit(f"{answered} events were answered with 204, and {stored} were stored.")
    return Webhooks(
        connections=connections,
        answered=answered,
        stored=stored,
        events=Figures.of([events for events, _ in pairs]),
        reads=Figures.of([reads for _, reads in pairs]),
    )


def _events(db: "psycopg.Connection[tuple[int]]") -> int:
    [(count,)] = db.execute(_COUNT)
    return count
