"""Values of FIT messages, of which a damaged file may have any kind at any place."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from fitdecode import FitDataMessage

# What FIT counts its seconds from.
EPOCH: Final = datetime(1989, 12, 31, tzinfo=UTC)
# Smaller ones count from when a device was switched on.
_LEAST_SECONDS: Final = 0x10000000
_MOST_SECONDS: Final = 2**32


def number(message: FitDataMessage, name: str) -> float | None:
    value: Any = message.get_value(name, fallback=None)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def integer(message: FitDataMessage, name: str) -> int | None:
    value = number(message, name)
    return None if value is None else int(value)


def raw(message: FitDataMessage, number_of_field: int) -> int | None:
    """A whole number as it is stored, whatever a subfield makes of it."""
    for data in message.get_fields(number_of_field):
        value: Any = data.raw_value
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return None


def seconds(message: FitDataMessage, name: str) -> int | None:
    """Since EPOCH."""
    value = integer(message, name)
    return value if value is not None and _LEAST_SECONDS <= value < _MOST_SECONDS else None


def at_of(since_epoch: int) -> datetime:
    return EPOCH + timedelta(seconds=since_epoch)


def word(message: FitDataMessage, name: str) -> str:
    """Empty for what the profile has no word for."""
    value: Any = message.get_value(name, fallback=None)
    return value.strip("\x00 ") if isinstance(value, str) else ""


def numbers(message: FitDataMessage, name: str) -> tuple[float, ...]:
    """Of a field with several values; empty where one is missing."""
    value: Any = message.get_value(name, fallback=None)
    values = value if isinstance(value, tuple) else (value,)
    good = tuple(one for one in values if isinstance(one, (int, float)) and math.isfinite(one))
    return good if len(good) == len(values) else ()
