"""What a person eats these days."""

from datetime import date, timedelta
from typing import Any, Final, Literal, LiteralString
from uuid import UUID

from django.utils import timezone

from nutrition.selectors.foods import FOOD_COLUMNS, FOOD_PARTS, VISIBLE, shown_food
from users.keyset import fetch

_RECENT_DAYS: Final = 90
# Of one food, the last entry of those that count, and how many there are.
_RECENTS: LiteralString = """
    SELECT {food}, last.quantity AS last_quantity, last.portion_name AS last_portion_name,
        last.portion_amount AS last_portion_amount, last.date AS last_date,
        last.meal_type AS last_meal_type, last.times_logged
    FROM (
        SELECT DISTINCT ON (food_id) food_id, id, quantity, portion_name, portion_amount,
            date, time, meal_type, count(*) OVER (PARTITION BY food_id) AS times_logged
        FROM nutrition_mealentry WHERE {where}
        ORDER BY food_id, date DESC, time DESC, id DESC
    ) last
    JOIN nutrition_food food ON food.id = last.food_id
    {parts}
    WHERE {visible} AND NOT food.is_archived
    ORDER BY {order} LIMIT %(limit)s
"""
_ORDERS: Final[dict[str, LiteralString]] = {
    "recent": "last.date DESC, last.time DESC, last.id DESC",
    "frequent": "last.times_logged DESC, last.date DESC, last.time DESC, last.id DESC",
}


def recent_foods(
    user_id: UUID, meal_type: str | None, sort: Literal["recent", "frequent"], limit: int
) -> list[dict[str, Any]]:
    """What the person logged within 90 days, the last or the most frequent first.

    With how it was logged last. A meal type narrows all of it: what counts is that meal alone.
    """
    where: list[LiteralString] = ["user_id = %(user)s", "date >= %(since)s"]
    if meal_type is not None:
        where.append("meal_type = %(meal_type)s")
    sql = _RECENTS.format(
        food=FOOD_COLUMNS,
        parts=FOOD_PARTS,
        visible=VISIBLE,
        where=" AND ".join(where),
        order=_ORDERS[sort],
    )
    values = {"user": user_id, "since": first_recent_day(), "limit": limit}
    return [shown_food(row) for row in fetch(sql, values | {"meal_type": meal_type})]


def first_recent_day() -> date:
    """Since when a meal is recent, whoever's day it is now."""
    return timezone.now().date() - timedelta(days=_RECENT_DAYS)
