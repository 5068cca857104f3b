"""What Prometheus sees of the requests, from every web process together."""

import hmac
import os
import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

REQUESTS = Counter("numeneon_requests_total", "Requests answered.", ["method", "route", "status"])
LATENCY = Histogram(
    "numeneon_request_seconds",
    "Time to answer a request, in seconds.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def observe(request: HttpRequest, response: HttpResponse, *, started: float) -> None:
    match = request.resolver_match
    # The route, not the path: ids would make a time series each.
    route = match.route if match else "unmatched"
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    LATENCY.labels(route).observe(time.perf_counter() - started)


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The Prometheus page. With METRICS_TOKEN set, only for its bearer; else not in production."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN:
        if not hmac.compare_digest(expected.encode(), given.encode()):
            raise Http404
    elif settings.PRODUCTION:
        raise Http404
    registry: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
