"""Connecting an account, ending that, and what follows for what it has brought."""

import dataclasses
import datetime as dt

import pytest
import time_machine
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.core.exceptions import ValidationError

from tests.factories.wearables import (
    AuthorizationRequestFactory,
    DailyActivitySourceFactory,
    DeviceFactory,
    PhoneFactory,
    RevocationFactory,
    SleepFactory,
)
from tests.wearables.obeying import NOW, TODAY, Obeying, client, token_endpoint
from users.models import OutboxMessage, SyncClock, Tombstone
from users.ownership import advance_clock
from users.services import outbox
from wearables.models import (
    AuthorizationRequest,
    DailyActivity,
    Revocation,
    SleepData,
    SyncRun,
    WearableDevice,
)
from wearables.providers import registry
from wearables.providers.base import (
    Forbidden,
    Identity,
    RateLimited,
    ReauthRequired,
    Unavailable,
)
from wearables.services import connections, devices, ingest, revoking
from wearables.services.connections import CodeRefused, KeyRefused, UnknownState, is_ours
from wearables.services.oauth import Grant

pytestmark = pytest.mark.django_db
REDIRECT = "http://testserver/api/v1/wearables/oura/callback/"
STATE = "s" * 43
GRANT = {
    "access_token": "access",
    "refresh_token": "refresh",
    "expires_in": 3600,
    "scope": "daily heartrate",
}


@pytest.fixture
def ring(monkeypatch, settings) -> Obeying:
    obeying = Obeying()
    monkeypatch.setitem(registry.PROVIDERS, "oura", obeying)
    settings.WEARABLE_RETURN_URLS = ["numeneon://", "https://app.example/back"]
    settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": client()}
    return obeying


@pytest.fixture
def endpoint(ring, settings):
    with token_endpoint() as running:
        settings.WEARABLE_PROVIDERS["oura"] = client(token=running.url)
        yield running


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def begin(user, **options) -> connections.Begun:
    return connections.begin_authorization(
        user_id=user.pk, provider="oura", redirect_uri=REDIRECT, now=NOW, **options
    )


def complete(user, state=STATE, **options) -> tuple[WearableDevice, bool]:
    values = {"provider": "oura", "code": "code-1", "now": NOW, **options}
    return connections.complete_authorization(user_id=user.pk, state=state, **values)


def begun_by(user, **values) -> AuthorizationRequest:
    return AuthorizationRequestFactory(user=user, state=STATE, **values)


def deliver(kind: str) -> None:
    outbox.deliver(message_id=OutboxMessage.objects.get(kind=kind).pk)


# --- Signing in ----------------------------------------------------------------------------------


def test_a_sign_in_begins_with_a_state_and_pkce_and_keeps_neither_readable(ana, ring):
    begun = begin(ana)

    kept = AuthorizationRequest.objects.get()
    challenge = create_s256_code_challenge(kept.code_verifier)
    assert len(begun.state) >= 32
    assert begun.state.encode() not in bytes(kept.state_digest)
    assert begun.expires_at == NOW + dt.timedelta(minutes=10)
    assert begun.authorization_url == (
        "https://ring.example/authorize?response_type=code&client_id=client"
        "&redirect_uri=http%3A%2F%2Ftestserver%2Fapi%2Fv1%2Fwearables%2Foura%2Fcallback%2F"
        f"&scope=daily+heartrate&state={begun.state}"
        f"&code_challenge={challenge}&code_challenge_method=S256"
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("numeneon://connected", True),
        ("numeneon://", True),
        ("https://app.example/back", True),
        ("https://app.example/back/", True),
        ("https://app.example/back/here?a=b", True),
        ("https://app.example/backwards", False),
        ("https://app.example/back/../other", False),
        ("https://app.example.evil.example/back", False),
        ("https://app.example@evil.example/back", False),
        ("https://user@app.example/back", False),
        ("http://app.example/back", False),
        ("HTTPS://evil.example/back", False),
        ("//app.example/back", False),
        ("https:app.example/back", False),
        ("javascript:alert(1)", False),
        ("numeneonx://connected", False),
        ("https://app.example\\@evil.example/back", False),
        ("https://app.example/back\r\nLocation: x", False),
        ("https://[app.example/back", False),
        ("https://äpp.example/back", False),
    ],
)
def test_a_sign_in_leads_back_into_the_app_and_nowhere_else(ring, settings, url, expected):
    assert is_ours(url, settings.WEARABLE_RETURN_URLS) is expected


