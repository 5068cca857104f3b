"""Places of a competition, as people say them."""

from typing import Final

_ENDINGS: Final = {1: "st", 2: "nd", 3: "rd"}
_TEENS: Final = range(11, 14)


def ordinal(number: int) -> str:
    """Such as 1st, 2nd, 3rd, 11th, 22nd."""
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"
