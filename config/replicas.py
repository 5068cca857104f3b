"""Reads of people from a replica, who nevertheless see what they have just written.

Everything goes to the primary but what ReplicaMiddleware lets go elsewhere: the reads of a GET of
the API, of somebody who has written nothing in the last PIN_S, from a replica that is less than
half of that behind. Workers, commands, the admin and the live server have no such middleware.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from config.databases import PRIMARY, REPLICA
from users import selectors
from users.accounts import token_of

logger = logging.getLogger(__name__)

# How long who has written reads from the primary.
PIN_S: Final = 5
# How often a process asks how far its replica is; it must have what was there a look before.
LOOK_EVERY_S: Final = 1.0
# How long a replica, or Redis, is left alone after it did not answer.
AWAY_S: Final = 5
# Reads that must miss nothing, or that write as they go: the names of their addresses.
PRIMARY_ALONE: Final = frozenset(
    {
        "sync",
        "me",
        "my-settings",
        "planrun-adherence",
        "planrun-decisions",
        "planrun-detail",
        "planrun-list",
        "planrun-today",
        "wearable-callback",
    }
)
_SAFE: Final = frozenset({"GET", "HEAD"})
_UNAVAILABLE: Final = 503


class _Reading:
    """Where a request reads; settled when it first reads after it is known whose it is."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.alias: str | None = None
        self.wrote = False

    def source(self) -> str:
        # What is read in a transaction may be written on.
        if connections[PRIMARY].in_atomic_block:
            return PRIMARY
        if self.alias is None:
            person = _person_of(self.request)
            if person is None:
                return PRIMARY
            self.alias = REPLICA if self._may_wander(person) else PRIMARY
        return self.alias

    def _may_wander(self, person: str) -> bool:
        match = self.request.resolver_match
        primary_alone = match is None or match.view_name in PRIMARY_ALONE
        return not primary_alone and not _writers.includes(person) and _standby.serves()


_reading: ContextVar[_Reading | None] = ContextVar("reading", default=None)


class ReplicaRouter:
    """Django asks it for each query of a model."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = _reading.get()
        return reading.source() if reading else PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Also asked for rows that are to be locked."""
        if reading := _reading.get():
            reading.alias, reading.wrote = PRIMARY, True
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


class ReplicaMiddleware:
    """The last of the middleware: what it repeats is the view alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in _SAFE:
            response = self.get_response(request)
            _remember_writer(request)
            return response
        if not request.path_info.startswith(settings.API_PREFIX):
            return self.get_response(request)
        with _reads(request) as reading:
            response = self.get_response(request)
        if reading.wrote:
            _remember_writer(request)
        if reading.alias == REPLICA and response.status_code == _UNAVAILABLE:
            # The replica went away, or had to drop the query to go on replaying.
            response = self.get_response(request)
        return response


@contextmanager
def _reads(request: HttpRequest) -> Iterator[_Reading]:
    reading = _Reading(request)
    token = _reading.set(reading)
    try:
        yield reading
    finally:
        _reading.reset(token)


def _person_of(request: HttpRequest) -> str | None:
    """The id of whoever is logged in, once that is known."""
    person = getattr(request, "user", None)
    return None if person is None or person.pk is None else str(person.pk)


def _remember_writer(request: HttpRequest) -> None:
    person = _person_of(request)
    if person is None and request.path_info.startswith(settings.ACCOUNTS_API_PREFIX):
        # django-allauth forgets who it was when it has answered.
        user = selectors.user_of_token(token_of(request) or "")
        person = str(user.pk) if user else None
    if person:
        _writers.add(person)


class _Writers:
    """Who wrote lately, in Redis. While it is away, everybody may have."""

    def __init__(self) -> None:
        self.away_until = 0.0

    def add(self, person: str) -> None:
        try:
            self._client.set(self._key(person), 1, ex=PIN_S)
        except RedisError as error:
            self._leave(error)

    def includes(self, person: str) -> bool:
        if time.monotonic() < self.away_until:
            return True
        try:
            return bool(self._client.exists(self._key(person)))
        except RedisError as error:
            self._leave(error)
            return True

    def _leave(self, error: RedisError) -> None:
        self.away_until = time.monotonic() + max(AWAY_S, PIN_S)
        logger.warning("Replicas are unused, Redis does not answer: %s", type(error).__name__)

    def _key(self, person: str) -> str:
        return f"{settings.CACHES['default']['KEY_PREFIX']}:wrote:{person}"

    @cached_property
    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )


class _Standby(threading.local):
    """The replica that this thread is connected to, and how far it is."""

    def __init__(self) -> None:
        self.away_until = 0.0
        self._connection: object = None
        self._serves = False
        self._looked_at = 0.0
        # Where the primary was, and when.
        self._place, self._place_at = Decimal(0), 0.0

    def serves(self) -> bool:
        """Whether there is a replica with all that the primary had LOOK_EVERY_S to 3 s ago."""
        now = time.monotonic()
        if now < self.away_until:
            return False
        replica = connections[REPLICA]
        try:
            replica.close_if_health_check_failed()
            replica.ensure_connection()
            # Another connection may lead to another replica.
            same = replica.connection is self._connection
            if not same or now - self._looked_at >= LOOK_EVERY_S:
                self._serves = self._look(now)
                self._connection, self._looked_at = replica.connection, now
        except DatabaseError as error:
            replica.close()
            self.away_until = now + AWAY_S
            logger.warning("No replica answers: %s", type(error).__name__)
            return False
        return self._serves

    def _look(self, now: float) -> bool:
        if now - self._place_at > 2 * LOOK_EVERY_S:
            self._place = _place(PRIMARY, "pg_current_wal_lsn()")
        # A replica that was made a primary of its own replays nothing.
        replayed = _place(REPLICA, "pg_last_wal_replay_lsn()")
        near = replayed >= self._place
        self._place, self._place_at = _place(PRIMARY, "pg_current_wal_lsn()"), now
        return near


def _place(alias: str, function: str) -> Decimal:
    """A place in the write-ahead log, in bytes."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT coalesce({function} - '0/0'::pg_lsn, 0)")
        place: Decimal = cursor.fetchone()[0]
    return place


_writers = _Writers()
_standby = _Standby()
