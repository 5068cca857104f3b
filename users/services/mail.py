"""E-mails, from the outbox to the transport."""

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction

from users.models import OutboxMessage
from users.services import outbox


def promise_mail(*, message: EmailMessage) -> None:
    html = [
        str(part.content)
        for part in getattr(message, "alternatives", [])
        if part.mimetype == "text/html"
    ]
    outbox.promise(
        kind="email",
        subject=str(message.subject),
        body=str(message.body),
        html=html[0] if html else "",
        sender=message.from_email,
        recipients=list(message.to),
    )


@transaction.atomic
def drop_mail(*, recipient: str) -> None:
    """Forget what was promised to an address; what a worker is sending right now is sent."""
    promised = OutboxMessage.objects.filter(
        kind="email", payload__recipients__contains=[recipient]
    ).select_for_update(skip_locked=True)
    ids = list(promised.values_list("pk", flat=True))
    OutboxMessage.objects.filter(pk__in=ids).delete()


@outbox.handles("email")
def send_mail(*, subject: str, body: str, html: str, sender: str, recipients: list[str]) -> None:
    message = EmailMultiAlternatives(
        subject, body, sender, recipients, connection=get_connection(settings.MAIL_TRANSPORT)
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
