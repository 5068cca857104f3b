"""What the live server answers: streams and probes, and nothing else."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import errors, health, metrics
from users.api import live

handler400 = "config.errors.bad_request"
handler404 = "config.live_urls.not_found"
handler500 = "config.errors.server_error"

urlpatterns = [
    path("api/v1/stream/", live.stream),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", metrics.metrics_of_processes),
]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return errors.plain(404, "not_found", "Not found.")
