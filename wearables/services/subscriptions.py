"""What providers have agreed to tell us: asked for, renewed, and kept."""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from users.services import outbox
from wearables.models import WebhookSubscription
from wearables.providers import registry
from wearables.providers.base import Provider, ProviderError, Subscription
from wearables.services.apis import app_api_of, is_configured

logger = logging.getLogger(__name__)

KIND: Final = "wearables_subscriptions"
_LOCK: Final = "wearables.subscriptions."
# While a provider answers, this transaction holds nothing but the lock.
_LONGEST_S: Final = 600


def keep_all(*, now: datetime) -> int:
    """Subscribe at every configured provider, renew what ends, and answer how much there is.

    What fails is tried again the next time. Without PUBLIC_URL nobody could reach us, and
    nothing is asked.
    """
    return sum(_keep(provider, now) for provider in subscribed_to())


def subscribed_to() -> list[Provider]:
    """The configured providers that tell by webhooks; none where nobody could reach us."""
    if not settings.PUBLIC_URL:
        return []
    return [
        provider
        for slug, provider in registry.PROVIDERS.items()
        if provider.capabilities.webhooks and is_configured(slug)
    ]


def promise_first(provider: Provider) -> None:
    """Have it subscribed within moments where nothing is yet: its first person has connected."""
    if not (settings.PUBLIC_URL and provider.capabilities.webhooks):
        return
    if not WebhookSubscription.objects.filter(provider=provider.slug).exists():
        outbox.promise(kind=KIND, slug=provider.slug)


@outbox.handles(KIND)
def keep_one(*, slug: str) -> None:
    """Subscribe at one provider; what fails is tried again by the schedule."""
    if is_configured(slug):
        _keep(registry.PROVIDERS[slug], timezone.now())


def webhook_url(slug: str) -> str:
    """Where a provider reaches us. One that signs nothing has a secret in its address."""
    given = settings.WEARABLE_PROVIDERS[slug]
    url = f"{settings.PUBLIC_URL}/webhooks/{slug}/"
    token = given["extras"].get("webhook_token", "") if slug == "garmin" else ""
    return f"{url}?{urlencode({'token': token})}" if token else url


def _keep(provider: Provider, now: datetime) -> int:
    try:
        with transaction.atomic():
            if not _is_ours(provider.slug):
                return 0
            kept = provider.keep_subscriptions(
                app_api_of(provider.slug),
                url=webhook_url(provider.slug),
                known=_known(provider.slug),
                now=now,
            )
            _store(provider.slug, kept)
    except ProviderError as error:
        logger.warning("Subscriptions at %s are not kept: %s", provider.slug, error.code)
        return 0
    return len(kept)


def _is_ours(slug: str) -> bool:
    """Whether nobody else is at it, who would subscribe a second time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_LOCK + slug])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(
            "SELECT set_config('idle_in_transaction_session_timeout', %s, true)",
            [f"{_LONGEST_S}s"],
        )
    return True


def _known(slug: str) -> dict[str, Subscription]:
    return {
        row.subject: Subscription(
            subject=row.subject,
            external_id=row.external_id,
            expires_at=row.expires_at,
            secret=row.secret,
        )
        for row in WebhookSubscription.objects.filter(provider=slug).order_by("pk")
    }


def _store(slug: str, kept: Iterable[Subscription]) -> None:
    subjects = set()
    for one in kept:
        subjects.add(one.subject)
        WebhookSubscription.objects.update_or_create(
            provider=slug,
            subject=one.subject,
            defaults={
                "external_id": one.external_id,
                "expires_at": one.expires_at,
                "secret": one.secret,
            },
        )
    WebhookSubscription.objects.filter(provider=slug).exclude(subject__in=subjects).delete()
