"""Examples of strength, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ID: Final = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_SET: Final = {"id": _ID, "load_kg": 100.0, "reps": 5, "reserve": 1.0}
_CREATED: Final = {"created_at": "2026-03-02T19:05:00Z", "updated_at": "2026-03-02T19:05:00Z"}


def _origin(id_: str, name: str, *, valid: str, source: str, **known: Any) -> dict[str, Any]:
    return {
        "formula": {"id": id_, "version": 1, "name": name, "valid": valid, "source": source},
        "validity": "valid",
        "interval": None,
        "window": {"first": "2026-03-02", "last": "2026-03-02", "count": 1},
        "caveats": [],
        **known,
    }


_MEDIAN: Final = _origin(
    "one_rm_median",
    "Median of seven formulas",
    valid="2 to 10 repetitions at or near failure; one repetition is its own maximum.",
    source="Brzycki, 1993; Epley, 1985; Lander, 1985",
    interval={"low": 115.0, "high": 122.42},
)
_TREND: Final[dict[str, Any]] = {
    "verdict": "progressing",
    "slope_kg_a_week": 0.62,
    "percent_a_week": 0.53,
    "weeks": 12,
    "adherence": 0.92,
    "lever": None,
    "sets_change": None,
    "provenance": _origin(
        "lift_trend",
        "Trend of a lift",
        valid="From 4 training days in 6 weeks on.",
        source="A rule of ours: least squares through each week's best estimate",
        interval={"low": 0.31, "high": 0.75},
        window={"first": "2025-12-09", "last": "2026-03-02", "count": 22},
    ),
}
_RECORD: Final = {"one_rm_kg": 119.47, "date": "2026-03-02", "is_estimate": True}
_DAYS: Final = (
    {
        "date": "2026-02-02",
        "sets": [{"set_number": 1, "weight": 95.0, "reps": 5, "volume": 475.0}],
        "volume": 475.0,
        "max_weight": 95.0,
        "max_reps": 5,
        "one_rm": 106.88,
        "estimate": {
            "one_rep_max": 110.75,
            "low": 106.88,
            "high": 113.06,
            "validity": "valid",
            "tested": False,
        },
    },
    {
        "date": "2026-03-02",
        "sets": [{"set_number": 1, "weight": 100.0, "reps": 5, "volume": 500.0}],
        "volume": 500.0,
        "max_weight": 100.0,
        "max_reps": 5,
        "one_rm": 112.5,
        "estimate": {
            "one_rep_max": 119.39,
            "low": 115.0,
            "high": 122.42,
            "validity": "valid",
            "tested": False,
        },
    },
)


def _answer(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True)


PROGRESS: Final = _answer(
    "Two days",
    {
        "exercise_id": _ID,
        "progress": list(_DAYS),
        "improvement": {
            "one_rm_improvement": 5.3,
            "volume_improvement": 5.3,
            "period_days": 90,
        },
        "provenance": {
            "improvement": _origin(
                "exercise_progress",
                "Progress of an exercise",
                valid="Any days with sets; the maximum is of 1 to 10 repetitions.",
                source="Brzycki, 1993",
                window={"first": "2026-02-02", "last": "2026-03-02", "count": 2},
            ),
            "latest_estimate": _MEDIAN,
        },
    },
)
TREND: Final = _answer("Getting stronger", {"exercise_id": _ID, **_TREND})
ONE_RM: Final = _answer(
    "The bench press",
    {
        "exercise_id": _ID,
        "exercise_name": "Barbell Bench Press",
        "date": "2026-03-04",
        "one_rep_max": 119.39,
        "is_tested": False,
        "measured_on": "2026-03-02",
        "provenance": _MEDIAN,
        "median": {
            "one_rm_kg": 119.39,
            "set": {**_SET, "date": "2026-03-02"},
            "formulas": [
                {
                    "id": "brzycki",
                    "name": "Brzycki",
                    "rule": "w × 36 / (37 − r)",
                    "one_rm_kg": 116.13,
                }
            ],
            "provenance": _MEDIAN,
        },
        "chart": {
            "one_rm_kg": 119.47,
            "percent": 83.7,
            "set": {**_SET, "date": "2026-03-02"},
            "provenance": _origin(
                "one_rm_reserve_chart",
                "Chart of repetitions and reserve",
                valid="Best for 1 to 6 repetitions with at most 3 in reserve.",
                source="Reactive Training Systems (Tuchscherer)",
            ),
        },
        "personal": None,
        "tests": [{"id": _ID, "date": "2025-11-30", "weight_kg": 112.5, "notes": "Meet."}],
        "record": {"id": _ID, **_RECORD},
    },
)
_LIFT: Final = {"exercise_id": _ID, "is_estimate": True, "date": "2026-03-02"}
RELATIVE: Final = _answer(
    "At 83 kg",
    {
        "date": "2026-03-04",
        "sex": "male",
        "body_weight_kg": 83.0,
        "weighed_on": "2026-03-01",
        "equipment": "classic",
        "lifts": {
            "squat": {**_LIFT, "exercise_name": "Barbell Back Squat", "one_rm_kg": 210.0},
            "bench": {**_LIFT, "exercise_name": "Barbell Bench Press", "one_rm_kg": 140.0},
            "deadlift": {**_LIFT, "exercise_name": "Barbell Deadlift", "one_rm_kg": 250.0},
        },
        "total_kg": 600.0,
        "is_estimated": True,
        "missing": [],
        "scores": [
            {
                "scale": "dots",
                "event": "sbd",
                "points": 405.05,
                "coefficient": 0.6751,
                "total_kg": 600.0,
                "is_estimated": True,
                "provenance": _origin(
                    "dots",
                    "DOTS",
                    valid="A full total of squat, bench press and deadlift.",
                    source="BVDK (Konertz), 2019",
                    interval={"low": 392.1, "high": 414.6},
                    window={"first": "2026-03-01", "last": "2026-03-02", "count": 4},
                ),
            }
        ],
        "history": [
            {
                "date": "2026-02-28",
                "body_weight_kg": 83.2,
                "total_kg": 590.0,
                "is_estimated": True,
                "dots": 397.8,
                "wilks_2020": 472.3,
                "ipf_gl": 81.6,
                "wilks": 393.3,
            }
        ],
    },
)
RECORD: Final = _answer(
    "A heavier load",
    {
        "id": _ID,
        "exercise_id": _ID,
        "exercise_name": "Barbell Bench Press",
        "kind": "weight",
        "at": None,
        "value": 102.5,
        "unit": "kg",
        "previous": 100.0,
        "is_first": False,
        "date": "2026-03-02",
        "set_id": _ID,
        "workout_id": _ID,
        "reps": 5,
        "load_kg": 102.5,
        "is_estimate": False,
        "is_standing": True,
        **_CREATED,
        "provenance": _origin(
            "personal_record",
            "Personal record",
            valid="Working sets without help, compared with those before them.",
            source="A rule of ours",
            window={"first": "2025-03-03", "last": "2026-03-02", "count": 412},
        ),
    },
)
TEST: Final = OpenApiExample(
    "A meet",
    value={
        "id": _ID,
        "exercise": _ID,
        "date": "2026-03-02",
        "weight_kg": 120.0,
        "notes": "Third attempt.",
        **_CREATED,
    },
    response_only=True,
)
