"""Callers side by side, each with a connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection, connections

ResultT = TypeVar("ResultT")
LIMIT_S = 30


def at_once(callers: int, act: Callable[[int], ResultT]) -> list[ResultT]:
    """What each caller got; an exception of any is raised. They really ran side by side."""
    barrier = Barrier(callers)

    def call(number: int) -> tuple[ResultT, float, float]:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=LIMIT_S)
            began = time.perf_counter()
            result = act(number)
            return result, began, time.perf_counter()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(callers) as pool:
        calls = list(pool.map(call, range(callers)))
    spans = [(began, ended) for _, began, ended in calls]
    beside = sum(
        any(began < other[1] and ended > other[0] for other in spans[:n] + spans[n + 1 :])
        for n, (began, ended) in enumerate(spans)
    )
    assert beside >= 0.8 * callers, "This was no race: they came one after the other."
    return [result for result, _, _ in calls]


def aside(act: Callable[[], ResultT]) -> "Future[ResultT]":
    """Begin in another thread; ``result()`` waits for its end."""

    def call() -> ResultT:
        try:
            return act()
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(call)
    pool.shutdown(wait=False)
    return future


def wait_for_a_blocked_connection() -> None:
    """Until another connection to this database waits for a lock."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            # Inside a transaction the first answer would be given for ever.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    raise AssertionError("Nobody waited.")
