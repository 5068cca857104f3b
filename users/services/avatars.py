"""Pictures of people: checked by content, shrunk, and rebuilt without what cameras add."""

from functools import partial
from io import BytesIO
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import ExifTags, Image, ImageOps

from users.ids import uuid7
from users.models import User, UserProfile
from users.ownership import advance_clock
from users.services import accounts

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = settings.AVATAR_MAX_BYTES
MAX_PIXELS = 40_000_000
# What decoding may take: the worker that renders a picture has other work beside it.
MAX_DECODED_BYTES = 192_000_000
SIZE_PX = 512
THUMBNAIL_SIZE_PX = 128
STRIP_PX = 64
_FOLDER = UserProfile._meta.get_field("avatar").upload_to


class UnreadableImage(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            {"avatar": ValidationError("This is not a JPEG, PNG or WebP image.", code="invalid")}
        )


class ImageTooLarge(ValidationError):
    def __init__(self, most: int = MAX_PIXELS) -> None:
        message = f"An image of this kind may have at most {most // 1_000_000} megapixels."
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
    try:
        # The content decides the parser, and only these three are ever asked.
        with Image.open(upload, formats=FORMATS) as image:
            most = _most_pixels(image)
            if image.width * image.height > most:
                raise ImageTooLarge(most)
            # A JPEG is decoded at a fraction of its size.
            image.draft("RGB", (2 * SIZE_PX, 2 * SIZE_PX))
            square = _middle(image)
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            square.getexif()[ExifTags.Base.Orientation] = orientation
            upright = ImageOps.exif_transpose(square)
    except ImageTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageTooLarge from None
    except Exception:  # noqa: BLE001 - parsers raise anything over a hostile file
        raise UnreadableImage from None
    return _sized(upright, SIZE_PX), _sized(upright, THUMBNAIL_SIZE_PX)


def _most_pixels(image: Image.Image) -> int:
    """How many can be decoded within the limit of memory, at most MAX_PIXELS."""
    values = len(image.getbands())
    if image.format == "WEBP":
        # libwebp keeps two frames, Pillow a copy and the image: each four bytes a pixel.
        bytes_per_pixel = 16
    elif image.format != "PNG" and ("progressive" in image.info or values > 3):  # noqa: PLR2004
        # libjpeg keeps the coefficients of all scans, two bytes each.
        bytes_per_pixel = 2 * values
    else:
        bytes_per_pixel = 4
    return min(MAX_PIXELS, MAX_DECODED_BYTES // bytes_per_pixel)


def _middle(image: Image.Image) -> Image.Image:
    """The middle square, shrunk by a whole number to no less than twice the size wanted.

    Strip by strip: changing the mode of a large picture at once would copy all of it.
    """
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    factor = max(1, side // (2 * SIZE_PX))
    rows = STRIP_PX * factor
    middle = Image.new("RGB", (-(-side // factor),) * 2)
    for row in range(0, side, rows):
        height = min(rows, side - row)
        strip = image.crop((left, top + row, left + side, top + row + height))
        middle.paste(_opaque(strip).reduce(factor), (0, row // factor))
    return middle


def _opaque(image: Image.Image) -> Image.Image:
    """The picture on white: what transparency hides stays hidden."""
    if image.mode.startswith("I"):
        # Sixteen bits of gray: convert() would cut them off above 255.
        image = image.point(lambda value: value / 256).convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image.convert("RGBA"))
    return ground.convert("RGB")


def _sized(image: Image.Image, size: int) -> bytes:
    fitted = ImageOps.fit(image, (size, size))
    # Only pixels go on: EXIF, color profiles and what was appended stay behind.
    clean = Image.new("RGB", fitted.size)
    clean.paste(fitted)
    target = BytesIO()
    clean.save(target, "WEBP", quality=85)
    return target.getvalue()
