"""What took long, a line of the log each: statements, requests, tasks.

Never a parameter of a statement: those are health values, addresses and tokens.
"""

import hashlib
import logging
import time
from typing import Final

from django.conf import settings

from config.observability.statements import shape

logger = logging.getLogger("numeneon.slow")

# A database that is slow as a whole makes everything slow, and must not drown in lines as well.
MOST_PER_MINUTE: Final = 30


class _Quota:
    """Of each thing one line a minute, and of all together at most MOST_PER_MINUTE."""

    def __init__(self) -> None:
        self._minute = 0
        self._said: set[str] = set()
        self._left_out = 0

    def take(self, key: str) -> int | None:
        """How many lines were left out since the last one; None where this is left out too."""
        minute = int(time.time() // 60)
        if minute != self._minute:
            self._minute, self._said = minute, set()
        if key in self._said or len(self._said) >= MOST_PER_MINUTE:
            self._left_out += 1
            return None
        self._said.add(key)
        left_out, self._left_out = self._left_out, 0
        return left_out


_quota = _Quota()


def is_slow_query(seconds: float) -> bool:
    return 0 < settings.SLOW_QUERY_MS <= seconds * 1000


def tell_query(sql: str, *, seconds: float, where: str) -> None:
    """``where`` is the route or task that asked."""
    text = shape(sql)
    fingerprint = hashlib.sha256(text.encode()).hexdigest()[:16]
    left_out = _quota.take(fingerprint)
    if left_out is None:
        return
    duration_ms = round(seconds * 1000, 1)
    logger.warning(
        "Slow query, %s ms, of %s: %s",
        duration_ms,
        where,
        text,
        extra={
            "duration_ms": duration_ms,
            "where": where,
            "fingerprint": fingerprint,
            "left_out": left_out,
        },
    )


def tell_work(kind: str, name: str, *, seconds: float, queries: int, query_s: float) -> None:
    """Of a request or a task that has ended, if it took long."""
    limit_ms = settings.SLOW_REQUEST_MS if kind == "request" else settings.SLOW_TASK_MS
    if not 0 < limit_ms <= seconds * 1000:
        return
    left_out = _quota.take(f"{kind} {name}")
    if left_out is None:
        return
    duration_ms, query_ms = round(seconds * 1000, 1), round(query_s * 1000, 1)
    logger.warning(
        "Slow %s %s, %s ms: %s queries in %s ms",
        kind,
        name,
        duration_ms,
        queries,
        query_ms,
        extra={
            "duration_ms": duration_ms,
            "where": f"{kind} {name}",
            "queries": queries,
            "query_ms": query_ms,
            "left_out": left_out,
        },
    )
