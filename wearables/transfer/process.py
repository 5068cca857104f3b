"""The other side of wearables.transfer.child: starts it, listens to it, and ends it."""

import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, Final

import orjson

from wearables.transfer import lines
from wearables.transfer.items import Item, Options
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sniffing import Format

# It tells of its progress more often; one that is silent for so long hangs. Below the lease of a
# job, whose worker is silent meanwhile.
SILENCE_S: Final = 100.0
# The longest is that of a workout with a sample for each second of some days.
MAX_LINE_BYTES: Final = 24 * 1024**2
_PIECE_BYTES: Final = 262_144
_ROOT: Final = Path(__file__).resolve().parents[2]
_KILLED: Final = {-signal.SIGXCPU: "took_too_long", -signal.SIGKILL: "too_much_memory"}


@contextmanager
def child_of(file: IO[bytes], kind: Format, options: Options) -> Iterator["Child"]:
    """A child that reads a file of this machine from where it stands, and dies with the block."""
    command = [sys.executable, "-s", "-E", "-m", "wearables.transfer.child"]
    process = subprocess.Popen(
        [*command, kind, orjson.dumps(asdict(options)).decode()],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=_ROOT,
        # Nothing of our environment: it holds secrets.
        env={"LANG": "C.UTF-8", "TZ": "UTC"},
        bufsize=0,
    )
    try:
        yield Child(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


class Child:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.silence_s = SILENCE_S

    def items(self) -> Iterator[Item]:
        """What it tells. While nobody asks for more, it waits. Raises FileRefused."""
        for line in self._lines():
            told = _json(line)
            match told.get("kind"):
                case "end":
                    return
                case "refused":
                    raise FileRefused(str(told.get("code")))
                case _:
                    yield _item(told)
        raise FileRefused(_KILLED.get(self._process.wait(self.silence_s), "unreadable"))

    def _lines(self) -> Iterator[bytes]:
        begun = bytearray()
        for piece in self._pieces():
            begun += piece
            *whole, rest = begun.split(b"\n")
            if len(rest) > MAX_LINE_BYTES:
                raise FileRefused("too_large")
            begun = rest
            yield from map(bytes, whole)

    def _pieces(self) -> Iterator[bytes]:
        out = self._process.stdout
        assert out is not None
        with selectors.DefaultSelector() as selector:
            selector.register(out, selectors.EVENT_READ)
            while True:
                if not selector.select(self.silence_s):
                    raise FileRefused("took_too_long")
                piece = os.read(out.fileno(), _PIECE_BYTES)
                if not piece:
                    return
                yield piece


def _json(line: bytes) -> dict[str, Any]:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict):
        raise FileRefused("unreadable")
    return told


def _item(told: dict[str, Any]) -> Item:
    try:
        return lines.from_line(told)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        raise FileRefused("unreadable") from None
