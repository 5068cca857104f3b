"""What `make run` starts, and the page that explains the environment."""

import ast
import contextlib
import fcntl
import itertools
import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config import providers, stack
from tests import migrated

CHECKOUT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
# The shell sets one, make the other.
NOT_OURS = {"PATH", "MAKELEVEL"}

# It ignores the wish to end, as does its child.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
os.write(1, b"there\\n")
time.sleep(60)
"""
STACK_OF = """
import sys, time
from config import stack
with stack._undertaker() as note:
    stack._Program(note, "program", "-c", sys.argv[1]).start()
    time.sleep(60)
"""


@pytest.fixture(name="var")
def fixture_var() -> Iterator[Path]:
    """Make a directory that root's servers reach too; pytest's own are closed to them."""
    top = Path(tempfile.mkdtemp(prefix="numeneon-test-"))
    top.chmod(0o755)
    yield top / "var"
    shutil.rmtree(top)


def environment(var: Path, **values: str) -> dict[str, str]:
    given = {"DATABASE_URL", "REDIS_URL", "MAKELEVEL", "PRIVATE_ROOT"}
    kept = {key: value for key, value in os.environ.items() if key not in given}
    return {**kept, "VAR_DIR": str(var), **values}


def run(var: Path, **values: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "config.stack"],
        check=False,
        cwd=CHECKOUT,
        env=environment(var, **values),
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextlib.contextmanager
def started(var: Path, *arguments: str, **values: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, *arguments]
    env = environment(var, **values)
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def processes(var: Path) -> set[int]:
    """Return the processes that work in or for a directory, without the dead."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = f"VAR_DIR={var}\0".encode() in (process / "environ").read_bytes()
            if ours or (process / "cwd").readlink().is_relative_to(var):
                found.add(int(process.name))
    return found


def await_end_of_all(var: Path) -> None:
    deadline = time.monotonic() + 20
    while left := processes(var):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mend_for_ever(program: stack._Program) -> None:
    while True:
        program.mend()


def names_read(source: str) -> set[str]:
    """Return the environment variables that a module of config asks for by name."""
    asked: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=helper), args=[name, *_]) if helper.startswith("_"):
                asked.append(name)
            case ast.Call(
                func=ast.Attribute(ast.Attribute(attr="environ"), "get"), args=[name, *_]
            ):
                asked.append(name)
            case ast.Subscript(value=ast.Attribute(attr="environ"), slice=name):
                asked.append(name)
            case ast.Compare(left=name, comparators=[ast.Attribute(attr="environ")]):
                asked.append(name)
    values = {name.value for name in asked if isinstance(name, ast.Constant)}
    return {value for value in values if isinstance(value, str) and NAME.fullmatch(value)}


def names_of_makers() -> set[str]:
    """Return the environment variables that are asked for by a maker's name."""
    asked: set[str] = set()

    class Asked:
        def get(self, name: str, default: str = "") -> str:
            asked.add(name)
            return default

    providers.read(Asked(), simulator="")
    return asked


def test_every_environment_variable_is_explained_and_every_explained_one_is_read() -> None:
    read = set(re.findall(r"\$\{([A-Z_]+)", (CHECKOUT / "docker-compose.yml").read_text()))
    for module in (CHECKOUT / "config").glob("*.py"):
        read |= names_read(module.read_text())

    lines = (CHECKOUT / ".env.example").read_text().splitlines()
    explained = [
        (name[1], before)
        for before, line in itertools.pairwise(lines)
        if (name := re.match(r"#?([A-Z][A-Z0-9_]+)=", line))
    ]

    # Each maker has more than most need, by a pattern; who we are to it is explained.
    makers = names_of_makers()
    names = [name for name, _ in explained]

    assert sorted(set(names) - makers) == sorted(read - NOT_OURS)
    assert {name for name in makers if "_CLIENT_" in name} <= set(names)
    assert len(names) == len(set(names))
    # Several in a row may share an explanation.
    assert all(re.match("# .+[.]|#?[A-Z][A-Z0-9_]+=", before) for _, before in explained)


def test_the_banner_shows_where_to_go_and_a_command_that_logs_in() -> None:
    people = [
        {"username": "ana", "password": "it's ana's", "role": "user"},
        {"username": "admin", "password": "secret", "role": "admin"},
    ]

    ready, docs, admin, live, *logins, attempt = stack.banner(8123, 8200, people).splitlines()

    assert ready == "Ready: http://127.0.0.1:8123/"
    assert docs.split() == ["docs", "http://127.0.0.1:8123/api/docs/"]
    assert admin.split() == ["admin", "http://127.0.0.1:8123/admin/"]
    assert live.split() == ["live", "http://127.0.0.1:8200/api/v1/stream/"]
    assert logins == ["  login  ana / it's ana's (user)", "  login  admin / secret (admin)"]
    label, curl, *_, body, url = shlex.split(attempt)
    assert (label, curl, url) == (
        "try",
        "curl",
        "http://127.0.0.1:8123/_allauth/app/v1/auth/login",
    )
    assert json.loads(body) == {"username": "ana", "password": "it's ana's"}


