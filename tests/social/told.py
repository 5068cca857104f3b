"""What workers would do after a request: the promises of social, kept."""

from users.models import Notification, OutboxMessage
from users.services import outbox


def keep_promises() -> None:
    """All that there are now; the messages of phones and mail are left alone."""
    waiting = OutboxMessage.objects.filter(kind__startswith="social_").order_by("pk")
    for message_id in list(waiting.values_list("pk", flat=True)):
        outbox.deliver(message_id=message_id)


def told(person) -> list[tuple[str, str]]:
    """Kind and text of what this person was told, the oldest first."""
    rows = Notification.objects.filter(user=person).order_by("created_at", "pk")
    return list(rows.values_list("kind", "text"))
