"""A database that has been migrated, for the test databases to be copies of.

Migrating takes many times as long as copying. What came of the same migrations is kept for the
next run; another's makes a new one, so that the migrations are still shown to work from nothing.
"""

import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from config import embedded
from config.operations import postgres

ROOT = Path(__file__).resolve().parent.parent
# Migrations, and what they import.
SOURCES = ("*/migrations/*.py", "*/models/*.py", "users/*.py", "requirements.txt")
PREFIX = "migrated_"


def ensure() -> str:
    """Return the name of the database. Of several callers at once, one migrates."""
    name = PREFIX + _digest()
    address = os.environ["DATABASE_URL"]
    with psycopg.connect(address, dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        known = {row[0] for row in server.execute("SELECT datname FROM pg_database")}
        if name not in known:
            for old in filter(lambda each: each.startswith(PREFIX), known):
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
                server.execute(drop.format(sql.Identifier(old)))
            _make(server, f"{name}_new")
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            server.execute(rename.format(sql.Identifier(f"{name}_new"), sql.Identifier(name)))
    return name


def _make(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    address = make_conninfo(os.environ["DATABASE_URL"], dbname=name)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        check=True,
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": address},
    )


def copy_to(var: Path) -> None:
    """Put the same into the embedded server of a folder, before somebody migrates there."""
    source = make_conninfo(os.environ["DATABASE_URL"], dbname=ensure())
    environ: dict[str, str] = {}
    with (
        embedded.servers(var=var, environ=environ),
        psycopg.connect(source) as server,
        tempfile.NamedTemporaryFile() as dump,
    ):
        major = postgres.major_of(server)
        write, read = (postgres.program(name, major=major) for name in ("pg_dump", "pg_restore"))
        postgres.run(write, source, ["--format=custom", f"--file={dump.name}"])
        postgres.run(read, environ["DATABASE_URL"], ["--exit-on-error", dump.name])


def _digest() -> str:
    digest = sha256()
    for path in sorted(path for pattern in SOURCES for path in ROOT.glob(pattern)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    ensure()
