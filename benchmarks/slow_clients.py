"""Many clients that send their request byte by byte, and a few that want an answer meanwhile."""

import socket
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from random import Random

from benchmarks import load
from benchmarks.case import Case
from benchmarks.measure import Target

SLOW, NORMAL = 300, 15
PAUSE_S = 0.05  # between the bytes of a slow client
HEAD_START = 10  # bytes that each has sent before the first normal request


@dataclass(frozen=True)
class SlowClients:
    slow: int
    still_connected: int
    normal: int
    answered: int
    slowest_ms: float


def try_slow_clients(case: Case, target: Target) -> SlowClients:
    visitor = target.sample.visitors[0]
    head = case.request(target.sample, visitor, Random(0)).wire(
        case=case.name, token=visitor.token
    )
    done = threading.Event()
    with ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(("127.0.0.1", target.server.port)))
            for _ in range(SLOW)
        ]
        sender = threading.Thread(target=_trickle, args=(clients, head, done))
        sender.start()
        try:
            time.sleep(PAUSE_S * HEAD_START)
            taken = [_ask(target.server.port, head) for _ in range(NORMAL)]
        finally:
            done.set()
            sender.join()
        connected = sum(not _closed(client) for client in clients)
    answered = [ms for ms in taken if ms is not None]
    return SlowClients(
        slow=SLOW,
        still_connected=connected,
        normal=NORMAL,
        answered=len(answered),
        slowest_ms=max(answered, default=0.0),
    )


def _trickle(clients: list[socket.socket], head: bytes, done: threading.Event) -> None:
    """One more byte from everybody, again and again; the last one of the request never."""
    for place in range(len(head) - 1):
        for client in clients:
            with suppress(OSError):
                client.sendall(head[place : place + 1])
        if done.wait(PAUSE_S):
            return


def _ask(port: int, request: bytes) -> float | None:
    """How many milliseconds a good answer took; None without one."""
    time.sleep(PAUSE_S)
    begin = time.perf_counter()
    with suppress(OSError):
        status, _ = load.exchange(port, request)
        if status == 200:
            return (time.perf_counter() - begin) * 1000
    return None


def _closed(client: socket.socket) -> bool:
    client.setblocking(False)  # noqa: FBT003 - the socket's own
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
