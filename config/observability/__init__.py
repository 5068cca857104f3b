"""What an operator sees of a running process: metrics, slow work, traces.

``begin`` is called once in every process, when Django is set up.
"""

from django.conf import settings
from django.db.backends.signals import connection_created


def begin() -> None:
    """Listen to queries, tasks and what the apps announce; trace where that is switched on."""
    from config.metrics import domain, tasks  # noqa: PLC0415 - models are there only by now
    from config.observability import work  # noqa: PLC0415

    connection_created.connect(work.watch_queries, dispatch_uid="config.watch_queries")
    tasks.listen()
    domain.listen()
    if settings.OTEL_EXPORTER_OTLP_ENDPOINT:
        from config.observability.tracing import send_traces  # noqa: PLC0415 - an extra

        send_traces(settings.OTEL_EXPORTER_OTLP_ENDPOINT)
