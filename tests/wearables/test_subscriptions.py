"""What providers agree to tell us is asked for once, kept, renewed, and tried again."""

import datetime as dt
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.factories.wearables import WebhookSubscriptionFactory
from tests.users.races import LIMIT_S, aside
from tests.wearables import signed_events as events
from users.models import OutboxMessage
from users.services import outbox
from wearables import tasks
from wearables.models import WebhookEvent, WebhookSubscription
from wearables.providers import registry
from wearables.providers.base import Capabilities, Subscription, Unavailable
from wearables.providers.polar import POLAR
from wearables.services import subscriptions

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@dataclass
class Maker:
    """A provider that agrees to whatever is in ``agreed``, or fails."""

    slug: str
    agreed: list[Subscription] | Exception = field(default_factory=list)
    webhooks: bool = True
    asked: list[tuple[str, Mapping[str, Subscription]]] = field(default_factory=list)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(metrics={}, webhooks=self.webhooks, history_days=None)

    def keep_subscriptions(
        self, api: Any, *, url: str, known: Mapping[str, Subscription], now: dt.datetime
    ) -> list[Subscription]:
        self.asked.append((url, known))
        if isinstance(self.agreed, Exception):
            raise self.agreed
        return self.agreed


def agreed(subject: str, **changes: Any) -> Subscription:
    return Subscription(**{"subject": subject, "external_id": f"id-{subject}"} | changes)


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.WEARABLE_PROVIDERS = events.PROVIDERS
    settings.PUBLIC_URL = "https://example.com"


@pytest.fixture
def makers(monkeypatch):
    """Stands for all providers."""

    def stand_in(*there: Any) -> None:
        monkeypatch.setattr(registry, "PROVIDERS", {maker.slug: maker for maker in there})

    return stand_in


def stored() -> list[tuple[Any, ...]]:
    rows = WebhookSubscription.objects.order_by("provider", "subject")
    return list(rows.values_list("provider", "subject", "external_id", "expires_at", "secret"))


def test_what_is_agreed_is_stored_and_known_the_next_time(makers):
    sleep = agreed("sleep", expires_at=NOW + dt.timedelta(days=30), secret="shown-once")
    oura = Maker("oura", [sleep])
    makers(oura)

    first, second = subscriptions.keep_all(now=NOW), subscriptions.keep_all(now=NOW)

    assert (first, second) == (1, 1)
    assert stored() == [("oura", "sleep", "id-sleep", sleep.expires_at, "shown-once")]
    url = "https://example.com/webhooks/oura/"
    assert oura.asked == [(url, {}), (url, {"sleep": sleep})]


