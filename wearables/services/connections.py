"""Connecting a person's account at a provider: by signing in there, or by a personal key.

A sign-in begins here, for somebody whom we know, and ends here, for the same person: the state
that the browser brings back is worth nothing to anybody else, and nothing a second time.
"""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from authlib.common.security import generate_token
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from users.errors import Conflict
from users.ownership import advance_clock
from users.selectors import time_zone_of
from wearables.models import AuthorizationRequest, DeviceStatus, WearableDevice
from wearables.providers import registry
from wearables.providers.base import (
    Identity,
    Mode,
    Provider,
    ProviderError,
    ReauthRequired,
    Refused,
)
from wearables.providers.http import PersonApi
from wearables.services import oauth, provider_health, syncing
from wearables.services.apis import http_of, is_configured, known_zone
from wearables.services.devices import settle_copies
from wearables.services.oauth import Grant
from wearables.services.reauth import mark_reauth
from wearables.services.revoking import forget_revocations, revoke, revoke_grant_later
from wearables.services.subscriptions import promise_first
from wearables.services.tokens import granted_for_key

__all__ = [
    "begin_authorization",
    "complete_authorization",
    "connect_with_key",
    "mark_reauth",
    "return_url_of",
    "revoke",
    "set_permissions",
]

LIFETIME: Final = timedelta(minutes=10)
# RFC 7636 wants 43 to 128 characters.
_VERIFIER_LENGTH: Final = 64
_STATE_BYTES: Final = 32
_MOST_DEVICE_ID: Final = 100
NOT_GRANTED: Final = "permission"
_WEB: Final = frozenset({"http", "https"})


class UnknownState(ValidationError):
    def __init__(self) -> None:
        message = "This sign-in is not yours, was used already, or took too long. Begin again."
        super().__init__({"state": ValidationError(message, code="state_invalid")})


class CodeRefused(ValidationError):
    def __init__(self) -> None:
        message = "The provider does not accept this code. Begin again."
        super().__init__({"code": ValidationError(message, code="code_refused")})


class KeyRefused(ValidationError):
    def __init__(self) -> None:
        message = "The provider does not accept this key."
        super().__init__({"personal_key": ValidationError(message, code="key_refused")})


@dataclass(frozen=True, kw_only=True)
class Begun:
    authorization_url: str
    state: str
    expires_at: datetime


def connectable(slug: str, mode: Mode) -> Provider:
    """A provider that can be connected so. Raises KeyError, ValidationError or Conflict."""
    maker = registry.PROVIDERS[slug]
    if mode not in maker.modes:
        message = f"{maker.title} cannot be connected in this way."
        raise ValidationError({"connection_mode": ValidationError(message, code="invalid_mode")})
    # A personal key is the person's own, and needs no client of ours.
    if mode == "oauth" and not is_configured(slug):
        raise Conflict(f"{maker.title} is not set up here.", code="not_configured")
    if provider_health.is_disabled(slug):
        message = f"{maker.title} cannot be read at the moment."
        raise Conflict(message, code="provider_disabled")
    return maker


def begin_authorization(
    *,
    user_id: UUID,
    provider: str,
    redirect_uri: str,
    return_url: str = "",
    mode: Mode = "oauth",
    now: datetime,
) -> Begun:
    """Where to send the person's browser, and the state that it brings back within LIFETIME.

    Raises what ``connectable`` does, and ValidationError for a ``return_url`` that is not ours.
    """
    maker = connectable(provider, mode)
    if mode != "oauth" or maker.oauth is None:
        message = f"One does not sign in at {maker.title}."
        raise ValidationError({"connection_mode": ValidationError(message, code="invalid_mode")})
    if return_url and not is_ours(return_url, settings.WEARABLE_RETURN_URLS):
        message = "It has to lead back into the app."
        raise ValidationError({"return_url": ValidationError(message, code="invalid")})
    state = secrets.token_urlsafe(_STATE_BYTES)
    verifier = generate_token(_VERIFIER_LENGTH) if maker.oauth.pkce else ""
    AuthorizationRequest.objects.create(
        user_id=user_id,
        provider=provider,
        connection_mode=mode,
        state_digest=_digest(state),
        code_verifier=verifier,
        redirect_uri=redirect_uri,
        return_url=return_url,
    )
    url = oauth.authorization_url(
        maker, redirect_uri=redirect_uri, state=state, code_verifier=verifier
    )
    return Begun(authorization_url=url, state=state, expires_at=now + LIFETIME)


