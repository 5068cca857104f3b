"""Signing in at a provider: the address to begin at, and tokens for codes and older tokens."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import requests
from authlib.common.errors import AuthlibBaseError
from django.conf import settings
from django.utils import timezone

from wearables.providers.base import (
    OAuth,
    Provider,
    ReauthRequired,
    Refused,
    Unavailable,
    Unreadable,
)
from wearables.providers.http import as_json, raise_for

# Seconds to connect, and between two parts of an answer. A refresh holds the connection's row, for
# which others wait ten seconds at most.
_TIMEOUT_S: Final = (3.0, 4.0)
_LONGEST_S: Final = 7.0
_MOST_BYTES: Final = 64 * 1024
_CHUNK_BYTES: Final = 8192
# Polar's tokens last so long, and no token is trusted for longer.
_LONGEST_LIFE: Final = timedelta(days=3660)
_OURS: Final = frozenset({"access_token", "refresh_token", "expires_in", "expires_at", "scope"})
# What the policy of all calls says of these; others are the affair of OAuth.
_NOT_OF_OAUTH: Final = frozenset({408, 429})


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Tokens. ``refresh_token`` is empty and ``scopes`` None where the provider sends none."""

    access_token: str
    refresh_token: str = ""
    expires_at: datetime | None = None
    scopes: frozenset[str] | None = None
    # What else the answer held: some tell here whose token it is.
    extras: Mapping[str, Any] = field(default_factory=dict)


def authorization_url(
    provider: Provider, *, redirect_uri: str, state: str, code_verifier: str
) -> str:
    """Where the person's browser begins. The verifier is empty where there is no PKCE."""
    terms = _terms(provider)
    url, _ = _session(provider, redirect_uri=redirect_uri).create_authorization_url(
        settings.WEARABLE_PROVIDERS[provider.slug]["urls"]["authorize"],
        state=state,
        code_verifier=code_verifier or None,
        scope=terms.scope_separator.join(terms.scopes) or None,
        **terms.authorize_params,
    )
    return str(url)


def exchange(provider: Provider, *, code: str, redirect_uri: str, code_verifier: str) -> Grant:
    """Tokens for a code. Raises ReauthRequired for one that is void, and what any call does."""
    given = {"code": code, "redirect_uri": redirect_uri, "grant_type": "authorization_code"}
    if code_verifier:
        given["code_verifier"] = code_verifier
    return _asked(provider, "fetch_token", given)


def refresh(provider: Provider, refresh_token: str) -> Grant:
    """New tokens for a refresh token. Raises ReauthRequired only where that is void."""
    given = {"refresh_token": refresh_token, **_terms(provider).refresh_params}
    return _asked(provider, "refresh_token", given)


def _terms(provider: Provider) -> OAuth:
    if provider.oauth is None:
        raise Refused
    return provider.oauth


def _session(provider: Provider, *, redirect_uri: str = "") -> Any:
    # Twelve megabytes, which only those need who sign somebody in or refresh a token.
    from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415

    client = settings.WEARABLE_PROVIDERS[provider.slug]
    terms = _terms(provider)
    session = OAuth2Session(
        client_id=client["client_id"],
        client_secret=client["client_secret"],
        token_endpoint_auth_method=terms.client_auth,
        redirect_uri=redirect_uri or None,
        code_challenge_method="S256" if terms.pkce else None,
        # Neither proxies nor passwords of this machine.
        trust_env=False,
        stream=True,
    )
    for hook in ("access_token_response", "refresh_token_response"):
        session.register_compliance_hook(hook, _bounded)
    return session


def _asked(provider: Provider, call: str, given: Mapping[str, str]) -> Grant:
    url = settings.WEARABLE_PROVIDERS[provider.slug]["urls"]["token"]
    with _session(provider) as session:
        try:
            told = getattr(session, call)(
                url, timeout=_TIMEOUT_S, allow_redirects=False, stream=True, **given
            )
        except AuthlibBaseError as error:
            # Its text is the provider's, and stays out of ours.
            raise (ReauthRequired if error.error == "invalid_grant" else Refused) from None
        except requests.RequestException:
            raise Unavailable from None
        except (ValueError, TypeError, OverflowError):
            raise Unreadable from None
    return _grant_of(told)


class _Answer:
    """What authlib reads of an answer, held in memory and no larger than it may be."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status_code, self._body = status, body

    def json(self) -> Any:
        return as_json(self._body)

    def raise_for_status(self) -> None:
        raise Refused


def _bounded(answer: requests.Response) -> _Answer:
    """Raises what the policy of all calls says of statuses that are not OAuth's own."""
    with answer:
        status = answer.status_code
        if status >= 500 or status in _NOT_OF_OAUTH:  # noqa: PLR2004 - errors of their server
            raise_for(status, answer.headers, now=timezone.now())
        body, latest = bytearray(), time.monotonic() + _LONGEST_S
        for chunk in answer.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > _MOST_BYTES:
                raise Unreadable
            if time.monotonic() > latest:
                raise Unavailable
    return _Answer(status, bytes(body))


def _grant_of(told: Mapping[str, Any]) -> Grant:
    access, again = told.get("access_token"), told.get("refresh_token") or ""
    if not isinstance(access, str) or not access or not isinstance(again, str):
        raise Unreadable
    scope = told.get("scope")
    return Grant(
        access_token=access,
        refresh_token=again,
        expires_at=_end_of(told.get("expires_in")),
        scopes=frozenset(scope.replace(",", " ").split()) if isinstance(scope, str) else None,
        extras={name: value for name, value in told.items() if name not in _OURS},
    )


def _end_of(expires_in: object) -> datetime | None:
    if expires_in is None:
        return None
    try:
        life = timedelta(seconds=float(str(expires_in)))
    except (ValueError, OverflowError):
        raise Unreadable from None
    return timezone.now() + min(life, _LONGEST_LIFE)
