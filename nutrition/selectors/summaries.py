"""Days of food of many people at once, each in a few numbers."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, Final, LiteralString
from uuid import UUID

from nutrition.formulas import UNKNOWN_TRUST, compliance, doubt
from nutrition.selectors.days import (
    Row,
    actual_of,
    all_logged,
    as_of_then,
    context_sql,
    targets_of,
)
from nutrition.selectors.meals import NUTRIENTS
from users.keyset import fetch

_DAYS: LiteralString = """
    SELECT * FROM unnest(%(users)s::uuid[], %(days)s::date[]) AS given (user_id, day)
"""
_SUMMARIES: LiteralString = """
    SELECT context.*, eaten.*, drunk.rows AS drinks,
        eaten.meal_count + drunk.rows + marked.rows AS source_rows,
        greatest(eaten.revision, drunk.revision, marked.revision) AS source_revision
    FROM ({context}) context
    CROSS JOIN LATERAL (
        SELECT {totals},
            {trusted} AS trusted, {unscored} AS unscored,
            count(*) AS meal_count, count(DISTINCT e.meal_type) AS meals,
            max(e.revision) AS revision
        FROM nutrition_mealentry e WHERE e.user_id = context.user_id AND e.date = context.date
    ) eaten
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows, max(water.revision) AS revision FROM nutrition_waterintake water
        WHERE water.user_id = context.user_id AND water.date = context.date
    ) drunk
    CROSS JOIN LATERAL (
        SELECT count(*) AS rows, max(day.revision) AS revision FROM nutrition_diaryday day
        WHERE day.user_id = context.user_id AND day.date = context.date
    ) marked
    WHERE eaten.meal_count + drunk.rows > 0
"""
# In the order in which a day is shown: the last digits of a sum depend on it.
_SUM: LiteralString = "coalesce(sum({what} ORDER BY e.time, e.id), 0)"
_MOST: Final = 2**31 - 1
_DECIMALS: Final = 2


def day_summaries(days: Sequence[tuple[UUID, date]]) -> list[dict[str, Any]]:
    """Those of these people's days on which something is logged, in one query.

    Totals, the score against the goals of the day with what `compliance` makes it of, and how
    far the foods' own numbers leave it open. ``source_rows`` is how many rows of the diary a day
    was made from, and ``source_revision`` the highest revision among them.
    """
    users, dates = [user for user, _ in days], [day for _, day in days]
    return [_summary(row) for row in fetch(_sql(), {"users": users, "days": dates})]


@cache
def _sql() -> str:
    return _SUMMARIES.format(
        context=context_sql(_DAYS),
        totals=", ".join(f"{_SUM.format(what=f'e.{name}')} AS total_{name}" for name in NUTRIENTS),
        trusted=_SUM.format(what="e.calories * e.trust_score"),
        unscored=_SUM.format(what="CASE WHEN e.trust_score IS NULL THEN e.calories END"),
    )


def _summary(logged: Row) -> Row:
    row = as_of_then(logged)
    actual, targets, is_complete = actual_of(row), targets_of(row), all_logged(row)
    found = compliance(actual, targets, aim=row["aim"], is_complete=is_complete)
    return {
        "user_id": row["user_id"],
        "date": row["date"],
        **{name: round(row[f"total_{name}"], _DECIMALS) for name in NUTRIENTS},
        "calories": min(_MOST, round(row["total_calories"])),
        "water": min(_MOST, row["water_drunk_ml"]),
        "meal_count": row["meal_count"],
        "is_complete": is_complete,
        "score": found.score,
        "coverage": found.coverage,
        "compliance": found,
        "actual": actual,
        "targets": targets,
        "aim": row["aim"],
        "calorie_target": None if row["goal_id"] is None else row["calories"],
        "doubt": _doubt(row),
        "source_rows": row["source_rows"],
        "source_revision": row["source_revision"],
    }


def _doubt(row: Row) -> float:
    """Each food's doubt by its energy: that of the mean trust, of which it is a straight line."""
    kcal = row["total_calories"]
    if not kcal:
        return 0.0
    return round(doubt((row["trusted"] + UNKNOWN_TRUST * row["unscored"]) / kcal), 4)
