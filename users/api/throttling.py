"""How often one person or address may ask, counted in Redis by one atomic step."""

import ipaddress
import logging
import time
from functools import cached_property
from typing import TYPE_CHECKING

import redis
from allauth.account.adapter import get_adapter
from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it reads the settings that name this module

logger = logging.getLogger(__name__)
WINDOW_S = 60
# How long Redis is left alone after it did not answer.
PAUSE_S = 5


class MinuteThrottle(BaseThrottle):
    """A fixed minute per person, or per address where there is no token.

    While Redis is away requests pass: log-in and codes have limits of their own that do not.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.user.is_authenticated:
            return is_within(settings.API_RATE_PER_MINUTE, f"user:{request.user.pk}")
        return is_within(settings.API_ANONYMOUS_RATE_PER_MINUTE, f"address:{_network(request)}")

    def wait(self) -> float:
        return _seconds_left()


def refuse_guessing(request: Request) -> None:
    """Count a refused token against its address; raise Throttled when there were too many.

    Views are throttled only after somebody is let in, and a guess costs a look-up.
    """
    if not is_within(settings.API_ANONYMOUS_RATE_PER_MINUTE, f"refused:{_network(request)}"):
        raise Throttled(_seconds_left())


def is_within(limit: int, key: str) -> bool:
    """Count this; whether it happened at most ``limit`` times in the current minute.

    A process tells Redis of every sixtieth part of the limit, not of every request: exact to
    that, times the number of processes, and as exact as the limit for one below 120.
    """
    if time.monotonic() < _counter.away_until:
        return True
    try:
        return _counter.hit(key, step=max(1, limit // 60)) <= limit
    except RedisError as error:
        # Who waits for a server that hangs makes everyone behind them wait as well.
        _counter.away_until = time.monotonic() + PAUSE_S
        logger.warning("Rate limits are off, Redis does not answer: %s", type(error).__name__)
        return True


def _seconds_left() -> float:
    return WINDOW_S - time.time() % WINDOW_S


class _Counter:
    """Hits in the current minute: what Redis knew last, and what it was not told yet."""

    def __init__(self) -> None:
        self.away_until = 0.0
        self._minute = 0
        self._known: dict[str, int] = {}
        self._untold: dict[str, int] = {}

    def hit(self, key: str, *, step: int) -> int:
        minute = int(time.time() // WINDOW_S)
        key = f"{settings.CACHES['default']['KEY_PREFIX']}:{key}:{minute}"
        if minute != self._minute:
            self._minute, self._known, self._untold = minute, {}, {}
        untold = self._untold.get(key, 0) + 1
        if untold >= step or key not in self._known:
            self._known[key] = self._tell(key, untold)
            untold = 0
        self._untold[key] = untold
        return self._known[key] + untold

    def _tell(self, key: str, count: int) -> int:
        pipeline = self._client.pipeline(transaction=False)
        pipeline.incrby(key, count)
        pipeline.expire(key, 2 * WINDOW_S)
        return int(pipeline.execute()[0])

    @cached_property
    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )


_counter = _Counter()


def _network(request: Request) -> str:
    """The address, or the /64 of an IPv6 one: a household has 2^64 of those."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request._request))
    if address.version == 4:  # noqa: PLR2004
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
