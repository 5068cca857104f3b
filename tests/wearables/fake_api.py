"""Providers without a network: canned answers, and a record of what was asked."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from wearables.providers.base import IncomingWebhook, NotThere

# An answer, an error to raise, or a function of the parameters or the body.
Answer = Any
NOW = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)


def _given(answer: Answer, sent: Any) -> Any:
    if isinstance(answer, Exception):
        raise answer
    return answer(sent) if callable(answer) else answer


class FakeApi:
    """The Api of a connection. Answers are by path; what has none is not there.

    ``calls`` are (method, path, what was sent).
    """

    token_extras: Mapping[str, Any] = {}
    urls: Mapping[str, str] = {}
    mode = "oauth"

    def __init__(
        self, answers: Mapping[str, Answer], *, timezone: str = "UTC", external_user_id: str = ""
    ) -> None:
        self.answers = answers
        self.timezone, self.external_user_id = ZoneInfo(timezone), external_user_id
        self.calls: list[tuple[str, str, Any]] = []

    def get(self, path: str, params: Mapping[str, Any] | None = None, **options: Any) -> Any:
        return self._answer("GET", path, dict(params or {}))

    def post(self, path: str, json: Any = None, *, base: str = "api", **options: Any) -> Any:
        return self._answer("POST", path if base == "api" else f"{base}{path}", json)

    def delete(self, path: str, *, base: str = "api") -> None:
        self._answer("DELETE", path, None)

    def access_token(self) -> str:
        return "access token"

    def asked(self, path: str) -> list[Any]:
        """What was sent to a path, in order."""
        return [sent for _, called, sent in self.calls if called == path]

    def _answer(self, method: str, path: str, sent: Any) -> Any:
        self.calls.append((method, path, sent))
        return _given(self.answers.get(path, NotThere()), sent)


class FakeAppApi:
    """The AppApi of a provider. Answers are by "METHOD path"; what has none is not there."""

    client_id = "client"
    client_secret = "client-secret"

    def __init__(self, answers: Mapping[str, Answer], **extras: str) -> None:
        self.answers, self.extras = answers, extras
        self.calls: list[tuple[str, Any]] = []
        self.headers: list[Any] = []

    def request(self, method: str, path: str, *, json: Any = None, **options: Any) -> Any:
        self.calls.append((f"{method} {path}", json))
        self.headers.append(options.get("headers"))
        return _given(self.answers.get(f"{method} {path}", NotThere()), json)


def in_pages(name: str, token_name: str, *listed: list[Any]) -> Callable[[Any], Any]:
    """Answers one page after the other, by the token that is sent under a name."""

    def answer(sent: Mapping[str, Any]) -> Any:
        number = int(sent.get(token_name, "0"))
        following = str(number + 1) if number + 1 < len(listed) else None
        return {name: listed[number], "next_token": following}

    return answer


def posted(body: bytes, **headers: str) -> IncomingWebhook:
    """A webhook that arrives now; underscores in the names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return IncomingWebhook(method="POST", query={}, headers=named, body=body, received_at=NOW)


_LEAVES: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.sampled_from(["9999-12-31T23:59:59-23:59", "0001-01-01", "-1e308", "\0", "+99:99"])
)
_ANY_JSON = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


_MISSING = object()
_FATES = st.just(_MISSING) | _LEAVES | _ANY_JSON


def mutilated(payload: Any) -> st.SearchStrategy[Any]:
    """A JSON value in which a few things are missing, or are something else."""
    places = st.sampled_from(list(_places(payload)))
    return st.dictionaries(places, _FATES, min_size=1, max_size=4).map(
        lambda fates: _with(payload, fates, ())
    )


def _places(payload: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    for name, value in _items(payload):
        yield from _places(value, (*place, name))


def _items(payload: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(payload, dict):
        return payload.items()
    return enumerate(payload) if isinstance(payload, list) else ()


def _with(payload: Any, fates: Mapping[tuple[Any, ...], Any], place: tuple[Any, ...]) -> Any:
    if place in fates:
        return fates[place] if fates[place] is not _MISSING or place else None
    kept = [(name, _with(value, fates, (*place, name))) for name, value in _items(payload)]
    kept = [(name, value) for name, value in kept if value is not _MISSING]
    if isinstance(payload, dict):
        return dict(kept)
    return [value for _, value in kept] if isinstance(payload, list) else payload
