"""Files that something happened to, and what a child makes of them."""

import random
import struct
import tempfile

from wearables.transfer.items import Options
from wearables.transfer.process import child_of
from wearables.transfer.refusals import FileRefused

MEGABYTE = 1024**2
# As many as a run of the tests can spare; more of them by their number.
MUTANTS = 400


def outcome(content: bytes, kind: str, **options) -> str:
    """The name of the refusal, or "read", by a child with little of everything."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        with child_of(file, kind, Options(**options)) as child:
            try:
                list(child.items())
            except FileRefused as refused:
                return refused.code
    return "read"


def mutant(content: bytes, random_: random.Random) -> bytes:
    """Some bytes are others, or gone, or there twice."""
    changed = bytearray(content[:-2])
    for _ in range(random_.randint(1, 6)):
        at = random_.randrange(len(changed))
        match random_.randrange(3):
            case 0:
                changed[at] = random_.randrange(256)
            case 1:
                del changed[at : at + random_.randint(1, 4)]
            case _:
                changed[at:at] = changed[at : at + random_.randint(1, 8)]
    return bytes(changed)


def sized(content: bytes) -> bytes:
    """With the size in its header that it has, so that the decoder gets to what is inside."""
    if len(content) < 14 or content[:1] != b"\x0e":
        return content
    return content[:4] + struct.pack("<I", len(content) - 14) + content[8:]
