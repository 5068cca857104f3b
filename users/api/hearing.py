"""What a process hears from Redis for all streams that it holds, by one connection."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from django.conf import settings
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 30.0
_PATIENCE_S: Final = 2
# A nudge has no text; what a topic's message says is the state that it is in.
_NUDGE: Final = b""


class Listener:
    """One stream's ear. However much is said while the stream is slow, it keeps the last word."""

    def __init__(self, *, person: str, topics: Mapping[str, str]) -> None:
        """``person`` is a channel, ``topics`` are names of topics by their channels."""
        self._person, self._topics = person, topics
        self._woken = asyncio.Event()
        self.said: dict[str, bytes] = {}
        # Topics that may have said something that was not heard.
        self.missed = set(topics.values())
        self.is_over = False

    @property
    def channels(self) -> list[str]:
        return [self._person, *self._topics]

    def hear(self, channel: str, text: bytes) -> None:
        if channel != self._person:
            self.said[self._topics[channel]] = text
        self._woken.set()

    def begin(self, channel: str) -> None:
        """From now on the channel is heard."""
        if channel != self._person:
            self.missed.add(self._topics[channel])
        self._woken.set()

    def end(self) -> None:
        self.is_over = True
        self._woken.set()

    async def wait(self, limit_s: float) -> bool:
        """Until it hears something, or for so long; whether it did."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), limit_s)
        heard = self._woken.is_set()
        self._woken.clear()
        return heard


class Hearing:
    """All ears of this process. Belongs to one event loop."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._ear: PubSub | None = None
        self._task: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listening(self, listener: Listener) -> AsyncIterator[None]:
        new = [one for one in listener.channels if one not in self._listeners]
        for channel in listener.channels:
            self._listeners.setdefault(channel, set()).add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._hear_for_ever())
        try:
            await self._tell_redis("subscribe", new)
            yield
        finally:
            await self._leave(listener)

    def end_all(self) -> None:
        """The process ends: so do its streams, and their clients come back to another one."""
        for listeners in list(self._listeners.values()):
            for listener in list(listeners):
                listener.end()

    async def _leave(self, listener: Listener) -> None:
        for channel in listener.channels:
            self._listeners[channel].discard(listener)
        empty = [one for one in listener.channels if not self._listeners[one]]
        for channel in empty:
            del self._listeners[channel]
        await self._tell_redis("unsubscribe", empty)

    async def _tell_redis(self, command: str, channels: list[str]) -> None:
        """While there is no connection there is nothing to do: the next one takes all channels."""
        if self._ear is None or not channels:
            return
        with suppress(RedisError, OSError):
            await getattr(self._ear, command)(*channels)

    async def _hear_for_ever(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                async with self._connected() as ear:
                    pause_s = _FIRST_PAUSE_S
                    while True:
                        message = await ear.get_message(timeout=settings.LIVE_HEARTBEAT_S)
                        if message is not None:
                            self._pass_on(message)
            except (RedisError, OSError) as error:
                logger.warning("Streams hear nothing, no Redis: %s", type(error).__name__)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[PubSub]:
        client = Redis.from_url(
            settings.CACHE_URL,
            socket_timeout=_PATIENCE_S,
            socket_connect_timeout=_PATIENCE_S,
            socket_keepalive=True,
            health_check_interval=settings.LIVE_HEARTBEAT_S,
            # We begin anew ourselves, and notice that something may have been missed.
            retry=Retry(NoBackoff(), 0),
        )
        ear = client.pubsub()
        try:
            # A channel of nobody's, so that the connection stands with no stream open.
            await ear.subscribe(f"{settings.CACHES['default']['KEY_PREFIX']}:live")
            self._ear = ear
            if self._listeners:
                await ear.subscribe(*self._listeners)
            yield ear
        finally:
            self._ear = None
            await ear.aclose()  # type: ignore[no-untyped-call]
            await client.aclose()

    def _pass_on(self, message: Mapping[str, Any]) -> None:
        channel = message["channel"].decode()
        for listener in self._listeners.get(channel, ()):
            if message["type"] == "message":
                listener.hear(channel, message["data"])
            elif message["type"] == "subscribe":
                listener.begin(channel)


hearing = Hearing()
