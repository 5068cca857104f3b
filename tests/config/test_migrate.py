"""`migrate` beside people who use the tables: it gives way, and comes to its end."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import psycopg
import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from psycopg.conninfo import make_conninfo

from config.operations import migrations

pytestmark = pytest.mark.django_db(transaction=True)

# Of the app that has no migrations of its own.
CHANGE = """
    from django.db import migrations

    class Migration(migrations.Migration):
        operations = [
            migrations.RunSQL(
                "ALTER TABLE users_syncclock ADD COLUMN throwaway integer",
                "ALTER TABLE users_syncclock DROP COLUMN throwaway",
            )
        ]
"""


def another() -> psycopg.Connection:
    parts = connection.get_connection_params()
    keys = {"dbname", "user", "password", "host", "port"}
    return psycopg.connect(make_conninfo(**{key: parts[key] for key in keys & parts.keys()}))


@pytest.fixture(name="reading")
def fixture_reading() -> Iterator[psycopg.Connection]:
    """A long transaction that has read what is to be changed."""
    with another() as session:
        session.execute("SELECT FROM users_syncclock")
        yield session


@pytest.fixture(name="change")
def fixture_change(tmp_path: Path, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "migrations_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_change.py").write_text(dedent(CHANGE))
    monkeypatch.syspath_prepend(tmp_path)
    settings.MIGRATION_MODULES = {"config": package.name}
    yield
    call_command("migrate", "config", "zero", verbosity=0)
    for name in (package.name, f"{package.name}.0001_change"):
        del sys.modules[name]


def columns() -> set[str]:
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, "users_syncclock")
    return {column.name for column in described}


def limits() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
        )
        return cursor.fetchone()


def test_migrate_lets_others_read_while_a_long_transaction_keeps_it_waiting(
    change, reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, read = limits(), []

    def pause(seconds: float) -> None:
        """Somebody reads between two attempts; after the second, the long transaction ends."""
        with another() as reader:
            reader.execute("SET lock_timeout = 1")
            read.append(reader.execute("SELECT count(*) FROM users_syncclock").fetchone())
        if len(read) == 2:
            reading.commit()

    monkeypatch.setattr(migrations, "sleep", pause)

    call_command("migrate", "config", verbosity=0, lock_timeout_ms=50)

    assert read == [(0,), (0,)]
    assert "throwaway" in columns()
    assert limits() == before


def test_a_lock_that_is_never_to_be_had_is_an_error_that_changed_nothing(
    change, reading: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(migrations, "sleep", pauses.append)
    before = limits()

    with pytest.raises(OperationalError, match="lock timeout"):
        call_command("migrate", "config", verbosity=0, lock_timeout_ms=10, attempts=3)

    assert pauses == [1, 2]
    assert "throwaway" not in columns()
    assert limits() == before
    reading.commit()


def test_what_nobody_waits_behind_may_wait_itself() -> None:
    waits: list[str] = []

    def ask() -> None:
        with connection.cursor() as cursor:
            for words in ("", "/* CONCURRENTLY */", ""):
                cursor.execute(f"SELECT current_setting('lock_timeout') {words}")
                waits.append(cursor.fetchone()[0])

    migrations.beside_traffic(ask, connection=connection, lock_timeout_ms=10)

    assert waits == ["10ms", "0", "10ms"]


def test_behind_a_pooler_the_limits_of_the_role_hold(settings) -> None:
    settings.DATABASE_POOLED = True
    before, during = limits(), []

    migrations.beside_traffic(lambda: during.append(limits()), connection=connection)

    assert during == [before]
