"""The days of somebody who eats what they like, near a goal, and does not always log it.

A day's dishes are chosen first. Then they are made larger or smaller, as a cook does, until they
have the energy that the day had.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum
from random import Random
from typing import Any, Final

from nutrition.formulas.goals import Aim
from nutrition.models import Food, MealType, Portion
from nutrition.services.demo_dishes import SERVING, Dish, Menu, Part
from nutrition.services.demo_menus import PROTEIN_SNACKS

_SATURDAY: Final = 5
# Chances, of one.
_FORGOTTEN, _GIVEN_UP, _MARKED = 0.04, 0.06, 0.15
_USUAL_BREAKFAST, _LEFTOVERS = 0.6, 0.15
_HOLIDAY_DAYS: Final = 6
_DAYS_BETWEEN_FEASTS: Final = (12, 22)
# Shares of the day's goal: of the mean day by aim, of a feast, and of a day that was given up.
_USUAL: Final[Mapping[Aim, float]] = {"maintain": 1.0, "cut": 0.92, "gain": 0.97, "endurance": 1.0}
_DAILY_NOISE, _WEEKEND_NOISE, _WEEKEND_EXTRA = 0.07, 0.12, 0.04
_LEAST, _MOST = 0.78, 1.2
_FEAST: Final = (1.12, 1.32)
_GIVEN_UP_SHARE: Final = 0.28
# How far a dish goes from its usual size.
_SMALLEST, _LARGEST = 0.4, 2.2
_STEP: Final = 5
_PROTEIN_KCAL: Final = 4
# A goal with more of its energy from protein needs snacks that have it.
_MUCH_PROTEIN: Final = 0.24
_BREAKFAST, _LUNCH, _DINNER = 7 * 60 + 15, 12 * 60 + 20, 19 * 60
_WEEKEND_BREAKFAST: Final = 9 * 60 + 10
_SNACKS: Final = (10 * 60 + 15, 15 * 60 + 45, 21 * 60)
_FIRST_DRINK, _LAST_DRINK = 7 * 60, 22 * 60
_DRINKS: Final = (4, 8)
_GLASS_STEP_ML: Final = 50
_FEAST_NOTES: Final = ("Birthday.", "Out with friends.", "Family dinner.", "Movie night.")


class Kind(Enum):
    USUAL = "usual"
    FEAST = "feast"
    GIVEN_UP = "given up"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, kw_only=True)
class Stocked:
    """A food that is at hand, with its portions by their names."""

    food: Food
    portions: Mapping[str, Portion]

    def how_much(self, part: Part) -> dict[str, Any]:
        """So much of it, as it is logged."""
        if part.counted_in == SERVING:
            return {"quantity": part.amount}
        if part.counted_in:
            return {"portion": self.portions[part.counted_in].pk, "count": part.amount}
        return {"amount": part.amount}

    def kcal(self, part: Part) -> float:
        servings = part.amount
        if part.counted_in != SERVING:
            each = self.portions[part.counted_in].amount if part.counted_in else 1
            servings *= each / self.food.serving_size
        return servings * self.food.calories


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a day should bring."""

    day: date
    kcal: int
    protein_g: int
    water_ml: int


@dataclass(frozen=True, kw_only=True)
class Eaten:
    meal: MealType
    clock: time
    part: Part
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class EatenDay:
    day: date
    eaten: Sequence[Eaten]
    drinks: Sequence[tuple[time, int]]
    is_marked: bool


@dataclass(frozen=True)
class _Meal:
    kind: MealType
    minute: int
    dish: Dish
    notes: str = ""


