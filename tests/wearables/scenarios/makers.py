"""The simulated makers, a person's phone at our API, and the worker's part, done here."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.test import Client
from rest_framework.response import Response
from rest_framework.test import APIClient
from time_machine import Traveller

from tests.simulator.people import Person
from tests.simulator.running import Simulator
from tests.simulator.store import World
from users.models import OutboxMessage
from users.services import jobs, outbox
from wearables import tasks
from wearables.models import DailyActivitySource, SleepData, SyncRun, WearableDevice
from wearables.services import syncing

# Importing them registers the runner, and the handlers of the outbox.
__registered__ = (tasks,)

# A Thursday, two in the afternoon in Berlin, where ana and her simulated self live.
NOW = dt.datetime(2026, 4, 2, 12, tzinfo=dt.UTC)
TODAY = NOW.date()
HOME = ZoneInfo("Europe/Berlin")
DAY = dt.timedelta(days=1)
# All who are asked by days, each as a person connects it; Garmin by a personal key.
ASKED = ("fitbit", "garmin", "oura", "whoop", "polar")
# What each calls the days, and the nights.
DAYS = {
    "fitbit": ("steps", "distance", "floors", "active-minutes"),
    "garmin": ("dailies",),
    "oura": ("daily_activity",),
    "whoop": ("cycle",),
    "polar": ("activities",),
}
NIGHTS = {
    "fitbit": ("sleep", "daily-heart-rate-variability", "daily-respiratory-rate"),
    "garmin": ("sleeps", "hrv"),
    "oura": ("sleep",),
    "whoop": ("sleep", "recovery"),
    "polar": ("sleep", "nightly-recharge"),
}


@dataclass
class Makers:
    """``api`` is ana's phone; the clock stands, for us and for the makers."""

    simulator: Simulator
    api: APIClient
    clock: Traveller

    @property
    def world(self) -> World:
        return self.simulator.world

    @property
    def person(self) -> Person:
        return self.world.people["sim-ana"]

    # --- Connecting --------------------------------------------------------------------------

    def sign_in(self, slug: str, *, grant: str = "", api: APIClient | None = None) -> dict:
        """Begin on a phone and say yes in its browser; what that brings back."""
        begun = (api or self.api).post(f"/api/v1/wearables/{slug}/authorize/", {}).json()
        return self.simulator.consent(begun["authorization_url"], grant=grant)

    def bring_back(self, slug: str, back: dict, *, api: APIClient | None = None) -> Response:
        given = {name: back[name] for name in ("code", "state")}
        return (api or self.api).post(f"/api/v1/wearables/{slug}/callback/", given)

    def connect(
        self, slug: str, *, person: str = "sim-ana", grant: str = "", quiet: bool = True
    ) -> WearableDevice:
        """By signing in. What is then to be read is read where a test wants it (``quiet``)."""
        begun = self.api.post(f"/api/v1/wearables/{slug}/authorize/", {}).json()
        back = self.simulator.consent(begun["authorization_url"], person=person, grant=grant)
        return _made(self.bring_back(slug, back), quiet=quiet)

    def connect_with_key(self, *, key: str = "", quiet: bool = True) -> WearableDevice:
        return _made(self.give_key(key or self.person.personal_key), quiet=quiet)

    def give_key(self, key: str) -> Response:
        wish = {"provider": "garmin", "connection_mode": "personal_key", "personal_key": key}
        return self.api.post("/api/v1/devices/", {**wish, "name": "Forerunner"})

    def connect_as_asked(self, slug: str) -> WearableDevice:
        """So that it is asked by days."""
        return self.connect_with_key() if slug == "garmin" else self.connect(slug)

    # --- What happens over there -------------------------------------------------------------

    def spoil(self, slug: str, kind: str, **options: Any) -> None:
        self.simulator.control("scenario", {"provider": slug, "kind": kind, **options})

    def mend(self) -> None:
        self.simulator.control("scenario", {}, method="DELETE")

    def edit(self, what: str, date: dt.date, **values: Any) -> dict[str, Any]:
        """Change a "day", a "sleep" or a "workout"."""
        given = {"person": "sim-ana", "date": date.isoformat(), **values}
        return self.simulator.control(what, given)

    def remove(self, what: str, date: dt.date, **values: Any) -> None:
        given = {"person": "sim-ana", "date": date.isoformat(), **values}
        self.simulator.control(what, given, method="DELETE")

    def calls(self, slug: str, path: str = "") -> list[dict[str, Any]]:
        """What it was asked, the oldest first."""
        return self.simulator.control(f"calls?provider={slug}&path={path}")["calls"]

    def statuses(self, slug: str, path: str = "") -> list[int]:
        return [call["status"] for call in self.calls(slug, path)]

    # --- Webhooks ----------------------------------------------------------------------------

    def event(self, slug: str, kind: str, date: dt.date = TODAY, **options: Any) -> dict:
        """A request as the maker makes and signs it, not sent yet."""
        given = {"provider": slug, "kind": kind, "person": "sim-ana", "date": date.isoformat()}
        return self.simulator.control("webhook", given | {"options": {**options, "dry": True}})

    def post(self, event: dict) -> Any:
        """Send it to us."""
        target, headers = urlsplit(event["url"]), dict(event["headers"])
        address = target.path + (f"?{target.query}" if target.query else "")
        kind = headers.pop("Content-Type")
        return Client().generic(
            "POST", address, event["body"].encode(), content_type=kind, headers=headers
        )

    def tell(self, slug: str, kind: str, date: dt.date = TODAY, **options: Any) -> int:
        """Send an event and have it worked through; how it was answered."""
        status = self.post(self.event(slug, kind, date, **options)).status_code
        work_off()
        return status

    # --- Time --------------------------------------------------------------------------------

    def later(self, wait: dt.timedelta) -> None:
        self.clock.shift(wait)

    def go_on(self, run: SyncRun) -> SyncRun:
        """When it is time for a run that waits."""
        assert run.due_at is not None
        self.clock.move_to(run.due_at)
        assert syncing.wake(now=run.due_at) == 1
        work_off()
        return read(run)


