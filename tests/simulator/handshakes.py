"""Calling the app: what makers ask it before they tell it anything, and the telling itself."""

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

PATIENCE_S: Final = 10
VERIFIER: Final = "Google-Health-API-Webhooks-Verifier"


@dataclass(frozen=True)
class Sent:
    """What the app answered; ``status`` 0 is no answer."""

    status: int
    body: str = ""
    problem: str = ""

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Outgoing:
    """A request to the app, ready to be sent as often as one likes."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def send(self) -> Sent:
        target = urlsplit(self.url)
        kind = {"https": http.client.HTTPSConnection}.get(
            target.scheme, http.client.HTTPConnection
        )
        connection = kind(target.netloc, timeout=PATIENCE_S)
        path = target.path + (f"?{target.query}" if target.query else "")
        try:
            connection.request(self.method, path, self.body or None, dict(self.headers))
            answer = connection.getresponse()
            return Sent(answer.status, answer.read().decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException) as error:
            return Sent(0, problem=type(error).__name__)
        finally:
            connection.close()


def oura_challenge(url: str, token: str) -> bool:
    """Whether a callback knows its token and gives a challenge back."""
    challenge = secrets.token_hex(8)
    query = urlencode({"verification_token": token, "challenge": challenge})
    sent = Outgoing("GET", f"{url}{'&' if urlsplit(url).query else '?'}{query}").send()
    return sent.status == 200 and _json(sent.body).get("challenge") == challenge


def google_verification(url: str, secret: str) -> bool:
    """Whether an endpoint lets in who has the secret, and nobody else."""
    headers = {"Content-Type": "application/json", "User-Agent": VERIFIER}
    body = b'{"type":"verification"}'
    known = Outgoing("POST", url, headers | {"Authorization": secret}, body).send()
    unknown = Outgoing("POST", url, headers, body).send()
    return known.status in {200, 201} and unknown.status in {401, 403}


def polar_ping(url: str) -> bool:
    """Whether an address answers Polar's ping, which is not signed."""
    headers = {"Content-Type": "application/json", "Polar-Webhook-Event": "PING"}
    return Outgoing("POST", url, headers, b'{"event":"PING"}').send().status == 200


def _json(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
