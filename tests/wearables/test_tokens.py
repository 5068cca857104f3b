"""Tokens that last, and what no fault of a token endpoint may do to a connection."""

import datetime as dt
import time

import pytest

from tests.factories.wearables import DeviceFactory
from tests.wearables.obeying import Obeying, client, token_endpoint
from users.models import Notification
from wearables.models import WearableDevice
from wearables.providers import registry
from wearables.providers.base import (
    RateLimited,
    ReauthRequired,
    Refused,
    Unavailable,
    Unreadable,
)
from wearables.services import oauth
from wearables.services.tokens import NotConnected, Tokens, valid_token

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
FRESH = {"access_token": "new", "refresh_token": "next", "expires_in": 3600}
VOID = {"error": "invalid_grant"}


@pytest.fixture
def endpoint(monkeypatch, settings):
    monkeypatch.setitem(registry.PROVIDERS, "oura", Obeying())
    with token_endpoint() as running:
        oura = client(token=running.url)
        settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": oura}
        yield running


def device_of(user, *, lasts: dt.timedelta, **values) -> WearableDevice:
    ends_at = dt.datetime.now(dt.UTC) + lasts
    return DeviceFactory(user=user, auth_token="old", token_expires_at=ends_at, **values)


def stored(device: WearableDevice) -> tuple[str, str, str]:
    device.refresh_from_db()
    return device.auth_token, device.refresh_token, device.status


def test_a_token_that_lasts_is_used_and_nobody_is_asked(ana, endpoint):
    device = device_of(ana, lasts=HOUR)

    token, _ = valid_token(device.pk)

    assert token == "old"
    assert endpoint.asked == []


def test_a_token_is_renewed_before_it_ends(ana, endpoint):
    device = device_of(ana, lasts=dt.timedelta(minutes=4))
    endpoint.answers_with(**FRESH)

    token, ends_at = valid_token(device.pk)

    assert token == "new"
    assert stored(device) == ("new", "next", "active")
    assert dt.timedelta(minutes=59) < ends_at - dt.datetime.now(dt.UTC) <= HOUR
    assert endpoint.asked == [
        {
            "grant_type": "refresh_token",
            "refresh_token": "refresh-token",
            "client_id": "client",
            "client_secret": "hush",
        }
    ]


def test_an_old_refresh_token_stays_where_none_comes(ana, endpoint):
    device = device_of(ana, lasts=-HOUR)
    endpoint.answers_with(access_token="new", expires_in=3599)

    valid_token(device.pk)

    assert stored(device) == ("new", "refresh-token", "active")


def test_a_refused_token_is_renewed_once_however_many_had_it(ana, endpoint):
    device = device_of(ana, lasts=HOUR)
    endpoint.answers_with(**FRESH)

    tokens = [valid_token(device.pk, refused="old")[0] for _ in range(3)]

    assert tokens == ["new"] * 3
    assert len(endpoint.asked) == 1


def test_a_run_asks_for_its_token_once(ana, endpoint, django_assert_num_queries):
    tokens = Tokens(device_of(ana, lasts=HOUR).pk)
    endpoint.answers_with(**FRESH)

    with django_assert_num_queries(1):
        given = [tokens(fresh=False), tokens(fresh=False)]
    given.append(tokens(fresh=True))

    assert given == ["old", "old", "new"]


@pytest.mark.parametrize("status", [400, 401])
def test_only_a_void_grant_ends_a_connection(ana, endpoint, status):
    device = device_of(ana, lasts=-HOUR)
    endpoint.answers_with(status, **VOID)

    with pytest.raises(ReauthRequired):
        valid_token(device.pk)

    assert stored(device) == ("old", "refresh-token", "reauth_required")
    assert Notification.objects.get().kind == "wearable_reauth"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (500, {}, Unavailable),
        (503, {"error": "invalid_grant"}, Unavailable),
        (429, {"error": "slow_down"}, RateLimited),
        (401, {"error": "invalid_client"}, Refused),
        (400, {"text": "no JSON"}, Unreadable),
        (400, {"error": "invalid_request"}, Refused),
        (302, {}, Unreadable),
        (200, {"text": "[]"}, Refused),
        (200, {"token_type": "bearer"}, Unreadable),
        (200, {"access_token": "new", "expires_in": "soon"}, Unreadable),
    ],
)
def test_no_other_fault_changes_how_a_connection_stands(ana, endpoint, status, body, error):
    device = device_of(ana, lasts=-HOUR)
    endpoint.answers_with(status, **body)

    with pytest.raises(error):
        valid_token(device.pk)

    assert stored(device) == ("old", "refresh-token", "active")
    assert not Notification.objects.exists()


def test_a_lost_refresh_keeps_the_connection(ana, endpoint, settings):
    settings.WEARABLE_PROVIDERS["oura"]["urls"]["token"] = "http://127.0.0.1:1/token"
    device = device_of(ana, lasts=-HOUR)

    with pytest.raises(Unavailable):
        valid_token(device.pk)

    assert stored(device) == ("old", "refresh-token", "active")


def test_a_slow_token_endpoint_does_not_hold_the_row_for_long(ana, endpoint, monkeypatch):
    monkeypatch.setattr(oauth, "_TIMEOUT_S", (0.1, 0.1))
    endpoint.delay_s = 0.5
    device = device_of(ana, lasts=-HOUR)
    endpoint.answers_with(**FRESH)

    began = time.monotonic()
    with pytest.raises(Unavailable):
        valid_token(device.pk)

    assert time.monotonic() - began < 0.5
    assert stored(device) == ("old", "refresh-token", "active")


def test_a_token_that_was_to_be_renewed_early_is_used_while_the_endpoint_is_away(ana, endpoint):
    device = device_of(ana, lasts=dt.timedelta(minutes=4))
    endpoint.answers_with(500)

    token, _ = valid_token(device.pk)

    assert token == "old"


def test_an_endless_answer_is_no_token(ana, endpoint):
    device = device_of(ana, lasts=-HOUR)
    endpoint.answers_with(text=" " * 70_000)

    with pytest.raises(Unreadable):
        valid_token(device.pk)

    assert stored(device) == ("old", "refresh-token", "active")


def test_a_connection_without_a_refresh_token_ends_with_its_token(ana, endpoint):
    device = device_of(ana, lasts=HOUR, refresh_token="")

    with pytest.raises(ReauthRequired):
        valid_token(device.pk, refused="old")

    assert stored(device)[2] == "reauth_required"


def test_a_personal_key_is_exchanged_anew(ana, endpoint):
    device = device_of(ana, lasts=-HOUR, connection_mode="personal_key", refresh_token="key-1")

    token, _ = valid_token(device.pk)

    assert token == "token-of-key-1"
    assert stored(device) == ("token-of-key-1", "key-1", "active")


def test_what_was_disconnected_has_no_token(ana, endpoint):
    device = device_of(ana, lasts=HOUR, status="disconnected")

    with pytest.raises(NotConnected):
        valid_token(device.pk)

    assert endpoint.asked == []
