"""Numbers and lengths of time as apps of several countries write them."""

import re
from decimal import Decimal
from typing import Final

from workouts.transfer.readings import DecimalMark

_MAX_LENGTH: Final = 40
_NUMBER: Final = re.compile(r"([+-]?)(\d+(?:[.,]\d+)*)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
# Between thousands: spaces of any width, and the apostrophe of Switzerland.
_GAP: Final = re.compile(r"(?<=\d)[\s'\u2019](?=\d{3}(?!\d))")
_GROUPED: Final = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*", re.ASCII)
_ONE_GROUP: Final = re.compile(r"[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?", re.ASCII)
_PART: Final = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]+)\.?\s*", re.ASCII | re.IGNORECASE)
_SECONDS: Final = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std"), 3600),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "sek"), 1),
}


def number(
    cell: str, mark: DecimalMark | None = None, *, comma_groups: bool = True
) -> Decimal | None:
    """The number in a cell; None for anything else, infinities included.

    ``mark`` is what the file uses before decimals. Without it a point is one, and so is a comma,
    but for a comma before exactly three digits ("1,250") where ``comma_groups``.
    """
    if len(cell) > _MAX_LENGTH or not (match := _NUMBER.fullmatch(_GAP.sub("", cell.strip()))):
        return None
    sign, digits, exponent = match.groups(default="")
    plain = _with_point(digits, mark, comma_groups=comma_groups)
    return None if plain is None else Decimal(sign + plain + exponent)


def decimal_mark_of(cell: str) -> DecimalMark | None:
    """Which mark a number proves to stand before decimals; None where it proves none."""
    match = _NUMBER.fullmatch(_GAP.sub("", cell[: _MAX_LENGTH + 1].strip()))
    digits = match[2] if match else ""
    marks = [character for character in digits if character in ".,"]
    if not marks or (len(marks) == 1 and _ONE_GROUP.fullmatch(digits)):
        return None
    if _with_point(digits, None, comma_groups=False) is None or marks.count(marks[-1]) > 1:
        return None
    return "," if marks[-1] == "," else "."


def _with_point(digits: str, mark: DecimalMark | None, *, comma_groups: bool) -> str | None:
    marks = [character for character in digits if character in ".,"]
    if not marks:
        return digits
    if len(set(marks)) > 1:
        # The later kind is the decimal mark: 1.234,5 or 1,234.5.
        whole, _, decimals = digits.rpartition(marks[-1])
        grouped = _GROUPED.fullmatch(whole) and marks.count(marks[-1]) == 1
        return re.sub(r"[.,]", "", whole) + "." + decimals if grouped else None
    if len(marks) > 1 or _is_one_group(digits, marks[0], mark, comma_groups=comma_groups):
        return re.sub(r"[.,]", "", digits) if _GROUPED.fullmatch(digits) else None
    return digits.replace(",", ".")


def _is_one_group(digits: str, its: str, mark: DecimalMark | None, *, comma_groups: bool) -> bool:
    if not _ONE_GROUP.fullmatch(digits):
        return False
    return its != mark if mark else its == "," and comma_groups


def seconds(cell: str, unit: str | None = None, *, hours_first: bool = True) -> Decimal | None:
    """A length of time: "3900", "1h 5m", "65 min", "1:05:00". None for anything else.

    A bare number is in ``unit``, "s" without one. "1:05" is hours and minutes where
    ``hours_first``, else minutes and seconds.
    """
    value = number(cell)
    if value is not None:
        return value * 60 if unit == "min" else value
    if match := _CLOCK.fullmatch(cell.strip()):
        first, second, third = match.groups()
        if third is None and not hours_first:
            return Decimal(int(first) * 60 + int(second))
        return Decimal(int(first) * 3600 + int(second) * 60 + int(third or 0))
    return _seconds_in_words(cell.strip())


def _seconds_in_words(cell: str) -> Decimal | None:
    if not 0 < len(cell) <= _MAX_LENGTH:
        return None
    total, position = Decimal(0), 0
    while position < len(cell):
        part = _PART.match(cell, position)
        if part is None or part[2].lower() not in _SECONDS:
            return None
        total += Decimal(part[1].replace(",", ".")) * _SECONDS[part[2].lower()]
        position = part.end()
    return total
