"""Pictures that people send: checked by content, shrunk, and rebuilt without what cameras add."""

from io import BytesIO
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from PIL import ExifTags, Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = settings.AVATAR_MAX_BYTES
MAX_PIXELS = 40_000_000
# What decoding may take: the worker that renders a picture has other work beside it.
MAX_DECODED_BYTES = 192_000_000
STRIP_PX = 64


class UnreadableImage(ValidationError):
    """The file is no picture of a known kind; ``field`` is where it was sent."""

    def __init__(self, field: str) -> None:
        message = "This is not a JPEG, PNG or WebP image."
        super().__init__({field: ValidationError(message, code="invalid")})


class ImageTooLarge(ValidationError):
    def __init__(self, field: str, most: int = MAX_PIXELS) -> None:
        message = f"An image of this kind may have at most {most // 1_000_000} megapixels."
        super().__init__({field: ValidationError(message, code="too_many_pixels")})


class FileTooLarge(ValidationError):
    def __init__(self, field: str) -> None:
        message = f"The file may have at most {MAX_BYTES // 1024**2} MB."
        super().__init__({field: ValidationError(message, code="too_large")})


def read_picture(
    upload: IO[bytes], *, field: str, least_px: int, square: bool = False
) -> Image.Image:
    """The picture upright, on white, in RGB; all of it, or the ``square`` in its middle.

    It is shrunk by a whole number to a longer side of ``least_px`` or somewhat more. Raises
    UnreadableImage or ImageTooLarge.
    """
    try:
        # The content decides the parser, and only these three are ever asked.
        with Image.open(upload, formats=FORMATS) as image:
            most = _most_pixels(image)
            if image.width * image.height > most:
                raise ImageTooLarge(field, most)
            # A JPEG is decoded at a fraction of its size.
            image.draft("RGB", (least_px, least_px))
            size = (min(image.size),) * 2 if square else image.size
            shrunk = _shrunk(image, size, least_px)
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            shrunk.getexif()[ExifTags.Base.Orientation] = orientation
            return ImageOps.exif_transpose(shrunk)
    except ImageTooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageTooLarge(field) from None
    except Exception:  # noqa: BLE001 - parsers raise anything over a hostile file
        raise UnreadableImage(field) from None


def as_webp(image: Image.Image) -> bytes:
    # Only pixels go on: EXIF, color profiles and what was appended stay behind.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    target = BytesIO()
    clean.save(target, "WEBP", quality=85)
    return target.getvalue()


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


def _shrunk(image: Image.Image, size: tuple[int, int], least_px: int) -> Image.Image:
    """The middle of this size, shrunk by a whole number to no less than that.

    Strip by strip: changing the mode of a large picture at once would copy all of it.
    """
    width, height = size
    left, top = (image.width - width) // 2, (image.height - height) // 2
    factor = max(1, max(size) // least_px)
    rows = STRIP_PX * factor
    small = Image.new("RGB", (-(-width // factor), -(-height // factor)))
    for row in range(0, height, rows):
        strip = image.crop((left, top + row, left + width, top + min(row + rows, height)))
        small.paste(_opaque(strip).reduce(factor), (0, row // factor))
    return small


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
