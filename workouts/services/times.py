"""When a workout was, from what a client says of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from users.selectors import time_zone_of
from workouts.models import Workout
from workouts.timing import Timing, timing_of_instants, timing_of_readings

Content = Mapping[str, Any]

INSTANTS = ("started_at", "finished_at")


def given_timing(user_id: UUID, content: Content) -> Timing:
    """Instants go before the readings of a clock, a zone before that of the profile."""
    zone = content.get("timezone") or time_zone_of(user_id)
    duration = content.get("duration", 0)
    if content.get("started_at") is not None:
        return timing_of_instants(
            timezone=zone,
            started_at=content["started_at"],
            finished_at=content.get("finished_at"),
            duration=duration,
        )
    return timing_of_readings(
        timezone=zone,
        day=content["date"],
        start_time=content["start_time"],
        end_time=content.get("end_time"),
        duration=duration,
    )


def merged_timing(workout: Workout, content: Content) -> Timing:
    """That of what was stored, with the given fields over it.

    Instants stay unless a time is given. A new beginning without a new end keeps the length.
    """
    return given_timing(workout.user_id, _merged(workout, content))


def _merged(workout: Workout, content: Content) -> dict[str, Any]:
    readings = ("date", "start_time", "end_time")
    names = ("timezone", "duration", *INSTANTS)
    if not any(name in content for name in readings):
        stored = {name: getattr(workout, name) for name in names}
        return {**stored, **{name: content[name] for name in names if name in content}}
    stored = {name: getattr(workout, name) for name in ("timezone", "duration", *readings)}
    merged = {**stored, **{name: content[name] for name in stored if name in content}}
    if "end_time" in content or workout.finished_at is None:
        return merged
    begun = timing_of_readings(
        timezone=merged["timezone"],
        day=merged["date"],
        start_time=merged["start_time"],
        end_time=None,
        duration=0,
    )
    length = workout.finished_at - workout.started_at
    return {
        "timezone": merged["timezone"],
        "started_at": begun.started_at,
        "finished_at": begun.started_at + length,
    }
