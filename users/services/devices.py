"""Phones that take push messages."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from users.models import PushDevice
from users.ownership import advance_clocks


@transaction.atomic
def register_device(
    *,
    user_id: UUID,
    object_id: UUID,
    platform: str,
    token: str,
    creation_hash: bytes,
    name: str = "",
) -> PushDevice:
    """Make this installation the person's. It rings for whoever registered it last."""
    _free(PushDevice.objects.filter(token=token), user_id)
    return PushDevice.objects.create(
        id=object_id,
        user_id=user_id,
        platform=platform,
        token=token,
        name=name,
        creation_hash=creation_hash,
    )


@transaction.atomic
def change_device(*, user_id: UUID, object_id: UUID, values: Mapping[str, Any]) -> PushDevice:
    """Store what changed. A new token moves here from whoever had it."""
    others = PushDevice.objects.filter(token=values.get("token")).exclude(pk=object_id)
    _free(others, user_id)
    device = PushDevice.objects.get(user_id=user_id, pk=object_id)
    for name, value in values.items():
        setattr(device, name, value)
    device.save(update_fields=[*values])
    return device


def _free(taken: "QuerySet[PushDevice]", user_id: UUID) -> None:
    # The former owner's clock and ours, in one step and one order.
    advance_clocks({user_id, *taken.values_list("user_id", flat=True)})
    for device in taken.all():
        device.delete()
