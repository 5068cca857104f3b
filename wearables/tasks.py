"""What workers do for wearables: ids in, one service call, safe to run twice.

Importing the runners of jobs and the handlers of the outbox is what registers them.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from celery import shared_task

from wearables.services import (
    connections,
    devices,
    imports,
    imports_run,
    partitions,
    payloads,
    push,
    resettling,
    revoking,
    subscriptions,
    syncing,
    syncing_run,
    thinning,
    webhooks,
)

__runners__ = (imports_run, syncing_run)
__handlers__ = (devices, resettling, revoking, subscriptions, webhooks)

_KEPT: Final = timedelta(days=30)
_RUNS_KEPT: Final = timedelta(days=90)


# --- Connections -------------------------------------------------------------------------------


@shared_task
def sync_due() -> None:
    """Ask for a run of each connection whose time has come."""
    syncing.due(now=datetime.now(UTC))


@shared_task
def wake_waiting() -> None:
    """Hand out the runs that have waited long enough."""
    syncing.wake(now=datetime.now(UTC))


@shared_task
def remove_old() -> None:
    """Forget what nobody needs any more."""
    now = datetime.now(UTC)
    payloads.remove_old(now=now)
    connections.remove_old_requests(now=now)
    revoking.remove_old()
    webhooks.forget_events(before=now - _KEPT)
    push.forget_batches(before=now - _KEPT)
    syncing.remove_old(before=now - _RUNS_KEPT)
    imports.remove_old_files(now=now)


# --- Subscriptions -----------------------------------------------------------------------------


@shared_task
def keep_subscriptions() -> None:
    """Have every provider tell us what is new, and renew what ends."""
    subscriptions.keep_all(now=datetime.now(UTC))


# --- Heart rates -------------------------------------------------------------------------------


@shared_task
def make_heart_rate_months() -> None:
    """Have the next months there before anybody needs them."""
    partitions.make_next_months(today=datetime.now(UTC).date())


@shared_task
def thin_heart_rates() -> None:
    """Keep what is old by the minute."""
    thinning.thin_heart_rates(datetime.now(UTC))
