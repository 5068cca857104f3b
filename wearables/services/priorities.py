"""The person's own order of devices for a metric."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from users.ownership import advance_clock
from wearables.models import SourceMetric, SourcePriority, WearableDevice
from wearables.services.resettling import promise_resettling

# Which device counts is decided when somebody reads them.
_READ_ANEW: Final = frozenset({SourceMetric.HEART_RATE})


class UnknownDevice(ValidationError):
    """The person has no such device; names its place among those that were given."""

    def __init__(self, place: int) -> None:
        message = "You have no such device."
        super().__init__({f"devices.{place}": ValidationError(message, code="does_not_exist")})


@transaction.atomic
def set_priority(*, user_id: UUID, metric: str, device_ids: Sequence[UUID]) -> None:
    """The first of these that tells of the metric counts; a worker makes all days anew.

    Raises UnknownDevice. The same again changes nothing.
    """
    revision = advance_clock(user_id)
    owned = set(WearableDevice.objects.filter(user=user_id).values_list("pk", flat=True))
    for place, device_id in enumerate(device_ids):
        if device_id not in owned:
            raise UnknownDevice(place)
    known = SourcePriority.objects.filter(user=user_id, metric=metric).first()
    listed = [str(device_id) for device_id in device_ids]
    if known is not None and known.devices == listed:
        return
    if known is None:
        row = SourcePriority(user_id=user_id, metric=metric, devices=listed)
        row.insert_at(revision)
    else:
        SourcePriority.objects.filter(pk=known.pk).write(
            devices=listed, revision=revision, updated_at=timezone.now()
        )
    _follow(user_id, metric)


@transaction.atomic
def clear_priority(*, user_id: UUID, metric: str) -> None:
    """Back to our order. Twice is once."""
    deleted, _ = SourcePriority.objects.filter(user=user_id, metric=metric).delete()
    if deleted:
        _follow(user_id, metric)


def _follow(user_id: UUID, metric: str) -> None:
    if metric not in _READ_ANEW:
        promise_resettling(user_id)
