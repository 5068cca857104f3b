"""The live stream: what happens to a person, as server-sent events."""

import logging
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

import orjson
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    Throttled,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users.api import seats
from users.api.hearing import Listener, hearing
from users.models import LiveEvent, SyncClock
from users.services import live
from users.signals import stream_ended, stream_opened

logger = logging.getLogger(__name__)

MAX_BIGINT: Final = 2**63 - 1
RETRY_MS: Final = 2000
_BATCH = 100
# The state of a topic that is no longer there, or no longer the person's to hear.
_CLOSED: Final = b"null"
_POSITION = re.compile(r"([0-9]{1,19})-([0-9]{1,12})")


@dataclass(frozen=True)
class Position:
    """Up to which revision a client has seen everything, and when that was so (Unix seconds)."""

    revision: int
    seen_at: int

    @classmethod
    def read(cls, text: str) -> Self:
        found = _POSITION.fullmatch(text)
        if found is None or int(found[1]) > MAX_BIGINT:
            raise ValidationError({"last_event_id": "This is not the id of an event."})
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.revision}-{self.seen_at}"


@dataclass(frozen=True)
class Opening:
    """What a client asked for, and may have."""

    user_id: UUID
    after: Position | None
    topics: tuple[str, ...]
    seat: str


class NoLiveServer(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = "This address is served by the live server; nobody has told me where it is."


class StreamView(APIView):
    """What the web server answers: it holds no stream open itself."""

    http_method_names = ["get", "options"]

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "Last-Event-ID",
                str,
                OpenApiParameter.HEADER,
                description="The id of the last event that you saw: all since then comes first.",
            ),
            OpenApiParameter(
                "last_event_id", str, description="The same, for who cannot send the header."
            ),
            OpenApiParameter(
                "topics",
                str,
                description=(
                    "Such as challenge:<id>, with commas: things to hear of as well, at most 10."
                ),
            ),
        ],
        responses={
            (200, "text/event-stream"): OpenApiTypes.STR,
            307: None,
        },
    )
    def get(self, request: Request) -> Response:
        """What happens to you from now on, as server-sent events.

        Each event has an `id`, an `event` and `data` in JSON. Come back with the last id and you
        have missed nothing for seven days; after that, `reset` asks you to fetch everything anew.
        The live server answers it; another one sends you there (307).
        """
        if not settings.LIVE_URL:
            raise NoLiveServer
        address = f"{settings.LIVE_URL}{request.get_full_path()}"
        code = status.HTTP_307_TEMPORARY_REDIRECT
        return Response(status=code, headers={"Location": address})


class Door(StreamView):
    """Lets somebody in to the live server's stream, or says why not, in the shape of every error.

    Synchronous, as authentication and limits are.
    """

    def get(self, request: Request) -> Response:
        assert isinstance(request.user.pk, UUID)
        asked = _asked_topics(request)
        topics = tuple(dict.fromkeys(_opened(request.user.pk, name) for name in asked))
        given = request.headers.get("Last-Event-ID") or request.query_params.get("last_event_id")
        after = Position.read(given) if given else None
        seat = seats.take(request.user.pk)
        if seat is None:
            raise Throttled(seats.LIFETIME_S, "You have too many streams open.")
        response = Response()
        response.opening = Opening(request.user.pk, after, topics, seat)  # type: ignore[attr-defined]
        return response


_door = sync_to_async(Door.as_view())


async def stream(request: HttpRequest) -> HttpResponseBase:
    """The live server's view."""
    answer: HttpResponseBase = await _door(request)
    opening: Opening | None = getattr(answer, "opening", None)
    if opening is None:
        return answer
    return StreamingHttpResponse(
        _Stream(request, opening).chunks(),
        content_type="text/event-stream",
        # Proxies pass every event on at once.
        headers={"X-Accel-Buffering": "no"},
    )


def _asked_topics(request: Request) -> tuple[str, ...]:
    names = [name.strip() for name in request.query_params.get("topics", "").split(",")]
    topics = tuple(dict.fromkeys(name for name in names if name))
    if len(topics) > settings.LIVE_TOPICS_PER_STREAM:
        most = settings.LIVE_TOPICS_PER_STREAM
        raise ValidationError({"topics": f"Ask for at most {most} topics."}, code="max_length")
    return topics


def _opened(user_id: UUID, name: str) -> str:
    """The name as those who publish write it; raises ValidationError if it is not for them."""
    found = live.topic_of(name)
    if found is None or not _may_hear(user_id, name):
        raise ValidationError({"topics": f"There is no {name} for you."}, code="not_found")
    return f"{name.partition(':')[0]}:{found[1]}"


def _may_hear(user_id: UUID, name: str) -> bool:
    found = live.topic_of(name)
    return found is not None and found[0].authorize(user_id, found[1])


def _state(user_id: UUID, name: str) -> bytes:
    found = live.topic_of(name)
    if found is None or not _may_hear(user_id, name):
        return _CLOSED
    topic, key = found
    return _json(topic.state(user_id, key))


def _topic_event(name: str, state: bytes) -> bytes:
    return _event("topic", b'{"topic":' + _json(name) + b',"data":' + state + b"}")


def _json(data: Any) -> bytes:
    return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)


def _event(kind: str, data: bytes, *, at: Position | None = None) -> bytes:
    place = f"id: {at}\n" if at else ""
    return f"{place}event: {kind}\ndata: ".encode() + data + b"\n\n"


