"""The lines of a file of many gigabytes, compressed or not, from where one stopped."""

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from nutrition.transfer.readings import Unusable

MAX_LINE: Final = 8 * 1024 * 1024

_GZIP: Final = b"\x1f\x8b"
_MARK: Final = b"\xef\xbb\xbf"
_PIECE: Final = 65_536


class Lines(Iterator[bytes | Unusable]):
    """Iterates over the lines of a seekable file that say something, without their ends.

    Unusable is a line over 8 MB, of which no more than that is held, or the end of a damaged
    archive. ``line`` is the number of the last line given, from 1, and ``offset`` is where in the
    file the next one begins; 0 in an archive, in which nothing can be skipped unread.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.line = 0
        self.offset = file.tell()
        self._last: Unusable | None = None
        self._is_archive = file.read(len(_GZIP)) == _GZIP
        file.seek(self.offset)
        self._file: BinaryIO | gzip.GzipFile = file
        if self._is_archive:
            # Without a buffer around it, which would lose lines in front of a damage.
            self.offset, self._file = 0, gzip.GzipFile(fileobj=file, mode="rb")

    def go_to(self, offset: int, line: int) -> None:
        """Continue behind this many lines, where they are known to end at ``offset``."""
        if self._last:
            return
        if offset > self.offset and not self._is_archive:
            self._file.seek(offset)
            self.offset, self.line = offset, line
        while self.line < line and self._next_line() is not None:
            pass

    def end_with(self, unusable: Unusable) -> None:
        """Give this, and nothing after it."""
        self._last, self._file = unusable, io.BytesIO()

    def __next__(self) -> bytes | Unusable:
        if self._last:
            last, self._last = self._last, None
            return last
        while (line := self._next_line()) is not None:
            if isinstance(line, Unusable) or not line.isspace():
                return line
        raise StopIteration

    def _next_line(self) -> bytes | Unusable | None:
        """The next line, empty ones too; None at the end."""
        try:
            return self._read_line()
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self._file = io.BytesIO()
            self.line += 1
            return Unusable("damaged_file", "The archive ends or is damaged here.")

    def _read_line(self) -> bytes | Unusable | None:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            return None
        self.line += 1
        is_too_long = len(line) > MAX_LINE and not line.endswith(b"\n")
        self._advance(len(line))
        if is_too_long:
            self._drop_the_rest()
            return Unusable("line_too_long", "The line is over 8 MB.")
        return line.removeprefix(_MARK) if self.line == 1 else line

    def _drop_the_rest(self) -> None:
        while piece := self._file.readline(_PIECE):
            self._advance(len(piece))
            if piece.endswith(b"\n"):
                return

    def _advance(self, length: int) -> None:
        if not self._is_archive:
            self.offset += length
