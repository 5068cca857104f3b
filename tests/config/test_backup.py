"""A backup comes back whole and equal, or not at all."""

import contextlib
import dataclasses
import errno
import os
import shutil
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from psycopg.conninfo import make_conninfo

from config.operations import archives, backups, fingerprints, postgres, restores
from config.storage import deletions_wait
from tests import migrated

KEY = Fernet.generate_key().decode()
# What backups know by name, and what is easily lost: partitions, sequences, computed columns.
SMALL = """
    CREATE EXTENSION pg_trgm;
    CREATE TABLE django_migrations (app text, name text);
    INSERT INTO django_migrations VALUES ('users', '0001_initial');
    CREATE TABLE users_syncclock (user_id uuid PRIMARY KEY, revision bigint NOT NULL);
    INSERT INTO users_syncclock SELECT gen_random_uuid(), n FROM generate_series(1, 50) n;
    CREATE TABLE beats (at timestamptz PRIMARY KEY, rate real,
        twice real GENERATED ALWAYS AS (rate * 2) STORED) PARTITION BY RANGE (at);
    CREATE TABLE beats_2026 PARTITION OF beats FOR VALUES FROM ('2026-01-01Z') TO ('2027-01-01Z');
    INSERT INTO beats SELECT '2026-03-01Z'::timestamptz + n * interval '1 s', n / 7.0
        FROM generate_series(1, 500) n;
    CREATE TABLE wearables_wearabledevice (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        auth_token text NOT NULL);
    CREATE INDEX tokens ON wearables_wearabledevice USING gin (auth_token gin_trgm_ops);
    CREATE TABLE users_userprofile (avatar text NOT NULL, avatar_thumbnail text NOT NULL);
    INSERT INTO users_userprofile VALUES ('avatars/ana.webp', 'avatars/lost.webp');
"""

CHANGE = """
    WITH gone AS (DELETE FROM beats WHERE at = (SELECT min(at) FROM beats)),
    came AS (INSERT INTO users_syncclock VALUES (gen_random_uuid(), 1))
    UPDATE users_userprofile SET avatar = %(picture)s
"""
# A person, with heart rates of two months.
ANA = """
    INSERT INTO users_user VALUES ('', NULL, false, 'ana', 'Ana', '', false, true, now(),
        '01900000-0000-7000-8000-000000000001', 'ana@example.com');
    CREATE TABLE wearables_heartratedata_2026_01 PARTITION OF wearables_heartratedata
        FOR VALUES FROM ('2026-01-01Z') TO ('2026-02-01Z');
    CREATE TABLE wearables_heartratedata_2026_02 PARTITION OF wearables_heartratedata
        FOR VALUES FROM ('2026-02-01Z') TO ('2026-03-01Z');
    INSERT INTO wearables_heartratedata (user_id, timestamp, heart_rate, samples, source_rank)
        SELECT id, '2026-01-31Z'::timestamptz + n * interval '2 min', 60 + n % 100, 1, 1
        FROM users_user, generate_series(1, 1000) n;
"""


