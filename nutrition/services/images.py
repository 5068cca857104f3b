"""Photos of food: taken in, kept as private files, and deleted with them."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import FileField
from django.utils import timezone as clock

from nutrition.models import FoodImage
from users.errors import Conflict
from users.models import JobStatus
from users.ownership import advance_clock
from users.services import jobs
from users.services.creation import create_once
from users.services.pictures import MAX_BYTES, FileTooLarge, as_webp, read_picture

SIZE_PX: Final = 1280
THUMBNAIL_SIZE_PX: Final = 256
FOLDER: Final = "food-images"
# Looking at a photo costs a worker's time, or money.
MAX_WAITING: Final = 50
_FIELD: Final = "image"
# A file without a row is left by a server that died in the middle of an upload.
_ORPHANED_AFTER: Final = timedelta(days=1)
_BATCH: Final = 1000


class TooManyWaiting(Conflict):
    def __init__(self) -> None:
        message = f"{MAX_WAITING} photos wait to be looked at. Send more when these are done."
        super().__init__(message, code="too_many_waiting")


def add_image(
    *,
    user_id: UUID,
    upload: "File[bytes]",
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[FoodImage, bool]:
    """Keep a photo, and have it looked at where a recognizer is set up.

    Answers the image, and whether it is new; without a recognizer it is done at once. Raises
    UnreadableImage, ImageTooLarge, FileTooLarge, TooManyWaiting, and what create_once raises.
    """
    if upload.size > MAX_BYTES:
        raise FileTooLarge(_FIELD)
    large, small = render_photo(upload)
    stored: list[str] = []

    def create(image_id: UUID, hashed: bytes) -> FoodImage:
        revision = advance_clock(user_id)
        image = FoodImage(id=image_id, user_id=user_id, creation_hash=hashed)
        if settings.FOOD_RECOGNIZER:
            _refuse_too_many(user_id)
        else:
            image.status, image.finished_at = JobStatus.DONE, clock.now()
        # Nobody can guess the name; the id in it leads from a file to its row.
        name = f"{FOLDER}/{image_id}-{secrets.token_hex(8)}"
        for size, content in ((SIZE_PX, large), (THUMBNAIL_SIZE_PX, small)):
            path = f"{name}-{size}.webp"
            stored.append(_storage().save(path, ContentFile(content)))
        image.image, image.thumbnail = stored
        image.insert_at(revision)
        if settings.FOOD_RECOGNIZER:
            jobs.announce(image)
        return image

    try:
        return create_once(
            model=FoodImage,
            user_id=user_id,
            content={"sha256": _digest(upload)},
            create=create,
            object_id=object_id,
            idempotency_key=idempotency_key,
        )
    except Exception:
        _delete_files(stored)
        raise


def render_photo(upload: "File[bytes]") -> tuple[bytes, bytes]:
    """All of the picture as WebP, with at most 1280 and 256 pixels on its longer side."""
    upload.seek(0)
    picture = read_picture(upload, field=_FIELD, least_px=SIZE_PX)
    picture.thumbnail((SIZE_PX, SIZE_PX))
    large = as_webp(picture)
    picture.thumbnail((THUMBNAIL_SIZE_PX, THUMBNAIL_SIZE_PX))
    return large, as_webp(picture)


@transaction.atomic
def remove_image(*, image: FoodImage) -> None:
    """Delete the photo; a meal that was made of it stays. A recognizer at work ends unheard."""
    _delete_after_commit(_names(image))
    image.delete()


def remove_files_of_entries(entry_ids: Iterable[UUID]) -> None:
    """Delete the files of the photos that these entries were made of, after the commit.

    For whoever deletes the entries in this transaction, and with them the rows of the photos.
    """
    images = FoodImage.objects.filter(meal_entry__in=list(entry_ids)).order_by("pk")
    _delete_after_commit([name for image in images for name in _names(image)])


def remove_orphaned_files(*, now: datetime) -> int:
    """Delete the files that belong to no photo."""
    storage = _storage()
    names = storage.listdir(FOLDER)[1] if storage.exists(FOLDER) else []
    old = [
        path
        for path in (f"{FOLDER}/{name}" for name in sorted(names))
        if storage.get_modified_time(path) <= now - _ORPHANED_AFTER
    ]
    removed = 0
    for start in range(0, len(old), _BATCH):
        batch = old[start : start + _BATCH]
        orphans = sorted(set(batch) - _known(batch))
        _delete_files(orphans)
        removed += len(orphans)
    return removed


def _known(paths: list[str]) -> set[str]:
    images = FoodImage.objects.filter(pk__in=[pk for path in paths if (pk := _id_in(path))])
    return {name for image in images for name in _names(image)}


def _id_in(path: str) -> UUID | None:
    try:
        return UUID(path.rpartition("/")[2][:36])
    except ValueError:
        return None


def _refuse_too_many(user_id: UUID) -> None:
    open_states = [JobStatus.PENDING, JobStatus.RUNNING]
    if FoodImage.objects.filter(user_id=user_id, status__in=open_states).count() >= MAX_WAITING:
        raise TooManyWaiting


def _storage() -> Storage:
    field = FoodImage._meta.get_field("image")
    assert isinstance(field, FileField)
    return field.storage


def _names(image: FoodImage) -> list[str]:
    return [name for name in (image.image.name, image.thumbnail.name) if name]


def _delete_after_commit(names: list[str]) -> None:
    if names:
        transaction.on_commit(partial(_delete_files, names), robust=True)


def _delete_files(names: list[str]) -> None:
    for name in names:
        _storage().delete(name)


def _digest(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