def _made(answer: Response, *, quiet: bool) -> WearableDevice:
    assert answer.status_code == 201, answer.json()
    device = WearableDevice.objects.get(pk=answer.json()["id"])
    if quiet:
        SyncRun.objects.filter(device=device).delete()
    return device


# --- The worker's part ---------------------------------------------------------------------------


def work_off() -> None:
    """Do all that is promised and run all that waits for a worker, until there is nothing."""
    while True:
        messages = OutboxMessage.objects.filter(kind__startswith="wearables_")
        runs = SyncRun.objects.filter(status="pending")
        if not messages and not runs:
            return
        for message in messages:
            outbox.deliver(message_id=message.pk)
        for run in runs:
            jobs.run(label=run._meta.label, job_id=run.pk)


def sync(
    device: WearableDevice,
    *data_types: str,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> SyncRun:
    """Read these data types, or all: the days since, or as the schedule would."""
    device.refresh_from_db()
    scope = {"data_types": list(data_types)} if data_types else {}
    run = syncing.request_sync(device=device, kind="manual", scope=scope, since=since, until=until)
    work_off()
    return read(run)


def read(run: SyncRun) -> SyncRun:
    return SyncRun.objects.get(pk=run.pk)


def outcome(run: SyncRun) -> tuple[str, str]:
    return run.status, run.error_code


def counts(run: SyncRun) -> tuple[int, int, int]:
    return run.new, run.changed, run.deleted


# --- What is stored ------------------------------------------------------------------------------


def nights(device: WearableDevice, *fields: str) -> list[tuple[Any, ...]]:
    """Its living sleeps, the oldest first."""
    rows = SleepData.objects.filter(device=device, deleted_at=None).order_by("sleep_start")
    return list(rows.values_list(*fields))


def told(device: WearableDevice, metric: str) -> dict[str, Any]:
    """What it says of a metric, by date; days of which it says nothing are left out."""
    rows = DailyActivitySource.objects.filter(device=device).order_by("date")
    return {
        date.isoformat(): value
        for date, value in rows.values_list("date", metric)
        if value is not None
    }


def at(date: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """An instant, by UTC."""
    return dt.datetime.combine(date, dt.time(hour, minute), dt.UTC)
