"""Sleep of an Apple Health export: segments of each source, joined to nights."""

import hashlib
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from wearables.readings import SleepReading, Source, Stage, StageReading
from wearables.transfer.apple_sources import Sources
from wearables.transfer.refusals import FileRefused

STAGES: Final[dict[str, Stage]] = {
    "InBed": "in_bed",
    "Asleep": "asleep",
    "AsleepUnspecified": "asleep",
    "Awake": "awake",
    "AsleepCore": "light",
    "AsleepDeep": "deep",
    "AsleepREM": "rem",
    # As HealthKit numbers them.
    "0": "in_bed",
    "1": "asleep",
    "2": "awake",
    "3": "light",
    "4": "deep",
    "5": "rem",
}
MAX_SEGMENTS: Final = 500_000
MAX_SAMPLES: Final = 1_000_000
_ASLEEP: Final = frozenset({"asleep", "light", "deep", "rem"})
_STAGED: Final = frozenset({"light", "deep", "rem"})
_LONGEST: Final = timedelta(hours=24)
_SDNN_MS: Final = (1, 500)
_BREATHS: Final = (3, 60)

# Start and end in seconds since 1970, seconds east of UTC at the end, and the stage.
_Segment = tuple[int, int, int, Stage]


@dataclass(slots=True)
class _Samples:
    """(instant, value) of one source, in little memory."""

    moments: "array[float]" = field(default_factory=lambda: array("d"))
    values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, moment: float, value: float) -> None:
        if len(self.moments) >= MAX_SAMPLES:
            raise FileRefused("too_many")
        self.moments.append(moment)
        self.values.append(value)

    def sort(self) -> None:
        order = sorted(range(len(self.moments)), key=self.moments.__getitem__)
        self.moments = array("d", (self.moments[n] for n in order))
        self.values = array("d", (self.values[n] for n in order))

    def mean(self, start: float, end: float) -> float | None:
        first, last = bisect_left(self.moments, start), bisect_right(self.moments, end)
        values = self.values[first:last]
        return round(sum(values) / len(values), 1) if values else None


@dataclass(slots=True)
class AppleSleep:
    sources: Sources
    gap_minutes: int
    _segments: dict[str, list[_Segment]] = field(default_factory=dict)
    _count: int = 0
    _sdnn: dict[str, _Samples] = field(default_factory=dict)
    _breaths: dict[str, _Samples] = field(default_factory=dict)

    def add(self, source: str, start: datetime, end: datetime, stage: Stage) -> None:
        if not start < end <= start + _LONGEST:
            return
        self._count += 1
        if self._count > MAX_SEGMENTS:
            raise FileRefused("too_many")
        offset = end.utcoffset() or timedelta()
        segment = (
            round(start.timestamp()),
            round(end.timestamp()),
            round(offset.total_seconds()),
            stage,
        )
        self._segments.setdefault(source, []).append(segment)

    def vary(self, source: str, at: datetime, sdnn_ms: float) -> None:
        if _SDNN_MS[0] <= sdnn_ms <= _SDNN_MS[1]:
            self._sdnn.setdefault(source, _Samples()).add(at.timestamp(), sdnn_ms)

    def breathe(self, source: str, at: datetime, per_minute: float) -> None:
        if _BREATHS[0] <= per_minute <= _BREATHS[1]:
            self._breaths.setdefault(source, _Samples()).add(at.timestamp(), per_minute)

    def readings(self) -> Iterator[SleepReading]:
        for samples in (*self._sdnn.values(), *self._breaths.values()):
            samples.sort()
        for source in sorted(self._segments):
            segments = sorted(self._segments.pop(source))
            for night in sessions(segments, self.gap_minutes * 60):
                yield self._reading(self.sources.of_day(source), night)

    def _reading(self, source: Source, night: Sequence[_Segment]) -> SleepReading:
        start, end = night[0][0], max(one[1] for one in night)
        # The zone is that of waking up.
        offset_s = max(night, key=lambda one: one[1])[2]
        sdnn = self._mean(self._sdnn, source, start, end)
        is_staged = any(stage in _STAGED for *_, stage in night)
        return SleepReading(
            external_id=_external_id(source.name, start),
            source=source,
            date=(_at(end) + timedelta(seconds=offset_s)).date(),
            start=_at(start),
            end=_at(end),
            duration=_minutes(night, _ASLEEP),
            deep_sleep=_minutes(night, {"deep"}, told=is_staged),
            light_sleep=_minutes(night, {"light"}, told=is_staged),
            rem_sleep=_minutes(night, {"rem"}, told=is_staged),
            awake=_minutes(night, {"awake"}, told=is_staged),
            hrv=sdnn,
            hrv_method=None if sdnn is None else "sdnn",
            respiratory_rate=self._mean(self._breaths, source, start, end),
            stages=tuple(
                StageReading(start=_at(begun), end=_at(ended), stage=stage)
                for begun, ended, _, stage in night
            ),
        )

    def _mean(
        self, samples: dict[str, _Samples], source: Source, start: int, end: int
    ) -> float | None:
        own = samples.get(source.name)
        return own.mean(start, end) if own else None


def sessions(segments: Sequence[_Segment], gap_s: int) -> Iterator[list[_Segment]]:
    """Segments, in the order of their starts, in groups without a longer gap between them."""
    group: list[_Segment] = []
    last = 0
    for segment in segments:
        if group and segment[0] - last > gap_s:
            yield group
            group = []
        last = max(last, segment[1]) if group else segment[1]
        group.append(segment)
    if group:
        yield group


def _minutes(
    night: Iterable[_Segment], stages: "set[Stage] | frozenset[str]", *, told: bool = False
) -> int | None:
    """How long it was in any of these, where segments overlap once; None where it never was and
    the source would not have told.
    """
    total = 0
    covered = 0
    has_any = False
    for start, end, _, stage in night:
        if stage not in stages:
            continue
        has_any = True
        total += max(0, end - max(start, covered))
        covered = max(covered, end)
    return round(total / 60) if has_any or told else None


def _external_id(source: str, start: int) -> str:
    return hashlib.sha256(f"sleep {source} {start}".encode()).hexdigest()


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
