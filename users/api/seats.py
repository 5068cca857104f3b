"""How many streams a person has open, on all live servers together, counted in Redis."""

import logging
import time
from functools import cached_property
from typing import Final
from uuid import UUID, uuid4

import redis
from django.conf import settings
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# A server that is killed leaves its seats taken for so long; each is kept every LIVE_HEARTBEAT_S.
LIFETIME_S: Final = 40
# One step, so that of two who come for the last seat one gets it.
_TAKE = """
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then return 0 end
    redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3])
    redis.call('EXPIRE', KEYS[1], ARGV[5])
    return 1
"""


class _Hall:
    @cached_property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(
            settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )


_hall = _Hall()


def take(user_id: UUID) -> str | None:
    """A seat for one more stream, to be kept and left; None where the person has all of theirs.

    While Redis is away nobody is counted.
    """
    seat, now = uuid4().hex, time.time()
    most = settings.LIVE_STREAMS_PER_PERSON
    try:
        taken = _hall.client.eval(
            _TAKE, 1, _key(user_id), now, now + LIFETIME_S, seat, most, 2 * LIFETIME_S
        )
    except RedisError as error:
        logger.warning("Streams are not counted, no Redis: %s", type(error).__name__)
        return seat
    return seat if taken else None


def keep(user_id: UUID, seat: str) -> None:
    try:
        pipeline = _hall.client.pipeline(transaction=False)
        pipeline.zadd(_key(user_id), {seat: time.time() + LIFETIME_S})
        pipeline.expire(_key(user_id), 2 * LIFETIME_S)
        pipeline.execute()
    except RedisError:
        return


def leave(user_id: UUID, seat: str) -> None:
    try:
        _hall.client.zrem(_key(user_id), seat)
    except RedisError:
        return


def _key(user_id: UUID) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:streams:{user_id}"
