"""Keeps the days of food in a few numbers each."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from analytics.models import Validity
from analytics.services.people import DAYS, Days, day_parameters
from nutrition.selectors import day_summaries
from users.services.settling import Clocks, DerivedTable, Settled

# What a day's score comes to is computed here and not in SQL, by the formulas of the food diary.
NUTRITION_SUMMARIES: Final = DerivedTable(
    table="analytics_nutritionsummary",
    resource="analytics.nutritionsummary",
    key=("date",),
    values=(
        "calories",
        "protein",
        "carbs",
        "fat",
        "fiber",
        "sugar",
        "water",
        "meal_count",
        "compliance_score",
        "compliance_validity",
        "coverage",
        "is_complete",
        "calorie_target",
        "doubt",
        "source_rows",
        "source_revision",
    ),
    expected="""
        SELECT * FROM json_to_recordset(%(summaries)s::json) AS summary (
            user_id uuid, date date, calories integer, protein float8, carbs float8, fat float8,
            fiber float8, sugar float8, water integer, meal_count integer,
            compliance_score float8, compliance_validity text, coverage float8,
            is_complete boolean, calorie_target integer, doubt float8, source_rows integer,
            source_revision bigint
        )
    """,
    within="old.date = scope.day",
)
_CHUNK: Final = 2000


def settle_nutrition_summaries(*, clocks: Clocks, days: Days) -> Settled:
    """Make the rows of these days say what the food diary says; a day without any has none."""
    written = gone = 0
    ordered = sorted(days)
    for first in range(0, len(ordered), _CHUNK):
        settled = _settle(clocks, ordered[first : first + _CHUNK])
        written, gone = written + settled.written, gone + settled.gone
    return Settled(written=written, gone=gone)


def _settle(clocks: Clocks, days: Sequence[tuple[UUID, date]]) -> Settled:
    rows = [_row(summary) for summary in day_summaries(days)]
    return NUTRITION_SUMMARIES.settle(
        clocks={user: clocks[user] for user in {user for user, _ in days}},
        scope=DAYS,
        parameters={
            **day_parameters(frozenset(days)),
            "summaries": orjson.dumps(rows).decode(),
        },
    )


def _row(summary: dict[str, Any]) -> dict[str, Any]:
    score = summary["score"]
    kept = {name: value for name, value in summary.items() if name in NUTRITION_SUMMARIES.values}
    return {
        **kept,
        "user_id": summary["user_id"],
        "date": summary["date"],
        "compliance_score": 0.0 if score is None else score,
        "compliance_validity": Validity.NO_ANSWER if score is None else Validity.VALID,
    }
