"""The way back: what an import brought goes, and everything that followed from it follows."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone as clock

from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from wearables.models import ActivityImport, DailyActivitySource, SleepData
from wearables.services import heart_rate, ingest, recordings

UNDONE: Final = "undone"
_OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING)
_DATES: Final = 200
# A transaction takes away the heart rates of so long a time.
_STEP: Final = timedelta(days=31)
_NONE: Final = {
    "workouts_new": 0,
    "workouts_known": 0,
    "days_new": 0,
    "sleeps_new": 0,
    "heart_rates_new": 0,
}


class ImportIsRunning(Conflict):
    def __init__(self) -> None:
        super().__init__("This import is running. Wait for it.", code="import_running")


def undo_import(*, user_id: UUID, import_id: UUID) -> ActivityImport:
    """Delete what the import brought, and no more. Twice is once.

    Workouts that the person has changed since stay, as workouts of their own. Days and nights
    follow from what other sources tell. Raises ImportIsRunning.
    """
    job = _mark(user_id, import_id)
    _forget_recordings(user_id, import_id)
    while _forget_nights(user_id, import_id):
        pass
    while _forget_days(user_id, import_id):
        pass
    _forget_heart_rates(job)
    job.refresh_from_db()
    return job


@transaction.atomic
def _mark(user_id: UUID, import_id: UUID) -> ActivityImport:
    """First of all: who undoes it again goes on where this was interrupted."""
    revision = advance_clock(user_id)
    job = ActivityImport.objects.get(user_id=user_id, pk=import_id)
    if job.status in _OPEN:
        raise ImportIsRunning
    if job.status != UNDONE:
        ActivityImport.objects.filter(pk=import_id).write(
            **_NONE, status=UNDONE, updated_at=clock.now(), revision=revision
        )
    return job


@transaction.atomic
def _forget_recordings(user_id: UUID, import_id: UUID) -> None:
    revision = advance_clock(user_id)
    recordings.forget_import(user_id=user_id, import_id=import_id, revision=revision)


@transaction.atomic
def _forget_nights(user_id: UUID, import_id: UUID) -> bool:
    """Whether there may be more."""
    revision = advance_clock(user_id)
    brought = SleepData.objects.filter(user=user_id, imported_by=import_id)
    dates = list(brought.order_by("date").values_list("date", flat=True).distinct()[:_DATES])
    brought.filter(date__in=dates).delete()
    ingest.settle(user_id=user_id, revision=revision, days=(), nights=dates)
    return len(dates) == _DATES


@transaction.atomic
def _forget_days(user_id: UUID, import_id: UUID) -> bool:
    """Whether there may be more."""
    revision = advance_clock(user_id)
    brought = DailyActivitySource.objects.filter(user=user_id, imported_by=import_id)
    dates = list(brought.order_by("date").values_list("date", flat=True).distinct()[:_DATES])
    brought.filter(date__in=dates).remove()
    ingest.settle(user_id=user_id, revision=revision, days=dates, nights=())
    return len(dates) == _DATES


def _forget_heart_rates(job: ActivityImport) -> None:
    first, last = job.first_at, job.last_at
    while first is not None and last is not None and first <= last:
        _forget_span(job, first, min(last, first + _STEP))
        first += _STEP


@transaction.atomic
def _forget_span(job: ActivityImport, first: datetime, last: datetime) -> None:
    advance_clock(job.user_id)
    heart_rate.forget_import(job.user_id, job.pk, first, last)
