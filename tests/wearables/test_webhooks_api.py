"""What providers tell us: believed only where it is signed, stored once, worked through later."""

import dataclasses
import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.response import Response

from tests.factories.wearables import DeviceFactory
from tests.wearables import signed_events as events
from tests.wearables.signed_events import NOW, VALID, Event, garmin, google, oura, polar, whoop
from users.models import Notification, OutboxMessage
from users.services import outbox
from wearables.models import (
    AuthorizationRequest,
    SyncRun,
    WearableDevice,
    WebhookEvent,
    WebhookSubscription,
)
from wearables.providers.base import Notice, Unreadable, WebhookAnswer
from wearables.services import webhooks

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _configured(settings):
    settings.WEARABLE_PROVIDERS = events.PROVIDERS
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def device(ana) -> WearableDevice:
    return DeviceFactory(user=ana, provider="oura", external_user_id="person-7")


def post(event: Event, **changes: Any) -> Response:
    event = dataclasses.replace(event, **changes)
    return Client().generic(
        "POST", event.url, event.body, content_type="application/json", headers=event.headers
    )


def promises() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(kind=webhooks.KIND).order_by("pk"))


def work() -> None:
    """As the worker does, for all that is promised."""
    for message in promises():
        outbox.deliver(message_id=message.pk)


# --- Coming in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", VALID)
def test_a_valid_event_of_each_provider_is_stored_and_promised(slug):
    event = VALID[slug]()

    response = post(event)

    assert (response.status_code, response.content) == (event.status, b"")
    stored = WebhookEvent.objects.get()
    assert (stored.provider, stored.external_user_id) == (slug, event.person)
    assert (stored.received_at, stored.processed_at) == (NOW, None)
    assert [message.payload for message in promises()] == [{"event_id": str(stored.pk)}]


@pytest.mark.parametrize(
    "forge",
    [
        lambda: google(key="guessed"),
        lambda: dataclasses.replace(google(), headers={}),
        lambda: garmin(told="guessed"),
        lambda: dataclasses.replace(garmin(), query=""),
        lambda: oura(key="guessed"),
        lambda: dataclasses.replace(oura(), headers={}),
        lambda: whoop(key="guessed"),
        lambda: dataclasses.replace(whoop(), headers={}),
        lambda: polar(key="guessed"),
        lambda: dataclasses.replace(polar(), headers={}),
    ],
)
def test_a_forged_event_is_refused_without_a_word(forge):
    response = post(forge())

    assert (response.status_code, response.content) == (401, b"")
    assert not WebhookEvent.objects.exists()
    assert promises() == []


@pytest.mark.parametrize("slug", ["oura", "whoop", "polar"])
def test_one_byte_more_is_another_event(slug):
    event = VALID[slug]()

    response = post(event, body=event.body + b" ")

    assert response.status_code == 401
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("slug", ["oura", "whoop", "polar"])
def test_the_same_content_spelled_otherwise_is_not_what_was_signed(slug):
    event = VALID[slug]()

    response = post(event, body=json.dumps(json.loads(event.body), indent=1).encode())

    assert response.status_code == 401


@pytest.mark.parametrize("slug", ["oura", "whoop"])
@pytest.mark.parametrize("age", [-6 * MINUTE, 6 * MINUTE])
def test_an_old_signature_is_worth_nothing(slug, age):
    response = post(VALID[slug](sent_at=NOW + age))

    assert response.status_code == 401
    assert not WebhookEvent.objects.exists()


@pytest.mark.parametrize("slug", VALID)
def test_twenty_replays_are_one_event_and_one_promise(slug):
    event = VALID[slug]()

    answers = {post(event).status_code for _ in range(20)}

    assert answers == {event.status}
    assert WebhookEvent.objects.count() == 1
    assert len(promises()) == 1


def test_a_new_event_costs_the_same_always(django_assert_num_queries):
    event = oura()
    post(oura(object_id="night-0"))

    # The secrets; a transaction with the event and, in one of its own, the promise.
    with django_assert_num_queries(7):
        post(event)
    with django_assert_num_queries(4):
        post(event)


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"data_type": "sleep"'])
def test_what_cannot_be_read_is_a_bad_request_though_it_is_signed(body):
    response = post(events.oura_of(body))

    assert (response.status_code, response.content) == (400, b"")
    assert not WebhookEvent.objects.exists()


