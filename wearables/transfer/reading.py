"""Any file that is imported, by its format."""

from collections.abc import Iterator
from typing import IO
from zoneinfo import ZoneInfo

from wearables.transfer import apple, archive, fit, gpx, tcx
from wearables.transfer.items import Item, Options
from wearables.transfer.sniffing import Format
from wearables.transfer.streams import Bounded


def read(stream: IO[bytes], *, format: Format, options: Options) -> Iterator[Item]:  # noqa: A002 - what it is called everywhere
    """What a file tells, as it is read. Raises FileRefused, also in the middle."""
    match format:
        case "fit":
            yield from fit.read(stream, zone=ZoneInfo(options.timezone))
        case "tcx":
            yield from tcx.read(stream)
        case "gpx":
            yield from gpx.read(stream)
        case "apple_health":
            bounded = Bounded(stream, options.max_unpacked_bytes)
            yield from apple.read(bounded, options=options, total=options.size_bytes)
        case "archive":
            yield from archive.read(stream, options=options)
