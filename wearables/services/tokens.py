"""Tokens that last. However many workers need one at once, one of them fetches it.

Refresh tokens of several providers die when they are used. So whoever refreshes holds the
connection's row, reads it once more, and has the new pair committed before anybody uses it.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from wearables.models import ConnectionMode, DeviceStatus, WearableDevice
from wearables.providers.base import (
    Provider,
    ProviderError,
    RateLimited,
    ReauthRequired,
    Unavailable,
)
from wearables.services import oauth
from wearables.services.apis import app_api_of, provider_of
from wearables.services.oauth import Grant
from wearables.services.reauth import mark_reauth

# While a key is exchanged the row is held; others wait ten seconds for it at most.
_KEY_TIMEOUT_S: Final = 4.0
# How long a run goes on with a token before it looks for another.
_KEPT: Final = timedelta(seconds=30)


class NotConnected(ProviderError):
    """The person has disconnected it, or has to connect again."""

    code = "not_connected"


class Tokens:
    """The tokens of one connection, for an Api: one that lasts or, told so, a new one."""

    def __init__(self, device_id: UUID) -> None:
        self._device_id = device_id
        self._until: datetime | None = None
        # The one that was given out last.
        self.given = ""

    def __call__(self, fresh: bool) -> str:  # noqa: FBT001 - their call
        now = timezone.now()
        if not fresh and self.given and self._until is not None and now < self._until:
            return self.given
        token, ends_at = valid_token(self._device_id, refused=self.given if fresh else "")
        self.given = token
        self._until = min(ends_at or now + _KEPT, now + _KEPT)
        return token


def valid_token(device_id: UUID, *, refused: str = "") -> tuple[str, datetime | None]:
    """A token that lasts for a while, and when it ends.

    ``refused`` is one that the provider has just refused: it is answered only once a refresh has
    replaced it, be it another worker's. Raises ReauthRequired, once the person was told; and
    NotConnected, Unavailable or RateLimited, which leave the connection as it is.
    """
    device = WearableDevice.objects.get(pk=device_id)
    _refuse_unconnected(device)
    if not _lasts(device, refused):
        device = _renewed(device, refused)
    return device.auth_token, device.token_expires_at


def _refuse_unconnected(device: WearableDevice) -> None:
    if device.status != DeviceStatus.ACTIVE or provider_of(device.provider) is None:
        raise NotConnected


def _lasts(device: WearableDevice, refused: str) -> bool:
    if not device.auth_token or device.auth_token == refused:
        return False
    maker = provider_of(device.provider)
    assert maker is not None
    ends_at = device.token_expires_at
    return ends_at is None or ends_at - maker.refresh_margin > timezone.now()


def _renewed(device: WearableDevice, refused: str) -> WearableDevice:
    try:
        with transaction.atomic(durable=True):
            # References to the row may be written meanwhile; changes of it wait.
            rows = WearableDevice.objects.select_for_update(no_key=True)
            device = rows.get(pk=device.pk)
            _refuse_unconnected(device)
            if not _lasts(device, refused):
                _renew(device, refused)
            return device
    except ReauthRequired:
        mark_reauth(device=device, seen=device.auth_token)
        raise
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Unavailable from None
        raise


def _renew(device: WearableDevice, refused: str) -> None:
    maker = provider_of(device.provider)
    assert maker is not None
    try:
        grant = _granted(maker, device)
    except (Unavailable, RateLimited):
        if _is_alive(device, refused):
            return
        raise
    device.auth_token = grant.access_token
    device.token_expires_at = grant.expires_at
    # Some send none with a refresh, and the one that we have stays good.
    device.refresh_token = grant.refresh_token or device.refresh_token
    WearableDevice.objects.filter(pk=device.pk).write(
        auth_token=device.auth_token,
        refresh_token=device.refresh_token,
        token_expires_at=device.token_expires_at,
    )


def _is_alive(device: WearableDevice, refused: str) -> bool:
    """Whether the token will do for now: it was only to be refreshed early."""
    ends_at = device.token_expires_at
    usable = bool(device.auth_token) and device.auth_token != refused
    return usable and ends_at is not None and ends_at > timezone.now()


def _granted(maker: Provider, device: WearableDevice) -> Grant:
    if not device.refresh_token:
        raise ReauthRequired
    if device.connection_mode == ConnectionMode.PERSONAL_KEY:
        return granted_for_key(maker, device.refresh_token)
    return oauth.refresh(maker, device.refresh_token)


def granted_for_key(maker: Provider, key: str) -> Grant:
    """A token for a personal key. Raises ReauthRequired for a key that is void."""
    api = app_api_of(maker.slug, timeout_s=_KEY_TIMEOUT_S)
    token, ends_at = maker.personal_token(api, key)
    return Grant(access_token=token, expires_at=ends_at)
