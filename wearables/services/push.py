"""Batches that phones send: signed, stored once, and answered alike as often as they come."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from users.errors import Conflict
from users.models import JobStatus
from users.signals import job_moved
from wearables.models import (
    DeviceStatus,
    PushBatch,
    SleepData,
    SyncKind,
    SyncRun,
    WearableDevice,
)
from wearables.providers import phone
from wearables.readings import Counts, Reading, SleepReading, WorkoutReading
from wearables.services import ingest
from wearables.services.apis import zone_of

# How far the phone's clock may be off, and how long a batch may be under way.
TOLERANCE: Final = timedelta(minutes=5)
_MOST_DIGITS: Final = 12


class SignatureRefused(Exception):
    """The batch is not signed with the device's secret, or not now."""


def signature(*, secret: str, sent_s: int, body: bytes) -> str:
    """The ``v1`` of a signature: HMAC-SHA256 over the seconds, a dot and the body, as hex."""
    signed = str(sent_s).encode() + b"." + body
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def check_signature(*, device: WearableDevice, header: str, body: bytes, now: datetime) -> None:
    """Raises SignatureRefused unless the header signs these bytes, at about this time."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    sent = next((value for name, _, value in parts if name == "t"), "")
    if not device.auth_token or not (sent.isdecimal() and sent.isascii()):
        raise SignatureRefused
    if len(sent) > _MOST_DIGITS or abs(int(sent) - now.timestamp()) > TOLERANCE.total_seconds():
        raise SignatureRefused
    expected = signature(secret=device.auth_token, sent_s=int(sent), body=body).encode()
    given = [value.lower().encode() for name, _, value in parts if name == "v1"]
    if not any(hmac.compare_digest(one, expected) for one in given):
        raise SignatureRefused


def receive(
    *, device: WearableDevice, batch: Mapping[str, Any], sha256: bytes, now: datetime
) -> dict[str, Any]:
    """Store what a batch says, and answer how much of it was taken.

    The same body under the same ``batch_id`` is answered as the first time. Raises Conflict for
    another one, and for a device that is not connected.
    """
    if device.status != DeviceStatus.ACTIVE or not device.is_active:
        raise Conflict("This device is not connected any more.", code="disconnected")
    claimed = _claim(device, batch["batch_id"], sha256)
    if claimed.answer:
        return dict(claimed.answer)
    read = phone.read(
        batch,
        provider=device.provider,
        zone=zone_of(device),
        now=now,
        gap=timedelta(minutes=settings.WEARABLE_SLEEP_GAP_MIN),
    )
    counts = ingest.store(device=device, readings=_readings(device, read), now=now)
    return _finish(device, claimed, read, counts, began=now)


def _claim(device: WearableDevice, batch_id: str, sha256: bytes) -> PushBatch:
    """The batch of this id. Without an answer yet, it is stored once more: nothing doubles.

    Claimed before it is stored, so that another body under its id never begins to be.
    """
    batch, _ = PushBatch.objects.get_or_create(
        user_id=device.user_id,
        device=device,
        batch_id=batch_id,
        defaults={"sha256": sha256, "answer": {}},
    )
    if bytes(batch.sha256) != sha256:
        raise Conflict("This batch_id came with another body.", code="batch_id_reused")
    return batch


def _readings(device: WearableDevice, read: phone.Batch) -> Iterator[Reading]:
    """What the batch deletes or replaces, but for what it brings, and then that."""
    sleeps = [sleep.reading for sleep in read.sleeps]
    brought = [*read.readings, *sleeps]
    kept = {one.external_id for one in brought if isinstance(one, SleepReading | WorkoutReading)}
    gone = dict.fromkeys((*read.deleted, *_replaced(device, sleeps)))
    yield from phone.deletions([name for name in gone if name not in kept])
    yield from brought


def _replaced(device: WearableDevice, sleeps: Sequence[SleepReading]) -> list[str]:
    """Ids of the stored sleeps that these are told in place of.

    A phone sends all stages of a sleep anew when one changes, and the first may be another then.
    The sleep is known by the new one from then on: the phone may yet say that the old is gone.
    """
    return [
        stored.external_id
        for stored in _known_sleeps(device, sleeps)
        if any(
            stored.source_name == sleep.source.name
            and stored.sleep_start < sleep.end
            and stored.sleep_end > sleep.start
            for sleep in sleeps
        )
    ]


def _known_sleeps(device: WearableDevice, sleeps: Sequence[SleepReading]) -> Sequence[SleepData]:
    if not sleeps:
        return ()
    stored = SleepData.objects.filter(
        user=device.user_id,
        device=device,
        deleted_at=None,
        sleep_start__lt=max(sleep.end for sleep in sleeps),
        sleep_end__gt=min(sleep.start for sleep in sleeps),
    )
    return list(stored.order_by("sleep_start", "pk"))


@transaction.atomic
def _finish(
    device: WearableDevice,
    claimed: PushBatch,
    read: phone.Batch,
    counts: Counts,
    *,
    began: datetime,
) -> dict[str, Any]:
    answer = {
        "accepted": read.accepted,
        "duplicates": read.duplicates,
        "rejected": [
            {"list": one.part, "index": one.index, "reason": one.reason} for one in read.rejected
        ],
        "left_out": counts.rejected,
    }
    rows = PushBatch.objects.filter(pk=claimed.pk)
    if not rows.filter(answer={}).write(answer=answer):
        # The same batch came twice at once, and the other one was first.
        return dict(rows.values_list("answer", flat=True).get())
    ended = timezone.now()
    counted = {name: getattr(counts, name) for name in ("new", "changed", "deleted")}
    run = SyncRun.objects.create(
        user_id=device.user_id,
        device=device,
        kind=SyncKind.PUSH,
        status=JobStatus.DONE,
        scope={"batch_id": claimed.batch_id},
        **counted,
        started_at=began,
        finished_at=ended,
    )
    job_moved.send_robust(sender=SyncRun, job=run, status=run.status, values=counted)
    WearableDevice.objects.filter(pk=device.pk).write(last_synced=ended)
    return answer


def forget_batches(*, before: datetime) -> int:
    """Remove what no phone sends again."""
    removed, _ = PushBatch.objects.filter(created_at__lt=before).delete()
    return removed