class _Stream:
    """One open stream. It asks the database for more only once the client took what there was."""

    def __init__(self, request: HttpRequest, opening: Opening) -> None:
        self._request, self._opening = request, opening
        self._user_id = opening.user_id
        self._position: Position | None = None
        self._look_at = 0.0
        self._sent: dict[str, bytes] = {}
        self._closed: set[str] = set()
        self._listener = Listener(
            person=live.person_channel(self._user_id),
            topics={live.topic_channel(name): name for name in opening.topics},
        )
        self._checked_at = self._spoke_at = time.monotonic()
        self._ends_at = self._spoke_at + settings.LIVE_STREAM_AGE_S

    async def chunks(self) -> AsyncIterator[bytes]:
        stream_opened.send_robust(sender=None)
        try:
            async with hearing.listening(self._listener):
                yield f"retry: {RETRY_MS}\n\n".encode()
                async for chunk in self._told():
                    yield chunk
                    self._spoke_at = time.monotonic()
        finally:
            stream_ended.send_robust(sender=None)
            await sync_to_async(seats.leave)(self._user_id, self._opening.seat)

    async def _told(self) -> AsyncIterator[bytes]:
        while not self._listener.is_over and time.monotonic() < self._ends_at:
            try:
                if not await self._is_welcome():
                    return
                async for chunk in self._news():
                    yield chunk
            except (OperationalError, InterfaceError) as error:
                # The client would only come back to the same. What it missed is there later.
                logger.warning("A stream waits, no database: %s", type(error).__name__)
                self._look_at = time.monotonic() + settings.LIVE_LOOK_S
                await sync_to_async(close_old_connections)()
            if time.monotonic() - self._spoke_at >= settings.LIVE_HEARTBEAT_S:
                yield b":\n\n"
            rest_s = min(self._look_at - time.monotonic(), settings.LIVE_HEARTBEAT_S)
            if rest_s > 0 and await self._listener.wait(rest_s):
                self._look_at = 0.0

    async def _news(self) -> AsyncIterator[bytes]:
        """What there is to say, if it is worth looking: we were nudged, or time has passed."""
        if time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + settings.LIVE_LOOK_S
        now = int(time.time())
        if self._position is None:
            self._position, greeting = await self._arrive()
            if greeting:
                yield greeting
        async for chunk in self._events():
            yield chunk
        if self._position == self._opening.after:
            # Nothing came since. The client knows from here on that this was so today.
            self._position = Position(self._position.revision, now)
            yield f"id: {self._position}\n\n".encode()
        async for chunk in self._topic_news():
            yield chunk

    async def _arrive(self) -> tuple[Position, bytes]:
        """Where the client stands, and what is to be said of that."""
        clocks = SyncClock.objects.filter(user_id=self._user_id)
        revision = await clocks.values_list("revision", flat=True).afirst()
        now = Position(revision or 0, int(time.time()))
        after = self._opening.after
        if after is None:
            return now, _event("ready", b"{}", at=now)
        # One from the future is of a database that was set back since.
        too_old = now.seen_at - after.seen_at > settings.LIVE_RETENTION_S
        if too_old or after.revision > now.revision:
            return now, _event("reset", b"{}", at=now)
        return after, b""

    async def _events(self) -> AsyncIterator[bytes]:
        """The next of what is stored after the position."""
        assert self._position is not None
        rows = LiveEvent.objects.filter(
            user_id=self._user_id, revision__gt=self._position.revision
        )
        batch = [event async for event in rows.order_by("revision")[:_BATCH]]
        for event in batch:
            self._position = Position(event.revision, int(event.created_at.timestamp()))
            yield _event(event.kind, _json(event.data), at=self._position)
        if len(batch) == _BATCH:
            self._look_at = 0.0

    async def _topic_news(self) -> AsyncIterator[bytes]:
        """The present state of topics that may have been missed, and what others said last."""
        ear = self._listener
        while ear.missed:
            name = ear.missed.pop()
            ear.said.pop(name, None)
            try:
                state = await sync_to_async(_state)(self._user_id, name)
            except (OperationalError, InterfaceError):
                ear.missed.add(name)
                raise
            if self._sent.get(name) != state:
                self._sent[name] = state
                yield _topic_event(name, state)
        while ear.said:
            name, state = ear.said.popitem()
            if self._sent[name] not in {state, _CLOSED}:
                self._sent[name] = state
                yield _topic_event(name, state)

    async def _is_welcome(self) -> bool:
        """Whether the token still opens the door; asked as often as a heart beats."""
        now = time.monotonic()
        if now - self._checked_at < settings.LIVE_HEARTBEAT_S:
            return True
        self._checked_at = now
        closed = await sync_to_async(self._closed_topics)()
        if closed is None:
            return False
        if closed - self._closed:
            self._listener.missed |= closed
            self._look_at = 0.0
        self._closed = closed
        return True

    def _closed_topics(self) -> set[str] | None:
        """The topics that are no longer the person's to hear; None where the log-in is over."""
        request = Request(self._request, authenticators=Door().get_authenticators())
        try:
            user = request.user
        except AuthenticationFailed:
            return None
        except APIException:
            return set()  # whoever could say does not answer
        if user.pk != self._user_id:
            return None
        seats.keep(self._user_id, self._opening.seat)
        return {name for name in self._opening.topics if not _may_hear(self._user_id, name)}
