"""The live server: it holds many streams open, and answers nothing else."""

import asyncio
import os
import signal
from typing import Any

import django
from django.core.handlers.asgi import ASGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class LiveHandler(ASGIHandler):
    """Runs what blocks (the database, Redis, log-ins) in one thread for all streams.

    Django's own gives each request a thread of its own, and each thread keeps a connection to
    the database. A stream lives for an hour; so the process has one, however many are open.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        else:
            await self.handle(scope, receive, send)


async def _live(receive: Any, send: Any) -> None:
    """The life of the process."""
    await receive()
    _end_streams_with_the_process()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def _end_streams_with_the_process() -> None:
    """The server would wait for streams to end, and only then tell us of its own end.

    It listens to signals by its loop, which hears of them beside whatever is set here.
    """
    from users.api.hearing import hearing  # noqa: PLC0415 - only once Django is set up

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(hearing.end_all))


def _application() -> LiveHandler:
    django.setup(set_prefix=False)
    from django.conf import settings  # noqa: PLC0415 - read by setup

    settings.ROOT_URLCONF = settings.LIVE_URLCONF
    settings.MIDDLEWARE = settings.LIVE_MIDDLEWARE
    return LiveHandler()


application = _application()