def is_ours(url: str, allowed: Collection[str]) -> bool:
    """Whether an address is, or lies below, one of those that are allowed.

    The scheme and the host are compared as a whole: no prefix of a host is that host.
    """
    if not url.isascii() or not url.isprintable() or any(one in url for one in ' \\"<>'):
        return False
    try:
        asked = urlsplit(url)
    except ValueError:
        return False
    return "@" not in asked.netloc and any(_is_below(asked, urlsplit(one)) for one in allowed)


def _is_below(asked: Any, allowed: Any) -> bool:
    if asked.scheme != allowed.scheme:
        return False
    if not allowed.netloc:
        # A scheme of the app's own: whatever follows, only the app opens it.
        return asked.scheme not in _WEB
    base = allowed.path.rstrip("/")
    is_inside = asked.path in {base, f"{base}/"} or asked.path.startswith(f"{base}/")
    return asked.netloc == allowed.netloc and is_inside and "/.." not in asked.path


def return_url_of(*, provider: str, state: str, now: datetime) -> str:
    """Where the browser of a sign-in that is open goes on to; empty for nowhere.

    Raises UnknownState. Nothing is used up.
    """
    found = _open_requests(provider, state, now).first()
    if found is None:
        raise UnknownState
    return found.return_url


def complete_authorization(
    *, user_id: UUID, provider: str, code: str, state: str, now: datetime
) -> tuple[WearableDevice, bool]:
    """Make the connection, for the person who began it; and whether it is new to us.

    Once: also what fails is over then. Raises KeyError, UnknownState, CodeRefused, and
    Unavailable, RateLimited or another ProviderError where the provider does not do its part.
    """
    maker = registry.PROVIDERS[provider]
    mine = _open_requests(provider, state, now).filter(user_id=user_id)
    if not mine.update(used_at=now):
        raise UnknownState
    begun = AuthorizationRequest.objects.get(user_id=user_id, state_digest=_digest(state))
    try:
        grant = oauth.exchange(
            maker,
            code=code,
            redirect_uri=begun.redirect_uri,
            code_verifier=begun.code_verifier,
        )
    except (ReauthRequired, Refused):
        raise CodeRefused from None
    try:
        return _connect(user_id, maker, "oauth", grant, now)
    except ProviderError:
        # What they granted is good for nothing, as nobody has it.
        revoke_grant_later(maker.slug, grant)
        raise


def _open_requests(provider: str, state: str, now: datetime) -> "QuerySet[AuthorizationRequest]":
    return AuthorizationRequest.objects.filter(
        state_digest=_digest(state),
        provider=provider,
        used_at=None,
        created_at__gt=now - LIFETIME,
    )


def remove_old_requests(*, now: datetime) -> int:
    """Forget sign-ins that nobody can end any more."""
    old = AuthorizationRequest.objects.filter(created_at__lt=now - timedelta(days=1))
    return old.delete()[0]


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


def connect_with_key(
    *, user_id: UUID, provider: str, personal_key: str, name: str = "", now: datetime
) -> tuple[WearableDevice, bool]:
    """Read the account whose owner has made this key, and whether it is new to us.

    Raises what ``connectable`` does, KeyRefused, and ProviderError where the provider does not do
    its part.
    """
    maker = connectable(provider, "personal_key")
    if not (personal_key.isascii() and personal_key.isprintable()):
        # No header could hold it.
        raise KeyRefused
    try:
        grant = granted_for_key(maker, personal_key)
    except (ReauthRequired, Refused):
        raise KeyRefused from None
    held = Grant(
        access_token=grant.access_token,
        refresh_token=personal_key,
        expires_at=grant.expires_at,
    )
    return _connect(user_id, maker, "personal_key", held, now, name=name)


