"""What a person leaves behind at providers when their account is erased."""

from uuid import UUID

from wearables.models import WearableDevice, WebhookEvent
from wearables.services.revoking import revoke_later


def take_leave(user_id: UUID) -> None:
    """Have the providers told, and forget what they told us of the person."""
    for device in WearableDevice.objects.filter(user_id=user_id).order_by("pk"):
        revoke_later(device)
        if device.external_user_id:
            _forget_events(device)


def _forget_events(device: WearableDevice) -> None:
    """But for those of somebody else, who has connected the same account."""
    named = {"provider": device.provider, "external_user_id": device.external_user_id}
    others = WearableDevice.objects.filter(**named).exclude(user_id=device.user_id)
    if not others.exists():
        WebhookEvent.objects.filter(**named).delete()
