"""What workers do for analytics: ids in, one service call, safe to run twice."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from celery import shared_task
from django.core.cache import cache

from analytics.services import figures, refresh

WAITING_SECONDS: Final = 30


def waiting_key(user_id: str) -> str:
    """In the cache while a refresh of this person waits for a worker."""
    return f"analytics:waiting:{user_id}"


@shared_task
def refresh_person(*, user_id: str) -> None:
    # Before anything is read: what is written from now on asks for another refresh.
    cache.delete(waiting_key(user_id))
    refresh.refresh_people([UUID(user_id)], now=datetime.now(UTC))


@shared_task
def refresh_people(*, user_ids: Sequence[str]) -> None:
    refresh.refresh_people([UUID(user_id) for user_id in user_ids], now=datetime.now(UTC))


@shared_task
def sweep_analytics() -> None:
    """Hand out the people whose diaries changed unheard, and those whose new day has begun.

    A person's own midnight is when their today moves on; on the first day of their week or month
    the one before it is over, and its row becomes final.
    """
    user_ids = [str(user_id) for user_id in refresh.stale_people(now=datetime.now(UTC))]
    for first in range(0, len(user_ids), refresh.CHUNK):
        refresh_people.delay(user_ids=user_ids[first : first + refresh.CHUNK])


@shared_task
def refresh_figures() -> None:
    """Make the admin's daily figures of today and yesterday. They are upserted."""
    figures.refresh(now=datetime.now(UTC))