def test_ten_megabytes_are_refused_before_they_are_read():
    response = post(events.oura_of(b" " * 10_000_000))

    assert response.status_code == 413


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_another_content_type_is_refused(kind):
    event = oura()

    response = Client().generic(
        "POST", event.url, event.body, content_type=kind, headers=event.headers
    )

    assert response.status_code == 415
    assert not WebhookEvent.objects.exists()


def test_a_content_type_may_name_its_charset():
    event = oura()

    response = Client().generic(
        "POST",
        event.url,
        event.body,
        content_type="application/json; charset=utf-8",
        headers=event.headers,
    )

    assert response.status_code == 204


@pytest.mark.parametrize("slug", ["nobody", "apple_watch", "other"])
def test_nobody_else_is_listened_to(slug):
    assert post(oura(), slug=slug).status_code == 404


def test_a_provider_without_credentials_is_not_listened_to(settings):
    settings.WEARABLE_PROVIDERS = events.PROVIDERS | {
        "oura": events.configured("oura") | {"client_id": "", "client_secret": ""}
    }

    response = post(oura(key=""))

    assert response.status_code == 404


def test_there_is_nothing_else_to_do_there_and_no_cookie():
    event = oura()
    client = Client()

    put = client.generic("PUT", event.url, event.body, headers=event.headers)
    posted = post(event)

    assert put.status_code == 405
    assert not put.cookies
    assert not posted.cookies


# --- Handshakes ----------------------------------------------------------------------------------


def test_ouras_challenge_is_answered_to_whoever_knows_our_token():
    answer = Client().get("/webhooks/oura/?verification_token=oura-token&challenge=c-1")
    guessed = Client().get("/webhooks/oura/?verification_token=guessed&challenge=c-1")

    assert (answer.status_code, answer.json()) == (200, {"challenge": "c-1"})
    assert (guessed.status_code, guessed.content) == (401, b"")


def test_googles_verification_is_answered_with_and_turned_away_without_our_secret():
    body = events.packed({"type": "verification"})

    known = post(google(), body=body)
    unknown = post(google(), body=body, headers={})

    assert (known.status_code, unknown.status_code) == (200, 401)
    assert not WebhookEvent.objects.exists()


def test_polars_first_ping_comes_unsigned():
    response = post(polar(), body=events.packed({"event": "PING"}), headers={})

    assert response.status_code == 200
    assert not WebhookEvent.objects.exists()


def test_polars_events_are_refused_before_we_know_its_secret():
    event = polar()
    WebhookSubscription.objects.all().delete()

    assert post(event).status_code == 401


# --- Working through -----------------------------------------------------------------------------


def test_an_event_is_worked_through_when_the_worker_comes_later(device):
    post(oura())

    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        work()

    run = SyncRun.objects.get(kind="webhook")
    assert (run.device, run.status) == (device, "pending")
    assert run.scope["notice"]["object_id"] == "night-1"
    device.refresh_from_db()
    assert device.last_webhook_at == NOW
    event = WebhookEvent.objects.get()
    assert event.processed_at == NOW + dt.timedelta(hours=3)
    assert event.outcome == "For 1 connection(s)."
    assert promises() == []


def test_twice_is_once(device):
    post(oura())
    event = WebhookEvent.objects.get()

    webhooks.work_through(event_id=str(event.pk))
    SyncRun.objects.filter(kind="webhook").update(status="done")
    webhooks.work_through(event_id=str(event.pk))

    assert SyncRun.objects.filter(kind="webhook").count() == 1


def test_an_account_of_two_people_is_read_for_both(device, ben):
    bens = DeviceFactory(user=ben, provider="oura", external_user_id="person-7")
    post(oura())

    work()

    told = set(SyncRun.objects.filter(kind="webhook").values_list("device", flat=True))
    assert told == {device.pk, bens.pk}


@pytest.mark.parametrize(
    "changes",
    [
        {"external_user_id": "person-8"},
        {"provider": "whoop"},
        {"is_active": False},
        {"status": "disconnected"},
        {"status": "reauth_required"},
        {"connection_mode": "personal_key"},
    ],
)
def test_nothing_is_read_of_whoever_is_not_connected_to_the_account(ana, changes):
    DeviceFactory(user=ana, **{"provider": "oura", "external_user_id": "person-7"} | changes)
    post(oura())

    work()

    assert not SyncRun.objects.filter(kind="webhook").exists()


