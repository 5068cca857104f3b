"""What was read from a file of foods, and what could not be."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

Source = Literal["open_food_facts", "usda"]
Per = Literal["g", "ml"]

Reason = Literal[
    # The file, or a line of it.
    "damaged_file", "missing_file", "unknown_columns",
    "line_too_long", "bad_line", "wrong_number_of_cells",
    # What it says of the food.
    "not_food", "no_barcode", "bad_barcode", "bad_check_digit", "no_name",
    # What it says of the food's content.
    "no_nutrition", "no_energy", "no_protein", "no_carbs", "no_fat",
    "not_a_number", "negative",
    "energy_swapped", "energy_units_disagree", "too_much_energy", "energy_unlike_macros",
    "above_100_g", "macros_above_105_g", "saturated_above_fat", "sugar_above_carbs",
]  # fmt: skip

TrustFact = Literal[
    # How its source knows.
    "measured", "recipe_calculated", "from_manufacturer", "crowd_sourced",
    "energy_matches_macros", "energy_unlike_macros", "energy_unchecked",
    "energy_stated_twice", "macros_fit", "macros_rounded_up",
    "barcode_valid", "barcode_internal", "barcode_wrong",
    "complete", "incomplete", "estimates",
    "salt_unlike_sodium", "carbs_may_include_fiber", "as_prepared", "errors_reported",
    "micronutrients_left_out",
]  # fmt: skip

MAX_NAME: Final = 200
MAX_BRAND: Final = 100
MAX_PORTION_NAME: Final = 100
MIN_PORTION: Final = 0.001
MAX_PORTION: Final = 5000
MAX_PORTIONS: Final = 20
MAX_TAG: Final = 100
MAX_TAGS: Final = 50

LICENCES: Final[dict[Source, str]] = {"open_food_facts": "ODbL-1.0", "usda": "CC0-1.0"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Nutrients:
    """What is in 100 g, or in 100 ml, of a food. None is unknown, not zero.

    Carbohydrates are those that the body can use, as in Europe: without fiber. What an American
    label calls total carbohydrate is ``total_carbs``. ``micronutrients`` has names of
    ``nutrition.transfer.micronutrients``, which end in the unit.
    """

    kcal: float
    protein: float = field(metadata={"unit": "g"})
    carbs: float = field(metadata={"unit": "g"})
    fat: float = field(metadata={"unit": "g"})
    fiber: float | None = field(default=None, metadata={"unit": "g"})
    sugar: float | None = field(default=None, metadata={"unit": "g"})
    saturated_fat: float | None = field(default=None, metadata={"unit": "g"})
    salt: float | None = field(default=None, metadata={"unit": "g"})
    micronutrients: dict[str, float] = field(default_factory=dict)

    @property
    def total_carbs(self) -> float:
        """Carbohydrates with fiber, in g."""
        return round(self.carbs + (self.fiber or 0.0), 4)

    @property
    def besides_macros(self) -> dict[str, float]:
        """The micronutrients with saturated fat and salt among them, where they are known."""
        found = dict(self.micronutrients)
        if self.saturated_fat is not None:
            found["saturated_fat_g"] = self.saturated_fat
        if self.salt is not None:
            found["salt_g"] = self.salt
        return found


# Name, and how much it is in g, or in ml where the food's nutrients are per 100 ml.
Portion = tuple[str, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFood:
    """A food that passed every rule of ``nutrition.transfer.quality``.

    ``source_id`` is what the source calls it: the barcode as Open Food Facts writes it, or an
    FDC id. USDA gives a food another FDC id with every change; ``stable_id`` then stays, where it
    is not empty. ``gtin`` may be of a range that shops give out (``gtin.is_internal``).
    ``estimated`` has names of Nutrients and of micronutrients. ``trust`` is 0 to 100, and
    ``trust_facts`` is what it rests on.
    """

    line: int
    source: Source
    source_id: str
    stable_id: str = ""
    gtin: str | None
    name: str
    brand: str
    nutrients: Nutrients
    per: Per
    portions: tuple[Portion, ...]
    category_tags: tuple[str, ...]
    licence: str
    estimated: frozenset[str]
    modified_at: dt.datetime | None
    trust: int
    trust_facts: tuple[TrustFact, ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was left out, and why; of line 0 is what no line is to blame for."""

    line: int
    source_id: str
    reason: Reason
    message: str


class Unusable(Exception):
    """Something that cannot be taken; becomes the Rejected of its row."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message

    def at(self, line: int, source_id: str = "") -> Rejected:
        return Rejected(line, source_id, self.reason, self.message)
