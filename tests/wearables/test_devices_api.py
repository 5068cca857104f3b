"""Devices, what was read of them, and what can be connected, over HTTP."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories.wearables import (
    DeviceFactory,
    FileDeviceFactory,
    PhoneFactory,
    ProviderStateFactory,
    SyncRunFactory,
)
from tests.wearables.obeying import Obeying, client
from users.ids import uuid7
from wearables.api.devices import represent_devices
from wearables.models import SyncRun, WearableDevice
from wearables.providers import registry
from wearables.providers.base import Unavailable

pytestmark = pytest.mark.django_db

URL = "/api/v1/devices/"
RUNS = "/api/v1/sync-runs/"
PHONE = {"provider": "apple_watch", "connection_mode": "push", "name": "Ana's phone"}
SECRETS = ("access-token", "refresh-token", "push-secret")


@pytest.fixture(autouse=True)
def ring(monkeypatch, settings) -> Obeying:
    obeying = Obeying()
    monkeypatch.setitem(registry.PROVIDERS, "oura", obeying)
    settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": client()}
    return obeying


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def at(device: WearableDevice, *parts: str) -> str:
    return "/".join([f"{URL}{device.pk}", *parts, ""])


# --- Reading -------------------------------------------------------------------------------------


def test_the_list_is_of_the_latest_first(api, ana, django_assert_num_queries):
    ring, phone = DeviceFactory(user=ana), PhoneFactory(user=ana)

    with django_assert_num_queries(2):  # who asks, and the page
        rows = api.get(URL).json()["results"]

    assert [row["id"] for row in rows] == [str(phone.pk), str(ring.pk)]
    assert [row["id"] for row in api.get(URL, {"provider": "oura"}).json()["results"]] == [
        str(ring.pk)
    ]


def test_a_device_shows_how_far_its_history_is_and_no_secret(api, ana, django_assert_num_queries):
    device = DeviceFactory(user=ana)
    SyncRunFactory(device=device, kind="backfill", status="running", days_total=91, days_done=34)

    with django_assert_num_queries(3):  # who asks, the device, and its open history
        response = api.get(at(device))

    shown = response.json()
    assert (shown["backfill"]["days_done"], shown["backfill"]["days_total"]) == (34, 91)
    assert (shown["name"], shown["status"], shown["provider"]) == ("Oura Ring", "active", "oura")
    assert "token" not in response.content.decode()


def test_no_answer_holds_a_secret(api, ana):
    device, phone = DeviceFactory(user=ana), PhoneFactory(user=ana)

    fed = str(represent_devices(ana.pk, [device.pk, phone.pk]))
    answers = [
        api.get(URL),
        *[
            call
            for one in (device, phone)
            for call in (
                api.get(at(one)),
                api.patch(at(one), {"name": "Mine"}),
                api.post(at(one, "sync")),
                api.post(at(one, "disconnect")),
            )
        ],
    ]

    bodies = [answer.content.decode() for answer in answers] + [fed]
    assert not [secret for secret in SECRETS for body in bodies if secret in body]


def test_runs_of_a_device_and_of_all(api, ana, django_assert_num_queries):
    device = DeviceFactory(user=ana)
    old = SyncRunFactory(device=device, kind="scheduled", error_code="unavailable")
    new = SyncRunFactory(device=device, scope={"rejected": ["2026-03-02: steps"]})
    other = SyncRunFactory(device=DeviceFactory(user=ana))

    with django_assert_num_queries(3):  # who asks, the device, and the page
        of_device = api.get(at(device, "runs")).json()["results"]
    with django_assert_num_queries(2):
        of_all = api.get(RUNS).json()["results"]

    assert [row["id"] for row in of_device] == [str(new.pk), str(old.pk)]
    assert [row["id"] for row in of_all] == [str(other.pk), str(new.pk), str(old.pk)]
    assert of_device[0]["rejected"] == ["2026-03-02: steps"]
    assert api.get(f"{RUNS}{old.pk}/").json()["error_code"] == "unavailable"
    assert [row["id"] for row in api.get(RUNS, {"kind": "scheduled"}).json()["results"]] == [
        str(old.pk)
    ]


def test_what_can_be_connected_and_what_it_gives(api, ana, settings, django_assert_num_queries):
    settings.WEARABLE_PROVIDERS["garmin"] = {**client(), "client_id": ""}
    settings.WEARABLE_PROVIDERS["whoop"] = {**client(), "client_id": ""}
    DeviceFactory(user=ana)
    ProviderStateFactory(slug="polar", disabled_at=timezone.now())

    with django_assert_num_queries(3):  # who asks, their devices, and what is disabled
        rows = {row["slug"]: row for row in api.get("/api/v1/wearable-providers/").json()}

    assert set(rows) == {
        "fitbit",
        "garmin",
        "oura",
        "whoop",
        "polar",
        "apple_watch",
        "health_connect",
        "other",
    }
    assert (rows["oura"]["devices"], rows["oura"]["modes"]) == (1, ["oauth"])
    assert (rows["garmin"]["modes"], rows["garmin"]["is_configured"]) == (["personal_key"], True)
    assert (rows["whoop"]["modes"], rows["whoop"]["is_configured"]) == ([], False)
    assert [slug for slug, row in rows.items() if row["is_disabled"]] == ["polar"]
    assert rows["apple_watch"]["metrics"]["sleep_score"] == "none"


# --- Connecting ----------------------------------------------------------------------------------


def test_a_phone_gets_its_secret_once(api):
    made = api.post(URL, PHONE)

    device = WearableDevice.objects.get()
    secret = made.json()["push_secret"]
    assert made.status_code == 201
    assert secret == device.auth_token
    assert (device.name, device.device_type) == ("Ana's phone", "apple_watch")
    assert secret not in api.get(at(device)).content.decode()


@pytest.mark.parametrize("how", ["id", "device_id", "key"])
def test_a_repeated_connect_is_the_same_phone_with_another_secret(api, how):
    body = {"id": {"id": str(uuid7())}, "device_id": {"device_id": "phone-1"}, "key": {}}[how]
    headers = {"Idempotency-Key": "abc"} if how == "key" else {}

    answers = [api.post(URL, PHONE | body, headers=headers) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert WearableDevice.objects.get().auth_token == answers[1].json()["push_secret"]
    assert answers[0].json()["push_secret"] != answers[1].json()["push_secret"]


def test_files_have_a_device_without_a_secret(api):
    made = api.post(URL, {"provider": "other", "connection_mode": "file", "name": "Old watch"})

    assert made.status_code == 201
    assert "push_secret" not in made.json()
    assert WearableDevice.objects.get().auth_token == ""


def test_an_account_is_connected_by_its_key(api, monkeypatch):
    monkeypatch.setattr(Obeying, "modes", ("personal_key",))
    monkeypatch.setattr(Obeying, "polls", {"personal_key": True})
    body = {"provider": "oura", "connection_mode": "personal_key", "personal_key": "key-1"}

    answers = [api.post(URL, body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert "key-1" not in answers[0].content.decode()
    assert WearableDevice.objects.get().refresh_token == "key-1"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"connection_mode": "oauth"}, ("invalid_mode", "connection_mode")),
        ({"connection_mode": "cable"}, ("invalid_choice", "connection_mode")),
        ({"connection_mode": "file", "provider": "oura"}, ("invalid_mode", "connection_mode")),
        ({"connection_mode": "personal_key"}, ("required", "personal_key")),
        (
            {"connection_mode": "personal_key", "personal_key": "k"},
            ("invalid_mode", "connection_mode"),
        ),
        (
            {"connection_mode": "personal_key", "personal_key": "k", "provider": "oura"},
            ("invalid_mode", "connection_mode"),
        ),
        ({"provider": "casio"}, ("invalid_choice", "provider")),
        ({"name": "x" * 101}, ("max_length", "name")),
    ],
)
def test_what_cannot_be_connected_so_is_refused(api, change, expected):
    response = api.post(URL, PHONE | change)

    assert response.status_code == 400
    assert errors(response) == [expected]
    assert not WearableDevice.objects.exists()


def test_a_void_key_is_refused_and_a_provider_that_is_away_is_said_to_be(api, ring, monkeypatch):
    monkeypatch.setattr(Obeying, "modes", ("personal_key",))
    body = {"provider": "oura", "connection_mode": "personal_key", "personal_key": "void"}

    void = api.post(URL, body)
    ring.identity = Unavailable()
    away = api.post(URL, body | {"personal_key": "key-1"})

    assert (void.status_code, errors(void)) == (400, [("key_refused", "personal_key")])
    assert (away.status_code, errors(away)) == (503, [("provider_unavailable", None)])
    assert not WearableDevice.objects.exists()


def test_the_id_of_an_account_at_a_provider_is_reserved(api, ana):
    response = api.post(URL, PHONE | {"device_id": "oura:1"})

    assert (response.status_code, errors(response)) == (400, [("reserved", "device_id")])
    assert not WearableDevice.objects.filter(user=ana).exists()


def test_nobody_needs_more_than_fifty_devices(api, ana):
    FileDeviceFactory.create_batch(50, user=ana)

    response = api.post(URL, PHONE)

    assert (response.status_code, errors(response)) == (409, [("too_many", None)])
    assert WearableDevice.objects.filter(user=ana).count() == 50


def test_the_id_of_another_kind_of_device_is_taken(api, ana):
    FileDeviceFactory(user=ana, device_id="of-files")

    response = api.post(URL, PHONE | {"device_id": "of-files"})

    assert (response.status_code, errors(response)) == (409, [("id_taken", None)])
    assert WearableDevice.objects.get().connection_mode == "file"


# --- Doing ---------------------------------------------------------------------------------------


def test_a_device_is_renamed_paused_and_deleted(api, ana):
    device = DeviceFactory(user=ana)

    changed = api.patch(at(device), {"name": "Left hand", "is_active": False})
    gone = api.delete(at(device))

    assert (changed.json()["name"], changed.json()["is_active"]) == ("Left hand", False)
    assert gone.status_code == 204
    assert not WearableDevice.objects.exists()


def test_a_sync_is_asked_for_once_while_it_is_under_way(api, ana):
    device = DeviceFactory(user=ana)

    answers = [api.post(at(device, "sync")) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert SyncRun.objects.get().kind == "manual"


def test_history_is_asked_for_back_to_a_day(api, ana):
    device = DeviceFactory(user=ana)
    since = timezone.now().date() - dt.timedelta(days=9)

    asked = api.post(at(device, "backfill"), {"since": since.isoformat()})

    assert asked.status_code == 202
    assert (asked.json()["days_total"], asked.json()["since"]) == (10, since.isoformat())


@pytest.mark.parametrize("since", ["2199-01-01", "yesterday", None])
def test_history_of_other_days_than_the_past_is_refused(api, ana, since):
    response = api.post(at(DeviceFactory(user=ana), "backfill"), {"since": since})

    assert response.status_code == 400
    assert [attr for _, attr in errors(response)] == ["since"]
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"status": "disconnected"}, "not_connected"),
        ({"is_active": False}, "not_connected"),
        ({"provider": "apple_watch", "connection_mode": "push"}, "sends_itself"),
    ],
)
def test_what_cannot_be_read_is_not_asked_for(api, ana, values, code):
    device = DeviceFactory(user=ana, **values)

    answers = [
        api.post(at(device, "sync")),
        api.post(at(device, "backfill"), {"since": "2026-01-01"}),
    ]

    assert [(one.status_code, errors(one)) for one in answers] == [(409, [(code, None)])] * 2
    assert not SyncRun.objects.exists()


def test_nobody_is_asked_of_a_provider_that_has_given_up(api, ana):
    ProviderStateFactory(disabled_at=timezone.now())

    response = api.post(at(DeviceFactory(user=ana), "sync"))

    assert (response.status_code, errors(response)) == (409, [("provider_disabled", None)])


def test_a_disconnected_device_keeps_its_row(api, ana):
    device = DeviceFactory(user=ana)

    answer = api.post(at(device, "disconnect"))

    device.refresh_from_db()
    assert (answer.status_code, answer.json()["status"]) == (200, "disconnected")
    assert device.auth_token == ""


# --- Strangers -----------------------------------------------------------------------------------


def test_another_persons_device_does_not_exist(bens_api, anonymous, ana):
    device = DeviceFactory(user=ana)
    run = SyncRunFactory(device=device)

    answers = [
        bens_api.get(at(device)),
        bens_api.patch(at(device), {"name": "x"}),
        bens_api.delete(at(device)),
        bens_api.post(at(device, "sync")),
        bens_api.post(at(device, "backfill"), {"since": "2026-01-01"}),
        bens_api.post(at(device, "disconnect")),
        bens_api.get(at(device, "runs")),
        bens_api.get(f"{RUNS}{run.pk}/"),
    ]

    device.refresh_from_db()
    assert [answer.status_code for answer in answers] == [404] * 8
    assert [bens_api.get(url).json()["results"] for url in (URL, RUNS)] == [[], []]
    assert bens_api.get(RUNS, {"device": str(device.pk)}).json()["results"] == []
    assert [anonymous.get(url).status_code for url in (URL, RUNS, at(device))] == [401] * 3
    assert anonymous.get("/api/v1/wearable-providers/").status_code == 401
    assert (device.name, device.status) == ("Oura Ring", "active")
    assert SyncRun.objects.count() == 1
