"""The page of a link that staff sent to somebody whose address is not verified."""

from typing import Any

from allauth.account.models import EmailConfirmationHMAC
from allauth.account.views import ConfirmEmailView
from django.http import Http404, HttpResponse
from django.shortcuts import render


class VerifyByLinkView(ConfirmEmailView):  # type: ignore[misc]  # django-allauth has no types
    """Our own, since that of django-allauth knows links or codes, and we have codes."""

    def get_object(self, queryset: object = None) -> EmailConfirmationHMAC:
        found = EmailConfirmationHMAC.from_key(self.kwargs["key"])
        if found is None:
            raise Http404
        return found

    def respond(self, success: Any) -> HttpResponse:
        # Whoever opened the link logs in to the app, and not here.
        return render(self.request, "account/address_verified.html", {"is_verified": success})
