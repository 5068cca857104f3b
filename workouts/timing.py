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
    """From what a clock showed, to the second.

    An end before the start is the second showing of that reading where the clocks went back, else
    on the next day. Raises ValidationError for a reading that the clocks went forward over.
    """
    start_time = start_time.replace(microsecond=0)
    end_time = None if end_time is None else end_time.replace(microsecond=0)
    started_at = _shown_instant("start_time", day, start_time, timezone)
    finished_at = None if end_time is None else _end(started_at, day, end_time, timezone)
    return _timing(
        timezone=timezone,
        day=day,
        start_time=start_time,
        end_time=end_time,
        started_at=started_at,
        finished_at=finished_at,
        duration=duration,
    )


def _end(started_at: datetime, day: date, end_time: time, timezone: str) -> datetime:
    for later in (False, True):
        finished_at = instant_of(day, end_time, timezone, later=later)
        if finished_at >= started_at:
            return _shown_instant("end_time", day, end_time, timezone, later=later)
    return _shown_instant("end_time", day + timedelta(days=1), end_time, timezone)


def _shown_instant(
    name: str, day: date, clock: time, timezone: str, *, later: bool = False
) -> datetime:
    instant = instant_of(day, clock, timezone, later=later)
    if reading_of(instant, timezone) != datetime.combine(day, clock):
        message = "The clocks went forward over this time on that day."
        raise ValidationError({name: ValidationError(message, code="skipped_time")})
    return instant


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
