"""The simulated makers: what goes wrong on purpose, and their control."""

import threading
from collections.abc import Iterator

import pytest

from tests.simulator.running import Simulator, running_simulator

SUNDAY = "2026-03-01T12:00:00+00:00"
PROFILES = {
    "fitbit": "/fitbit/api/v4/users/me/identity",
    "garmin": "/garmin/api/wellness-api/rest/user/id",
    "oura": "/oura/api/v2/usercollection/personal_info",
    "whoop": "/whoop/api/v2/user/profile/basic",
    "polar": "/polar/api/v3/users/{x_user_id}",
}
GOOGLE = "https://www.googleapis.com/auth/googlehealth."


@pytest.fixture(name="simulator")
def fixture_simulator() -> Iterator[Simulator]:
    with running_simulator() as simulator:
        simulator.control("clock", {"now": SUNDAY})
        yield simulator


def profile(simulator: Simulator, slug: str, said: dict) -> int:
    path = PROFILES[slug].format(**said)
    return simulator.get(path, said["access_token"]).status


# --- What goes wrong on purpose ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "options", "headers"),
    [
        ("oura", {}, {"retry-after": "30", "x-ratelimit-limit": "5000"}),
        ("whoop", {"reset_s": 9}, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9"}),
        ("garmin", {}, {"retry-after": "14"}),
        ("garmin", {"retry_after": 60, "as_date": True}, {}),
        ("fitbit", {}, {}),
    ],
)
def test_who_is_too_fast_hears_it_as_often_as_wanted(simulator, slug, options, headers):
    said = simulator.connect(slug)
    scenario = {"provider": slug, "kind": "rate_limited", "times": 2, **options}
    simulator.control("scenario", scenario)
    path = PROFILES[slug]

    replies = [simulator.get(path, said["access_token"]) for _ in range(3)]

    assert [reply.status for reply in replies] == [429, 429, 200]
    assert headers.items() <= replies[0].headers.items()
    dated = replies[0].headers.get("retry-after") == "Sun, 01 Mar 2026 12:01:00 GMT"
    assert dated == bool(options.get("as_date"))


def test_whoop_is_strict_about_a_hundred_calls_a_minute_when_it_shall_be(simulator):
    simulator.control("scenario", {"provider": "whoop", "kind": "strict_limits"})
    token = simulator.connect("whoop")["access_token"]

    statuses = [simulator.get(PROFILES["whoop"], token).status for _ in range(101)]

    assert statuses == [200] * 100 + [429]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("server_error", 500),
        ("forbidden", 403),
        ("membership_lapsed", 403),
        ("unauthorized", 401),
        ("retired", 410),
    ],
)
def test_a_maker_refuses_as_it_is_told_to(simulator, kind, status):
    token = simulator.connect("whoop")["access_token"]
    simulator.control("scenario", {"provider": "whoop", "kind": kind})

    refused = simulator.get(PROFILES["whoop"], token)
    simulator.control("scenario?provider=whoop", method="DELETE")
    answered = simulator.get(PROFILES["whoop"], token)

    assert (refused.status, answered.status) == (status, 200)


def test_a_scenario_may_be_for_one_person_and_one_path(simulator):
    simulator.control("people", {"id": "sim-ben", "timezone": "Europe/Berlin"})
    anas = simulator.connect("oura")["access_token"]
    bens = simulator.connect("oura", person="sim-ben")["access_token"]
    scenario = {"provider": "oura", "kind": "server_error", "person": "sim-ben"}
    simulator.control("scenario", {**scenario, "path": "personal_info"})
    sleep = "/oura/api/v2/usercollection/sleep"

    asked = [(PROFILES["oura"], anas), (PROFILES["oura"], bens), (sleep, bens)]

    assert [simulator.get(*one).status for one in asked] == [200, 500, 200]


def test_an_answer_may_take_its_time_and_then_be_no_json(simulator):
    token = simulator.connect("oura")["access_token"]
    for kind in ("timeout", "unreadable"):
        scenario = {"provider": "oura", "kind": kind, "times": 1, "delay_s": 0.01}
        simulator.control("scenario", scenario)

    replies = [simulator.get(PROFILES["oura"], token) for _ in range(2)]

    assert replies[0].json()["age"] == 34
    assert replies[1].headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(("kind", "status"), [("refresh_500", 500), ("refresh_429", 429)])
