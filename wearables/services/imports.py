"""Files of recordings: taken, read in the background, undone, forgotten.

A file lies in the private storage until it has been read: what was in it is the person's health,
and is stored where it belongs.
"""

import hashlib
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction

from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from users.services import jobs
from users.services.creation import create_once
from wearables.models import ActivityImport
from wearables.services import imports_files as files
from wearables.services import imports_run
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sniffing import HEAD_BYTES, Format, sniff

# What runs the imports; importing it registers it.
__runners__ = (imports_run,)

OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING)
# A file without a row is left by a server that died in the middle of an upload.
_ORPHANED_AFTER: Final = timedelta(days=1)
_MAX_FILE_NAME: Final = 200


class AlreadyImporting(Conflict):
    def __init__(self) -> None:
        super().__init__("Another import is running. Wait for it.", code="import_running")


class UnusableFile(ValidationError):
    def __init__(self, message: str, code: str) -> None:
        super().__init__({"file": ValidationError(message, code=code)})


def request_import(
    *,
    user_id: UUID,
    upload: "File[bytes]",
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[ActivityImport, bool]:
    """Keep the file and have it imported; answers the import, and whether it is new.

    What a file is, its content says. Raises UnusableFile for what its beginning shows already,
    AlreadyImporting, and what create_once raises.
    """
    kind = _format_of(upload)
    name = (upload.name or "")[-_MAX_FILE_NAME:]
    digest = _digest(upload)

    def create(import_id: UUID, hashed: bytes) -> ActivityImport:
        revision = advance_clock(user_id)
        if ActivityImport.objects.filter(user_id=user_id, status__in=OPEN).exists():
            raise AlreadyImporting
        job = ActivityImport(
            id=import_id,
            user_id=user_id,
            creation_hash=hashed,
            file=files.path_of(import_id),
            file_name=name,
            size_bytes=upload.size,
            sha256=digest,
            format=kind,
            bytes_total=upload.size,
        )
        job.insert_at(revision)
        files.store(job, upload)
        jobs.announce(job)
        return job

    return create_once(
        model=ActivityImport,
        user_id=user_id,
        content={"file_name": name, "sha256": digest.hex()},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )


@transaction.atomic
def remove_import(*, job: ActivityImport) -> None:
    """Forget the import; what it brought stays. One that is running ends where it is."""
    name = job.file.name
    job.delete()
    if name:
        transaction.on_commit(partial(files.delete, name))


def remove_old_files(*, now: datetime) -> int:
    """Delete the files of imports that have ended without doing so, and those that are nobody's.

    Answers how many.
    """
    removed = 0
    for job in ActivityImport.objects.exclude(file="").exclude(status__in=OPEN).order_by("pk"):
        files.delete(job.file.name or "")
        # Not save(): the person may have deleted the row meanwhile.
        removed += ActivityImport.objects.filter(pk=job.pk).update(file="", updated_at=now)
    for path in files.older_than(now - _ORPHANED_AFTER):
        if not ActivityImport.objects.filter(file=path).exists():
            files.delete(path)
            removed += 1
    return removed


def _format_of(upload: "File[bytes]") -> Format:
    if upload.size > settings.ACTIVITY_IMPORT_MAX_BYTES:
        most = settings.ACTIVITY_IMPORT_MAX_BYTES // 1024**2
        raise UnusableFile(f"The file may have at most {most} MB.", "too_large")
    upload.seek(0)
    try:
        return sniff(upload.read(HEAD_BYTES))
    except FileRefused as refusal:
        raise UnusableFile(refusal.sentence, refusal.code) from None


def _digest(upload: "File[bytes]") -> bytes:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.digest()
