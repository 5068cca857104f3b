"""A simulator inside of the process of a test."""

import base64
import hashlib
import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.simulator.oauth import DIALECTS
from tests.simulator.server import Server
from tests.simulator.store import World

REDIRECT_URI: Final = "http://127.0.0.1:9/callback/"
VERIFIER: Final = "a-verifier-of-at-least-forty-three-characters-it-is"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True)
class Simulator:
    """``url`` is where it is; ``world`` is what it remembers, under ``world.lock``."""

    url: str
    world: World

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json_body: Any = None,
    ) -> Reply:
        """One request over HTTP; a redirect is not followed."""
        sent = dict(headers or {})
        body = None
        if form is not None:
            body, sent["Content-Type"] = (
                urlencode(form).encode(),
                "application/x-www-form-urlencoded",
            )
        if json_body is not None:
            body, sent["Content-Type"] = json.dumps(json_body).encode(), "application/json"
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=60)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, named, answer.read())
        finally:
            connection.close()

    def control(self, path: str, body: Any = None, *, method: str = "") -> Any:
        """Ask the control API: control("scenario", {...}), control("calls?provider=oura")."""
        chosen = method or ("GET" if body is None else "POST")
        reply = self.request(chosen, f"/__sim__/{path}", json_body=body)
        if reply.status >= HTTPStatus.BAD_REQUEST:
            raise AssertionError(f"{path}: {reply.status} {reply.body.decode()}")
        return reply.json()

    def authorization_url(self, slug: str, **changed: str) -> str:
        """What an app sends the browser to; an empty value leaves a parameter out."""
        asked = {
            "client_id": f"{slug}-client",
            "response_type": "code",
            "redirect_uri": REDIRECT_URI,
            "state": "state-of-the-app",
            "scope": "" if slug == "garmin" else " ".join(DIALECTS[slug].scopes),
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
            **({"access_type": "offline", "prompt": "consent"} if slug == "fitbit" else {}),
            **changed,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.url}/{slug}/authorize?{query}"

    def consent(
        self, authorization_url: str, *, person: str = "sim-ana", grant: str = ""
    ) -> dict[str, str]:
        """Be a person who says yes at once; answers what the browser takes back to the app."""
        target = urlsplit(authorization_url)
        query = dict(parse_qsl(target.query)) | {"person": person, "approve": "1"}
        query |= {"grant": grant} if grant else {}
        reply = self.request("GET", f"{target.path}?{urlencode(query)}")
        if reply.status != HTTPStatus.FOUND:
            raise AssertionError(f"{reply.status} {reply.body.decode()}")
        return dict(parse_qsl(urlsplit(reply.headers["location"]).query))

    def token(self, slug: str, **form: str) -> Reply:
        """Ask the token endpoint as our client; a form value replaces what is usual."""
        name, secret = f"{slug}-client", f"{slug}-secret"
        if slug != "polar":
            return self.request(
                "POST",
                f"/{slug}/token",
                form={"client_id": name, "client_secret": secret, **form},
            )
        encoded = base64.b64encode(f"{name}:{secret}".encode()).decode()
        return self.request(
            "POST", f"/{slug}/token", form=form, headers={"Authorization": f"Basic {encoded}"}
        )

    def exchange(self, slug: str, code: str, **changed: str) -> Reply:
        form = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, **changed}
        return self.token(slug, grant_type="authorization_code", code=code, **form)

    def connect(self, slug: str, *, person: str = "sim-ana", grant: str = "") -> dict[str, Any]:
        """Sign somebody in; answers what the token endpoint said."""
        back = self.consent(self.authorization_url(slug), person=person, grant=grant)
        reply = self.exchange(slug, back["code"])
        if reply.status != HTTPStatus.OK:
            raise AssertionError(f"{reply.status} {reply.body.decode()}")
        return dict(reply.json())

    def get(self, path: str, token: str, **query: str) -> Reply:
        sent = f"{path}?{urlencode(query)}" if query else path
        return self.request("GET", sent, headers={"Authorization": f"Bearer {token}"})


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@contextmanager
def running_simulator(seed: int = 7, *, app_url: str = "") -> Iterator[Simulator]:
    """Start one on a free port of loopback, and end it."""
    world = World(seed, app_url)
    server = Server(world)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Simulator(f"http://127.0.0.1:{server.server_port}", world)
    finally:
        world.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
