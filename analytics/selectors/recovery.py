"""How recovered somebody is: what their devices told of heart and sleep, in one query."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from analytics.formulas.recovery import Readiness, SignalTrend, readiness, signal_trend
from analytics.formulas.sleep import (
    REGULARITY_NIGHTS,
    Night,
    SleepQuality,
    middle_sd_minutes,
    sleep_debt,
    sleep_need,
    sleep_quality,
)
from analytics.selectors.provenance import provenance
from users.keyset import fetch

Row = dict[str, Any]

# What baselines and needs are made of, however few days are asked for.
_HISTORY_DAYS: Final = 90
_DECIMALS: Final = 1
_KNOWN: LiteralString = """
    WITH person AS MATERIALIZED (
        SELECT zone, (%(now)s AT TIME ZONE zone)::date AS today FROM (
            SELECT coalesce((
                SELECT timezone FROM users_userprofile WHERE user_id = %(user)s
            ), 'UTC') AS zone
        ) profile
    )
    SELECT today, (
        SELECT json_agg(night ORDER BY night.date)::text FROM (
            SELECT date, duration AS asleep, awake, hrv, hrv_method AS method,
                extract(epoch FROM sleep_end - sleep_start) / 60 AS in_bed,
                (sleep_start + (sleep_end - sleep_start) / 2) AT TIME ZONE person.zone AS middle
            FROM wearables_sleepdata
            WHERE user_id = %(user)s AND role = 'main' AND deleted_at IS NULL
                AND date BETWEEN person.today - %(days)s::int AND person.today
        ) night
    ) AS nights, (
        SELECT json_agg(day)::text FROM (
            SELECT date, resting_heart_rate AS bpm FROM wearables_dailyactivity
            WHERE user_id = %(user)s AND resting_heart_rate IS NOT NULL
                AND date BETWEEN person.today - %(days)s::int AND person.today
        ) day
    ) AS days
    FROM person
"""


def recovery(*, user_id: UUID, days: int, now: datetime, explain: bool = False) -> Row:
    """Today's readiness, what it is made of, and each day from so many days ago up to today."""
    asked = {"user": user_id, "now": now, "days": max(days, _HISTORY_DAYS)}
    [row] = fetch(_KNOWN, asked)
    today: date = row["today"]
    told = orjson.loads(row["nights"] or "[]")
    nights = [_night(one) for one in told if one["asleep"] is not None]
    hearts = {
        date.fromisoformat(one["date"]): float(one["bpm"])
        for one in orjson.loads(row["days"] or "[]")
    }
    method, variability = _variability(told)
    since = today - timedelta(days=days)
    need = sleep_need([night for night in nights if (today - night.date).days <= _HISTORY_DAYS])
    debt = sleep_debt(nights, need_hours=need.hours, today=today)
    scores = _scores(nights, need.hours)
    heart = signal_trend(hearts, signal="resting_heart_rate", today=today)
    hrv = signal_trend(variability, signal="hrv", today=today)
    last = scores.get(today)
    ready = readiness(
        hrv_z=hrv.latest_z,
        resting_heart_rate_z=heart.latest_z,
        sleep_score=None if last is None else last.score,
        debt_hours=debt.hours,
    )
    return {
        "first": since,
        "last": today,
        "readiness": _shown_readiness(ready, explain=explain),
        "sleep": {
            "need_hours": _rounded(need.hours, 2),
            "need_provenance": provenance(need, explain=explain),
            "debt_hours": _rounded(debt.hours),
            "debt_provenance": provenance(debt, explain=explain),
            "regularity_minutes": _rounded(
                middle_sd_minutes(_latest(nights, today, REGULARITY_NIGHTS))
            ),
            "last_night": None if last is None else _shown_quality(last, explain=explain),
        },
        "resting_heart_rate": _shown_trend(heart, explain=explain),
        "hrv": {**_shown_trend(hrv, explain=explain), "method": method},
        "points": _points(
            since,
            today,
            hearts=hearts,
            variability=variability,
            nights=nights,
            scores=scores,
        ),
    }


def _night(told: Mapping[str, Any]) -> Night:
    return Night(
        date=date.fromisoformat(told["date"]),
        asleep=told["asleep"],
        in_bed=float(told["in_bed"]),
        awake=told["awake"],
        middle=datetime.fromisoformat(told["middle"]),
    )


def _variability(told: list[Row]) -> tuple[str | None, dict[date, float]]:
    """Of the method of the latest night that has one: two methods cannot be compared."""
    measured = [one for one in told if one["hrv"]]
    if not measured:
        return None, {}
    method = measured[-1]["method"]
    return method, {
        date.fromisoformat(one["date"]): one["hrv"] for one in measured if one["method"] == method
    }


def _scores(nights: list[Night], need_hours: float) -> dict[date, SleepQuality]:
    scores, first = {}, 0
    for n, night in enumerate(nights):
        while (night.date - nights[first].date).days >= REGULARITY_NIGHTS:
            first += 1
        sd = middle_sd_minutes(nights[first : n + 1])
        scores[night.date] = sleep_quality(night, need_hours=need_hours, middle_sd=sd)
    return scores


def _latest(nights: list[Night], day: date, days: int) -> list[Night]:
    return [night for night in nights if day - timedelta(days=days) < night.date <= day]


def _shown_readiness(ready: Readiness, *, explain: bool) -> Row:
    return {
        "score": None if ready.score is None else round(ready.score),
        "parts": [{"name": name, "score": round(part)} for name, part in ready.parts.items()],
        "provenance": provenance(ready, explain=explain),
    }


def _shown_quality(quality: SleepQuality, *, explain: bool) -> Row:
    return {
        "score": round(quality.score),
        "parts": [{"name": name, "score": round(part)} for name, part in quality.parts.items()],
        "provenance": provenance(quality, explain=explain),
    }


def _shown_trend(trend: SignalTrend, *, explain: bool) -> Row:
    return {
        "latest": _rounded(trend.latest),
        "mean": _rounded(trend.mean),
        "baseline": _rounded(trend.baseline),
        "z": _rounded(trend.z, 2),
        "slope_a_week": _rounded(trend.slope, 2),
        "provenance": provenance(trend, explain=explain),
    }


def _points(
    since: date,
    today: date,
    *,
    hearts: Mapping[date, float],
    variability: Mapping[date, float],
    nights: list[Night],
    scores: Mapping[date, SleepQuality],
) -> list[Row]:
    slept = {night.date: night for night in nights}
    points = []
    for ago in range((today - since).days, -1, -1):
        day = today - timedelta(days=ago)
        night, score = slept.get(day), scores.get(day)
        points.append(
            {
                "date": day,
                "resting_heart_rate": _rounded(hearts.get(day)),
                "hrv": _rounded(variability.get(day)),
                "asleep_minutes": None if night is None else round(night.asleep),
                "in_bed_minutes": None if night is None else round(night.in_bed),
                "sleep_score": None if score is None else round(score.score),
            }
        )
    return points


def _rounded(value: float | None, decimals: int = _DECIMALS) -> float | None:
    return None if value is None else round(value, decimals)
