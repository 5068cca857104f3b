"""What a process is doing right now, and what it asks the database for that."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.backends.base.base import BaseDatabaseWrapper

from config.observability import slow


@dataclass(slots=True)
class Work:
    """A request or a task, with the statements that it has run so far."""

    kind: Literal["request", "task"]
    # The route of a request is known only once Django has found its view.
    name: Callable[[], str]
    started: float = field(default_factory=time.perf_counter)
    queries: int = 0
    query_s: float = 0.0

    def seconds(self) -> float:
        return time.perf_counter() - self.started


_current: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def working(work: Work) -> Iterator[Work]:
    """From here to the end of the block, statements are those of this work."""
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def watch_queries(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Have each statement of a connection counted and timed."""
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        # Metrics are written once for a piece of work: this runs for every statement.
        seconds = time.perf_counter() - started
        work = _current.get()
        if work is not None:
            work.queries += 1
            work.query_s += seconds
        if slow.is_slow_query(seconds):
            name = f"{work.kind} {work.name()}" if work else "neither request nor task"
            slow.tell_query(str(sql), seconds=seconds, where=name)
