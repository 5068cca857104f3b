"""A connection that its provider does not honor any more: the person has to connect again."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services.notifications import notify
from wearables.models import DeviceStatus, WearableDevice

_WHY: Final = {
    "reauth_required": "its permission has ended",
    "deregistered": "you have disconnected it there",
    "retired": "its maker has moved to another service",
}


@transaction.atomic
def mark_reauth(
    *, device: WearableDevice, error_code: str = "reauth_required", seen: str = ""
) -> bool:
    """Stop reading a connection and ask the person to connect again; False if there is no need.

    ``seen`` is the access token that was refused: a connection that has another one by now was
    made anew meanwhile, and stands.
    """
    revision = advance_clock(device.user_id)
    rows = WearableDevice.objects.filter(pk=device.pk, status=DeviceStatus.ACTIVE)
    stored = rows.select_for_update(no_key=True).first()
    if stored is None or (seen and stored.auth_token != seen):
        return False
    rows.write(
        status=DeviceStatus.REAUTH_REQUIRED,
        error_code=error_code,
        next_sync_at=None,
        revision=revision,
        updated_at=timezone.now(),
    )
    notify(
        user_id=device.user_id,
        category=NotificationCategory.ACCOUNT,
        kind="wearable_reauth",
        text=f"Connect {stored.name} again: {_WHY.get(error_code, _WHY['reauth_required'])}.",
        target=stored,
    )
    return True
