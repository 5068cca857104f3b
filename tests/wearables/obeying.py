"""A provider that does as it is told, and a token endpoint over real HTTP."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from wearables.models import SyncRun
from wearables.providers.base import (
    Capabilities,
    DataType,
    Forged,
    Identity,
    OAuth,
    Page,
    ReauthRequired,
)
from wearables.readings import DayReading, Source

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
TODAY = NOW.date()
LABEL = "wearables.SyncRun"
RING = Source(kind="ring")
DAILY = frozenset({"daily"})
HEART = frozenset({"heartrate"})


def steps_of(day: date, steps: int) -> Page:
    reading = DayReading(date=day, source=RING, steps=steps)
    return Page(readings=(reading,), payload={"day": day.isoformat(), "steps": steps})


class Obeying:
    """Asked for days, it does the next thing of its script: raises it, calls it, or answers it.

    Without a script it has nothing to tell. ``asked`` are the data types and days that it was
    asked for, as "sleep 02-27..03-02".
    """

    slug = "oura"
    title = "Oura Ring"
    device_type = "oura"
    kind = "ring"
    modes = ("oauth",)
    capabilities = Capabilities(metrics={}, webhooks=True, history_days=None)
    data_types = (
        DataType(name="sleep", metrics=frozenset({"sleep"}), scopes=DAILY, chunk_days=30),
        DataType(name="heart", metrics=frozenset({"heart_rate"}), scopes=HEART, chunk_days=7),
    )
    oauth = OAuth(scopes=("daily", "heartrate"), pkce=True, single_use_refresh=True)
    refresh_margin = timedelta(minutes=5)
    polls = {"oauth": True}
    apps = ("com.ouraring.",)
    shares_limits = False

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.script: list[Any] = []
        self.identity: Any = Identity(external_user_id="ring-1", timezone="Europe/Vienna")
        self.left: list[str] = []

    def identify(self, api: Any) -> Identity:
        if isinstance(self.identity, Exception):
            raise self.identity
        return self.identity

    def fetch(self, api: Any, data_type: str, window: Any, *, mode: str) -> Iterator[Page]:
        self.asked.append(f"{data_type} {window.first:%m-%d}..{window.last:%m-%d}")
        return self._told()

    def fetch_notice(self, api: Any, notice: Any) -> Iterator[Page]:
        self.asked.append(f"{notice.data_type} {notice.object_id}")
        return self._told()

    def request_history(self, api: Any, window: Any) -> None:
        self.asked.append(f"history {window.first:%m-%d}..{window.last:%m-%d}")
        list(self._told())

    def _told(self) -> Iterator[Page]:
        does = self.script.pop(0) if self.script else ()
        if isinstance(does, Exception):
            raise does
        yield from does() if callable(does) else does

    def read(self, data_type: str, payload: Any, *, timezone: Any) -> tuple[Any, ...]:
        day = date.fromisoformat(payload["day"])
        return (DayReading(date=day, source=RING, steps=payload["steps"]),)

    def disconnect(self, api: Any, *, refresh_token: str) -> None:
        self.left.append(refresh_token)
        list(self._told())

    def personal_token(self, api: Any, key: str) -> tuple[str, datetime]:
        if key == "void":
            raise ReauthRequired
        return f"token-of-{key}", NOW + timedelta(days=1)

    def open_webhook(self, request: Any, keys: Any) -> Any:
        raise Forged

    def keep_subscriptions(self, api: Any, *, url: str, known: Any, now: datetime) -> list[Any]:
        return []


def read(run: SyncRun) -> SyncRun:
    return SyncRun.objects.select_related("device").get(pk=run.pk)


class TokenEndpoint:
    """Answers what it is told to, one after the other, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.answers: list[tuple[int, Any]] = []
        self.delay_s = 0.0
        self.url = ""
        self.was_asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    def answers_with(self, status: int = 200, **body: Any) -> None:
        self.answers.append((status, body))


@contextmanager
def token_endpoint() -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            endpoint.asked.append(dict(parse_qsl(self.rfile.read(length).decode())))
            endpoint.was_asked.set()
            # For as long as the others need to come as well.
            threading.Event().wait(endpoint.delay_s)
            endpoint.may_answer.wait(10)
            status, body = endpoint.answers.pop(0)
            text = body["text"] if "text" in body else json.dumps(body)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            """Not into the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        endpoint.url = f"http://127.0.0.1:{server.server_port}/token"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield endpoint
        finally:
            server.shutdown()
            thread.join()


def client(**urls: str) -> dict[str, Any]:
    """What the settings say of a provider at which we are somebody."""
    addresses = {"authorize": "https://ring.example/authorize", "api": "http://127.0.0.1:1"}
    return {
        "client_id": "client",
        "client_secret": "hush",
        "urls": {**addresses, "token": "http://127.0.0.1:1", **urls},
        "extras": {},
    }
