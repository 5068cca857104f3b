"""Answers of providers as they came, for a while: a fault of ours in reading them is repaired
without asking again.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.conf import settings
from django.utils import timezone

from users.services import outbox
from wearables.models import RawPayload, WearableDevice
from wearables.providers.base import ProviderError
from wearables.readings import Counts
from wearables.services import ingest
from wearables.services.apis import known_zone, provider_of


def keep(
    *, device: WearableDevice, data_type: str, payload: Any, context: dict[str, Any] | None = None
) -> None:
    """Store what came, compressed. The same again is not stored twice, but is the latest then."""
    text = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)
    row = RawPayload(
        user_id=device.user_id,
        device=device,
        data_type=data_type,
        sha256=hashlib.sha256(text).digest(),
        body=zlib.compress(text),
        context=context or {},
        received_at=timezone.now(),
    )
    RawPayload.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["user", "device", "data_type", "sha256"],
        update_fields=["received_at", "context"],
    )


def replay(
    devices: Iterable[WearableDevice], *, told: Callable[[RawPayload], None] = lambda _: None
) -> tuple[Counts, int]:
    """Read what is kept of these connections once more, in the order in which it came.

    What it did, and how many payloads could not be read. Nothing changes where nothing reads
    otherwise; ``told`` hears of each payload.
    """
    counts, unread = Counts(), 0
    for device in devices:
        for row in _rows(device):
            try:
                counts += _read_again(device, row)
            except ProviderError:
                unread += 1
            told(row)
    return counts, unread


def request_replay(*, device: WearableDevice) -> None:
    """Have a worker read what is kept of a connection once more."""
    outbox.promise(kind="replay_payloads", device_id=str(device.pk))


@outbox.handles("replay_payloads")
def replay_device(*, device_id: str) -> None:
    replay(WearableDevice.objects.filter(pk=device_id))


def kept(devices: Iterable[WearableDevice]) -> int:
    return RawPayload.objects.filter(device__in=list(devices)).count()


def _rows(device: WearableDevice) -> Iterable[RawPayload]:
    # Ids and not rows: each is read into memory by itself.
    ids = RawPayload.objects.filter(device=device).order_by("received_at", "pk")
    for pk in list(ids.values_list("pk", flat=True)):
        row = RawPayload.objects.filter(pk=pk).first()
        if row is not None:
            yield row


def _read_again(device: WearableDevice, row: RawPayload) -> Counts:
    maker = provider_of(device.provider)
    if maker is None or row.data_type not in {known.name for known in maker.data_types}:
        return Counts()
    zone = ZoneInfo(known_zone(str(row.context.get("timezone", ""))) or "UTC")
    payload = orjson.loads(zlib.decompress(row.body))
    return ingest.store(device=device, readings=maker.read(row.data_type, payload, timezone=zone))


def remove_old(*, now: datetime) -> int:
    """Forget what is older than it may be."""
    before = now - timedelta(days=settings.WEARABLE_PAYLOAD_DAYS)
    removed, _ = RawPayload.objects.filter(received_at__lt=before).delete()
    return removed
