"""Where a person's weight is going, and how much of it is not fat."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from analytics.formulas import (
    BodyFat,
    FatFreeMass,
    WeighIn,
    fat_free_mass,
    forecast_goal,
    navy_body_fat,
    weight_slope,
    weight_trend,
)
from analytics.formulas.provenance import Interval, Window
from analytics.formulas.weigh_in_band import weigh_in_bands
from analytics.selectors.provenance import provenance
from users.keyset import fetch

# A trend begins that much earlier than it is shown: by then nothing is left of how it began.
_BEFORE: Final = timedelta(days=365)
_WEIGH_INS: LiteralString = """
    SELECT date AS day, weight AS weight_kg FROM analytics_bodymetric
    WHERE user_id = %(user)s AND date BETWEEN %(first)s AND %(last)s AND weight IS NOT NULL
    ORDER BY date
"""
# Of several goals the one that is due first.
_GOAL_WEIGHT: LiteralString = """
    SELECT body.target_value FROM analytics_goal goal
    JOIN analytics_bodygoal body ON body.goal_ptr_id = goal.id
    WHERE goal.user_id = %(user)s AND body.measure = 'weight' AND NOT goal.is_abandoned
        AND goal.achieved_on IS NULL
    ORDER BY goal.target_date NULLS LAST, goal.id LIMIT 1
"""
_NEEDED: Final[tuple[LiteralString, ...]] = ("weight", "body_fat", "waist", "hips", "neck_cm")
_LATEST: LiteralString = " UNION ALL ".join(
    f"""(SELECT '{name}' AS measure, date, {name} AS value FROM analytics_bodymetric
    WHERE user_id = %(user)s AND date <= %(today)s AND {name} IS NOT NULL
    ORDER BY date DESC LIMIT 1)"""  # noqa: S608 - our own column names
    for name in _NEEDED
)
_PROFILE: LiteralString = """
    SELECT sex, height AS height_cm, body_weight_kg AS weight_kg, date_of_birth
    FROM users_userprofile WHERE user_id = %(user)s
"""
FAR_APART_DAYS: Final = 30


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A measure and its day; None is that of the profile, which has none."""

    value: float
    day: date | None


@dataclass(frozen=True, kw_only=True)
class Body:
    """What is known of a body on a day: the latest of each measure, and the profile."""

    sex: Literal["female", "male"] | None
    height_cm: float | None
    date_of_birth: date | None
    weight: Measured | None
    body_fat: Measured | None
    waist: Measured | None
    hips: Measured | None
    neck: Measured | None


@dataclass(frozen=True, kw_only=True)
class KnownFat:
    """A body fat to reckon with, from a measurement or from girths, and its day."""

    origin: Literal["measured", "navy"]
    percent: float
    day: date
    interval: Interval | None = None


def weigh_ins(*, user_id: UUID, first: date, last: date) -> list[WeighIn]:
    rows = fetch(_WEIGH_INS, {"user": user_id, "first": first, "last": last})
    return [WeighIn(**row) for row in rows]


def weight_story(
    *, user_id: UUID, today: date, days: int, goal_kg: float | None = None, explain: bool = False
) -> dict[str, Any]:
    """The weight from so many days before today on: trend, change, and when the goal is met.

    Without ``goal_kg`` it is that of the person's goal, if they have one; in two queries.
    """
    first = today - timedelta(days=days)
    known = weigh_ins(user_id=user_id, first=first - _BEFORE, last=today)
    if goal_kg is None:
        goal_kg = next(
            (row["target_value"] for row in fetch(_GOAL_WEIGHT, {"user": user_id})), None
        )
    trend = weight_trend(known)
    slope = weight_slope(known, until=today)
    return {
        "first": first,
        "last": today,
        "points": [
            {
                "date": point.day,
                "weight_kg": point.weight_kg,
                "trend_kg": round(point.trend_kg, 2),
                "low_kg": round(band.low, 2),
                "high_kg": round(band.high, 2),
            }
            for point, band in zip(trend.points, weigh_in_bands(trend.points), strict=True)
            if point.day >= first
        ],
        "trend": {
            "weight_kg": _rounded(trend.trend_kg, 2),
            "provenance": provenance(trend, explain=explain),
        },
        "change": {
            "kg_per_day": _rounded(slope.kg_per_day, 4),
            "kg_per_week": _rounded(slope.kg_per_day and 7 * slope.kg_per_day, 3),
            "weight_kg": _rounded(slope.weight_kg, 2),
            "provenance": provenance(slope, explain=explain),
        },
        "forecast": goal_kg and _forecast(known, goal_kg, today, explain=explain),
    }


