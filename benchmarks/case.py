"""What a case consists of. A new one is a ``Case`` in a module of ``benchmarks/cases``."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import orjson
from psycopg import RawCursor

Db = RawCursor[Any]
Environ = Mapping[str, Any]
PAGE_SIZE = 20
# What the data of a case is about; each has databases of its own.
WORLDS = DIARIES, SOCIAL, WEARABLES = ("diaries", "social", "wearables")


@dataclass(frozen=True)
class Visitor:
    """Somebody of the loaded data who is logged in."""

    token: str
    workouts: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    lifts: tuple[str, ...] = ()  # exercises that they trained lately
    circle: int = 0  # how many they follow
    conversations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sample:
    """Who asks, and what they may name in their requests."""

    visitors: tuple[Visitor, ...]
    exercises: tuple[str, ...] = ()
    foods: tuple[str, ...] = ()
    portions: tuple[tuple[str, str], ...] = ()  # a food and one of its portions
    searches: tuple[str, ...] = ()  # what people type
    days: tuple[str, ...] = ()  # on which they logged their food
    posts: tuple[str, ...] = ()  # that nobody likes so far
    challenges: tuple[str, ...] = ()


def sample_of(document: dict[str, Any]) -> Sample:
    """What ``dataclasses.asdict`` made of a sample, after its way through JSON."""
    visitors = (
        Visitor(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in row.items()
            }
        )
        for row in document["visitors"]
    )
    others = {name: tuple(values) for name, values in document.items() if name != "visitors"}
    return Sample(visitors=tuple(visitors), **others)


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes = b""
    signature: tuple[tuple[str, str], ...] = ()  # headers that tell who asks, and no token

    def wire(self, *, case: str, token: str) -> bytes:
        """The bytes for a socket. The limit app finds its function by X-Case."""
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Accept: application/json\r\nX-Case: {case}\r\n"
        )
        for name, value in self.signature or (("Authorization", f"Bearer {token}"),):
            head += f"{name}: {value}\r\n"
        if self.body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n"
        return head.encode() + b"\r\n" + self.body


@dataclass(frozen=True)
class Case:
    """An endpoint, and the least that any program would do to give the same answer.

    ``limit`` gets a cursor, the id of the person and the WSGI environment, runs the statements
    that the product runs, and returns the document; None is an answer without one. A case that
    is measured alone has no limit and no goal.
    """

    name: str
    request: Callable[[Sample, Visitor, Random], Request]
    limit: Callable[[Db, UUID, Environ], Any] | None
    goal: float  # the limit's CPU per request over the product's, at least
    statuses: tuple[int, ...] = (200,)  # of a person's requests, which come in turn
    volatile: frozenset[str] = frozenset()  # keys whose values differ from answer to answer
    writes: bool = False
    circle: int | None = None  # only visitors who follow so many ask
    world: str = DIARIES

    @property
    def family(self) -> str:
        """What cases have in common that are one request in several sizes."""
        return self.name.partition("-")[0]

    def visitors(self, sample: Sample) -> list[Visitor]:
        """Who asks."""
        return [one for one in sample.visitors if self.circle in (None, one.circle)]


class Statement:
    """SQL of a limit function, prepared on its first use; ``$1`` marks a parameter."""

    def __init__(self, sql: str) -> None:
        self.sql = sql.encode()
        self.names: list[str] = []

    def run(self, db: Db, *parameters: Any) -> None:
        db.execute(self.sql, parameters)

    def rows(self, db: Db, *parameters: Any) -> list[dict[str, Any]]:
        db.execute(self.sql, parameters)
        names = self.names
        if not names:
            names = self.names = [column.name for column in db.description or ()]
        return [dict(zip(names, row, strict=True)) for row in db.fetchall()]


def first_page(
    environ: Environ, rows: list[dict[str, Any]], key: tuple[str, ...]
) -> dict[str, Any]:
    """The first page of a list, of which one row too many was read."""
    following = None
    if len(rows) > PAGE_SIZE:
        rows = rows[:PAGE_SIZE]
        place = orjson.dumps([False, *(rows[-1][name] for name in key)])
        cursor = base64.urlsafe_b64encode(place).decode().rstrip("=")
        query = {"cursor": [cursor], **parse_qs(environ["QUERY_STRING"])}
        host, path = environ["HTTP_HOST"], environ["PATH_INFO"]
        following = f"http://{host}{path}?{urlencode(sorted(query.items()), doseq=True)}"
    return {"next": following, "previous": None, "results": rows}
