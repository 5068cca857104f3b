"""A person's heart rates: the highest, the zones below it, and those of a workout."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, LiteralString
from uuid import UUID

from analytics.formulas import (
    BanisterTrimp,
    EdwardsTrimp,
    HeartRateZones,
    MaxHeartRate,
    Stretch,
    banister_trimp,
    edwards_trimp,
    heart_rate_zones,
    max_heart_rate,
    stretches_of,
    zone_minutes,
)
from analytics.selectors.provenance import provenance
from nutrition.selectors.days import age_on
from users.keyset import fetch
from workouts.models import Workout

_BORN: LiteralString = "SELECT date_of_birth FROM users_userprofile WHERE user_id = %(user)s"
_DECIMALS = 1


def highest_heart_rate(
    *, user_id: UUID, today: date, measured_bpm: float | None = None
) -> MaxHeartRate | None:
    """As measured, without a query; else from the age, by Tanaka.

    None where the profile does not tell the age.
    """
    if measured_bpm is not None:
        return max_heart_rate(measured_bpm=measured_bpm)
    rows = fetch(_BORN, {"user": user_id})
    born = rows[0]["date_of_birth"] if rows else None
    age = 0 if born is None else age_on(today, born=born)
    return max_heart_rate(age_years=age) if age > 0 else None


def shown_zones(
    highest: MaxHeartRate, zones: HeartRateZones, *, explain: bool = False
) -> dict[str, Any]:
    return {
        "max_bpm": round(highest.bpm, _DECIMALS),
        "max_provenance": provenance(highest, explain=explain),
        "rest_bpm": zones.rest_bpm,
        "zones": [
            {
                "number": zone.number,
                "low_bpm": round(zone.low_bpm, _DECIMALS),
                "high_bpm": round(zone.high_bpm, _DECIMALS),
            }
            for zone in zones.zones
        ],
        "provenance": provenance(zones, explain=explain),
    }


# The usual resting heart rate is the median of the four weeks before.
_SESSION: LiteralString = """
    SELECT w.started_at, w.date, profile.date_of_birth AS born, profile.sex,
        coalesce(w.finished_at, w.started_at + w.duration * interval '1 minute') AS finished_at, (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY day.resting_heart_rate)
            FROM wearables_dailyactivity day
            WHERE day.user_id = w.user_id AND day.date BETWEEN w.date - 28 AND w.date
        ) AS rest
    FROM workouts_workout w JOIN users_userprofile profile ON profile.user_id = w.user_id
    WHERE w.user_id = %(user)s AND w.id = %(workout)s
"""
# In a minute that several sources measured, the best one counts.
_SAMPLES: LiteralString = """
    SELECT timestamp, heart_rate, lowest, highest, samples FROM (
        SELECT *, min(source_rank) OVER (PARTITION BY date_trunc('minute', timestamp)) AS best
        FROM wearables_heartratedata
        WHERE user_id = %(user)s AND timestamp BETWEEN %(start)s AND %(end)s
    ) told
    WHERE source_rank = best ORDER BY timestamp
"""
Row = dict[str, Any]


def workout_heart_rate(*, user_id: UUID, workout_id: UUID, explain: bool = False) -> Row:
    """What was measured in a workout's time, in zones and as training impulse; in two queries.

    Raises Workout.DoesNotExist.
    """
    found = fetch(_SESSION, {"user": user_id, "workout": workout_id})
    if not found:
        raise Workout.DoesNotExist
    [session] = found
    between = {"start": session["started_at"], "end": session["finished_at"]}
    rows = fetch(_SAMPLES, {"user": user_id, **between})
    stretches = stretches_of((row["timestamp"], float(row["heart_rate"])) for row in rows)
    age = 0 if session["born"] is None else age_on(session["date"], born=session["born"])
    highest = max_heart_rate(age_years=age) if age > 0 else None
    rest: float | None = session["rest"]
    minutes = sum(stretch.minutes for stretch in stretches)
    beats = sum(stretch.minutes * stretch.bpm for stretch in stretches)
    edwards, banister = _impulses(stretches, highest, rest=rest, sex=session["sex"])
    return {
        "workout": workout_id,
        "samples": sum(row["samples"] for row in rows),
        "average_bpm": round(beats / minutes, _DECIMALS) if minutes else None,
        "max_bpm": max((row["highest"] or row["heart_rate"] for row in rows), default=None),
        "measured_minutes": round(minutes, _DECIMALS),
        "highest_bpm": None if highest is None else round(highest.bpm, _DECIMALS),
        "highest_provenance": None if highest is None else provenance(highest, explain=explain),
        "rest_bpm": rest,
        "zones": _zones(stretches, highest),
        "edwards": _shown_impulse(edwards, explain=explain),
        "banister": _shown_impulse(banister, explain=explain),
        "minutes": _curve(rows),
    }


def _impulses(
    stretches: Sequence[Stretch], highest: MaxHeartRate | None, *, rest: float | None, sex: str
) -> tuple[EdwardsTrimp | None, BanisterTrimp | None]:
    if highest is None or not stretches:
        return None, None
    zones = heart_rate_zones(max_bpm=highest.bpm)
    edwards = edwards_trimp(zone_minutes(stretches, zones))
    if rest is None or rest >= highest.bpm or sex not in {"male", "female"}:
        return edwards, None
    known: Any = sex
    return edwards, banister_trimp(stretches, rest_bpm=rest, max_bpm=highest.bpm, sex=known)


def _shown_impulse(impulse: EdwardsTrimp | BanisterTrimp | None, *, explain: bool) -> Row | None:
    if impulse is None:
        return None
    shown = provenance(impulse, explain=explain)
    return {"trimp": round(impulse.trimp, _DECIMALS), "provenance": shown}


def _zones(stretches: Sequence[Stretch], highest: MaxHeartRate | None) -> list[Row]:
    if highest is None:
        return []
    zones = heart_rate_zones(max_bpm=highest.bpm)
    return [
        {
            "number": zone.number,
            "low_bpm": round(zone.low_bpm, _DECIMALS),
            "high_bpm": round(zone.high_bpm, _DECIMALS),
            "minutes": round(minutes, _DECIMALS),
        }
        for zone, minutes in zip(zones.zones, zone_minutes(stretches, zones), strict=True)
    ]


def _curve(rows: Sequence[Row]) -> list[Row]:
    """By minutes of the clock."""

    def minute(row: Row) -> datetime:
        at: datetime = row["timestamp"]
        return at.replace(second=0, microsecond=0)

    curve = []
    for start, group in groupby(rows, key=minute):
        told = list(group)
        count = sum(row["samples"] for row in told)
        beats = sum(row["samples"] * row["heart_rate"] for row in told)
        curve.append(
            {
                "start": start,
                "min": min(row["lowest"] or row["heart_rate"] for row in told),
                "avg": round(beats / count, _DECIMALS),
                "max": max(row["highest"] or row["heart_rate"] for row in told),
            }
        )
    return curve
