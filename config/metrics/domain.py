"""What the apps announce: log-ins, streams, the outbox, jobs, readings of wearables, imports."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.utils import timezone
from prometheus_client import Counter, Gauge, Histogram

from users import signals
from users.models.job import JobState, JobStatus
from wearables.models import SyncRun

LOGINS = Counter("numeneon_logins_total", "Log-ins, by what came of the password.", ["outcome"])
STREAMS = Gauge("numeneon_streams_open", "Live streams held open.", multiprocess_mode="livesum")
OUTBOX = Counter(
    "numeneon_outbox_total", "Tries of promised work, by kind and outcome.", ["kind", "outcome"]
)
OUTBOX_DELAY = Histogram(
    "numeneon_outbox_delay_seconds",
    "From the promise until it was kept.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 5, 30, 60, 300, 1800, 7200, 18000),
)
JOBS = Counter("numeneon_jobs_total", "Tries of jobs, by kind and outcome.", ["kind", "outcome"])
JOB_SECONDS = Histogram(
    "numeneon_job_seconds",
    "How long a try of a job ran.",
    ["kind"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900),
)
JOB_STATUSES = Counter(
    "numeneon_job_statuses_total",
    "Statuses that jobs came to, in which they stay.",
    ["kind", "status"],
)
ROWS = Counter(
    "numeneon_job_rows_total", "Rows that jobs have brought, by kind and what.", ["kind", "what"]
)
SYNCS = Counter(
    "numeneon_syncs_total",
    "Runs of connections of wearables; the error is a code of ours.",
    ["provider", "kind", "outcome", "error"],
)
SYNC_SECONDS = Histogram(
    "numeneon_sync_seconds",
    "From the start of a run to its end, waits included.",
    ["provider"],
    buckets=(0.5, 1, 5, 15, 60, 300, 1800, 7200, 86400),
)
SYNC_ROWS = Counter(
    "numeneon_sync_rows_total", "Readings that runs brought.", ["provider", "what"]
)
_OF_SYNCS: Final = ("new", "changed", "deleted")
_OPEN: Final = {JobStatus.PENDING, JobStatus.RUNNING}


def listen() -> None:
    """Count what is announced."""
    uid = "config.metrics.{}".format
    user_logged_in.connect(_let_in, dispatch_uid=uid("let_in"))
    user_login_failed.connect(_refused, dispatch_uid=uid("refused"))
    signals.stream_opened.connect(_stream_opened, dispatch_uid=uid("stream_opened"))
    signals.stream_ended.connect(_stream_ended, dispatch_uid=uid("stream_ended"))
    signals.outbox_message_tried.connect(_message_tried, dispatch_uid=uid("message_tried"))
    signals.job_tried.connect(_job_tried, dispatch_uid=uid("job_tried"))
    signals.jobs_given_up.connect(_jobs_given_up, dispatch_uid=uid("jobs_given_up"))
    signals.job_moved.connect(_job_moved, dispatch_uid=uid("job_moved"))


def _let_in(**kwargs: Any) -> None:
    LOGINS.labels("let_in").inc()


def _refused(**kwargs: Any) -> None:
    LOGINS.labels("refused").inc()


def _stream_opened(**kwargs: Any) -> None:
    STREAMS.inc()


def _stream_ended(**kwargs: Any) -> None:
    STREAMS.dec()


def _message_tried(*, kind: str, outcome: str, created_at: datetime, **kwargs: Any) -> None:
    OUTBOX.labels(kind, outcome).inc()
    if outcome == "delivered":
        OUTBOX_DELAY.labels(kind).observe((timezone.now() - created_at).total_seconds())


def _job_tried(*, label: str, outcome: str, seconds: float, **kwargs: Any) -> None:
    JOBS.labels(label, outcome).inc()
    JOB_SECONDS.labels(label).observe(seconds)


def _jobs_given_up(*, label: str, count: int, **kwargs: Any) -> None:
    JOBS.labels(label, "given_up").inc(count)


def _job_moved(*, job: JobState, status: str, values: Mapping[str, Any], **kwargs: Any) -> None:
    if status in _OPEN:
        return
    label = job._meta.label
    JOB_STATUSES.labels(label, status).inc()
    if isinstance(job, SyncRun):
        _sync_moved(job, status, values)
        return
    for name, value in values.items():
        # Such as workouts_new: what an import has brought when it is done.
        if name.endswith("_new") and isinstance(value, int):
            ROWS.labels(label, name.removesuffix("_new")).inc(value)


def _sync_moved(run: SyncRun, status: str, values: Mapping[str, Any]) -> None:
    provider = run.device.provider
    SYNCS.labels(provider, run.kind, status, values.get("error_code", "")).inc()
    # One that waits has not ended, and counts all its rows when it has.
    if status not in {JobStatus.DONE, JobStatus.FAILED}:
        return
    for name in _OF_SYNCS:
        SYNC_ROWS.labels(provider, name).inc(values.get(name, 0))
    if run.started_at is not None:
        SYNC_SECONDS.labels(provider).observe((timezone.now() - run.started_at).total_seconds())
