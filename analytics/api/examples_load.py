"""Examples of training load, as the API's contract shows them."""

from typing import Any, Final


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
        "window": None,
        "caveats": [],
        **known,
    }


_POINT: Final = {
    "date": "2026-03-02",
    "load": 420.0,
    "ctl": 182.4,
    "atl": 210.9,
    "tsb": -24.6,
    "form_percent": -13.8,
}
_WEEK: Final = {
    "first": "2026-02-24",
    "last": "2026-03-02",
    "load": 1480.0,
    "monotony": 1.12,
    "strain": 1657.6,
}
_LOAD: Final[dict[str, Any]] = {
    "curve": {
        **_POINT,
        "provenance": _origin(
            "ctl_atl_tsb_exponential",
            "Fitness, fatigue, and form",
            valid="From 42 days of history on, for loads of one scale.",
            source="After Banister et al., 1975",
            window={"first": "2025-12-22", "last": "2026-03-02", "count": 71},
        ),
    },
    "week": {
        **_WEEK,
        "mean": 211.43,
        "sd": 188.8,
        "previous_load": 1390.0,
        "change": 0.0647,
        "provenance": _origin(
            "weekly_load",
            "Weekly load, monotony, and strain",
            valid="Whole weeks, rest days counted as 0.",
            source="Foster, 1998",
            window={"first": "2026-02-24", "last": "2026-03-02", "count": 7},
            caveats=[
                "A monotony above 2 or a strain above 6000 is often called high: rules of thumb,"
                " not limits."
            ],
        ),
    },
    "ratio": {
        "acute": 205.2,
        "chronic": 190.8,
        "ratio": 1.0755,
        "provenance": _origin(
            "acwr_ewma",
            "Acute to chronic workload ratio, exponentially weighted means",
            valid="From 28 days of history on. It describes loads and predicts nothing.",
            source="Williams et al., 2017; Impellizzeri et al., 2020",
            window={"first": "2025-12-22", "last": "2026-03-02", "count": 71},
            caveats=["The ratio compares loads. It says nothing about injuries."],
        ),
    },
    "weeks": [_WEEK],
    "points": [_POINT],
}
_NO_LOAD: Final = {"load": 0.0, "ctl": 0.0, "atl": 0.0, "tsb": 0.0, "form_percent": None}
_NO_WEEK: Final = {"load": 0.0, "mean": 0.0, "sd": 0.0, "previous_load": 0.0, "change": None}
_UNEVEN: Final = {"monotony": None, "strain": None}
_REST: Final[dict[str, Any]] = {
    "curve": {**_LOAD["curve"], **_NO_LOAD},
    "week": {**_LOAD["week"], **_NO_WEEK, **_UNEVEN},
    "ratio": {**_LOAD["ratio"], "acute": 0.0, "chronic": 0.0, "ratio": None},
    "weeks": [{**_WEEK, "load": 0.0, **_UNEVEN}],
    "points": [{**_POINT, **_NO_LOAD}],
}
TRAINING_LOAD: Final = {
    "first": "2025-12-02",
    "last": "2026-03-02",
    "rated_share": 1.0,
    "all": _LOAD,
    "lifting": _LOAD,
    "cardio": _REST,
}
HEART_RATE_ZONES: Final = {
    "max_bpm": 184.2,
    "max_provenance": _origin(
        "hr_max_tanaka",
        "Highest heart rate by Tanaka",
        valid="Healthy adults; single people are often 10 beats off.",
        source="Tanaka et al., 2001",
        interval={"low": 171.4, "high": 197.0},
        caveats=["Single people are often 10 beats off; your own measurement is better."],
    ),
    "rest_bpm": None,
    "zones": [
        {"number": 1, "low_bpm": 92.1, "high_bpm": 110.5},
        {"number": 2, "low_bpm": 110.5, "high_bpm": 128.9},
        {"number": 3, "low_bpm": 128.9, "high_bpm": 147.4},
        {"number": 4, "low_bpm": 147.4, "high_bpm": 165.8},
        {"number": 5, "low_bpm": 165.8, "high_bpm": 184.2},
    ],
    "provenance": _origin(
        "hr_zones_max",
        "Heart rate zones by shares of the maximum",
        valid="As good as the maximum.",
        source="Edwards, 1993",
    ),
}
