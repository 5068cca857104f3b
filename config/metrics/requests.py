"""Requests as they are answered, by route: ids and addresses would make a time series each."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Gauge, Histogram

from config.metrics import queries
from config.observability import slow
from config.observability.work import Work, working

REQUESTS = Counter("numeneon_requests_total", "Requests answered.", ["method", "route", "status"])
LATENCY = Histogram(
    "numeneon_request_seconds",
    "Time to answer a request, in seconds; of a stream, until it begins.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
IN_FLIGHT = Gauge(
    "numeneon_requests_in_flight", "Requests being answered.", multiprocess_mode="livesum"
)
SIZE = Counter("numeneon_response_bytes_total", "Bytes answered, without streams.", ["route"])
WEBHOOKS = Counter(
    "numeneon_webhooks_total", "Webhooks of makers of wearables.", ["provider", "status"]
)
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_WEBHOOK = "webhooks/<str:provider>/"


def route_of(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.route if match else "unmatched"


@contextmanager
def under_way(request: HttpRequest) -> Iterator[Work]:
    """While the request is answered."""
    IN_FLIGHT.inc()
    try:
        with working(Work("request", partial(route_of, request))) as work:
            yield work
    finally:
        IN_FLIGHT.dec()


def observe(request: HttpRequest, response: HttpResponse, *, work: Work) -> None:
    """Count an answer."""
    route, seconds = route_of(request), work.seconds()
    method = request.method if request.method in _METHODS else "other"
    REQUESTS.labels(method, route, response.status_code).inc()
    LATENCY.labels(route).observe(seconds)
    if not response.streaming:
        SIZE.labels(route).inc(len(response.content))
    queries.count("request", route, work)
    if route == _WEBHOOK:
        _observe_webhook(request, response)
    slow.tell_work("request", route, seconds=seconds, queries=work.queries, query_s=work.query_s)


def _observe_webhook(request: HttpRequest, response: HttpResponse) -> None:
    assert request.resolver_match is not None
    named = request.resolver_match.kwargs["provider"]
    from wearables.providers import registry  # noqa: PLC0415 - what speaks to makers is heavy

    provider = named if named in registry.PROVIDERS else "unknown"
    WEBHOOKS.labels(provider, response.status_code).inc()
