"""Nudges a worker when the rows of a person change."""

import logging
from functools import partial
from typing import Any
from uuid import UUID

from celery.exceptions import OperationalError
from django.core.cache import cache
from django.db import transaction
from django.dispatch import receiver
from redis.exceptions import RedisError

from analytics import tasks
from users.signals import clock_advanced

logger = logging.getLogger(__name__)

# Bulk writes leave their people to the sweep, which takes them in chunks.
_MOST_NUDGES = 20


@receiver(clock_advanced, dispatch_uid="analytics.nudge_worker")
def nudge_worker(*, user_ids: tuple[UUID, ...], **kwargs: Any) -> None:
    if len(user_ids) <= _MOST_NUDGES:
        for user_id in user_ids:
            transaction.on_commit(partial(_nudge, str(user_id)))


def _nudge(user_id: str) -> None:
    try:
        # One waiting refresh is enough for any number of writes: it reads what is committed when
        # it begins, and takes the key away before that.
        if cache.add(tasks.waiting_key(user_id), 1, timeout=tasks.WAITING_SECONDS):
            tasks.refresh_person.delay(user_id=user_id)
    except (OperationalError, RedisError):
        # The person's clock shows that they are behind; the sweep finds them.
        logger.warning("The analytics of %s wait for the sweep: no broker.", user_id)