def _forecast(
    known: list[WeighIn], goal_kg: float, today: date, *, explain: bool
) -> dict[str, Any]:
    found = forecast_goal(known, goal_kg=goal_kg, until=today)
    return {
        "goal_kg": goal_kg,
        "date": found.day,
        "earliest": found.earliest,
        "latest": found.latest,
        "provenance": provenance(found, explain=explain),
    }


def body_of(*, user_id: UUID, today: date) -> Body:
    """What is known of a person's body up to a day, in two queries."""
    latest = {
        row["measure"]: Measured(value=row["value"], day=row["date"])
        for row in fetch(_LATEST, {"user": user_id, "today": today})
    }
    profile = next(iter(fetch(_PROFILE, {"user": user_id})), {})
    weight_kg = profile.get("weight_kg")
    return Body(
        sex=profile.get("sex") or None,
        height_cm=profile.get("height_cm"),
        date_of_birth=profile.get("date_of_birth"),
        weight=latest.get("weight") or (weight_kg and Measured(value=weight_kg, day=None)),
        body_fat=latest.get("body_fat"),
        waist=latest.get("waist"),
        hips=latest.get("hips"),
        neck=latest.get("neck_cm"),
    )


def navy_missing(body: Body) -> list[str]:
    """What the girths' formula needs and nobody knows, by the names of the fields."""
    needed = {
        "sex": body.sex,
        "height": body.height_cm,
        "waist": body.waist,
        "neck_cm": body.neck,
    }
    if body.sex == "female":
        needed["hips"] = body.hips
    return [name for name, value in needed.items() if value is None]


def navy_of(body: Body) -> BodyFat | None:
    """Body fat by the latest girths; None where one is missing or they are nobody's."""
    sex, height_cm, waist, neck, hips = (
        body.sex,
        body.height_cm,
        body.waist,
        body.neck,
        body.hips if body.sex == "female" else None,
    )
    if navy_missing(body) or not (sex and height_cm and waist and neck):
        return None
    try:
        found = navy_body_fat(
            sex=sex,
            height_cm=height_cm,
            waist_cm=waist.value,
            neck_cm=neck.value,
            hip_cm=hips.value if hips else None,
        )
    except ValueError:
        return None
    window = Window.of(it.day for it in (waist, neck, hips) if it and it.day)
    return replace(found, window=window, caveats=(*found.caveats, *_apart(window)))


def _apart(window: Window) -> list[str]:
    if not (window.first and window.last):
        return []
    apart = (window.last - window.first).days
    return [f"The girths are {apart} days apart."] if apart > FAR_APART_DAYS else []


def known_fat(body: Body) -> KnownFat | None:
    """The later one of what was measured and what the girths say; of one day what was measured."""
    found: list[KnownFat] = []
    navy = navy_of(body)
    # An unlikely one is shown, but nothing is reckoned with it.
    if navy is not None and navy.validity == "valid":
        assert navy.window is not None
        assert navy.window.last is not None
        found.append(
            KnownFat(
                origin="navy",
                percent=navy.percent,
                day=navy.window.last,
                interval=navy.interval,
            )
        )
    if body.body_fat:
        assert body.body_fat.day is not None
        found.append(
            KnownFat(origin="measured", percent=body.body_fat.value, day=body.body_fat.day)
        )
    return max(found, key=lambda fat: (fat.day, fat.origin == "measured"), default=None)


def lean_mass(body: Body, fat: KnownFat | None) -> FatFreeMass | None:
    if fat is None or body.weight is None:
        return None
    found = fat_free_mass(
        weight_kg=body.weight.value, body_fat_percent=fat.percent, percent_interval=fat.interval
    )
    days = [day for day in (body.weight.day, fat.day) if day]
    return replace(found, window=Window.of(days))


def body_composition(*, user_id: UUID, today: date, explain: bool = False) -> dict[str, Any]:
    """Body fat by girths and as it was measured, and what of the weight is not fat."""
    body = body_of(user_id=user_id, today=today)
    navy, fat = navy_of(body), known_fat(body)
    lean = lean_mass(body, fat)
    girths = {"waist": body.waist, "neck_cm": body.neck, "hips": body.hips}
    missing = navy_missing(body)
    return {
        "navy": navy
        and {"percent": round(navy.percent, 2), "provenance": provenance(navy, explain=explain)},
        "missing": missing,
        "girths_make_sense": navy is not None or bool(missing),
        "girths": {name: _shown(girth) for name, girth in girths.items()},
        "measured": _shown(body.body_fat),
        "fat_free_mass": lean
        and {
            "kg": round(lean.kg, 2),
            "weight_kg": lean.weight_kg,
            "body_fat_percent": round(lean.body_fat_percent, 2),
            "body_fat_from": fat and fat.origin,
            "provenance": provenance(lean, explain=explain),
        },
    }


def _shown(measured: Measured | None) -> dict[str, Any] | None:
    return {"value": measured.value, "date": measured.day} if measured else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
