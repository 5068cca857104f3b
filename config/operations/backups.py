"""Make a backup: the database as it was at one instant, and the files that its rows name.

Consistent while people write: pg_dump and the hashes read one snapshot. Files never change under
their name, and none is deleted at that instant; what comes later is not in it.
"""

import fcntl
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, LiteralString

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.db.models import FileField
from psycopg import sql
from tqdm import tqdm

from config.operations import archives, fingerprints, postgres
from config.operations.archives import BackupError, Manifest, Writer
from config.storage import deletions_wait

_NAME: Final = "numeneon-%Y%m%dT%H%M%S%fZ.tar"
_OURS: Final = re.compile(r"numeneon-\d{8}T\d{12}Z\.tar")
_LAST: Final = "last.json"
_MIGRATIONS: Final = """
    SELECT app, max(name) FROM django_migrations GROUP BY app ORDER BY app
"""

_COLUMNS: Final = """
    SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'
"""


@dataclass(frozen=True)
class Backup:
    """A backup that was made. ``verified_at`` is when it was restored and found equal."""

    path: Path
    taken_at: datetime
    finished_at: datetime
    bytes: int
    rows: int
    files: int
    verified_at: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """What would be backed up."""

    database: str
    database_bytes: int
    files: int
    file_bytes: int
    pg_dump: Path


def roots() -> dict[str, Path]:
    """The folders of files, by their name in a backup."""
    return {"media": Path(settings.MEDIA_ROOT), "private": Path(settings.PRIVATE_ROOT)}


def key_ids() -> list[str]:
    """By what the keys of stored secrets can be told apart; nobody learns a key from it."""
    return [sha256(key.encode()).hexdigest()[:12] for key in settings.WEARABLE_KEYS]


