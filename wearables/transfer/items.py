"""What reading a file tells, piece by piece."""

from dataclasses import dataclass
from typing import Final

from wearables.readings import Reading
from wearables.transfer.sniffing import Format

SLEEP_GAP_MINUTES: Final = 60
# Of a problem: a name that a stranger gave.
MAX_NAME: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the file turned out to be."""

    format: Format


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far it is read: bytes, once unpacked."""

    read: int
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A part that cannot be taken, while the rest can; ``code`` is one of refusals.SENTENCES."""

    name: str
    code: str


Item = Reading | Found | Progress | Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to read. The limits are of the whole file, however it is packed."""

    timezone: str = "UTC"
    # Segments of sleep that are nearer to each other are one sleep.
    sleep_gap_minutes: int = SLEEP_GAP_MINUTES
    size_bytes: int = 0
    max_unpacked_bytes: int = 10 * 1024**3
    memory_bytes: int = 256 * 1024**2
    cpu_s: int = 1800
