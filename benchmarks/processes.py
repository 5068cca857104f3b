"""The web servers of a run, and the processor time that they and PostgreSQL use."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from config import embedded

ROOT = Path(__file__).resolve().parent.parent
START_LIMIT_S, STOP_LIMIT_S = 60, 15
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# As the product runs (config/stack.py): two processes, each with one thread for Python.
GRANIAN = (
    *("--interface", "wsgi", "--host", "127.0.0.1", "--http", "1", "--no-ws"),
    *("--workers", "2", "--blocking-threads", "1", "--backlog", "1024"),
    *("--http1-header-read-timeout", "10000", "--workers-kill-timeout", "8"),
    *("--log-level", "warning"),
)


@dataclass(frozen=True)
class WebServer:
    """A running server. Its connections to the database bear its name."""

    name: str
    port: int
    pid: int

    def cpu_s(self) -> float:
        return sum(cpu_s_of(pid) for pid in tree(self.pid))


@contextmanager
def web_server(
    *, name: str, app: str, dsn: str, environ: Mapping[str, str], log: Path
) -> Iterator[WebServer]:
    """Granian with this WSGI application, until the block ends, however it ends."""
    port = embedded._free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN, "--port", str(port), app]
    database = psycopg.conninfo.make_conninfo(dsn, application_name=name)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environ, "DATABASE_URL": database},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # a Ctrl-C is ours to pass on
            preexec_fn=embedded._dies_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one thread
        )
    try:
        _wait_until_ready(process, port, log)
        yield WebServer(name=name, port=port, pid=process.pid)
    finally:
        _stop(process)


def run(module: str, *arguments: str, environ: Mapping[str, str], given: bytes = b"") -> bytes:
    """Run a module of this package in a process of its own, for what needs Django; its output."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, input=given, stdout=subprocess.PIPE, check=False
    )
    if done.returncode:
        raise SystemExit(f"{module} failed.")
    return done.stdout


class Backends:
    """The processor time of PostgreSQL's processes, by the name of their client."""

    def __init__(self, dsn: str) -> None:
        self.connection = psycopg.connect(dsn, autocommit=True, application_name="bench monitor")
        own = Path(f"/proc/{self.connection.info.backend_pid}/comm")
        if not own.exists() or "postgres" not in own.read_text():
            raise SystemExit("The database must run on this machine: its CPU time is in /proc.")

    def cpu_s(self, name: str) -> dict[int, float]:
        rows = self.connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name]
        )
        return {pid: cpu_s_of(pid) for (pid,) in rows}

    def close(self) -> None:
        self.connection.close()


def tree(pid: int) -> list[int]:
    """The process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for process in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(process.name))
        if fields:
            children.setdefault(int(fields[1]), []).append(int(process.name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def cpu_s_of(pid: int) -> float:
    """The processor time of a process so far; 0 once it is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on, which is the state; none if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while True:
        with suppress(OSError, http.client.HTTPException):
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            client.request("GET", "/healthz")
            client.getresponse().read()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(
                f"A server does not start.\n{log.read_text(errors='replace')[-3000:]}"
            )
        time.sleep(0.1)


def _stop(process: "subprocess.Popen[Any]") -> None:
    workers = tree(process.pid)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(STOP_LIMIT_S)
        return
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()
