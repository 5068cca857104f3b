"""What devices call the moves of a strength session, and what the exercise catalogue does."""

import re
from typing import Final

# Mostly the exercise categories of FIT files, which name a move without its equipment.
_MOVES: Final = {
    "ab_wheel": "ab-wheel-rollout",
    "back_squat": "barbell-back-squat",
    "banded_exercises": "band-pull-apart",
    "bench_press": "barbell-bench-press",
    "bent_over_row": "barbell-bent-over-row",
    "bicep_curl": "dumbbell-curl",
    "biceps_curl": "dumbbell-curl",
    "calf_raise": "standing-calf-raise",
    "carry": "farmers-carry",
    "chest_press": "machine-chest-press",
    "curl": "dumbbell-curl",
    "deadlift": "barbell-deadlift",
    "dip": "parallel-bar-dip",
    "flye": "dumbbell-fly",
    "front_squat": "barbell-front-squat",
    "hip_raise": "glute-bridge",
    "hip_thrust": "barbell-hip-thrust",
    "hyperextension": "back-extension",
    "lateral_raise": "dumbbell-lateral-raise",
    "leg_curl": "lying-leg-curl",
    "leg_raise": "lying-leg-raise",
    "lunge": "dumbbell-lunge",
    "military_press": "barbell-overhead-press",
    "overhead_press": "barbell-overhead-press",
    "pullup": "pull-up",
    "pushup": "push-up",
    "row": "barbell-bent-over-row",
    "shoulder_press": "barbell-overhead-press",
    "shrug": "barbell-shrug",
    "situp": "sit-up",
    "squat": "barbell-back-squat",
    "tricep_extension": "overhead-dumbbell-triceps-extension",
    "triceps_extension": "overhead-dumbbell-triceps-extension",
}


def slug_of_move(name: str) -> str:
    """The catalogue's slug of a move: of our table, else the name as the catalogue spells it."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return _MOVES.get("_".join(words)) or "-".join(words)
