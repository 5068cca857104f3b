"""The page that Prometheus reads."""

import hmac
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """What the processes of this machine have counted, and how the whole system stands.

    With METRICS_TOKEN set, only for its bearer; else not in production.
    """
    _require_token(request)
    from config.metrics import state  # noqa: PLC0415 - backups and broker, for this page alone

    return _answer(of_processes() + state.text())


@require_safe
def metrics_of_processes(request: HttpRequest) -> HttpResponse:
    """The first half of it, for those who shall not ask the database."""
    _require_token(request)
    return _answer(of_processes())


def is_allowed(authorization: str) -> bool:
    """Whether whoever sends this header may read the metrics."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if settings.METRICS_TOKEN:
        return hmac.compare_digest(expected.encode(), authorization.encode())
    return not settings.PRODUCTION


def of_processes() -> bytes:
    """Of all that share a directory, together; of this one where there is none."""
    if not settings.PROMETHEUS_MULTIPROC_DIR:
        return generate_latest(REGISTRY)
    directory = settings.PROMETHEUS_MULTIPROC_DIR
    _forget_the_dead(directory)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _require_token(request: HttpRequest) -> None:
    if not is_allowed(request.headers.get("Authorization", "")):
        raise Http404


def _answer(text: bytes) -> HttpResponse:
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _forget_the_dead(directory: str) -> None:
    """What a killed process had under way is not under way any more; what it counted stays."""
    for file in Path(directory).glob("gauge_live*.db"):
        pid = file.stem.rpartition("_")[2]
        if not Path("/proc", pid).exists():
            mark_process_dead(int(pid), directory)  # type: ignore[no-untyped-call]
