"""A program that is told to stop finishes what it has begun, or hands it back."""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.celery import app
from tests.config.streams import CHECKOUT, Redis, _await, _connect, _is_served
from tests.config.test_stack import free_port


@contextlib.contextmanager
def running(*command: str, **values: str) -> Iterator[subprocess.Popen[bytes]]:
    arguments = [sys.executable, "-m", *command]
    environment = {**os.environ, **values}
    with subprocess.Popen(
        arguments,
        cwd=CHECKOUT,
        env=environment,
        process_group=0,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def told(room: Path) -> list[str]:
    file = room / "told"
    return file.read_text().splitlines() if file.exists() else []


def is_refused(port: int) -> bool:
    with contextlib.closing(_connect(port)) as one:
        try:
            one.connect()
        except ConnectionRefusedError:
            return True
    return False


@pytest.fixture(name="broker")
def fixture_broker() -> Iterator[Redis]:
    server = Redis(free_port())
    yield server
    server.kill()


def test_a_worker_finishes_what_it_can_and_hands_back_the_rest(
    tmp_path: Path, broker: Redis
) -> None:
    environment = {"REDIS_URL": broker.url, "TEST_ROOM": str(tmp_path), "WORKER_STOP_S": "1"}
    with app.connection_for_write(broker.url) as connection:
        for name in ("squat", "deadlift"):
            app.send_task("tests.config.stopping_tasks.lift", [name], connection=connection)
    command = ["celery", "--quiet", "-A", "config", "worker", "--concurrency", "2"]
    command += ["--without-mingle", "--without-gossip", "--include", "tests.config.stopping_tasks"]
    with redis.Redis.from_url(broker.url) as client, running(*command, **environment) as worker:
        _await(lambda: len(told(tmp_path)) == 2)

        worker.terminate()
        (tmp_path / "squat").touch()
        _await(lambda: client.llen("celery") == 1)

        [left] = [json.loads(message) for message in client.lrange("celery", 0, -1)]
        assert left["headers"]["argsrepr"] == "['deadlift']"
        assert told(tmp_path)[2:] == ["squat is done"]
        assert client.hlen("unacked") == 0


def test_the_web_server_answers_what_it_was_asked_and_refuses_what_comes(tmp_path: Path) -> None:
    # As the image starts it, with another application.
    *_, start = re.findall(
        r"^CMD (\[[^]]+])$", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE
    )
    port = free_port()
    changes = {
        "config.wsgi:application": "tests.config.slow_app:application",
        "0.0.0.0": "127.0.0.1",  # noqa: S104 - the one that is changed
        "8000": str(port),
        "/app/var/static": str(tmp_path),
        "/data/media": str(tmp_path),
    }
    command = [changes.get(word, word) for word in json.loads(start.replace("\\\n", ""))]
    with running(*command, TEST_ROOM=str(tmp_path), GRANIAN_LOG_ENABLED="false") as server:
        _await(lambda: _is_served(port))
        (tmp_path / "asked").unlink()
        with contextlib.closing(_connect(port)) as one:
            one.request("GET", "/slow")
            _await((tmp_path / "asked").exists)

            server.terminate()
            _await(lambda: is_refused(port))
            (tmp_path / "go").touch()
            answer = one.getresponse()

            assert (answer.status, answer.read()) == (http.client.OK, b"done")
        assert server.wait(30) == 0
