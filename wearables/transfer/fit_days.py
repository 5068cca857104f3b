"""Days and heart rates of monitoring in FIT files.

A watch counts from the person's midnight on, for each kind of movement by itself, and writes what
it has reached: the most of a day is the day. Minutes of intensity are what came since the message
before, so that they are added up, each instant once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from fitdecode import FitDataMessage

from wearables.readings import DayReading, HeartRateReading, Reading, Source
from wearables.transfer.fit_values import at_of, integer, number, numbers, raw, seconds
from wearables.transfer.refusals import FileRefused
from wearables.transfer.workouts import LEAST_BPM, MOST_BPM, clean_samples, within

# activity_type of monitoring, and its raw counts of cycles: halves of strides, which are steps.
_WALKING: Final = 6
_RUNNING: Final = 1
_ON_FOOT: Final = frozenset({_WALKING, _RUNNING})
_CYCLES: Final = 3
_CYCLES_16: Final = 9
_ACTIVITY_TYPE: Final = 5
_QUARTER_S: Final = 900
_TIMESTAMP_16: Final = 0xFFFF
_MAX_MESSAGES: Final = 1_000_000

Moment = int


@dataclass(slots=True)
class Moments:
    """What one file has said, message by message: (instant, kind of movement, value)."""

    steps: list[tuple[Moment, int, float]] = field(default_factory=list)
    meters: list[tuple[Moment, int, float]] = field(default_factory=list)
    calories: list[tuple[Moment, int, float]] = field(default_factory=list)
    minutes: list[tuple[Moment, float]] = field(default_factory=list)
    rates: list[tuple[Moment, int]] = field(default_factory=list)
    resting: list[tuple[Moment, int]] = field(default_factory=list)


@dataclass(slots=True)
class FileDays:
    """The monitoring of one file; its clock is the device's."""

    said: Moments = field(default_factory=Moments)
    # What the device takes a stride for, by kind of movement.
    meters_a_cycle: dict[int, float] = field(default_factory=dict)
    offset_s: int | None = None
    told: int = 0
    _last: int | None = None

    def read_info(self, message: FitDataMessage) -> None:
        at, local = seconds(message, "timestamp"), integer(message, "local_timestamp")
        self._last = at
        if at is not None and local is not None:
            self.offset_s = round((local - at) / _QUARTER_S) * _QUARTER_S
        kinds, meters = numbers(message, "activity_type"), numbers(message, "cycles_to_distance")
        if len(kinds) == len(meters):
            self.meters_a_cycle = {
                int(kind): value for kind, value in zip(kinds, meters, strict=True)
            }

    def read_resting(self, message: FitDataMessage) -> None:
        at, bpm = seconds(message, "timestamp"), integer(message, "current_day_resting_heart_rate")
        if at is not None and bpm is not None and LEAST_BPM <= bpm <= MOST_BPM:
            self._count()
            self.said.resting.append((at, bpm))

    def read_monitoring(self, message: FitDataMessage) -> None:
        at = self._instant(message)
        if at is None:
            return
        self._count()
        kind = raw(message, _ACTIVITY_TYPE)
        if kind is not None:
            self._read_counts(message, at, kind)
        bpm = integer(message, "heart_rate")
        if bpm is not None and LEAST_BPM <= bpm <= MOST_BPM:
            self.said.rates.append((at, bpm))
        moderate = number(message, "moderate_activity_minutes")
        vigorous = number(message, "vigorous_activity_minutes")
        if moderate is not None or vigorous is not None:
            self.said.minutes.append((at, (moderate or 0) + (vigorous or 0)))

    def _read_counts(self, message: FitDataMessage, at: Moment, kind: int) -> None:
        cycles = raw(message, _CYCLES)
        if cycles is None:
            cycles = raw(message, _CYCLES_16)
        if cycles is not None and kind in _ON_FOOT:
            self.said.steps.append((at, kind, cycles))
        meters = number(message, "distance")
        if meters is not None and kind in _ON_FOOT:
            self.said.meters.append((at, kind, meters))
        calories = number(message, "active_calories")
        if calories is not None:
            self.said.calories.append((at, kind, calories))

    def _instant(self, message: FitDataMessage) -> Moment | None:
        """Messages have a whole timestamp, or the lower half of one that goes on from the last."""
        at = seconds(message, "timestamp")
        half = integer(message, "timestamp_16")
        if at is None and half is not None and self._last is not None:
            at = self._last + ((half - self._last) & _TIMESTAMP_16)
        if at is not None:
            self._last = at
        return at

    def _count(self) -> None:
        self.told += 1
        if self.told > _MAX_MESSAGES:
            raise FileRefused("too_many")


