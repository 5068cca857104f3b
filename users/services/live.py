"""Tell open screens what happened, at once where they listen, and later where they did not.

What concerns a person is a row with a number, so that whoever has seen number n asks for what came
after it and has missed nothing. Redis only says that it is worth looking.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Final
from uuid import UUID

import orjson
import redis
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from redis.exceptions import RedisError

from users.ids import uuid7
from users.models import LiveEvent
from users.ownership import advance_clocks_unheard

logger = logging.getLogger(__name__)

# How long Redis is left alone after it did not answer.
PAUSE_S: Final = 5
_GRACE = timedelta(hours=1)
_INSERT = """
    INSERT INTO users_liveevent (id, user_id, revision, kind, data, created_at)
    SELECT id, owner, revision, %s, %s::jsonb, %s
    FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) AS event (id, owner, revision)
"""


@transaction.atomic
def announce(*, user_ids: Collection[UUID], kind: str, data: Mapping[str, Any]) -> None:
    """Send an event to the open streams of these people; whose stream is shut gets it later.

    It takes the next revision of each of them as its number, locked in the order of their ids, so
    two events of one transaction have two numbers. Where the transaction has not locked the
    clocks of all of them before, this must be the first that it locks. The streams see it once the
    transaction is committed. Somebody whose account is erased at this moment is left out.

    ``data`` is kept for seven days: say who it is about by their id and not by their name.
    """
    clocks = advance_clocks_unheard(user_ids)
    if not clocks:
        return
    with connection.cursor() as cursor:
        text = orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z).decode()
        ids = [uuid7() for _ in clocks]
        people, revisions = list(clocks.keys()), list(clocks.values())
        cursor.execute(_INSERT, [kind, text, timezone.now(), ids, people, revisions])
    nudges = [(person_channel(user_id), b"") for user_id in clocks]
    transaction.on_commit(partial(_publish, nudges))


def remove_old_events(*, now: datetime) -> int:
    """Remove what no stream asks for any more; a little later than it could be asked for."""
    before = now - timedelta(seconds=settings.LIVE_RETENTION_S) - _GRACE
    removed, _ = LiveEvent.objects.filter(created_at__lt=before).delete()
    return removed


# --- What is not one person's ----------------------------------------------------------------


@dataclass(frozen=True)
class Topic:
    """``authorize`` says whether this person may listen to the thing of this id, ``state`` what
    there is to know of it now. A thing that is not there is one that nobody may listen to.
    """

    authorize: Callable[[UUID, UUID], bool]
    state: Callable[[UUID, UUID], Mapping[str, Any]]


_topics: dict[str, Topic] = {}


def topic(
    kind: str,
    *,
    authorize: Callable[[UUID, UUID], bool],
    state: Callable[[UUID, UUID], Mapping[str, Any]],
) -> None:
    """Let streams ask for "<kind>:<uuid>". Both functions take the person's id and the thing's."""
    _topics[kind] = Topic(authorize=authorize, state=state)


def topic_of(name: str) -> tuple[Topic, UUID] | None:
    """The registered kind and the id that this name says; None where it says none."""
    kind, _, key = name.partition(":")
    try:
        return _topics[kind], UUID(key)
    except (KeyError, ValueError):
        return None


def publish_topic(name: str, data: Mapping[str, Any]) -> None:
    """Send what there is to know of "<kind>:<uuid>" now to whoever listens at this moment.

    Nothing is stored: a stream that was shut, or Redis away, costs no more than this state, since
    a stream begins with the present one.
    """
    text = orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
    transaction.on_commit(partial(_publish, [(topic_channel(name), text)]))


# --- Redis -----------------------------------------------------------------------------------


def person_channel(user_id: UUID) -> str:
    return f"{_prefix()}:live:{user_id}"


def topic_channel(name: str) -> str:
    return f"{_prefix()}:live:{name}"


def _prefix() -> str:
    return str(settings.CACHES["default"]["KEY_PREFIX"])


class _Publisher:
    def __init__(self) -> None:
        self.away_until = 0.0

    @cached_property
    def client(self) -> redis.Redis:
        return redis.Redis.from_url(
            settings.CACHE_URL, socket_timeout=0.5, socket_connect_timeout=0.5
        )


_publisher = _Publisher()


def _publish(messages: Collection[tuple[str, bytes]]) -> None:
    """Streams that hear nothing look into the database every few seconds by themselves."""
    if time.monotonic() < _publisher.away_until:
        return
    try:
        pipeline = _publisher.client.pipeline(transaction=False)
        for channel, text in messages:
            pipeline.publish(channel, text)
        pipeline.execute()
    except RedisError as error:
        _publisher.away_until = time.monotonic() + PAUSE_S
        logger.warning("Streams were not nudged, no Redis: %s", type(error).__name__)
