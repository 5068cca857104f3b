"""What a child tells of a file, in pieces that fit a transaction and a little memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Final

from wearables.readings import HeartRateReading, Reading, SleepReading, WorkoutReading
from wearables.transfer.items import Found, Item, Problem, Progress
from wearables.transfer.sniffing import Format

# Rows, more or less.
PROGRESS_S: Final = 2.0
BATCH_ROWS: Final = 25_000
_ROWS_OF_A_WORKOUT: Final = 200
_ROWS_OF_A_NIGHT: Final = 20
_ROWS_OF_A_DAY: Final = 10


@dataclass(slots=True)
class Batch:
    """Readings, and how far the file is read with them."""

    readings: list[Reading] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    format: Format | None = None
    read: int = 0
    total: int = 0
    rows: int = 0

    @property
    def workouts(self) -> set[str]:
        return {one.external_id for one in self.readings if isinstance(one, WorkoutReading)}

    def span(self) -> tuple[datetime, datetime] | None:
        """Of its heart rates."""
        sampled = [samples for one in self.readings if (samples := _samples_of(one))]
        if not sampled:
            return None
        firsts = (min(samples)[0] for samples in sampled)
        lasts = (max(samples)[0] for samples in sampled)
        return min(firsts), max(lasts)

    def take(self, item: Item) -> None:
        match item:
            case Found():
                self.format = item.format
            case Progress():
                self.read, self.total = item.read, item.total
            case Problem():
                self.problems.append(item)
            case _:
                self.readings.append(item)
                self.rows += _rows_of(item)


def batches(items: Iterable[Item]) -> Iterator[Batch]:
    """What the file is comes before any reading, and the last batch may be empty.

    One of nothing but progress says that the child lives.
    """
    batch, told_at = Batch(), monotonic()
    for item in items:
        batch.take(item)
        # An archive may have thousands of files with nothing in them.
        is_time = not batch.readings and monotonic() - told_at >= PROGRESS_S
        if isinstance(item, Found) or is_time or batch.rows >= BATCH_ROWS:
            yield batch
            batch, told_at = Batch(read=batch.read, total=batch.total), monotonic()
    yield batch


def _rows_of(reading: Reading) -> int:
    match reading:
        case HeartRateReading():
            return len(reading.samples)
        case WorkoutReading():
            return len(reading.heart_rate) + _ROWS_OF_A_WORKOUT
        case SleepReading():
            return _ROWS_OF_A_NIGHT
        case _:
            return _ROWS_OF_A_DAY


def _samples_of(reading: Reading) -> "Sequence[tuple[datetime, int]] | None":
    match reading:
        case HeartRateReading():
            return reading.samples
        case WorkoutReading():
            return reading.heart_rate
        case _:
            return None
