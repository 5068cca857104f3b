"""When a workout was: the readings of the person's clock, and the instants behind them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError

from users.localtime import instant_of, reading_of

MAX_LENGTH = timedelta(hours=48)


@dataclass(frozen=True)
class Timing:
    """Local readings, instants, and the length in minutes; consistent with each other."""

    timezone: str
    date: date
    start_time: time
    started_at: datetime
    end_time: time | None
    finished_at: datetime | None
    duration: int


def timing_of_readings(
    *, timezone: str, day: date, start_time: time, end_time: time | None, duration: int
) -> Timing:
    """From what a clock showed, to the second. An end before the start is on the next day."""
    start_time = start_time.replace(microsecond=0)
    end_time = None if end_time is None else end_time.replace(microsecond=0)
    started_at = instant_of(day, start_time, timezone)
    finished_at = None
    if end_time is not None:
        finished_at = instant_of(day, end_time, timezone)
        if finished_at < started_at:
            finished_at = instant_of(day + timedelta(days=1), end_time, timezone)
    return _timing(
        timezone=timezone,
        day=day,
        start_time=start_time,
        end_time=end_time,
        started_at=started_at,
        finished_at=finished_at,
        duration=duration,
    )


def timing_of_instants(
    *, timezone: str, started_at: datetime, finished_at: datetime | None, duration: int
) -> Timing:
    """From instants, to the second: the readings are those of a clock in this zone."""
    started_at = started_at.replace(microsecond=0)
    finished_at = finished_at.replace(microsecond=0) if finished_at else None
    start = reading_of(started_at, timezone)
    return _timing(
        timezone=timezone,
        day=start.date(),
        start_time=start.time(),
        end_time=reading_of(finished_at, timezone).time() if finished_at else None,
        started_at=started_at,
        finished_at=finished_at,
        duration=duration,
    )


def _timing(
    *,
    timezone: str,
    day: date,
    start_time: time,
    end_time: time | None,
    started_at: datetime,
    finished_at: datetime | None,
    duration: int,
) -> Timing:
    if finished_at is not None:
        length = finished_at - started_at
        if not timedelta(0) <= length <= MAX_LENGTH:
            message = "A workout ends after it starts, and within 48 hours."
            raise ValidationError({"finished_at": ValidationError(message, code="invalid")})
        duration = round(length.total_seconds() / 60)
    return Timing(
        timezone=timezone,
        date=day,
        start_time=start_time,
        started_at=started_at,
        end_time=end_time,
        finished_at=finished_at,
        duration=duration,
    )