@dataclass
class Eater:
    """Somebody with habits: each list of dishes begins with what they like best."""

    rng: Random
    aim: Aim
    menu: Menu
    foods: Mapping[str, Stocked]
    _last: dict[MealType, Dish] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.menu = Menu(
            **{name: self._by_taste(dishes) for name, dishes in vars(self.menu).items()}
        )

    def days(self, wishes: Sequence[Wish]) -> Iterator[EatenDay]:
        """What was logged of these days, in their order; days without a log are left out."""
        for wish, kind in zip(wishes, self._kinds(wishes), strict=True):
            if kind is Kind.FORGOTTEN:
                continue
            meals = self._meals(wish, kind)
            share = self._share(wish.day, kind)
            yield EatenDay(
                day=wish.day,
                eaten=list(self._served(meals, wish.kcal * share)),
                drinks=sorted(self._drinks(wish.water_ml)),
                is_marked=kind is not Kind.GIVEN_UP and self.rng.random() < _MARKED,
            )

    def _by_taste(self, dishes: tuple[Dish, ...]) -> tuple[Dish, ...]:
        return tuple(self.rng.sample(dishes, len(dishes)))

    def _kinds(self, wishes: Sequence[Wish]) -> Iterator[Kind]:
        holiday = self.rng.randint(30, 140)
        until_feast = self.rng.randint(*_DAYS_BETWEEN_FEASTS)
        for number, wish in enumerate(wishes):
            until_feast -= 1
            chance = self.rng.random()
            if holiday <= number < holiday + _HOLIDAY_DAYS or chance < _FORGOTTEN:
                yield Kind.FORGOTTEN
            elif until_feast <= 0 and wish.day.weekday() >= _SATURDAY:
                until_feast = self.rng.randint(*_DAYS_BETWEEN_FEASTS)
                yield Kind.FEAST
            else:
                yield Kind.GIVEN_UP if chance < _FORGOTTEN + _GIVEN_UP else Kind.USUAL

    def _share(self, day: date, kind: Kind) -> float:
        if kind is Kind.GIVEN_UP:
            return _GIVEN_UP_SHARE
        if kind is Kind.FEAST:
            return self.rng.uniform(*_FEAST)
        if day.weekday() >= _SATURDAY:
            share = self.rng.gauss(_USUAL[self.aim] + _WEEKEND_EXTRA, _WEEKEND_NOISE)
        else:
            share = self.rng.gauss(_USUAL[self.aim], _DAILY_NOISE)
        return min(_MOST, max(_LEAST, share))

    # --- Which dishes ------------------------------------------------------------------------

    def _meals(self, wish: Wish, kind: Kind) -> list[_Meal]:
        is_weekend = wish.day.weekday() >= _SATURDAY
        meals = [
            _Meal(
                MealType.BREAKFAST,
                _WEEKEND_BREAKFAST if is_weekend else _BREAKFAST,
                self._breakfast(is_weekend=is_weekend),
            )
        ]
        if kind is Kind.GIVEN_UP:
            return meals
        leftovers = self._last.get(MealType.DINNER)
        lunch = self._choice(MealType.LUNCH, self.menu.lunches)
        if leftovers and self.rng.random() < _LEFTOVERS:
            lunch = leftovers
        dinner = self._choice(MealType.DINNER, self.menu.dinners)
        notes = ""
        if kind is Kind.FEAST:
            dinner, notes = self.rng.choice(self.menu.feasts), self.rng.choice(_FEAST_NOTES)
        self._last |= {MealType.LUNCH: lunch, MealType.DINNER: dinner}
        meals.append(_Meal(MealType.LUNCH, _LUNCH, lunch))
        meals.append(_Meal(MealType.DINNER, _DINNER, dinner, notes))
        return meals if kind is Kind.FEAST else [*meals, *self._snacks(wish)]

    def _breakfast(self, *, is_weekend: bool) -> Dish:
        if is_weekend:
            return self.rng.choice(self.menu.weekend_breakfasts)
        if self.rng.random() < _USUAL_BREAKFAST:
            return self.menu.breakfasts[0]
        return self.rng.choice(self.menu.breakfasts)

    def _snacks(self, wish: Wish) -> list[_Meal]:
        if wish.protein_g * _PROTEIN_KCAL > wish.kcal * _MUCH_PROTEIN:
            dishes = self.rng.sample(PROTEIN_SNACKS, 2)
        else:
            count = self.rng.choices((0, 1, 2), (2, 5, 3))[0]
            dishes = [self._choice(MealType.SNACK, self.menu.snacks) for _ in range(count)]
        minutes = sorted(self.rng.sample(_SNACKS, len(dishes)))
        return [
            _Meal(MealType.SNACK, minute, dish)
            for minute, dish in zip(minutes, dishes, strict=True)
        ]

    def _choice(self, meal: MealType, dishes: tuple[Dish, ...]) -> Dish:
        """What they like best, most often; and nothing two days in a row."""
        others = [dish for dish in dishes if dish != self._last.get(meal)]
        return self.rng.choices(others, range(len(others) + 2, 2, -1))[0]

    # --- How much of them --------------------------------------------------------------------

    def _served(self, meals: Sequence[_Meal], kcal: float) -> Iterator[Eaten]:
        parts = [part for meal in meals for part in meal.dish]
        sizes = dict(zip(parts, self._sized(parts, kcal), strict=True))
        for meal in meals:
            clock = self._clock(meal.minute)
            for number, part in enumerate(meal.dish):
                notes = meal.notes if number == 0 else ""
                yield Eaten(meal=meal.kind, clock=clock, part=sizes[part], notes=notes)

    def _sized(self, parts: Sequence[Part], kcal: float) -> list[Part]:
        """What is counted becomes more or less by whole pieces; what is weighed fills up."""
        factor = _within_reason(kcal / sum(map(self._kcal, parts)))
        sized = [_resized(part, factor) if part.counted_in else part for part in parts]
        counted_kcal = sum(self._kcal(part) for part in sized if part.counted_in)
        weighed_kcal = sum(self._kcal(part) for part in sized if not part.counted_in)
        if weighed_kcal:
            factor = _within_reason((kcal - counted_kcal) / weighed_kcal)
        return [part if part.counted_in else _resized(part, factor) for part in sized]

    def _kcal(self, part: Part) -> float:
        return self.foods[part.food].kcal(part)

    def _clock(self, usual_min: int) -> time:
        return _time(usual_min + round(min(40, max(-40, self.rng.gauss(0, 15)))))

    def _drinks(self, target_ml: int) -> Iterator[tuple[time, int]]:
        count = self.rng.randint(*_DRINKS)
        glass_ml = target_ml / sum(_DRINKS) * 2
        for _ in range(count):
            steps = max(2, round(glass_ml * self.rng.uniform(0.75, 1.25) / _GLASS_STEP_ML))
            yield _time(self.rng.randint(_FIRST_DRINK, _LAST_DRINK)), steps * _GLASS_STEP_ML


def _within_reason(factor: float) -> float:
    return min(_LARGEST, max(_SMALLEST, factor))


def _resized(part: Part, factor: float) -> Part:
    amount = part.amount * factor
    if part.counted_in == SERVING:
        amount = max(1, round(2 * amount)) / 2
    elif part.counted_in:
        amount = max(1, round(amount))
    else:
        amount = max(_STEP, _STEP * round(amount / _STEP))
    return Part(part.food, amount, part.counted_in)


def _time(minute_of_day: int) -> time:
    return time(*divmod(minute_of_day, 60))
