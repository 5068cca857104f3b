"""The simulated makers: signing in, and the tokens that come of it."""

import threading
from collections.abc import Iterator

import pytest

from tests.simulator.running import REDIRECT_URI, Simulator, running_simulator

SUNDAY = "2026-03-01T12:00:00+00:00"
PROFILES = {
    "fitbit": "/fitbit/api/v4/users/me/identity",
    "garmin": "/garmin/api/wellness-api/rest/user/id",
    "oura": "/oura/api/v2/usercollection/personal_info",
    "whoop": "/whoop/api/v2/user/profile/basic",
    "polar": "/polar/api/v3/users/{x_user_id}",
}
KEY = "/garmin/personal/personalapitoken-service/personal-api/personal-api-key/token"
SETTINGS = "/garmin/personal/userprofile-service/userprofile/settings"


@pytest.fixture(name="simulator")
def fixture_simulator() -> Iterator[Simulator]:
    with running_simulator() as simulator:
        simulator.control("clock", {"now": SUNDAY})
        yield simulator


def profile(simulator: Simulator, slug: str, said: dict) -> int:
    path = PROFILES[slug].format(**said)
    return simulator.get(path, said["access_token"]).status


# --- Signing in --------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", sorted(PROFILES))
def test_a_code_is_good_for_one_exchange(simulator, slug):
    code = simulator.consent(simulator.authorization_url(slug))["code"]

    replies = [simulator.exchange(slug, code) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 400]
    assert replies[1].json()["error"] == "invalid_grant"


def test_the_state_comes_back_with_the_code(simulator):
    back = simulator.consent(simulator.authorization_url("oura", state="remember me"))

    assert back["state"] == "remember me"


@pytest.mark.parametrize(("minutes", "status"), [(10, 200), (10.1, 400)])
def test_a_code_lives_for_ten_minutes(simulator, minutes, status):
    code = simulator.consent(simulator.authorization_url("whoop"))["code"]
    simulator.control("clock", {"advance_seconds": 60 * minutes})

    reply = simulator.exchange("whoop", code)

    assert reply.status == status


@pytest.mark.parametrize("slug", sorted(PROFILES))
def test_a_code_is_for_the_address_that_it_was_sent_to(simulator, slug):
    code = simulator.consent(simulator.authorization_url(slug))["code"]

    reply = simulator.exchange(slug, code, redirect_uri=f"{REDIRECT_URI}elsewhere")

    assert (reply.status, reply.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("slug", "status"), [("garmin", 400), ("fitbit", 400), ("oura", 200), ("whoop", 200)]
)
def test_a_wrong_verifier_is_refused_where_makers_know_of_it(simulator, slug, status):
    code = simulator.consent(simulator.authorization_url(slug))["code"]

    reply = simulator.exchange(slug, code, code_verifier="w" * 50)

    assert reply.status == status


def test_garmin_wants_a_challenge_and_google_does_without(simulator):
    bare = {"code_challenge": "", "code_challenge_method": ""}

    refused = simulator.consent(simulator.authorization_url("garmin", **bare))
    accepted = simulator.consent(simulator.authorization_url("fitbit", **bare))

    assert refused == {"error": "invalid_request", "state": "state-of-the-app"}
    assert simulator.exchange("fitbit", accepted["code"]).status == 200


def test_whoop_wants_a_state_of_eight_characters(simulator):
    back = simulator.consent(simulator.authorization_url("whoop", state="seven77"))

    assert back["error"] == "invalid_state"


def test_a_person_may_say_no(simulator):
    url = simulator.authorization_url("oura") + "&deny=1"

    reply = simulator.request("GET", url.removeprefix(simulator.url))

    assert reply.status == 302
    assert reply.headers["location"] == (
        f"{REDIRECT_URI}?error=access_denied&state=state-of-the-app"
    )


def test_the_page_asks_who_and_what(simulator):
    simulator.control("people", {"id": "sim-ben", "timezone": "Asia/Tokyo"})
    path = simulator.authorization_url("garmin").removeprefix(simulator.url)

    page = simulator.request("GET", path).body.decode()

    assert 'value="sim-ana" checked' in page
    assert 'value="sim-ben"' in page
    assert 'value="HEALTH_EXPORT" checked' in page
    assert 'value="HISTORICAL_DATA_EXPORT">' in page


def test_another_client_is_refused(simulator):
    code = simulator.consent(simulator.authorization_url("oura"))["code"]

    reply = simulator.exchange("oura", code, client_secret="whoop-secret")

    assert (reply.status, reply.json()["error"]) == (401, "invalid_client")


def test_polar_takes_no_credentials_from_the_form(simulator):
    code = simulator.consent(simulator.authorization_url("polar"))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    form |= {"client_id": "polar-client", "client_secret": "polar-secret"}

    reply = simulator.request("POST", "/polar/token", form=form)

    assert reply.status == 401


