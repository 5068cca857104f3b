"""Signing in at a provider, over HTTP."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.factories.wearables import AuthorizationRequestFactory
from tests.wearables.obeying import Obeying, client, token_endpoint
from wearables.models import AuthorizationRequest, WearableDevice
from wearables.providers import registry
from wearables.providers.google import AccountNotLinked

pytestmark = pytest.mark.django_db

AUTHORIZE = "/api/v1/wearables/oura/authorize/"
CALLBACK = "/api/v1/wearables/oura/callback/"
STATE = "s" * 43
GRANT = {"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600}


@pytest.fixture(autouse=True)
def ring(monkeypatch, settings) -> Obeying:
    obeying = Obeying()
    monkeypatch.setitem(registry.PROVIDERS, "oura", obeying)
    settings.WEARABLE_RETURN_URLS = ["numeneon://", "https://app.example"]
    settings.WEARABLE_PROVIDERS = {**settings.WEARABLE_PROVIDERS, "oura": client()}
    settings.PUBLIC_URL = ""
    return obeying


@pytest.fixture
def endpoint(settings):
    with token_endpoint() as running:
        settings.WEARABLE_PROVIDERS["oura"] = client(token=running.url)
        yield running


def errors(response):
    return [(error["code"], error["attr"]) for error in response.json()["errors"]]


def begun_by(user, **values) -> AuthorizationRequest:
    return AuthorizationRequestFactory(user=user, state=STATE, **values)


def test_a_person_signs_in_and_is_connected(api, ana, anonymous, endpoint):
    endpoint.answers_with(**GRANT)
    begun = api.post(AUTHORIZE, {"return_url": "numeneon://connected?tab=devices"}).json()

    browser = anonymous.get(CALLBACK, {"code": "code-1", "state": begun["state"]})
    before = WearableDevice.objects.count()
    brought = {
        name: values[0]
        for name, values in parse_qs(urlsplit(browser.headers["Location"]).query).items()
    }
    answer = api.post(CALLBACK, {"code": brought["code"], "state": brought["state"]})

    assert browser.status_code == 302
    assert browser.headers["Location"].startswith("numeneon://connected?tab=devices&code=code-1&")
    assert browser.headers["Referrer-Policy"] == "no-referrer"
    assert browser.headers["Cache-Control"] == "no-store"
    assert before == 0
    assert (answer.status_code, answer.json()["status"]) == (201, "active")
    assert "access-1" not in answer.content.decode()
    assert WearableDevice.objects.get().user_id == ana.pk


def test_the_callback_is_where_the_world_reaches_us(api, settings):
    plain = api.post(AUTHORIZE).json()["authorization_url"]
    settings.PUBLIC_URL = "https://api.example"
    public = api.post(AUTHORIZE).json()["authorization_url"]

    assert [parse_qs(urlsplit(url).query)["redirect_uri"] for url in (plain, public)] == [
        [f"http://testserver{CALLBACK}"],
        [f"https://api.example{CALLBACK}"],
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"return_url": "https://app.example.evil.example/"}, ("invalid", "return_url")),
        ({"return_url": "javascript:alert(1)"}, ("invalid", "return_url")),
        ({"connection_mode": "personal_key"}, ("invalid_mode", "connection_mode")),
        ({"connection_mode": "cable"}, ("invalid_choice", "connection_mode")),
    ],
)
def test_what_is_no_sign_in_of_ours_is_refused(api, body, expected):
    response = api.post(AUTHORIZE, body)

    assert (response.status_code, errors(response)) == (400, [expected])
    assert not AuthorizationRequest.objects.exists()


def test_a_provider_that_is_not_set_up_here_is_a_conflict(api, settings):
    settings.WEARABLE_PROVIDERS["oura"]["client_id"] = ""

    response = api.post(AUTHORIZE)

    assert (response.status_code, errors(response)) == (409, [("not_configured", None)])


@pytest.mark.parametrize("provider", ["casio", "apple_watch"])
def test_where_nobody_signs_in_there_is_nothing(api, provider):
    answers = [
        api.post(f"/api/v1/wearables/{provider}/authorize/"),
        api.post(f"/api/v1/wearables/{provider}/callback/", {"code": "c", "state": STATE}),
        api.get(f"/api/v1/wearables/{provider}/callback/", {"state": STATE}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_browser_without_an_address_to_return_to_is_told_what_it_brought(anonymous, ana):
    begun_by(ana)

    answer = anonymous.get(CALLBACK, {"code": "code-1", "state": STATE})

    assert answer.json() == {"code": "code-1", "state": STATE, "error": ""}
    assert AuthorizationRequest.objects.get().used_at is None


def test_a_person_who_said_no_comes_back_with_the_reason(anonymous, ana):
    begun_by(ana, return_url="https://app.example/devices#list")

    answer = anonymous.get(CALLBACK, {"error": "access_denied", "state": STATE})

    assert answer.headers["Location"] == (
        f"https://app.example/devices?state={STATE}&error=access_denied#list"
    )


@pytest.mark.parametrize("change", [{"used_at": "2026-03-02T18:00:00Z"}, {"provider": "whoop"}])
def test_a_browser_with_a_state_that_is_not_open_goes_nowhere(anonymous, ana, change):
    begun = begun_by(ana, return_url="https://app.example/devices")
    AuthorizationRequest.objects.filter(pk=begun.pk).update(**change)

    answers = [anonymous.get(CALLBACK, {"code": "c", "state": STATE}), anonymous.get(CALLBACK)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert errors(answers[0]) == [("state_invalid", "state")]


def test_a_browser_alone_connects_nothing(anonymous, ana, endpoint):
    begun_by(ana)

    answer = anonymous.post(CALLBACK, {"code": "code-1", "state": STATE})

    assert answer.status_code == 401
    assert endpoint.asked == []
    assert AuthorizationRequest.objects.get().used_at is None


def test_a_state_of_somebody_else_connects_nothing(bens_api, ana, endpoint):
    begun_by(ana)

    answer = bens_api.post(CALLBACK, {"code": "code-1", "state": STATE})

    assert (answer.status_code, errors(answer)) == (400, [("state_invalid", "state")])
    assert endpoint.asked == []
    assert not WearableDevice.objects.exists()


def test_a_state_is_used_once_and_for_ten_minutes(api, ana, endpoint):
    begun = begun_by(ana)
    endpoint.answers_with(**GRANT)
    body = {"code": "code-1", "state": STATE}

    answers = [api.post(CALLBACK, body), api.post(CALLBACK, body)]
    AuthorizationRequest.objects.filter(pk=begun.pk).update(
        used_at=None, created_at=begun.created_at - dt.timedelta(minutes=10)
    )
    answers.append(api.post(CALLBACK, body))

    assert [answer.status_code for answer in answers] == [201, 400, 400]
    assert len(endpoint.asked) == 1


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"status": 400, "error": "invalid_grant"}, (400, [("code_refused", "code")])),
        ({"status": 500}, (503, [("provider_unavailable", None)])),
        ({"token_type": "bearer"}, (409, [("unreadable", None)])),
    ],
)
def test_a_provider_that_does_not_do_its_part_leaves_no_device(api, ana, endpoint, told, expected):
    begun_by(ana)
    endpoint.answers_with(**told)

    answer = api.post(CALLBACK, {"code": "code-1", "state": STATE})

    assert (answer.status_code, errors(answer)) == expected
    assert not WearableDevice.objects.exists()


def test_an_account_without_health_data_is_told_what_to_do(api, ana, endpoint, ring):
    begun_by(ana)
    endpoint.answers_with(**GRANT)
    ring.identity = AccountNotLinked()

    answer = api.post(CALLBACK, {"code": "code-1", "state": STATE})

    assert (answer.status_code, errors(answer)) == (409, [("account_not_linked", None)])
    assert "Open the maker's app once." in answer.json()["errors"][0]["detail"]


def test_a_code_that_is_too_long_is_refused_before_anybody_is_asked(api, ana, endpoint):
    begun_by(ana)

    answer = api.post(CALLBACK, {"code": "c" * 5000, "state": STATE})

    assert (answer.status_code, errors(answer)) == (400, [("max_length", "code")])
    assert AuthorizationRequest.objects.get().used_at is None
