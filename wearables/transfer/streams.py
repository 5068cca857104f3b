"""Files as they are read here: once, from the beginning, and never further than a limit."""

from typing import Final, Protocol

from wearables.transfer.refusals import FileRefused

PIECE_BYTES: Final = 65_536


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Bounded:
    """A stream that refuses to go on beyond a number of bytes, whatever it said of itself."""

    def __init__(self, stream: Stream, limit: int, code: str = "too_large") -> None:
        self._stream = stream
        self._left = limit
        self._code = code

    def read(self, size: int, /) -> bytes:
        piece = self._stream.read(min(size, self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise FileRefused(self._code)
        return piece


class Rewound:
    """A stream whose beginning was read already."""

    def __init__(self, head: bytes, rest: Stream) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        if not self._head:
            return self._rest.read(size)
        piece, self._head = self._head[:size], self._head[size:]
        return piece


def head_of(stream: Stream, size: int = PIECE_BYTES) -> bytes:
    """So many bytes, or all that there are."""
    pieces = []
    while size > 0 and (piece := stream.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