def test_a_return_url_of_somebody_else_begins_nothing(ana, ring):
    with pytest.raises(ValidationError) as refused:
        begin(ana, return_url="https://evil.example/")

    assert set(refused.value.error_dict) == {"return_url"}
    assert not AuthorizationRequest.objects.exists()


def test_a_provider_that_is_not_set_up_cannot_be_connected(ana, ring, settings):
    settings.WEARABLE_PROVIDERS["oura"]["client_id"] = ""

    with pytest.raises(ValidationError, match="is not set up"):
        begin(ana)

    assert not AuthorizationRequest.objects.exists()


def test_a_code_connects_and_reading_begins(ana, endpoint):
    begun_by(ana, code_verifier="v" * 64, redirect_uri=REDIRECT)
    endpoint.answers_with(**GRANT)

    device, is_new = complete(ana)

    stored = WearableDevice.objects.get()
    assert is_new
    assert endpoint.asked == [
        {
            "grant_type": "authorization_code",
            "code": "code-1",
            "redirect_uri": REDIRECT,
            "code_verifier": "v" * 64,
            "client_id": "client",
            "client_secret": "hush",
        }
    ]
    assert (stored.pk, stored.device_id, stored.external_user_id) == (
        device.pk,
        "oura:ring-1",
        "ring-1",
    )
    assert (stored.auth_token, stored.refresh_token) == ("access", "refresh")
    assert stored.token_expires_at == NOW + dt.timedelta(hours=1)
    assert (stored.name, stored.timezone, stored.status) == (
        "Oura Ring",
        "Europe/Vienna",
        "active",
    )
    assert stored.next_sync_at == NOW + dt.timedelta(hours=1)
    assert stored.cursors == {"sleep": "2026-03-02", "heart": "2026-03-02"}
    assert list(SyncRun.objects.order_by("kind").values_list("kind", "status", "since")) == [
        ("backfill", "pending", TODAY - dt.timedelta(days=90)),
        ("scheduled", "pending", None),
    ]


def test_what_the_person_did_not_grant_is_marked(ana, endpoint):
    begun_by(ana)
    endpoint.answers_with(**GRANT | {"scope": "daily"})

    device, _ = complete(ana)

    assert device.unavailable == {"heart": "permission"}


def test_permissions_of_the_account_count_where_scopes_tell_nothing(ana, endpoint, ring):
    begun_by(ana)
    ring.identity = Identity(external_user_id="ring-1", permissions=frozenset({"heartrate"}))
    endpoint.answers_with(access_token="access", expires_in=3600)

    device, _ = complete(ana)

    assert device.unavailable == {"sleep": "permission"}


def test_a_state_works_once(ana, endpoint):
    begun_by(ana)
    endpoint.answers_with(**GRANT)
    complete(ana)

    with pytest.raises(UnknownState):
        complete(ana)

    assert len(endpoint.asked) == 1


def test_a_state_of_somebody_else_connects_nothing(ana, ben, endpoint):
    begun = begun_by(ana)

    with pytest.raises(UnknownState):
        complete(ben)

    begun.refresh_from_db()
    assert begun.used_at is None
    assert endpoint.asked == []
    assert not WearableDevice.objects.exists()