# --- Tokens ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["oura", "whoop"])
def test_a_refresh_token_is_good_for_one_use(simulator, slug):
    old = simulator.connect(slug)["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": old, "scope": "offline"}

    replies = [simulator.token(slug, **form) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 400]
    assert replies[0].json()["refresh_token"] != old
    assert profile(simulator, slug, replies[0].json()) == 200


def test_of_two_workers_that_refresh_together_one_loses(simulator):
    old = simulator.connect("oura")["refresh_token"]
    statuses = []

    def refresh() -> None:
        reply = simulator.token("oura", grant_type="refresh_token", refresh_token=old)
        statuses.append(reply.status)

    workers = [threading.Thread(target=refresh) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(statuses) == [200, 400]


def test_google_keeps_the_refresh_token_and_sends_none(simulator):
    said = simulator.connect("fitbit")
    form = {"grant_type": "refresh_token", "refresh_token": said["refresh_token"]}

    replies = [simulator.token("fitbit", **form) for _ in range(2)]

    assert [reply.status for reply in replies] == [200, 200]
    assert all("refresh_token" not in reply.json() for reply in replies)
    assert len(said["access_token"]) <= 2048


def test_a_second_consent_at_google_brings_no_refresh_token_unless_it_is_asked_for(simulator):
    simulator.connect("fitbit")
    back = simulator.consent(simulator.authorization_url("fitbit", prompt=""))

    said = simulator.exchange("fitbit", back["code"]).json()

    assert "refresh_token" not in said


@pytest.mark.parametrize(("days", "status"), [(6.9, 200), (7, 400)])
def test_a_project_in_testing_is_forgotten_after_seven_days(simulator, days, status):
    simulator.control("scenario", {"provider": "fitbit", "kind": "testing_expiry"})
    said = simulator.connect("fitbit")
    simulator.control("clock", {"advance_days": days})

    reply = simulator.token(
        "fitbit", grant_type="refresh_token", refresh_token=said["refresh_token"]
    )

    assert said["refresh_token_expires_in"] == 604_799
    assert reply.status == status


def test_whoop_gives_a_refresh_token_for_offline_alone(simulator):
    back = simulator.consent(simulator.authorization_url("whoop", scope="read:sleep"))

    said = simulator.exchange("whoop", back["code"]).json()

    assert "refresh_token" not in said
    assert said["expires_in"] == 3600


def test_polar_tells_the_user_and_no_refresh_token(simulator):
    said = simulator.connect("polar")

    assert sorted(said) == ["access_token", "expires_in", "token_type", "x_user_id"]


@pytest.mark.parametrize("slug", ["fitbit", "garmin", "oura", "whoop"])
def test_an_access_token_ends_and_a_new_one_opens(simulator, slug):
    said = simulator.connect(slug)
    simulator.control("clock", {"advance_seconds": said["expires_in"]})
    form = {"grant_type": "refresh_token", "refresh_token": said["refresh_token"]}

    ended = profile(simulator, slug, said)
    fresh = simulator.token(slug, scope="offline", **form).json()

    assert (ended, profile(simulator, slug, fresh)) == (401, 200)


@pytest.mark.parametrize(
    ("slug", "method", "path"),
    [
        ("fitbit", "POST", "/fitbit/revoke?token={access_token}"),
        ("garmin", "DELETE", "/garmin/api/wellness-api/rest/user/registration"),
        ("oura", "POST", "/oura/revoke?access_token={access_token}"),
        ("whoop", "DELETE", "/whoop/api/v2/user/access"),
        ("polar", "DELETE", "/polar/api/v3/users/{x_user_id}"),
    ],
)
def test_who_has_left_is_not_read_any_more(simulator, slug, method, path):
    said = simulator.connect(slug)
    headers = {"Authorization": f"Bearer {said['access_token']}"}

    left = simulator.request(method, path.format(**said), headers=headers)

    assert left.status in {200, 204}
    assert profile(simulator, slug, said) == 401


def test_a_personal_key_gives_a_bare_jwt_which_may_die_early(simulator):
    headers = {"Authorization": "ApiKey sim-ana-personal-key"}
    token = simulator.request("POST", KEY, headers=headers).body.decode()
    statuses = [simulator.get(SETTINGS, token).status]

    simulator.control("scenario", {"provider": "garmin", "kind": "jwt_dead"})
    statuses.append(simulator.get(SETTINGS, token).status)
    token = simulator.request("POST", KEY, headers=headers).body.decode()
    statuses.append(simulator.get(SETTINGS, token).status)

    assert token.count(".") == 2
    assert statuses == [200, 401, 200]


def test_a_deleted_personal_key_opens_nothing(simulator):
    simulator.control("scenario", {"provider": "garmin", "kind": "revoked"})

    replies = [
        simulator.request("POST", KEY, headers={"Authorization": f"ApiKey {key}"})
        for key in ("sim-ana-personal-key", "sim-ana-personal-key-2")
    ]

    assert [reply.status for reply in replies] == [401, 200]
