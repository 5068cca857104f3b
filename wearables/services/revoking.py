"""Taking back at a provider what a person had granted us, once they are gone from here.

The tokens that it takes lie in a row of their own meanwhile: the connection itself is over at
once, whatever the provider does.
"""

import hashlib
import logging
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from users.services import outbox
from wearables.models import ConnectionMode, DeviceStatus, Revocation, WearableDevice
from wearables.providers.base import (
    Provider,
    ProviderError,
    RateLimited,
    ReauthRequired,
    Unavailable,
)
from wearables.providers.http import PersonApi
from wearables.services import oauth
from wearables.services.apis import http_of, is_configured, provider_of
from wearables.services.oauth import Grant

logger = logging.getLogger(__name__)

KIND: Final = "wearables_revocation"
# Tokens of somebody who has left are not kept for longer, revoked or not.
LIFETIME: Final = timedelta(days=7)


def revoke_later(device: WearableDevice) -> None:
    """Promise it, with the tokens that the row has now. For callers in a transaction."""
    is_granted = device.auth_token or device.refresh_token
    if device.connection_mode != ConnectionMode.OAUTH or not is_granted:
        return
    revocation = Revocation.objects.create(
        provider=device.provider,
        connection_mode=device.connection_mode,
        external_user_id=device.external_user_id,
        account_digest=_digest(device.provider, device.external_user_id),
        auth_token=device.auth_token,
        refresh_token=device.refresh_token,
    )
    outbox.promise(kind=KIND, revocation_id=str(revocation.pk))


@transaction.atomic
def revoke_grant_later(slug: str, grant: Grant) -> None:
    """As ``revoke_later``, of a grant that became no connection."""
    revocation = Revocation.objects.create(
        provider=slug,
        connection_mode=ConnectionMode.OAUTH,
        external_user_id="",
        account_digest=_digest(slug, grant.access_token),
        auth_token=grant.access_token,
        refresh_token=grant.refresh_token,
    )
    outbox.promise(kind=KIND, revocation_id=str(revocation.pk))


def forget_revocations(*, provider: str, external_user_id: str) -> None:
    """Who connects the same account anew is not to lose that to an old goodbye."""
    Revocation.objects.filter(account_digest=_digest(provider, external_user_id)).delete()


def _digest(provider: str, external_user_id: str) -> bytes:
    return hashlib.sha256(f"{provider} {external_user_id}".encode()).digest()


@outbox.handles(KIND)
def work_off(*, revocation_id: str) -> None:
    """Twice is once. What may heal is tried again by the outbox."""
    held = Revocation.objects.select_for_update().filter(pk=revocation_id).first()
    if held is None:
        return
    if _would_end_others(held):
        held.delete()
        return
    tokens = _Held(held.provider, held.auth_token, held.refresh_token)
    try:
        _disconnect(held.provider, held.external_user_id, tokens)
    except (Unavailable, RateLimited):
        if not tokens.is_new or timezone.now() - held.created_at > LIFETIME:
            raise
        # The old pair is dead: the new one is not to go with this transaction.
        held.auth_token, held.refresh_token = tokens.access, tokens.again
        held.save(update_fields=["auth_token", "refresh_token"])
        outbox.promise(kind=KIND, revocation_id=revocation_id)
        return
    held.delete()


def _would_end_others(held: Revocation) -> bool:
    """Whether somebody else has that account, and one grant is for all who have it."""
    maker = provider_of(held.provider)
    if maker is not None and maker.oauth is not None and maker.oauth.revokes_alone:
        return False
    connected = WearableDevice.objects.filter(
        provider=held.provider,
        external_user_id=held.external_user_id,
        status=DeviceStatus.ACTIVE,
    ).exclude(external_user_id="")
    return connected.exists()


def revoke(
    *, provider: str, mode: str, auth_token: str, refresh_token: str, external_user_id: str
) -> None:
    """Tell the provider now. Raises Unavailable or RateLimited where it may work later."""
    if mode == ConnectionMode.OAUTH:
        _disconnect(provider, external_user_id, _Held(provider, auth_token, refresh_token))


class _Held:
    """Tokens in memory. A token that is refused is replaced once."""

    def __init__(self, slug: str, access: str, again: str) -> None:
        self._slug, self.access, self.again = slug, access, again
        self.is_new = False

    def __call__(self, fresh: bool) -> str:  # noqa: FBT001 - their call
        if fresh or not self.access:
            grant = self._refreshed()
            self.access = grant.access_token
            self.again = grant.refresh_token or self.again
            self.is_new = True
        return self.access

    def _refreshed(self) -> Grant:
        maker = provider_of(self._slug)
        if maker is None or not self.again or self.is_new:
            raise ReauthRequired
        return oauth.refresh(maker, self.again)


def _disconnect(slug: str, external_user_id: str, tokens: _Held) -> None:
    maker: Provider | None = provider_of(slug)
    if maker is None or not is_configured(slug):
        return
    api = PersonApi(
        http_of(slug), token=tokens, timezone=ZoneInfo("UTC"), external_user_id=external_user_id
    )
    try:
        maker.disconnect(api, refresh_token=tokens.again)
    except (Unavailable, RateLimited):
        raise
    except ProviderError as error:
        # They have forgotten us already, or will never understand.
        logger.info("A revocation at %s ended with %s.", slug, error.code)


def remove_old() -> int:
    """Forget tokens that could not be revoked in all this time."""
    before = timezone.now() - LIFETIME
    removed, _ = Revocation.objects.filter(created_at__lt=before).delete()
    return removed
