"""Files of foods: which one it is, and its rows from where somebody stopped."""

import hashlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from typing import BinaryIO, Final, NamedTuple, Protocol, TypeGuard, TypeVar

from nutrition.models import FoodImportFormat
from nutrition.transfer import off, usda
from nutrition.transfer.readings import ReadFood, Rejected

_BEGINNING: Final = 65_536
_PATIENCE_S: Final = 10

_OF_THE_FILE: Final = frozenset({"damaged_file", "missing_file", "unknown_columns"})

Item = ReadFood | Rejected
ItemT = TypeVar("ItemT")
# An item, or what making it raised, or neither at the end.
Made = tuple[ItemT | None, BaseException | None]


class Place(NamedTuple):
    """How far a file is read: where its next row begins; of USDA, the id of the last food."""

    offset: int = 0
    line: int = 0


class FoodFile(Protocol):
    """The rows of a file, and how far they are read. It wants to be closed."""

    place: Place

    @property
    def bytes_read(self) -> int: ...
    def __iter__(self) -> Iterator[Item]: ...
    def close(self) -> None: ...


class _Products:
    """A dump of Open Food Facts."""

    def __init__(self, read: Callable[..., off.Products], path: Path, start: Place) -> None:
        self._file: BinaryIO = path.open("rb")
        self._products = read(self._file, start_offset=start.offset, start_line=start.line)
        self.place = start

    @property
    def bytes_read(self) -> int:
        return self._file.tell()

    def __iter__(self) -> Iterator[Item]:
        for item in self._products:
            # Whoever reads a damaged file again comes to the damage again.
            if not is_of_file(item):
                self.place = Place(self._products.offset, self._products.line)
            yield item

    def close(self) -> None:
        self._file.close()


class _Download:
    """A download of FoodData Central, a folder or an archive. How many bytes are read is 0."""

    bytes_read = 0

    def __init__(self, path: Path, start: Place) -> None:
        self.place = start
        self._is_resumed = start != Place()
        self._foods = usda.read(path, start_after=start.offset)

    def __iter__(self) -> Iterator[Item]:
        for item in self._foods:
            if item.source_id:
                self.place = Place(int(item.source_id))
            elif self._is_resumed:
                # What is wrong with the tables was told when they were read for the first time.
                continue
            yield item

    def close(self) -> None:
        self._foods.close()


def is_of_file(item: Item) -> TypeGuard[Rejected]:
    """Whether it says that the file itself cannot be used, or not from here on."""
    return isinstance(item, Rejected) and item.reason in _OF_THE_FILE


def read_ahead(items: Generator[ItemT]) -> Iterator[ItemT]:
    """The same, each made by another thread while the caller deals with the one before.

    What making them raises is raised here. Does not wait long for the thread to end.
    """
    ready: Queue[Made[ItemT]] = Queue(maxsize=1)
    stopped = Event()
    thread = Thread(target=_make, args=(items, ready, stopped), daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        with suppress(Empty):
            ready.get_nowait()
        thread.join(_PATIENCE_S)


def _make(items: Generator[ItemT], ready: "Queue[Made[ItemT]]", stopped: Event) -> None:
    try:
        with closing(items):
            for item in items:
                ready.put((item, None))
                if stopped.is_set():
                    return
    except BaseException as error:  # noqa: BLE001 - raised where the items are wanted
        ready.put((None, error))
    else:
        ready.put((None, None))


def open_file(path: Path, file_format: str, start: Place) -> FoodFile:
    """The file from there on. Raises OSError where it cannot be opened."""
    if file_format == FoodImportFormat.USDA_CSV:
        return _Download(path, start)
    read = off.read_csv if file_format == FoodImportFormat.OFF_CSV else off.read_jsonl
    return _Products(read, path, start)


def size_of(path: Path, file_format: str) -> int | None:
    """How many bytes are to be read; None where that cannot be told."""
    return None if file_format == FoodImportFormat.USDA_CSV else path.stat().st_size


def fingerprint(path: Path) -> str:
    """The same for a file as long as nobody changes it. Raises OSError."""
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        status = file.stat()
        digest.update(f"{file.name} {status.st_size} {status.st_mtime_ns}\n".encode())
        with file.open("rb") as opened:
            digest.update(opened.read(_BEGINNING))
    return digest.hexdigest()
