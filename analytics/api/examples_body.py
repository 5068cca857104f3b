"""Examples of bodies and their energy, as the API's contract shows them."""

from typing import Any, Final


def _origin(id_: str, name: str, *, valid: str, source: str, **known: Any) -> dict[str, Any]:
    return {
        "formula": {"id": id_, "version": 1, "name": name, "valid": valid, "source": source},
        "validity": "valid",
        "interval": None,
        "window": None,
        "caveats": [],
        **known,
    }


_LINE: Final = {"first": "2026-02-03", "last": "2026-03-02", "count": 21}
TREND: Final[dict[str, Any]] = {
    "first": "2025-12-02",
    "last": "2026-03-02",
    "points": [
        {
            "date": "2026-03-02",
            "weight_kg": 80.4,
            "trend_kg": 80.86,
            "low_kg": 80.1,
            "high_kg": 81.62,
        }
    ],
    "trend": {
        "weight_kg": 80.86,
        "provenance": _origin(
            "weight_trend",
            "Weight trend",
            valid="Any weigh-ins. It follows a steady change about nine days late.",
            source="Walker, The Hacker's Diet",
            window={"first": "2025-01-04", "last": "2026-03-02", "count": 263},
        ),
    },
    "change": {
        "kg_per_day": -0.0571,
        "kg_per_week": -0.4,
        "weight_kg": 80.31,
        "provenance": _origin(
            "weight_slope",
            "Weight change a day by least squares",
            valid="Seven weigh-ins over two weeks or more, within the window.",
            source="Least squares",
            interval={"low": -0.069, "high": -0.045},
            window=_LINE,
        ),
    },
    "forecast": {
        "goal_kg": 78.0,
        "date": "2026-04-12",
        "earliest": "2026-04-03",
        "latest": "2026-04-25",
        "provenance": _origin(
            "weight_goal_forecast",
            "Day of the goal weight",
            valid="While the weight goes on as in the window.",
            source="Least squares; Fieller, 1954",
            window=_LINE,
            caveats=["It holds while the weight goes on changing as it did."],
        ),
    },
}
COMPOSITION: Final[dict[str, Any]] = {
    "navy": {
        "percent": 16.11,
        "provenance": _origin(
            "navy_body_fat_metric",
            "Body fat from girths (US Navy, metric)",
            valid="Adults measured with a tape: men at the navel, women at the narrowest of the"
            " waist.",
            source="Hodgdon and Beckett, 1984",
            interval={"low": 11.6, "high": 20.62},
            window={"first": "2026-03-01", "last": "2026-03-01", "count": 2},
        ),
    },
    "missing": [],
    "girths_make_sense": True,
    "girths": {
        "waist": {"value": 85.0, "date": "2026-03-01"},
        "neck_cm": {"value": 38.0, "date": "2026-03-01"},
        "hips": None,
    },
    "measured": None,
    "fat_free_mass": {
        "kg": 67.11,
        "weight_kg": 80.0,
        "body_fat_percent": 16.11,
        "body_fat_from": "navy",
        "provenance": _origin(
            "fat_free_mass",
            "Fat-free mass",
            valid="As good as the body fat that it is from.",
            source="Weight less fat",
            interval={"low": 63.5, "high": 70.72},
            window={"first": "2026-03-01", "last": "2026-03-02", "count": 2},
        ),
    },
}
