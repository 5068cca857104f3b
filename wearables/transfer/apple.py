"""export.xml of Apple Health: gigabytes in one pass, in little memory.

Its offsets are those of the phone when it was exported; the local day is that of the record's own.
A record has no identifier. Those inside of correlations stand at the top once more.
"""

import re
from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from wearables.readings import HeartRateReading, Reading, Source
from wearables.transfer.apple_days import SUMS, AppleDays
from wearables.transfer.apple_sleep import STAGES, AppleSleep
from wearables.transfer.apple_sources import Sources
from wearables.transfer.apple_workouts import AppleWorkout
from wearables.transfer.items import Item, Options, Progress
from wearables.transfer.refusals import FileRefused
from wearables.transfer.streams import Bounded, Rewound, Stream, head_of
from wearables.transfer.workouts import LEAST_BPM, MOST_BPM, number
from wearables.transfer.xml import parse

SAMPLES_A_READING: Final = 5_000
PROGRESS_BYTES: Final = 8 * 1024**2
# Its own DTD, some hundred lines long, which some versions of iOS have written wrongly.
_DTD_BYTES: Final = 262_144
_DTD: Final = re.compile(
    rb"<!DOCTYPE\s+HealthData\s*\[.*?\]\s*>(?=\s*<HealthData\b)", re.DOTALL | re.ASCII
)
_QUANTITY: Final = "HKQuantityTypeIdentifier"
_SLEEP: Final = "HKCategoryTypeIdentifierSleepAnalysis"
_SLEEP_VALUE: Final = "HKCategoryValueSleepAnalysis"
_DATE: Final = 10
_RECORD_DEPTH: Final = 2
_PER_MINUTE: Final = {"count/min": 1.0, "count/s": 60.0}


def read(stream: Stream, *, options: Options, total: int) -> Iterator[Item]:
    """All of an export. Heart rates and workouts come as they are read, days and sleeps last.

    Raises FileRefused, also in the middle.
    """
    export = _Export(options)
    bounded = Bounded(stream, options.max_unpacked_bytes, "too_large")
    told = 0
    for size in parse(without_dtd(bounded), export, with_text=False):
        yield from export.take()
        if size - told >= PROGRESS_BYTES:
            told = size
            yield Progress(read=size, total=max(size, total))
    yield from export.rest()


def without_dtd(stream: Stream) -> Stream:
    """The document without the DTD of Apple, which may be malformed and declares nothing of use.

    Without any, an entity is unknown and refused. A DTD that declares some is left to the parser,
    which refuses it by name.
    """
    head = head_of(stream, _DTD_BYTES)
    found = _DTD.search(head)
    if found and b"<!ENTITY" not in found[0] and b"%" not in found[0]:
        head = head[: found.start()] + head[found.end() :]
    return Rewound(head, stream)


@dataclass(slots=True)
class _Rates:
    """Samples of one source that wait to be a reading."""

    moments: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[int]" = field(default_factory=lambda: array("h"))

    def reading(self, source: Source) -> HeartRateReading:
        samples = tuple(
            (datetime.fromtimestamp(moment, UTC), bpm)
            for moment, bpm in zip(self.moments, self.values, strict=True)
        )
        return HeartRateReading(source=source, samples=samples)


