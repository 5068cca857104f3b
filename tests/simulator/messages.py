"""A request to a maker, and the answer."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from tests.simulator.grants import Grant
    from tests.simulator.people import Person
    from tests.simulator.store import World

Row = TypeVar("Row")
JSON_TYPE: Final = "application/json"
HTML_TYPE: Final = "text/html; charset=utf-8"


class Fault(Exception):
    """An answer that is an error; each maker words the body in its own way."""

    def __init__(
        self,
        status: int,
        message: str = "",
        *,
        code: str = "",
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.body = status, code, body
        self.message = message or HTTPStatus(status).phrase
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as it is when it is bytes or text, else as JSON; None is no body."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


@dataclass
class Call:
    """A request, once it is known for which maker it is."""

    world: "World"
    slug: str
    base: str
    method: str
    path: str  # behind the maker's base
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    origin: str  # where this server is: http://127.0.0.1:8002
    parts: Mapping[str, str] = field(default_factory=dict)
    grant: "Grant | None" = None
    is_for_object: bool = False

    @property
    def person(self) -> "Person":
        assert self.grant
        return self.world.person(self.grant.person)

    @property
    def address(self) -> str:
        """Of the maker's base that was asked."""
        return f"{self.origin}/{self.slug}/{self.base}"

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            raise Fault(400, "The body is not JSON.") from None
        if not isinstance(value, dict):
            raise Fault(400, "The body must be an object.")
        return value

    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    def basic(self) -> tuple[str, str]:
        """The client of an Authorization: Basic header, or two empty strings."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return "", ""
        try:
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret

    def day(self, name: str, default: date | None = None, *, status: int = 400) -> date:
        value = self.query.get(name, "")
        if not value and default is not None:
            return default
        return parsed_date(value, name, status=status)

    def moment(self, name: str, default: datetime | None = None, *, status: int = 400) -> datetime:
        value = self.query.get(name, "")
        if not value and default is not None:
            return default
        return parsed_instant(value, name, status=status)

    def number(self, name: str, default: int) -> int:
        value = self.query.get(name, "") or str(default)
        if not value.isdecimal():
            raise Fault(400, f"{name} is not a number.")
        return int(value)


def parsed_date(value: str, name: str, *, status: int = 400) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Fault(status, f"{name} is not a date.", code=name) from None


def parsed_instant(value: str, name: str, *, status: int = 400) -> datetime:
    """In UTC, whatever its offset."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise Fault(status, f"{name} is not a date and time.", code=name) from None
    if instant.tzinfo is None:
        raise Fault(status, f"{name} has no offset.", code=name)
    return instant.astimezone(UTC)


Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """``pattern`` has {names} for parts; any one of the scopes is enough.

    "bearer" wants the token of a person, "open" does its own checking. ``locks`` is off for
    handlers that call the app, which may call back.
    """

    method: str
    pattern: str
    handler: Handler
    scopes: frozenset[str] = frozenset()
    auth: Literal["bearer", "open"] = "bearer"
    is_object: bool = False
    locks: bool = True

    def match(self, path: str) -> dict[str, str] | None:
        escaped = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/:]+)", re.escape(self.pattern))
        found = re.fullmatch(escaped, path)
        return found.groupdict() if found else None


def page(rows: Sequence[Row], *, size: int, token: str) -> tuple[Sequence[Row], str]:
    """Part of the rows, and the token of the next part, empty after the last."""
    first = 0
    if token:
        try:
            first = int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("from:"))
        except ValueError:
            raise Fault(400, "The page token is not one of ours.") from None
    following = first + size
    more = following < len(rows)
    made = base64.urlsafe_b64encode(f"from:{following}".encode()).decode() if more else ""
    return rows[first:following], made
