"""Readings between processes: a line of JSON for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import orjson

from wearables.readings import (
    DayReading,
    HeartRateReading,
    SetReading,
    SleepReading,
    Source,
    Stage,
    StageReading,
    WorkoutReading,
)
from wearables.transfer.items import Found, Item, Problem, Progress

END: Final = orjson.dumps({"kind": "end"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_SAMPLES: Final = frozenset({"samples", "heart_rate"})
_INSTANTS: Final = frozenset({"start", "end", "started_at", "finished_at"})
_KINDS: Final[Mapping[str, type]] = {
    "day": DayReading,
    "sleep": SleepReading,
    "heart_rate": HeartRateReading,
    "workout": WorkoutReading,
    "found": Found,
    "progress": Progress,
    "problem": Problem,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def to_line(item: Item) -> bytes:
    """Instants to the millisecond. Without its end of line."""
    told = {one.name: _plain(one.name, getattr(item, one.name)) for one in fields(item)}
    return orjson.dumps({"kind": _NAMES[type(item)], **told})


def _plain(name: str, value: Any) -> Any:
    if name in _SAMPLES:
        return [(_milliseconds(at), bpm) for at, bpm in value]
    if name in _INSTANTS:
        return _milliseconds(value)
    if name == "stages":
        return [(_milliseconds(one.start), _milliseconds(one.end), one.stage) for one in value]
    # Sources and sets: orjson knows dataclasses, and dates.
    return value


def _milliseconds(at: datetime) -> int:
    return round((at - _EPOCH) / _MILLISECOND)


def from_line(told: Mapping[str, Any]) -> Item:
    """Of a line that was read as JSON. Raises KeyError, TypeError or ValueError."""
    values = {name: _read(name, value) for name, value in told.items() if name != "kind"}
    item: Item = _KINDS[told["kind"]](**values)
    return item


def _read(name: str, value: Any) -> Any:
    reader = _READERS.get(name)
    return value if reader is None else reader(value)


def _samples(value: Sequence[tuple[int, int]]) -> tuple[tuple[datetime, int], ...]:
    return tuple((_instant(at), bpm) for at, bpm in value)


def _instant(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)


def _stages(value: Sequence[tuple[int, int, Stage]]) -> tuple[StageReading, ...]:
    return tuple(
        StageReading(start=_instant(start), end=_instant(end), stage=stage)
        for start, end, stage in value
    )


_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(_SAMPLES, _samples),
    **dict.fromkeys(_INSTANTS, _instant),
    "stages": _stages,
    "source": lambda value: Source(**value),
    "sets": lambda value: tuple(SetReading(**one) for one in value),
    "date": date.fromisoformat,
    "estimated": tuple,
}