# --- The connection ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Signed:
    """What a provider has given for a person."""

    maker: Provider
    mode: Mode
    grant: Grant
    identity: Identity
    name: str

    @property
    def device_id(self) -> str:
        # An account that does not tell its name is the only one that is connected so.
        external_id = self.identity.external_user_id or self.mode
        name = f"{self.maker.slug}:{external_id}"
        if len(name) <= _MOST_DEVICE_ID:
            return name
        return f"{self.maker.slug}:{hashlib.sha256(external_id.encode()).hexdigest()}"

    def values(self) -> dict[str, Any]:
        identity, grant = self.identity, self.grant
        granted = grant.scopes if identity.permissions is None else identity.permissions
        return {
            "connection_mode": self.mode,
            "status": DeviceStatus.ACTIVE,
            "is_active": True,
            "error_code": "",
            "external_user_id": identity.external_user_id,
            "timezone": known_zone(identity.timezone),
            "auth_token": grant.access_token,
            "refresh_token": grant.refresh_token,
            "token_expires_at": grant.expires_at,
            "scopes": " ".join(sorted(granted or ())),
            "unavailable": unavailable_with(self.maker, granted),
        }


def _connect(
    user_id: UUID, maker: Provider, mode: Mode, grant: Grant, now: datetime, *, name: str = ""
) -> tuple[WearableDevice, bool]:
    def token(fresh: bool) -> str:  # noqa: FBT001 - their call
        if fresh:
            raise ReauthRequired
        return grant.access_token

    zone = ZoneInfo(known_zone(time_zone_of(user_id)) or "UTC")
    api = PersonApi(
        http_of(maker.slug), token=token, timezone=zone, mode=mode, token_extras=grant.extras
    )
    identity = maker.identify(api)
    signed = _Signed(
        maker=maker, mode=mode, grant=grant, identity=identity, name=(name or maker.title)[:100]
    )
    return _store(user_id, signed, now)


@transaction.atomic
def _store(user_id: UUID, signed: _Signed, now: datetime) -> tuple[WearableDevice, bool]:
    revision = advance_clock(user_id)
    rows = WearableDevice.objects.filter(user_id=user_id, device_id=signed.device_id)
    device, values = rows.select_for_update(no_key=True).first(), signed.values()
    is_new = device is None
    if device is None:
        device = WearableDevice(
            user_id=user_id,
            device_id=signed.device_id,
            device_type=signed.maker.device_type,
            provider=signed.maker.slug,
            name=signed.name,
            **values,
        )
        device.insert_at(revision)
    else:
        # Google sends a refresh token only with a consent, and the one before stays good.
        values["refresh_token"] = values["refresh_token"] or device.refresh_token
        rows.write(**values, provider=signed.maker.slug, revision=revision, updated_at=now)
        device.refresh_from_db()
    forget_revocations(provider=device.provider, external_user_id=device.external_user_id)
    settle_copies(user_id=user_id, revision=revision, provider=device.provider)
    syncing.begin(device=device, now=now)
    if signed.mode == "oauth":
        promise_first(signed.maker)
    return device, is_new


def unavailable_with(maker: Provider, granted: frozenset[str] | None) -> dict[str, str]:
    """What cannot be read with these scopes or permissions; None is all that was asked for."""
    if granted is None:
        return {}
    return {
        known.name: NOT_GRANTED
        for known in maker.data_types
        if known.scopes and not known.scopes & granted
    }


def set_permissions(*, device: WearableDevice, granted: frozenset[str]) -> None:
    """The person has changed over there what we may read."""
    maker = registry.PROVIDERS[device.provider]
    WearableDevice.objects.filter(pk=device.pk).write(
        unavailable=unavailable_with(maker, granted), scopes=" ".join(sorted(granted))
    )
