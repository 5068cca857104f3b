"""Drives a server that uses this database with the requests of the benchmarks, for a while."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from ipaddress import ip_address
from statistics import quantiles
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from users.keyset import fetch
from users.models import User
from users.services.demo import demo_users
from users.sessions import SessionStore

SCENARIOS: Final = ("list", "detail", "search", "day", "foods", "progress", "timeline")
MOST_SECONDS, MOST_USERS, MOST_CONNECTIONS = 600, 1000, 64
_SESSION_LASTS: Final = timedelta(hours=2)
_BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_SEARCHES: Final = ("rice", "chicken", "oats", "banana", "yogurt", "egg", "bread", "salmon")
# What they have to ask for: without a diary they would measure empty answers.
_VISITORS: Final = """
    SELECT person.id,
        ARRAY(SELECT id::text FROM workouts_workout
            WHERE user_id = person.id ORDER BY date DESC, id LIMIT 100) AS workouts,
        ARRAY(SELECT DISTINCT exercise_id::text FROM analytics_strengthprogress
            WHERE user_id = person.id ORDER BY 1 LIMIT 20) AS lifts
    FROM unnest(%(people)s::uuid[]) AS person (id)
"""
_DAYS: Final = """
    SELECT DISTINCT date::text AS day FROM nutrition_mealentry
    WHERE user_id = ANY(%(people)s) ORDER BY 1 DESC LIMIT 60
"""


class CannotLoad(Exception):
    """The test cannot be run; the message says why and what to do."""


@dataclass(frozen=True)
class Address:
    host: str
    port: int


@dataclass(frozen=True, kw_only=True)
class Latencies:
    """What a scenario came to: how many answers, how fast, and what was wrong with others."""

    scenario: str
    requests: int
    requests_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: Sequence[str]


def address_of(url: str, *, allow_remote: bool) -> Address:
    """Raises CannotLoad for another machine, unless that is meant."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 80
    except ValueError:
        host = ""
    if not host or parts.scheme != "http":
        raise CannotLoad(f"{url} is no address of http: point it at the server behind the proxy.")
    if not (allow_remote or _is_loopback(host)):
        raise CannotLoad(f"{host} is not this machine: add --allow-remote if it is yours.")
    return Address(host, port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def generator() -> ModuleType:
    """The benchmarks' own; raises CannotLoad where only the product is installed."""
    try:
        return import_module("benchmarks.load")
    except ImportError as error:
        message = "The load test needs benchmarks/ and requirements-dev.txt: run it in a checkout."
        raise CannotLoad(f"{message} ({error})") from error


@contextmanager
def visitors(*, most: int) -> Iterator[Any]:
    """So many people of the demo who are logged in meanwhile, with what they may ask for.

    Of the demo alone: nobody is logged in as a person. Raises CannotLoad where there is nobody.
    """
    case = import_module("benchmarks.case")
    trained = demo_users().filter(is_active=True, is_staff=False, workout__isnull=False)
    people = {user.pk: user for user in trained.distinct()[:most]}
    rows = fetch(_VISITORS, {"people": list(people)})
    rows = [row for row in rows if row["workouts"] and row["lifts"]]
    days = [row["day"] for row in fetch(_DAYS, {"people": list(people)})]
    if not rows or not days:
        raise CannotLoad("Nobody of the demo has a diary here: run seed_demo first.")
    sessions = [_logged_in(people[row["id"]]) for row in rows]
    try:
        yield case.Sample(
            visitors=tuple(
                case.Visitor(
                    token=str(session.token),
                    workouts=tuple(row["workouts"]),
                    lifts=tuple(row["lifts"]),
                )
                for session, row in zip(sessions, rows, strict=True)
            ),
            searches=_SEARCHES,
            days=tuple(days),
        )
    finally:
        for session in sessions:
            session.delete()


def _logged_in(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = _BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(_SESSION_LASTS)
    session.save()
    return session


def drive(
    address: Address, *, scenario: str, sample: Any, seconds: float, connections: int
) -> Latencies:
    """One scenario alone. It ends early where an answer is wrong. Raises CannotLoad."""
    load = generator()
    job = load.Job(
        host=address.host,
        port=address.port,
        case=scenario,
        sample=sample,
        seconds=seconds,
        connections=connections,
        seed=1,
    )
    try:
        outcome = load.run(job)
    except OSError as error:
        where = f"{address.host}:{address.port}"
        raise CannotLoad(f"Nobody answers at {where}: {error}.") from error
    answered = sorted(outcome.latencies_ms) or [0.0]
    # Of a single answer there are no quantiles.
    cuts = quantiles(answered if len(answered) > 1 else answered * 2, n=100, method="inclusive")
    return Latencies(
        scenario=scenario,
        requests=len(outcome.latencies_ms),
        requests_per_s=len(outcome.latencies_ms) / outcome.seconds,
        p50_ms=cuts[49],
        p95_ms=cuts[94],
        p99_ms=cuts[98],
        errors=outcome.errors,
    )
