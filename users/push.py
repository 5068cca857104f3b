"""How a message reaches a phone. One backend at a time, chosen by PUSH_BACKEND."""

import logging
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PushMessage:
    """What to show where. The text is read on a locked screen: no health values."""

    platform: str
    token: str
    title: str
    body: str


class PushBackend(Protocol):
    def send(self, message: PushMessage) -> bool:
        """Hand the message over; False when the platform no longer knows the token."""
        ...


class ConsolePushBackend:
    """Says in the log that it would have pushed, until a real backend is configured."""

    def send(self, message: PushMessage) -> bool:
        logger.info("Push to %s: %s", message.platform, message.title)
        return True


def backend() -> PushBackend:
    chosen: PushBackend = import_string(settings.PUSH_BACKEND)()
    return chosen
