"""The bytes of a file as lines of text, whatever encoding it was saved in."""

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

MAX_LINE: Final = 65_536
_CHUNK: Final = 65_536
_ENOUGH_TO_GUESS: Final = 64
_UNDECODED: Final = re.compile("[\udc80-\udcff]")
# Beginnings of files that are no text.
_BINARIES: Final = {
    b"PK\x03\x04": "a spreadsheet or ZIP archive",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x1f\x8b": "a compressed archive",
    b"%PDF": "a PDF document",
}
_MARKS: Final = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
}


class Lines:
    r"""Iterates once over the lines of a file, each ending in "\n"; None is one over 64 kB.

    Without an encoding: UTF-16 by its mark or its zero bytes, else UTF-8. A line that is not
    UTF-8 is read as Windows-1252, which is how spreadsheets of Western Europe save CSV. Neither
    reading nor decoding raises, except for what ``file.read`` itself raises.
    """

    def __init__(self, file: BinaryIO, encoding: str | None = None) -> None:
        head = _head_of(file)
        self.binary_kind = next(
            (kind for m, kind in _BINARIES.items() if head.startswith(m)), None
        )
        """What the file is where it cannot be text."""
        self._encoding = codecs.lookup(encoding).name if encoding else _encoding_of(head)
        self._is_utf8 = self._encoding in {"utf-8", "utf-8-sig"}
        mark = _MARKS["utf-8"] if self._is_utf8 else _MARKS.get(self._encoding, b"")
        self._met_utf8 = self._is_utf8 and head.startswith(mark)
        self._met_other = False
        self._head, self._file = head.removeprefix(mark), file

    @property
    def encoding(self) -> str:
        """As which encoding the lines so far were read; giving it again reads the same text."""
        if not self._is_utf8:
            return self._encoding
        return "cp1252" if self._met_other and not self._met_utf8 else "utf-8"

    def __iter__(self) -> Iterator[str | None]:
        rest, overlong = "", False
        for text in self._texts():
            pieces = (rest + text).split("\n")
            rest = pieces.pop()
            for piece in pieces:
                yield None if overlong or len(piece) > MAX_LINE else self._line(piece)
                overlong = False
            if len(rest) > MAX_LINE:
                rest, overlong = "", True
        if overlong:
            yield None
        elif rest:
            yield self._line(rest)

    def _texts(self) -> Iterator[str]:
        encoding, errors = self._encoding, "replace"
        if self._is_utf8:
            encoding, errors = "utf-8", "surrogateescape"
        decode = io.IncrementalNewlineDecoder(
            codecs.getincrementaldecoder(encoding)(errors), translate=True
        ).decode
        chunk, self._head = self._head, b""
        while chunk:
            yield decode(chunk)
            chunk = self._file.read(_CHUNK)
        yield decode(b"", final=True)

    def _line(self, line: str) -> str:
        if self._is_utf8 and not line.isascii():
            if _UNDECODED.search(line):
                self._met_other = True
                line = line.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
            else:
                self._met_utf8 = True
        return line.replace("\x00", "") + "\n"


def _head_of(file: BinaryIO) -> bytes:
    head = b""
    while len(head) < _ENOUGH_TO_GUESS and (chunk := file.read(_CHUNK)):
        head += chunk
    return head


def _encoding_of(head: bytes) -> str:
    for name in ("utf-16-le", "utf-16-be"):
        if head.startswith(_MARKS[name]):
            return name
    # A header in Latin letters has a zero in every second byte of UTF-16.
    sample = head[: min(len(head) // 2 * 2, _ENOUGH_TO_GUESS)]
    if sample and all(sample[::2]) and not any(sample[1::2]):
        return "utf-16-le"
    if sample and all(sample[1::2]) and not any(sample[::2]):
        return "utf-16-be"
    return "utf-8"
