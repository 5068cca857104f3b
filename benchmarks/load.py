"""Drives a server: some connections, each with its next request as soon as it has its answer.

One thread and epoll, so that it costs little of the processors that it shares with the server.
"""

import gc
import os
import select
import signal
import socket
import time
from array import array
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import count, cycle, islice
from random import Random

from benchmarks.case import Case, Sample
from benchmarks.cases import ALONE, CASES

PAIRS = 1_000  # (token, path) pairs that the reads rotate over
ANSWER_LIMIT_S = 15
NICENESS = 5
NO_CONTENT = b"204"
END_OF_HEAD, END_OF_CHUNKS = b"\r\n\r\n", b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Job:
    port: int
    case: str
    sample: Sample
    seconds: float
    connections: int
    seed: int
    pause_s: float = 0.0  # before each next request, where there is one connection
    host: str = "127.0.0.1"


@dataclass
class Outcome:
    latencies_ms: "array[float]" = field(default_factory=lambda: array("d"))
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0

    def note(self, connection: "Connection", case: Case) -> None:
        self.latencies_ms.append((time.perf_counter() - connection.sent_at) * 1000)
        if int(connection.status) not in case.statuses:
            self.errors.append(connection.answer[:500].decode(errors="replace"))


def be_modest() -> None:
    """The start of a generator's process: the servers go first, and Ctrl-C is the parent's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)


def requests(case: Case, sample: Sample, random: Random) -> Iterator[bytes]:
    """Endless. Reads repeat; no write comes twice."""

    def fresh() -> Iterator[bytes]:
        visitors = case.visitors(sample)
        for number in count(random.randrange(len(visitors))):
            visitor = visitors[number % len(visitors)]
            yield case.request(sample, visitor, random).wire(case=case.name, token=visitor.token)

    return fresh() if case.writes else cycle(list(islice(fresh(), PAIRS)))


def run(job: Job) -> Outcome:
    case = (CASES | ALONE)[job.case]
    todo = requests(case, job.sample, Random(job.seed))
    outcome = Outcome()
    gc.disable()
    cpu, begin = time.process_time(), time.perf_counter()
    _drive(job, case, todo, outcome, deadline=begin + job.seconds)
    outcome.seconds = time.perf_counter() - begin
    outcome.cpu_s = time.process_time() - cpu
    gc.enable()
    return outcome


def _drive(
    job: Job, case: Case, todo: Iterator[bytes], outcome: Outcome, *, deadline: float
) -> None:
    open_ = {}
    with select.epoll() as poll, ExitStack() as stack:
        for _ in range(job.connections):
            connection = stack.enter_context(closing(Connection(job.port, job.host)))
            open_[connection.number] = connection
            poll.register(connection.number, select.EPOLLIN)
            connection.send(next(todo))
        while open_:
            ready = poll.poll(ANSWER_LIMIT_S)
            if not ready:
                outcome.errors.append(f"No answer within {ANSWER_LIMIT_S} s.")
                return
            for number, _ in ready:
                connection = open_[number]
                if not connection.receive():
                    continue
                outcome.note(connection, case)
                if time.perf_counter() < deadline and not outcome.errors:
                    time.sleep(job.pause_s)
                    connection.send(next(todo))
                else:
                    poll.unregister(number)
                    del open_[number]


def exchange(port: int, request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own: the status and the body."""
    with closing(Connection(port)) as connection:
        connection.send(request)
        while not connection.receive():
            pass
        return int(connection.status), connection.body


class Connection:
    """A kept-alive HTTP/1.1 connection with one request under way."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection((host, port), timeout=ANSWER_LIMIT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.number = self.socket.fileno()
        self.sent_at = 0.0
        self.answer = b""

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Take what has arrived; tell whether the answer is complete."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("The server closed a connection that it should keep.")
        self.answer += part
        head, found, body = self.answer.partition(END_OF_HEAD)
        if not found:
            return False
        if self.status == NO_CONTENT:
            return True
        length = _content_length(head)
        return self.answer.endswith(END_OF_CHUNKS) if length is None else len(body) >= length

    @property
    def status(self) -> bytes:
        return self.answer[9:12]

    @property
    def body(self) -> bytes:
        head, _, body = self.answer.partition(END_OF_HEAD)
        if self.status == NO_CONTENT or _content_length(head) is not None:
            return body
        parts = []
        while body:
            size, _, body = body.partition(b"\r\n")
            parts.append(body[: int(size, 16)])
            body = body[int(size, 16) + 2 :]
        return b"".join(parts)

    def close(self) -> None:
        self.socket.close()


def _content_length(head: bytes) -> int | None:
    """None for an answer in chunks."""
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else None
