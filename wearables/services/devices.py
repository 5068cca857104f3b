"""A person's connections as rows: phones and files that send, and the end of any connection."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet

from users.errors import Conflict
from users.ownership import advance_clock
from users.services import outbox
from users.services.creation import create_once
from wearables.models import (
    ConnectionMode,
    DailyActivitySource,
    DeviceStatus,
    SleepData,
    WearableDevice,
)
from wearables.providers import registry
from wearables.services import heart_rate, ingest, recordings, syncing
from wearables.services.revoking import revoke_later

# More than anybody wears; each is looked at with every recording.
MOST_DEVICES: Final = 50
SAMPLES_KIND: Final = "wearables_samples_of_device"


class NotOfThisKind(ValidationError):
    def __init__(self, slug: str) -> None:
        message = f"{slug} cannot be connected in this way. See wearable-providers/."
        super().__init__({"connection_mode": ValidationError(message, code="invalid_mode")})


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A device to be: ``device_id`` is the phone's name for it, if it has one."""

    provider: str
    name: str = ""
    device_id: str = ""


@transaction.atomic
def create_push_device(
    *, user_id: UUID, wish: Wish, object_id: UUID | None = None, idempotency_key: str = ""
) -> tuple[WearableDevice, str, bool]:
    """A phone that will send, its secret, and whether it is new.

    The same again gets another secret, and the old one is void: the answer that held it may have
    been lost on its way. Raises NotOfThisKind, Conflict for a ``device_id`` of another kind of
    connection, and what create_once raises.
    """
    device, is_new = _create(user_id, wish, ConnectionMode.PUSH, object_id, idempotency_key)
    revision, device.auth_token = advance_clock(user_id), secrets.token_urlsafe(32)
    WearableDevice.objects.filter(pk=device.pk).write(
        auth_token=device.auth_token, revision=revision
    )
    return device, device.auth_token, is_new


def create_file_device(
    *, user_id: UUID, wish: Wish, object_id: UUID | None = None, idempotency_key: str = ""
) -> tuple[WearableDevice, bool]:
    """What uploaded files are of, and whether it is new. Raises as create_push_device does."""
    return _create(user_id, wish, ConnectionMode.FILE, object_id, idempotency_key)


def _create(
    user_id: UUID, wish: Wish, mode: str, object_id: UUID | None, idempotency_key: str
) -> tuple[WearableDevice, bool]:
    described = registry.DESCRIBED.get(wish.provider)
    if described is None or mode not in described.modes:
        raise NotOfThisKind(wish.provider)
    made: set[UUID] = set()

    if wish.device_id.partition(":")[0] in registry.PROVIDERS:
        message = "Names that begin like this are those of accounts at providers."
        raise ValidationError({"device_id": ValidationError(message, code="reserved")})

    def create(new_id: UUID, hashed: bytes) -> WearableDevice:
        revision = advance_clock(user_id)
        known = WearableDevice.objects.filter(user_id=user_id, device_id=wish.device_id).first()
        if known is not None:
            return _again(known, mode, wish, revision)
        if WearableDevice.objects.filter(user_id=user_id).count() >= MOST_DEVICES:
            raise Conflict("You have too many devices. Delete some first.", code="too_many")
        made.add(new_id)
        device = WearableDevice(
            id=new_id,
            user_id=user_id,
            creation_hash=hashed,
            provider=described.slug,
            device_type=described.device_type,
            connection_mode=mode,
            device_id=wish.device_id or str(new_id),
            name=wish.name or described.title,
        )
        device.insert_at(revision)
        return device

    device, _ = create_once(
        model=WearableDevice,
        user_id=user_id,
        content={"mode": mode, **asdict(wish)},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )
    return device, device.pk in made


def _again(device: WearableDevice, mode: str, wish: Wish, revision: int) -> WearableDevice:
    if (device.provider, device.connection_mode) != (wish.provider, mode):
        raise Conflict("This id belongs to another device of yours.", code="id_taken")
    device.status, device.is_active = DeviceStatus.ACTIVE, True
    WearableDevice.objects.filter(pk=device.pk).write(
        status=device.status, is_active=True, error_code="", revision=revision
    )
    return device


