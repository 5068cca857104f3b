"""Days of files that tell of parts of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from wearables.models import DailyActivitySource, WearableDevice
from wearables.readings import DayReading, Reading

# What a watch counts from midnight on.
_COUNTED: Final = ("steps", "distance", "active_calories", "active_minutes")


def not_less_than_stored(device: WearableDevice, readings: Sequence[Reading]) -> list[Reading]:
    """The same, where a file of the morning that comes after one of the evening takes nothing.

    A watch writes a file at each of its syncs, and in each how far the day was by then.
    """
    dates = {one.date for one in readings if isinstance(one, DayReading)}
    if not dates:
        return list(readings)
    rows = DailyActivitySource.objects.filter(
        user=device.user_id, device=device, date__in=dates
    ).values("date", "source_name", *_COUNTED)
    known = {(row["date"], row["source_name"]): row for row in rows}
    return [_grown(one, known) if isinstance(one, DayReading) else one for one in readings]


def _grown(reading: DayReading, known: dict[tuple[Any, str], dict[str, Any]]) -> DayReading:
    row = known.get((reading.date, reading.source.name))
    if row is None:
        return reading
    return replace(
        reading,
        **{
            name: max(value, row[name])
            for name in _COUNTED
            if (value := getattr(reading, name)) is not None and row[name] is not None
        },
    )