@pytest.mark.parametrize(
    "values", [{"created_at": NOW - dt.timedelta(minutes=10)}, {"provider": "whoop"}]
)
def test_a_state_that_is_old_or_of_another_provider_is_void(ana, endpoint, values):
    begun = begun_by(ana)
    AuthorizationRequest.objects.filter(pk=begun.pk).update(**values)

    with pytest.raises(UnknownState):
        complete(ana)

    assert endpoint.asked == []


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant"}, CodeRefused),
        (400, {"error": "invalid_request"}, CodeRefused),
        (500, {}, Unavailable),
        (429, {}, RateLimited),
    ],
)
def test_a_code_that_is_not_taken_leaves_no_device(ana, endpoint, status, body, error):
    begun_by(ana)
    endpoint.answers_with(status, **body)

    with pytest.raises(error):
        complete(ana)

    assert not WearableDevice.objects.exists()
    assert AuthorizationRequest.objects.get().used_at == NOW


@pytest.mark.parametrize("error", [Forbidden(), Unavailable(), ReauthRequired()])
def test_whoever_cannot_be_identified_is_not_connected(ana, endpoint, ring, error):
    begun_by(ana)
    ring.identity = error
    endpoint.answers_with(**GRANT)

    with pytest.raises(type(error)):
        complete(ana)

    assert not WearableDevice.objects.exists()


def test_the_same_account_again_is_the_same_device_and_goes_on_where_it_was(ana, endpoint):
    device = DeviceFactory(
        user=ana,
        external_user_id="ring-1",
        status="reauth_required",
        error_code="reauth_required",
        name="Left hand",
        cursors={"sleep": "2026-02-01"},
        backfilled_from=dt.date(2025, 1, 1),
        unavailable={"heart": "permission"},
    )
    begun_by(ana)
    endpoint.answers_with(**{k: v for k, v in GRANT.items() if k != "refresh_token"})

    again, is_new = complete(ana)

    device.refresh_from_db()
    assert (again.pk, is_new, device.name) == (device.pk, False, "Left hand")
    assert (device.status, device.error_code, device.unavailable) == ("active", "", {})
    # Google sends none with a second sign-in.
    assert (device.auth_token, device.refresh_token) == ("access", "refresh-token")
    assert device.cursors == {"sleep": "2026-02-01", "heart": "2026-03-02"}
    assert SyncRun.objects.get().kind == "scheduled"
    assert device.revision == SyncClock.objects.get(user=ana).revision


def test_two_people_may_connect_one_account(ana, ben, endpoint):
    DeviceFactory(user=ben, external_user_id="ring-1")
    begun_by(ana)
    endpoint.answers_with(**GRANT)

    _, is_new = complete(ana)

    assert is_new
    assert WearableDevice.objects.filter(external_user_id="ring-1").count() == 2


def test_sign_ins_that_nobody_can_end_any_more_are_forgotten(ana, clock):
    begun_by(ana)
    clock.shift(dt.timedelta(days=1, seconds=1))
    kept = AuthorizationRequestFactory(user=ana)

    connections.remove_old_requests(now=dt.datetime.now(dt.UTC))

    assert list(AuthorizationRequest.objects.all()) == [kept]


# --- Keys ----------------------------------------------------------------------------------------


def test_a_personal_key_connects_and_is_kept_for_the_next_token(ana, ring, monkeypatch, settings):
    monkeypatch.setattr(Obeying, "modes", ("personal_key",))
    monkeypatch.setattr(Obeying, "polls", {"personal_key": True})
    settings.WEARABLE_PROVIDERS["oura"]["client_id"] = ""

    device, is_new = connections.connect_with_key(
        user_id=ana.pk, provider="oura", personal_key="key-1", now=NOW
    )

    device.refresh_from_db()
    assert is_new
    assert (device.connection_mode, device.auth_token, device.refresh_token) == (
        "personal_key",
        "token-of-key-1",
        "key-1",
    )
    assert device.token_expires_at == NOW + dt.timedelta(days=1)


def test_a_void_key_connects_nothing(ana, ring, monkeypatch):
    monkeypatch.setattr(Obeying, "modes", ("personal_key",))

    with pytest.raises(KeyRefused):
        connections.connect_with_key(user_id=ana.pk, provider="oura", personal_key="void", now=NOW)

    assert not WearableDevice.objects.exists()


