"""Signing in at the makers, and tokens that end, over real HTTP."""

import datetime as dt

import pytest

from tests.simulator.oauth import GOOGLE_PREFIX
from tests.users.races import at_once
from tests.wearables.scenarios.makers import NOW, Makers, outcome, sync
from users.models import Notification
from wearables.models import AuthorizationRequest, WearableDevice
from wearables.services import oauth
from wearables.services.tokens import valid_token

pytestmark = pytest.mark.django_db

SIGNED_IN = ("fitbit", "garmin", "oura", "whoop", "polar")
SINGLE_USE = ("oura", "whoop")
# A kind of data of each that needs one call.
PLAIN = {"oura": "daily_activity", "whoop": "cycle", "fitbit": "steps"}


def refused(response) -> list[tuple[str, str]]:
    assert response.status_code == 400
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def tokens_of(device: WearableDevice) -> tuple[str, str]:
    device.refresh_from_db()
    return device.auth_token, device.refresh_token


def end_token(device: WearableDevice) -> None:
    ended = NOW - dt.timedelta(hours=1)
    WearableDevice.objects.filter(pk=device.pk).write(token_expires_at=ended)


# --- Codes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SIGNED_IN)
def test_a_code_that_was_used_connects_nobody_else(makers: Makers, bens_api, slug):
    back = makers.sign_in(slug)
    stolen = {**makers.sign_in(slug, api=bens_api), "code": back["code"]}
    first = makers.bring_back(slug, back)

    again = makers.bring_back(slug, stolen, api=bens_api)

    assert first.status_code == 201
    assert refused(again) == [("code_refused", "code")]
    assert [device.user.username for device in WearableDevice.objects.all()] == ["ana"]


@pytest.mark.parametrize("slug", ["garmin", "oura"])
def test_a_code_that_is_older_than_ten_minutes_connects_nothing(makers: Makers, slug):
    back = makers.sign_in(slug)
    makers.simulator.control("clock", {"advance_seconds": 601})

    response = makers.bring_back(slug, back)

    assert refused(response) == [("code_refused", "code")]
    assert not WearableDevice.objects.exists()


@pytest.mark.parametrize("slug", ["fitbit", "whoop"])
def test_a_code_for_another_address_connects_nothing(makers: Makers, slug):
    back = makers.sign_in(slug)
    AuthorizationRequest.objects.update(redirect_uri="https://elsewhere.example/callback/")

    response = makers.bring_back(slug, back)

    assert refused(response) == [("code_refused", "code")]
    assert not WearableDevice.objects.exists()


@pytest.mark.parametrize("verifier", ["", "not-the-one-that-the-challenge-was-made-of-by-us"])
@pytest.mark.parametrize("slug", ["garmin", "fitbit"])
def test_a_code_without_its_verifier_connects_nothing(makers: Makers, slug, verifier):
    back = makers.sign_in(slug)
    request = AuthorizationRequest.objects.get()
    request.code_verifier = verifier
    request.save()

    response = makers.bring_back(slug, back)

    assert refused(response) == [("code_refused", "code")]
    assert not WearableDevice.objects.exists()


@pytest.mark.parametrize("slug", SIGNED_IN)
def test_who_signs_in_is_known_by_the_makers_own_name(makers: Makers, slug):
    device = makers.connect(slug)

    name = makers.world.user_id(slug, makers.person)
    assert (device.external_user_id, device.device_id) == (name, f"{slug}:{name}")
    assert (device.status, device.unavailable) == ("active", {})
    assert makers.statuses(slug, "/token") == [200]


@pytest.mark.parametrize("slug", ["fitbit", "polar"])
def test_the_same_account_again_is_the_same_device(makers: Makers, slug):
    first = makers.connect(slug)

    response = makers.bring_back(slug, makers.sign_in(slug))

    assert (response.status_code, response.json()["id"]) == (200, str(first.pk))
    assert WearableDevice.objects.count() == 1


# --- What is granted -----------------------------------------------------------------------------


def test_a_scope_that_is_unticked_at_google_takes_its_data_alone(makers: Makers):
    names = ("activity_and_fitness", "health_metrics_and_measurements", "settings")
    device = makers.connect(
        "fitbit", grant=" ".join(f"{GOOGLE_PREFIX}{name}.readonly" for name in names)
    )

    run = sync(device, "sleep", "steps")

    assert device.unavailable == {"sleep": "permission"}
    assert (device.timezone, outcome(run)) == ("Europe/Berlin", ("done", ""))
    assert makers.calls("fitbit", "dataTypes/sleep") == []
    assert makers.statuses("fitbit", "dataTypes/steps") == [200]


def test_a_scope_that_is_unticked_at_oura_takes_its_data_alone(makers: Makers):
    device = makers.connect("oura", grant="personal daily")

    # Oura says with no token what was granted: the first refusal tells.
    first = sync(device, "daily_activity", "heartrate", "workout")
    again = sync(device, "daily_activity", "heartrate", "workout")

    device.refresh_from_db()
    assert device.unavailable == {"heartrate": "forbidden", "workout": "forbidden"}
    assert [outcome(first), outcome(again), device.status] == [("done", "")] * 2 + ["active"]
    assert makers.statuses("oura", "heartrate") == makers.statuses("oura", "workout") == [403]
    assert makers.statuses("oura", "daily_activity") == [200, 200]


def test_a_permission_that_is_off_at_garmin_takes_its_data_alone(makers: Makers):
    device = makers.connect("garmin", grant="HEALTH_EXPORT")

    assert device.unavailable == {"activities": "permission"}
    assert (device.scopes, device.status) == ("HEALTH_EXPORT", "active")