def last_backup() -> Backup | None:
    """The newest backup that was finished, as it was noted in BACKUP_DIR; None without one."""
    try:
        noted = json.loads((Path(settings.BACKUP_DIR) / _LAST).read_bytes())
        instants = {name: noted[name] for name in ("taken_at", "finished_at", "verified_at")}
        noted |= {name: each and datetime.fromisoformat(each) for name, each in instants.items()}
        return Backup(**{**noted, "path": Path(noted["path"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def note(backup: Backup) -> None:
    """Remember it as the last one."""
    folder = _folder(Path(settings.BACKUP_DIR))
    text = json.dumps(asdict(backup), default=str)
    new = folder / f".{_LAST}.new"
    new.write_text(text)
    new.replace(folder / _LAST)


def note_verified(backup: Backup) -> Backup:
    """Remember that it was restored just now, and was equal."""
    backup = replace(backup, verified_at=datetime.now(UTC))
    note(backup)
    return backup


def plan(*, url: str, with_files: bool) -> Plan:
    """Raises BackupError where a backup could not be made."""
    with _connected(url) as connection:
        dump = postgres.program("pg_dump", major=postgres.major_of(connection))
        size = _one(connection, "SELECT pg_database_size(current_database())")
    sizes = [path.stat().st_size for _, path in _files()] if with_files else []
    return Plan(postgres.name_of(url), size, len(sizes), sum(sizes), dump)


def back_up(*, url: str, folder: Path, keep: int | None, with_files: bool) -> Backup:
    """Write a backup into the folder; then remove those before the last ``keep`` ones.

    It is there complete, or not at all. Raises BackupError, also while another one is made.
    """
    with _alone(_folder(folder)), _workplace(folder) as work:
        taken_at = datetime.now(UTC)
        path = folder / taken_at.strftime(_NAME)
        with archives.written(work / "archive") as writer:
            manifest = _fill(writer, work, url=url, with_files=with_files, taken_at=taken_at)
            writer.seal(manifest)
        (work / "archive").rename(path)
        _keep_on_disk(folder)
        size = path.stat().st_size
        files = len(manifest.files) - 1
        backup = Backup(path, taken_at, manifest.finished_at, size, manifest.rows, files)
        note(backup)
        for old in made_in(folder)[keep:] if keep else []:
            old.unlink()
    return backup


def made_in(folder: Path) -> list[Path]:
    """Backups in a folder, newest first."""
    return sorted((path for path in folder.iterdir() if _OURS.fullmatch(path.name)), reverse=True)


def _fill(
    writer: Writer, work: Path, *, url: str, with_files: bool, taken_at: datetime
) -> Manifest:
    with _connected(url) as connection:
        files, missing = _held(connection, work / "files") if with_files else ({}, set())
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        with _dumping(connection, url, snapshot=snapshot, target=work / archives.DUMP):
            with tqdm(desc="Tables", unit="", disable=None) as bar:
                fingerprint = fingerprints.take(connection, told=lambda _: bar.update())
            migrations = dict(connection.execute(_MIGRATIONS).fetchall())
        versions = _versions(connection)
    writer.add(archives.DUMP, work / archives.DUMP)
    (work / archives.DUMP).unlink()
    for name, path in tqdm(files.items(), desc="Files", unit="", disable=None):
        try:
            writer.add(name, path)
        except FileNotFoundError:
            missing.add(name)  # of those without a link, on another file system
    return Manifest(
        taken_at=taken_at,
        finished_at=datetime.now(UTC),
        versions=versions,
        migrations=migrations,
        fingerprint=fingerprint,
        files=writer.files,
        missing_files=sorted(missing),
        key_ids=key_ids(),
    )


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection whose one transaction sees one instant, however long it takes."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        if _one(connection, "SELECT to_regclass('django_migrations')") is None:
            raise BackupError(f"{postgres.name_of(url)} holds nothing of ours to back up.")
        yield connection


@contextmanager
def _dumping(
    connection: psycopg.Connection[Any], url: str, *, snapshot: str, target: Path
) -> Iterator[None]:
    program = postgres.program("pg_dump", major=postgres.major_of(connection))
    arguments = ["--format=custom", "--no-owner", "--no-privileges"]
    arguments += [f"--snapshot={snapshot}", f"--file={target}"]
    with postgres.running(program, url, arguments):
        yield


def _versions(connection: psycopg.Connection[Any]) -> dict[str, str]:
    return {
        "postgresql": connection.info.parameter_status("server_version") or "",
        "django": django.get_version(),
        "python": platform.python_version(),
    }


def _files() -> Iterator[tuple[str, Path]]:
    for title, root in roots().items():
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield f"{title}/{path.relative_to(root).as_posix()}", path


def _held(connection: psycopg.Connection[Any], folder: Path) -> tuple[dict[str, Path], set[str]]:
    """Every file by its name in the backup, where it stays even if somebody deletes it now; and
    those that rows name at the connection's instant, and nobody has.

    Whoever changes their picture has the one before deleted at once. So deletions wait from the
    instant on until what rows name is held; most of it is before.
    """
    folder.mkdir()
    held: dict[str, Path] = {}
    _hold(held, dict(_files()), folder)
    with deletions_wait(roots().values()):
        connection.rollback()
        named = _named_files(connection)  # the instant begins with the first query
        places = {name: _place(name) for name in named - held.keys()}
        _hold(held, places, folder)
    return held, named - held.keys()


def _place(name: str) -> Path:
    title, _, rest = name.partition("/")
    return roots()[title] / rest


def _hold(held: dict[str, Path], files: Mapping[str, Path], folder: Path) -> None:
    for name, path in files.items():
        link = folder / str(len(held))
        try:
            link.hardlink_to(path)
        except FileNotFoundError:
            continue
        except OSError:
            # On another file system: it is read where it is, if it is still there.
            link = path
        held[name] = link


def _named_files(connection: psycopg.Connection[Any]) -> set[str]:
    """What rows say that there is; only of columns that this database has."""
    known = {(table, column) for table, column in connection.execute(_COLUMNS)}
    found: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            place = model._meta.db_table, field.column
            if isinstance(field, FileField) and place in known:
                found |= _named_by(connection, field)
    return found


def _named_by(connection: psycopg.Connection[Any], field: FileField) -> set[str]:
    location = Path(field.storage.location)  # type: ignore[attr-defined]
    titles = [title for title, root in roots().items() if root.resolve() == location.resolve()]
    assert field.column is not None
    query = sql.SQL("SELECT {column} FROM {table} WHERE {column} <> ''").format(
        column=sql.Identifier(field.column), table=sql.Identifier(field.model._meta.db_table)
    )
    names = connection.execute(query)
    return {f"{title}/{name}" for (name,) in names for title in titles}


def _one(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _folder(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being made in {folder}.") from None
        yield


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder beside the backups, so that what is complete there needs only a new name."""
    for left in folder.glob(".making-*"):
        shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep_on_disk(folder: Path) -> None:
    """The name as well as the content survives a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
