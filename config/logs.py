"""Which request a log line belongs to."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

NO_REQUEST: Final = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)
# Answers the trace that is under way, where there are traces.
trace_id: list[Callable[[], str]] = []


@contextmanager
def named(name: str) -> Iterator[str]:
    """From here to the end of the block, lines are those of this request."""
    token = request_id.set(name)
    try:
        yield name
    finally:
        request_id.reset(token)


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        if trace_id and (trace := trace_id[0]()):
            record.trace_id = trace
        return True
