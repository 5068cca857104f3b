"""A day of the person with what each source told of it."""

import datetime as dt
from typing import Any, Final
from uuid import UUID

import orjson

from users.keyset import fetch
from wearables.models import DailyActivity
from wearables.selectors.sources import sources_of

_TOLD: Final = """
    SELECT device_id AS device, source_name AS source, source_kind AS kind, source_app AS app,
        steps, distance, active_calories, total_calories, active_minutes, floors_climbed,
        resting_heart_rate, worn_minutes, estimated, updated_at
    FROM wearables_dailyactivitysource
    WHERE user_id = %(user)s AND date = %(day)s ORDER BY device_id, source_name
"""


def day_of(user_id: UUID, day: dt.date) -> DailyActivity | None:
    return DailyActivity.objects.filter(user=user_id, date=day).first()


def told_of(user_id: UUID, day: dt.date) -> list[dict[str, Any]]:
    """What each source told; ``copy_of`` names the maker whose data one only repeats."""
    sources = sources_of(user_id)
    return [
        {
            **row,
            "estimated": orjson.loads(row["estimated"]),
            "source": row["source"] or sources.title(row["device"]),
            "copy_of": sources.copied_from(row["device"], row["app"]),
        }
        for row in fetch(_TOLD, {"user": user_id, "day": day})
    ]
