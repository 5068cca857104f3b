"""What a person ate: entries of the diary as they are shown."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, LiteralString
from uuid import UUID

from nutrition.formulas import KJ_PER_KCAL
from users.keyset import Page, Place, SqlList, escape_like, fetch, given

NUTRIENTS: Final = ("calories", "protein", "carbs", "fat", "fiber", "sugar")
# Names without a table, so that an INSERT can answer them as well.
ENTRY_COLUMNS: LiteralString = """
    id, food_id, food_name, date, time, meal_type, quantity, serving_size, serving_unit,
    portion_name, portion_amount, calories, protein, carbs, fat, fiber, sugar, trust_score, notes,
    created_at, updated_at
"""
_ENTRIES: LiteralString = f"""
    SELECT {ENTRY_COLUMNS} FROM nutrition_mealentry
    WHERE user_id = %(user)s AND id = ANY(%(ids)s)
"""  # noqa: S608 - our own column names
_DIARY = SqlList(
    source=f"""
        SELECT {ENTRY_COLUMNS} FROM nutrition_mealentry
        WHERE {{where}} AND {{beyond}} ORDER BY {{order}} LIMIT %(limit)s
    """,  # noqa: S608 - our own column names
    key=(("date", "date"), ("time", "time"), ("id", "uuid")),
)
_DECIMALS: Final = 2


@dataclass(frozen=True)
class MealFilter:
    """Which entries of a person; None does not narrow."""

    date: dt.date | None = None
    date_after: dt.date | None = None
    date_before: dt.date | None = None
    meal_type: str | None = None
    food: UUID | None = None
    q: str | None = None
    updated_since: dt.datetime | None = None


_CONDITIONS: dict[str, LiteralString] = {
    "date": "date = %(date)s",
    "date_after": "date >= %(date_after)s",
    "date_before": "date <= %(date_before)s",
    "meal_type": "meal_type = %(meal_type)s",
    "food": "food_id = %(food)s",
    "q": "(food_name ILIKE %(q)s OR notes ILIKE %(q)s)",
    "updated_since": "updated_at >= %(updated_since)s",
}


def meal_page(*, user_id: UUID, narrowed: MealFilter, size: int, place: Place | None) -> Page:
    """The person's entries, latest first."""
    values = given(narrowed)
    if "q" in values:
        values["q"] = f"%{escape_like(values['q'])}%"
    page = _DIARY.page(
        where=["user_id = %(user)s", *(_CONDITIONS[name] for name in values)],
        parameters={"user": user_id, **values},
        size=size,
        place=place,
    )
    return Page(rows=[shown_entry(row) for row in page.rows], more=page.more)


def meals(*, user_id: UUID, ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """These entries of the person, in one query."""
    rows = fetch(_ENTRIES, {"user": user_id, "ids": list(ids)})
    return [shown_entry(row) for row in rows]


def shown_entry(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ENTRY_COLUMNS with what follows from it; it is changed in place."""
    row["food"] = row.pop("food_id")
    row["amount"] = round(row["quantity"] * row["serving_size"], _DECIMALS)
    portion = row.pop("portion_amount")
    row["portion_count"] = round(row["amount"] / portion, _DECIMALS) if portion else None
    row["energy_kj"] = round(row["calories"] * KJ_PER_KCAL, 1)
    for name in NUTRIENTS:
        row[name] = round(row[name], _DECIMALS)
    return row
