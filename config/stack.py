"""The whole system as one program on one machine, which is what `make run` starts.

It brings PostgreSQL and Valkey (embedded where the environment names none), the database schema,
the static files and on first use a demo, then the web server, the live server, the worker and
the schedule on 127.0.0.1; for development also a server that plays the makers of wearables.
Ctrl-C stops all of it. The environment variables are explained in .env.example.
"""

import argparse
import ctypes
import fcntl
import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from celery.exceptions import OperationalError

from config import embedded
from config.celery import app

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or embedded.VAR).resolve()
MOUNTS = {"/static": VAR / "static", "/media": Path(os.environ.get("MEDIA_ROOT") or VAR / "media")}
SIMULATOR = BASE_DIR / "tests" / "simulator"
STOPS = {signal.SIGINT, signal.SIGTERM}
# After each end of a program in a row; one that ran longer than STEADY_S begins anew.
RESTART_AFTER_S, STEADY_S = (1, 2, 4), 60
READY_LIMIT_S, WARM_STOP_S, COLD_STOP_S, ORPHAN_GRACE_S = 120, 8, 3, 2
PR_SET_PDEATHSIG = 1  # of <sys/prctl.h>
LIBC = ctypes.CDLL(None)
Note = Callable[[int], object]


class StackError(Exception):
    """The stack cannot start or go on; the message says why and what to do."""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _number(name: str, *, default: int, most: int = 1000) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdecimal() or not 1 <= int(value) <= most:
        raise StackError(f"{name} must be a number from 1 to {most}, not {value!r}.")
    return int(value)


def _pause(seconds: float) -> None:
    """Wait until a child ends, or less; any signal to stop is a KeyboardInterrupt."""
    received = signal.sigtimedwait({*STOPS, signal.SIGCHLD}, seconds)
    if received and received.si_signo in STOPS:
        raise KeyboardInterrupt


@contextmanager
def _undertaker() -> Iterator[Note]:
    """Give a killed stack a process that lives on for seconds and kills what lives on longer.

    The kernel tells each program that the stack is gone. That is not enough: a worker would
    finish its task first, however long it takes, and the children of a web server that is killed
    as well would serve on. What is yielded takes a process group, or its negative when it ended.
    """
    reader, writer = os.pipe()
    undertaker = os.fork()
    if undertaker == 0:
        try:
            os.close(writer)
            _bury_orphans(reader)
        finally:
            os._exit(0)
    os.close(reader)
    try:
        yield lambda entry: os.write(writer, b"%d\n" % entry)
    finally:
        os.close(writer)
        os.waitpid(undertaker, 0)


def _bury_orphans(reader: int) -> None:
    os.setsid()
    for stop in STOPS:
        signal.signal(stop, signal.SIG_IGN)
    groups: set[int] = set()
    with os.fdopen(reader) as entries:
        for entry in map(int, entries):  # until the stack ends, however it ends
            groups = groups | {entry} if entry > 0 else groups - {-entry}
    if groups:
        time.sleep(ORPHAN_GRACE_S)
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def _end_with(parent: int) -> None:
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel knew of our wish
        os._exit(1)
    signal.pthread_sigmask(signal.SIG_SETMASK, set())


class _Program:
    """A program of the stack, in a process group of its own: a Ctrl-C is ours to pass on."""

    def __init__(self, note: Note, name: str, *arguments: str, **environ: str) -> None:
        self._note, self._name = note, name
        self._command, self._environ = [sys.executable, *arguments], environ
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at, self._due_at, self._ends = 0.0, 0.0, 0

    def start(self) -> None:
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            self._command,
            cwd=BASE_DIR,
            env={**os.environ, **self._environ},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=partial(_end_with, os.getpid()),  # noqa: PLW1509 - there are no threads here
        )
        self._note(self._process.pid)

    def runs(self) -> bool:
        # WNOWAIT leaves a dead process in the table, so that its group's number stays its own.
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return bool(self._process and not os.waitid(os.P_PID, self._process.pid, look))

    def send(self, number: signal.Signals) -> None:
        if self._process and self.runs():
            os.kill(self._process.pid, number)

    def bury(self) -> int:
        """Kill what is left of the program and of its children, and return its exit code."""
        if not self._process:
            return 0
        os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait()
        self._note(-self._process.pid)
        self._process = None
        return code

    def mend(self) -> None:
        """Start a program that ended by itself again, ever later, and not for ever."""
        now = time.monotonic()
        if not self._process and now >= self._due_at:
            self.start()
        if not self._process or self.runs():
            return
        code = self.bury()
        self._ends = 1 if now - self._started_at > STEADY_S else self._ends + 1
        if self._ends > len(RESTART_AFTER_S):
            raise StackError(f"The {self._name} keeps ending, now with code {code}: see above.")
        self._due_at = now + RESTART_AFTER_S[self._ends - 1]
        _say(f"The {self._name} ended with code {code} and is started again.")


