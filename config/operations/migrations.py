"""Migrations beside the traffic: whoever waits for a lock must not keep everybody waiting."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import sleep
from typing import Any

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import DeadlockDetected, LockNotAvailable

logger = logging.getLogger(__name__)

# A statement that waits for a lock on a table has every later one wait behind it, reads too.
LOCK_TIMEOUT_MS = 1_000
ATTEMPTS = 60
# After each attempt in a row; the others run meanwhile. All attempts take about ten minutes.
PAUSE_S, LONGEST_PAUSE_S = 1, 10


def beside_traffic(
    migrate: Callable[[], object],
    *,
    connection: BaseDatabaseWrapper,
    lock_timeout_ms: int = LOCK_TIMEOUT_MS,
    attempts: int = ATTEMPTS,
) -> None:
    """Run what migrates, and once more whenever a lock was not to be had in time.

    It must be able to go on where it was, as Django's `migrate` is: what was done is recorded,
    and a migration that fails is rolled back. The last failure is raised.
    """
    for attempt in range(1, attempts + 1):
        try:
            with _limits(connection, lock_timeout_ms):
                migrate()
        except OperationalError as error:
            busy = isinstance(error.__cause__, LockNotAvailable | DeadlockDetected)
            if not busy or attempt == attempts:
                raise
            logger.warning("A lock is taken; attempt %s of %s follows.", attempt + 1, attempts)
            sleep(min(PAUSE_S * attempt, LONGEST_PAUSE_S))
        else:
            return


@contextmanager
def _limits(connection: BaseDatabaseWrapper, lock_timeout_ms: int) -> Iterator[None]:
    """Waits for locks are short, and work takes the time that it takes.

    A pooler in transaction mode lends a connection of others: there the role's limits hold.
    """
    if settings.DATABASE_POOLED:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"SET lock_timeout = {lock_timeout_ms:d}")
    try:
        with connection.execute_wrapper(_wait_when_nobody_waits_behind):
            yield
    finally:
        # A connection that was lost has no limits, nor has one whose transaction has failed.
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
            cursor.execute("RESET statement_timeout")


def _wait_when_nobody_waits_behind(
    execute: Callable[..., Any], sql: str, params: Any, *rest: Any
) -> Any:
    """CONCURRENTLY waits for old transactions, and reads and writes go on beside it.

    Were it to give up, it would leave an index that is invalid.
    """
    if " CONCURRENTLY " not in sql:
        return execute(sql, params, *rest)
    session = rest[-1]["connection"].connection
    [limit] = session.execute("SHOW lock_timeout").fetchone()
    session.execute("SET lock_timeout = 0")
    try:
        return execute(sql, params, *rest)
    finally:
        session.execute(f"SET lock_timeout = '{limit}'")
