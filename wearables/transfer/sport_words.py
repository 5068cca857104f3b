"""What files call sports, as one of wearables.formulas.sports.SPORTS."""

import re
from typing import Final

from wearables.formulas.sports import SPORTS

_NOT_WORDS: Final = re.compile(r"[\W_]+")
# Of a FIT session's sport and sub-sport; the sub-sport goes before the sport.
_FIT_SUB_SPORTS: Final = {
    ("running", "treadmill"): "treadmill_running",
    ("running", "indoor_running"): "treadmill_running",
    ("running", "virtual_activity"): "treadmill_running",
    ("cycling", "indoor_cycling"): "indoor_cycling",
    ("cycling", "spin"): "indoor_cycling",
    ("cycling", "virtual_activity"): "indoor_cycling",
    ("cycling", "mountain"): "mountain_biking",
    ("cycling", "downhill"): "mountain_biking",
    ("e_biking", "e_bike_mountain"): "mountain_biking",
    ("fitness_equipment", "treadmill"): "treadmill_running",
    ("fitness_equipment", "indoor_cycling"): "indoor_cycling",
    ("fitness_equipment", "spin"): "indoor_cycling",
    ("fitness_equipment", "indoor_rowing"): "rowing",
    ("fitness_equipment", "elliptical"): "elliptical",
    ("fitness_equipment", "stair_climbing"): "stair_climbing",
    ("fitness_equipment", "indoor_walking"): "walking",
}
# Whatever the sport beside it.
_FIT_ANYWHERE: Final = {
    "strength_training": "strength",
    "yoga": "yoga",
    "hiit": "hiit",
    "amrap": "hiit",
    "emom": "hiit",
    "tabata": "hiit",
    "indoor_climbing": "climbing",
    "bouldering": "climbing",
}
# Words of TCX, GPX and the sports of FIT; those of Apple Health once they are split.
_WORDS: Final = {
    "run": "running",
    "running": "running",
    "trail running": "running",
    "track running": "running",
    "street running": "running",
    "treadmill": "treadmill_running",
    "treadmill running": "treadmill_running",
    "virtual run": "treadmill_running",
    "walk": "walking",
    "walking": "walking",
    "hike": "hiking",
    "hiking": "hiking",
    "mountaineering": "hiking",
    "snowshoeing": "hiking",
    "ride": "cycling",
    "bike": "cycling",
    "biking": "cycling",
    "cycling": "cycling",
    "road biking": "cycling",
    "e biking": "cycling",
    "hand cycling": "cycling",
    "indoor cycling": "indoor_cycling",
    "virtual ride": "indoor_cycling",
    "mountain biking": "mountain_biking",
    "swim": "swimming",
    "swimming": "swimming",
    "lap swimming": "swimming",
    "open water swimming": "swimming",
    "row": "rowing",
    "rowing": "rowing",
    "indoor rowing": "rowing",
    "paddle sports": "paddling",
    "paddling": "paddling",
    "kayaking": "paddling",
    "canoeing": "paddling",
    "rafting": "paddling",
    "stand up paddleboarding": "paddling",
    "elliptical": "elliptical",
    "stairs": "stair_climbing",
    "stair climbing": "stair_climbing",
    "stair stepper": "stair_climbing",
    "floor climbing": "stair_climbing",
    "strength": "strength",
    "strength training": "strength",
    "weight training": "strength",
    "traditional strength training": "strength",
    "functional strength training": "strength",
    "hiit": "hiit",
    "high intensity interval training": "hiit",
    "cross training": "hiit",
    "yoga": "yoga",
    "cross country skiing": "cross_country_skiing",
    "nordic skiing": "cross_country_skiing",
    "alpine skiing": "downhill_skiing",
    "downhill skiing": "downhill_skiing",
    "snowboarding": "downhill_skiing",
    "tennis": "tennis",
    "soccer": "soccer",
    "basketball": "basketball",
    "volleyball": "volleyball",
    "climbing": "climbing",
    "rock climbing": "climbing",
    "boxing": "boxing",
    "kickboxing": "boxing",
    "dance": "dance",
    "cardio dance": "dance",
    "social dance": "dance",
}
# What Strava writes as the type of a track.
_NUMBERS: Final = {
    "1": "cycling",
    "2": "downhill_skiing",
    "4": "hiking",
    "7": "cross_country_skiing",
    "9": "running",
    "10": "walking",
    "16": "swimming",
    "23": "rowing",
}
_INDOORS: Final = {"running": "treadmill_running", "cycling": "indoor_cycling"}
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def sport_of_words(words: str) -> str:
    """Of a word or some, however they are joined; "other" of what nobody knows."""
    plain = _NOT_WORDS.sub(" ", words).strip().lower()
    return _NUMBERS.get(plain) or _WORDS.get(plain, "other")


def sport_of_fit(sport: str, sub_sport: str) -> str:
    found = _FIT_SUB_SPORTS.get((sport, sub_sport)) or _FIT_ANYWHERE.get(sub_sport)
    return found or sport_of_words(sport)


def sport_of_apple(activity_type: str, *, is_indoors: bool) -> str:
    """Of a name such as HKWorkoutActivityTypeTraditionalStrengthTraining."""
    name = activity_type.removeprefix("HKWorkoutActivityType")
    sport = sport_of_words(_CAPITAL.sub(" ", name))
    return _INDOORS.get(sport, sport) if is_indoors else sport


assert {*_FIT_SUB_SPORTS.values(), *_FIT_ANYWHERE.values(), *_WORDS.values()} <= SPORTS.keys()
