"""Dates with times as apps of several countries write them."""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import Final, Literal

from babel.dates import get_month_names

from workouts.transfer.readings import DateOrder

MIN_DATE: Final = dt.date(1970, 1, 1)
MAX_DATE: Final = dt.date(2200, 1, 1)
_MAX_LENGTH: Final = 60
_HALF_A_DAY: Final = 12
# Digits.
_YEAR, _SHORT_YEAR = 4, 2
_LOCALES: Final = (
    *("cs", "da", "de", "de_AT", "el", "en", "en_AU", "es", "es_MX", "fi", "fr", "fr_CA", "hu"),
    *("id", "it", "nb", "nl", "pl", "pt", "pt_PT", "ro", "ru", "sv", "tr", "uk"),
)
_CLOCK: Final = re.compile(
    r"""(?P<before>午前|午後|上午|下午|오전|오후)?\s*
    (?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?(?!\d)
    (?:\s*(?P<after>[ap])\.?\s?m\b\.?)?
    (?:\s*(?:z|utc|gmt)?(?:[+-]\d{1,2}(?::?\d{2})?)?$)?""",
    re.VERBOSE | re.ASCII,
)
# Only where there is no colon: "6.7.2026 klo 17.59" in Finland, "17h59" in France.
_OTHER_CLOCK: Final = re.compile(
    r"(?<=[\s,])(?P<hour>\d{1,2})[.h](?P<minute>\d{2})(?:[.](?P<second>\d{2}))?$", re.ASCII
)
_AFTERNOON: Final = {"p", "午後", "下午", "오후"}
# "6 de jul. de 2026", "le 6 juil.", "6th July": what may stand around the numbers.
_MAX_SMALL_WORD: Final = 4


def readings_of(text: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """What a text says with the day first, and with the month first; to the second.

    None where it is no date in that order, or before 1970 or after the year 2199. An offset
    from UTC is left aside: it is the person's own clock that counts.
    """
    folded = _folded(text.strip()) if len(text) <= _MAX_LENGTH else ""
    clock = _CLOCK.search(folded) or _OTHER_CLOCK.search(folded)
    time = _time(clock.groupdict()) if clock else dt.time()
    if time is None:
        return None, None
    rest = f"{folded[: clock.start()]} {folded[clock.end() :]}" if clock else folded
    days = _dates(rest)
    return _joined(days[0], time), _joined(days[1], time)


def moment(text: str, order: DateOrder | None) -> dt.datetime | Literal["bad", "ambiguous"]:
    """What a text says in this order; without one, what it can only say."""
    day_first, month_first = readings_of(text)
    if order in {"day_first", "month_first"}:
        return (day_first if order == "day_first" else month_first) or "bad"
    if day_first and month_first and day_first != month_first:
        return "ambiguous"
    return day_first or month_first or "bad"


def _joined(day: dt.date | None, time: dt.time) -> dt.datetime | None:
    if day is None or not MIN_DATE <= day <= MAX_DATE:
        return None
    return dt.datetime.combine(day, time)


def _time(parts: dict[str, str | None]) -> dt.time | None:
    hour = int(parts["hour"] or 0)
    half = parts.get("before") or parts.get("after")
    if half and hour > _HALF_A_DAY:
        return None
    if half:
        hour = hour % _HALF_A_DAY + (_HALF_A_DAY if half in _AFTERNOON else 0)
    try:
        return dt.time(hour, int(parts["minute"] or 0), int(parts["second"] or 0))
    except ValueError:
        return None


def _dates(text: str) -> tuple[dt.date | None, dt.date | None]:
    words = re.findall(r"[^\W\d_]+", text)
    numbers = re.findall(r"\d+", text, re.ASCII)
    months = {_months()[word] for word in words if word in _months()}
    if any(len(word) > _MAX_SMALL_WORD for word in words if word not in _months()):
        return None, None
    match [*months, *numbers]:
        case [int(month), first, second] if len(months) == 1:
            named = _with_month(month, first, second)
            return named, named
        case [str(first), second, third]:
            return _of_numbers(first, second, third, has_points="." in text)
    return None, None


def _with_month(month: int, first: str, second: str) -> dt.date | None:
    return _date(first, month, second) if len(first) == _YEAR else _date(second, month, first)


def _of_numbers(
    first: str, second: str, third: str, *, has_points: bool
) -> tuple[dt.date | None, dt.date | None]:
    if len(first) == _YEAR:
        year_first = _date(first, int(second), third)
        return year_first, year_first
    day_first = _date(third, int(second), first)
    # No country writes the month first and points between.
    return day_first, day_first if has_points else _date(third, int(first), second)


def _date(year: str, month: int, day: str) -> dt.date | None:
    if len(year) not in {_SHORT_YEAR, _YEAR}:
        return None
    try:
        return dt.date(int(year) + (2000 if len(year) == _SHORT_YEAR else 0), month, int(day))
    except (ValueError, OverflowError):
        return None


@cache
def _months() -> dict[str, int]:
    """Names of months in many languages; those that mean two different months left out."""
    found: dict[str, set[int]] = defaultdict(set)
    for locale in _LOCALES:
        for context in ("format", "stand-alone"):
            for width in ("abbreviated", "wide"):
                names = get_month_names(width, context, locale)
                for number, name in names.items():
                    found[_folded(name).rstrip(".")].add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


def _folded(text: str) -> str:
    """The same for any case, width, accent and kind of space."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return " ".join(unicodedata.normalize("NFC", plain).replace("\u0131", "i").split())