def _granian(interface: str, port: int) -> list[str]:
    arguments = ["-m", "granian", f"config.{interface}:application", "--interface", interface]
    arguments += ["--no-ws", "--log-level", "error", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--http", "1", "--http1-header-read-timeout", "10000"]
    arguments += ["--respawn-failed-workers", "--workers-kill-timeout", str(WARM_STOP_S)]
    return arguments


def _live(port: int) -> list[str]:
    arguments = _granian("asgi", port)
    arguments += ["--workers", str(_number("LIVE_WORKERS", default=1))]
    # How many streams a worker holds.
    return [*arguments, "--backlog", "1024", "--backpressure", "10000"]


def _web(port: int) -> list[str]:
    arguments = _granian("wsgi", port)
    # One thread a worker keeps its database connection; more would leak theirs when idle.
    arguments += ["--workers", str(_number("WEB_WORKERS", default=2)), "--blocking-threads", "1"]
    arguments += ["--backlog", "1024"]
    for route, mount in MOUNTS.items():
        arguments += ["--static-path-route", route, "--static-path-mount", str(mount)]
    return arguments


def _celery(command: str, *options: str) -> list[str]:
    # Celery warns root on each start; a machine for development may have no one else.
    quiet = ["-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "--quiet"]
    return [*quiet, "-A", "config", command, "--loglevel", "WARNING", *options]


def _simulate(port: int) -> int:
    """Let the programs know of a simulator and return its port, or 0 where there is none.

    It plays makers, and with them anybody: it is for development alone.
    """
    wanted = os.environ["ENVIRONMENT"] == "development" and SIMULATOR.is_dir()
    if not wanted or os.environ.get("WEARABLE_SIMULATOR_URL", "").strip():
        return 0
    simulator_port = _number("SIMULATOR_PORT", default=port + 2, most=65_535)
    os.environ["WEARABLE_SIMULATOR_URL"] = f"http://127.0.0.1:{simulator_port}"
    if not os.environ.get("PUBLIC_URL", "").strip():
        os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    return simulator_port


def prepare() -> None:
    """Bring schema, static files and, once per database, the demo up to date."""
    import django  # noqa: PLC0415 - the stack itself does without Django
    from django.core.management import BaseCommand, call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    os.environ["DATABASE_STATEMENT_TIMEOUT_MS"] = "0"  # a migration may take its time
    django.setup()
    BaseCommand().check()  # one clear error now instead of one from each program later
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("partition_heart_rates", verbosity=0)
    # Its passwords are known to everybody: not for a database that serves people.
    if os.environ["ENVIRONMENT"] != "development":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT format('%s/%s', system_identifier, oid) FROM pg_control_system(), pg_database"
            " WHERE datname = current_database()"
        )
        (database,) = cursor.fetchone()
    marker = VAR / "demo.database"
    if not marker.exists() or marker.read_text() != database:
        _say("Filling the database with the demo, once…")
        call_command("load_catalogue")
        call_command("load_programs")
        call_command("load_foods")
        call_command("load_roles")
        call_command("seed_demo")
        marker.write_text(database)


def _answers(port: int, path: str = "/readyz") -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, http.client.HTTPException), closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def _worker_answers() -> bool:
    with suppress(OperationalError):
        return bool(app.control.ping(destination=[f"celery@{socket.gethostname()}"], timeout=0.5))
    return False


def banner(
    port: int, live_port: int, demo: list[dict[str, str]], *, simulator_port: int = 0
) -> str:
    """Return what a newcomer reads when everything answers."""
    url = f"http://127.0.0.1:{port}/"
    lines = [f"Ready: {url}", f"  docs   {url}api/docs/", f"  admin  {url}admin/"]
    lines.append(f"  live   http://127.0.0.1:{live_port}/api/v1/stream/")
    if simulator_port:
        simulated = "(simulated Oura, Garmin, WHOOP, Google Health, Polar)"
        lines.append(f"  wearables http://127.0.0.1:{simulator_port}/ {simulated}")
    lines += [f"  login  {who['username']} / {who['password']} ({who['role']})" for who in demo]
    if demo:
        login = json.dumps({key: demo[0][key] for key in ("username", "password")})
        command = ["curl", "-H", "Content-Type: application/json", "-d", login]
        lines += [f"  try    {shlex.join([*command, f'{url}_allauth/app/v1/auth/login'])}"]
    return "\n".join(lines)