def test_an_account_that_nobody_has_is_passed_over():
    post(oura())

    work()

    event = WebhookEvent.objects.get()
    assert event.outcome == "Nobody here has this account."
    assert event.processed_at == NOW


def test_what_was_told_is_forgotten_once_it_is_worked_through(ana):
    DeviceFactory(user=ana, provider="garmin", external_user_id="person-7")
    pushed = {"dailies": [{"userId": "person-7", "summaryId": "s-1", "steps": 4321}]}
    post(garmin(body=pushed))

    work()

    event = WebhookEvent.objects.get()
    assert event.notices == [{"kind": "changed", "data_type": "dailies"}]
    assert SyncRun.objects.get(kind="webhook").scope["notice"]["payload"] is not None


def test_an_older_event_that_comes_later_moves_no_time_back(device):
    post(oura(object_id="night-1"))
    with time_machine.travel(NOW + MINUTE, tick=False):
        post(oura(object_id="night-2", sent_at=NOW + MINUTE))
    older, newer = promises()

    outbox.deliver(message_id=newer.pk)
    outbox.deliver(message_id=older.pk)

    device.refresh_from_db()
    assert device.last_webhook_at == NOW + MINUTE
    assert SyncRun.objects.filter(kind="webhook").count() == 2


def left(person: str = "person-7") -> Event:
    return garmin(body={"deregistrations": [{"userId": person}]})


def permitted(*names: str) -> Event:
    change = {"userId": "person-7", "permissions": list(names)}
    return garmin(body={"userPermissionsChange": [change]})


def test_whoever_throws_us_out_over_there_is_asked_to_connect_again(ana):
    device = DeviceFactory(user=ana, provider="garmin", external_user_id="person-7")
    post(left())

    work()

    device.refresh_from_db()
    assert (device.status, device.error_code) == ("reauth_required", "deregistered")
    assert Notification.objects.filter(user=ana, kind="wearable_reauth").count() == 1


def test_a_late_word_of_leaving_does_not_end_a_newer_connection(ana):
    device = DeviceFactory(user=ana, provider="garmin", external_user_id="person-7")
    post(left())
    AuthorizationRequest.objects.create(
        user=ana,
        provider="garmin",
        connection_mode="oauth",
        state_digest=b"state",
        redirect_uri="https://example.com/",
        used_at=NOW + MINUTE,
    )

    work()

    device.refresh_from_db()
    assert device.status == "active"


def test_what_a_person_forbids_over_there_is_unavailable(ana):
    device = DeviceFactory(user=ana, provider="garmin", external_user_id="person-7")
    post(permitted("ACTIVITY_EXPORT"))

    work()

    device.refresh_from_db()
    assert device.scopes == "ACTIVITY_EXPORT"
    assert "dailies" in device.unavailable


def test_an_older_permission_does_not_overtake_a_newer_one(ana):
    device = DeviceFactory(user=ana, provider="garmin", external_user_id="person-7")
    post(permitted("ACTIVITY_EXPORT"))
    with time_machine.travel(NOW + MINUTE, tick=False):
        post(permitted("ACTIVITY_EXPORT", "HEALTH_EXPORT"))
    older, newer = promises()

    outbox.deliver(message_id=newer.pk)
    outbox.deliver(message_id=older.pk)

    device.refresh_from_db()
    assert device.scopes == "ACTIVITY_EXPORT HEALTH_EXPORT"


# --- Storing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", ["\0", {"n": 2**70}, {1: 2}])
def test_what_the_database_cannot_hold_is_unreadable(payload):
    notice = Notice(external_user_id="person-7", payload=payload)

    with pytest.raises(Unreadable):
        webhooks.store(
            provider="garmin", answer=WebhookAnswer(key="k", notices=(notice,)), now=NOW
        )


@pytest.mark.parametrize("key", ["", "k" * 101])
def test_an_event_without_a_usable_key_is_told_by_a_digest(key):
    answer = WebhookAnswer(key=key, notices=(Notice(external_user_id="person-7"),))

    first = webhooks.store(provider="garmin", answer=answer, now=NOW)
    second = webhooks.store(provider="garmin", answer=answer, now=NOW)

    assert (first is None, second) == (False, None)
    assert [len(event.key) for event in WebhookEvent.objects.all()] == [64]


def test_old_events_are_forgotten():
    post(oura())

    assert webhooks.forget_events(before=NOW) == 0
    assert webhooks.forget_events(before=NOW + MINUTE) == 1
