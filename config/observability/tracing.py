"""Traces of requests, tasks, statements, Redis and calls to makers, by OpenTelemetry.

Imported only where OTEL_EXPORTER_OTLP_ENDPOINT is set. What leaves the house is what SHOWN names:
routes and never addresses, statements without values, errors by their type.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.django.middleware.otel_middleware import _DjangoMiddleware
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import (
    Decision,
    ParentBased,
    Sampler,
    SamplingResult,
    TraceIdRatioBased,
)
from opentelemetry.trace import Link, SpanKind, Status, TraceState
from opentelemetry.util.types import Attributes

from config import logs
from config.observability.statements import shape

SHOWN: Final = frozenset(
    {
        "celery.action",
        "celery.state",
        "celery.task_name",
        "db.name",
        "db.operation",
        "db.system",
        "error.type",
        "exception.type",
        "http.method",
        "http.route",
        "http.scheme",
        "http.status_code",
        "messaging.destination",
        "messaging.message.id",
    }
)
STATEMENTS: Final = frozenset({"db.statement", "db.query.text"})
_MIDDLEWARE: Final = "config.observability.tracing.TraceMiddleware"


def send_traces(endpoint: str) -> None:
    """Trace this process and those that it forks; ``endpoint`` takes OTLP over HTTP."""
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    trace.set_tracer_provider(provider(exporter))
    instrument()
    logs.trace_id[:] = [current_trace]


def provider(exporter: SpanExporter) -> TracerProvider:
    """What makes spans, and hands to the exporter what may be shown of them."""
    named = {"service.name": settings.OTEL_SERVICE_NAME, "service.version": settings.RELEASE}
    share = TraceIdRatioBased(settings.OTEL_TRACES_SAMPLER_ARG)
    # A stranger's wish to be traced counts for no more than ours.
    sampler = ParentBased(_Beginnings(share), remote_parent_sampled=share)
    made = TracerProvider(resource=Resource.create(named), sampler=sampler)
    made.add_span_processor(BatchSpanProcessor(Shown(exporter)))
    return made


def instrument() -> None:
    """Let what we use tell of itself."""
    DjangoInstrumentor().instrument()
    settings.MIDDLEWARE[0] = _MIDDLEWARE  # in the place of theirs
    for known in (PsycopgInstrumentor, RedisInstrumentor, CeleryInstrumentor):
        known().instrument()
    RequestsInstrumentor().instrument()


def current_trace() -> str:
    """The number of the trace under way, for the log; empty without one."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


class TraceMiddleware(_DjangoMiddleware):
    """Theirs asks a request for its host, which is no name of ours for probes and strangers."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info in settings.PROBES:
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[no-untyped-call]


class _Beginnings(Sampler):
    """A trace begins with a request or a task, and not with a worker that asks for its next."""

    def __init__(self, others: Sampler) -> None:
        self._others = others

    def should_sample(  # noqa: PLR0917 - its signature is theirs
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if kind == SpanKind.CLIENT:
            return SamplingResult(Decision.DROP)
        return self._others.should_sample(
            parent_context, trace_id, name, kind, attributes, links, trace_state
        )

    def get_description(self) -> str:
        return f"Beginnings of {self._others.get_description()}"


class Shown(SpanExporter):
    """Hands on what SHOWN names, and nothing that a newer release may add."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_shown(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _shown(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=_attributes(span.attributes),
        events=[
            Event(event.name, _attributes(event.attributes), event.timestamp)
            for event in span.events
        ],
        links=span.links,
        kind=span.kind,
        # Its description is the text of the error, which may quote a value.
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _attributes(given: Attributes) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, value in (given or {}).items():
        if name in SHOWN:
            kept[name] = value
        elif name in STATEMENTS:
            kept[name] = shape(str(value))
    return kept
