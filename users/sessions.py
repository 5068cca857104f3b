"""Log-ins, stored so that whoever reads the table cannot log in with what it says.

A phone or browser holds a random token; the table holds its hash as the session key, the person,
and the hash of their password, so that one indexed look-up answers whose token this is.
"""

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

# Tells secret scanners what they found.
TOKEN_PREFIX = "nmn_"  # noqa: S105 - a prefix, not a secret
_KEY_LENGTH = 40  # of 64 hexadecimal digits: 160 bits


def session_key_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()[:_KEY_LENGTH]


class SessionStore(DatabaseStore):
    """A session whose key is the hash of ``token``. Who opens it by key alone has no token."""

    token: str | None = None

    @classmethod
    def of_token(cls, token: str) -> "SessionStore":
        store = cls(session_key_of(token))
        store.token = token
        return store

    @classmethod
    def get_model_class(cls) -> Any:
        from users.models import Session  # noqa: PLC0415 - Django reads this module before models

        return Session

    def _get_new_session_key(self) -> str:
        self.token = TOKEN_PREFIX + secrets.token_urlsafe(32)
        return session_key_of(self.token)

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        row.auth_hash = data.get(HASH_SESSION_KEY, "")
        return row


class TokenCookieMiddleware(SessionMiddleware):
    """Django's own, but the cookie carries the token and not the key that the table shows."""

    def process_request(self, request: HttpRequest) -> None:
        token = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = SessionStore.of_token(token) if token else SessionStore()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        cookie = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie is not None and cookie.value:
            cookie.set(settings.SESSION_COOKIE_NAME, request.session.token, request.session.token)  # type: ignore[attr-defined]
        return response
