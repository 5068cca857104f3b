"""The sports of recorded sessions, and what each is in the exercise catalogue."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Sport:
    """``exercise`` is the slug of the catalogue's exercise that a session is logged as.

    Sports of the same ``family`` may be the same session, as two devices name it.
    """

    title: str
    exercise: str
    family: str


SPORTS: Final = {
    "running": Sport("Run", "running", "foot"),
    "treadmill_running": Sport("Treadmill run", "treadmill-running", "foot"),
    "walking": Sport("Walk", "walking", "foot"),
    "hiking": Sport("Hike", "hiking", "foot"),
    "cycling": Sport("Ride", "cycling", "bike"),
    "indoor_cycling": Sport("Indoor ride", "stationary-bike", "bike"),
    "mountain_biking": Sport("Mountain bike ride", "mountain-biking", "bike"),
    "swimming": Sport("Swim", "swimming", "water"),
    "rowing": Sport("Row", "rowing-machine", "water"),
    "paddling": Sport("Paddle", "water-exercise", "water"),
    "elliptical": Sport("Elliptical", "elliptical-trainer", "gym"),
    "stair_climbing": Sport("Stairs", "stair-machine", "gym"),
    "strength": Sport("Strength", "", "gym"),
    "hiit": Sport("Intervals", "moderate-circuit-training", "gym"),
    "yoga": Sport("Yoga", "hatha-yoga", "gym"),
    "cross_country_skiing": Sport("Cross-country ski", "cross-country-skiing", "snow"),
    "downhill_skiing": Sport("Ski", "downhill-skiing", "snow"),
    "tennis": Sport("Tennis", "tennis", "play"),
    "soccer": Sport("Soccer", "football-casual", "play"),
    "basketball": Sport("Basketball", "basketball", "play"),
    "volleyball": Sport("Volleyball", "volleyball", "play"),
    "climbing": Sport("Climb", "climbing", "play"),
    "boxing": Sport("Boxing", "heavy-bag-boxing", "play"),
    "dance": Sport("Dance", "dance-fitness", "play"),
    "other": Sport("Workout", "", ""),
}


def are_alike(one: str, other: str) -> bool:
    """Whether two names may mean one session: the same family, or one that tells nothing."""
    families = {SPORTS[one].family, SPORTS[other].family}
    return len(families) == 1 or "" in families
