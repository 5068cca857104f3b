"""Where uploaded recordings lie until they are read."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File
from django.core.files.storage import Storage
from django.db.models import FileField

from wearables.models import ActivityImport

FOLDER: Final = "activity-imports"


def path_of(import_id: UUID) -> str:
    """Nothing in it is the uploader's."""
    return f"{FOLDER}/{import_id}"


def store(job: ActivityImport, upload: "File[bytes]") -> None:
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


def delete(name: str) -> None:
    _storage().delete(name)


def older_than(moment: datetime) -> Iterator[str]:
    """The paths of all files from before a moment."""
    storage = _storage()
    if not storage.exists(FOLDER):
        return
    for name in storage.listdir(FOLDER)[1]:
        path = f"{FOLDER}/{name}"
        if storage.get_modified_time(path) <= moment:
            yield path


def _storage() -> Storage:
    field = ActivityImport._meta.get_field("file")
    assert isinstance(field, FileField)
    return field.storage