class _Export:
    """The handler of the document."""

    def __init__(self, options: Options) -> None:
        self._sources = Sources()
        self._days = AppleDays(self._sources)
        self._sleep = AppleSleep(self._sources, options.sleep_gap_minutes)
        self._rates: dict[Source, _Rates] = {}
        self._ready: list[Reading] = []
        self._workout: AppleWorkout | None = None
        self._depth = 0
        self._is_known = False
        special: dict[str, Callable[[Mapping[str, str]], None]] = {
            f"{_QUANTITY}HeartRate": self._take_rate,
            f"{_QUANTITY}RestingHeartRate": self._take_resting,
            f"{_QUANTITY}HeartRateVariabilitySDNN": self._take_variability,
            f"{_QUANTITY}RespiratoryRate": self._take_breaths,
            _SLEEP: self._take_sleep,
        }
        self._readers = special | {f"{_QUANTITY}{name}": self._take_sum for name in SUMS}

    # --- What the document tells ---

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth == _RECORD_DEPTH:
            if name == "Record":
                reader = self._readers.get(attributes.get("type", ""))
                if reader is not None:
                    reader(attributes)
            elif name == "Workout":
                self._workout = AppleWorkout(self._source(attributes), attributes)
        elif self._workout is not None:
            self._workout.add(name, attributes)
        elif self._depth == 1 and name != "HealthData":
            raise FileRefused("wrong_document")

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == "Workout" and self._workout is not None and self._depth == 1:
            attributes = self._workout.attributes
            start, end = _instant(attributes, "startDate"), _instant(attributes, "endDate")
            reading = self._workout.reading(start, end) if start and end else None
            if reading is not None:
                self._ready.append(reading)
                self._is_known = True
            self._workout = None

    def text(self, piece: str) -> None:
        """It has none."""

    # --- What has been read ---

    def take(self) -> Iterator[Reading]:
        """What is ready since the last time."""
        ready, self._ready = self._ready, []
        yield from ready

    def rest(self) -> Iterator[Reading]:
        yield from self.take()
        for source, rates in self._rates.items():
            if rates.moments:
                yield rates.reading(source)
        for day in self._days.readings():
            self._is_known = True
            yield day
        for night in self._sleep.readings():
            self._is_known = True
            yield night
        if not self._is_known:
            raise FileRefused("nothing_to_import")

    # --- Records ---

    def _source(self, record: Mapping[str, str]) -> Source:
        return self._sources.of(record.get("sourceName", ""), record.get("device", ""))

    def _take_sum(self, record: Mapping[str, str]) -> None:
        metric, units = SUMS[record["type"].removeprefix(_QUANTITY)]
        value, factor = number(record.get("value")), units.get(record.get("unit", ""))
        if value is None or factor is None or value < 0:
            return
        day = record.get("startDate", "")[:_DATE]
        self._days.add(self._source(record).name, day, metric, value * factor)

    def _take_rate(self, record: Mapping[str, str]) -> None:
        bpm, at = _per_minute(record), _instant(record, "startDate")
        if bpm is None or at is None or not LEAST_BPM <= bpm <= MOST_BPM:
            return
        source = self._source(record)
        rates = self._rates.setdefault(source, _Rates())
        rates.moments.append(at.timestamp())
        rates.values.append(round(bpm))
        self._is_known = True
        if len(rates.moments) >= SAMPLES_A_READING:
            self._ready.append(self._rates.pop(source).reading(source))

    def _take_resting(self, record: Mapping[str, str]) -> None:
        bpm = _per_minute(record)
        if bpm is not None:
            start = record.get("startDate", "")
            written = record.get("creationDate") or record.get("endDate", "")
            self._days.rest(self._source(record).name, start[:_DATE], written[:40], bpm)

    def _take_variability(self, record: Mapping[str, str]) -> None:
        sdnn, at = number(record.get("value")), _instant(record, "startDate")
        if sdnn is not None and at is not None and record.get("unit") == "ms":
            self._sleep.vary(self._source(record).name, at, sdnn)

    def _take_breaths(self, record: Mapping[str, str]) -> None:
        breaths, at = _per_minute(record), _instant(record, "startDate")
        if breaths is not None and at is not None:
            self._sleep.breathe(self._source(record).name, at, breaths)

    def _take_sleep(self, record: Mapping[str, str]) -> None:
        stage = STAGES.get(record.get("value", "").removeprefix(_SLEEP_VALUE))
        start, end = _instant(record, "startDate"), _instant(record, "endDate")
        if stage is not None and start is not None and end is not None:
            self._sleep.add(self._source(record).name, start, end, stage)


def _per_minute(record: Mapping[str, str]) -> float | None:
    value, factor = number(record.get("value")), _PER_MINUTE.get(record.get("unit", ""))
    return None if value is None or factor is None else value * factor


_EARLIEST: Final = datetime(1990, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_ZONELESS: Final = 19


def _instant(record: Mapping[str, str], name: str) -> datetime | None:
    """Of a text such as "2026-03-02 18:00:00 +0100"; it keeps its offset."""
    text = record.get(name, "")
    try:
        at = datetime.fromisoformat(text[:_ZONELESS] + text[_ZONELESS + 1 :])
    except ValueError:
        return None
    if at.tzinfo is None or not _EARLIEST <= at <= _LATEST:
        return None
    return at
