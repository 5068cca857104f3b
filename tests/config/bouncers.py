"""A real PgBouncer on the loopback, with the configuration that we ship."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config import embedded

CHECKOUT = Path(__file__).resolve().parents[2]
SHIPPED = CHECKOUT / "config" / "deploy" / "pgbouncer.ini"
# Fewer than there will be clients, so that they have to share.
SERVERS = 3
OURS = """
%include {shipped}
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
auth_file = {users}
default_pool_size = {servers}
reserve_pool_size = 0
"""


def program() -> str | None:
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextlib.contextmanager
def bouncing(url: str) -> Iterator[str]:
    """The address of the database behind a pooler, which ends with the block."""
    parts = conninfo_to_dict(url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="numeneon-bouncer-"))
    folder.chmod(0o755)
    users, ini = folder / "userlist.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{parts["user"]}" "{parts["password"]}"\n')
    ini.write_text(
        OURS.format(
            shipped=shutil.copy(SHIPPED, folder / "shipped.ini"),
            host=parts["host"],
            port=parts["port"],
            listen_port=port,
            users=users,
            servers=SERVERS,
        )
    )
    # It refuses to be root.
    identity: dict[str, Any] = {"user": pwd.getpwnam("nobody").pw_uid} if os.geteuid() == 0 else {}
    process = subprocess.Popen(
        [str(program()), "--quiet", str(ini)],
        preexec_fn=embedded._dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads
        **identity,
    )
    try:
        pooled = make_conninfo(url, host="127.0.0.1", port=port)
        _await(pooled, process)
        yield pooled
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _await(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
        except psycopg.OperationalError:
            assert process.poll() is None, "PgBouncer does not start."
            assert time.monotonic() < deadline, "PgBouncer does not answer."
            time.sleep(0.02)
        else:
            return
