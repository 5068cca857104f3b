"""Where django-allauth asks us: what mail to send, how tokens look, what to tell of a person."""

import secrets
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest

from users.models import User
from users.sessions import SessionStore


def token_of(request: HttpRequest) -> str | None:
    """The token of a request: ``Authorization: Bearer …`` or ``X-Session-Token: …``."""
    scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        return str(token.strip()) or None
    given: str | None = request.META.get("HTTP_X_SESSION_TOKEN")
    return given


class TokenStrategy(AbstractTokenStrategy):
    """Opaque tokens, each for a session of its own; revoked when the session goes."""

    def get_session_token(self, request: HttpRequest) -> str | None:
        return token_of(request)

    def create_session_token(self, request: HttpRequest) -> str:
        session = request.session
        assert isinstance(session, SessionStore)
        session.set_expiry(timedelta(seconds=settings.SESSION_TOKEN_AGE))
        session.save()
        assert session.token is not None
        return session.token

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session = SessionStore.of_token(session_token)
        return session if session.exists(session.session_key or "") else None


class AccountAdapter(DefaultAccountAdapter):
    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> Any:
        # The product speaks to people, not the host that the request named.
        site = SimpleNamespace(name="Numeneon", domain=get_current_site(self.request).domain)
        return super().render_mail(
            template_prefix, email, {**context, "current_site": site}, headers
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account costs a password hash. Without one here, the clock would tell.
        make_password(secrets.token_urlsafe())
        super().send_account_already_exists_mail(email)

    def save_user(
        self,
        request: HttpRequest,
        user: Any,
        form: Any,
        commit: bool = True,  # noqa: FBT001, FBT002
    ) -> Any:
        with transaction.atomic():
            return super().save_user(request, user, form, commit=commit)


class HeadlessAdapter(DefaultHeadlessAdapter):
    def serialize_user(self, user: Any) -> dict[str, Any]:
        assert isinstance(user, User)
        return {
            "id": str(user.pk),
            "display": user.username,
            "username": user.username,
            "email": user.email,
            "has_usable_password": user.has_usable_password(),
        }
