"""A running server is driven by people of the demo, and judged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from config.operations import load
from config.operations.load import Address, Latencies
from tests.factories.analytics import StrengthProgressFactory
from tests.factories.nutrition import MealEntryFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory
from users import selectors
from users.models import Session, User

FAST = Latencies(
    scenario="list",
    requests=100,
    requests_per_s=50.0,
    p50_ms=10.0,
    p95_ms=20.0,
    p99_ms=30.0,
    errors=[],
)


@contextmanager
def a_server(status: int) -> Iterator[Address]:
    """One that gives everybody the same answer."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Address("127.0.0.1", server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def lifter(db) -> User:
    user = UserFactory(username="lifter", email="lifter@demo.numeneon.example")
    WorkoutFactory(user=user)
    StrengthProgressFactory(user=user)
    MealEntryFactory(user=user)
    return user


def drive(status: int) -> Latencies:
    with a_server(status) as address, load.visitors(most=1) as sample:
        return load.drive(address, scenario="list", sample=sample, seconds=0.05, connections=2)


def test_what_a_server_answers_is_counted(lifter):
    figures = drive(200)

    assert figures.errors == []
    assert figures.requests > 2
    assert 0 < figures.p50_ms <= figures.p95_ms <= figures.p99_ms
    assert figures.requests_per_s == pytest.approx(figures.requests / 0.05, rel=0.9)


def test_a_wrong_answer_is_an_error(lifter):
    assert drive(429).errors[0].startswith("HTTP/1.1 429 ")


def test_nobody_listening_is_a_sentence(lifter):
    with a_server(200) as address:
        gone = address

    with load.visitors(most=1) as sample, pytest.raises(load.CannotLoad, match="Nobody answers"):
        load.drive(gone, scenario="list", sample=sample, seconds=0.05, connections=1)


def test_people_of_the_demo_alone_are_logged_in_and_only_meanwhile(lifter):
    WorkoutFactory()

    with load.visitors(most=9) as sample:
        found = [selectors.user_of_token(one.token) for one in sample.visitors]
    left = Session.objects.count()

    assert found == [lifter]
    assert left == 0


def test_without_a_demo_there_is_nobody_to_ask(db):
    with pytest.raises(load.CannotLoad, match="run seed_demo first"), load.visitors(most=1):
        pass


def test_the_command_prints_the_figures_and_ends_well_in_time(lifter, monkeypatch):
    monkeypatch.setattr(load, "drive", lambda *_, **__: FAST)
    out = StringIO()

    call_command("load_test", "--scenario", "list", "--p99-ms", "30", stdout=out)

    assert out.getvalue().splitlines() == [
        "scenario      req/s   p50 ms   p95 ms   p99 ms  errors",
        "list             50     10.0     20.0     30.0       0",
    ]


@pytest.mark.parametrize(
    ("errors", "message"),
    [
        ([], r"Slower than 29 ms: list\."),
        (["HTTP/1.1 500 Oops\r\n\r\n"], "list was answered wrongly: HTTP/1.1 500 Oops"),
    ],
)
def test_the_command_ends_with_1_after_a_missed_goal_or_a_wrong_answer(
    lifter, monkeypatch, errors: list[str], message: str
):
    figures = Latencies(**{**vars(FAST), "errors": errors})
    monkeypatch.setattr(load, "drive", lambda *_, **__: figures)

    with pytest.raises(CommandError, match=message) as ended:
        call_command("load_test", "--scenario", "list", "--p99-ms", "29", stdout=StringIO())

    assert ended.value.returncode == 1


def test_without_the_benchmarks_it_says_what_is_missing(db, monkeypatch):
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}")

    monkeypatch.setattr(load, "import_module", missing)

    with pytest.raises(CommandError, match=r"requirements-dev\.txt: run it in a checkout"):
        call_command("load_test")
