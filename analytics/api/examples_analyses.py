"""Examples of weeks of training and of days off, as the API's contract shows them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ID: Final = "0197c5f0-6f2e-7d61-9d0a-3b5c2f4e8a10"
_WRITTEN: Final = {
    "created_at": "2026-03-09T05:00:00Z",
    "updated_at": "2026-03-09T05:00:00Z",
}


def _origin(id_: str, name: str, **known: Any) -> dict[str, Any]:
    return {
        "formula": {
            "id": id_,
            "version": 1,
            "name": name,
            "valid": known.pop("valid"),
            "source": known.pop("source"),
        },
        "validity": "valid",
        "interval": None,
        "window": {"first": "2026-03-02", "last": "2026-03-08", "count": known.pop("count")},
        "caveats": [],
        **known,
    }


def _balance(first: float, second: float, *, count: int) -> dict[str, Any]:
    return {
        "ratio": round(first / second, 4),
        "first_sets": first,
        "second_sets": second,
        "provenance": _origin(
            "muscle_balance",
            "Balance of opposing muscles",
            valid="A ratio of fractional sets; no ratio is known to be right for everyone.",
            source="A rule of ours",
            count=count,
        ),
    }


_DAYS: Final[dict[str, Any]] = {
    "start_date": "2026-03-02",
    "end_date": "2026-03-08",
    "total_workouts": 3,
    "total_volume": 18240.0,
    "total_duration": 195,
    "total_sets": 54,
    "total_reps": 372,
    "hard_sets": 51,
    "total_distance_km": 5.2,
    "avg_intensity": 71.4,
    "intensity_validity": "valid",
    "intensity_sets": 48,
    "intensity_left_out": 0,
    "consistency_score": 94.5,
    "consistency_validity": "valid",
    "most_trained_muscle": "chest",
    "least_trained_muscle": "calves",
    "muscle_sets": {"chest": 14.0, "quadriceps": 12.0, "hamstrings": 9.0, "lats": 11.5},
    "muscles": [
        {
            "muscle": "chest",
            "name": "Chest",
            "sets": 14.0,
            "sets_a_week": 14.0,
            "mv": 8.0,
            "mev": 10.0,
            "mav_low": 12.0,
            "mav_high": 20.0,
            "mrv": 22.0,
            "level": "growing",
        }
    ],
    "consistency": {
        "sessions_a_week": 2.875,
        "plan_match": 0.958,
        "gap_sd_days": 0.5,
        "streak_weeks": 6,
        "weeks_off": 0,
    },
    "push_pull": _balance(14.0, 11.5, count=51),
    "quads_hamstrings": _balance(12.0, 9.0, count=51),
    "provenance": {
        "totals": _origin(
            "training_totals",
            "Totals of training",
            valid="What is logged. Warm-ups are no sets, and a load that is unknown adds nothing.",
            source="Σ load × repetitions of the working sets",
            count=3,
        ),
        "avg_intensity": _origin(
            "average_intensity",
            "Average intensity, weighted by repetitions",
            valid="Working sets with a load, of exercises whose maximum was known on their day.",
            source="Σ reps × load / maximum ÷ Σ reps",
            count=48,
        ),
        "consistency_score": _origin(
            "consistency",
            "Consistency",
            valid="The last 8 weeks that are over, without those that were frozen.",
            source="A rule of ours",
            count=8,
        ),
        "muscle_sets": _origin(
            "fractional_sets",
            "Sets for each muscle, fractions counted",
            valid="Hard sets: no warm-ups, and not known to leave more than 4 repetitions.",
            source="Pelland et al., 2024: counting indirect sets by half fits best",
            count=51,
        ),
    },
}

ANALYSIS: Final = OpenApiExample(
    "A week",
    value={"id": _ID, "period": "week", **_DAYS, **_WRITTEN},
    response_only=True,
)
RANGE: Final = OpenApiExample("Seven days", value=_DAYS, response_only=True)
DELOAD: Final = OpenApiExample(
    "Two lifts stand still",
    value={
        "is_due": True,
        "reason": "standing_still",
        "weeks_since_deload": 6,
        "lifts_standing_still": 2,
        "load_share_low": 0.6,
        "load_share_high": 0.8,
        "sets_share": 0.5,
        "provenance": _origin(
            "deload_hint",
            "Deload hint",
            valid="A habit of coaches, not a law: deload when it is needed rather than by the"
            " calendar.",
            source="The guide of Liftosaur",
            count=16,
        ),
        "load_unit": "kg",
        "weeks": [
            {
                "start_date": "2026-03-02",
                "kind": "normal",
                "load": 18240.0,
                "usual_load": 17900.0,
                "share": 1.019,
                "sessions_done": 3,
                "sessions_planned": 3,
                "provenance": _origin(
                    "deload_weeks",
                    "Lighter weeks",
                    valid="With 4 weeks before that were no deloads.",
                    source="A rule of ours: against the median of the weeks before",
                    count=5,
                ),
            }
        ],
    },
    response_only=True,
)
BREAK: Final = OpenApiExample(
    "A week in the mountains",
    value={
        "id": _ID,
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-09",
        "reason": "travel",
        "notes": "Hiking.",
        **_WRITTEN,
    },
    response_only=True,
)
