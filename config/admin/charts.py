"""Charts of the admin's own pages, as SVG without letters: those are HTML beside the drawing.

So a drawing may be as wide as there is room, and what is written stays as large as it is. Colors
come from the style sheet, by classes; numbers in, text out, and nothing of Django in it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from math import floor, log10
from typing import Final
from xml.sax.saxutils import escape

from analytics.charts.days import long_day

Values = Sequence[float | None]
# Where the drawing says what is to be read beside it: percent of its width or height.
Mark = tuple[str, str]

_WIDTH: Final = 1000
_HEIGHT: Final = 200
_STEPS: Final = (1, 2, 2.5, 5, 10)
_MOST_LINES: Final = 4
_MOST_NAMES: Final = 7
_GAP: Final = 0.25
_LEVELS: Final = 4
_CELL: Final = 12
_WEEK: Final = 7


@dataclass(frozen=True, kw_only=True)
class Series:
    """One row of values; ``look`` is a class of the style sheet."""

    name: str
    values: Values
    look: str = "main"
    is_line: bool = True


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A drawing with all that stands around it. ``svg`` is safe to put into a page."""

    title: str
    says: str
    svg: str
    heights: Sequence[Mark] = ()
    places: Sequence[Mark] = ()
    series: Sequence[Series] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    is_empty: bool = False


def number(value: float | None, *, unit: str = "") -> str:
    """As it is read: 1,200; 81.4; a dash for what is not known."""
    if value is None:
        return "–"
    digits = 0 if float(value).is_integer() or abs(value) >= 100 else 1  # noqa: PLR2004 - three digits are read at a glance
    return f"{value:,.{digits}f}{f' {unit}' if unit else ''}"


def by_day(
    title: str,
    days: Sequence[date],
    series: Sequence[Series],
    *,
    says: str,
    unit: str = "",
    from_zero: bool = True,
    step_days: int = 1,
) -> Chart:
    """Bars and lines over days, or over the first days of weeks."""
    known = [value for one in series for value in one.values if value is not None]
    low, high, lines = _scale(known, from_zero=from_zero)
    digits = max(len(f"{y:g}".partition(".")[2]) for y in lines)
    top = _place_of(low, high)
    drawing = [
        *(f'<line class="grid" x1="0" x2="{_WIDTH}" y1="{top(y)}" y2="{top(y)}"/>' for y in lines),
        *(_bars(one.values, one.look, top) for one in series if not one.is_line),
        *(_line(one.values, one.look, top) for one in series if one.is_line),
        *_hits(days, series, unit=unit, step_days=step_days),
    ]
    return Chart(
        title=title,
        says=says,
        svg=_svg(title, says, drawing),
        heights=[(f"{top(y) / _HEIGHT:.2%}", f"{y:,.{digits}f}") for y in lines],
        places=_names_of(days),
        series=series if len(series) > 1 else (),
        head=["Day" if step_days == 1 else "Week of", *(one.name for one in series)],
        rows=_rows(days, series, unit=unit),
        is_empty=not any(known),
    )


