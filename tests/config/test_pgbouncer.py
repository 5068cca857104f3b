"""Everything works through PgBouncer in transaction mode, as it is shipped."""

import datetime as dt
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction
from psycopg.conninfo import make_conninfo

from config import databases
from tests.config import bouncers
from tests.conftest import client_of
from tests.factories.wearables import DeviceFactory
from tests.factories.workouts import ExerciseFactory
from users.ids import uuid7
from users.models import User
from users.services.exports import write_export
from wearables.models import HeartRateData
from wearables.readings import HeartRateReading, Source
from wearables.services import ingest
from wearables.services.partitions import ensure_months
from workouts.models import WorkoutSet

CHECKOUT = Path(__file__).resolve().parents[2]
needs_pgbouncer = pytest.mark.skipif(
    bouncers.program() is None, reason="PgBouncer is not installed (apt-get install pgbouncer)."
)
CLIENTS = 4 * bouncers.SERVERS
URL = "/api/v1/workouts/"
# What outlives a transaction, and would meet the next client of a connection.
OF_SESSIONS = re.compile(
    r"""["']\s*(?:SET\s+(?!LOCAL|CONSTRAINTS)\w+\s*(?:=|TO)|RESET\s|LISTEN\s|UNLISTEN\s|DISCARD\s)"""
    r"""|pg_(?:try_)?advisory_(?:lock|unlock|lock_shared)\b|WITH\s+HOLD"""
    r"""|set_config\([^)]*false\)"""
)


@pytest.fixture(scope="module")
def pooler(django_db_setup) -> Iterator[str]:
    """The tests' database behind PgBouncer, for a role of its own, whose limits may change."""
    parts = connection.settings_dict
    server = make_conninfo("", host=parts["HOST"], port=parts["PORT"], dbname=parts["NAME"])
    owner = {"user": parts["USER"], "password": parts["PASSWORD"]}
    role = {"user": f"pooled_{secrets.token_hex(4)}", "password": secrets.token_hex(16)}
    with psycopg.connect(server, **owner, autocommit=True) as direct:
        direct.execute(f"CREATE ROLE {role['user']} SUPERUSER LOGIN PASSWORD '{role['password']}'")
        with bouncers.bouncing(make_conninfo(server, **role)) as url:
            yield url
        direct.execute(f"REASSIGN OWNED BY {role['user']} TO {owner['user']}")
        direct.execute(f"DROP ROLE {role['user']}")


@pytest.fixture
def pooled(transactional_db, settings, pooler) -> Iterator[str]:
    """Django goes through PgBouncer, with the settings for it."""
    (given,) = databases.read(
        pooler, replica_urls=[], pooled=True, limits=settings.DATABASE_LIMITS
    ).values()
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(given)
    yield pooler
    connection.close()
    connection.settings_dict.update(before)


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """What each of the clients got, who have a connection each and begin together."""
    together = threading.Barrier(CLIENTS)

    def one(number: int) -> Any:
        together.wait()
        try:
            return call(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(one, range(CLIENTS)))


def servers_of(url: str) -> int:
    """How many connections of PostgreSQL the clients share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE usename = current_user")
        return int(cursor.fetchone()[0])


@needs_pgbouncer
def test_more_clients_than_connections_write_and_read_and_export(
    pooled: str, ana: User, ben: User
) -> None:
    exercise, apis = ExerciseFactory(), [client_of(ana), client_of(ben)]

    def train(number: int) -> tuple[int, int, bool]:
        sets = [{"exercise": exercise.pk, "reps": 5, "weight": 100.0}] * 3
        when = {"date": "2026-03-02", "start_time": "18:00:00"}
        body = {"id": uuid7(), "name": "Push day", **when, "sets": sets}
        made = apis[number % 2].post(URL, body)
        listed = apis[number % 2].get(URL)
        archive = BytesIO()
        write_export(user_id=(ana, ben)[number % 2].pk, target=archive)
        return made.status_code, listed.status_code, archive.tell() > 0

    answers = at_once(train)

    assert answers == [(201, 200, True)] * CLIENTS
    assert WorkoutSet.objects.count() == 3 * CLIENTS
    assert servers_of(pooled) <= bouncers.SERVERS


@needs_pgbouncer
def test_rows_are_iterated_while_others_use_the_connections(pooled: str, ana: User) -> None:
    ensure_months([dt.date(2026, 3, 1)])
    start = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    HeartRateData.objects.insert(
        HeartRateData(
            user=ana, timestamp=start + dt.timedelta(seconds=n), heart_rate=60, samples=1
        )
        for n in range(500)
    )

    counted = at_once(lambda _: sum(1 for _ in HeartRateData.objects.iterator(chunk_size=50)))

    assert counted == [500] * CLIENTS


@needs_pgbouncer
def test_heart_rates_are_copied_by_many_at_once_into_a_month_that_one_of_them_makes(
    pooled: str, ana: User
) -> None:
    devices = [DeviceFactory(user=ana) for _ in range(CLIENTS)]
    start = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)

    def store(number: int) -> int:
        first = start + dt.timedelta(hours=number)
        samples = [(first + dt.timedelta(seconds=n), 60 + n % 60) for n in range(600)]
        reading = HeartRateReading(source=Source(kind="watch"), samples=samples)
        return ingest.store(device=devices[number], readings=[reading]).new

    stored = at_once(store)

    assert stored == [600] * CLIENTS
    assert HeartRateData.objects.count() == 600 * CLIENTS


@needs_pgbouncer
def test_a_failed_transaction_leaves_nothing_to_the_next_client(pooled: str, ana: User) -> None:
    def fail(number: int) -> str:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '7s'")
            cursor.execute("CREATE TEMPORARY TABLE mine (one integer) ON COMMIT DROP")
            if number % 2:
                transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('statement_timeout'), to_regclass('mine')")
            return str(cursor.fetchone())

    assert "7s" not in "".join(at_once(fail))


@needs_pgbouncer
def test_limits_are_the_roles_because_a_connection_cannot_ask_for_them(
    pooled: str, settings
) -> None:
    settings.DATABASE_LIMITS = {**settings.DATABASE_LIMITS, "statement_timeout": "200"}
    first, second = StringIO(), StringIO()

    call_command("limit_role", stdout=first)
    call_command("limit_role", stdout=second)
    # Connections from before keep the limits of before; this ends itself as well.
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE usename = current_user ORDER BY pid = pg_backend_pid()"
        )
    connection.close()
    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter: options"):
        psycopg.connect(pooled, options="-c statement_timeout=200")

    assert first.getvalue().endswith("5 of 5 limits are new.\n")
    assert second.getvalue() == "0 of 5 limits are new.\n"
    with pytest.raises(OperationalError, match="statement timeout"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")


def test_nothing_is_set_that_outlives_a_transaction() -> None:
    # What migrates stands aside behind a pooler, by DATABASE_POOLED.
    direct = CHECKOUT / "config" / "operations" / "migrations.py"
    found = [
        f"{path.relative_to(CHECKOUT)}: {match[0]}"
        for app in ("config", "users", "workouts", "nutrition", "wearables", "analytics", "social")
        for path in sorted((CHECKOUT / app).rglob("*.py"))
        if path != direct
        for match in OF_SESSIONS.finditer(path.read_text())
    ]

    assert found == []
    assert OF_SESSIONS.search(direct.read_text())