@pytest.fixture(scope="module")
def databases() -> Iterator[Callable[..., str]]:
    """Makes databases beside that of the tests; they go with everything made of them."""
    server, made = os.environ["DATABASE_URL"], []

    def make(template: str = "template0") -> str:
        made.append(f"backup_{uuid.uuid4().hex[:12]}")
        with postgres.neutral(server) as connection:
            connection.execute(f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
        return make_conninfo(server, dbname=made[-1])

    yield make
    with postgres.neutral(server) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall():
            if name.startswith(tuple(made)):
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def small(databases) -> str:
    url = databases()
    with psycopg.connect(url) as connection:
        connection.execute(SMALL)
        token = Fernet(KEY).encrypt(b"a token").decode()
        connection.execute(
            "INSERT INTO wearables_wearabledevice (auth_token) VALUES (%s)", [token]
        )
    return url


@pytest.fixture
def backed_up(settings, tmp_path, small) -> Path:
    """A backup of the small database and of one picture; commands go on with that database."""
    settings.DATABASE_DIRECT_URL, settings.WEARABLE_KEYS = small, [KEY]
    settings.BACKUP_DIR, settings.PRIVATE_ROOT = tmp_path / "backups", tmp_path / "private"
    picture = Path(settings.MEDIA_ROOT) / "avatars" / "ana.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"ana")
    return backups.back_up(url=small, folder=settings.BACKUP_DIR, keep=None, with_files=True).path


def run(command: str, *arguments: Any) -> str:
    output = StringIO()
    call_command(command, *map(str, arguments), stdout=output, stderr=StringIO())
    return output.getvalue()


def held(url: str) -> fingerprints.Fingerprint:
    with psycopg.connect(url) as connection:
        return fingerprints.take(connection)


def known_databases(url: str) -> set[str]:
    """The database and what was made beside it."""
    with postgres.neutral(url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database").fetchall()
    return {name for (name,) in rows if name.startswith(postgres.name_of(url))}


@contextlib.contextmanager
def traffic(url: str, folder: Path) -> Iterator[None]:
    """Somebody adds and deletes rows, and changes their picture, without a pause."""
    ends = threading.Event()

    def write() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            before, number = "avatars/ana.webp", 0
            while not ends.is_set():
                number += 1
                picture = folder / f"{number}.webp"
                picture.write_bytes(b"%d" % number)
                connection.execute(CHANGE, {"picture": f"avatars/{picture.name}"})
                default_storage.delete(before)
                before = f"avatars/{picture.name}"

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        ends.set()
        writer.join()


def test_a_dropped_database_comes_back_equal_with_its_files(settings, tmp_path, databases) -> None:
    url = databases(migrated.ensure())
    settings.DATABASE_DIRECT_URL, settings.BACKUP_DIR = url, tmp_path / "backups"
    settings.PRIVATE_ROOT = tmp_path / "private"
    export = settings.PRIVATE_ROOT / "exports" / "ana.zip"
    export.parent.mkdir(parents=True)
    export.write_bytes(b"all of ana")
    with psycopg.connect(url) as connection:
        connection.execute(ANA)
    before = held(url)

    run("backup")
    shutil.rmtree(settings.PRIVATE_ROOT)
    with postgres.neutral(url) as server:
        server.execute(f"DROP DATABASE {postgres.name_of(url)}")
    restored = run("restore", backups.last_backup().path, "--exact")

    assert "1 files were written" in restored
    assert held(url) == before
    assert before.tables["public.wearables_heartratedata"].rows == 1000
    assert export.read_bytes() == b"all of ana"
    assert known_databases(url) == {postgres.name_of(url)}


def test_under_traffic_a_backup_is_of_one_instant_and_has_each_file_of_it(
    settings, tmp_path, small, databases
) -> None:
    url, folder = databases(postgres.name_of(small)), Path(settings.MEDIA_ROOT) / "avatars"
    settings.BACKUP_DIR, settings.WEARABLE_KEYS = tmp_path, [KEY]
    settings.PRIVATE_ROOT = tmp_path / "private"
    folder.mkdir(parents=True)
    (folder / "ana.webp").write_bytes(b"ana")
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE users_userprofile SET avatar_thumbnail = ''")

    with traffic(url, folder):
        backup = backups.back_up(url=url, folder=tmp_path, keep=None, with_files=True)
        manifest = archives.examine(backup.path)
        restores.rehearse(backup.path, manifest, url=url)

    assert manifest.missing_files == []
    assert manifest.fingerprint.tables != held(url).tables


def test_what_is_deleted_before_it_is_copied_is_named(
    settings, tmp_path, small, monkeypatch
) -> None:
    settings.BACKUP_DIR, settings.PRIVATE_ROOT = tmp_path / "backups", tmp_path / "private"
    picture = Path(settings.MEDIA_ROOT) / "avatars" / "ana.webp"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"ana")
    add = archives.Writer.add

    def add_without_the_picture(writer: archives.Writer, name: str, path: Path) -> None:
        picture.unlink(missing_ok=True)
        add(writer, name, path)

    monkeypatch.setattr(Path, "hardlink_to", other_file_system)
    monkeypatch.setattr(archives.Writer, "add", add_without_the_picture)

    backup = backups.back_up(url=small, folder=settings.BACKUP_DIR, keep=None, with_files=True)

    lost = ["media/avatars/ana.webp", "media/avatars/lost.webp"]
    assert archives.examine(backup.path).missing_files == lost


def other_file_system(link: Path, target: Path) -> None:
    raise OSError(errno.EXDEV, "Invalid cross-device link")


def test_one_folder_under_two_names_does_not_wait_for_itself(tmp_path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "private").symlink_to(tmp_path / "media")

    def wait() -> None:
        with deletions_wait([tmp_path / "media", tmp_path / "private"]):
            pass

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    waiting.join(10)

    assert not waiting.is_alive()


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def leave_out_the_picture(path: Path) -> None:
    """As an archive that was put together again from what was left of it."""
    with tarfile.open(path) as old, tarfile.open(path.with_suffix(".new"), "w") as new:
        for member in old:
            if member.name != "media/avatars/ana.webp":
                new.addfile(member, old.extractfile(member))
    path.with_suffix(".new").rename(path)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (truncate, "It has no manifest: it was cut off, or never finished."),
        (flip_a_bit, "database.dump is not what was written."),
        (leave_out_the_picture, "media/avatars/ana.webp is missing."),
    ],
)
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    settings, backed_up, small, damage, fault
) -> None:
    shutil.rmtree(settings.MEDIA_ROOT)
    before = held(small)

    damage(backed_up)
    with pytest.raises(CommandError) as refused:
        run("restore", backed_up, "--force")

    assert fault in str(refused.value)
    assert held(small) == before
    assert known_databases(small) == {postgres.name_of(small)}
    assert not Path(settings.MEDIA_ROOT).exists()