def test_without_a_demo_the_banner_shows_no_logins() -> None:
    assert len(stack.banner(8000, 8001, []).splitlines()) == 4


def test_the_banner_shows_where_the_simulated_makers_are() -> None:
    lines = stack.banner(8000, 8001, [], simulator_port=8002).splitlines()

    assert lines[4:] == [
        "  wearables http://127.0.0.1:8002/ (simulated Oura, Garmin, WHOOP, Google Health, Polar)"
    ]


def test_in_development_the_programs_know_of_the_simulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("WEARABLE_SIMULATOR_URL", "")
    monkeypatch.setenv("PUBLIC_URL", "")

    port = stack._simulate(8000)

    assert port == 8002
    assert os.environ["WEARABLE_SIMULATOR_URL"] == "http://127.0.0.1:8002"
    assert os.environ["PUBLIC_URL"] == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "production"),
        ("WEARABLE_SIMULATOR_URL", "http://127.0.0.1:9000"),
    ],
)
def test_a_simulator_starts_neither_in_production_nor_beside_another(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv("ENVIRONMENT", "development")
    monkeypatch.setenv("WEARABLE_SIMULATOR_URL", "")
    monkeypatch.setenv("PUBLIC_URL", "")
    monkeypatch.setenv(name, value)

    port = stack._simulate(8000)

    assert port == 0
    assert os.environ["PUBLIC_URL"] == ""


def test_a_taken_port_is_named_before_anything_starts(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run(var, PORT=str(port))

    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} is not free: try `make run PORT=…`.\n"
    assert [path.name for path in var.iterdir()] == ["stack.lock"]


def test_a_second_stack_of_one_checkout_is_refused(var: Path) -> None:
    var.mkdir()
    with (var / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        ended = run(var, PORT=str(free_port()))

    assert ended.returncode == 1
    assert ended.stderr == "Numeneon already runs in this checkout: stop it first.\n"


def test_a_taken_port_of_the_live_server_is_named_too(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run(var, PORT=str(free_port()), LIVE_PORT=str(port))

    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} is not free: try `make run LIVE_PORT=…`.\n"


def test_a_taken_port_of_the_simulator_is_named_too(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        ended = run(
            var, PORT=str(free_port()), LIVE_PORT=str(free_port()), SIMULATOR_PORT=str(port)
        )

    assert ended.returncode == 1
    assert ended.stderr == f"Port {port} is not free: try `make run SIMULATOR_PORT=…`.\n"


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(var: Path, port: str) -> None:
    ended = run(var, PORT=port)

    assert ended.returncode == 1
    assert ended.stderr == f"PORT must be a number from 1 to 65535, not {port!r}.\n"


def test_after_the_last_port_there_is_none_for_the_live_server(var: Path) -> None:
    ended = run(var, PORT="65535")

    assert ended.returncode == 1
    assert ended.stderr == "LIVE_PORT must be a number from 1 to 65535, not '65536'.\n"


def test_a_program_that_keeps_ending_is_started_again_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack, "RESTART_AFTER_S", (0, 0))
    noted: list[int] = []
    program = stack._Program(noted.append, "worker", "-c", "print('here'); raise SystemExit(3)")

    with pytest.raises(stack.StackError, match="The worker keeps ending, now with code 3"):
        mend_for_ever(program)

    assert capfd.readouterr().out.splitlines().count("here") == 3
    assert [-group for group in noted if group < 0] == [group for group in noted if group > 0]


def test_what_ignores_the_end_of_a_killed_stack_is_killed(var: Path) -> None:
    with started(var, "-c", STACK_OF, STUBBORN) as killed:
        assert killed.stdout
        assert [killed.stdout.readline() for _ in range(2)] == ["there\n", "there\n"]
        assert len(processes(var)) == 4  # the stack, its undertaker, the program and its child

        killed.kill()

        await_end_of_all(var)


def test_a_killed_stack_leaves_nothing_behind(var: Path) -> None:
    # As in production, which has no demo to wait for.
    values = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "WEARABLE_KEYS": Fernet.generate_key().decode(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PORT": str(free_port()),
        "LIVE_PORT": str(free_port()),
    }
    migrated.copy_to(var)
    with started(var, "-m", "config.stack", **values) as killed:
        assert killed.stdout
        assert any(line.startswith("Ready: ") for line in killed.stdout)
        assert len(processes(var)) > 10

        killed.kill()

        await_end_of_all(var)
