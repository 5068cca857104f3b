"""Examples of recovery and heart rates of workouts, as the API's contract shows them."""

from typing import Any, Final


def _origin(id_: str, name: str, **known: Any) -> dict[str, Any]:
    formula = {"id": id_, "version": 1, "name": name, **known}
    return {
        "formula": {"valid": "See the formula.", "source": "A rule of ours", **formula},
        "validity": "valid",
        "interval": None,
        "window": None,
        "caveats": [],
    }


def _trend(id_: str, name: str, **values: float) -> dict[str, Any]:
    return {**values, "provenance": _origin(id_, name)}


RECOVERY: Final[dict[str, Any]] = {
    "first": "2026-02-01",
    "last": "2026-03-02",
    "readiness": {
        "score": 71,
        "parts": [
            {"name": "hrv", "score": 62},
            {"name": "resting_heart_rate", "score": 60},
            {"name": "sleep", "score": 89},
            {"name": "sleep_debt", "score": 70},
        ],
        "provenance": _origin("readiness", "Readiness"),
    },
    "sleep": {
        "need_hours": 7.96,
        "need_provenance": _origin("sleep_need", "Need of sleep"),
        "debt_hours": 4.2,
        "debt_provenance": _origin("sleep_debt", "Sleep debt"),
        "regularity_minutes": 41.0,
        "last_night": {
            "score": 89,
            "parts": [
                {"name": "duration", "score": 86},
                {"name": "efficiency", "score": 100},
                {"name": "regularity", "score": 83},
                {"name": "awake", "score": 86},
            ],
            "provenance": _origin("sleep_quality", "Score of a night"),
        },
    },
    "resting_heart_rate": _trend(
        "resting_heart_rate_trend",
        "Resting heart rate against its baseline",
        latest=54.0,
        mean=54.6,
        baseline=55.4,
        z=-0.42,
        slope_a_week=-0.3,
    ),
    "hrv": {
        **_trend(
            "hrv_trend",
            "Heart rate variability against its baseline",
            latest=58.0,
            mean=56.1,
            baseline=52.9,
            z=0.48,
            slope_a_week=0.9,
        ),
        "method": "rmssd",
    },
    "points": [
        {
            "date": "2026-03-02",
            "resting_heart_rate": 54.0,
            "hrv": 58.0,
            "asleep_minutes": 437,
            "in_bed_minutes": 464,
            "sleep_score": 89,
        }
    ],
}
WORKOUT_HEART_RATE: Final[dict[str, Any]] = {
    "workout": "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9",
    "samples": 1984,
    "average_bpm": 148.2,
    "max_bpm": 172,
    "measured_minutes": 32.9,
    "highest_bpm": 184.2,
    "highest_provenance": _origin("hr_max_tanaka", "Highest heart rate by Tanaka"),
    "rest_bpm": 55.0,
    "zones": [
        {"number": 1, "low_bpm": 92.1, "high_bpm": 110.5, "minutes": 1.2},
        {"number": 2, "low_bpm": 110.5, "high_bpm": 128.9, "minutes": 3.4},
        {"number": 3, "low_bpm": 128.9, "high_bpm": 147.4, "minutes": 9.8},
        {"number": 4, "low_bpm": 147.4, "high_bpm": 165.8, "minutes": 14.6},
        {"number": 5, "low_bpm": 165.8, "high_bpm": 184.2, "minutes": 3.9},
    ],
    "edwards": {
        "trimp": 115.3,
        "provenance": _origin("trimp_edwards", "Training impulse by zones (Edwards)"),
    },
    "banister": {
        "trimp": 58.7,
        "provenance": _origin(
            "trimp_banister", "Training impulse by heart rate reserve (Banister)"
        ),
    },
    "minutes": [{"start": "2026-03-02T17:31:00Z", "min": 121, "avg": 126.4, "max": 131}],
}
