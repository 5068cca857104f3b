"""Archives: an export of Apple Health, or recordings that somebody has zipped.

Nothing is unpacked to a disk. What an archive says of its sizes is not believed.
"""

import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import BadGzipFile, GzipFile
from pathlib import PurePosixPath
from typing import IO, Final, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from wearables.transfer import apple, fit, gpx, tcx
from wearables.transfer.fit_days import Days
from wearables.transfer.items import MAX_NAME, Found, Item, Options, Problem, Progress
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sniffing import HEAD_BYTES, sniff
from wearables.transfer.streams import Bounded, Rewound, Stream, head_of

MAX_ENTRIES: Final = 20_000
# XML of recordings packs to a fiftieth at best; a bomb to a thousandth.
MAX_RATIO: Final = 200
_FREE_BYTES: Final = 10 * 1024**2
_RECORDINGS: Final = (".fit", ".tcx", ".gpx", ".fit.gz", ".tcx.gz", ".gpx.gz")
_DRIVE: Final = re.compile(r"[A-Za-z]:[/\\]")
_ENCRYPTED: Final = 0x1
_UNIX_MODE: Final = 16
_FAULTS: Final = (
    BadZipFile,
    BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    UnicodeError,
)


def read(stream: IO[bytes], *, options: Options) -> Iterator[Item]:
    """All of an archive. Raises FileRefused; parts that cannot be read are Problems."""
    with _named_faults(), ZipFile(stream) as archive:
        entries = archive.infolist()
        _check(entries)
        export = _apple_export(archive, entries)
        if export is not None:
            yield Found(format="apple_health")
            with archive.open(export) as file:
                bounded = _within_ratio(file, export)
                yield from apple.read(bounded, options=options, total=export.file_size)
        else:
            yield Found(format="archive")
            yield from _recordings(archive, entries, options)


@contextmanager
def _named_faults() -> Iterator[None]:
    try:
        yield
    except FileRefused:
        raise
    except _FAULTS:
        raise FileRefused("bad_archive") from None


def _check(entries: list[ZipInfo]) -> None:
    """Refuse the whole of an archive that is not what one of recordings would be."""
    if len(entries) > MAX_ENTRIES:
        raise FileRefused("too_many")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or _DRIVE.match(entry.filename):
            raise FileRefused("unsafe_path")
        if stat.S_ISLNK(entry.external_attr >> _UNIX_MODE):
            raise FileRefused("symlink")
        if entry.flag_bits & _ENCRYPTED:
            raise FileRefused("encrypted")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise FileRefused("bad_archive")


def _apple_export(archive: ZipFile, entries: list[ZipInfo]) -> ZipInfo | None:
    """Its name is another in each language, so that the largest document tells by itself."""
    documents = [
        entry for entry in entries if entry.filename.lower().endswith(".xml") and entry.file_size
    ]
    documents.sort(key=lambda entry: entry.file_size, reverse=True)
    for entry in documents[:_MOST_DOCUMENTS]:
        with archive.open(entry) as file:
            head = head_of(file, HEAD_BYTES)
        try:
            if sniff(head) == "apple_health":
                return entry
        except FileRefused:
            continue
    return None


_MOST_DOCUMENTS: Final = 20


def _within_ratio(file: IO[bytes], entry: ZipInfo) -> Stream:
    most = entry.compress_size * MAX_RATIO + _FREE_BYTES
    return Bounded(cast("Stream", file), most, "zip_bomb")


def _recordings(archive: ZipFile, entries: list[ZipInfo], options: Options) -> Iterator[Item]:
    chosen = [entry for entry in entries if entry.filename.lower().endswith(_RECORDINGS)]
    if not chosen:
        raise FileRefused("nothing_to_import")
    days = Days(ZoneInfo(options.timezone))
    total = sum(entry.file_size for entry in chosen)
    unpacked = 0
    for entry in chosen:
        unpacked += entry.file_size
        if unpacked > options.max_unpacked_bytes:
            raise FileRefused("too_large")
        try:
            yield from _recording(archive, entry, days, options)
        except FileRefused as refusal:
            if refusal.code == "zip_bomb":
                raise
            yield Problem(name=entry.filename[-MAX_NAME:], code=refusal.code)
        yield Progress(read=unpacked, total=total)
    yield from days.readings()


def _recording(archive: ZipFile, entry: ZipInfo, days: Days, options: Options) -> Iterator[Item]:
    """One of an archive, all of it read before any of it is told."""
    with _named_faults(), archive.open(entry) as file:
        packed = _within_ratio(file, entry)
        if entry.filename.lower().endswith(".gz"):
            # Its own size was bounded; what it unpacks to is bounded as the entry is.
            unzipped = GzipFile(fileobj=cast("IO[bytes]", packed))
            packed = _within_ratio(cast("IO[bytes]", unzipped), entry)
        head = head_of(packed, HEAD_BYTES)
        items = _read(head, Rewound(head, packed), days, options)
    yield from items


def _read(head: bytes, stream: Stream, days: Days, options: Options) -> list[Item]:
    kind = sniff(head)
    if kind == "fit":
        return [*fit.read(stream, zone=ZoneInfo(options.timezone), days=days)]
    if kind == "tcx":
        return [*tcx.read(stream)]
    if kind == "gpx":
        return [*gpx.read(stream)]
    # An archive in an archive, or an export among recordings.
    raise FileRefused("unknown_format")
