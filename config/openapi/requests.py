"""Requests as one would send them, by the name of their shape."""

from typing import Any

_ID = "019a2f5e-7c1d-7b3a-9f60-2d8e41c7a5b9"
_SKYR = {
    "food": _ID,
    "amount": 150,
    "meal_type": "breakfast",
    "date": "2026-03-02",
    "time": "07:30",
}

REQUESTS: dict[str, Any] = {
    "AuthLogin": {"username": "ana", "password": "numeneon-demo-2026"},
    "AuthSignup": {
        "email": "zoe@example.com",
        "username": "zoe",
        "password": "a-long-passphrase",
    },
    "ErasureRequest": {"password": "a-long-passphrase"},
    "WorkoutRequest": {
        "id": "019a2f60-1f2c-7c11-8a3d-5b7e90c1d2f3",
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:05",
        "end_time": "19:00",
        "sets": [
            {"exercise": _ID, "reps": 5, "weight": 60},
            {"exercise": _ID, "reps": 5, "weight": 62.5, "rpe": 8},
        ],
    },
    "PatchedMePatchRequest": {
        "profile": {"timezone": "Europe/Vienna", "height": 168},
        "settings": {"primary_goal": "strength", "week_starts_on": 1},
    },
    "PatchedWorkoutRequest": {"notes": "Slept well.", "session_rpe": 7.5},
    "SetRequest": {"exercise": _ID, "reps": 5, "weight": 82.5, "rir": 2},
    "PatchedSetChangeRequest": {"reps": 6},
    "StartRequest": {"name": "Push day"},
    "FinishRequest": {"session_rpe": 7.5},
    "ExerciseRequest": {"name": "Zercher Carry", "muscle_group": "legs"},
    "GymRequest": {"name": "Garage", "equipment": ["barbell", "plate", "bench"]},
    "BodyMetricRequest": {"date": "2026-03-02", "weight": 64.2, "waist": 74},
    "FoodBodyRequest": {
        "name": "Peanut bar",
        "serving_size": 42,
        "calories": 215,
        "protein": 5,
        "carbs": 24,
        "fat": 11,
    },
    "EntryRequest": _SKYR,
    "BulkRequest": {"entries": [_SKYR]},
    "CopyMealsRequest": {"from_date": "2026-03-02", "to_date": "2026-03-03"},
    "RecipeRequest": {
        "name": "Skyr with berries",
        "servings": 4,
        "ingredients": [{"food": _ID, "amount": 600}],
    },
    "ConfirmationRequest": {
        "food": _ID,
        "amount": 350,
        "meal_type": "lunch",
        "date": "2026-03-02",
        "time": "12:30",
    },
    "WaterRequest": {"amount_ml": 250, "date": "2026-03-02", "time": "10:00"},
}
