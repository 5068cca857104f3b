"""Hears what people do, here and in the apps below."""

import logging
from functools import partial
from typing import Any, Final
from uuid import UUID

from celery.exceptions import OperationalError as BrokerError
from django.core.cache import cache
from django.db import OperationalError, transaction
from django.dispatch import receiver
from redis.exceptions import RedisError

from analytics.signals import days_settled
from social import tasks
from social.signals import person_acted

logger = logging.getLogger(__name__)

_WAITING_S: Final = 30
# Bulk work hands its people out together.
_MOST_NUDGES: Final = 20


@receiver(days_settled, dispatch_uid="social.mark_standings")
def mark_standings(*, user_ids: tuple[UUID, ...], **kwargs: Any) -> None:
    """Here and now: a mark is a row, which no broker can lose, and costs who is in no challenge
    one query.
    """
    names = [str(user_id) for user_id in user_ids]
    try:
        tasks.mark_standings(user_ids=names)
    except OperationalError:
        # A board that is being made for longer than one waits for a lock.
        tasks.mark_standings.delay(user_ids=names)


@receiver([person_acted, days_settled], dispatch_uid="social.nudge_awards")
def nudge_awards(*, user_ids: tuple[UUID, ...], **kwargs: Any) -> None:
    names = [str(user_id) for user_id in user_ids]
    if len(names) > _MOST_NUDGES:
        transaction.on_commit(partial(_award_many, names))
        return
    for name in names:
        transaction.on_commit(partial(_award, name))


def _award(user_id: str) -> None:
    try:
        # One waiting look is enough for any number of deeds: it sees what is committed by then.
        if cache.add(tasks.waiting_key(user_id), 1, timeout=_WAITING_S):
            tasks.award_person.delay(user_id=user_id)
    except (BrokerError, RedisError):
        logger.warning("The achievements of %s wait for the nightly look: no broker.", user_id)


def _award_many(user_ids: list[str]) -> None:
    try:
        tasks.award_people.delay(user_ids=user_ids)
    except BrokerError:
        logger.warning("Achievements wait for the nightly look: no broker.")