def test_rows_that_differ_from_the_manifest_replace_nothing(tmp_path, backed_up, small) -> None:
    manifest = archives.examine(backed_up)
    tables = {**manifest.fingerprint.tables, "public.beats": fingerprints.Table(500, "7")}
    other = dataclasses.replace(manifest.fingerprint, tables=tables)
    target = restores.check(url=small, force=True)

    with pytest.raises(restores.RestoredOtherwise) as refused:
        restores.restore(backed_up, dataclasses.replace(manifest, fingerprint=other), to=target)

    assert refused.value.differences == ["Table public.beats has other rows."]
    assert known_databases(small) == {postgres.name_of(small)}


def test_secrets_that_no_key_opens_replace_nothing(settings, backed_up, small) -> None:
    settings.WEARABLE_KEYS = [Fernet.generate_key().decode()]

    with pytest.raises(CommandError, match="opens 1 stored secrets; nothing was replaced"):
        run("restore", backed_up, "--force")

    assert known_databases(small) == {postgres.name_of(small)}


def test_a_database_with_tables_is_replaced_by_force_alone_and_put_aside(
    settings, backed_up, small, databases
) -> None:
    url = databases(postgres.name_of(small))
    settings.DATABASE_DIRECT_URL = url
    with psycopg.connect(url) as connection:
        connection.execute("DELETE FROM users_syncclock WHERE revision > 10")
    before = held(url)

    with pytest.raises(CommandError, match="has 6 tables"):
        run("restore", backed_up)
    refused = held(url)
    with psycopg.connect(url) as connected:
        run("restore", backed_up, "--force")

    (aside,) = known_databases(url) - {postgres.name_of(url)}
    assert refused == before == held(make_conninfo(url, dbname=aside))
    with pytest.raises(psycopg.OperationalError):
        connected.execute("SELECT 1")
    with psycopg.connect(url) as connection:
        clocks = connection.execute("SELECT min(revision), max(revision) FROM users_syncclock")
        assert clocks.fetchone() == (1_000_001, 1_000_050)


def test_a_verified_backup_says_so(backed_up, small) -> None:
    told = run("backup", "--verify", "--no-media")

    assert told.endswith("restored and equal.\n")
    last = backups.last_backup()
    assert last.verified_at > last.finished_at > last.taken_at
    assert known_databases(small) == {postgres.name_of(small)}


def test_what_is_only_looked_at_stays_as_it_is(backed_up, small) -> None:
    before = held(small), sorted(backed_up.parent.iterdir())

    told = [
        run("backup", "--dry-run"),
        run("restore", backed_up, "--dry-run", "--force"),
        run("restore", backed_up, "--verify-only"),
    ]

    assert "and 1 files (3" in told[0]
    assert "it is complete" in told[1]
    assert told[2].startswith("Restored and equal: the backup of")
    assert (held(small), sorted(backed_up.parent.iterdir())) == before
    assert known_databases(small) == {postgres.name_of(small)}


def test_the_newest_backups_are_kept_and_the_last_one_is_known(settings, backed_up) -> None:
    old = [backed_up.with_name(f"numeneon-2026010{day}T030000000000Z.tar") for day in (1, 2, 3)]
    for path in old:
        path.touch()
    other = backed_up.with_name("notes.tar")
    other.touch()

    backup = backups.back_up(
        url=settings.DATABASE_DIRECT_URL, folder=settings.BACKUP_DIR, keep=2, with_files=False
    )

    assert backups.made_in(settings.BACKUP_DIR) == sorted({backup.path, backed_up}, reverse=True)
    assert other.exists()
    assert backups.last_backup() == backup
    assert (backup.rows, backup.files, backup.verified_at) == (553, 0, None)


def test_a_backup_that_fails_leaves_nothing_behind(settings, tmp_path, databases) -> None:
    settings.DATABASE_DIRECT_URL, settings.BACKUP_DIR = databases(), tmp_path

    with pytest.raises(CommandError, match="holds nothing of ours to back up"):
        run("backup")

    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
    assert backups.last_backup() is None


def test_a_file_that_a_row_names_and_nobody_has_is_told(backed_up) -> None:
    assert archives.examine(backed_up).missing_files == ["media/avatars/lost.webp"]


def test_programs_of_another_version_are_refused_by_name() -> None:
    with pytest.raises(archives.BackupError) as refused:
        postgres.program("pg_dump", major=99)

    message = str(refused.value)
    assert message.startswith("The server is PostgreSQL 99, and there is no pg_dump 99 here;")
    assert "pginstall/bin/pg_dump (pg_dump (PostgreSQL) 18." in message