# --- Refreshing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SINGLE_USE)
def test_a_refresh_brings_a_pair_of_tokens_that_both_work(makers: Makers, slug):
    device = makers.connect(slug)
    before = tokens_of(device)
    end_token(device)

    first = sync(device, PLAIN[slug])
    between = tokens_of(device)
    end_token(device)
    second = sync(device, PLAIN[slug])

    assert [outcome(first), outcome(second)] == [("done", "")] * 2
    assert len({*before, *between, *tokens_of(device)}) == 6
    assert makers.statuses(slug, "/token") == [200, 200, 200]


@pytest.mark.parametrize("slug", SINGLE_USE)
def test_a_refresh_token_that_was_used_already_asks_to_connect_again(makers: Makers, slug):
    device = makers.connect(slug)
    spent = device.refresh_token
    end_token(device)
    sync(device, PLAIN[slug])
    WearableDevice.objects.filter(pk=device.pk).write(refresh_token=spent)
    end_token(device)

    run = sync(device, PLAIN[slug])

    device.refresh_from_db()
    assert outcome(run) == ("failed", "reauth_required")
    assert (device.status, device.next_sync_at) == ("reauth_required", None)
    assert Notification.objects.get().kind == "wearable_reauth"
    assert makers.statuses(slug, "/token") == [200, 200, 400]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", SINGLE_USE)
def test_two_workers_that_need_a_token_refresh_it_once(makers: Makers, slug):
    device = makers.connect(slug)
    end_token(device)
    makers.spoil(slug, "refresh_timeout", times=1, delay_s=0.2)

    given = at_once(2, lambda _: valid_token(device.pk)[0])

    assert given == [tokens_of(device)[0]] * 2
    assert makers.statuses(slug, "/token") == [200, 200]


def test_google_sends_no_refresh_token_and_the_old_one_is_kept(makers: Makers):
    device = makers.connect("fitbit")
    access, kept = tokens_of(device)
    end_token(device)

    run = sync(device, "steps")

    assert outcome(run) == ("done", "")
    assert tokens_of(device)[1] == kept
    assert tokens_of(device)[0] != access


def test_a_google_project_in_testing_asks_to_connect_again_after_a_week(makers: Makers):
    makers.spoil("fitbit", "testing_expiry")
    device = makers.connect("fitbit")

    makers.later(dt.timedelta(days=6, hours=23))
    before = sync(device, "steps")
    makers.later(dt.timedelta(hours=2))
    after = sync(device, "steps")

    device.refresh_from_db()
    assert [outcome(before), outcome(after)] == [("done", ""), ("failed", "reauth_required")]
    assert device.status == "reauth_required"


@pytest.mark.parametrize(
    ("slug", "kind", "code"),
    [
        ("oura", "refresh_500", "unavailable"),
        ("whoop", "refresh_timeout", "unavailable"),
        ("fitbit", "refresh_429", "rate_limited"),
        ("oura", "refresh_unreadable", "unreadable"),
    ],
)
def test_a_refresh_that_fails_leaves_the_connection(makers: Makers, monkeypatch, slug, kind, code):
    monkeypatch.setattr(oauth, "_TIMEOUT_S", (3.0, 0.3))
    device = makers.connect(slug)
    before = tokens_of(device)
    end_token(device)
    makers.spoil(slug, kind, times=1, delay_s=0.5)

    run = sync(device, PLAIN[slug])

    assert (run.error_code, device.status) == (code, "active")
    assert tokens_of(device) == before
    assert not Notification.objects.exists()
    assert outcome(sync(device, PLAIN[slug]) if run.due_at is None else makers.go_on(run)) == (
        "done",
        "",
    )


# --- Garmin's personal key -----------------------------------------------------------------------


def test_a_personal_key_is_kept_beside_the_token_that_it_gives(makers: Makers):
    device = makers.connect_with_key()

    assert device.refresh_token == "sim-ana-personal-key"
    assert device.auth_token.count(".") == 2
    assert device.token_expires_at == NOW + dt.timedelta(days=1)
    assert (device.timezone, device.unavailable) == ("Europe/Berlin", {})


def test_a_token_that_dies_early_is_exchanged_once(makers: Makers):
    device = makers.connect_with_key()
    before = tokens_of(device)
    makers.spoil("garmin", "jwt_dead")

    run = sync(device, "dailies", "hrv")

    assert outcome(run) == ("done", "")
    assert makers.statuses("garmin", "personal-api-key/token") == [200, 200]
    assert makers.statuses("garmin", "dailysummaries") == [401, 200]
    assert tokens_of(device)[0] != before[0]


def test_a_key_that_has_ended_asks_for_another(makers: Makers):
    device = makers.connect_with_key()
    makers.spoil("garmin", "revoked")

    run = sync(device, "dailies")

    device.refresh_from_db()
    assert outcome(run) == ("failed", "reauth_required")
    assert device.status == "reauth_required"
    assert makers.statuses("garmin", "personal-api-key/token") == [200, 401]


def test_a_key_that_garmin_does_not_know_connects_nothing(makers: Makers):
    response = makers.give_key("somebody-elses")

    assert refused(response) == [("key_refused", "personal_key")]
    assert not WearableDevice.objects.exists()


# --- The Fitbit Web API that is gone -------------------------------------------------------------


def test_a_connection_to_the_fitbit_that_is_gone_asks_to_sign_in_at_google(makers: Makers):
    device = makers.connect("fitbit")
    makers.spoil("fitbit", "retired")

    run = sync(device, "steps")

    device.refresh_from_db()
    assert outcome(run) == ("failed", "retired")
    assert (device.status, device.error_code) == ("reauth_required", "retired")
    assert Notification.objects.get().text == (
        "Connect Fitbit and Google Health again: its maker has moved to another service."
    )
