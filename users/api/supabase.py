"""People whom Supabase signed in: its access tokens, checked against its public keys."""

import http.client
import ipaddress
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import jwt
import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request

from users.accounts import token_of
from users.api.throttling import refuse_guessing
from users.models import User
from users.services import accounts
from users.sessions import TOKEN_PREFIX

logger = logging.getLogger(__name__)

ROLE = "authenticated"
LEEWAY_S = 30
MAX_TOKEN_LENGTH = 16 * 1024
REFUSED = "This access token is not valid. Log in again."

# The one algorithm for each kind of key; what is not here is no key of ours.
_ALGORITHMS = {("RSA", None): "RS256", ("EC", "P-256"): "ES256"}
_CACHE_S = 10 * 60
_PAUSE_S = 30
_TIMEOUT_S = 3
_MAX_BYTES = 256 * 1024


class KeysUnavailable(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    default_detail = "The service is not available at the moment. Try again."
    # DRF's own name for the seconds of Retry-After.
    wait = _PAUSE_S


class SupabaseAuthentication(BaseAuthentication):
    """``Authorization: Bearer <Supabase access token>``"""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        token = token_of(cast(HttpRequest, request))
        if not settings.SUPABASE_ISSUER or token is None or not _is_jwt(token):
            return None
        try:
            subject, issued_at = _subject_of(token)
            user = accounts.user_of_identity(
                issuer=settings.SUPABASE_ISSUER, subject=subject, issued_at=issued_at
            )
        except (jwt.PyJWTError, ValueError, OverflowError, accounts.IdentityErased) as error:
            # The caller learns nothing; an operator with a wrong issuer should.
            logger.info("A Supabase token was refused: %s", type(error).__name__)
            refuse_guessing(request)
            raise AuthenticationFailed(REFUSED) from error
        if not user.is_active:
            raise AuthenticationFailed(REFUSED)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _is_jwt(token: str) -> bool:
    return token.count(".") == 2 and not token.startswith(TOKEN_PREFIX)  # noqa: PLR2004


def _subject_of(token: str) -> tuple[UUID, datetime]:
    """Whose token this is, and since when. PyJWTError or ValueError unless all of it is right."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise jwt.InvalidTokenError
    header = jwt.get_unverified_header(token)
    kid = header.get("kid")
    # Before the key: a token that cannot be right is no reason to ask the key server.
    if not kid or "crit" in header or header.get("alg") not in _ALGORITHMS.values():
        raise jwt.InvalidTokenError
    key = _keys_at(settings.SUPABASE_JWKS_URL).find(kid)
    if key is None:
        raise jwt.InvalidKeyError
    claims = jwt.decode(
        token,
        key,
        algorithms=[*_ALGORITHMS.values()],
        issuer=settings.SUPABASE_ISSUER,
        audience=settings.SUPABASE_AUDIENCE,
        leeway=LEEWAY_S,
        options={"require": ["exp", "iat", "sub"]},
    )
    if claims.get("role") != ROLE or claims.get("is_anonymous"):
        raise jwt.InvalidTokenError
    return UUID(claims["sub"]), datetime.fromtimestamp(claims["iat"], UTC)


class KeySet:
    """The public keys of one key server, as of its last good answer. Safe to share by threads.

    Kept for ten minutes, and for as long as the server does not answer. A key id that is not
    among them makes us look again, but after a look in vain not for half a minute.
    """

    def __init__(self, url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        if not _is_safe(url):
            raise ImproperlyConfigured(f"SUPABASE_JWKS_URL must be an https address, not {url!r}.")
        self._url = url
        self._clock = clock
        self._keys: Mapping[str, jwt.PyJWK] = {}
        self._fresh_until = self._paused_until = clock()
        self._is_away = False
        self._lock = threading.Lock()

    def find(self, kid: str) -> jwt.PyJWK | None:
        """None for a key that the server does not have, KeysUnavailable while it cannot say."""
        if self._is_worth_asking(kid):
            # Whoever's key is known goes on with it while another request asks.
            patience_s = 0 if kid in self._keys else _TIMEOUT_S
            if self._lock.acquire(timeout=patience_s):
                try:
                    self._ask(kid)
                finally:
                    self._lock.release()
            elif patience_s:
                raise KeysUnavailable
        key = self._keys.get(kid)
        if key is None and self._is_away:
            raise KeysUnavailable
        return key

    def _is_worth_asking(self, kid: str) -> bool:
        now = self._clock()
        if kid in self._keys:
            return now >= self._fresh_until
        return now >= self._paused_until

    def _ask(self, kid: str) -> None:
        if not self._is_worth_asking(kid):
            return  # the request that had the lock before us has asked
        now = self._clock()
        try:
            self._keys = _fetch(self._url)
        except (OSError, http.client.HTTPException, ValueError) as error:
            logger.warning("The key server does not answer: %s", type(error).__name__)
            self._is_away = True
            self._fresh_until = self._paused_until = now + _PAUSE_S
            return
        self._is_away = False
        self._fresh_until = now + _CACHE_S
        if kid not in self._keys:
            self._paused_until = now + _PAUSE_S


_key_sets: dict[str, KeySet] = {}


def _keys_at(url: str) -> KeySet:
    # setdefault is one step: threads that come first together share one set.
    return _key_sets.get(url) or _key_sets.setdefault(url, KeySet(url))


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _fetch(url: str) -> dict[str, jwt.PyJWK]:
    """The usable keys by their id. OSError, HTTPException or ValueError without a good answer.

    Not by urllib, which follows redirects.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT_S)
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {"Accept": "application/json", "User-Agent": "Numeneon"}
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        if answer.status != status.HTTP_200_OK:
            raise ValueError(f"status {answer.status}")
        document = orjson.loads(_body(answer))
    finally:
        connection.close()
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("no key set")
    return {jwk["kid"]: key for jwk in document["keys"] if (key := _key_of(jwk)) is not None}


def _body(answer: http.client.HTTPResponse) -> bytes:
    """At most _MAX_BYTES, in about _TIMEOUT_S: the socket's own limit begins anew at each byte."""
    deadline = time.monotonic() + _TIMEOUT_S
    body = b""
    while chunk := answer.read1(_MAX_BYTES + 1 - len(body)):
        body += chunk
        if len(body) > _MAX_BYTES or time.monotonic() > deadline:
            raise ValueError("too large or too slow")
    return body


def _key_of(jwk: Any) -> jwt.PyJWK | None:
    """The key for signatures that this describes, None for every other kind."""
    try:
        algorithm = _ALGORITHMS[jwk["kty"], jwk.get("crv")]
        if not jwk["kid"] or not isinstance(jwk["kid"], str):
            return None
        if jwk.get("alg", algorithm) != algorithm or jwk.get("use", "sig") != "sig":
            return None
        key = jwt.PyJWK(jwk, algorithm)
    except (KeyError, TypeError, AttributeError, ValueError, jwt.PyJWTError):
        return None
    # Too short (PyJWT's complaint, at less than 2048 bits of RSA), or published with its secret.
    is_weak = key.Algorithm.check_key_length(key.key) or "d" in jwk
    return None if is_weak else key
