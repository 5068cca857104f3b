"""What a reading of a workout says, as far as it can be stored."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError

from users.localtime import validate_time_zone
from wearables.formulas.sports import SPORTS
from wearables.models import RecordedWorkout
from wearables.readings import SetReading, WorkoutReading
from workouts.models.workout import MAX_SETS
from workouts.timing import MAX_LENGTH

_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_AHEAD: Final = timedelta(hours=24)
_MAX_ID: Final = 200
_TEXTS: Final = {"name": 100, "source_name": 200, "source_app": 200}
# As the workouts and sets of the diary hold them.
_RANGES: Final = {
    "duration_s": (0, 172_800),
    "distance": (0, 2000),
    "calories": (0, 20_000),
    "average_heart_rate": (20, 260),
    "max_heart_rate": (20, 260),
    "elevation_gain_m": (0, 100_000),
}
_SET_RANGES: Final = {"reps": (0, 10_000), "weight": (0, 2000), "duration": (0, 172_800)}

Values = dict[str, Any]


class RejectedReading(Exception):
    """The reading cannot be stored; its text says why, for the person."""


def values_of(reading: WorkoutReading, *, now: datetime) -> tuple[Values, list[str]]:
    """The values of a reading, without those that it does not know, and what was left out.

    Raises RejectedReading for one without an id of its own, or with times that cannot be.
    """
    _refuse_times(reading, now)
    if not 0 < len(reading.external_id) <= _MAX_ID or "\x00" in reading.external_id:
        raise RejectedReading(f"{_of(reading)}: it has no usable id.")
    values: Values = {
        "external_id": reading.external_id,
        "source_kind": reading.source.kind,
        "source_name": reading.source.name,
        "source_app": reading.source.app,
        "name": reading.name.strip(),
        "sport": reading.sport if reading.sport in SPORTS else "other",
        "started_at": reading.started_at,
        "finished_at": reading.finished_at,
        "timezone": _known_zone(reading.timezone),
        "sets": _sets(reading.sets),
    }
    for name, longest in _TEXTS.items():
        values[name] = values[name].replace("\x00", "")[:longest]
    left_out = []
    for name, value in _measured(reading).items():
        least, most = _RANGES[name]
        if value is not None and least <= value <= most:
            values[name] = value
        elif value is not None:
            left_out.append(f"{_of(reading)}: {name.removesuffix('_s')} is out of range.")
    return {name: value for name, value in values.items() if value not in ("", [])}, left_out


def apply_values(row: RecordedWorkout, values: Values) -> bool:
    """Whether the row says something else than before."""
    changed = False
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _refuse_times(reading: WorkoutReading, now: datetime) -> None:
    if not _EARLIEST <= reading.started_at <= now + _AHEAD:
        raise RejectedReading(f"{_of(reading)}: nobody can have recorded it then.")
    if not timedelta(0) <= reading.finished_at - reading.started_at <= MAX_LENGTH:
        raise RejectedReading(f"{_of(reading)}: it does not end within 48 hours of its start.")


def _of(reading: WorkoutReading) -> str:
    return f"workout {reading.started_at:%Y-%m-%d %H:%M}"


def _known_zone(name: str) -> str:
    try:
        validate_time_zone(name)
    except ValidationError:
        return ""
    return name


def _measured(reading: WorkoutReading) -> dict[str, float | None]:
    """Numbers of the session; where only samples of its heart rate came, what they amount to."""
    average, highest = reading.average_heart_rate, reading.max_heart_rate
    if reading.heart_rate:
        rates = [rate for _, rate in reading.heart_rate]
        average = round(sum(rates) / len(rates)) if average is None else average
        highest = max(rates) if highest is None else highest
    return {
        "duration_s": reading.duration_s,
        "distance": reading.distance,
        "calories": reading.calories,
        "average_heart_rate": average,
        "max_heart_rate": highest,
        "elevation_gain_m": reading.elevation_gain_m,
    }


def _sets(sets: Sequence[SetReading]) -> list[Values]:
    return [
        {"exercise": done.exercise.replace("\x00", "")[:100], **_set_values(done)}
        for done in sets[:MAX_SETS]
    ]


def _set_values(done: SetReading) -> Values:
    values: Values = {}
    for name, (least, most) in _SET_RANGES.items():
        value = getattr(done, name)
        values[name] = value if value is not None and least <= value <= most else None
    return values