# --- Phones --------------------------------------------------------------------------------------


def test_a_phone_that_connects_again_gets_another_secret(ana):
    wish = devices.Wish(provider="apple_watch", name="Phone", device_id="phone-1")

    first, old, was_new = devices.create_push_device(user_id=ana.pk, wish=wish)
    second, secret, is_new = devices.create_push_device(user_id=ana.pk, wish=wish)

    second.refresh_from_db()
    assert (first.pk, was_new, is_new) == (second.pk, True, False)
    assert old != secret == second.auth_token
    assert len(secret) >= 32


def test_what_does_not_send_is_no_push_device(ana):
    with pytest.raises(devices.NotOfThisKind):
        devices.create_push_device(user_id=ana.pk, wish=devices.Wish(provider="oura"))

    assert not WearableDevice.objects.exists()


# --- The end of a connection ---------------------------------------------------------------------


def test_disconnecting_is_at_once_and_the_provider_is_told_later(ana, ring):
    device = DeviceFactory(user=ana, next_sync_at=NOW)
    day = DailyActivitySourceFactory(device=device)

    devices.disconnect(device=device, now=NOW)
    devices.disconnect(device=device, now=NOW)

    device.refresh_from_db()
    message = OutboxMessage.objects.get()
    assert (device.status, device.auth_token, device.refresh_token) == ("disconnected", "", "")
    assert device.next_sync_at is None
    assert type(day).objects.filter(pk=day.pk).exists()
    assert message.payload == {"revocation_id": str(Revocation.objects.get().pk)}
    deliver(revoking.KIND)
    assert ring.left == ["refresh-token"]
    assert not Revocation.objects.exists()


@pytest.mark.parametrize("error", [Forbidden(), ReauthRequired()])
def test_a_provider_that_will_not_hear_of_it_is_left_alone(ana, ring, error):
    devices.disconnect(device=DeviceFactory(user=ana), now=NOW)
    ring.script = [error]

    deliver(revoking.KIND)

    assert not Revocation.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_provider_that_is_away_is_told_later(ana, ring):
    device = DeviceFactory(user=ana)
    devices.disconnect(device=device, now=NOW)
    ring.script = [Unavailable()]

    with pytest.raises(Unavailable):
        deliver(revoking.KIND)
    deliver(revoking.KIND)

    device.refresh_from_db()
    assert device.status == "disconnected"
    assert ring.left == ["refresh-token"] * 2
    assert not Revocation.objects.exists()


def test_a_new_pair_outlives_a_revocation_that_failed(ana, endpoint, ring):
    devices.disconnect(device=DeviceFactory(user=ana, auth_token=""), now=NOW)

    def disconnect(api, *, refresh_token):
        api._token(fresh=False)
        raise Unavailable

    ring.disconnect = disconnect
    endpoint.answers_with(access_token="new", refresh_token="next", expires_in=60)

    deliver(revoking.KIND)

    held = Revocation.objects.get()
    assert (held.auth_token, held.refresh_token) == ("new", "next")
    assert OutboxMessage.objects.get().payload == {"revocation_id": str(held.pk)}


def test_who_has_connected_again_is_not_revoked(ana, ring):
    device = DeviceFactory(user=ana)
    devices.disconnect(device=device, now=NOW)
    WearableDevice.objects.filter(pk=device.pk).write(status="active")

    deliver(revoking.KIND)

    assert ring.left == []
    assert not Revocation.objects.exists()


def test_tokens_that_could_not_be_revoked_are_not_kept_for_ever(clock):
    RevocationFactory()
    clock.shift(revoking.LIFETIME + dt.timedelta(seconds=1))
    kept = RevocationFactory()

    revoking.remove_old()

    assert list(Revocation.objects.all()) == [kept]


