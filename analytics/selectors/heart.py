"""A person's heart rates: the highest, and the zones below it."""

from datetime import date
from typing import Any, LiteralString
from uuid import UUID

from analytics.formulas import HeartRateZones, MaxHeartRate, max_heart_rate
from analytics.selectors.provenance import provenance
from nutrition.selectors.days import age_on
from users.keyset import fetch

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
