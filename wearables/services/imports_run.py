"""The background work of an import: a child reads the file, and what it tells is stored.

Batch by batch, each of which is stored the same however often: a worker that was lost is followed
by one that begins anew and doubles nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any, Final, cast
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.selectors import time_zone_of
from users.services import jobs
from users.services.notifications import notify
from wearables.models import (
    ActivityImport,
    ConnectionMode,
    DailyActivitySource,
    FileFormat,
    HeartRateData,
    RecordedWorkout,
    SleepData,
    WearableDevice,
)
from wearables.models.device import DeviceStatus
from wearables.services import devices, ingest
from wearables.services import imports_files as files
from wearables.services.imports_batches import Batch, batches
from wearables.services.imports_days import not_less_than_stored
from wearables.transfer.items import Options
from wearables.transfer.process import child_of
from wearables.transfer.refusals import SENTENCES, FileRefused
from wearables.transfer.sniffing import Format

MAX_PROBLEMS: Final = 50
DONE: Final = "done"
FAILED: Final = "failed"
_MAX_PROBLEM_NAME: Final = 200
_FILE_GONE: Final = "The file is gone. Upload it again."


@jobs.runs("wearables.ActivityImport")
def run_import(import_id: UUID) -> None:
    """Import the file. Run again after a crash, it brings the same."""
    job = ActivityImport.objects.filter(pk=import_id).first()
    if job is None:
        raise jobs.JobCancelled
    work = _Work(job)
    try:
        file = job.file.open("rb")
    except (FileNotFoundError, ValueError):
        work.fail("file_gone", _FILE_GONE)
        return
    with file:
        _import(work, cast("IO[bytes]", file))


def _import(work: "_Work", file: IO[bytes]) -> None:
    job = work.job
    options = Options(
        timezone=time_zone_of(job.user_id),
        size_bytes=job.size_bytes,
        max_unpacked_bytes=settings.ACTIVITY_IMPORT_MAX_UNPACKED_BYTES,
    )
    try:
        with child_of(file, cast("Format", job.format), options) as child:
            for batch in batches(child.items()):
                work.do(batch)
    except FileRefused as refusal:
        work.fail(refusal.code, refusal.sentence)
    else:
        work.finish()


def ensure_file_device(user_id: UUID, provider: str) -> WearableDevice:
    """What a person's files of this provider are of; made with their first one.

    One that they have disconnected is connected again: they have uploaded a file of it.
    """
    of_files = WearableDevice.objects.filter(
        user_id=user_id, provider=provider, connection_mode=ConnectionMode.FILE
    )
    device = of_files.order_by("pk").first()
    if device is None or device.status != DeviceStatus.ACTIVE:
        wish = devices.Wish(provider=provider, device_id=device.device_id if device else "")
        device, _ = devices.create_file_device(user_id=user_id, wish=wish)
    return device


@dataclass(slots=True)
class _Work:
    """An import on its way."""

    job: ActivityImport
    device: WearableDevice | None = None
    workouts: set[str] = field(default_factory=set)
    problems: list[dict[str, str]] = field(default_factory=list)

    def do(self, batch: Batch) -> None:
        """First what is known of the batch and then the batch: who undoes knows where to look."""
        job = self.job
        job.format = batch.format or job.format
        job.bytes_read, job.bytes_total = batch.read, batch.total or job.bytes_total
        self._widen(batch.span())
        self.workouts |= batch.workouts
        self.note([(one.name, one.code, SENTENCES[one.code]) for one in batch.problems])
        self._keep()
        if batch.readings:
            self._store(batch)

    def _widen(self, span: tuple[datetime, datetime] | None) -> None:
        if span is not None:
            self.job.first_at = min(span[0], self.job.first_at or span[0])
            self.job.last_at = max(span[1], self.job.last_at or span[1])

    @transaction.atomic
    def _keep(self) -> None:
        """Raises JobCancelled where the import was deleted or taken over meanwhile."""
        names = ("format", "bytes_read", "bytes_total", "first_at", "last_at", "problems")
        self.job.problems = self.problems
        revision = advance_clock(self.job.user_id)
        values = {name: getattr(self.job, name) for name in names}
        jobs.keep(self.job, revision=revision, **values)

    def _store(self, batch: Batch) -> None:
        job = self.job
        is_apple = job.format == FileFormat.APPLE_HEALTH
        if self.device is None:
            self.device = ensure_file_device(job.user_id, "apple_watch" if is_apple else "other")
        readings = batch.readings
        if not is_apple:
            readings = not_less_than_stored(self.device, readings)
        try:
            counts = ingest.store(device=self.device, readings=readings, imported_by=job.pk)
        except IntegrityError:
            if not ActivityImport.objects.filter(pk=job.pk).exists():
                raise jobs.JobCancelled from None
            raise
        self.note(
            [(line, "left_out", "It cannot be, and was left out.") for line in counts.rejected]
        )

    def note(self, problems: Sequence[tuple[str, str, str]]) -> None:
        """The first fifty of them, for the person."""
        for name, code, message in problems[: MAX_PROBLEMS - len(self.problems)]:
            # A name is a stranger's; PostgreSQL takes no zeros.
            plain = name.replace("\x00", "")[:_MAX_PROBLEM_NAME]
            self.problems.append({"name": plain, "code": code, "message": message})

    def finish(self) -> None:
        new = self._end(DONE)["workouts_new"]
        text = f"Your import is done: {new} new workout{'' if new == 1 else 's'}."
        self._tell("activity_import_done", text)

    def fail(self, code: str, message: str) -> None:
        """What had been stored by then stays, and can be undone."""
        self.problems = [
            {"name": self.job.file_name, "code": code, "message": message},
            *self.problems[: MAX_PROBLEMS - 1],
        ]
        self._end(FAILED, error=message)
        self._tell("activity_import_failed", "Your import failed.")

    @transaction.atomic
    def _end(self, status: str, **values: Any) -> dict[str, int]:
        job, name = self.job, self.job.file.name
        revision = advance_clock(job.user_id)
        counts = self._counts()
        jobs.end(
            job,
            status,
            revision=revision,
            file="",
            problems=self.problems,
            bytes_read=job.bytes_total if status == DONE else job.bytes_read,
            **counts,
            **values,
        )
        if name:
            transaction.on_commit(partial(files.delete, name))
        return counts

    def _counts(self) -> dict[str, int]:
        """What this import brought: also what an earlier try of it did."""
        job = self.job
        brought = {"user": job.user_id, "imported_by": job.pk}
        new = RecordedWorkout.objects.filter(**brought).count()
        return {
            "workouts_new": new,
            "workouts_known": max(0, len(self.workouts) - new),
            "days_new": DailyActivitySource.objects.filter(**brought).count(),
            "sleeps_new": SleepData.objects.filter(**brought).count(),
            "heart_rates_new": self._heart_rates(brought),
        }

    def _heart_rates(self, brought: dict[str, Any]) -> int:
        first, last = self.job.first_at, self.job.last_at
        if first is None or last is None:
            return 0
        within = {"timestamp__gte": first, "timestamp__lte": last}
        return HeartRateData.objects.filter(**brought, **within).count()

    def _tell(self, kind: str, text: str) -> None:
        notify(
            user_id=self.job.user_id,
            category=NotificationCategory.WORKOUTS,
            kind=kind,
            text=text,
            target=self.job,
        )