def test_a_secret_lies_encrypted(makers):
    makers(Maker("polar", [agreed("webhook", secret="shown-once")]))

    subscriptions.keep_all(now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM wearables_webhooksubscription")
        assert "shown-once" not in cursor.fetchone()[0]


def test_what_is_renewed_is_stored_anew_and_what_has_ended_goes(makers):
    oura = Maker("oura", [agreed("sleep"), agreed("workout")])
    makers(oura)
    subscriptions.keep_all(now=NOW)
    later = NOW + dt.timedelta(days=30)
    oura.agreed = [agreed("sleep", external_id="id-2", expires_at=later)]

    subscriptions.keep_all(now=NOW)

    assert stored() == [("oura", "sleep", "id-2", later, "")]


def test_a_provider_that_signs_nothing_gets_an_address_that_cannot_be_guessed(makers, settings):
    extras = {"garmin": events.configured("garmin", webhook_token="a token&")}
    settings.WEARABLE_PROVIDERS = events.PROVIDERS | extras
    garmin = Maker("garmin")
    makers(garmin)

    subscriptions.keep_all(now=NOW)

    assert [url for url, _ in garmin.asked] == [
        "https://example.com/webhooks/garmin/?token=a+token%26"
    ]


def test_a_provider_that_fails_keeps_what_it_had_and_does_not_stop_the_others(makers, caplog):
    oura, polar = Maker("oura", [agreed("sleep")]), Maker("polar", [agreed("webhook")])
    makers(oura, polar)
    subscriptions.keep_all(now=NOW)
    oura.agreed = Unavailable("https://example.com/?client_secret=oura-secret")

    with caplog.at_level(logging.WARNING):
        kept = subscriptions.keep_all(now=NOW)

    assert kept == 1
    assert [row[:2] for row in stored()] == [("oura", "sleep"), ("polar", "webhook")]
    assert [record.getMessage() for record in caplog.records] == [
        "Subscriptions at oura are not kept: unavailable"
    ]
    assert "oura-secret" not in caplog.text


def test_nothing_is_asked_where_nobody_could_reach_us(makers, settings):
    settings.PUBLIC_URL = ""
    oura = Maker("oura", [agreed("sleep")])
    makers(oura)

    assert subscriptions.keep_all(now=NOW) == 0
    assert oura.asked == []


@pytest.mark.parametrize(
    ("maker", "client_id"), [(Maker("oura"), ""), (Maker("oura", webhooks=False), "oura-client")]
)
def test_only_configured_providers_with_webhooks_are_asked(makers, settings, maker, client_id):
    settings.WEARABLE_PROVIDERS = {"oura": events.configured("oura") | {"client_id": client_id}}
    makers(maker)

    assert subscriptions.keep_all(now=NOW) == 0
    assert maker.asked == []


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_subscribe_once(makers):
    began, go_on = threading.Event(), threading.Event()

    class Slow(Maker):
        def keep_subscriptions(self, *args: Any, **kwargs: Any) -> list[Subscription]:
            began.set()
            assert go_on.wait(LIMIT_S)
            return super().keep_subscriptions(*args, **kwargs)

    oura = Slow("oura", [agreed("sleep")])
    makers(oura)
    first = aside(lambda: subscriptions.keep_all(now=NOW))
    assert began.wait(LIMIT_S)

    second = subscriptions.keep_all(now=NOW)
    go_on.set()

    assert (first.result(LIMIT_S), second) == (1, 0)
    assert len(oura.asked) == 1


def test_the_secret_that_polar_shows_once_signs_its_events(makers, monkeypatch):
    class Polar:
        client_id = client_secret = "polar"

        def request(self, method: str, path: str, **_: Any) -> Any:
            made = {"id": "hook-1", "signature_secret_key": "polar-agreed"}
            return {"data": made} if method == "POST" else {"data": []}

    monkeypatch.setattr(subscriptions, "app_api_of", lambda slug: Polar())
    makers(POLAR)
    subscriptions.keep_all(now=NOW)
    event = events.polar()

    response = Client().generic(
        "POST", event.url, event.body, content_type="application/json", headers=event.headers
    )

    assert response.status_code == 200
    assert WebhookEvent.objects.count() == 1
    assert WebhookSubscription.objects.count() == 1


def test_the_command_and_the_beat_do_the_same(makers, capsys):
    oura = Maker("oura", [agreed("sleep")])
    makers(oura)

    call_command("keep_subscriptions")
    tasks.keep_subscriptions()

    assert capsys.readouterr().out == "1 subscriptions are kept.\n"
    assert len(oura.asked) == 2


def test_the_first_connection_has_a_provider_subscribed(monkeypatch, settings):
    settings.PUBLIC_URL = "https://app.example.com"
    asked = []
    monkeypatch.setattr(
        subscriptions, "_keep", lambda provider, now: asked.append(provider.slug) or 1
    )
    monkeypatch.setattr(subscriptions, "is_configured", lambda slug: True)

    subscriptions.promise_first(registry.PROVIDERS["oura"])
    outbox.deliver(message_id=OutboxMessage.objects.get().pk)

    assert asked == ["oura"]


def test_further_connections_leave_it_to_the_schedule(settings):
    settings.PUBLIC_URL = "https://app.example.com"
    WebhookSubscriptionFactory(provider="oura")

    subscriptions.promise_first(registry.PROVIDERS["oura"])

    assert not OutboxMessage.objects.exists()
