"""What staff do about jobs that have failed, or should not go on."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from users.models import JobStatus
from users.ownership import advance_clocks
from users.services import jobs

STOPPED: Final = "Our staff stopped it."
_OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING)


@transaction.atomic
def retry_jobs(*, model: type[Any], ids: Collection[UUID], one_each: bool = True) -> int:
    """Have failed jobs tried again, as often as new ones; answers how many.

    One whose file is gone cannot be. With ``one_each``, a person has one at a time: others of
    theirs wait for another click.
    """
    failed = model._default_manager.filter(pk__in=ids, status=JobStatus.FAILED).order_by("pk")
    if any(field.name == "file" for field in model._meta.fields):
        failed = failed.exclude(file="")
    clocks = advance_clocks(set(failed.order_by().values_list("user_id", flat=True)))
    busy: set[UUID] = set()
    if one_each:
        at_work = model._default_manager.filter(user__in=clocks, status__in=_OPEN)
        busy.update(at_work.values_list("user_id", flat=True))
    count = 0
    for job in failed:
        if job.user_id in busy:
            continue
        busy |= {job.user_id} if one_each else set()
        job.status, job.attempts, job.error = JobStatus.PENDING, 0, ""
        job.claimed_until = job.finished_at = None
        job.save()
        jobs.announce(job)
        count += 1
    return count


@transaction.atomic
def stop_jobs(
    *, model: type[Any], ids: Collection[UUID], statuses: Collection[str] = _OPEN
) -> int:
    """Give up jobs that wait or run; answers how many. What they have done so far stays.

    A worker that is at one finds it at its next step, and ends there.
    """
    now = timezone.now()
    open_jobs = model._default_manager.filter(pk__in=ids, status__in=statuses)
    stopped: int = open_jobs.update(
        status=JobStatus.FAILED,
        error=STOPPED,
        claimed_until=None,
        finished_at=now,
        updated_at=now,
    )
    return stopped
