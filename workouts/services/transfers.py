"""Imports of a person's history: asked for, answered, undone, and their files.

A file lies in the private storage for thirty days, so that an import can be answered, checked
first and done then, or undone and done again; only those of the latest imports, and never longer
than its row.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F, FileField, Q
from django.utils import timezone as clock

from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from users.selectors import time_zone_of
from users.services import jobs
from users.services.creation import create_once
from workouts.models import Workout, WorkoutImport, WorkoutSet
from workouts.models.transfer import ImportStatus
from workouts.services import transfers_run
from workouts.services.transfers_names import learn
from workouts.transfer import sniffing

# What runs the imports; importing it registers it.
__runners__ = (transfers_run,)

MAX_FILE_BYTES: Final = 20 * 1024**2
FILE_LIFETIME: Final = timedelta(days=30)
MAX_KEPT_FILES: Final = 5
FOLDER: Final = "imports"
OPTIONS: Final = (
    "weight_unit",
    "distance_unit",
    "date_order",
    "timezone",
    "dry_run",
    "create_unknown",
)
_OPEN: Final = (JobStatus.PENDING, JobStatus.RUNNING)
# A file without a row is left by a server that died in the middle of an upload.
_ORPHANED_AFTER: Final = timedelta(days=1)
_HEAD_BYTES: Final = 65_536
_MAX_FILE_NAME: Final = 200
_UNDO_BATCH: Final = 500
_ASKING: Final = (ImportStatus.NEEDS_ANSWERS, ImportStatus.CHECKED)
# An import stores both stamps alike, and every change of a workout or its sets moves one.
_IS_CHANGED: Final = ~Q(updated_at=F("created_at"))

Content = Mapping[str, Any]


class AlreadyImporting(Conflict):
    def __init__(self) -> None:
        super().__init__("Another import is running. Wait for it.", code="import_running")


class ImportIsRunning(Conflict):
    def __init__(self) -> None:
        super().__init__("This import is running. Wait for it.", code="import_running")


class ImportIsDone(Conflict):
    def __init__(self) -> None:
        super().__init__("This import is done. Undo it first.", code="import_done")


class FileGone(Conflict):
    def __init__(self) -> None:
        message = "The file was deleted meanwhile. Upload it again."
        super().__init__(message, code="file_gone")


class UnusableFile(ValidationError):
    def __init__(self, message: str, code: str) -> None:
        super().__init__({"file": ValidationError(message, code=code)})


def request_import(
    *,
    user_id: UUID,
    upload: "File[bytes]",
    options: Content,
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[WorkoutImport, bool]:
    """Keep the file and have it imported; answers the import, and whether it is new.

    Raises UnusableFile for what its first rows show already, AlreadyImporting, and what
    create_once raises.
    """
    _refuse_unusable(upload)
    name = (upload.name or "")[-_MAX_FILE_NAME:]
    values = {field: options[field] for field in OPTIONS if field in options}

    def create(import_id: UUID, hashed: bytes) -> WorkoutImport:
        revision = advance_clock(user_id)
        _refuse_second(user_id)
        _make_room(user_id, revision)
        job = WorkoutImport(
            id=import_id,
            user_id=user_id,
            creation_hash=hashed,
            file=f"{FOLDER}/{import_id}.csv",
            file_name=name,
            size_bytes=upload.size,
            **{"timezone": time_zone_of(user_id), **values},
        )
        job.insert_at(revision)
        _store_file(job, upload)
        jobs.announce(job)
        return job

    return create_once(
        model=WorkoutImport,
        user_id=user_id,
        content={**values, "file_name": name, "sha256": _digest(upload)},
        create=create,
        object_id=object_id,
        idempotency_key=idempotency_key,
    )


@transaction.atomic
def answer_import(*, user_id: UUID, import_id: UUID, answers: Content) -> WorkoutImport:
    """Take the options and what names mean (``exercises``), and have it imported once more.

    What names mean is remembered for later imports. Raises ImportIsRunning, ImportIsDone,
    AlreadyImporting, FileGone, and what learn raises.
    """
    revision = advance_clock(user_id)
    job = WorkoutImport.objects.get(user_id=user_id, pk=import_id)
    if job.status in _OPEN:
        raise ImportIsRunning
    if job.status == ImportStatus.DONE:
        raise ImportIsDone
    if not job.file:
        raise FileGone
    _refuse_second(user_id)
    learn(user_id=user_id, answers=answers.get("exercises", ()), asked=_asked(job))
    WorkoutImport.objects.filter(user_id=user_id, pk=import_id).write(
        **{field: answers[field] for field in OPTIONS if field in answers},
        **dict.fromkeys(transfers_run.COUNTS, 0),
        status=JobStatus.PENDING,
        attempts=0,
        claimed_until=None,
        finished_at=None,
        error="",
        questions={},
        updated_at=clock.now(),
        revision=revision,
    )
    job.refresh_from_db()
    jobs.announce(job)
    return job


def _asked(job: WorkoutImport) -> list[str] | None:
    """The names in its questions; None of one that has none to show any more."""
    if job.status not in _ASKING:
        return None
    return [
        row["name"] for part in ("exercises", "guessed") for row in job.questions.get(part, ())
    ]


def undo_import(*, user_id: UUID, import_id: UUID) -> WorkoutImport:
    """Delete the workouts that the import brought, and no others. Twice is once.

    What the person has changed since stays, as a workout of their own that a later import knows
    again; the counts of new workouts and sets then tell how much that is. Custom exercises and
    what was learned of names stay too. Raises ImportIsRunning.
    """
    job = _mark_undone(user_id, import_id)
    while _undo_batch(user_id, import_id):
        pass
    job.refresh_from_db()
    return job


@transaction.atomic
def _mark_undone(user_id: UUID, import_id: UUID) -> WorkoutImport:
    """First of all: who undoes it again goes on where this was interrupted."""
    revision = advance_clock(user_id)
    job = WorkoutImport.objects.get(user_id=user_id, pk=import_id)
    if job.status in _OPEN:
        raise ImportIsRunning
    if job.status == ImportStatus.UNDONE:
        # Its counts tell already what has stayed.
        return job
    WorkoutImport.objects.filter(user_id=user_id, pk=import_id).write(
        status=ImportStatus.UNDONE,
        questions={},
        workouts_new=0,
        sets_new=0,
        updated_at=clock.now(),
        revision=revision,
    )
    return job


@transaction.atomic
def _undo_batch(user_id: UUID, import_id: UUID) -> bool:
    """Whether there may be anything left to delete."""
    revision = advance_clock(user_id)
    undone = WorkoutImport.objects.filter(pk=import_id, status=ImportStatus.UNDONE)
    # Begun anew meanwhile: what it brings now is to stay.
    if not undone.exists():
        return False
    brought = Workout.objects.filter(user_id=user_id, imported_by=import_id).order_by("pk")
    flagged = brought.annotate(is_changed=_IS_CHANGED).values_list("pk", "is_changed")
    batch = dict(flagged[:_UNDO_BATCH])
    changed = [pk for pk, is_changed in batch.items() if is_changed]
    if changed:
        Workout.objects.filter(user_id=user_id, pk__in=changed).write(
            imported_by=None, revision=revision
        )
        sets = WorkoutSet.objects.filter(user_id=user_id, workout__in=changed).count()
        undone.write(
            workouts_new=F("workouts_new") + len(changed),
            sets_new=F("sets_new") + sets,
            updated_at=clock.now(),
            revision=revision,
        )
    if len(changed) < len(batch):
        Workout.objects.filter(user_id=user_id, pk__in=batch.keys() - changed).delete()
    return len(batch) == _UNDO_BATCH


@transaction.atomic
def remove_import(*, job: WorkoutImport) -> None:
    """Forget the import; what it brought stays. One that is running ends where it is."""
    name = job.file.name
    job.delete()
    if name:
        transaction.on_commit(partial(_delete_files, [name]))


def remove_old_files(*, now: datetime) -> int:
    """Delete the files whose time is over, and those that belong to no import."""
    old = WorkoutImport.objects.filter(created_at__lte=now - FILE_LIFETIME)
    removed = 0
    for job in old.exclude(file="").exclude(status__in=_OPEN).order_by("pk"):
        job.file.storage.delete(job.file.name or "")
        # Not save(): the person may have deleted the row meanwhile.
        removed += old.filter(pk=job.pk).update(file="", updated_at=now)
    return removed + _remove_orphans(now)


def _remove_orphans(now: datetime) -> int:
    storage = _storage()
    names = storage.listdir(FOLDER)[1] if storage.exists(FOLDER) else []
    removed = 0
    for name in names:
        path = f"{FOLDER}/{name}"
        if storage.get_modified_time(path) > now - _ORPHANED_AFTER or _has_row(path):
            continue
        storage.delete(path)
        removed += 1
    return removed


def _has_row(path: str) -> bool:
    try:
        import_id = UUID(path.rpartition("/")[2].removesuffix(".csv"))
    except ValueError:
        return False
    return WorkoutImport.objects.filter(pk=import_id, file=path).exists()


def _storage() -> Storage:
    field = WorkoutImport._meta.get_field("file")
    assert isinstance(field, FileField)
    return field.storage


def _refuse_second(user_id: UUID) -> None:
    if WorkoutImport.objects.filter(user_id=user_id, status__in=_OPEN).exists():
        raise AlreadyImporting


def _make_room(user_id: UUID, revision: int) -> None:
    """Only the latest imports keep their files: nobody can fill the disk with old ones."""
    kept = WorkoutImport.objects.filter(user_id=user_id).exclude(file="").order_by("-id")
    crowded = list(kept[MAX_KEPT_FILES - 1 :])
    if not crowded:
        return
    WorkoutImport.objects.filter(user_id=user_id, pk__in=[job.pk for job in crowded]).write(
        file="", updated_at=clock.now(), revision=revision
    )
    names = [job.file.name or "" for job in crowded]
    transaction.on_commit(partial(_delete_files, names))


def _delete_files(names: list[str]) -> None:
    for name in names:
        _storage().delete(name)


def _store_file(job: WorkoutImport, upload: "File[bytes]") -> None:
    """Under the name that the row has, in the row's transaction: one is not without the other."""
    name, storage = job.file.name or "", job.file.storage
    upload.seek(0)
    # A server that died in the middle may have left half of it there.
    storage.delete(name)
    try:
        storage.save(name, upload)
    except Exception:
        storage.delete(name)
        raise


def _digest(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _refuse_unusable(upload: "File[bytes]") -> None:
    """What its beginning shows. The rest is for a worker: it may take a while."""
    if upload.size > MAX_FILE_BYTES:
        raise UnusableFile(
            f"The file may have at most {MAX_FILE_BYTES // 1024**2} MB.", "too_large"
        )
    upload.seek(0)
    head = upload.read(_HEAD_BYTES)
    problem = sniffing.survey(BytesIO(head)).problem
    # Of the first rows of many, none may be of use.
    partial = upload.size > len(head) and problem and problem.code in {"no_rows", "bad_dates"}
    if problem and not partial:
        raise UnusableFile(problem.message, problem.code)
