"""Many callers at the same moment, each with a connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

ResultT = TypeVar("ResultT")


def at_once(callers: int, act: Callable[[int], ResultT]) -> list[ResultT]:
    """What each caller got; an exception of any is raised. They really ran side by side."""
    barrier = Barrier(callers)

    def call(number: int) -> tuple[ResultT, float, float]:
        try:
            connections["default"].ensure_connection()
            barrier.wait(timeout=30)
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
