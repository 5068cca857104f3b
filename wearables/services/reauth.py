"""A connection that its provider does not honor any more: the person has to connect again."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from users.models import Notification
from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services.notifications import notify
from wearables.models import DeviceStatus, WearableDevice

_KIND: Final = "wearable_reauth"
_AGAIN_AFTER: Final = timedelta(days=1)
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
    _ask(stored, error_code)
    return True


@transaction.atomic
def remind(*, device: WearableDevice) -> bool:
    """Ask the person once more; False where there is no need, or they were asked today."""
    advance_clock(device.user_id)
    rows = WearableDevice.objects.filter(pk=device.pk, status=DeviceStatus.REAUTH_REQUIRED)
    stored = rows.first()
    asked = Notification.objects.filter(
        user_id=device.user_id,
        kind=_KIND,
        target_id=device.pk,
        created_at__gt=timezone.now() - _AGAIN_AFTER,
    )
    if stored is None or asked.exists():
        return False
    _ask(stored, stored.error_code)
    return True


def _ask(device: WearableDevice, error_code: str) -> None:
    notify(
        user_id=device.user_id,
        category=NotificationCategory.ACCOUNT,
        kind=_KIND,
        text=f"Connect {device.name} again: {_WHY.get(error_code, _WHY['reauth_required'])}.",
        target=device,
    )
