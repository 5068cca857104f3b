"""What workers do for social: ids in, one service call, safe to run twice."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from celery import shared_task
from celery.exceptions import OperationalError as BrokerError
from django.core.cache import cache
from django.db import OperationalError

from social.services import (
    achievements,
    challenges,
    comments,
    graph_notices,
    groups,
    memberships,
    message_events,
    pictures,
    post_notices,
    receipts,
    standings,
)

# The modules of the outbox's handlers; importing them here is what registers them.
__handlers__ = (
    achievements,
    challenges,
    comments,
    graph_notices,
    groups,
    memberships,
    message_events,
    post_notices,
    receipts,
    standings,
)

logger = logging.getLogger(__name__)

# How often standings that are due are looked for.
SWEEP_S: Final = 10.0


@shared_task(autoretry_for=(OperationalError,), retry_backoff=True, max_retries=8)
def mark_standings(*, user_ids: Sequence[str]) -> None:
    """Have the progress of these people counted again, and at once where that is due."""
    now = datetime.now(UTC)
    marked = standings.mark_stale([UUID(user_id) for user_id in user_ids], now=now)
    for challenge_id, due_at in marked.items():
        wait_s = (due_at - now).total_seconds()
        # The sweep comes sooner than a longer wait would end.
        if wait_s <= SWEEP_S:
            _nudge(challenge_id, wait_s=wait_s)


def _nudge(challenge_id: UUID, *, wait_s: float) -> None:
    try:
        refresh_standings.apply_async(kwargs={"challenge_id": str(challenge_id)}, countdown=wait_s)
    except BrokerError:
        logger.warning("The standings of %s wait for the sweep: no broker.", challenge_id)


@shared_task
def refresh_standings(*, challenge_id: str) -> None:
    standings.refresh(UUID(challenge_id), now=datetime.now(UTC))


@shared_task
def sweep_standings() -> None:
    """Hand out the challenges whose standings have held long enough, or whose nudge was lost."""
    for challenge_id in standings.due(now=datetime.now(UTC)):
        refresh_standings.delay(challenge_id=str(challenge_id))


@shared_task
def finish_challenge(*, challenge_id: str) -> None:
    standings.finish(UUID(challenge_id), now=datetime.now(UTC))


@shared_task
def sweep_challenges() -> None:
    """Hand out the challenges that are over for everybody in them."""
    for challenge_id in standings.over(now=datetime.now(UTC)):
        finish_challenge.delay(challenge_id=str(challenge_id))


@shared_task
def recompute_challenge(*, challenge_id: str) -> None:
    standings.recompute(UUID(challenge_id), now=datetime.now(UTC))


@shared_task
def recompute_challenges() -> None:
    """Hand out all unfinished challenges, for the case that a mark was lost."""
    for challenge_id in standings.running():
        recompute_challenge.delay(challenge_id=str(challenge_id))


def waiting_key(user_id: str) -> str:
    """In the cache while a look at this person's achievements waits for a worker."""
    return f"social:award:{user_id}"


@shared_task
def award_person(*, user_id: str) -> None:
    # Before anything is read: what is done from now on asks for another look.
    cache.delete(waiting_key(user_id))
    achievements.award([UUID(user_id)], now=datetime.now(UTC))


@shared_task
def award_people(*, user_ids: Sequence[str]) -> None:
    achievements.award([UUID(user_id) for user_id in user_ids], now=datetime.now(UTC))


@shared_task
def award_everyone() -> None:
    """Hand out everybody, for what is reached by the passing of time or was not heard of."""
    for user_ids in achievements.everyone():
        award_people.delay(user_ids=[str(user_id) for user_id in user_ids])


@shared_task
def remove_orphaned_comments() -> None:
    comments.sweep_orphans()


@shared_task
def remove_unused_pictures() -> None:
    now = datetime.now(UTC)
    pictures.remove_unused_pictures(now=now)
    pictures.remove_orphaned_files(now=now)
