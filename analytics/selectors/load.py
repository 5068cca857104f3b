"""How much somebody trains: loads day by day, and what they add up to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import takewhile
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from analytics.formulas import (
    LoadCurve,
    LoadHistory,
    LoadPoint,
    Result,
    WeeklyLoad,
    ewma_acwr,
    load_curve,
    weekly_load,
)
from analytics.formulas.load import WEEK_DAYS
from analytics.selectors.provenance import provenance
from users.keyset import fetch

Row = dict[str, Any]
Modality = Literal["all", "lifting", "cardio"]

MODALITIES: Final[tuple[Modality, ...]] = ("all", "lifting", "cardio")
# From the first day on, however few are asked for: fitness is made of all the days before.
_DAYS: LiteralString = """
    SELECT date, lifting_load AS lifting, cardio_load AS cardio,
        lifting_load + cardio_load AS "all", rated_load AS rated
    FROM analytics_trainingday WHERE user_id = %(user)s AND date <= %(today)s ORDER BY date
"""
_DECIMALS: Final = 2
_SHARE_DECIMALS: Final = 4


def training_load(*, user_id: UUID, today: date, days: int, explain: bool = False) -> Row:
    """Loads of each day from so many days ago up to today, by modality, and what they make.

    Before the first day of training nothing is known, and days are not shown. In one query.
    """
    rows = fetch(_DAYS, {"user": user_id, "today": today})
    first = today - timedelta(days=days)
    share = _rated_share([row for row in rows if row["date"] >= first])
    shown = {
        modality: _shown_modality(history, first=first, share=share, explain=explain)
        for modality, history in histories(rows, today=today).items()
    }
    return {
        "first": first,
        "last": today,
        "rated_share": share,
        **{name: shown.get(name, _nothing()) for name in MODALITIES},
    }


def histories(rows: list[Row], *, today: date) -> Mapping[Modality, LoadHistory]:
    """By modality, all from the first of these days on; none where there is no day."""
    if not rows:
        return {}
    return {
        name: LoadHistory(
            loads={row["date"]: row[name] for row in rows},
            first=rows[0]["date"],
            last=today,
            modality=name,
        )
        for name in MODALITIES
    }


def _nothing() -> Row:
    return {"curve": None, "week": None, "ratio": None, "weeks": [], "points": []}


def _rated_share(rows: list[Row]) -> float | None:
    load = sum(row["all"] for row in rows)
    return round(sum(row["rated"] for row in rows) / load, _SHARE_DECIMALS) if load else None


def _shown_modality(
    history: LoadHistory, *, first: date, share: float | None, explain: bool
) -> Row:
    def origin(result: Result) -> Row:
        return provenance(_with_share(result, share), explain=explain)

    curve, week, ratio = load_curve(history), weekly_load(history), ewma_acwr(history)
    return {
        "curve": {**_shown_point(curve.latest), "provenance": origin(curve)},
        "week": {
            **_shown_week(week),
            "mean": _rounded(week.mean),
            "sd": _rounded(week.sd),
            "previous_load": _rounded(week.previous_load),
            "change": _rounded(week.change, _SHARE_DECIMALS),
            "provenance": origin(week),
        },
        "ratio": {
            "acute": _rounded(ratio.acute),
            "chronic": _rounded(ratio.chronic),
            "ratio": _rounded(ratio.ratio, _SHARE_DECIMALS),
            "provenance": origin(ratio),
        },
        "weeks": [_shown_week(one) for one in _weeks(history, first=first)],
        "points": _shown_points(curve, first=first),
    }


def _weeks(history: LoadHistory, *, first: date) -> list[WeeklyLoad]:
    """The whole weeks of the range that end today, seven days ago, and so on; oldest first."""
    begin = max(first, history.first)
    found = []
    last = history.last
    while last - timedelta(days=WEEK_DAYS - 1) >= begin:
        near = (last - timedelta(days=ago) for ago in range(2 * WEEK_DAYS))
        loads = {day: history.loads[day] for day in near if day in history.loads}
        found.append(weekly_load(replace(history, loads=loads, last=last)))
        last -= timedelta(days=WEEK_DAYS)
    return found[::-1]


def _shown_week(week: WeeklyLoad) -> Row:
    assert week.window is not None
    return {
        "first": week.window.first,
        "last": week.window.last,
        "load": _rounded(week.load),
        "monotony": _rounded(week.monotony),
        "strain": _rounded(week.strain),
    }


def _shown_points(curve: LoadCurve, *, first: date) -> list[Row]:
    found = takewhile(lambda point: point.day >= first, reversed(curve.points))
    return [_shown_point(point) for point in found][::-1]


def _shown_point(point: LoadPoint) -> Row:
    return {
        "date": point.day,
        "load": _rounded(point.load),
        "ctl": _rounded(point.ctl),
        "atl": _rounded(point.atl),
        "tsb": _rounded(point.tsb),
        "form_percent": _rounded(point.form_percent),
    }


def _rounded(value: float | None, decimals: int = _DECIMALS) -> float | None:
    return None if value is None else round(value, decimals)


def _with_share(result: Result, share: float | None) -> Result:
    """The result with what is to be said of efforts that nobody rated."""
    if share is None or share >= 1:
        return result
    said = f"Of the load, {share:.0%} is of efforts that were rated; the rest counts as 5 of 10."
    return replace(result, caveats=(*result.caveats, said))
