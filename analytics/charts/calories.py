"""What was eaten against what was aimed for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analytics.charts.days import Span, counted, weeks_of
from analytics.charts.look import Look
from analytics.charts.paper import Sheet, color, number_of

# With more, a bar is the mean of a week or several.
_MOST_BARS: Final = {"phone": 92, "wide": 184}


@dataclass(frozen=True, kw_only=True)
class FoodDay:
    """A day of the food diary; the goal is None where there was none."""

    day: date
    kcal: float
    is_complete: bool
    goal_kcal: float | None = None


def calories_chart(days: Sequence[FoodDay], *, span: Span, look: Look) -> bytes:
    """A bar for each day, pale where not all is logged, and the goal as a line."""
    title = "Calories against goal"
    if not days:
        sheet = Sheet(look, title=title, says=f"{span}.", height=180)
        return sheet.sentence("Nothing was logged in this time.")
    sheet = Sheet(look, title=title, says=_says(days), height=400 if look.is_wide else 330)
    span = span.since(days[0].day)
    bars, step = _bars(days, span, most=_MOST_BARS[look.width])
    has_goal = any(day.goal_kcal is not None for day in bars)
    sheet.legend(_legend(bars, step=step, has_goal=has_goal))
    [panel] = sheet.panels(1, left=50)
    sheet.caption(panel, "kcal")
    sheet.days([panel], span)
    for is_complete, shade in ((True, "bar"), (False, "pale")):
        group = [(day.day, 0.0, day.kcal) for day in bars if day.is_complete is is_complete]
        if group:
            sheet.bars(panel, group, color=color(shade), step=step)
    for stretch in _stretches(bars, step):
        panel.plot(
            [number_of(day.day) - step / 2 for day in stretch]
            + [number_of(stretch[-1].day) + step / 2],
            [day.goal_kcal or 0 for day in (*stretch, stretch[-1])],
            drawstyle="steps-post",
            color=color("second"),
            linewidth=2,
        )
    panel.set_ylim(bottom=0)
    return sheet.svg()


def _bars(days: Sequence[FoodDay], span: Span, *, most: int) -> tuple[list[FoodDay], int]:
    """The days, or the means of the complete days of so many at a time."""
    if span.days <= most:
        return list(days), 1
    parts = weeks_of(span, most=most)
    means = [_mean([day for day in days if part.first <= day.day <= part.last]) for part in parts]
    return [mean for mean in means if mean], parts[-1].days


def _mean(days: Sequence[FoodDay]) -> FoodDay | None:
    if not days:
        return None
    meant = [day for day in days if day.is_complete] or days
    goals = [day.goal_kcal for day in meant if day.goal_kcal is not None]
    return FoodDay(
        day=date.fromordinal(round(fmean(day.day.toordinal() for day in (days[0], days[-1])))),
        kcal=fmean(day.kcal for day in meant),
        is_complete=meant[0].is_complete,
        goal_kcal=fmean(goals) if goals else None,
    )


def _stretches(bars: Sequence[FoodDay], step: int) -> list[list[FoodDay]]:
    """Days in a row that have a goal: no line goes over a gap in the diary."""
    stretches: list[list[FoodDay]] = []
    for bar in bars:
        if bar.goal_kcal is None:
            continue
        before = stretches[-1][-1] if stretches else None
        if before is None or (bar.day - before.day).days > 2 * step:
            stretches.append([])
        stretches[-1].append(bar)
    return stretches


def _says(days: Sequence[FoodDay]) -> str:
    whole = [day for day in days if day.is_complete]
    if not whole:
        return f"{counted(len(days), 'day')} logged, none of them completely."
    eaten = fmean(day.kcal for day in whole)
    mean = f"{eaten:,.0f} kcal a day on {counted(len(whole), 'complete day')}"
    aimed = [day for day in whole if day.goal_kcal is not None]
    if not aimed:
        return f"{mean}; no goal."
    over = fmean(day.kcal - (day.goal_kcal or 0) for day in aimed)
    if round(over) == 0:
        return f"{mean}, as aimed for."
    return f"{mean}, {abs(over):,.0f} {'above' if over > 0 else 'below'} goal."


def _legend(bars: Sequence[FoodDay], *, step: int, has_goal: bool) -> list[Line2D | Patch]:
    each = "Day" if step == 1 else f"Mean of {step} days"
    handles: list[Line2D | Patch] = []
    if any(bar.is_complete for bar in bars):
        handles.append(Patch(color=color("bar"), label=each))
    if not all(bar.is_complete for bar in bars):
        handles.append(Patch(color=color("pale"), label="Not all logged"))
    if has_goal:
        handles.append(Line2D([], [], color=color("second"), linewidth=2, label="Goal"))
    return handles
