"""Numbers and amounts as people and databases of several countries write them."""

import math
import re
from typing import Final

KJ_PER_KCAL: Final = 4.184
MG_PER_G: Final = 1000
# By the regulation on food labels of the European Union (1169/2011), exactly.
SALT_PER_SODIUM: Final = 2.5
ALCOHOL_G_PER_ML: Final = 0.789

_MAX_LENGTH: Final = 40
_NUMBER: Final = re.compile(
    r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII
)
# Both letters that look like the Greek my, and what is written for want of one.
_GRAMS: Final[dict[str, float]] = {
    **dict.fromkeys(("g", "gr", "grm", "gram", "grams"), 1),
    **dict.fromkeys(("mg", "mgm", "milligram", "milligrams"), 1e-3),
    **dict.fromkeys(("ug", "mcg", "\u00b5g", "\u03bcg", "mc", "microgram", "micrograms"), 1e-6),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), 1e3),
}


def number(value: object) -> float | None:
    """The number that JSON or a cell holds; None where it holds nothing.

    Takes a number written as text, with a point or a comma before decimals and none between
    thousands. Raises ValueError for anything else, infinities and what is not a number included.
    """
    if type(value) is float or type(value) is int:
        # JSON has no limit to its numbers, and floats have.
        return _finite(float(value))
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _MAX_LENGTH:
        raise ValueError("not a number")
    text = value.strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError("not a number")
    return _finite(float(text.replace(",", ".")))


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("not a number")
    return value


def grams(amount: float, unit: object) -> float | None:
    """The amount in grams; None where the unit is none of mass."""
    if unit == "g":
        return amount
    factor = _GRAMS.get(unit.strip().lower()) if isinstance(unit, str) else None
    return None if factor is None else amount * factor
