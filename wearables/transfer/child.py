"""Reads one file in a process of its own, which may not do anything else.

``python -m wearables.transfer.child FORMAT OPTIONS < file``: lines of JSON on the standard
output, the last of which is the end or a refusal. Whatever is in the file, it can use only so much
memory and time, write nowhere, and reach nobody.
"""

import resource
import sys
from typing import Any, Final, cast

import orjson

from wearables.transfer import lines
from wearables.transfer.items import Options, Progress
from wearables.transfer.reading import read
from wearables.transfer.refusals import FileRefused
from wearables.transfer.sniffing import Format

# What no reader of files needs, by the names of Python's audit events.
_CLOSED: Final = ("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")
_GRACE_S: Final = 5
_MAX_OPEN_FILES: Final = 64


def main(arguments: list[str]) -> int:
    form, options = cast("Format", arguments[0]), Options(**orjson.loads(arguments[1]))
    _shut(options)
    out = sys.stdout.buffer
    try:
        for item in read(sys.stdin.buffer, format=form, options=options):
            out.write(lines.to_line(item) + b"\n")
            if isinstance(item, Progress):
                out.flush()
    except FileRefused as refusal:
        _refuse(refusal.code)
    except MemoryError:
        _refuse("too_much_memory")
    except Exception:  # noqa: BLE001 - whatever a file brings about is an answer, and no crash
        _refuse("unreadable")
    else:
        out.write(lines.END + b"\n")
    out.flush()
    return 0


def _refuse(code: str) -> None:
    sys.stdout.buffer.write(orjson.dumps({"kind": "refused", "code": code}) + b"\n")


def _shut(options: Options) -> None:
    limits = (
        (resource.RLIMIT_AS, options.memory_bytes, options.memory_bytes),
        (resource.RLIMIT_CPU, options.cpu_s, options.cpu_s + _GRACE_S),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES, _MAX_OPEN_FILES),
    )
    for limit, soft, hard in limits:
        resource.setrlimit(limit, (soft, hard))
    sys.addaudithook(_refuse_event)


def _refuse_event(event: str, _arguments: tuple[Any, ...]) -> None:
    if event.startswith(_CLOSED):
        raise PermissionError(event)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
