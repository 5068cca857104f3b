"""The door through which Django's mail leaves: into the outbox, and from there by a worker."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from users.services import mail


class OutboxEmailBackend(BaseEmailBackend):
    """A request does not wait for a mail server, and a code is not lost with one."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            mail.promise_mail(message=message)
        return len(email_messages)