_Key = tuple[Source, date]


@dataclass(slots=True)
class Days:
    """The days of one file or several. ``zone`` is the person's, of files that tell none."""

    zone: ZoneInfo
    _steps: dict[_Key, dict[int, float]] = field(default_factory=dict)
    _meters: dict[_Key, dict[int, float]] = field(default_factory=dict)
    _guessed: dict[_Key, dict[int, float]] = field(default_factory=dict)
    _calories: dict[_Key, dict[int, float]] = field(default_factory=dict)
    _minutes: dict[_Key, dict[Moment, float]] = field(default_factory=dict)
    _resting: dict[_Key, tuple[Moment, int]] = field(default_factory=dict)
    _rates: dict[Source, list[tuple[datetime, int]]] = field(default_factory=dict)

    def add(self, file: FileDays, source: Source) -> None:
        def day_of(at: Moment) -> date:
            if file.offset_s is not None:
                return (at_of(at) + timedelta(seconds=file.offset_s)).date()
            return at_of(at).astimezone(self.zone).date()

        said, per_cycle = file.said, file.meters_a_cycle
        guessed = [
            (at, kind, steps / 2 * per_cycle[kind])
            for at, kind, steps in said.steps
            if kind in per_cycle
        ]
        _keep_most(self._steps, source, said.steps, day_of)
        _keep_most(self._meters, source, said.meters, day_of)
        _keep_most(self._guessed, source, guessed, day_of)
        _keep_most(self._calories, source, said.calories, day_of)
        for at, minutes in said.minutes:
            self._minutes.setdefault((source, day_of(at - 1)), {})[at] = minutes
        for at, bpm in said.resting:
            key = source, day_of(at)
            self._resting[key] = max(self._resting.get(key, (0, 0)), (at, bpm))
        if said.rates:
            rates = self._rates.setdefault(source, [])
            rates += [(at_of(at), bpm) for at, bpm in said.rates]

    def readings(self) -> Iterator[Reading]:
        told: tuple[dict[_Key, object], ...] = (
            {**self._steps},
            {**self._meters},
            {**self._calories},
            {**self._minutes},
            {**self._resting},
        )
        keys = {key for part in told for key in part}
        for key in sorted(keys, key=lambda one: (one[1], one[0].name)):
            yield self._day(key)
        for source, samples in self._rates.items():
            yield HeartRateReading(source=source, samples=clean_samples(samples))

    def _day(self, key: _Key) -> DayReading:
        source, day = key
        meters = _sum(self._meters.get(key))
        guessed = _sum(self._guessed.get(key)) if meters is None else None
        distance = meters if guessed is None else guessed
        resting = self._resting.get(key)
        return DayReading(
            date=day,
            source=source,
            steps=_whole(_sum(self._steps.get(key))),
            distance=None if distance is None else round(distance / 1000, 3),
            active_calories=_whole(_sum(self._calories.get(key))),
            active_minutes=_whole(_sum(self._minutes.get(key))),
            resting_heart_rate=resting[1] if resting else None,
            estimated=() if guessed is None else ("distance",),
        )


def _keep_most(
    kept: dict[_Key, dict[int, float]],
    source: Source,
    said: list[tuple[Moment, int, float]],
    day_of: "Callable[[Moment], date]",
) -> None:
    for at, kind, value in said:
        # What is counted at midnight is the day that ends there.
        by_kind = kept.setdefault((source, day_of(at - 1)), {})
        by_kind[kind] = max(value, by_kind.get(kind, 0))


def _sum(values: dict[int, float] | None) -> float | None:
    return None if values is None else sum(values.values())


def _whole(value: float | None) -> int | None:
    good = within(value, 0, 200_000)
    return None if good is None else round(good)