def test_a_refresh_that_fails_leaves_the_token_good(simulator, kind, status):
    old = simulator.connect("oura")["refresh_token"]
    simulator.control("scenario", {"provider": "oura", "kind": kind, "times": 1})

    replies = [
        simulator.token("oura", grant_type="refresh_token", refresh_token=old) for _ in range(2)
    ]

    assert [reply.status for reply in replies] == [status, 200]


def test_a_revoked_consent_is_an_invalid_grant(simulator):
    said = simulator.connect("oura")
    simulator.control("scenario", {"provider": "oura", "kind": "revoked"})

    reply = simulator.token(
        "oura", grant_type="refresh_token", refresh_token=said["refresh_token"]
    )

    assert (reply.status, reply.json()["error"]) == (400, "invalid_grant")
    assert profile(simulator, "oura", said) == 401


@pytest.mark.parametrize(
    "path", ["/fitbit/legacy/1/user/-/profile.json", "/fitbit/api/1/user/-/x"]
)
def test_the_old_fitbit_is_gone(simulator, path):
    reply = simulator.request("GET", path)

    assert (reply.status, reply.json()["errors"][0]["errorType"]) == (410, "gone")


@pytest.mark.parametrize(
    ("slug", "grant", "path"),
    [
        ("oura", "personal", "/oura/api/v2/usercollection/sleep"),
        ("whoop", "offline", "/whoop/api/v2/cycle"),
        (
            "fitbit",
            f"{GOOGLE}sleep.readonly",
            "/fitbit/api/v4/users/me/dataTypes/heart-rate/dataPoints",
        ),
    ],
)
def test_what_was_not_granted_is_forbidden(simulator, slug, grant, path):
    token = simulator.connect(slug, grant=grant)["access_token"]

    assert simulator.get(path, token).status == 403


# --- Control -----------------------------------------------------------------------------------


def test_the_log_tells_who_asked_what_and_how_many_at_once(simulator):
    token = simulator.connect("oura")["access_token"]
    simulator.control("calls", method="DELETE")
    simulator.control("scenario", {"provider": "oura", "kind": "timeout", "delay_s": 0.2})
    path = "/oura/api/v2/usercollection/sleep"
    callers = [
        threading.Thread(target=simulator.get, args=(path, token), kwargs={"start_date": "x"})
        for _ in range(3)
    ]

    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()

    log = simulator.control("calls?provider=oura&status=422")
    assert log["count"] == 3
    assert log["most_at_once"] == {"oura": 3}
    assert log["calls"][0] == {
        "time": SUNDAY,
        "provider": "oura",
        "method": "GET",
        "path": path,
        "query": {"start_date": "x"},
        "status": 422,
        "person": "sim-ana",
    }


def test_a_reset_forgets_everything(simulator):
    said = simulator.connect("oura")
    simulator.control("people", {"id": "sim-ben"})
    simulator.control("scenario", {"provider": "oura", "kind": "server_error"})

    state = simulator.control("reset", {})

    assert [person["id"] for person in state["people"]] == ["sim-ana"]
    assert (state["scenarios"], state["clock"], state["seed"]) == ([], "real", 7)
    assert profile(simulator, "oura", said) == 401


def test_what_control_does_not_understand_is_refused(simulator):
    asked = [
        ("POST", "/__sim__/scenario", {"provider": "oura", "kind": "earthquake"}),
        ("POST", "/__sim__/day", {"date": "yesterday"}),
        ("POST", "/__sim__/people", {"id": "sim-eve", "timezone": "Mars/Olympus"}),
    ]

    replies = [simulator.request(*one[:2], json_body=one[2]) for one in asked]

    assert [reply.status for reply in replies] == [400, 400, 400]


def test_the_first_page_shows_everybody_and_where_to_go(simulator):
    page = simulator.request("GET", "/").body.decode()

    assert "sim-ana-personal-key" in page
    assert 'action="/sleep-again"' in page
    assert "/__sim__/state" in page


def test_the_button_lengthens_last_night(simulator):
    before = simulator.control("day?date=2026-03-01")["sleeps"][0]

    page = simulator.request("POST", "/sleep-again", form={"person": "sim-ana"}).body.decode()

    after = simulator.control("day?date=2026-03-01")["sleeps"][0]
    assert "sim-ana slept longer. Told: nobody is connected." in page
    assert after["minutes"]["light"] == before["minutes"]["light"] + 20
    assert after["end"] == before["end"]
