"""The product against the simulator, over HTTP on loopback, with the worker's part done here."""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from config import providers
from tests.simulator.running import Simulator
from users.models import OutboxMessage, User
from users.services import jobs, outbox
from wearables.models import SyncRun, WearableDevice
from wearables.services import connections, syncing, syncing_run, webhooks

# Importing them registers what runs and handles.
__registered__ = (syncing_run, webhooks)

LABEL = "wearables.SyncRun"
CALLBACK = "http://127.0.0.1:9/callback/"


def makers_of(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """The setting WEARABLE_PROVIDERS for a simulator."""
    names = [name for name in os.environ if name.startswith(("OURA_", "WHOOP_", "GARMIN_"))]
    assert not names, "A client of a maker is in the environment of the tests."
    return providers.read(os.environ, simulator=simulator.url)


def connect(
    simulator: Simulator, user: User, slug: str, *, person: str = "sim-ana", grant: str = ""
) -> WearableDevice:
    """Sign in as a browser and an app would; nothing is read yet."""
    now = timezone.now()
    begun = connections.begin_authorization(
        user_id=user.pk, provider=slug, redirect_uri=CALLBACK, now=now
    )
    back = simulator.consent(begun.authorization_url, person=person, grant=grant)
    device, _ = connections.complete_authorization(
        user_id=user.pk, provider=slug, code=back["code"], state=back["state"], now=now
    )
    return device


def work_off(device: WearableDevice) -> list[SyncRun]:
    """Run what waits for a worker, until nothing does."""
    while True:
        pending = SyncRun.objects.filter(device=device, status="pending").order_by("pk").first()
        if pending is None:
            return list(SyncRun.objects.filter(device=device).order_by("pk"))
        jobs.run(label=LABEL, job_id=pending.pk)


def sync(device: WearableDevice) -> SyncRun:
    """One run that reads what is new."""
    device.refresh_from_db()
    run = syncing.request_manual(device=device)
    work_off(device)
    return SyncRun.objects.get(pk=run.pk)


def deliver(*kinds: str) -> None:
    for message in OutboxMessage.objects.filter(kind__in=kinds).order_by("pk"):
        outbox.deliver(message_id=message.pk)


def dates(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    for days in range((last - first).days + 1):
        yield first + dt.timedelta(days=days)
