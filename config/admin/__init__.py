"""The admin site: the accounts' own log-in, with its limits and second factor; its first page."""

from typing import Any, cast
from uuid import UUID

from allauth.account.decorators import secure_admin_login
from allauth.mfa.adapter import get_adapter
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from config.admin import figures  # noqa: F401 - to be counted is its use
from config.admin.navigation import lists
from config.trail import TrailAdmin, watched
from config.veil import VeiledAdmin
from users.models import User


class NumeneonAdminSite(admin.AdminSite):
    site_header = "Numeneon"
    site_title = "Numeneon"
    index_title = "How it goes"
    site_url = None

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if _lacks_second_factor(request.user):
            return redirect("mfa_activate_totp")
        answer: HttpResponseBase = secure_admin_login(super().login)(request, extra_context)
        assert isinstance(answer, HttpResponse)
        return answer

    def register(
        self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any
    ) -> None:
        """Every page tells the audit trail and masks health values, whoever wrote it."""
        own = admin_class or admin.ModelAdmin
        guarded = type(own.__name__, (TrailAdmin, VeiledAdmin, own), {"__module__": __name__})
        super().register(model_or_iterable, guarded, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's
        return super().admin_view(watched(view), cacheable)

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and not _lacks_second_factor(request.user)

    def get_urls(self) -> list[URLResolver | URLPattern]:
        year = path(
            "users/user/<uuid:person>/year/", self.admin_view(self.person_year), name="person_year"
        )
        return [year, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        if app_label:
            return super().get_app_list(request, app_label)
        # Not every page shows them.
        return cast("list[Any]", SimpleLazyObject(lambda: lists(self._registry, request)))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        # With them come the models of all apps, which are not there yet when this is read.
        from config.admin.dashboard import dashboard  # noqa: PLC0415

        shown = dashboard(request, now=timezone.now())
        return super().index(request, {**shown, **(extra_context or {})})

    def person_year(self, request: HttpRequest, person: UUID) -> HttpResponse:
        from config.admin.person import person_year  # noqa: PLC0415

        return person_year(self, request, person)


def _lacks_second_factor(user: User | AnonymousUser) -> bool:
    if not settings.ADMIN_MFA_REQUIRED or not user.is_staff:
        return False
    return not get_adapter().is_mfa_enabled(user)
