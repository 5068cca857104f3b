"""Bring a backup back, or show that it could be.

A database is made beside the one that there is, filled, and compared with the manifest table by
table. Only when nothing differs does it take the place of the other.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from psycopg import sql
from tqdm import tqdm

from config.operations import archives, backups, fingerprints, postgres
from config.operations.archives import BackupError, Manifest
from wearables.encryption import WrongKey, decrypt
from wearables.services import keys

# More than anybody writes in the time that a backup may be old.
CLOCKS_AHEAD: Final = 1_000_000
_MOST_JOBS: Final = 4


class RestoredOtherwise(BackupError):
    def __init__(self, differences: list[str]) -> None:
        lines = ["What was restored is not what was backed up; nothing was replaced:"]
        super().__init__("\n  ".join([*lines, *differences]))
        self.differences = differences


@dataclass(frozen=True)
class Target:
    """Where a backup is to go. ``tables`` is None where there is no such database yet."""

    url: str
    tables: int | None

    @property
    def name(self) -> str:
        return postgres.name_of(self.url)


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    # The name that the database of before has now.
    aside: str | None
    files_written: int


def examine(path: Path) -> Manifest:
    """Read the whole backup. Raises DamagedBackup."""
    if not path.is_file():
        raise BackupError(f"There is no backup {path}.")
    size = path.stat().st_size
    with tqdm(desc="Reading", total=size, unit="B", unit_scale=True, disable=None) as bar:
        return archives.examine(path, told=bar.update)


def check(*, url: str, force: bool) -> Target:
    """Where a backup would go. Raises BackupError if it must not."""
    with postgres.neutral(url) as server:
        postgres.program("pg_restore", major=postgres.major_of(server))
    target = Target(url, postgres.tables_in(url))
    if target.tables and not force:
        raise BackupError(
            f"The database {target.name} has {target.tables} tables. With --force it is put aside"
            " under another name, and whoever is connected is cut off."
        )
    return target


def rehearse(path: Path, manifest: Manifest, *, url: str, without_keys: bool = False) -> None:
    """Restore the database into one that goes afterwards. Raises BackupError if it differs."""
    name = _name(postgres.name_of(url), "verify")
    with postgres.scratch(url, name) as scratch_url:
        _fill(scratch_url, path, manifest, without_keys=without_keys)


def restore(
    path: Path,
    manifest: Manifest,
    *,
    to: Target,
    exact: bool = False,
    files: bool = True,
    without_keys: bool = False,
) -> Restored:
    """Put the backup into the place of the database; add its files to those that there are.

    Unless it is to be ``exact``, everybody's clock goes ahead: phones have seen revisions that
    the backup does not know of, and would miss as many changes.
    """
    name = _name(to.name, "restore")
    aside = _name(to.name, "before") if to.tables else None
    with postgres.scratch(to.url, name) as scratch_url:
        _fill(scratch_url, path, manifest, without_keys=without_keys)
        if not exact:
            _advance_clocks(scratch_url)
        # First the files: a row without its file is worse than a file without its row.
        written = _write_files(path, manifest) if files else 0
        postgres.take_place(to.url, scratch_name=name, aside=aside)
    return Restored(manifest, aside, written)


def _name(database: str, suffix: str) -> str:
    # PostgreSQL cuts names at 63 bytes.
    return f"{database[:30]}_{suffix}_{datetime.now(UTC):%Y%m%d%H%M%S}"


@contextmanager
def _dump_of(path: Path) -> Iterator[Path]:
    """The dump in a file of its own: only there can several processes read it at once."""
    folder = Path(settings.BACKUP_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(prefix=".restoring-", dir=folder) as copy:
        for name, file in archives.members(path):
            if name == archives.DUMP:
                archives.copy_to(file, copy)
                break
        copy.flush()
        yield Path(copy.name)


def _fill(url: str, path: Path, manifest: Manifest, *, without_keys: bool) -> None:
    with psycopg.connect(url) as connection:
        program = postgres.program("pg_restore", major=postgres.major_of(connection))
    arguments = ["--no-owner", "--no-privileges", "--exit-on-error"]
    arguments += [f"--jobs={min(_MOST_JOBS, os.cpu_count() or 1)}"]
    with _dump_of(path) as dump:
        postgres.run(program, url, [*arguments, str(dump)])
    with psycopg.connect(url) as connection:
        _compare(connection, manifest)
        if not without_keys:
            _open_secrets(connection, manifest)
        # What the planner knows of tables is no part of a dump.
        connection.execute("ANALYZE")


def _compare(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    total = len(manifest.fingerprint.tables)
    with tqdm(desc="Comparing", total=total, unit="", disable=None) as bar:
        found = fingerprints.take(connection, told=lambda _: bar.update())
    differences = manifest.fingerprint.differences(found)
    if differences:
        raise RestoredOtherwise(differences)


def _open_secrets(connection: psycopg.Connection[Any], manifest: Manifest) -> None:
    """Raises BackupError where our keys do not open what was restored."""
    closed = 0
    for field in keys.fields():
        table, column = field.model._meta.db_table, str(field.column)
        if not manifest.fingerprint.has_column(table, column):
            continue
        query = sql.SQL("SELECT {column} FROM {table} WHERE {column} <> ''")
        names = {"column": sql.Identifier(column), "table": sql.Identifier(table)}
        for (stored,) in connection.execute(query.format(**names)):
            try:
                decrypt(stored)
            except WrongKey:
                closed += 1
    if closed:
        raise BackupError(
            f"No key in WEARABLE_KEYS opens {closed} stored secrets; nothing was replaced. The "
            f"ids of the keys at that time were {', '.join(manifest.key_ids)}, those of ours are "
            f"{', '.join(backups.key_ids())}. Add what lacks, or give the secrets up with "
            "--without-keys."
        )


def _advance_clocks(url: str) -> None:
    with psycopg.connect(url) as connection:
        query = sql.SQL("UPDATE users_syncclock SET revision = revision + {}")
        connection.execute(query.format(CLOCKS_AHEAD))


def _write_files(path: Path, manifest: Manifest) -> int:
    """How many were written; what is there already, with the same content, is left alone."""
    roots, written = backups.roots(), 0
    with tqdm(desc="Files", total=len(manifest.files) - 1, unit="", disable=None) as bar:
        for name, file in archives.members(path):
            if name == archives.DUMP:
                continue
            title, _, rest = name.partition("/")
            target, expected = roots[title] / rest, manifest.files[name]
            if not (target.is_file() and archives.digest_of(target) == expected):
                archives.unpack(file, target, expected=expected)
                written += 1
            bar.update()
    return written
