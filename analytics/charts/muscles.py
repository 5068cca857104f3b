"""Which muscles were trained how much, week by week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor
from statistics import fmean
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Patch, Rectangle

from analytics.charts.days import Span
from analytics.charts.look import Look
from analytics.charts.paper import Sheet, color
from analytics.formulas.provenance import shown

_ROW: Final = 22
# Before the week that still runs, in columns.
_GAP: Final = 0.35
_MOST_SHORT_DAYS: Final = 371
_LABEL_PIXELS: Final = 46
_NAMES: Final = {"phone": 84, "wide": 120}
_MOST_COLUMNS: Final = {"phone": 26, "wide": 53}
# A cell needs this to hold its number, and this for its decimal.
_NUMBER_PIXELS, _DECIMAL_PIXELS = 17, 28
Zone = Literal["none", "low", "good", "high", "over", "plain"]


@dataclass(frozen=True, kw_only=True)
class Landmarks:
    """Sets a week: fewest that build, where the best range ends, most to recover from."""

    mev: float
    mav_high: float
    mrv: float


@dataclass(frozen=True, kw_only=True)
class TrainedMuscle:
    slug: str
    name: str
    landmarks: Landmarks | None = None


@dataclass(frozen=True, kw_only=True)
class MuscleWeek:
    """Hard sets of a week, and their fractions by muscle; it may still run."""

    first: date
    hard_sets: int
    sets: Mapping[str, float]
    is_over: bool = True


@dataclass(frozen=True, kw_only=True)
class _Column:
    label: date
    sets: Mapping[str, float]
    is_over: bool


def muscles_chart(
    weeks: Sequence[MuscleWeek],
    muscles: Sequence[TrainedMuscle],
    *,
    span: Span,
    look: Look,
) -> bytes:
    """A row for each muscle, a column for each week, colored by where the sets lie."""
    title = "Hard sets per muscle and week"
    rows = _rows(weeks, muscles)
    if not any(sum(week.sets.values()) for week in weeks):
        sheet = Sheet(look, title=title, says=f"{span}.", height=180)
        return sheet.sentence("No muscle had a hard set in this time.")
    columns, merged = _columns(weeks, most=_MOST_COLUMNS[look.width])
    says = _says(weeks, merged)
    frame = 112 if look.is_wide else 150
    sheet = Sheet(look, title=title, says=says, height=frame + _ROW * len(rows))
    sheet.legend(_legend(rows, columns))
    [panel] = sheet.panels(1, left=_NAMES[look.width], captioned=False)
    _draw(panel, rows, columns, look)
    return sheet.svg()


def _draw(
    panel: Axes, rows: Sequence[TrainedMuscle], columns: Sequence[_Column], look: Look
) -> None:
    panel.grid(visible=False)
    panel.spines["bottom"].set_visible(False)
    # A few wide cells would look like a table of something else.
    width = max(len(columns), 8) + _GAP
    panel.set_xlim(0, width)
    panel.set_ylim(len(rows), 0)
    cell = panel.get_position().width * look.pixels / width
    lefts = [x if column.is_over else x + _GAP for x, column in enumerate(columns)]
    cells: dict[Zone, list[Rectangle]] = {}
    for y, muscle in enumerate(rows):
        for x, column in zip(lefts, columns, strict=True):
            sets = column.sets.get(muscle.slug, 0.0)
            cells.setdefault(_zone(sets, muscle.landmarks), []).append(_cell(x, y, cell))
            _number(panel, x, y, sets, cell)
    for zone, group in cells.items():
        panel.add_collection(PatchCollection(group, facecolor=color(zone), linewidth=0))
    panel.set_yticks([y + 0.5 for y in range(len(rows))], [muscle.name for muscle in rows])
    panel.tick_params(axis="y", labelcolor=color("ink"))
    panel.tick_params(axis="x", length=0)
    label = _LABEL_PIXELS + 12 * _is_long(columns)
    marked = range(len(columns) - 1, -1, -max(1, ceil(label / cell)))
    names = [_name(columns[x], is_long=_is_long(columns)) for x in marked]
    panel.set_xticks([lefts[x] + 0.5 for x in marked], names)


def _number(panel: Axes, x: float, y: int, sets: float, pixels: float) -> None:
    has_decimal = pixels >= _DECIMAL_PIXELS
    text = _rounded(sets, 1 if has_decimal else 0)
    if text != "0" and pixels >= _NUMBER_PIXELS:
        size = 11 if has_decimal else 9.5
        panel.text(x + 0.5, y + 0.5, text, size=size, ha="center", va="center", color=color("ink"))


def _rounded(sets: float, decimals: int) -> str:
    """Half up, since quarters of sets are common, and 2.25 is 2.3 to most people."""
    scale = 10**decimals
    # A mean of fractions may lie a hair below the half that it is.
    return shown(floor(sets * scale + 0.5 + 1e-9) / scale, decimals)


def _is_long(columns: Sequence[_Column]) -> bool:
    return (columns[-1].label - columns[0].label).days > _MOST_SHORT_DAYS


def _name(column: _Column, *, is_long: bool) -> str:
    if not column.is_over:
        return "so far"
    return f"{column.label:%b %Y}" if is_long else f"{column.label:%b} {column.label.day}"


def _cell(x: float, y: int, pixels: float) -> Rectangle:
    gap = min(0.06, 1.2 / pixels)
    return Rectangle((x + gap, y + 0.06), 1 - 2 * gap, 0.88)


def _zone(sets: float, landmarks: Landmarks | None) -> Zone:
    if sets == 0:
        # Also where the fewest that build are none, since other training is enough.
        return "none"
    if landmarks is None:
        return "plain"
    if sets < landmarks.mev:
        return "low"
    if sets <= landmarks.mav_high:
        return "good"
    return "high" if sets <= landmarks.mrv else "over"


def _rows(weeks: Sequence[MuscleWeek], muscles: Sequence[TrainedMuscle]) -> list[TrainedMuscle]:
    """Those trained, and those that should be; most sets first."""
    totals = {
        muscle.slug: sum(week.sets.get(muscle.slug, 0.0) for week in weeks) for muscle in muscles
    }
    listed = [
        muscle
        for muscle in muscles
        if totals[muscle.slug] or (muscle.landmarks and muscle.landmarks.mev)
    ]
    return sorted(listed, key=lambda muscle: (-totals[muscle.slug], muscle.name))


def _columns(weeks: Sequence[MuscleWeek], *, most: int) -> tuple[list[_Column], int]:
    """The weeks, or the means of so many at a time, the last of them whole."""
    merged = -(-len(weeks) // most)
    ends = range(len(weeks), 0, -merged)
    groups = [weeks[max(0, end - merged) : end] for end in ends]
    return [_column(group) for group in reversed(groups)], merged


def _column(weeks: Sequence[MuscleWeek]) -> _Column:
    # A week that still runs would pull the mean of others down.
    counted = [week for week in weeks if week.is_over] or weeks
    slugs = {slug for week in counted for slug in week.sets}
    return _Column(
        label=weeks[0].first,
        sets={slug: fmean(week.sets.get(slug, 0.0) for week in counted) for slug in slugs},
        is_over=counted[0].is_over,
    )


def _says(weeks: Sequence[MuscleWeek], merged: int) -> str:
    over = [week for week in weeks if week.is_over]
    each = "each column is a week" if merged == 1 else f"each column is the mean of {merged} weeks"
    if not over:
        return "The first week still runs."
    # Not the sum over muscles, among which one set counts several times.
    mean = fmean(week.hard_sets for week in over)
    return f"{_rounded(mean, 1)} hard sets a week on average; {each}, named by its first day."


def _legend(rows: Sequence[TrainedMuscle], columns: Sequence[_Column]) -> list[Patch]:
    zones: list[tuple[Zone, str]] = [
        ("none", "Not trained"),
        ("low", "Below MEV"),
        ("good", "MEV to MAV"),
        ("high", "Up to MRV"),
        ("over", "Above MRV"),
        ("plain", "No landmarks"),
    ]
    used = {
        _zone(column.sets.get(muscle.slug, 0.0), muscle.landmarks)
        for muscle in rows
        for column in columns
    }
    return [Patch(color=color(zone), label=label) for zone, label in zones if zone in used]
