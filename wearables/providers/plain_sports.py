"""Sports by their plain English names, as Oura and WHOOP call them."""

import re
from typing import Final

from wearables.formulas.sports import SPORTS
from wearables.providers.values import text

_WORDS: Final[dict[str, str]] = {
    name: sport
    for sport, names in {
        "running": "run jogging track_running trail_running track_and_field",
        "treadmill_running": "treadmill indoor_running",
        "walking": "walk nordic_walking indoor_walking stroller_walking dog_walking",
        "hiking": "hike hiking_rucking rucking",
        "cycling": "bike biking road_cycling",
        "indoor_cycling": "spin spinning indoor_biking stationary_bike assault_bike",
        "mountain_biking": "mountain_bike",
        "swimming": "swim pool_swimming open_water_swimming",
        "rowing": "row indoor_rowing rowing_machine",
        "paddling": "kayaking canoeing paddleboarding stand_up_paddling",
        "elliptical": "elliptical_training cross_trainer",
        "stair_climbing": "stairmaster stairs stair_climber stair_exercise",
        "strength": (
            "strength_training strength_trainer weightlifting weightlifting_msk powerlifting"
            " weight_training functional_fitness core_exercise bodyweight"
        ),
        "hiit": "interval_training crossfit cross_training circuit_training",
        "yoga": "hot_yoga",
        "cross_country_skiing": "cross_country_ski",
        "downhill_skiing": "skiing alpine_skiing snowboarding",
        "soccer": "football_soccer",
        "volleyball": "beach_volleyball",
        "climbing": "rock_climbing indoor_climbing bouldering",
        "boxing": "kickboxing kick_boxing box_fitness muay_thai",
        "dance": "dancing zumba ballet",
    }.items()
    for name in names.split()
}
# Inside of words that are written together: strengthTraining.
_SEAM: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z]+")
_UNTOLD: Final = frozenset({"", "other", "activity", "workout"})


def sport_of(word: object) -> str:
    """One of wearables.formulas.sports.SPORTS."""
    name = _name(word)
    return name if name in SPORTS else _WORDS.get(name, "other")


def title_of(word: object) -> str:
    """What to call a session of a sport that is none of ours; empty for one that is."""
    name = _name(word)
    if name in _UNTOLD or sport_of(word) != "other":
        return ""
    return name.replace("_", " ").capitalize()


def _name(word: object) -> str:
    return _SEAM.sub("_", text(word)[:100]).strip("_").lower()
