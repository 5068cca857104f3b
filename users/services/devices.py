"""Phones that take push messages."""

from uuid import UUID

from django.db import transaction

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
    before = PushDevice.objects.filter(token=token)
    # The former owner's clock and ours, in one step and one order.
    advance_clocks({user_id, *before.values_list("user_id", flat=True)})
    for device in before:
        device.delete()
    return PushDevice.objects.create(
        id=object_id,
        user_id=user_id,
        platform=platform,
        token=token,
        name=name,
        creation_hash=creation_hash,
    )
