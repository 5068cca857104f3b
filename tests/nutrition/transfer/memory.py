"""Files that take no memory, and how much reading them takes."""

import io
import sys
from collections.abc import Iterable


class Stream(io.BufferedReader):
    """A file of these lines, made as they are read; it can only go back to its beginning."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        super().__init__(_Raw(lines))


class _Raw(io.RawIOBase):
    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines, self._rest, self._position = iter(lines), b"", 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) in {(self._position, 0), (0, 1)}
        return self._position

    def readinto(self, buffer) -> int:
        self._rest = self._rest or next(self._lines, b"")
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        self._position += len(taken)
        return len(taken)


def counted(items: Iterable[object]) -> tuple[int, int]:
    """How many there are, and how many blocks of memory were held at most while they came."""
    before, most, count = sys.getallocatedblocks(), 0, 0
    for _ in items:
        count += 1
        if count % 500 == 0:
            most = max(most, sys.getallocatedblocks() - before)
    return count, most
