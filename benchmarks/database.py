"""Which databases a run may fill: its own, or an empty one, or one that is named for it."""

import os

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmarks.case import DIARIES

OWN = "bench"
# What was loaded is noted in the comment of the database, so that it goes when the data goes.
NOTE = """
    SELECT shobj_description(oid, 'pg_database') FROM pg_database
    WHERE datname = current_database()
"""
_TABLES = """
    SELECT count(*) FROM pg_class JOIN pg_namespace space ON space.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm')
        AND space.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
"""


def databases(world: str, *, given: bool) -> tuple[str, str]:
    """The addresses for all the data and for a tenth of it, on the server of DATABASE_URL.

    That of what people do together is beside that of their diaries.

    ``given`` says that somebody named this database. It is refused, with SystemExit, if it holds
    anything that we did not load and its name does not say that it is for benchmarks.
    """
    url = os.environ["DATABASE_URL"]
    name = str(conninfo_to_dict(url)["dbname"]) if given else OWN
    if world != DIARIES:
        name = f"{name}_{world}" if OWN in name else f"{name}_{OWN}_{world}"
    tenth = f"{name}_tenth" if OWN in name else f"{name}_{OWN}_tenth"
    full = make_conninfo(url, dbname=name)
    if OWN not in name:
        _refuse_foreign(full, name)
    with psycopg.connect(url, autocommit=True) as connection:
        for wanted in (name, tenth):
            found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [wanted])
            if found.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(wanted)))
    return full, make_conninfo(url, dbname=tenth)


def _refuse_foreign(dsn: str, name: str) -> None:
    with psycopg.connect(dsn) as connection:
        tables, note = (connection.execute(query).fetchone() for query in (_TABLES, NOTE))
    if tables != (0,) and note == (None,):
        raise SystemExit(
            f"The database {name} of DATABASE_URL holds tables. Name an empty one, or one with "
            f"{OWN} in its name: what it holds will be overwritten."
        )
