"""A person's own days as the instants that bound them, and their clock's reading of those."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError

UTC = ZoneInfo("UTC")


@cache
def _zone_names() -> frozenset[str]:
    # These two are files among the zones: no zone, and whatever the machine is set to.
    return frozenset(available_timezones() - {"Factory", "localtime"})


def validate_time_zone(name: str) -> None:
    if name not in _zone_names():
        raise ValidationError(
            "This is not a time zone of the IANA database, such as Europe/Vienna.",
            code="unknown_time_zone",
        )


def day_bounds(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """The start and the end (exclusive) of a local day, as UTC instants.

    A day is 23 or 25 hours long when the clocks change, and starts at the first instant that
    bears its date where midnight is skipped.
    """
    return (
        instant_of(day, time.min, time_zone),
        instant_of(day + timedelta(days=1), time.min, time_zone),
    )


def instant_of(day: date, clock: time, time_zone: str, *, later: bool = False) -> datetime:
    """The UTC instant at which a clock in this zone shows this reading.

    The first of the two where the clocks go back, or the ``later`` one; where they go forward
    over the reading, the instant at which it would have come without the jump.
    """
    local = datetime.combine(day, clock.replace(fold=int(later)), ZoneInfo(time_zone))
    return local.astimezone(UTC)


def reading_of(instant: datetime, time_zone: str) -> datetime:
    """The naive local date and time that a clock in this zone shows at an instant."""
    return instant.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None, fold=0)
