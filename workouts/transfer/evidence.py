"""What values give away of what a file leaves unsaid: the unit of loads, the order of dates."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Final

from users.units import kg_to_pounds, pounds_to_kg
from workouts.transfer.moments import readings_of
from workouts.transfer.quantities import decimal_mark_of
from workouts.transfer.readings import DateOrder, DecimalMark, WeightUnit

_MAX_DISTINCT: Final = 5000
# Fewer different loads, or converted ones, tell nothing.
_MIN_DISTINCT, _MIN_CONVERTED = 5, 3
# The bar with pairs of its largest plates, 45 lb (or one of 25 lb more) and 20 kg. Warm-ups and
# proud days stand on these, whatever the program.
_POUND_LADDER: Final = frozenset(range(45, 500, 90)) | frozenset(range(95, 500, 90))
_KG_LADDER: Final = frozenset(range(60, 300, 40))
_MIN_RUNGS: Final = 3
# Loads that only kilogram plates and dumbbells make, as shares of the different loads.
_MANY_FINE, _SOME_FINE, _FEW_FINE = 0.35, 0.2, 0.1
_MOSTLY: Final = 0.8
_LIGHTEST_FINE: Final = 12
_HUNDREDTHS: Final = 100
# In either unit; more is a slip.
_HEAVIEST: Final = 5000


class LoadEvidence:
    """Collects loads without a unit."""

    def __init__(self) -> None:
        self._sets: Counter[float] = Counter()

    def add(self, load: Decimal) -> None:
        value = float(load)
        is_new = value not in self._sets
        if 0 < value <= _HEAVIEST and not (is_new and len(self._sets) >= _MAX_DISTINCT):
            self._sets[value] += 1

    def verdict(self) -> WeightUnit | None:
        """The unit, where the loads leave little doubt."""
        if len(self._sets) < _MIN_DISTINCT:
            return None
        return self._by_conversion() or self._by_steps()

    def _by_conversion(self) -> WeightUnit | None:
        """Loads odd in the one unit and round in the other were lifted in the other."""
        odd = [load for load in self._sets if not (load * 4).is_integer()]
        in_pounds = sum(_is_round(kg_to_pounds(load)) for load in odd)
        in_kg = sum(_is_round(pounds_to_kg(load)) for load in odd)
        if max(in_pounds, in_kg) < _MIN_CONVERTED or in_pounds == in_kg:
            return None
        return "kg" if in_pounds > in_kg else "lb"

    def _by_steps(self) -> WeightUnit | None:
        fine = sum(_is_fine(load) for load in self._sets) / len(self._sets)
        even = sum(load % 5 == 0 for load in self._sets) / len(self._sets)
        speaks_for_pounds = self._stands_on_pounds()
        if fine >= _MANY_FINE or (fine >= _SOME_FINE and not speaks_for_pounds):
            return "kg"
        return "lb" if fine <= _FEW_FINE and even >= _MOSTLY and speaks_for_pounds else None

    def _stands_on_pounds(self) -> bool:
        rungs = [load for load in self._sets if load in _POUND_LADDER]
        in_pounds = sum(self._sets[load] for load in rungs)
        in_kg = sum(count for load, count in self._sets.items() if load in _KG_LADDER)
        return len(rungs) >= _MIN_RUNGS and in_pounds > in_kg


def _is_round(load: float) -> bool:
    """A multiple of 2.5, but for what rounding to hundredths in the other unit does."""
    return abs(load - round(load / 2.5) * 2.5) < 1.2 / _HUNDREDTHS


def _is_fine(load: float) -> bool:
    """22.5, 61.25 or a dumbbell of 14 kg; pounds come in fives from where they get heavy."""
    return load >= _LIGHTEST_FINE and load % 5 != 0 and (load % 1.25 == 0 or load % 2 == 0)


class DateEvidence:
    """Collects dates as they are written."""

    def __init__(self) -> None:
        self._ambiguous = self._only_day_first = self._only_month_first = 0
        self._spans: dict[DateOrder, list[dt.date]] = {}

    def add(self, text: str) -> None:
        day_first, month_first = readings_of(text)
        self._ambiguous += bool(day_first and month_first and day_first != month_first)
        self._only_day_first += bool(day_first and not month_first)
        self._only_month_first += bool(month_first and not day_first)
        self._stretch("day_first", day_first)
        self._stretch("month_first", month_first)
        self._stretch("unambiguous", day_first or month_first)

    @property
    def any(self) -> bool:
        return bool(self._spans)

    def order(self) -> DateOrder | None:
        """None where dates can be read in both orders, and none of them settles which it is."""
        settled = bool(self._only_day_first) != bool(self._only_month_first)
        if settled:
            return "day_first" if self._only_day_first else "month_first"
        return None if self._ambiguous else "unambiguous"

    def span(self) -> tuple[dt.date | None, dt.date | None]:
        """The first and the last day; None where the order is not known."""
        order = self.order()
        days = self._spans.get(order) if order else None
        return (days[0], days[-1]) if days else (None, None)

    def _stretch(self, order: DateOrder, moment: dt.datetime | None) -> None:
        if moment:
            days = sorted([*self._spans.get(order, []), moment.date()])
            self._spans[order] = [days[0], days[-1]]


class MarkEvidence:
    """Collects numbers as they are written."""

    def __init__(self) -> None:
        self._marks: set[DecimalMark] = set()

    def add(self, cell: str) -> None:
        if mark := decimal_mark_of(cell):
            self._marks.add(mark)

    def mark(self) -> DecimalMark | None:
        return next(iter(self._marks)) if len(self._marks) == 1 else None
