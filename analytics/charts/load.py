"""How much training there was, and what it adds up to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analytics.charts.days import Span, weeks_of
from analytics.charts.look import Look
from analytics.charts.paper import Sheet, color, number_of
from analytics.formulas.load import FITNESS_DAYS

_MOST_BARS: Final = {"phone": 92, "wide": 184}
# How strong curves are that still depend on where they were begun.
_PALE: Final = 0.35


@dataclass(frozen=True, kw_only=True)
class LoadDay:
    """Loads of a day in RPE × minutes, and fitness, fatigue and form of all training.

    The three are settled once they have enough days before them.
    """

    day: date
    lifting: float
    cardio: float
    fitness: float
    fatigue: float
    form: float
    is_settled: bool = True


def load_chart(days: Sequence[LoadDay], *, span: Span, look: Look) -> bytes:
    """Loads as bars, fitness and fatigue as lines, and form below. Every day has its row."""
    title = "Training load"
    height = 500 if look.is_wide else 420
    trained = [day for day in days if day.lifting or day.cardio]
    if not trained:
        sheet = Sheet(look, title=title, says=f"{span}.", height=180)
        return sheet.sentence("There was no training in this time.")
    sheet = Sheet(look, title=title, says=_says(days), height=height)
    bars, step = _bars(days, most=_MOST_BARS[look.width])
    has_cardio = any(day.cardio for day in days)
    settles = not all(day.is_settled for day in days)
    sheet.legend(_legend(step=step, has_cardio=has_cardio, settles=settles))
    loads, form = sheet.panels(5, 3)
    sheet.days([loads, form], Span(first=days[0].day, last=days[-1].day))
    sheet.caption(loads, "Load, RPE × minutes a day")
    lifted = [(bar.day, 0.0, bar.lifting) for bar in bars]
    sheet.bars(loads, lifted, color=color("bar"), step=step)
    if has_cardio:
        ran = [(bar.day, bar.lifting, bar.lifting + bar.cardio) for bar in bars]
        sheet.bars(loads, ran, color=color("mint"), step=step)
    # As many points as bars: nobody sees more, and a picture of years would be heavy.
    points = days[::-1][::step][::-1]
    sheet.caption(form, "Form: fitness less fatigue, of the evening before")
    for part, strength in _parts(points):
        _draw_means(loads, part, strength)
        _draw_form(form, part, strength)
    loads.set_ylim(bottom=0)
    form.axhline(0, color=color("muted"), linewidth=1)
    return sheet.svg()


def _parts(points: Sequence[LoadDay]) -> list[tuple[Sequence[LoadDay], float]]:
    """The points before the curves have settled and those since, and how strong to draw them."""
    settled = next((at for at, day in enumerate(points) if day.is_settled), len(points))
    # The first point of the second part ends the first part too: the line has no gap.
    parts = [(points[: settled + 1] if settled else [], _PALE), (points[settled:], 1.0)]
    return [(part, strength) for part, strength in parts if part]


def _draw_means(panel: Axes, days: Sequence[LoadDay], strength: float) -> None:
    numbers = [number_of(day.day) for day in days]
    fitness, fatigue = [day.fitness for day in days], [day.fatigue for day in days]
    panel.plot(numbers, fitness, color=color("main"), linewidth=2.2, alpha=strength)
    panel.plot(numbers, fatigue, color=color("second"), linewidth=1.6, alpha=strength)


def _draw_form(panel: Axes, days: Sequence[LoadDay], strength: float) -> None:
    numbers, form = [number_of(day.day) for day in days], [day.form for day in days]
    fresh = [value >= 0 for value in form]
    tired = [value <= 0 for value in form]
    for where, shade, alpha in ((fresh, "third", 0.35), (tired, "second", 0.3)):
        panel.fill_between(
            numbers,
            form,
            0,
            where=where,
            color=color(shade),
            alpha=alpha * strength,
            lw=0,
            interpolate=True,
        )
    panel.plot(numbers, form, color=color("ink"), linewidth=1.4, alpha=strength)


def _bars(days: Sequence[LoadDay], *, most: int) -> tuple[list[LoadDay], int]:
    """The days, or the means of so many at a time."""
    if len(days) <= most:
        return [day for day in days if day.lifting or day.cardio], 1
    parts = weeks_of(Span(first=days[0].day, last=days[-1].day), most=most)
    step = parts[-1].days
    groups = [[day for day in days if part.first <= day.day <= part.last] for part in parts]
    return [_mean(group) for group in groups], step


def _mean(days: Sequence[LoadDay]) -> LoadDay:
    middle, last = days[len(days) // 2], days[-1]
    return LoadDay(
        day=middle.day,
        lifting=fmean(day.lifting for day in days),
        cardio=fmean(day.cardio for day in days),
        fitness=last.fitness,
        fatigue=last.fatigue,
        form=last.form,
        is_settled=last.is_settled,
    )


def _says(days: Sequence[LoadDay]) -> str:
    now = days[-1]
    form = f"{now.form:+.0f}".replace("-", "−")
    # Form is not the difference of the other two, which have today's training in them.
    said = f"Fitness {now.fitness:.0f}, fatigue {now.fatigue:.0f}; form {form} from yesterday."
    return said if now.is_settled else f"{said} They settle after {FITNESS_DAYS} days."


def _legend(*, step: int, has_cardio: bool, settles: bool) -> list[Line2D | Patch]:
    mean = "" if step == 1 else f", mean of {step} days"
    handles: list[Line2D | Patch] = [
        Patch(color=color("bar"), label=f"Lifting{mean}"),
        Line2D([], [], color=color("main"), linewidth=2.2, label="Fitness (CTL)"),
    ]
    if has_cardio:
        handles.insert(1, Patch(color=color("mint"), label=f"Cardio{mean}"))
    handles.append(Line2D([], [], color=color("second"), linewidth=1.6, label="Fatigue (ATL)"))
    if settles:
        label = f"Pale: first {FITNESS_DAYS} days"
        handles.append(
            Line2D([], [], color=color("main"), linewidth=2.2, alpha=_PALE, label=label)
        )
    return handles
