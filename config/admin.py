"""The admin site: the accounts' own log-in, with its limits and second factor."""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from users.models import User


class NumeneonAdminSite(admin.AdminSite):
    site_header = "Numeneon"
    site_title = "Numeneon"
    index_title = "Administration"

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if _lacks_second_factor(request.user):
            return redirect("mfa_activate_totp")
        answer: HttpResponseBase = secure_admin_login(super().login)(request, extra_context)
        assert isinstance(answer, HttpResponse)
        return answer

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _lacks_second_factor(request.user)


def _lacks_second_factor(user: User | AnonymousUser) -> bool:
    if not settings.ADMIN_MFA_REQUIRED or not user.is_staff:
        return False
    return not get_adapter().is_mfa_enabled(user)
