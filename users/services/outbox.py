"""Work that a transaction promises: written with it, done after it, at least once."""

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from users.models import OutboxMessage
from users.signals import outbox_message_tried, outbox_message_written

logger = logging.getLogger(__name__)

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}

MAX_ATTEMPTS = 12
SWEEP_AFTER = timedelta(seconds=20)
SWEEP_LIMIT = 500


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Make a function the handler of a kind. It takes the payload as keywords, may run twice."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def kinds() -> list[str]:
    """What can be promised, in the order of the alphabet."""
    return sorted(_handlers)


@transaction.atomic
def promise(*, kind: str, **payload: Any) -> OutboxMessage:
    """Have a worker do this once the current transaction is committed, and not before."""
    if kind not in _handlers:
        raise ValueError(f"Nothing handles {kind!r}.")
    message = OutboxMessage.objects.create(
        kind=kind, payload=payload, due_at=timezone.now() + SWEEP_AFTER
    )
    outbox_message_written.send(sender=OutboxMessage, message_id=message.pk)
    return message


def deliver(*, message_id: UUID) -> bool:
    """Do what was promised and strike it off, in one transaction.

    Answers False where there is nothing to do: done already, or in another worker's hands. What
    the handler raises is raised on, after the next try was scheduled.
    """
    try:
        with transaction.atomic():
            message = (
                OutboxMessage.objects.select_for_update(skip_locked=True)
                .filter(pk=message_id, failed_at=None)
                .first()
            )
            if message is None:
                return False
            _handlers[message.kind](**message.payload)
            message.delete()
    except Exception:
        _postpone(message_id)
        raise
    _tell(message, "delivered")
    return True


def _postpone(message_id: UUID) -> None:
    now = timezone.now()
    message = OutboxMessage.objects.filter(pk=message_id).first()
    if message is None:
        return
    attempts = message.attempts + 1
    OutboxMessage.objects.filter(pk=message_id).update(
        attempts=F("attempts") + 1,
        due_at=now + timedelta(seconds=min(3600, 15 * 2**attempts)),
        failed_at=now if attempts >= MAX_ATTEMPTS else None,
    )
    is_over = attempts >= MAX_ATTEMPTS
    _tell(message, "given_up" if is_over else "failed")
    if is_over:
        logger.error("Outbox message %s (%s) was given up.", message_id, message.kind)


def _tell(message: OutboxMessage, outcome: str) -> None:
    outbox_message_tried.send_robust(
        sender=OutboxMessage, kind=message.kind, outcome=outcome, created_at=message.created_at
    )


@transaction.atomic
def claim_due(*, now: datetime) -> list[UUID]:
    """Messages whose nudge or try was lost, moved on so that the next sweep leaves them alone."""
    due = OutboxMessage.objects.filter(failed_at=None, due_at__lte=now).order_by("due_at")
    ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEEP_LIMIT])
    OutboxMessage.objects.filter(pk__in=ids).update(due_at=now + 3 * SWEEP_AFTER)
    return ids


@transaction.atomic
def retry(*, message_ids: Collection[UUID]) -> int:
    """Have these tried again now and as often as new ones, also where they were given up.

    Answers how many; one that a worker is trying right now is left to it.
    """
    messages = OutboxMessage.objects.filter(pk__in=message_ids).order_by("pk")
    ids = list(messages.select_for_update(skip_locked=True).values_list("pk", flat=True))
    OutboxMessage.objects.filter(pk__in=ids).update(
        attempts=0, failed_at=None, due_at=timezone.now() + SWEEP_AFTER
    )
    for message_id in ids:
        outbox_message_written.send(sender=OutboxMessage, message_id=message_id)
    return len(ids)
