"""Reading what makers send: tolerant of what may be missing, strict about what may not.

A value that is optional is None where it is absent or no value; what a record cannot do without
raises Unreadable.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from wearables.providers.base import Unreadable

# Further than any measurement: beyond it, neither dates nor the database can hold a number.
_MOST: Final = 1e15
# Nobody wore anything before; and arithmetic with the last years of the calendar overflows.
_YEARS: Final = range(1970, 2200)
# As seconds since 1970.
_LAST_S: Final = 7_000_000_000
# Seconds since 1970 up to here, and milliseconds above: no maker existed before 1973.
_MOST_SECONDS: Final = 1e11
# More than any maker needs for the longest window that we ask for.
_MOST_PAGES: Final = 2000
_PATH_PART: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")


def number(value: object) -> float | None:
    """A number, also one that is sent as text (int64 of some makers). True is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) and abs(read) <= _MOST else None


def whole(value: object) -> int | None:
    """A number, rounded."""
    read = number(value)
    return None if read is None else round(read)


def minutes(seconds: object) -> int | None:
    """Whole minutes of seconds, rounded and not floored."""
    read = number(seconds)
    return None if read is None else round(read / 60)


def total(*values: object) -> float | None:
    """The sum of numbers; None where one is missing, since the rest would be too little."""
    read = [number(value) for value in values]
    known = [value for value in read if value is not None]
    return sum(known) if len(known) == len(read) else None


def text(value: object) -> str:
    """Text, or a number as text (ids come as both); empty for anything else.

    Without null characters, which the database does not take.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    return str(value).replace("\0", "").strip()


def name_of(value: object) -> str:
    """Text that must not be empty: an id. Raises Unreadable."""
    read = text(value)
    if not read:
        raise Unreadable
    return read


def path_part(value: object) -> str:
    """An id that can stand in a path and leads nowhere else. Raises Unreadable."""
    read = text(value)
    if not _PATH_PART.fullmatch(read):
        raise Unreadable
    return read


def instant(text: object) -> datetime:
    """An ISO time with its offset, which it keeps: its ``date()`` is the local one.

    Raises Unreadable, also for one that does not say its offset.
    """
    if not isinstance(text, str):
        raise Unreadable
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Unreadable from None
    if read.tzinfo is None or read.year not in _YEARS:
        raise Unreadable
    return read


def moment(value: object) -> datetime:
    """An ISO time, or seconds or milliseconds since 1970. Raises Unreadable."""
    since = number(value)
    if since is None:
        return instant(value)
    seconds = since if abs(since) < _MOST_SECONDS else since / 1000
    if not 0 <= seconds <= _LAST_S:
        raise Unreadable
    return datetime.fromtimestamp(seconds, UTC)


def day(text: object) -> date:
    """An ISO date; of an ISO time, its date. Raises Unreadable."""
    if not isinstance(text, str):
        raise Unreadable
    try:
        read = date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise Unreadable from None
    if read.year not in _YEARS:
        raise Unreadable
    return read


def record(value: object) -> Mapping[str, Any]:
    """A JSON object. Raises Unreadable."""
    if not isinstance(value, dict):
        raise Unreadable
    return value


def part(row: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object inside of another that may be missing. Raises Unreadable if it is no object."""
    value = row.get(name)
    return {} if value is None else record(value)


def rows(payload: object, name: str) -> list[dict[str, Any]]:
    """The list of objects that a payload has under a name; null is none. Raises Unreadable."""
    held = record(payload)
    if name not in held:
        raise Unreadable
    listed = held[name]
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Unreadable
    return listed


def pages(ask: Callable[[str], object], name: str) -> Iterator[list[dict[str, Any]]]:
    """The rows of one page after the other.

    ``ask`` is given the token of a page, the first time an empty one, and answers an object with
    the rows under ``name``. Raises Unreadable for pages that go in a circle.
    """
    seen, token = {""}, ""
    while True:
        answer = record(ask(token))
        yield rows(answer, name)
        token = text(answer.get("next_token") or answer.get("nextToken"))
        if not token:
            return
        if token in seen or len(seen) > _MOST_PAGES:
            raise Unreadable
        seen.add(token)


def period(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Both, where the one is not after the other and they are of one night or outing.

    Raises Unreadable.
    """
    if not timedelta(0) <= end - start <= timedelta(days=14):
        raise Unreadable
    return start, end
