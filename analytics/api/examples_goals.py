"""Examples of goals, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from analytics.formulas.body import GOAL_FORECAST
from analytics.formulas.forecasts import HABIT_FORECAST, STRENGTH_PACE
from analytics.formulas.goals import BODY_GOAL, HABIT_GOAL, STRENGTH_GOAL
from analytics.formulas.provenance import Formula
from analytics.selectors.provenance import shown_formula

_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_CREATED: Final = {"created_at": "2026-01-05T19:05:00Z", "updated_at": "2026-03-02T19:05:00Z"}


def _origin(formula: Formula, count: int) -> dict[str, Any]:
    return {
        "formula": shown_formula(formula),
        "validity": "valid",
        "interval": None,
        "window": {"first": "2026-01-05", "last": "2026-03-02", "count": count},
        "caveats": [],
    }


def _goal(type_: str, title: str, **known: Any) -> dict[str, Any]:
    return {
        "id": _ID,
        "type": type_,
        "title": title,
        "start_date": "2026-01-05",
        "target_date": "2026-06-01",
        "is_abandoned": False,
        "notes": "",
        "status": "active",
        **known,
        "achieved_on": None,
        **_CREATED,
    }


STRENGTH: Final = _goal(
    "strength",
    "Bench 120 kg",
    exercise=_ID,
    target_kg=120.0,
    unit="kg",
    start_value=108.0,
    current_value=114.0,
    progress_percent=50.0,
    forecast_date="2026-04-27",
    forecast_earliest="2026-04-11",
    forecast_latest="2026-05-30",
    provenance={
        "progress": _origin(STRENGTH_GOAL, 16),
        "forecast": _origin(STRENGTH_PACE.formula, 16),
    },
)
BODY: Final = _goal(
    "body",
    "Down to 75 kg",
    measure="weight",
    target_value=75.0,
    unit="kg",
    start_value=80.0,
    current_value=78.0,
    progress_percent=40.0,
    forecast_date="2026-05-12",
    forecast_earliest="2026-04-29",
    forecast_latest="2026-06-02",
    provenance={"progress": _origin(BODY_GOAL, 40), "forecast": _origin(GOAL_FORECAST, 21)},
)
HABIT: Final = _goal(
    "habit",
    "Three times a week",
    habit="workouts",
    days_per_week=3,
    weeks=12,
    unit="weeks",
    start_value=0.0,
    current_value=6.0,
    progress_percent=50.0,
    forecast_date="2026-04-12",
    forecast_earliest=None,
    forecast_latest=None,
    provenance={"progress": _origin(HABIT_GOAL, 20), "forecast": _origin(HABIT_FORECAST, 0)},
)
_WRITTEN: Final = (
    "type", "title", "start_date", "target_date", "exercise", "target_kg", "measure",
    "target_value", "habit", "days_per_week", "weeks",
)  # fmt: skip


def _both(name: str, goal: dict[str, Any]) -> list[OpenApiExample]:
    body = {key: goal[key] for key in _WRITTEN if key in goal}
    return [
        OpenApiExample(name, value=goal, response_only=True),
        OpenApiExample(f"{name}, as it is set", value=body, request_only=True),
    ]


GOALS: Final = [
    *_both("A lift", STRENGTH),
    *_both("A weight", BODY),
    *_both("A habit", HABIT),
]
HISTORY: Final = OpenApiExample(
    "A lift",
    value={
        "id": _ID,
        "type": "strength",
        "unit": "kg",
        "start_value": 108.0,
        "target_value": 120.0,
        "points": [
            {"date": "2026-01-05", "value": 108.0, "progress_percent": 0.0},
            {"date": "2026-03-02", "value": 114.0, "progress_percent": 50.0},
        ],
        "provenance": _origin(STRENGTH_GOAL, 16),
    },
    response_only=True,
)
