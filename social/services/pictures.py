"""Pictures for posts and messages: taken in, kept as private files, and deleted with them."""

import hashlib
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Exists, FileField, OuterRef, QuerySet

from social.models import MessagePicture, Picture, PostMedia
from users.errors import Conflict
from users.ownership import advance_clock, advance_clocks_unheard
from users.services.creation import create_once
from users.services.pictures import MAX_BYTES, FileTooLarge, as_webp, read_picture

SIZE_PX: Final = 2048
THUMBNAIL_SIZE_PX: Final = 400
FOLDER: Final = "pictures"
# Somebody who writes a post uploads a few; more is a program that fills the storage.
MAX_UNUSED: Final = 200
_FIELD: Final = "image"
_UNUSED_FOR: Final = timedelta(days=1)
# A file without a row is left by a server that died in the middle of an upload.
_ORPHANED_AFTER: Final = timedelta(days=1)
_BATCH: Final = 1000


class TooManyUnused(Conflict):
    def __init__(self) -> None:
        message = f"{MAX_UNUSED} of your pictures are in no post or message. Use or delete some."
        super().__init__(message, code="too_many_unused")


class PictureInUse(Conflict):
    def __init__(self) -> None:
        message = "This picture is in a post or a message, and goes with it."
        super().__init__(message, code="in_use")


def add_picture(
    *,
    user_id: UUID,
    upload: "File[bytes]",
    object_id: UUID | None = None,
    idempotency_key: str = "",
) -> tuple[Picture, bool]:
    """Keep a picture for a post or a message; whether it is new.

    Raises UnreadableImage, ImageTooLarge, FileTooLarge, TooManyUnused, and what create_once
    raises.
    """
    if upload.size > MAX_BYTES:
        raise FileTooLarge(_FIELD)
    (large, small), (width, height) = _render(upload)
    stored: list[str] = []

    def create(picture_id: UUID, hashed: bytes) -> Picture:
        revision = advance_clock(user_id)
        if _without_use(Picture.objects.filter(user=user_id)).count() >= MAX_UNUSED:
            raise TooManyUnused
        # Nobody can guess the name; the id in it leads from a file to its row.
        name = f"{FOLDER}/{picture_id}-{secrets.token_hex(8)}"
        for size, content in ((SIZE_PX, large), (THUMBNAIL_SIZE_PX, small)):
            stored.append(storage().save(f"{name}-{size}.webp", ContentFile(content)))
        picture = Picture(
            id=picture_id,
            user_id=user_id,
            image=stored[0],
            thumbnail=stored[1],
            width=width,
            height=height,
            creation_hash=hashed,
        )
        picture.insert_at(revision)
        return picture

    try:
        return create_once(
            model=Picture,
            user_id=user_id,
            content={"sha256": _digest(upload)},
            create=create,
            object_id=object_id,
            idempotency_key=idempotency_key,
        )
    except Exception:
        _delete_files(stored)
        raise


def unused(user_id: UUID, picture_ids: Collection[UUID]) -> set[UUID]:
    """Which of these are this person's, and in no post or message yet.

    While the caller holds the person's clock, they stay so.
    """
    if not picture_ids:
        return set()
    mine = Picture.objects.filter(user=user_id, pk__in=picture_ids)
    return set(_without_use(mine).values_list("pk", flat=True))


@transaction.atomic
def remove_picture(*, user_id: UUID, picture_id: UUID) -> None:
    """Delete a picture that is in no post or message; raises PictureInUse for another."""
    advance_clock(user_id)
    picture = Picture.objects.get(user=user_id, pk=picture_id)
    if picture_id not in unused(user_id, [picture_id]):
        raise PictureInUse
    remove([picture])


@transaction.atomic
def remove(pictures: Collection[Picture]) -> None:
    """Delete pictures of one person whose post or message went, and their files after the commit.

    The caller has advanced the person's clock.
    """
    names = [name for one in pictures for name in _names(one)]
    Picture.objects.filter(pk__in=[one.pk for one in pictures]).delete()
    if names:
        transaction.on_commit(partial(_delete_files, names), robust=True)


def remove_unused_pictures(*, now: datetime) -> int:
    """Delete what was uploaded a day ago and put nowhere since; answers how many."""
    old = _without_use(Picture.objects.filter(created_at__lte=now - _UNUSED_FOR))
    owners = list(old.order_by("user").values_list("user", flat=True).distinct())
    return sum(_remove_old(owner_id, old) for owner_id in owners)


@transaction.atomic
def _remove_old(owner_id: UUID, old: "QuerySet[Picture]") -> int:
    # Looked up once the owner cannot put them anywhere any more.
    advance_clocks_unheard([owner_id])
    pictures = list(old.filter(user=owner_id).order_by("pk"))
    remove(pictures)
    return len(pictures)


def remove_orphaned_files(*, now: datetime) -> int:
    """Delete the files that belong to no picture; answers how many."""
    names = storage().listdir(FOLDER)[1] if storage().exists(FOLDER) else []
    old = [
        path
        for path in (f"{FOLDER}/{name}" for name in sorted(names))
        if storage().get_modified_time(path) <= now - _ORPHANED_AFTER
    ]
    removed = 0
    for start in range(0, len(old), _BATCH):
        batch = old[start : start + _BATCH]
        orphans = sorted(set(batch) - _known(batch))
        _delete_files(orphans)
        removed += len(orphans)
    return removed


def storage() -> Storage:
    field = Picture._meta.get_field("image")
    assert isinstance(field, FileField)
    return field.storage


def _without_use(pictures: "QuerySet[Picture]") -> "QuerySet[Picture]":
    in_posts = PostMedia.objects.filter(user=OuterRef("user"), picture=OuterRef("pk"))
    in_messages = MessagePicture.objects.filter(user=OuterRef("user"), picture=OuterRef("pk"))
    return pictures.filter(~Exists(in_posts), ~Exists(in_messages))


def _render(upload: "File[bytes]") -> tuple[tuple[bytes, bytes], tuple[int, int]]:
    """All of the picture as WebP in two sizes, and how many px the large one is wide and high."""
    upload.seek(0)
    picture = read_picture(upload, field=_FIELD, least_px=SIZE_PX)
    picture.thumbnail((SIZE_PX, SIZE_PX))
    size, large = picture.size, as_webp(picture)
    picture.thumbnail((THUMBNAIL_SIZE_PX, THUMBNAIL_SIZE_PX))
    return (large, as_webp(picture)), size


def _known(paths: Iterable[str]) -> set[str]:
    pictures = Picture.objects.filter(pk__in=[pk for path in paths if (pk := _id_in(path))])
    return {name for one in pictures for name in _names(one)}


def _id_in(path: str) -> UUID | None:
    try:
        return UUID(path.rpartition("/")[2][:36])
    except ValueError:
        return None


def _names(picture: Picture) -> list[str]:
    return [name for name in (picture.image.name, picture.thumbnail.name) if name]


def _delete_files(names: Iterable[str]) -> None:
    for name in names:
        storage().delete(name)


def _digest(upload: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
