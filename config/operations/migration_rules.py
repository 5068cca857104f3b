"""What a migration may do while the release before it still runs.

Migrations of releases are listed in RELEASED and stay as they are. Each later one is tried on a
database of its own: up, down and up again; squawk reads the SQL that went by. docs/migrations.md
explains the rules, and how a migration says that it may break one.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from psycopg import sql

RELEASED = Path(__file__).resolve().parent.parent / "deploy" / "released_migrations.txt"
SQUAWK = Path(sys.executable).with_name("squawk")
OLDEST_POSTGRESQL = "15.0"
# Style, and what `migrate` sees to itself: its timeouts, its transactions.
NOT_ASKED = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "require-lock-timeout",
    "require-statement-timeout",
)
SCHEMA = re.compile(r"\s*(?:ALTER|COMMENT|CREATE|DROP|REINDEX|TRUNCATE)\b", re.IGNORECASE)
TABLE = re.compile(
    r'\b(?:TABLE|ON)\s+(?:ONLY\s+|IF\s+(?:NOT\s+)?EXISTS\s+)*"?(\w+)"?', re.IGNORECASE
)


class Fault(NamedTuple):
    """What is wrong with a migration, by which rule."""

    migration: str
    rule: str
    message: str


class LinterMissingError(Exception):
    """Squawk is not installed; it comes with requirements-dev.txt."""


def ours(loader: MigrationLoader) -> dict[str, Migration]:
    """Return the migrations of our own apps by name, such as users.0001_initial."""
    labels = {
        app.label for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR
    }
    named = {
        f"{app}.{name}": migration for (app, name), migration in loader.disk_migrations.items()
    }
    return {name: named[name] for name in sorted(named) if name.split(".")[0] in labels}


def digest(migration: Migration) -> str:
    source = sys.modules[type(migration).__module__].__file__
    assert source is not None
    return sha256(Path(source).read_bytes()).hexdigest()[:16]


def released() -> dict[str, str]:
    """Return the digest of each migration that a release has."""
    lines = [line.split() for line in RELEASED.read_text().splitlines()]
    return {name: mark for name, mark in lines if name != "#"}


def release(loader: MigrationLoader) -> int:
    """Write down that what is here now is released, and return how many migrations were not."""
    known = released()
    marks = {name: digest(migration) for name, migration in ours(loader).items()}
    RELEASED.write_text("".join(f"{name} {mark}\n" for name, mark in marks.items()))
    return len(marks.keys() - known.keys())


def lint(connection: BaseDatabaseWrapper) -> list[Fault]:
    """Judge every migration that is not released; needs the right to create a database."""
    known, present = released(), ours(MigrationLoader(connection))
    faults = [
        Fault(name, "released", "It is part of a release and must stay as it was.")
        for name, mark in known.items()
        if name not in present or digest(present[name]) != mark
    ]
    if faults or not present.keys() - known.keys():
        return faults
    with _scratch(connection):
        return _lint_here(connection, known)


def _lint_here(connection: BaseDatabaseWrapper, known: dict[str, str]) -> list[Fault]:
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    mine = {name.split(".")[0] for name in ours(executor.loader)}
    last = dict(name.split(".") for name in sorted(known))
    start = [*last.items(), *(leaf for leaf in leaves if leaf[0] not in mine)]
    executor.migrate(start)
    state = executor.loader.project_state(start)
    old = _tables(state)

    faults = []
    executor.loader.build_graph()
    for migration, _ in executor.migration_plan(leaves):
        faults += judge(connection, migration, state, old_tables=old)
        state = migration.mutate_state(state, preserve=False)
    return faults


def _tables(state: ProjectState) -> set[str]:
    return {model._meta.db_table for model in state.apps.get_models(include_auto_created=True)}


def judge(
    connection: BaseDatabaseWrapper,
    migration: Migration,
    before: ProjectState,
    *,
    old_tables: set[str],
) -> list[Fault]:
    """Apply a migration and return its faults. It is taken back and applied again on the way.

    Only what is done to `old_tables` is asked about: a release that runs knows no others.
    """
    name = f"{migration.app_label}.{migration.name}"
    statements = _applied(connection, migration, before)
    found = [*_faults_of_form(migration), *_faults_of_sql(migration, statements, old_tables)]
    if not _irreversible(migration):
        _move(connection, migration, before, migration.unapply)
        _move(connection, migration, before, migration.apply)
    allowed: dict[str, str] = getattr(migration, "allowed", {})
    return [Fault(name, rule, message) for rule, message in found if not allowed.get(rule)]


def _irreversible(migration: Migration) -> bool:
    return not all(operation.reversible for operation in migration.operations)


def _faults_of_form(migration: Migration) -> Iterator[tuple[str, str]]:
    data = [isinstance(operation, RunPython) for operation in migration.operations]
    if _irreversible(migration) and not getattr(migration, "irreversible", ""):
        yield "irreversible", "Make it reversible, or say why not: irreversible = '…'."
    if any(data) and not all(data):
        yield "data-beside-schema", "Rows would be locked as long as the schema: use two files."
    if not migration.atomic and len(migration.operations) > 1:
        yield "one-step", "Without a transaction it must be one operation, to be tried again."


def _faults_of_sql(
    migration: Migration, statements: list[str], old_tables: set[str]
) -> Iterator[tuple[str, str]]:
    asked = []
    for statement in statements:
        table = TABLE.search(statement)
        if SCHEMA.match(statement) and (not table or table[1] in old_tables):
            asked.append(" ".join(statement.rstrip(" ;\n").split()) + ";")
    for fault in _squawk("\n".join(asked), in_transaction=migration.atomic):
        message = f"{fault['message'].strip()}\n    {asked[fault['line']]}"
        yield fault["rule_name"], message


def _squawk(text: str, *, in_transaction: bool) -> list[dict[str, Any]]:
    if not SQUAWK.exists():
        raise LinterMissingError(LinterMissingError.__doc__)
    command = [str(SQUAWK), "--reporter", "json", "--pg-version", OLDEST_POSTGRESQL]
    command += ["--exclude", ",".join(NOT_ASKED), "--no-error-on-unmatched-pattern"]
    command += ["--assume-in-transaction"] if in_transaction else []
    ended = subprocess.run(
        command, check=False, cwd="/", input=text, capture_output=True, text=True, timeout=60
    )
    faults: list[dict[str, Any]] = json.loads(ended.stdout)
    return faults


def _applied(
    connection: BaseDatabaseWrapper, migration: Migration, before: ProjectState
) -> list[str]:
    statements: list[str] = []

    def listen(execute: Callable[..., Any], text: Any, *rest: Any) -> Any:
        statements.append(str(text))
        return execute(text, *rest)

    with connection.execute_wrapper(listen):
        _move(connection, migration, before, migration.apply)
    return statements


def _move(
    connection: BaseDatabaseWrapper,
    migration: Migration,
    before: ProjectState,
    step: Callable[..., Any],
) -> None:
    with connection.schema_editor(atomic=migration.atomic) as editor:
        step(before.clone(), editor)


@contextmanager
def _scratch(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let the connection lead to an empty database, and back."""
    given, name = connection.settings_dict["NAME"], f"lint_{uuid4().hex}"
    database = sql.Identifier(name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(database))
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = given
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
