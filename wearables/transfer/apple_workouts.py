"""Workouts of an Apple Health export: in attributes of older ones, in children of newer ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from wearables.readings import Source, WorkoutReading
from wearables.transfer.apple_days import UNITS
from wearables.transfer.sport_words import sport_of_apple
from wearables.transfer.workouts import Recorded, number, workout

_QUANTITY: Final = "HKQuantityTypeIdentifier"
_METERS: Final = {"cm": 0.01, "m": 1.0, "km": 1000.0, "ft": 0.3048}


@dataclass(slots=True)
class AppleWorkout:
    """One that has begun; its children follow."""

    source: Source
    attributes: Mapping[str, str]
    statistics: list[Mapping[str, str]] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "WorkoutStatistics" and len(self.statistics) < _MOST_PARTS:
            self.statistics.append(attributes)
        elif name == "MetadataEntry" and len(self.metadata) < _MOST_PARTS:
            self.metadata[attributes.get("key", "")] = attributes.get("value", "")

    def reading(self, started_at: datetime, finished_at: datetime) -> WorkoutReading | None:
        told = self.attributes
        kilometers = _in(told.get("totalDistance"), told.get("totalDistanceUnit"), "km")
        calories = _in(told.get("totalEnergyBurned"), told.get("totalEnergyBurnedUnit"), "kcal")
        minutes = _in(told.get("duration"), told.get("durationUnit", "min"), "min")
        if kilometers is None:
            kilometers = self._kilometers()
        if calories is None:
            calories = self._sum("ActiveEnergyBurned", "kcal")
        return workout(
            Recorded(
                source=self.source,
                told_by=self.source.name,
                sport=sport_of_apple(
                    told.get("workoutActivityType", ""),
                    is_indoors=self.metadata.get("HKIndoorWorkout") == "1",
                ),
                started_at=started_at,
                finished_at=finished_at,
                duration_s=None if minutes is None else minutes * 60,
                distance_m=None if kilometers is None else kilometers * 1000,
                calories=calories,
                average_heart_rate=self._heart_rate("average"),
                max_heart_rate=self._heart_rate("maximum"),
                elevation_gain_m=_meters(self.metadata.get("HKElevationAscended", "")),
                timezone=_zone(self.metadata.get("HKTimeZone", "")),
            )
        )

    def _kilometers(self) -> float | None:
        """Of the one kind of distance that its sport has: walking, cycling, swimming ..."""
        for one in self.statistics:
            if one.get("type", "").startswith(f"{_QUANTITY}Distance"):
                return _in(one.get("sum"), one.get("unit"), "km")
        return None

    def _sum(self, kind: str, unit: str) -> float | None:
        for one in self.statistics:
            if one.get("type") == _QUANTITY + kind:
                return _in(one.get("sum"), one.get("unit"), unit)
        return None

    def _heart_rate(self, which: str) -> float | None:
        for one in self.statistics:
            if one.get("type") == f"{_QUANTITY}HeartRate" and one.get("unit") == "count/min":
                return number(one.get(which))
        return None


_MOST_PARTS: Final = 100


def _in(value: str | None, unit: str | None, wanted: str) -> float | None:
    """The number in the unit that is wanted; None of one whose unit nobody knows."""
    read, factor = number(value), UNITS[wanted].get(unit or "")
    return None if read is None or factor is None else read * factor


def _meters(text: str) -> float | None:
    """Of a text such as "1234 cm"."""
    value, _, unit = text.partition(" ")
    read, factor = number(value), _METERS.get(unit.strip())
    return None if read is None or factor is None else read * factor


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key if name else ""
    except (ValueError, OSError, KeyError):
        return ""