def heat_map(title: str, days: dict[date, float], *, year: int, says: str, unit: str) -> Chart:
    """A year as weeks from Monday on: the more, the darker."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    most = max(days.values(), default=0)
    columns = (last - first).days // _WEEK + 2
    cells, months = [], []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        column = ((day - first).days + first.weekday()) // _WEEK
        value = days.get(day, 0)
        cells.append(
            f'<rect class="heat-{_level(value, most)}" x="{column * _CELL}"'
            f' y="{day.weekday() * _CELL}" width="{_CELL - 2}" height="{_CELL - 2}" rx="2">'
            f"<title>{long_day(day)}: {number(value, unit=unit)}</title></rect>"
        )
        if day.day == 1:
            months.append((f"{column / columns:.2%}", f"{day:%b}"))
    return Chart(
        title=title,
        says=says,
        svg=_svg(title, says, cells, width=columns * _CELL, height=_WEEK * _CELL, keep=True),
        places=months,
        head=["Month", "Days", unit],
        rows=_by_month(days, year),
        is_empty=not days,
    )


def weekly(
    days: Sequence[date], value_of: Callable[[date], float | None], *, mean: bool
) -> tuple[list[date], list[float | None]]:
    """Sums, or means of what is known, of the weeks that begin on Monday."""
    weeks, values = [], []
    for monday, of_week in groupby(days, key=_monday):
        known = [value for day in of_week if (value := value_of(day)) is not None]
        weeks.append(monday)
        values.append(_of_week(known, mean=mean))
    return weeks, values


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _of_week(known: Sequence[float], *, mean: bool) -> float | None:
    if mean:
        return round(sum(known) / len(known), 1) if known else None
    return round(sum(known), 1)


def _scale(known: Iterable[float], *, from_zero: bool) -> tuple[float, float, list[float]]:
    """From, to, and the lines between: round numbers that hold all values."""
    values = list(known) or [0.0]
    low, high = min(values), max(values)
    low = min(low, 0) if from_zero else low
    reach = (high - low) or max(abs(high), 1)
    power = 10 ** floor(log10(reach / _MOST_LINES))
    step = next(one * power for one in _STEPS if one * power * _MOST_LINES >= reach)
    first = floor(low / step)
    # The last line is at the highest value or above it.
    count = -(-(high - first * step) // step) or 1
    lines = [round((first + n) * step, 6) for n in range(int(count) + 1)]
    return lines[0], lines[-1], lines


def _place_of(low: float, high: float) -> Callable[[float], float]:
    return lambda value: round(_HEIGHT * (high - value) / (high - low), 2)


def _bars(values: Values, look: str, top: Callable[[float], float]) -> str:
    wide = _WIDTH / max(len(values), 1)
    floor_y = min(top(0), _HEIGHT)
    bars = (
        f"M{n * wide + wide * _GAP / 2:.2f},{floor_y}V{top(value)}h{wide * (1 - _GAP):.2f}"
        f"V{floor_y}z"
        for n, value in enumerate(values)
        if value
    )
    return f'<path class="bar {look}" d="{"".join(bars)}"/>'


def _line(values: Values, look: str, top: Callable[[float], float]) -> str:
    """With a gap where nothing is known; a day alone is a dot."""
    wide = _WIDTH / max(len(values), 1)
    path, before = [], False
    for n, value in enumerate(values):
        if value is not None:
            place = f"{(n + 0.5) * wide:.2f},{top(value)}"
            path.append(f"L{place}" if before else f"M{place}h0.01")
        before = value is not None
    return f'<path class="line {look}" d="{"".join(path)}"/>'


def _hits(
    days: Sequence[date], series: Sequence[Series], *, unit: str, step_days: int
) -> Iterable[str]:
    """Over each day a place to point at, which says what there is."""
    wide = _WIDTH / max(len(days), 1)
    for n, day in enumerate(days):
        name = long_day(day) if step_days == 1 else f"Week of {long_day(day)}"
        said = [name, *(f"{one.name}: {number(one.values[n], unit=unit)}" for one in series)]
        title = escape("\n".join(said))
        yield (
            f'<rect class="hit" x="{n * wide:.2f}" y="0" width="{wide:.2f}" height="{_HEIGHT}">'
            f"<title>{title}</title></rect>"
        )


def _names_of(days: Sequence[date]) -> list[Mark]:
    """The days to name: the first of months where there are some, else in even steps."""
    months = [n for n, day in enumerate(days) if n and days[n - 1].month != day.month]
    if len(days) > _MOST_NAMES * _WEEK or (len(days) > 1 and (days[1] - days[0]).days > 1):
        chosen, name = months, "{0:%b}"
    else:
        chosen, name = (
            list(range(0, len(days), max(1, len(days) // _MOST_NAMES))),
            "{0:%b} {0.day}",
        )
    return [(f"{(n + 0.5) / len(days):.2%}", name.format(days[n])) for n in chosen]


def _rows(days: Sequence[date], series: Sequence[Series], *, unit: str) -> list[list[str]]:
    return [
        [long_day(day), *(number(one.values[n], unit=unit) for one in series)]
        for n, day in enumerate(days)
        if any(one.values[n] for one in series)
    ]


def _level(value: float, most: float) -> int:
    return 0 if value <= 0 else min(_LEVELS, 1 + int(_LEVELS * value / (most + 1e-9)))


def _by_month(days: dict[date, float], year: int) -> list[list[str]]:
    rows = []
    for month in range(1, 13):
        of_month = [value for day, value in days.items() if (day.year, day.month) == (year, month)]
        rows.append([f"{date(year, month, 1):%B}", number(len(of_month)), number(sum(of_month))])
    return rows


def _svg(
    title: str,
    says: str,
    drawing: Iterable[str],
    *,
    width: int = _WIDTH,
    height: int = _HEIGHT,
    keep: bool = False,
) -> str:
    ratio = "" if keep else ' preserveAspectRatio="none"'
    label = escape(f"{title}. {says}", {'"': "&quot;"})
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{label}"{ratio}>'
        f"{''.join(drawing)}</svg>"
    )
