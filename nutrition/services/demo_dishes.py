"""Of what the diaries of the demo are made: dishes, and the kitchens that know them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from nutrition.models import MealType

SERVING: Final = "serving"


@dataclass(frozen=True)
class Part:
    """So much of a food: in the unit of its serving, or so many of a portion, or servings.

    A shared food goes by its slug, one of the person's own by its name.
    """

    food: str
    amount: float
    counted_in: str = ""


Dish = tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Menu:
    """The usual dishes of a kitchen; which of them somebody likes best is a matter of taste."""

    breakfasts: tuple[Dish, ...]
    weekend_breakfasts: tuple[Dish, ...]
    lunches: tuple[Dish, ...]
    dinners: tuple[Dish, ...]
    snacks: tuple[Dish, ...]
    feasts: tuple[Dish, ...]


@dataclass(frozen=True, kw_only=True)
class OwnRecipe:
    """``parts`` make so many servings; one of them, with what is ``beside`` it, is a dish."""

    name: str
    category: str
    servings: float
    parts: tuple[Part, ...]
    meal: MealType
    cooked_weight_g: float | None = None
    beside: Dish = ()
    instructions: str = ""

    @property
    def dish(self) -> Dish:
        return (served(self.name), *self.beside)


@dataclass(frozen=True, kw_only=True)
class OwnFood:
    """A food that somebody made themselves, and that they snack on."""

    content: Mapping[str, Any]
    is_submitted: bool = False

    @property
    def name(self) -> str:
        return str(self.content["name"])

    @property
    def dish(self) -> Dish:
        return (served(self.name),)


def counted(food: str, portion: str, count: float = 1) -> Part:
    return Part(food, count, portion)


def served(name: str) -> Part:
    return Part(name, 1, SERVING)
