"""Which days a chart shows, and how they are called."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

# From there on months are named, and not days.
_MOST_DAYS: Final = 62
_MONTHS: Final = (1, 2, 3, 6, 12, 24)
_YEAR: Final = 12


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that were asked for, the last included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def since(self, first: date) -> "Span":
        """Without the days before the first that something is known of."""
        return Span(first=max(self.first, first), last=self.last)

    def __str__(self) -> str:
        return f"{long_day(self.first)} to {long_day(self.last)}"


def long_day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def short_day(day: date, *, last: date) -> str:
    """The day as it is understood at the end of a span: with its year only if that is another."""
    return f"{day:%b} {day.day}" if day.year == last.year else long_day(day)


def weeks_of(span: Span, *, most: int) -> list[Span]:
    """The span in equal parts of whole weeks, counted back from its end: at most so many."""
    length = 7 * -(-span.days // (7 * most))
    parts, last = [], span.last
    while last >= span.first:
        parts.append(Span(first=last - timedelta(days=length - 1), last=last))
        last -= timedelta(days=length)
    return parts[::-1]


def ticks_of(span: Span, *, most: int) -> list[tuple[date, str]]:
    """The days to name on an axis, and their names: at most so many, in even steps."""
    if span.days <= _MOST_DAYS:
        step = -(-span.days // most)
        if step > 3:  # noqa: PLR2004 - beyond half a week, whole weeks are easier to read
            step = 7 * -(-step // 7)
        named = [span.first + timedelta(days=n) for n in range(0, span.days, step)]
        return [(day, f"{day:%b} {day.day}") for day in named]
    firsts = _first_days_of_months(span)
    for step in _MONTHS:
        # By the calendar, so that January is among them.
        named = [day for day in firsts if (day.year * _YEAR + day.month - 1) % step == 0]
        if len(named) <= most:
            break
    return [(day, _month(day, step)) for day in named]


def _first_days_of_months(span: Span) -> list[date]:
    months = range(
        span.first.year * _YEAR + span.first.month - 1,
        span.last.year * _YEAR + span.last.month,
    )
    days = [date(month // _YEAR, month % _YEAR + 1, 1) for month in months]
    return [day for day in days if span.first <= day <= span.last]


def _month(day: date, step: int) -> str:
    if step >= _YEAR:
        return f"{day.year}"
    return f"{day:%b %Y}" if day.month == 1 else f"{day:%b}"
