"""Tasks on their way through the broker, and the schedule's sign of life."""

import time
from collections.abc import Mapping, MutableMapping
from contextlib import ExitStack, suppress
from typing import Any, Final

from celery import Task, signals
from django.conf import settings
from django.core.cache import cache
from prometheus_client import Counter, Gauge, Histogram
from redis.exceptions import RedisError

from config import logs
from config.metrics import queries
from config.metrics.notes import BEAT_KEY, REQUEST_ID, SENT_AT
from config.observability import slow
from config.observability.work import Work, working

STARTED = Counter("numeneon_tasks_started_total", "Tasks begun.", ["task"])
ENDED = Counter("numeneon_tasks_total", "Tasks ended, by how.", ["task", "outcome"])
SECONDS = Histogram(
    "numeneon_task_seconds",
    "How long a task ran.",
    ["task"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900),
)
WAIT = Histogram(
    "numeneon_task_wait_seconds",
    "How long a task lay in the broker.",
    ["task"],
    buckets=(0.05, 0.25, 1, 5, 15, 60, 300, 1800),
)
RUNNING = Gauge("numeneon_tasks_running", "Tasks being run.", multiprocess_mode="livesum")
_OUTCOMES: Final[Mapping[str, str]] = {"SUCCESS": "succeeded", "RETRY": "retried"}
# A task may run another one in its own process, so there may be more than one.
_under_way: dict[str, tuple[ExitStack, Work]] = {}


def listen() -> None:
    """Hear of tasks, in whatever process they are sent or run."""
    uid = "config.metrics.{}".format
    signals.before_task_publish.connect(_send, dispatch_uid=uid("send"), weak=False)
    signals.task_prerun.connect(_start, dispatch_uid=uid("start"), weak=False)
    signals.task_postrun.connect(_end, dispatch_uid=uid("end"), weak=False)
    signals.beat_init.connect(_keep_time, dispatch_uid=uid("beat"), weak=False)
    signals.worker_ready.connect(_serve, dispatch_uid=uid("serve"), weak=False)


def _send(*, headers: MutableMapping[str, Any], **kwargs: Any) -> None:
    headers[SENT_AT] = time.time()
    request_id = logs.request_id.get()
    if request_id != logs.NO_REQUEST:
        headers[REQUEST_ID] = request_id


def _start(*, task_id: str, task: Task[Any, Any], **kwargs: Any) -> None:
    STARTED.labels(task.name).inc()
    RUNNING.inc()
    sent_at = _header(task, SENT_AT)
    if sent_at is not None:
        # Machines' clocks differ a little.
        WAIT.labels(task.name).observe(max(0.0, time.time() - sent_at))
    stack, work = ExitStack(), Work("task", lambda: task.name)
    stack.enter_context(logs.named(_header(task, REQUEST_ID) or task_id))
    stack.enter_context(working(work))
    _under_way[task_id] = (stack, work)


def _end(*, task_id: str, task: Task[Any, Any], state: str | None, **kwargs: Any) -> None:
    stack, work = _under_way.pop(task_id, (None, None))
    if stack is None or work is None:
        return
    RUNNING.dec()
    seconds = work.seconds()
    ENDED.labels(task.name, _OUTCOMES.get(state or "", "failed")).inc()
    SECONDS.labels(task.name).observe(seconds)
    queries.count("task", task.name, work)
    slow.tell_work("task", task.name, seconds=seconds, queries=work.queries, query_s=work.query_s)
    stack.close()


def _header(task: Task[Any, Any], name: str) -> Any:
    """Celery puts a message's headers beside the attributes of the task's request."""
    return getattr(task.request, name, None) or (task.request.headers or {}).get(name)


def _keep_time(**kwargs: Any) -> None:
    """In the schedule's process: leave a note whenever it gives out something."""
    signals.after_task_publish.connect(_note_time, dispatch_uid="config.beat", weak=False)


def _note_time(**kwargs: Any) -> None:
    # Without Redis nothing was given out either.
    with suppress(RedisError):
        cache.set(BEAT_KEY, time.time(), timeout=None)


def _serve(**kwargs: Any) -> None:
    if settings.WORKER_METRICS_PORT:
        from config.metrics import exporter  # noqa: PLC0415 - a server, which few processes are

        exporter.serve(port=settings.WORKER_METRICS_PORT)