class _Stack:
    """The programs of one run."""

    def __init__(self, port: int, live_port: int, note: Note, *, simulator_port: int) -> None:
        self.port, self.live_port, self.simulator_port = port, live_port, simulator_port
        self.ready, self.in_terminal = False, os.isatty(0)
        self.preparation = _Program(note, "preparation", "-m", "config.stack", "--prepare")
        # One worker has nobody to gossip with, and a printed mail should look like a mail.
        options = ["--without-gossip", "--without-mingle", "worker.redirect_stdouts=false"]
        options += ["--concurrency", str(_number("WORKER_CONCURRENCY", default=2))]
        shared = {"PROMETHEUS_MULTIPROC_DIR": str(VAR / "prometheus"), "LIVE_PORT": str(live_port)}
        self.worker = _Program(note, "worker", *_celery("worker", *options), **shared)
        web = _Program(note, "web server", *_web(port), **shared)
        live = _Program(note, "live server", *_live(live_port), **shared)
        self.programs = [web, live, self.worker, _Program(note, "schedule", *_celery("beat"))]
        if simulator_port:
            arguments = ["-m", "tests.simulator", "--port", str(simulator_port)]
            arguments += ["--app-url", f"http://127.0.0.1:{port}"]
            arguments += ["--keep", str(VAR / "simulator.state")]
            self.programs.append(_Program(note, "simulator of wearables", *arguments))

    def run(self) -> None:
        try:
            self.prepare()
            for program in self.programs:
                program.start()
            self.await_ready()
            self.ready = True
            logins = VAR / "demo.json"
            demo = json.loads(logins.read_text()) if logins.exists() else []
            _say(banner(self.port, self.live_port, demo, simulator_port=self.simulator_port))
            while True:
                self.pause(1)
        finally:
            self.stop()

    def prepare(self) -> None:
        shutil.rmtree(VAR / "prometheus", ignore_errors=True)
        for directory in (VAR / "prometheus", *MOUNTS.values()):
            directory.mkdir(parents=True, exist_ok=True)
        self.preparation.start()
        while self.preparation.runs():
            _pause(1)
        if self.preparation.bury():
            raise StackError("The database could not be prepared: see above.")

    def await_ready(self) -> None:
        deadline = time.monotonic() + READY_LIMIT_S
        while not self.answers():
            if time.monotonic() > deadline:
                raise StackError(f"Not ready after {READY_LIMIT_S} s: see above.")
            self.pause(0.1)

    def answers(self) -> bool:
        simulator = not self.simulator_port or _answers(self.simulator_port, "/")
        return simulator and _worker_answers() and all(map(_answers, (self.port, self.live_port)))

    def pause(self, seconds: float) -> None:
        _pause(seconds)
        if self.in_terminal and not os.isatty(0):  # closed, which make is told and we are not
            raise KeyboardInterrupt
        for program in self.programs:
            program.mend()

    def stop(self) -> None:
        for program in self.programs:
            program.send(signal.SIGTERM)
        # A web server that still loads the code is deaf, and has no request to finish.
        self.await_end(WARM_STOP_S if self.ready else 1)
        self.worker.send(signal.SIGQUIT)  # it gives its unfinished tasks back
        self.await_end(COLD_STOP_S)
        for program in (self.preparation, *self.programs):
            program.bury()

    def await_end(self, limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while any(program.runs() for program in self.programs) and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, 0.1)


@contextmanager
def _claimed(**ports: int) -> Iterator[None]:
    """Be the only stack of this checkout, on free ports."""
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "stack.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError("Numeneon already runs in this checkout: stop it first.") from None
        for name, port in ports.items():
            _require_free(name, port)
        yield


def _require_free(name: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StackError(f"Port {port} is not free: try `make run {name}=…`.") from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m config.stack", description=__doc__)
    parser.add_argument("--prepare", action="store_true", help="only migrate, collect and seed")
    options = parser.parse_args()
    os.environ.setdefault("ENVIRONMENT", "development")
    if options.prepare:
        prepare()
        return
    for stop in STOPS:  # also SIGINT: a shell ignores it for what it runs in the background
        signal.signal(stop, signal.default_int_handler)
    if "MAKELEVEL" in os.environ:  # a killed make tells nobody
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    try:
        port = _number("PORT", default=8000, most=65_535)
        live_port = _number("LIVE_PORT", default=port + 1, most=65_535)
        ports = {"PORT": port, "LIVE_PORT": live_port}
        simulator_port = _simulate(port)
        if simulator_port:
            ports["SIMULATOR_PORT"] = simulator_port
        with (
            _undertaker() as note,
            _claimed(**ports),
            embedded.servers(var=VAR),
        ):
            # From here on a stop is received where we wait for it, and nowhere else.
            signal.pthread_sigmask(signal.SIG_BLOCK, {*STOPS, signal.SIGCHLD})
            _Stack(port, live_port, note, simulator_port=simulator_port).run()
    except KeyboardInterrupt:
        return
    except (StackError, embedded.EmbeddedServerError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
