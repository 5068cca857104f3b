"""What lies in the broker, where that is Redis."""

import time
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

import orjson
import redis
from django.conf import settings

from config.celery import app
from config.metrics.notes import SENT_AT

HELP: Final[Mapping[str, str]] = {
    "numeneon_queue_length": "Tasks that no worker has taken yet.",
    "numeneon_queue_oldest_seconds": "How long the next of them has waited.",
    "numeneon_queue_taken": "Tasks that workers hold and have not finished.",
}


def samples() -> Iterator[tuple[str, Mapping[str, str], float]]:
    """Raises RedisError."""
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://", "unix://")):
        return
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    queues = list(app.amqp.queues)
    pipeline = _client().pipeline(transaction=False)
    for queue in queues:
        pipeline.llen(f"{prefix}{queue}")
        pipeline.lindex(f"{prefix}{queue}", -1)
    pipeline.hlen(f"{prefix}unacked")
    *answers, taken = pipeline.execute()
    for queue, length, oldest in zip(queues, answers[::2], answers[1::2], strict=True):
        yield "numeneon_queue_length", {"queue": queue}, length
        yield "numeneon_queue_oldest_seconds", {"queue": queue}, _age_of(oldest)
    yield "numeneon_queue_taken", {}, taken


def _age_of(message: bytes | None) -> float:
    """Nought where there is none, and of a message that does not tell."""
    headers: dict[str, Any] = orjson.loads(message).get("headers", {}) if message else {}
    sent_at = headers.get(SENT_AT)
    return max(0.0, time.time() - sent_at) if sent_at is not None else 0.0


@cache
def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=0.5, socket_connect_timeout=0.5
    )
