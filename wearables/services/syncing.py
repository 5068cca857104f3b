"""Runs that read a connection: asked for by the schedule, the person, a webhook, or for history.

What runs them is wearables.services.syncing_run. ``scope`` of a run holds what it is of and, once
it has begun, what is left of it, so that another worker goes on where one was lost:

- "data_types": only these;
- "notice": what a webhook told;
- "left": {data type: [first day, last day]} that are still to be read;
- "tries": {error code: how often it was waited for since the run last came on}.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from users.errors import Conflict
from users.localtime import reading_of
from users.models import JobStatus
from users.services import jobs
from wearables.models import ConnectionMode, DeviceStatus, SyncKind, SyncRun, WearableDevice
from wearables.providers.base import Notice, Provider
from wearables.services import provider_health
from wearables.services.apis import is_configured, provider_of, zone_of

WAITING: Final = "waiting"
OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING, WAITING)
# In the cursors of a device: the day on which it was last read further back.
WEEKLY: Final = "weekly"
# In the scope of a history that the provider sends, and is not read.
HISTORY: Final = "history"
_PULLS: Final = (SyncKind.SCHEDULED, SyncKind.MANUAL)
_BATCH: Final = 500
_DUE: Final = """
    WITH ready AS (
        SELECT id FROM wearables_wearabledevice
        WHERE next_sync_at <= %(now)s AND status = 'active' AND is_active
        ORDER BY next_sync_at LIMIT %(batch)s
        FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE wearables_wearabledevice device
    SET next_sync_at = %(now)s + %(every_s)s * (0.9 + 0.2 * random()) * interval '1 second'
    FROM ready WHERE device.id = ready.id
    RETURNING device.id, device.user_id, device.provider, device.connection_mode
"""
_WOKEN: Final = """
    UPDATE wearables_syncrun SET status = 'pending', due_at = NULL, attempts = 0,
        claimed_until = NULL, updated_at = %(now)s
    WHERE id IN (
        SELECT id FROM wearables_syncrun WHERE status = 'waiting' AND due_at <= %(now)s
        ORDER BY due_at LIMIT %(batch)s FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id
"""


class CannotBeRead(Conflict):
    """Not connected, not asked over HTTP, or not at the moment."""


def today_of(device: WearableDevice, *, now: datetime) -> date:
    """The day that the person's clock shows, by the provider's zone where it tells one."""
    return reading_of(now, zone_of(device).key).date()


# --- Asking for runs ---------------------------------------------------------------------------


@transaction.atomic
def request_sync(
    *,
    device: WearableDevice,
    kind: str,
    scope: Mapping[str, Any] | None = None,
    since: date | None = None,
    until: date | None = None,
    days_total: int = 0,
) -> SyncRun:
    """A run that waits for a worker; of a kind of which one is open, that one.

    The schedule and the person share theirs. Without ``since``, from where it was last read.
    """
    run = SyncRun(
        user_id=device.user_id,
        device=device,
        kind=kind,
        scope=dict(scope or {}),
        since=since,
        until=until,
        days_total=days_total,
    )
    # Nothing is inserted where the constraint knows another: no lookup could be as sure.
    SyncRun.objects.bulk_create([run], ignore_conflicts=True)
    stored = SyncRun.objects.filter(pk=run.pk).first()
    if stored is None:
        return _open_one(device, kind)
    jobs.announce(stored)
    return stored


def _open_one(device: WearableDevice, kind: str) -> SyncRun:
    kinds = _PULLS if kind in _PULLS else (kind,)
    rows = SyncRun.objects.filter(device=device, kind__in=kinds, status__in=OPEN)
    return rows.order_by("-created_at", "-pk")[:1].get()


def request_manual(*, device: WearableDevice) -> SyncRun:
    """For a person who does not want to wait. Raises CannotBeRead."""
    maker = _readable(device)
    if not _polls(maker, device):
        raise CannotBeRead(f"{maker.title} sends its data by itself.", code="sends_itself")
    return request_sync(device=device, kind=SyncKind.MANUAL)


@transaction.atomic
def retry(*, run_ids: Collection[UUID]) -> int:
    """Have failed runs begin anew where they stopped; answers how many.

    One whose connection is not active, or is being read in the same way, is left alone.
    """
    failed = SyncRun.objects.filter(
        pk__in=run_ids, status=JobStatus.FAILED, device__status=DeviceStatus.ACTIVE
    )
    count = 0
    for run in failed.order_by("pk").select_for_update(of=("self",), no_key=True):
        run.status, run.attempts, run.error, run.error_code = JobStatus.PENDING, 0, "", ""
        run.claimed_until = run.due_at = run.finished_at = None
        try:
            with transaction.atomic():
                run.save()
        except IntegrityError:
            continue
        jobs.announce(run)
        count += 1
    return count


def request_notice(*, device: WearableDevice, notice: Notice) -> SyncRun:
    """Have read what a webhook tells of. What waits to be read already is not asked for twice."""
    scope = {"notice": asdict(notice)}
    same = SyncRun.objects.filter(
        device=device,
        kind=SyncKind.WEBHOOK,
        status__in=(JobStatus.PENDING, WAITING),
        scope__notice=scope["notice"],
    )
    run = same.order_by("created_at").first()
    return run or request_sync(device=device, kind=SyncKind.WEBHOOK, scope=scope)


def request_backfill(*, device: WearableDevice, since: date, now: datetime) -> SyncRun:
    """Have history read, back to a day: what was not read yet, or all from there on once more.

    Goes on with one that was given up. Raises CannotBeRead, also while another one is read, and
    ValidationError for days that the provider does not give.
    """
    maker = _readable(device)
    opened = SyncRun.objects.filter(device=device, kind=SyncKind.BACKFILL, status__in=OPEN).first()
    if opened is not None and opened.since != since:
        message = "History is being read already. Wait for it."
        raise CannotBeRead(message, code="backfill_running")
    span = _history(maker, device, since, today_of(device, now=now))
    if span is None:
        message = "The provider gives no history from before the day that was read already."
        raise ValidationError({"since": ValidationError(message, code="out_of_range")})
    return _request_history(maker, device, *span)


def _history(
    maker: Provider, device: WearableDevice, since: date, today: date
) -> tuple[date, date] | None:
    """The days to read; None where there are none that the provider gives."""
    until, known = today, device.backfilled_from
    if known is not None and since < known:
        until = known - timedelta(days=1)
    days = maker.capabilities.history_days
    if not _polls(maker, device):
        days = min(days or settings.GARMIN_BACKFILL_DAYS, settings.GARMIN_BACKFILL_DAYS)
    if days is not None:
        since = max(since, today - timedelta(days=days))
    return (since, until) if since <= until else None


def _request_history(maker: Provider, device: WearableDevice, since: date, until: date) -> SyncRun:
    scope: dict[str, Any] = {}
    if not _polls(maker, device):
        scope["left"] = {HISTORY: [since.isoformat(), until.isoformat()]}
    given_up = _given_up(device, since)
    if given_up is not None:
        scope, until = {"left": given_up.scope["left"]}, given_up.until or until
    return request_sync(
        device=device,
        kind=SyncKind.BACKFILL,
        scope=scope,
        since=since,
        until=until,
        days_total=(until - since).days + 1,
    )


def _given_up(device: WearableDevice, since: date) -> SyncRun | None:
    """The latest, if it failed on the way back to the same day."""
    rows = SyncRun.objects.filter(device=device, kind=SyncKind.BACKFILL)
    latest = rows.order_by("-created_at", "-pk").first()
    if latest is None or latest.status != JobStatus.FAILED or latest.since != since:
        return None
    return latest if latest.scope.get("left") else None


def _readable(device: WearableDevice) -> Provider:
    """Raises CannotBeRead."""
    maker = provider_of(device.provider)
    if maker is None:
        message = "This device is not asked: it sends, or you upload its files."
        raise CannotBeRead(message, code="sends_itself")
    if device.status != DeviceStatus.ACTIVE or not device.is_active:
        raise CannotBeRead("Connect this device again first.", code="not_connected")
    if provider_health.is_disabled(device.provider):
        message = f"{maker.title} cannot be read at the moment."
        raise CannotBeRead(message, code="provider_disabled")
    return maker


def _polls(maker: Provider, device: WearableDevice) -> bool:
    for mode, polled in maker.polls.items():
        if mode == device.connection_mode:
            return polled
    return False


# --- The schedule ------------------------------------------------------------------------------


def begin(*, device: WearableDevice, now: datetime) -> None:
    """The first look at a connection that was just made, its schedule, and its history.

    For callers who have advanced the person's clock.
    """
    maker = provider_of(device.provider)
    assert maker is not None
    today = today_of(device, now=now)
    if _polls(maker, device):
        # Where nothing was read yet, reading goes back from today: days that pass until the
        # first success are not to be missed.
        cursors = {known.name: today.isoformat() for known in maker.data_types} | device.cursors
        device.cursors, device.next_sync_at = cursors, next_sync(now)
        WearableDevice.objects.filter(pk=device.pk).write(
            cursors=cursors, next_sync_at=device.next_sync_at
        )
        request_sync(device=device, kind=SyncKind.SCHEDULED)
    since = today - timedelta(days=settings.WEARABLE_BACKFILL_DAYS)
    span = _history(maker, device, since, today)
    if span is not None and (device.backfilled_from is None or since < device.backfilled_from):
        _request_history(maker, device, *span)


def next_sync(now: datetime) -> datetime:
    """The first of a schedule; from then on ``due`` moves it."""
    return now + timedelta(seconds=settings.WEARABLE_SYNC_EVERY_S)


def is_scheduled(device: WearableDevice) -> bool:
    """Whether it is one that is asked from time to time."""
    maker = provider_of(device.provider)
    return maker is not None and _polls(maker, device)


@transaction.atomic
def due(*, now: datetime) -> int:
    """Ask for a run of each connection whose time has come, and set its next time."""
    every_s: float = settings.WEARABLE_SYNC_EVERY_S
    parameters: dict[str, Any] = {"now": now, "batch": _BATCH, "every_s": every_s}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, parameters)
        ready = cursor.fetchall()
    runs = [
        SyncRun(user_id=user_id, device_id=device_id, kind=SyncKind.SCHEDULED)
        for device_id, user_id, slug, mode in ready
        # A personal key needs no client of ours.
        if mode == ConnectionMode.PERSONAL_KEY or is_configured(slug)
    ]
    SyncRun.objects.bulk_create(runs, ignore_conflicts=True)
    return _announce(run.pk for run in runs)


@transaction.atomic
def wake(*, now: datetime) -> int:
    """Hand out the runs that have waited long enough."""
    with connection.cursor() as cursor:
        cursor.execute(_WOKEN, {"now": now, "batch": _BATCH})
        woken = [row[0] for row in cursor.fetchall()]
    return _announce(woken)


def _announce(ids: Iterable[UUID]) -> int:
    runs = list(SyncRun.objects.filter(pk__in=list(ids)).order_by("pk"))
    for run in runs:
        jobs.announce(run)
    return len(runs)


# --- Keeping -----------------------------------------------------------------------------------


def end_open(*, device: WearableDevice, error_code: str, now: datetime) -> None:
    """Give up what is asked for of a connection; who runs it learns so at the next page."""
    opened = SyncRun.objects.filter(device=device, status__in=OPEN)
    # What a webhook brought may be health values.
    opened.filter(kind=SyncKind.WEBHOOK).update(scope={})
    opened.update(status=JobStatus.FAILED, error_code=error_code, finished_at=now, updated_at=now)


def remove_old(*, before: datetime) -> int:
    """Forget runs that have ended, and that began before."""
    ended = SyncRun.objects.filter(~Q(status__in=OPEN), created_at__lt=before)
    removed, _ = ended.delete()
    return removed


def backfills_of(device_ids: Iterable[UUID]) -> dict[UUID, SyncRun]:
    """The open history of each connection that has one."""
    rows = SyncRun.objects.filter(
        device__in=list(device_ids), kind=SyncKind.BACKFILL, status__in=OPEN
    )
    return {run.device_id: run for run in rows}
