"""HTTP to providers: one policy for every outcome, and nothing that could wait or leak.

Answers are bounded, redirects are not followed, and nothing of an answer or an address gets into
an error: they may hold tokens and health values.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
import requests

from wearables.providers.base import (
    AlreadyDone,
    Forbidden,
    Mode,
    NotThere,
    ProviderError,
    RateLimited,
    ReauthRequired,
    Refused,
    Retired,
    Unavailable,
    Unreadable,
)

MAX_ANSWER_BYTES: Final = 64 * 1024**2
_CHUNK_BYTES: Final = 65_536
# Seconds since 1970 and not seconds to wait: no provider has one wait for thirty years.
_EPOCH_FROM: Final = 1_000_000_000
_MOST_WAIT_S: Final = 24 * 3600.0
_OUTCOMES: Final[dict[int, type[ProviderError]]] = {
    HTTPStatus.FORBIDDEN: Forbidden,
    HTTPStatus.NOT_FOUND: NotThere,
    HTTPStatus.CONFLICT: AlreadyDone,
    HTTPStatus.GONE: Retired,
}
Clock = Callable[[], datetime]


def wait_told_by(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds to wait after a 429: Retry-After (seconds or a date), else X-RateLimit-Reset.

    The latter is read as seconds to wait or, where it is far too many, as seconds since 1970.
    """
    told = headers.get("Retry-After", "").strip() or headers.get("X-RateLimit-Reset", "").strip()
    if not told:
        return None
    try:
        seconds = float(told)
    except ValueError:
        return _wait_until(told, now)
    if seconds >= _EPOCH_FROM:
        seconds -= now.timestamp()
    return min(max(seconds, 0.0), _MOST_WAIT_S) if seconds == seconds else None  # noqa: PLR0124 - NaN


def _wait_until(told: str, now: datetime) -> float | None:
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - now).total_seconds(), 0.0), _MOST_WAIT_S)


def raise_for(status: int, headers: Mapping[str, str], *, now: datetime) -> None:
    """The policy: what each status means, but for 401, which is the caller's to try again."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.UNAUTHORIZED:
        raise ReauthRequired
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(wait_told_by(headers, now=now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise Unavailable
    raise _OUTCOMES.get(status, Refused)


class Http:
    """Requests to one provider. ``urls`` are its addresses by name, such as "api"."""

    def __init__(
        self, urls: Mapping[str, str], *, timeout_s: float, now: Clock = lambda: datetime.now(UTC)
    ) -> None:
        self.urls = urls
        self._timeout_s, self._now = timeout_s, now
        self._session = requests.Session()
        # Neither proxies nor passwords of this machine.
        self._session.trust_env = False

    def send(self, method: str, url: str, **options: Any) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body. Raises Unavailable, and Unreadable for an endless body."""
        try:
            with self._session.request(
                method,
                url,
                timeout=(5, self._timeout_s),
                allow_redirects=False,
                stream=True,
                **options,
            ) as answer:
                return answer.status_code, answer.headers, _bounded(answer)
        except (requests.RequestException, UnicodeError):
            # Its text may hold the address, and that a token.
            raise Unavailable from None

    def url(self, base: str, path: str) -> str:
        return f"{self.urls[base]}{path}"

    def checked(self, method: str, url: str, **options: Any) -> bytes:
        status, headers, body = self.send(method, url, **options)
        raise_for(status, headers, now=self._now())
        return body


def _bounded(answer: requests.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise Unreadable
    return bytes(body)


def as_json(body: bytes) -> Any:
    """None for an empty body. Raises Unreadable."""
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable from None


class PersonApi:
    """The Api of one connection. ``token`` answers a token that lasts; told to, a new one."""

    def __init__(
        self,
        http: Http,
        *,
        token: Callable[[bool], str],
        timezone: ZoneInfo,
        external_user_id: str = "",
        mode: Mode = "oauth",
        token_extras: Mapping[str, Any] | None = None,
    ) -> None:
        self._http, self._token = http, token
        self.timezone, self.external_user_id = timezone, external_user_id
        self.mode, self.urls = mode, http.urls
        self.token_extras: Mapping[str, Any] = token_extras or {}

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        *,
        base: str = "api",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return as_json(self._call("GET", self._http.url(base, path), headers, params=params))

    def get_bytes(self, path: str, params: Mapping[str, Any] | None = None) -> bytes:
        return self._call("GET", self._http.url("api", path), None, params=params)

    def access_token(self) -> str:
        fresh = False
        return self._token(fresh)

    def get_url(self, url: str) -> Any:
        return as_json(self._call("GET", url, None))

    def post(
        self,
        path: str,
        json: Any = None,
        *,
        base: str = "api",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return as_json(self._call("POST", self._http.url(base, path), headers, json=json))

    def delete(self, path: str, *, base: str = "api") -> None:
        self._call("DELETE", self._http.url(base, path), None)

    def _call(
        self, method: str, url: str, headers: Mapping[str, str] | None, **options: Any
    ) -> bytes:
        def once(token: str) -> bytes:
            bearer = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
            return self._http.checked(
                method, url, headers={**bearer, **(headers or {})}, **options
            )

        # Where there is none to be had, another is not asked for: only a refused one is replaced.
        token = self.access_token()
        try:
            return once(token)
        except ReauthRequired:
            fresh = True
            return once(self._token(fresh))


class ClientApi:
    """The AppApi of a provider."""

    def __init__(
        self, http: Http, *, client_id: str, client_secret: str, extras: Mapping[str, str]
    ) -> None:
        self._http = http
        self.client_id, self.client_secret, self.extras = client_id, client_secret, extras

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        basic: bool = False,
        base: str = "api",
    ) -> Any:
        auth = (self.client_id, self.client_secret) if basic else None
        url = self._http.url(base, path)
        body = self._http.checked(
            method, url, params=params, json=json, headers=headers, auth=auth
        )
        try:
            return as_json(body)
        except Unreadable:
            # Garmin answers a token as bare text.
            return body.decode("ascii", "replace")
