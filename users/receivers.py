"""Wakes a worker as soon as there is something in the outbox."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery.exceptions import OperationalError
from django.db import transaction
from django.dispatch import receiver

from users import tasks
from users.signals import outbox_message_written

logger = logging.getLogger(__name__)


@receiver(outbox_message_written, dispatch_uid="users.nudge_worker")
def nudge_worker(*, message_id: UUID, **kwargs: Any) -> None:
    transaction.on_commit(partial(_nudge, str(message_id)))


def _nudge(message_id: str) -> None:
    try:
        tasks.deliver_outbox_message.delay(message_id=message_id)
    except OperationalError:
        # The message is safe in its row; the sweep sends it when Redis is back.
        logger.warning("Outbox message %s waits for the sweep: no broker.", message_id)
