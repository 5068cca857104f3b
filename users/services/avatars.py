"""Pictures of people: two squares, in place of those before."""

from functools import partial
from typing import IO
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image, ImageOps

from users.ids import uuid7
from users.models import User, UserProfile
from users.ownership import advance_clock
from users.services import accounts
from users.services.pictures import MAX_BYTES, FileTooLarge, as_webp, read_picture

SIZE_PX = 512
THUMBNAIL_SIZE_PX = 128
_FIELD = "avatar"
_FOLDER = UserProfile._meta.get_field("avatar").upload_to


def set_avatar(*, user_id: UUID, upload: IO[bytes], size_bytes: int) -> UserProfile:
    """Store the picture in two square sizes as WebP, in place of the one before.

    Raises UnreadableImage, ImageTooLarge or FileTooLarge; the stored picture then stays.
    """
    if size_bytes > MAX_BYTES:
        raise FileTooLarge(_FIELD)
    large, small = render_avatar(upload)
    # A new name each time: caches keep pictures, and nobody can guess one.
    name = uuid7().hex
    stored: list[str] = []
    try:
        for size, content in ((SIZE_PX, large), (THUMBNAIL_SIZE_PX, small)):
            path = f"{_FOLDER}{name}-{size}.webp"
            stored.append(default_storage.save(path, ContentFile(content)))
        return _show(user_id, *stored)
    except Exception:
        _delete(stored)
        raise


def remove_avatar(*, user_id: UUID) -> UserProfile:
    return _show(user_id, "", "")


@transaction.atomic
def _show(user_id: UUID, avatar: str, thumbnail: str) -> UserProfile:
    """Make these the person's pictures; the files of those before go after the commit."""
    advance_clock(user_id)
    profile = UserProfile.objects.filter(pk=user_id).first()
    if profile is None:
        profile = accounts.healed_profile(user=User.objects.get(pk=user_id))
    before = [name for name in (profile.avatar.name, profile.avatar_thumbnail.name) if name]
    profile.avatar, profile.avatar_thumbnail = avatar, thumbnail
    profile.save(update_fields=["avatar", "avatar_thumbnail", "updated_at"])
    transaction.on_commit(partial(_delete, before), robust=True)
    return profile


def _delete(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def render_avatar(upload: IO[bytes]) -> tuple[bytes, bytes]:
    """The picture as WebP of 512 and of 128 pixels square, cropped around its middle."""
    # Twice the size wanted: what remains to be shrunk is shrunk well.
    upright = read_picture(upload, field=_FIELD, least_px=2 * SIZE_PX, square=True)
    return _sized(upright, SIZE_PX), _sized(upright, THUMBNAIL_SIZE_PX)


def _sized(image: Image.Image, size: int) -> bytes:
    return as_webp(ImageOps.fit(image, (size, size)))
