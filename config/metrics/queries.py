"""Statements that requests and tasks run in the database."""

from prometheus_client import Counter

from config.observability.work import Work

QUERIES = Counter("numeneon_queries_total", "Statements run.", ["kind", "name"])
SECONDS = Counter(
    "numeneon_query_seconds_total", "Time spent waiting for statements.", ["kind", "name"]
)


def count(kind: str, name: str, work: Work) -> None:
    """Once for a request or task, when it has ended."""
    if work.queries:
        QUERIES.labels(kind, name).inc(work.queries)
        SECONDS.labels(kind, name).inc(work.query_s)
