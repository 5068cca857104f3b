"""Runs jobs: one worker at a time for each, again where a worker was lost.

A runner takes the job's id, may run twice for one job, and commits as it goes.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from users.models import Job, JobStatus
from users.signals import job_waiting

logger = logging.getLogger(__name__)

Runner = Callable[[UUID], None]
_runners: dict[str, Runner] = {}

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
SWEEP_AFTER = timedelta(seconds=20)
SWEEP_LIMIT = 200


class JobCancelled(Exception):
    """The person deleted or changed the job while it ran."""


def runs(label: str) -> Callable[[Runner], Runner]:
    """Make a function the runner of a model's jobs, such as "workouts.WorkoutImport"."""

    def register(runner: Runner) -> Runner:
        _runners[label] = runner
        return runner

    return register


def announce(job: Job) -> None:
    """Wake a worker once the caller's transaction is committed; the job is pending."""
    job_waiting.send(sender=type(job), label=job._meta.label, job_id=job.pk)


def run(*, label: str, job_id: UUID) -> bool:
    """Run the job, unless it is done already or in another worker's hands (False).

    What its runner raises is raised on; the sweep tries again until MAX_ATTEMPTS.
    """
    if not _claim(label, job_id):
        return False
    try:
        _runners[label](job_id)
    except JobCancelled:
        return False
    except Exception:
        _release(label, job_id)
        raise
    return True


def keep(job: Job, **values: Any) -> None:
    """Say that the worker lives, and store how far it came. Raises JobCancelled."""
    running = _jobs(job._meta.label).filter(pk=job.pk, status=JobStatus.RUNNING)
    now = timezone.now()
    if not running.update(claimed_until=now + LEASE, updated_at=now, **values):
        raise JobCancelled


def end(job: Job, status: str, **values: Any) -> None:
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
        if given_up.update(
            status=JobStatus.FAILED, error="It failed too often.", updated_at=now, finished_at=now
        ):
            logger.error("Jobs of %s were given up.", label)
        lost += [(label, pk) for pk in stale.values_list("pk", flat=True)[:SWEEP_LIMIT]]
    return lost


def _jobs(label: str) -> Any:
    return apps.get_model(label)._default_manager


@transaction.atomic
def _claim(label: str, job_id: UUID) -> bool:
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
    return claimed == 1


def _release(label: str, job_id: UUID) -> None:
    running = _jobs(label).filter(pk=job_id, status=JobStatus.RUNNING)
    running.update(claimed_until=timezone.now() + SWEEP_AFTER, updated_at=timezone.now())
