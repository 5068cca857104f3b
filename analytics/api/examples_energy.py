"""Examples of energy and food, as the API's contract shows them."""

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


_FOUR_WEEKS: Final = {"first": "2026-02-02", "last": "2026-03-01", "count": 26}
STORY: Final[dict[str, Any]] = {
    "first": "2026-02-02",
    "last": "2026-03-02",
    "basal": [
        {
            "formula_id": "mifflin_st_jeor",
            "kcal": 1780.0,
            "missing": [],
            "provenance": _origin(
                "mifflin_st_jeor",
                "Mifflin-St Jeor, 1990",
                valid="Within about 10 % for most adults from 19 to 78 years.",
                source="Mifflin et al., 1990",
            ),
        },
        {
            "formula_id": "cunningham",
            "kcal": None,
            "missing": ["body_fat"],
            "provenance": None,
        },
    ],
    "start": {
        "kcal": 2759.0,
        "sd_kcal": 300.0,
        "from_what": "mifflin_st_jeor",
        "activity": "moderate",
        "activity_factor": 1.55,
    },
    "adaptive_tdee": {
        "kcal": 2593.6,
        "sd_kcal": 140.2,
        "weigh_ins": 29,
        "food_days": 26,
        "kcal_per_kg": 7700.0,
        "provenance": _origin(
            "adaptive_tdee",
            "Energy spent a day, learned from weight and food",
            valid="From two weeks with weigh-ins and seven days of food on.",
            source="A Kalman filter with the states weight and expenditure",
            interval={"low": 2413.9, "high": 2773.3},
            window={"first": "2026-02-02", "last": "2026-03-02", "count": 29},
        ),
    },
    "weight_balance": {
        "tdee_kcal": 2625.3,
        "mean_intake_kcal": 2100.0,
        "stored_kcal": -525.3,
        "kg_per_day": -0.0682,
        "kcal_per_kg": 7700.0,
        "provenance": _origin(
            "energy_balance",
            "Energy spent a day, from the balance",
            valid="Four weeks or more of food and weight.",
            source="Intake less stored energy",
            interval={"low": 2490.1, "high": 2760.5},
            window=_FOUR_WEEKS,
            caveats=["26 of 28 days have all food logged."],
        ),
    },
    "mean_balance": {
        "kcal_per_day": -493.6,
        "mean_intake_kcal": 2100.0,
        "mean_tdee_kcal": 2593.6,
        "days": 26,
        "provenance": _origin(
            "mean_energy_balance",
            "Energy eaten less energy spent, mean of days",
            valid="Days with all food logged and an expenditure that is no longer warming up.",
            source="Intake less adaptive expenditure",
            interval={"low": -673.3, "high": -313.9},
            window=_FOUR_WEEKS,
        ),
    },
    "availability": {
        "kcal_per_kg": 31.5,
        "band": "from_30_to_45",
        "mean_intake_kcal": 2100.0,
        "mean_exercise_kcal": 180.0,
        "fat_free_mass_kg": 61.0,
        "days": 26,
        "provenance": _origin(
            "energy_availability",
            "Energy availability",
            valid="Means of seven days or more of food and training, with a credible fat-free"
            " mass.",
            source="Loucks et al., 2011",
            window=_FOUR_WEEKS,
        ),
    },
    "series": [
        {
            "date": "2026-03-01",
            "weight_kg": 80.2,
            "logged_kcal": 2080,
            "intake_kcal": 2080.0,
            "exercise_kcal": 220.0,
            "tdee_kcal": 2590.2,
            "tdee_low_kcal": 2410.4,
            "tdee_high_kcal": 2770.0,
            "balance_kcal": -510.2,
        }
    ],
}
_COMPLIANCE: Final = {
    "id": "nutrition_compliance",
    "version": 1,
    "name": "How well a day kept to its goals",
    "valid": "Days whose food is all logged, for the goals that there are.",
    "source": "A weighted mean of what each nutrient scores",
}
SUMMARY: Final[dict[str, Any]] = {
    "id": "01920000-0000-7000-8000-000000000001",
    "date": "2026-03-02",
    "calories": 2310,
    "energy_kj": 9665.0,
    "protein": 150.0,
    "carbs": 240.0,
    "fat": 75.0,
    "fiber": 24.0,
    "sugar": 25.0,
    "water": 1550,
    "meal_count": 4,
    "compliance_score": 92.25,
    "compliance_validity": "valid",
    "coverage": 1.0,
    "is_complete": True,
    "calorie_target": 2200,
    "doubt": 0.05,
    "provenance": {
        "formula": _COMPLIANCE,
        "validity": "valid",
        "interval": {"low": 85.7, "high": 92.25},
        "window": {"first": "2026-03-02", "last": "2026-03-02", "count": 5},
        "caveats": [],
    },
    "created_at": "2026-03-02T19:30:00Z",
    "updated_at": "2026-03-02T19:30:00Z",
}
WEEK: Final[dict[str, Any]] = {
    "start_date": "2026-02-23",
    "end_date": "2026-03-01",
    "days": 7,
    "complete_days": 6,
    "calories": 2204.3,
    "energy_kj": 9222.8,
    "protein": 156.2,
    "carbs": 221.4,
    "fat": 71.9,
    "fiber": 28.3,
    "sugar": 41.0,
    "water": 1850.0,
    "calorie_target": 2200.0,
    "compliance_score": 91.4,
    "provenance": _origin(
        "weekly_food_means",
        "Means of a week of food",
        valid="Days whose food is all logged.",
        source="Arithmetic mean",
        window={"first": "2026-02-23", "last": "2026-03-01", "count": 6},
        caveats=["1 of 7 days is not logged in full and does not count."],
    ),
}
