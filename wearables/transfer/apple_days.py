"""Days of an Apple Health export: sums per source, which nobody has added up over sources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from wearables.readings import DayReading
from wearables.transfer.apple_sources import Sources
from wearables.transfer.refusals import FileRefused
from wearables.transfer.workouts import LEAST_BPM, MOST_BPM, whole, within

_KCAL: Final = {"kcal": 1.0, "Cal": 1.0, "kJ": 1 / 4.184, "cal": 0.001, "J": 1 / 4184}
_KM: Final = {
    "km": 1.0,
    "m": 0.001,
    "mi": 1.609344,
    "ft": 0.0003048,
    "yd": 0.0009144,
    "cm": 0.00001,
}
_COUNT: Final = {"count": 1.0}
_MINUTES: Final = {"min": 1.0, "s": 1 / 60, "sec": 1 / 60, "hr": 60.0}
# What is summed: the type without its prefix, what it is of a day, and the units that it may have.
SUMS: Final[Mapping[str, tuple[str, Mapping[str, float]]]] = {
    "StepCount": ("steps", _COUNT),
    "DistanceWalkingRunning": ("distance", _KM),
    "ActiveEnergyBurned": ("active", _KCAL),
    "BasalEnergyBurned": ("basal", _KCAL),
    "AppleExerciseTime": ("minutes", _MINUTES),
    "FlightsClimbed": ("floors", _COUNT),
}
UNITS: Final[Mapping[str, Mapping[str, float]]] = {"kcal": _KCAL, "km": _KM, "min": _MINUTES}
# A hundred sources over fifty years, and no more of them than fit.
MAX_DAYS: Final = 200_000
# A source's name and a day, which stays a text until the end: millions of records begin with one.
_Key = tuple[str, str]


@dataclass(slots=True)
class AppleDays:
    sources: Sources
    _sums: dict[_Key, dict[str, float]] = field(default_factory=dict)
    # When it was written, and what: it is revised during the day.
    _resting: dict[_Key, tuple[str, float]] = field(default_factory=dict)

    def add(self, source: str, day: str, metric: str, value: float) -> None:
        key = source, day
        sums = self._sums.get(key)
        if sums is None:
            if len(self._sums) >= MAX_DAYS:
                raise FileRefused("too_many")
            sums = self._sums[key] = {}
        sums[metric] = sums.get(metric, 0.0) + value

    def rest(self, source: str, day: str, written: str, bpm: float) -> None:
        key = source, day
        if len(self._resting) >= MAX_DAYS and key not in self._resting:
            raise FileRefused("too_many")
        self._resting[key] = max(self._resting.get(key, ("", 0.0)), (written, bpm))

    def readings(self) -> Iterator[DayReading]:
        """Oldest first."""
        keys = self._sums.keys() | self._resting.keys()
        for name, day in sorted(keys, key=lambda key: (key[1], key[0])):
            read = _date(day)
            if read is not None:
                yield self._reading(name, day, read)

    def _reading(self, name: str, day: str, read: date) -> DayReading:
        sums = self._sums.get((name, day), {})
        active, basal = sums.get("active"), sums.get("basal")
        resting = self._resting.get((name, day))
        distance = sums.get("distance")
        return DayReading(
            date=read,
            source=self.sources.of_day(name),
            steps=whole(sums.get("steps")),
            distance=None if distance is None else round(distance, 4),
            active_calories=whole(active),
            total_calories=None if active is None or basal is None else round(active + basal),
            active_minutes=whole(sums.get("minutes")),
            floors_climbed=whole(sums.get("floors")),
            resting_heart_rate=whole(within(resting[1], LEAST_BPM, MOST_BPM)) if resting else None,
        )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
