"""Runs jobs: one worker at a time for each, again where a worker was lost.

A runner takes the job's id, may run twice for one job, and commits as it goes.
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from users.models import JobState, JobStatus
from users.signals import job_moved, job_tried, job_waiting, jobs_given_up

logger = logging.getLogger(__name__)

Runner = Callable[[UUID], None]
_runners: dict[str, Runner] = {}

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
SWEEP_AFTER = timedelta(seconds=20)
SWEEP_LIMIT = 200


class JobCancelled(Exception):
    """The person deleted or changed the job while it ran, or another worker took it over."""


def runs(label: str) -> Callable[[Runner], Runner]:
    """Make a function the runner of a model's jobs, such as "workouts.WorkoutImport"."""

    def register(runner: Runner) -> Runner:
        _runners[label] = runner
        return runner

    return register


def announce(job: JobState) -> None:
    """Wake a worker once the caller's transaction is committed.

    The job is pending, and its attempts count from 0.
    """
    job_waiting.send(sender=type(job), label=job._meta.label, job_id=job.pk)


def run(*, label: str, job_id: UUID) -> bool:
    """Run the job, unless it is done already or in another worker's hands (False).

    What its runner raises is raised on; the sweep tries again until MAX_ATTEMPTS.
    """
    attempt = _claim(label, job_id)
    if attempt is None:
        return False
    outcome, started = "failed", time.perf_counter()
    try:
        _runners[label](job_id)
        outcome = "ran"
    except JobCancelled:
        outcome = "cancelled"
    except Exception:
        _release(label, job_id, attempt)
        raise
    finally:
        seconds = time.perf_counter() - started
        job_tried.send_robust(sender=None, label=label, outcome=outcome, seconds=seconds)
    return outcome == "ran"


def keep(job: JobState, **values: Any) -> None:
    """Say that the worker lives, and store how far it came. Raises JobCancelled.

    ``job`` is the row as the runner read it: a worker that was taken as lost has an older one.
    """
    _renew(job, LEASE, values)


def hold(job: JobState, *, lease: timedelta) -> None:
    """Say that the worker lives, and may be silent for so long. Raises JobCancelled."""
    _renew(job, lease, {})


def _renew(job: JobState, lease: timedelta, values: Mapping[str, Any]) -> None:
    running = _held(job._meta.label, job.pk, job.attempts)
    now = timezone.now()
    if not running.update(claimed_until=now + lease, updated_at=now, **values):
        raise JobCancelled
    if "status" in values:
        job_moved.send_robust(sender=type(job), job=job, status=values["status"], values=values)


def end(job: JobState, status: str, **values: Any) -> None:
    """Store the outcome of a running job. Raises JobCancelled."""
    keep(job, **values, status=status, finished_at=timezone.now())


def sweep(*, now: datetime) -> list[tuple[str, UUID]]:
    """Jobs whose nudge or worker was lost. Those that were tried too often are given up."""
    lost: list[tuple[str, UUID]] = []
    for label in _runners:
        stale = _jobs(label).filter(
            Q(status=JobStatus.PENDING, updated_at__lte=now - SWEEP_AFTER)
            | Q(status=JobStatus.RUNNING, claimed_until__lte=now)
        )
        given_up = stale.filter(attempts__gte=MAX_ATTEMPTS)
        count = given_up.update(
            status=JobStatus.FAILED, error="It failed too often.", updated_at=now, finished_at=now
        )
        if count:
            logger.error("Jobs of %s were given up.", label)
            jobs_given_up.send_robust(sender=None, label=label, count=count)
        oldest = stale.order_by("pk").values_list("pk", flat=True)
        lost += [(label, pk) for pk in oldest[:SWEEP_LIMIT]]
    return lost


def _jobs(label: str) -> Any:
    return apps.get_model(label)._default_manager


def _held(label: str, job_id: UUID, attempt: int) -> Any:
    """The job while it is in the hands of the worker that made this attempt."""
    return _jobs(label).filter(pk=job_id, status=JobStatus.RUNNING, attempts=attempt)


@transaction.atomic
def _claim(label: str, job_id: UUID) -> int | None:
    """Which attempt it is; None where the job is not free."""
    now = timezone.now()
    free = Q(status=JobStatus.PENDING) | Q(status=JobStatus.RUNNING, claimed_until__lte=now)
    claimed: int = (
        _jobs(label)
        .filter(free, pk=job_id)
        .update(
            status=JobStatus.RUNNING,
            claimed_until=now + LEASE,
            attempts=F("attempts") + 1,
            updated_at=now,
        )
    )
    if not claimed:
        return None
    attempt: int = _jobs(label).values_list("attempts", flat=True).get(pk=job_id)
    return attempt


def _release(label: str, job_id: UUID, attempt: int) -> None:
    now = timezone.now()
    _held(label, job_id, attempt).update(claimed_until=now + SWEEP_AFTER, updated_at=now)
