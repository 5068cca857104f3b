"""What somebody did, day by day: training, food and measurements side by side."""

from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

import orjson

from users.keyset import fetch

Day = dict[str, Any]

# What a day knows, by name: rows of a table with their date, narrowed by {mine}. A column is a
# key of the day, but for workouts, which are listed, and those that stand together.
_PARTS: Final[dict[str, LiteralString]] = {
    "workouts": """
        SELECT date, id, name, duration FROM workouts_workout WHERE {mine}
        ORDER BY date DESC, start_time DESC, id DESC
    """,
    "meals": """
        SELECT date, true AS has_meals, count(*) AS meal_count FROM nutrition_mealentry
        WHERE {mine} GROUP BY date
    """,
    "metrics": "SELECT date, weight, body_fat FROM analytics_bodymetric WHERE {mine}",
    "training": """
        SELECT date, volume, minutes, lifting_load + cardio_load AS load
        FROM analytics_trainingday WHERE {mine}
    """,
    "food": """
        SELECT date, CASE WHEN meal_count > 0 THEN calories END AS calories, water AS water_ml
        FROM analytics_nutritionsummary WHERE {mine}
    """,
    "activity": """
        SELECT date, steps, distance, active_calories, total_calories,
            active_minutes, floors_climbed, resting_heart_rate
        FROM wearables_dailyactivity WHERE {mine}
    """,
    "sleep": """
        SELECT date, duration, sleep_start, sleep_end, deep_sleep, light_sleep, rem_sleep, awake,
            sleep_score, hrv
        FROM wearables_sleepdata WHERE {mine} AND role = 'main' AND deleted_at IS NULL
    """,
    "records": """
        SELECT date, count(*) AS records FROM analytics_personalrecord WHERE {mine} GROUP BY date
    """,
}
_MINE: LiteralString = """
    user_id = %(user)s AND date BETWEEN person.today - %(days)s::int AND person.today
"""
_TOGETHER: Final = frozenset({"metrics", "activity", "sleep"})
# As JSON in one row: to join the tables takes PostgreSQL longer than to read them. Materialized,
# as else each part would look up the person's day anew.
_TIMELINE: Final[str] = f"""
    WITH person AS MATERIALIZED (
        SELECT (%(now)s AT TIME ZONE coalesce((
            SELECT timezone FROM users_userprofile WHERE user_id = %(user)s
        ), 'UTC'))::date AS today
    )
    SELECT person.today, {
    ", ".join(
        f"(SELECT json_agg(part)::text FROM ({sql.format(mine=_MINE)}) part) AS {name}"
        for name, sql in _PARTS.items()
    )
}
    FROM person
"""  # noqa: S608 - our own parts


def activity_timeline(*, user_id: UUID, days: int, now: datetime) -> list[Day]:
    """Each day from so many before the person's today up to it, oldest first; in one query."""
    row = fetch(_TIMELINE, {"user": user_id, "days": days, "now": now})[0]
    last: date = row["today"]
    shown = (last - timedelta(days=ago) for ago in range(days, -1, -1))
    timeline = {day: _empty(day) for day in map(date.isoformat, shown)}
    for part in _PARTS:
        for found in orjson.loads(row[part] or "[]"):
            day = timeline[found.pop("date")]
            if part == "workouts":
                day["has_workout"] = True
                day["workouts"].append(found)
            elif part in _TOGETHER:
                day |= {f"has_{part}": True, part: found}
            else:
                day |= found
    return list(timeline.values())


def _empty(day: str) -> Day:
    return {
        "date": day,
        "has_workout": False,
        "workouts": [],
        "has_meals": False,
        "meal_count": 0,
        "has_metrics": False,
        "metrics": {},
        "has_activity": False,
        "activity": {},
        "has_sleep": False,
        "sleep": {},
        "volume": 0.0,
        "minutes": 0,
        "load": 0.0,
        # What was not logged was eaten all the same.
        "calories": None,
        "water_ml": 0,
        "records": 0,
    }
