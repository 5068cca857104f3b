"""Where a weight is going."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analytics.charts.days import Span, short_day
from analytics.charts.look import Look
from analytics.charts.paper import Sheet, color, number_of
from analytics.formulas.provenance import shown

_MOST_DOTS: Final = 120
# Less would show the water of a day as if it were something.
_LEAST_KG: Final = 3.0


@dataclass(frozen=True, kw_only=True)
class WeightPoint:
    """A weigh-in, the trend at it, and between what 80 % of weigh-ins lie, in kg."""

    day: date
    weight_kg: float
    trend_kg: float
    low_kg: float | None = None
    high_kg: float | None = None


def weight_chart(
    points: Sequence[WeightPoint],
    *,
    span: Span,
    look: Look,
    kg_per_week: float | None = None,
    goal_kg: float | None = None,
) -> bytes:
    """Weigh-ins as dots, their trend as a line in its band, and a goal where there is one."""
    title = "Body weight"
    if not points:
        sheet = Sheet(look, title=title, says=f"{span}.", height=180)
        return sheet.sentence("No weigh-in in this time. The trend begins with the first one.")
    says = _says(points, span, kg_per_week)
    sheet = Sheet(look, title=title, says=says, height=420 if look.is_wide else 330)
    has_band = any(point.low_kg is not None for point in points)
    sheet.legend(_legend(has_band=has_band, goal_kg=goal_kg))
    [panel] = sheet.panels(1)
    sheet.caption(panel, "kg")
    sheet.days([panel], span.since(points[0].day))
    days = [number_of(point.day) for point in points]
    banded = [point for point in points if point.low_kg is not None and point.high_kg is not None]
    panel.fill_between(
        [number_of(point.day) for point in banded],
        [point.low_kg or 0 for point in banded],
        [point.high_kg or 0 for point in banded],
        color=color("main"),
        alpha=0.18,
        linewidth=0,
    )
    size = 3.2 if len(points) > _MOST_DOTS else 4.5
    weights = [point.weight_kg for point in points]
    panel.plot(days, weights, "o", color=color("muted"), alpha=0.55, markersize=size, mew=0)
    trend = [point.trend_kg for point in points]
    panel.plot(days, trend, color=color("main"), linewidth=2.4, solid_capstyle="round")
    _widen(panel)
    panel.plot(days[-1:], trend[-1:], "o", color=color("main"), markersize=7)
    if goal_kg is not None:
        panel.axhline(goal_kg, color=color("third"), linewidth=1.8, dashes=(5, 3))
    return sheet.svg()


def _widen(panel: Axes) -> None:
    low, high = panel.get_ylim()
    missing = _LEAST_KG - (high - low)
    if missing > 0:
        panel.set_ylim(low - missing / 2, high + missing / 2)


def _says(points: Sequence[WeightPoint], span: Span, kg_per_week: float | None) -> str:
    last = points[-1]
    day = short_day(last.day, last=span.last)
    now = f"The trend is at {shown(last.trend_kg, 1)} kg on {day}"
    if kg_per_week is None:
        return f"{now}."
    return f"{now}, {kg_per_week:+.2f} kg a week.".replace("-", "−")


def _legend(*, has_band: bool, goal_kg: float | None) -> list[Line2D | Patch]:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=color("main"), linewidth=2.4, label="Trend"),
        Line2D([], [], marker="o", ls="", color=color("muted"), alpha=0.6, label="Weigh-in"),
    ]
    if has_band:
        handles.append(Patch(color=color("main"), alpha=0.18, label="80 % of weigh-ins"))
    if goal_kg is not None:
        label = f"Goal, {shown(goal_kg, 1)} kg"
        handles.append(Line2D([], [], color=color("third"), dashes=(5, 3), label=label))
    return handles
