"""The simulated makers: agreements to be told, and what they then tell."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.simulator.running import Simulator, running_simulator

SUNDAY = "2026-03-01T12:00:00+00:00"
OURA_HOOKS = "/oura/api/v2/webhook/subscription"
OURA_CLIENT = {"x-client-id": "oura-client", "x-client-secret": "oura-secret"}
GOOGLE_HOOKS = "/fitbit/api/v4/projects/42/subscribers?subscriberId=numeneon"
POLAR_HOOKS = "/polar/api/v3/webhooks"


class App(ThreadingHTTPServer):
    """Whoever listens to the makers; ``answers`` are its next ones, else 204."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Listener)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.token = "known"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/webhooks"


class Listener(BaseHTTPRequestHandler):
    server: App

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        known = query["verification_token"] == [self.server.token]
        self.send_response(200 if known else 401)
        self.end_headers()
        self.wfile.write(json.dumps({"challenge": query["challenge"][0]}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.heard.append((headers, body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def listening() -> Iterator[App]:
    app = App()
    thread = threading.Thread(target=app.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield app
    finally:
        app.shutdown()
        app.server_close()
        thread.join()


@pytest.fixture(name="app")
def fixture_app() -> Iterator[App]:
    with listening() as app:
        yield app


@pytest.fixture(name="simulator")
def fixture_simulator(app: App) -> Iterator[Simulator]:
    with running_simulator(app_url=app.url.removesuffix("/webhooks")) as simulator:
        simulator.control("clock", {"now": SUNDAY})
        yield simulator


def subscribe_to_oura(simulator: Simulator, app: App, **changed: str):
    wanted = {"callback_url": app.url, "verification_token": "known"}
    wanted |= {"event_type": "update", "data_type": "sleep"}
    return simulator.request(
        "POST", OURA_HOOKS, headers=OURA_CLIENT, json_body={**wanted, **changed}
    )


def prepared(simulator: Simulator, provider: str, kind: str, **options: object) -> dict:
    """The request that would be sent."""
    asked = {"provider": provider, "kind": kind, "options": {"dry": True, **options}}
    return simulator.control("webhook", asked)


def mac(*parts: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"".join(parts), hashlib.sha256).digest()


# --- Proof -------------------------------------------------------------------------------------


def test_oura_signs_its_time_and_the_body_in_upper_hex(simulator):
    request = prepared(simulator, "oura", "sleep")

    headers, body = request["headers"], request["body"].encode()
    expected = mac(headers["x-oura-timestamp"].encode(), body, secret=b"oura-secret")
    assert headers["x-oura-signature"] == expected.hex().upper()


def test_whoop_signs_milliseconds_and_the_body_in_base64(simulator):
    request = prepared(simulator, "whoop", "sleep")

    headers, body = request["headers"], request["body"].encode()
    sent = headers["X-WHOOP-Signature-Timestamp"]
    expected = mac(sent.encode(), body, secret=b"whoop-secret")
    assert len(sent) == 13
    assert headers["X-WHOOP-Signature"] == base64.b64encode(expected).decode()


def test_polar_signs_the_body_in_hex_with_a_secret_that_it_shows_once(simulator, app):
    app.answers = [200]
    client = base64.b64encode(b"polar-client:polar-secret").decode()
    wanted = {"events": ["SLEEP", "EXERCISE"], "url": app.url}
    headers = {"Authorization": f"Basic {client}"}

    made = simulator.request("POST", POLAR_HOOKS, headers=headers, json_body=wanted).json()["data"]
    shown = simulator.request("GET", POLAR_HOOKS, headers=headers).json()["data"][0]
    request = prepared(simulator, "polar", "sleep")

    expected = mac(request["body"].encode(), secret=made["signature_secret_key"].encode())
    assert request["headers"]["Polar-Webhook-Signature"] == expected.hex()
    assert "signature_secret_key" not in shown
    assert [body for _, body in app.heard] == [b'{"event":"PING"}']


def test_google_signs_on_p256_and_shows_the_secret_of_the_subscriber(simulator):
    key = load_pem_public_key(simulator.control("state")["google_public_key"].encode())
    assert isinstance(key, ec.EllipticCurvePublicKey)

    request = prepared(simulator, "fitbit", "sleep")

    signature = base64.b64decode(request["headers"]["X-HEALTHAPI-SIGNATURE"])
    key.verify(signature, request["body"].encode(), ec.ECDSA(hashes.SHA256()))
    assert request["headers"]["Authorization"] == "Bearer fitbit-webhook-secret"


@pytest.mark.parametrize(
    ("provider", "header", "secret"),
    [
        ("oura", "x-oura-signature", b"oura-secret"),
        ("polar", "Polar-Webhook-Signature", b"polar-webhook-secret"),
    ],
)
@pytest.mark.parametrize("fault", ["bad_signature", "reserialized"])
def test_a_signature_may_be_wrong_on_purpose(simulator, provider, header, secret, fault):
    request = prepared(simulator, provider, "sleep", **{fault: True})

    sent = request["headers"].get("x-oura-timestamp", "").encode()
    right = mac(sent, request["body"].encode(), secret=secret).hex()
    assert request["headers"][header].lower() != right
    assert len(request["headers"][header]) == len(right)


def test_a_stale_event_is_signed_well_an_hour_ago(simulator):
    now, then = (prepared(simulator, "oura", "sleep", stale=stale) for stale in (False, True))

    sent = [int(request["headers"]["x-oura-timestamp"]) for request in (now, then)]
    expected = mac(str(sent[1]).encode(), then["body"].encode(), secret=b"oura-secret")
    assert 3600 <= sent[0] - sent[1] + 1 <= 3602
    assert then["headers"]["x-oura-signature"] == expected.hex().upper()


# --- Agreements --------------------------------------------------------------------------------


@pytest.mark.parametrize(("known", "status"), [("known", 201), ("another", 400)])
def test_oura_subscribes_who_knows_the_token_and_the_challenge(simulator, app, known, status):
    app.token = known

    reply = subscribe_to_oura(simulator, app)

    assert reply.status == status
    listed = simulator.request("GET", OURA_HOOKS, headers=OURA_CLIENT).json()
    assert len(listed) == (status == 201)


def test_oura_has_one_subscription_of_an_event_and_a_type(simulator, app):
    replies = [
        subscribe_to_oura(simulator, app, event_type=event)
        for event in ("update", "update", "delete")
    ]

    assert [reply.status for reply in replies] == [201, 409, 201]


def test_a_subscription_at_oura_ends_unless_it_is_renewed(simulator, app):
    kept, left = (
        subscribe_to_oura(simulator, app, event_type=event).json()["id"]
        for event in ("update", "delete")
    )
    simulator.control("clock", {"advance_days": 89})
    renewal = f"{OURA_HOOKS}/renew/{kept}"

    renewed = simulator.request("PUT", renewal, headers=OURA_CLIENT)
    simulator.control("clock", {"advance_days": 2})

    statuses = [
        simulator.request("GET", f"{OURA_HOOKS}/{name}", headers=OURA_CLIENT).status
        for name in (kept, left)
    ]
    assert (renewed.status, statuses) == (200, [200, 404])


def test_oura_gives_up_on_a_callback_that_is_gone(simulator, app):
    subscribe_to_oura(simulator, app)
    app.answers = [410]

    answer = simulator.control("webhook", {"provider": "oura", "kind": "sleep"})

    assert answer["status"] == 410
    assert simulator.request("GET", OURA_HOOKS, headers=OURA_CLIENT).json() == []


@pytest.mark.parametrize(
    ("answers", "status"), [([200, 401], 200), ([200, 200], 400), ([401, 401], 400)]
)
def test_google_subscribes_who_tells_its_secret_from_none(simulator, app, answers, status):
    app.answers = answers
    wanted = {"endpointUri": app.url, "endpointAuthorization": {"secret": "Bearer ours"}}
    headers = {"Authorization": "Bearer a-service-account"}

    reply = simulator.request("POST", GOOGLE_HOOKS, headers=headers, json_body=wanted)

    assert reply.status == status
    heard = [(headers.get("authorization"), body) for headers, body in app.heard]
    body = b'{"type":"verification"}'
    assert heard == [("Bearer ours", body), (None, body)]


# --- Telling -----------------------------------------------------------------------------------


def test_a_change_is_told_by_every_maker_that_is_connected(simulator, app):
    simulator.connect("oura")
    simulator.connect("whoop")

    change = {"date": "2026-02-27", "score": 91, "tell": True}
    told = simulator.control("sleep", change)["told"]

    assert [(each["provider"], each["kind"], each["status"]) for each in told] == [
        ("oura", "sleep", 204),
        ("oura", "daily_sleep", 204),
        ("whoop", "sleep", 204),
        ("whoop", "recovery", 204),
    ]
    ana = simulator.world.person("sim-ana")
    named = simulator.world.uuid("oura", ana, "2026-02-27:main")
    assert json.loads(app.heard[0][1])["object_id"] == named


def test_a_replay_is_the_same_to_the_byte(simulator, app):
    asked = {"provider": "whoop", "kind": "sleep"}

    simulator.control("webhook", asked)
    simulator.control("webhook", {**asked, "options": {"replay": True}})
    simulator.control("webhook", asked)

    bodies = [body for _, body in app.heard]
    assert bodies[0] == bodies[1]
    assert json.loads(bodies[2])["trace_id"] != json.loads(bodies[0])["trace_id"]


def test_events_may_come_in_the_other_order(simulator, app):
    events = [{"provider": "oura", "kind": kind} for kind in ("sleep", "daily_sleep")]

    simulator.control("webhook", {"events": events, "order": "reversed"})

    told = [json.loads(body)["data_type"] for _, body in app.heard]
    assert told == ["daily_sleep", "sleep"]


def test_a_recovery_of_whoop_is_told_by_its_sleep(simulator):
    request = prepared(simulator, "whoop", "recovery")

    ana = simulator.world.person("sim-ana")
    said = json.loads(request["body"])
    assert said["type"] == "recovery.updated"
    assert said["id"] == simulator.world.uuid("whoop", ana, "2026-03-01:main")


def test_a_large_event_is_as_large_as_it_says(simulator, app):
    asked = {"provider": "polar", "kind": "sleep", "options": {"large": True}}

    simulator.control("webhook", asked)

    assert len(app.heard[0][1]) > 10 * 1024 * 1024


@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_an_event_may_say_that_it_is_something_else(simulator, kind):
    request = prepared(simulator, "oura", "sleep", wrong_content_type=kind)

    assert request["headers"]["Content-Type"] == kind


def test_google_may_tell_in_a_list(simulator):
    plain, listed = (
        json.loads(prepared(simulator, "fitbit", "sleep", as_array=array)["body"])
        for array in (False, True)
    )

    assert listed == [plain]
    assert plain["data"]["operation"] == "UPSERT"


# --- Garmin, which does not sign ---------------------------------------------------------------


def test_a_ping_of_garmin_opens_what_it_names(simulator, app):
    simulator.control("day", {"date": "2026-02-27", "steps": 4321})
    asked = {"provider": "garmin", "kind": "dailies", "date": "2026-02-27"}

    simulator.control("webhook", asked)

    headers, body = app.heard[0]
    url = json.loads(body)["dailies"][0]["callbackURL"]
    found = simulator.request("GET", url.removeprefix(simulator.url))
    altered = simulator.request("GET", url.removeprefix(simulator.url).replace("Start", "Stop"))
    assert headers["garmin-client-id"] == "garmin-client"
    assert [(row["calendarDate"], row["steps"]) for row in found.json()] == [("2026-02-27", 4321)]
    assert altered.status == 400


def test_a_ping_may_lead_away_from_garmin(simulator):
    request = prepared(simulator, "garmin", "dailies", foreign_callback=True)

    url = json.loads(request["body"])["dailies"][0]["callbackURL"]
    assert urlsplit(url).hostname == "metadata.example"


def test_a_push_brings_the_data_along_for_whomever(simulator):
    options = {"mode": "push", "user_id": "nobody-of-ours"}

    request = prepared(simulator, "garmin", "sleeps", **options)

    said = json.loads(request["body"])["sleeps"]
    assert [row["userId"] for row in said] == ["nobody-of-ours"]
    assert {"startTimeInSeconds", "durationInSeconds", "validation"} <= set(said[0])


@pytest.mark.parametrize(
    ("kind", "name"),
    [("deregistrations", "deregistrations"), ("permissions", "userPermissionsChange")],
)
def test_garmin_tells_who_left_and_what_may_be_read(simulator, kind, name):
    request = prepared(simulator, "garmin", kind)

    ana = simulator.world.person("sim-ana")
    assert json.loads(request["body"])[name][0]["userId"] == simulator.world.user_id("garmin", ana)


def test_a_promised_backfill_is_told_later(simulator, app):
    grant = "HEALTH_EXPORT HISTORICAL_DATA_EXPORT"
    token = simulator.connect("garmin", grant=grant)["access_token"]
    end = 1_772_323_200  # 2026-03-01T00:00:00Z
    window = f"summaryStartTimeInSeconds={end - 7 * 86_400}&summaryEndTimeInSeconds={end}"
    simulator.world.app_url = ""
    simulator.get(f"/garmin/api/wellness-api/rest/backfill/dailies?{window}", token)
    simulator.control("app", {"url": app.url.removesuffix("/webhooks")})

    simulator.control("webhook", {"provider": "garmin", "kind": "backfill"})

    url = json.loads(app.heard[0][1])["dailies"][0]["callbackURL"]
    days = simulator.request("GET", url.removeprefix(simulator.url)).json()
    assert [days[0]["calendarDate"], days[-1]["calendarDate"]] == ["2026-02-22", "2026-03-01"]
