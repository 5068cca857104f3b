"""Tell a person something, as far as they want to be told."""

from datetime import datetime
from uuid import UUID

from django.db import models, transaction

from users import push
from users.models import Notification, PushDevice, UserSettings
from users.models.notification import NotificationCategory
from users.services import outbox


@transaction.atomic
def notify(
    *,
    user_id: UUID,
    category: NotificationCategory,
    kind: str,
    text: str,
    target: models.Model | None = None,
) -> Notification | None:
    """Write a notification and push it to the person's phones; None where they switched it off."""
    if not _wanted(user_id=user_id, category=category):
        return None
    notification = Notification(user_id=user_id, category=category, kind=kind, text=text)
    if target is not None:
        notification.target = target
    notification.save()
    outbox.promise(kind="push", notification_id=str(notification.pk))
    return notification


def mark_read(*, notifications: "models.QuerySet[Notification]", read_at: datetime) -> int:
    return notifications.filter(read_at=None).update(read_at=read_at, updated_at=read_at)


def _wanted(*, user_id: UUID, category: NotificationCategory) -> bool:
    if category == NotificationCategory.ACCOUNT:
        return True
    preferences = UserSettings.objects.filter(user_id=user_id)
    return preferences.values_list(f"notification_{category}", flat=True).first() is not False


@outbox.handles("push")
def push_notification(*, notification_id: str) -> None:
    """A promise for each phone: one that cannot be reached does not ring the others again."""
    owners = Notification.objects.filter(pk=notification_id).values("user_id")
    for device_id in PushDevice.objects.filter(user_id__in=owners).values_list("pk", flat=True):
        outbox.promise(
            kind="push_to_device", notification_id=notification_id, device_id=str(device_id)
        )


@outbox.handles("push_to_device")
def push_to_device(*, notification_id: str, device_id: str) -> None:
    notification = Notification.objects.filter(pk=notification_id).first()
    device = PushDevice.objects.filter(pk=device_id).first()
    # A phone that somebody else registered since has another id.
    if notification is None or device is None:
        return
    message = push.PushMessage(
        platform=device.platform, token=device.token, title="Numeneon", body=notification.text
    )
    if not push.backend().send(message):
        device.delete()
