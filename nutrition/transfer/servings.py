"""Serving sizes as labels print them: "2 cookies (28 g)", "1 portion (330 ml)"."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nutrition.transfer.readings import MAX_PORTION, MAX_PORTION_NAME, MIN_PORTION, Per, Portion
from nutrition.transfer.texts import line_of_text

UNNAMED: Final = "1 serving"

_MAX_TEXT: Final = 200
# Most foods have one of a few serving sizes.
_REMEMBERED: Final = 4096
_UNITS: Final[dict[str, tuple[Per, float]]] = {
    **dict.fromkeys(("g", "gr", "grm", "gram", "grams", "gramm", "gramme", "grammes"), ("g", 1)),
    **dict.fromkeys(("kg", "kilogram", "kilograms"), ("g", 1000)),
    "mg": ("g", 0.001),
    **dict.fromkeys(("oz", "ounce", "ounces", "onz"), ("g", 28.349523125)),
    **dict.fromkeys(("ml", "mlt", "milliliter", "milliliters", "millilitre"), ("ml", 1)),
    "cl": ("ml", 10),
    "dl": ("ml", 100),
    **dict.fromkeys(("l", "liter", "liters", "litre", "litres"), ("ml", 1000)),
    **dict.fromkeys(("fl oz", "fl. oz", "floz"), ("ml", 29.5735295625)),
}
_IMPERIAL: Final = frozenset({"oz", "ounce", "ounces", "onz", "fl oz", "fl. oz", "floz"})
_MEASURE: Final = re.compile(
    # Digits that do not continue a number or a fraction, and no letter after the unit.
    r"(?<![\d.,/])(?:(?P<times>\d{1,3})\s*[x×]\s*)?(?P<amount>\d{1,6}(?:[.,]\d{1,6})?)\s*"
    r"(?P<unit>fl\.?\s?oz|[a-z]{1,11})(?!\w)",
    re.IGNORECASE,
)
_EMPTY_BRACKETS: Final = re.compile(r"[(\[]\s*[)\]]")


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount in g or ml that a text states, and where it stands in it."""

    per: Per
    amount: float
    start: int
    end: int
    is_in_brackets: bool
    is_imperial: bool

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Small for what says most exactly how much it is: mass, metric, in brackets."""
        return self.per == "ml", self.is_imperial, not self.is_in_brackets


@lru_cache(maxsize=_REMEMBERED)
def measures(text: str) -> tuple[Measure, ...]:
    """Every amount in g or ml of a text, the most telling first."""
    found = []
    for match in _MEASURE.finditer(text[:_MAX_TEXT]):
        unit = " ".join(match["unit"].lower().split())
        if unit in _UNITS:
            per, factor = _UNITS[unit]
            times = int(match["times"] or 1)
            amount = times * float(match["amount"].replace(",", ".")) * factor
            opened = text.rfind("(", 0, match.start()) > text.rfind(")", 0, match.start())
            span = (match.start(), match.end())
            found.append(Measure(per, amount, *span, opened, unit in _IMPERIAL))
    return tuple(sorted(found, key=lambda measure: measure.rank))


@lru_cache(maxsize=_REMEMBERED)
def serving(text: str, per: Per) -> Portion | None:
    """The portion that a serving size names; None where it tells no amount in ``per``.

    Where it states mass and volume, ``per`` decides; of several amounts the one in brackets does.
    """
    found = next((measure for measure in measures(text) if measure.per == per), None)
    if found is None or not is_plausible(found.amount):
        return None
    rest = text[: found.start] + text[found.end : _MAX_TEXT]
    name = line_of_text(_EMPTY_BRACKETS.sub("", rest), MAX_PORTION_NAME).strip(" ,;:-/=~≈")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip()
    has_word = any(character.isalpha() for character in name)
    return (name if has_word else UNNAMED), round(found.amount, 3)


def is_plausible(amount: float) -> bool:
    """Whether it can be one portion, in g or ml."""
    return MIN_PORTION <= amount <= MAX_PORTION
