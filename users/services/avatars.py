"""Pictures of people: checked by content, shrunk, and rebuilt without what cameras add."""

from io import BytesIO
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from users.ids import uuid7
from users.models import UserProfile
from users.ownership import advance_clock

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = settings.AVATAR_MAX_BYTES
MAX_PIXELS = 40_000_000
SIZE_PX = 512
THUMBNAIL_SIZE_PX = 128


class UnreadableImage(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            {"avatar": ValidationError("This is not a JPEG, PNG or WebP image.", code="invalid")}
        )


class ImageTooLarge(ValidationError):
    def __init__(self) -> None:
        message = f"The image may have at most {MAX_PIXELS // 1_000_000} megapixels."
        super().__init__({"avatar": ValidationError(message, code="too_many_pixels")})


class FileTooLarge(ValidationError):
    def __init__(self) -> None:
        message = f"The file may have at most {MAX_BYTES // 1024**2} MB."
        super().__init__({"avatar": ValidationError(message, code="too_large")})


def set_avatar(*, user_id: UUID, upload: IO[bytes], size_bytes: int) -> UserProfile:
    """Store the picture in two square sizes as WebP, in place of the one before.

    Raises UnreadableImage, ImageTooLarge or FileTooLarge; the stored picture then stays.
    """
    if size_bytes > MAX_BYTES:
        raise FileTooLarge
    large, small = render_avatar(upload)
    with transaction.atomic():
        advance_clock(user_id)
        profile = UserProfile.objects.get(pk=user_id)
        before = [profile.avatar.name, profile.avatar_thumbnail.name]
        # A new name each time: caches keep pictures, and nobody can guess one.
        name = uuid7().hex
        profile.avatar.save(f"{name}-{SIZE_PX}.webp", ContentFile(large), save=False)
        profile.avatar_thumbnail.save(
            f"{name}-{THUMBNAIL_SIZE_PX}.webp", ContentFile(small), save=False
        )
        profile.save(update_fields=["avatar", "avatar_thumbnail", "updated_at"])
        _delete_after_commit(profile, before)
    return profile


@transaction.atomic
def remove_avatar(*, user_id: UUID) -> UserProfile:
    advance_clock(user_id)
    profile = UserProfile.objects.get(pk=user_id)
    before = [profile.avatar.name, profile.avatar_thumbnail.name]
    profile.avatar = profile.avatar_thumbnail = ""
    profile.save(update_fields=["avatar", "avatar_thumbnail", "updated_at"])
    _delete_after_commit(profile, before)
    return profile


def _delete_after_commit(profile: UserProfile, names: list[str | None]) -> None:
    storage = profile.avatar.storage
    for name in filter(None, names):
        transaction.on_commit(lambda name=name: storage.delete(name))  # type: ignore[misc]


def render_avatar(upload: IO[bytes]) -> tuple[bytes, bytes]:
    """The picture as WebP of 512 and of 128 pixels square, cropped around its middle."""
    try:
        # The content decides the parser, and only these three are ever asked.
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ImageTooLarge
            # A JPEG is decoded at a fraction of its size; the others are bounded by MAX_PIXELS.
            image.draft("RGB", (2 * SIZE_PX, 2 * SIZE_PX))
            image.thumbnail((4 * SIZE_PX, 4 * SIZE_PX), reducing_gap=2.0)
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ):
        raise UnreadableImage from None
    return _square(upright, SIZE_PX), _square(upright, THUMBNAIL_SIZE_PX)


def _square(image: Image.Image, size: int) -> bytes:
    fitted = ImageOps.fit(image, (size, size))
    # Only pixels go on: EXIF, colour profiles and what was appended stay behind.
    clean = Image.new("RGB", fitted.size)
    clean.paste(fitted)
    target = BytesIO()
    clean.save(target, "WEBP", quality=85)
    return target.getvalue()