def test_a_removed_device_takes_its_days_and_nights_along(ana, ring):
    ring_, watch = DeviceFactory(user=ana), PhoneFactory(user=ana)
    # The ring tells 9,000 steps of the day and its night; the watch 5,000 steps.
    DailyActivitySourceFactory(device=ring_, steps=9000, source_kind="watch")
    DailyActivitySourceFactory(device=watch, steps=5000, source_kind="phone")
    alone = DailyActivitySourceFactory(device=ring_, date=TODAY - dt.timedelta(days=1))
    SleepFactory(device=ring_)
    ingest.settle(
        user_id=ana.pk, revision=advance_clock(ana.pk), days=[TODAY, alone.date], nights=[]
    )
    before = dict(DailyActivity.objects.values_list("date", "steps"))

    devices.remove_device(device=ring_, now=NOW)

    gone = set(Tombstone.objects.values_list("resource", flat=True))
    assert before == {TODAY: 9000, alone.date: 8000}
    assert dict(DailyActivity.objects.values_list("date", "steps")) == {TODAY: 5000}
    assert not SleepData.objects.exists()
    assert list(WearableDevice.objects.all()) == [watch]
    assert gone == {
        "wearables.dailyactivity",
        "wearables.sleepdata",
        "wearables.wearabledevice",
    }
    assert set(OutboxMessage.objects.values_list("kind", flat=True)) == {
        revoking.KIND,
        devices.SAMPLES_KIND,
    }


def test_a_copy_in_a_phones_store_counts_once_its_maker_is_disconnected(ana, ring):
    ring_, phone = DeviceFactory(user=ana), PhoneFactory(user=ana)
    DailyActivitySourceFactory(
        device=phone, steps=7000, source_kind="hub", source_app="com.ouraring.oura"
    )
    ingest.settle(user_id=ana.pk, revision=advance_clock(ana.pk), days=[TODAY], nights=[])
    before = DailyActivity.objects.count()

    devices.disconnect(device=ring_, now=NOW)

    assert before == 0
    assert DailyActivity.objects.get().steps == 7000


def test_a_device_that_is_paused_is_not_read_until_it_is_wanted_again(ana, ring):
    device = DeviceFactory(user=ana, next_sync_at=NOW)

    paused = devices.change_device(device=device, content={"is_active": False}, now=NOW)
    again = devices.change_device(
        device=device, content={"is_active": True, "name": "Ring"}, now=NOW
    )

    assert (paused.is_active, paused.next_sync_at) == (False, None)
    assert (again.is_active, again.next_sync_at, again.name) == (True, NOW, "Ring")
    assert again.auth_token == "access-token"


# --- What is granted is not left behind ----------------------------------------------------------


@pytest.mark.parametrize("key", ["☃", "é", "a–b", "two\nlines"])
def test_a_personal_key_that_no_header_can_hold_is_refused_by_name(ana, key):
    with pytest.raises(connections.KeyRefused):
        connections.connect_with_key(user_id=ana.pk, provider="garmin", personal_key=key, now=NOW)

    assert not WearableDevice.objects.exists()


def test_of_a_maker_that_revokes_tokens_one_by_one_nobody_else_loses_theirs(
    ana, ben, ring, monkeypatch
):
    monkeypatch.setattr(
        type(ring), "oauth", dataclasses.replace(type(ring).oauth, revokes_alone=True)
    )
    device = DeviceFactory(user=ana, external_user_id="shared", refresh_token="of ana")
    kept = DeviceFactory(user=ben, external_user_id="shared")

    devices.disconnect(device=device, now=NOW)
    deliver(revoking.KIND)

    kept.refresh_from_db()
    assert (ring.left, kept.status) == (["of ana"], "active")


def test_what_was_granted_for_a_connection_that_failed_is_taken_back(ana, endpoint, ring):
    revoking.revoke_grant_later("oura", Grant(access_token="a", refresh_token="b"))

    deliver(revoking.KIND)

    assert ring.left == ["b"]
    assert not Revocation.objects.exists()
