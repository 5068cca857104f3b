"""A worker's own page for Prometheus: its container has no web server."""

import threading
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CONTENT_TYPE_LATEST

from config.metrics import page


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Somebody asks every fifteen seconds."""


def serve(*, port: int, host: str = "0.0.0.0") -> WSGIServer:  # noqa: S104 - Prometheus is elsewhere
    """Answer GET /metrics from a thread, for the bearer of METRICS_TOKEN."""
    server = make_server(host, port, _application, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    is_ours = environ["PATH_INFO"] == "/metrics" and environ["REQUEST_METHOD"] == "GET"
    if not is_ours or not page.is_allowed(environ.get("HTTP_AUTHORIZATION", "")):
        return _respond(start_response, HTTPStatus.NOT_FOUND, "text/plain", b"")
    return _respond(start_response, HTTPStatus.OK, CONTENT_TYPE_LATEST, page.of_processes())


def _respond(
    start_response: Any, status: HTTPStatus, content_type: str, body: bytes
) -> Iterable[bytes]:
    headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    start_response(f"{status.value} {status.phrase}", headers)
    return [body]