@transaction.atomic
def change_device(
    *, device: WearableDevice, content: Mapping[str, Any], now: datetime
) -> WearableDevice:
    """Rename it, or have it read or not (``is_active``)."""
    revision = advance_clock(device.user_id)
    stored = _locked(device)
    values: dict[str, Any] = {k: content[k] for k in ("name", "is_active") if k in content}
    turned = values.get("is_active", stored.is_active) != stored.is_active
    if turned and values["is_active"]:
        if stored.status == DeviceStatus.ACTIVE and syncing.is_scheduled(stored):
            values["next_sync_at"] = now
    elif turned:
        values["next_sync_at"] = None
        syncing.end_open(device=stored, error_code="not_connected", now=now)
    _write(stored, revision, now, **values)
    if turned:
        settle_copies(user_id=stored.user_id, revision=revision, provider=stored.provider)
    stored.refresh_from_db()
    return stored


@transaction.atomic
def disconnect(*, device: WearableDevice, now: datetime) -> WearableDevice:
    """End a connection and have it revoked; what it brought stays. Twice is once."""
    revision = advance_clock(device.user_id)
    stored = _locked(device)
    if stored.status != DeviceStatus.DISCONNECTED:
        _end(stored, revision, now)
        settle_copies(user_id=stored.user_id, revision=revision, provider=stored.provider)
    stored.refresh_from_db()
    return stored


def _end(device: WearableDevice, revision: int, now: datetime) -> None:
    revoke_later(device)
    syncing.end_open(device=device, error_code="not_connected", now=now)
    _write(
        device,
        revision,
        now,
        status=DeviceStatus.DISCONNECTED,
        error_code="",
        auth_token="",
        refresh_token="",
        token_expires_at=None,
        next_sync_at=None,
    )


@transaction.atomic
def remove_device(*, device: WearableDevice, now: datetime) -> None:
    """Delete a connection with all that came from it, and have it revoked.

    Workouts that are in the diary stay. The person's days and nights follow from their other
    sources; heart rates go a moment later.
    """
    user_id, revision = device.user_id, advance_clock(device.user_id)
    stored = _locked(device)
    days = DailyActivitySource.objects.filter(user_id=user_id, device=stored)
    touched = set(days.values_list("date", flat=True))
    nights = SleepData.objects.filter(user_id=user_id, device=stored)
    slept = set(nights.values_list("date", flat=True))
    _end(stored, revision, now)
    recordings.forget_device(user_id=user_id, device_id=stored.pk, revision=revision)
    days.remove()
    nights.delete()
    copied_days, copied_nights = _copies(user_id, stored.provider)
    ingest.settle(
        user_id=user_id,
        revision=revision,
        days=touched | copied_days,
        nights=slept | copied_nights,
    )
    outbox.promise(kind=SAMPLES_KIND, user_id=str(user_id), device_id=str(stored.pk))
    stored.delete()


@outbox.handles(SAMPLES_KIND)
def forget_samples(*, user_id: str, device_id: str) -> None:
    """They are many, and nothing refers to their device."""
    heart_rate.forget_device(UUID(user_id), UUID(device_id))


def settle_copies(*, user_id: UUID, revision: int, provider: str) -> None:
    """Days and nights for which a copy of a provider's data begins or ceases to count.

    For callers who have advanced the clock and have changed a connection of it.
    """
    days, nights = _copies(user_id, provider)
    if days or nights:
        ingest.settle(user_id=user_id, revision=revision, days=days, nights=nights)


def _copies(user_id: UUID, provider: str) -> tuple[set[date], set[date]]:
    """The dates of which a store of the person's phone repeats what this provider told."""
    maker = registry.PROVIDERS.get(provider)
    if maker is None or not maker.apps:
        return set(), set()
    is_copy = Q()
    for app in maker.apps:
        is_copy |= Q(source_app__startswith=app)

    def dates(rows: "QuerySet[Any]") -> set[date]:
        return set(rows.filter(is_copy, user_id=user_id).values_list("date", flat=True))

    return dates(DailyActivitySource.objects.all()), dates(SleepData.objects.all())


def _locked(device: WearableDevice) -> WearableDevice:
    rows = WearableDevice.objects.filter(user_id=device.user_id, pk=device.pk)
    return rows.select_for_update(no_key=True).get()


def _write(device: WearableDevice, revision: int, now: datetime, **values: Any) -> None:
    WearableDevice.objects.filter(pk=device.pk).write(**values, revision=revision, updated_at=now)
