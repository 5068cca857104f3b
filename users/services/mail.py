"""E-mails, from the outbox to the transport."""

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection

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


@outbox.handles("email")
def send_mail(*, subject: str, body: str, html: str, sender: str, recipients: list[str]) -> None:
    message = EmailMultiAlternatives(
        subject, body, sender, recipients, connection=get_connection(settings.MAIL_TRANSPORT)
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()
