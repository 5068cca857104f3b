"""How strong a person became in an exercise, and what they did for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from analytics.charts.days import Span, counted, short_day
from analytics.charts.look import Look
from analytics.charts.paper import Sheet, color, number_of
from analytics.formulas.provenance import shown
from analytics.formulas.result import Validity

_MOST_DOTS: Final = 60


@dataclass(frozen=True, kw_only=True)
class StrengthDay:
    """What was lifted on a day, kg; the maximum is None where no set speaks for one."""

    day: date
    one_rm_kg: float | None
    low_kg: float | None
    high_kg: float | None
    validity: Validity
    is_tested: bool
    volume_kg: float


@dataclass(frozen=True, kw_only=True)
class KnownMaximum:
    """The best 1RM that was known from a day on, in kg."""

    day: date
    kg: float


def strength_chart(
    days: Sequence[StrengthDay],
    known: Sequence[KnownMaximum],
    *,
    exercise: str,
    span: Span,
    look: Look,
) -> bytes:
    """Each day's 1RM with what the formulas disagree by, the best known, and the volume below.

    A panel that would be empty is left out.
    """
    height = 480 if look.is_wide else 400
    if not days:
        sheet = Sheet(look, title=exercise, says=f"{span}.", height=180)
        return sheet.sentence("There was no set in this time.")
    rated = [day for day in days if day.one_rm_kg is not None]
    moved = [day for day in days if day.volume_kg]
    if not rated and not moved:
        sheet = Sheet(look, title=exercise, says=f"{_days(days)}.", height=180)
        return sheet.sentence("No set has a volume in kg or speaks for a maximum.")
    sheet = Sheet(look, title=exercise, says=_says(rated, days, span), height=height)
    sheet.legend(_legend(rated, is_known=bool(known)))
    panels = sheet.panels(*((5,) if rated else ()), *((3,) if moved else ()))
    shown_days = span.since(days[0].day)
    sheet.days(panels, shown_days)
    if rated:
        sheet.caption(panels[0], "1RM, kg")
        _draw_maxima(panels[0], rated)
        _draw_known(panels[0], known, shown_days)
    if moved:
        sheet.caption(panels[-1], "Volume of working sets, kg")
        volumes = [(day.day, 0, day.volume_kg) for day in moved]
        sheet.bars(panels[-1], volumes, color=color("bar"), step=2)
        panels[-1].set_ylim(bottom=0)
    return sheet.svg()


def _draw_maxima(panel: Axes, days: Sequence[StrengthDay]) -> None:
    dot = 4.5 if len(days) > _MOST_DOTS else 6
    spread = [day for day in days if day.low_kg is not None and day.high_kg is not None]
    panel.vlines(
        [number_of(day.day) for day in spread],
        [day.low_kg or 0 for day in spread],
        [day.high_kg or 0 for day in spread],
        color=color("main"),
        alpha=0.35,
        linewidth=2.2,
    )
    for kind, group in _by_kind(days).items():
        panel.plot(
            [number_of(day.day) for day in group],
            [day.one_rm_kg or 0 for day in group],
            ls="",
            markersize=dot,
            **_MARKS[kind],
        )


def _draw_known(panel: Axes, known: Sequence[KnownMaximum], span: Span) -> None:
    if not known:
        return
    days = [number_of(max(one.day, span.first)) for one in known] + [number_of(span.last)]
    values = [one.kg for one in known] + [known[-1].kg]
    panel.plot(
        days, values, drawstyle="steps-post", color=color("third"), linewidth=1.8, zorder=1.5
    )


_MARKS: Final[dict[str, dict[str, Any]]] = {
    "Estimate": {"marker": "o", "color": color("main"), "mew": 0},
    "Rough estimate": {
        "marker": "o",
        "markerfacecolor": color("paper"),
        "color": color("main"),
        "mew": 1.4,
    },
    "Tested": {"marker": "D", "color": color("second"), "mew": 0},
}


def _by_kind(days: Sequence[StrengthDay]) -> dict[str, list[StrengthDay]]:
    groups: dict[str, list[StrengthDay]] = {kind: [] for kind in _MARKS}
    for day in days:
        rough = "Estimate" if day.validity == "valid" else "Rough estimate"
        groups["Tested" if day.is_tested else rough].append(day)
    return {kind: group for kind, group in groups.items() if group}


def _days(days: Sequence[StrengthDay]) -> str:
    has_test = any(day.is_tested for day in days)
    return f"{counted(len(days), 'day')} with {'sets or tests' if has_test else 'sets'}"


def _says(rated: Sequence[StrengthDay], days: Sequence[StrengthDay], span: Span) -> str:
    if not rated:
        return f"{_days(days)}; none speaks for a maximum."
    sure = [day for day in rated if day.is_tested or day.validity == "valid"]
    best = max(sure or rated, key=lambda day: day.one_rm_kg or 0)
    day = short_day(best.day, last=span.last)
    return f"{_days(days)}; best {shown(best.one_rm_kg or 0, 1)} kg on {day}."


def _legend(rated: Sequence[StrengthDay], *, is_known: bool) -> list[Line2D]:
    handles = [
        Line2D([], [], ls="", markersize=6, label=kind, **_MARKS[kind]) for kind in _by_kind(rated)
    ]
    if any(day.low_kg != day.high_kg for day in rated):
        label = "Formulas, lowest to highest"
        handles.append(
            Line2D(
                [],
                [],
                ls="",
                marker="|",
                mew=2.2,
                markersize=11,
                color=color("main"),
                alpha=0.45,
                label=label,
            )
        )
    if is_known and rated:
        handles.append(Line2D([], [], color=color("third"), linewidth=1.8, label="Best known"))
    return handles
