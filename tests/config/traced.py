"""A process that is traced, in little: ``python -m tests.config.traced`` prints what it sent.

It answers one request, in which it looks for a person and gives out a task; runs the task, which
fails; and is its own receiver of traces. Nothing that it knows of a person may be in what it sent.
"""

import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import django

SENT: list[bytes] = []
LOGGED: list[str] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        SENT.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def main() -> None:
    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://127.0.0.1:{receiver.server_port}"
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    _live_a_little()
    from opentelemetry import trace  # noqa: PLC0415

    trace.get_tracer_provider().force_flush()
    sys.stdout.write(json.dumps({"spans": _spans(), "logged": LOGGED}))


def _live_a_little() -> None:
    import logging  # noqa: PLC0415

    from celery import shared_task  # noqa: PLC0415
    from celery.contrib.testing.worker import start_worker  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415
    from django.core.cache import cache  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.http import HttpResponse  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    from config.celery import app  # noqa: PLC0415
    from config.logs import RequestIdFilter  # noqa: PLC0415

    is_over = threading.Event()

    @shared_task(name="tests.fail")
    def fail(*, address: str) -> None:
        try:
            raise ValueError(f"secret {address}")
        finally:
            is_over.set()

    def look(request, username):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s AS name LIMIT 1", [username])
        cache.get(f"secret-{username}")
        fail.delay(address="secret@example.com")
        record = logging.makeLogRecord({})
        RequestIdFilter().filter(record)
        LOGGED.append(getattr(record, "trace_id", ""))
        return HttpResponse(status=204)

    main.urlpatterns = [path("look/<str:username>/", look)]
    settings.ROOT_URLCONF = main
    settings.ALLOWED_HOSTS = ["testserver"]
    app.conf.update(broker_url="memory://", broker_transport_options={})
    with start_worker(app, pool="solo", perform_ping_check=False, loglevel="CRITICAL"):
        client = Client()
        client.get("/look/secret-name/?q=secret-query", headers={"User-Agent": "secret-agent"})
        client.get("/healthz", headers={"Host": "10.1.2.3"})
        is_over.wait(10)


def _spans() -> list[dict[str, object]]:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (  # noqa: PLC0415
        ExportTraceServiceRequest,
    )

    return [
        {
            "name": span.name,
            "trace": span.trace_id.hex(),
            "span": span.span_id.hex(),
            "parent": span.parent_span_id.hex(),
            "text": str(span),
            "attributes": {one.key: one.value.string_value for one in span.attributes},
        }
        for body in SENT
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]


if __name__ == "__main__":
    main()
