"""A link that verifies an address, for who has not received the code or lost it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse

from users.errors import Conflict
from users.services import mail

# Whoever clicks twice sends one mail.
AGAIN_AFTER: Final = timedelta(minutes=5)
_TEXT: Final = """Hello {name},

our staff sends you this link because your address is not verified yet. Open it and confirm:

{link}

It works for three days. If you did not ask for it, you can ignore this mail.
"""


@transaction.atomic
def send_verification_link(*, user_id: UUID, origin: str) -> str:
    """Promise the mail, and answer to which address. ``origin`` is where the link leads to.

    A code would be of no use: it belongs to the log-in that asked for it. Raises Conflict where
    there is no address to verify, or a link was sent to it a moment ago.
    """
    addresses = EmailAddress.objects.filter(user=user_id, verified=False, user__is_active=True)
    address = addresses.select_related("user").order_by("-primary", "pk").first()
    if address is None:
        raise Conflict("There is no address to verify.", code="nothing_to_verify")
    if not cache.add(f"verification-link:{address.pk}", 1, AGAIN_AFTER.total_seconds()):
        raise Conflict("A link was sent less than five minutes ago.", code="just_sent")
    key = EmailConfirmationHMAC(address).key
    link = origin.rstrip("/") + reverse("account_confirm_email", args=[key])
    mail.promise_mail(
        message=EmailMessage(
            subject=f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}Verify your address",
            body=_TEXT.format(name=address.user.get_username(), link=link),
            to=[address.email],
        )
    )
    return str(address.email)
