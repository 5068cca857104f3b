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


class MinuteThrottle(BaseThrottle):
    """A fixed minute per person, or per address where there is no token.

    While Redis is away requests pass: log-in and codes have limits of their own that do not.
    """

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.user.is_authenticated:
            return hits(f"user:{request.user.pk}") <= settings.API_RATE_PER_MINUTE
        return hits(f"address:{_network(request)}") <= settings.API_ANONYMOUS_RATE_PER_MINUTE

    def wait(self) -> float:
        return _seconds_left()


def refuse_guessing(request: Request) -> None:
    """Count a refused token against its address; raise Throttled when there were too many.

    Views are throttled only after somebody is let in, and a guess costs a look-up.
    """
    if hits(f"refused:{_network(request)}") > settings.API_ANONYMOUS_RATE_PER_MINUTE:
        raise Throttled(_seconds_left())


def hits(key: str) -> int:
    """How often this was counted in the current minute, this time included; 0 without Redis."""
    minute = int(time.time() // WINDOW_S)
    try:
        return _counter.hit(f"{settings.CACHES['default']['KEY_PREFIX']}:{key}:{minute}")
    except RedisError as error:
        logger.warning("Rate limits are off, Redis does not answer: %s", type(error).__name__)
        return 0


def _seconds_left() -> float:
    return WINDOW_S - time.time() % WINDOW_S


class _Counter:
    @cached_property
    def _client(self) -> redis.Redis:
        return redis.Redis.from_url(
            settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )

    def hit(self, key: str) -> int:
        pipeline = self._client.pipeline(transaction=False)
        pipeline.incr(key)
        pipeline.expire(key, 2 * WINDOW_S)
        return int(pipeline.execute()[0])


_counter = _Counter()


def _network(request: Request) -> str:
    """The address, or the /64 of an IPv6 one: a household has 2^64 of those."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request._request))
    if address.version == 4:  # noqa: PLR2004
        return str(address)
    return str(ipaddress.ip_network((address, 64), strict=False))
