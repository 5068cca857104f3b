"""What providers tell us: stored once and at once, worked through by a worker."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from users.ids import uuid7
from users.services import outbox
from wearables.models import (
    AuthorizationRequest,
    ConnectionMode,
    DeviceStatus,
    WearableDevice,
    WebhookEvent,
    WebhookSubscription,
)
from wearables.providers import registry
from wearables.providers.base import (
    IncomingWebhook,
    Notice,
    Unreadable,
    WebhookAnswer,
    WebhookKeys,
)
from wearables.services import connections, syncing
from wearables.services.apis import is_configured
from wearables.services.reauth import mark_reauth

KIND: Final = "wearables_webhook"
_MOST_KEY: Final = 100
_INSERT: Final = """
    INSERT INTO wearables_webhookevent
        (id, provider, key, external_user_id, notices, received_at, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, '')
    ON CONFLICT (provider, key) DO NOTHING
    RETURNING id
"""


class NotHeard(Exception):
    """Nobody of this name is listened to here: unknown, or without credentials of ours."""


def receive(*, provider: str, request: IncomingWebhook) -> WebhookAnswer:
    """Check what came, store what it tells, and say what to answer.

    The same as often as it comes, in a constant number of queries. Raises NotHeard, and what
    ``Provider.open_webhook`` raises.
    """
    known = registry.PROVIDERS.get(provider)
    if known is None or not is_configured(provider):
        raise NotHeard
    answer = known.open_webhook(request, _keys(provider))
    if answer.notices:
        store(provider=provider, answer=answer, now=request.received_at)
    return answer


def _keys(provider: str) -> WebhookKeys:
    given = settings.WEARABLE_PROVIDERS[provider]
    subscriptions = WebhookSubscription.objects.filter(provider=provider).order_by("pk")
    stored = subscriptions.values_list("secret", flat=True)
    return WebhookKeys(
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        extras=given["extras"],
        secrets=tuple(secret for secret in stored if secret),
    )


@transaction.atomic
def store(*, provider: str, answer: WebhookAnswer, now: datetime) -> UUID | None:
    """Keep what was told and promise to work it through; None for a replay of it.

    Raises Unreadable for what the database cannot hold.
    """
    notices = _packed(answer.notices)
    people = {notice.external_user_id for notice in answer.notices}
    event_id = uuid7()
    values: list[Any] = [
        event_id,
        provider,
        _key(answer.key, notices),
        people.pop()[:200] if len(people) == 1 else "",
        notices,
        now,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        if cursor.fetchone() is None:
            return None
    outbox.promise(kind=KIND, event_id=str(event_id))
    return event_id


def _packed(notices: Iterable[Notice]) -> str:
    try:
        packed = orjson.dumps([asdict(notice) for notice in notices]).decode()
    except (orjson.JSONEncodeError, RecursionError):
        raise Unreadable from None
    if "\\u0000" in packed:
        raise Unreadable
    return packed


def _key(told: str, notices: str) -> str:
    """What tells a replay, in the length that we store."""
    if told and len(told) <= _MOST_KEY:
        return told
    return hashlib.sha256((told or notices).encode()).hexdigest()


@outbox.handles(KIND)
def work_through(*, event_id: str) -> None:
    """Pass on what an event tells to every connection that it is about. Twice is once."""
    event = WebhookEvent.objects.select_for_update().filter(pk=event_id, processed_at=None).first()
    if event is None:
        return
    notices = [Notice(**row) for row in event.notices]
    devices = _connections_of(event.provider, {notice.external_user_id for notice in notices})
    for device in devices:
        _tell(device, notices, event)
    event.processed_at = timezone.now()
    event.outcome = (
        f"For {len(devices)} connection(s)." if devices else "Nobody here has this account."
    )
    # Whose it was and what it held is no longer needed, and may hold health values and tokens.
    event.notices = [{"kind": one.kind, "data_type": one.data_type} for one in notices]
    event.save(update_fields=["processed_at", "outcome", "notices"])


def _connections_of(provider: str, accounts: Iterable[str]) -> list[WearableDevice]:
    """Those of several people, where they have connected one account.

    A personal key's connection is asked and not told. By person, so that two workers lock them in
    one order.
    """
    known = WearableDevice.objects.filter(
        provider=provider,
        connection_mode=ConnectionMode.OAUTH,
        external_user_id__in=[account for account in accounts if account],
        status=DeviceStatus.ACTIVE,
    )
    return list(known.order_by("user_id", "pk"))


def _tell(device: WearableDevice, notices: Sequence[Notice], event: WebhookEvent) -> None:
    for notice in notices:
        if notice.external_user_id == device.external_user_id:
            _pass_on(device, notice, event)
    # Events come in any order.
    WearableDevice.objects.filter(
        Q(last_webhook_at=None) | Q(last_webhook_at__lt=event.received_at), pk=device.pk
    ).write(last_webhook_at=event.received_at)


def _pass_on(device: WearableDevice, notice: Notice, event: WebhookEvent) -> None:
    if notice.kind == "deregistered":
        if not _has_connected_since(device, event):
            mark_reauth(device=device, error_code="deregistered")
    elif notice.kind == "permissions":
        if not _is_overtaken(event):
            connections.set_permissions(device=device, granted=frozenset(notice.payload or ()))
    elif device.is_active:
        syncing.request_notice(device=device, notice=notice)


def _has_connected_since(device: WearableDevice, event: WebhookEvent) -> bool:
    return AuthorizationRequest.objects.filter(
        user=device.user_id, provider=device.provider, used_at__gt=event.received_at
    ).exists()


def _is_overtaken(event: WebhookEvent) -> bool:
    """Whether what the account permits was told once more since, and is known already."""
    return WebhookEvent.objects.filter(
        provider=event.provider,
        external_user_id=event.external_user_id,
        received_at__gt=event.received_at,
        processed_at__isnull=False,
        notices__contains=[{"kind": "permissions"}],
    ).exists()


def forget_events(*, before: datetime) -> int:
    """Remove what was told before; a replay that comes even later would be stored anew."""
    removed, _ = WebhookEvent.objects.filter(received_at__lt=before).delete()
    return removed
