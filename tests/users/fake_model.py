"""An endpoint of the chat completions protocol on loopback, which answers what it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any

KEY = "sk-secret-of-the-operator"
MODEL = "planner-1"

Answer = Callable[[BaseHTTPRequestHandler], None]


class FakeModel(ThreadingHTTPServer):
    """``answers`` are given in turn, the last of them from then on."""

    daemon_threads = True

    def __init__(self, tls: SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[Answer] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.is_over = threading.Event()
        # How many bytes of an answer without an end were sent.
        self.sent = 0
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.scheme = "http" if tls is None else "https"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up, or want no TLS with us, are what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: FakeModel

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        number = len(self.server.bodies)
        self.server.paths.append(self.path)
        self.server.headers.append(dict(self.headers))
        self.server.bodies.append(json.loads(body))
        self.server.answers[min(number, len(self.server.answers) - 1)](self)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running(tls: SSLContext | None = None) -> Iterator[FakeModel]:
    model = FakeModel(tls)
    thread = threading.Thread(target=model.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model
    finally:
        model.is_over.set()
        model.shutdown()
        thread.join()
        model.server_close()


@contextmanager
def set_up(settings: Any, tls: SSLContext | None = None) -> Iterator[FakeModel]:
    """A fake that the product takes for its model."""
    with running(tls) as model:
        settings.AI_BASE_URL, settings.AI_MODEL, settings.AI_API_KEY = model.url, MODEL, KEY
        settings.AI_TIMEOUT_S = 10
        yield model


def raw(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def sends(document: Any) -> Answer:
    return raw(json.dumps(document).encode())


def says(content: Any, *, finish_reason: str = "stop", **message: Any) -> Answer:
    """An answer in the protocol's form; what is no text is said as JSON."""
    text = content if isinstance(content, str | None) else json.dumps(content)
    said = {"role": "assistant", "content": text, **message}
    return sends({"choices": [{"index": 0, "message": said, "finish_reason": finish_reason}]})


def says_nothing(handler: BaseHTTPRequestHandler) -> None:
    server(handler).is_over.wait()


def drips_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
    _drip(handler)


def drips_text(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    _drip(handler)


def never_ends(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not server(handler).is_over.is_set():
        server(handler).sent += handler.wfile.write(b" " * 65_536)


def hangs_up(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')


def server(handler: BaseHTTPRequestHandler) -> FakeModel:
    assert isinstance(handler.server, FakeModel)
    return handler.server


def _drip(handler: BaseHTTPRequestHandler) -> None:
    while not server(handler).is_over.wait(0.02):
        handler.wfile.write(b" ")
