"""What both of Garmin's doors have in common: instants, sports, and names that may differ."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from wearables.providers.base import Unreadable
from wearables.providers.values import number
from wearables.readings import Source

WATCH: Final = Source(kind="watch")
# What a person can switch off for a partner, of what we need.
HEALTH: Final = "HEALTH_EXPORT"
ACTIVITY: Final = "ACTIVITY_EXPORT"
PERMISSIONS: Final = frozenset({HEALTH, ACTIVITY})
_YEAR_2200_S: Final = 7_258_118_400
_LONGEST_S: Final = 14 * 86_400
_SPORTS: Final[dict[str, str]] = {
    name: sport
    for sport, names in {
        "running": (
            "running street_running trail_running track_running ultra_run virtual_run"
            " obstacle_run parkour"
        ),
        "treadmill_running": "treadmill_running indoor_running indoor_track",
        "walking": "walking casual_walking speed_walking indoor_walking",
        "hiking": "hiking mountaineering rucking snow_shoe snow_shoe_ws",
        "cycling": (
            "cycling road_biking road_cycling gravel_cycling recumbent_cycling track_cycling"
            " cyclocross e_bike_fitness hand_cycling"
        ),
        "indoor_cycling": "indoor_cycling virtual_ride indoor_hand_cycling",
        "mountain_biking": "mountain_biking downhill_biking e_bike_mountain enduro_mtb bmx",
        "swimming": "swimming lap_swimming open_water_swimming",
        "rowing": "rowing rowing_v2 indoor_rowing",
        "paddling": (
            "paddling paddling_v2 kayaking kayaking_v2 stand_up_paddleboarding"
            " stand_up_paddleboarding_v2 whitewater_rafting_kayaking"
        ),
        "elliptical": "elliptical",
        "stair_climbing": "stair_climbing floor_climbing",
        "strength": "strength_training",
        "hiit": "hiit",
        "yoga": "yoga",
        "cross_country_skiing": (
            "cross_country_skiing cross_country_skiing_ws cross_country_classic_skiing"
            " skate_skiing skate_skiing_ws"
        ),
        "downhill_skiing": (
            "resort_skiing resort_skiing_snowboarding resort_skiing_snowboarding_ws"
            " resort_snowboarding backcountry_skiing backcountry_skiing_snowboarding"
            " backcountry_snowboarding"
        ),
        "tennis": "tennis tennis_v2 padel paddelball",
        "soccer": "soccer",
        "basketball": "basketball",
        "volleyball": "volleyball",
        "climbing": "rock_climbing indoor_climbing bouldering",
        "boxing": "boxing",
        "dance": "dance",
    }.items()
    for name in names.split()
}


def sport_of(activity_type: str) -> str:
    """One of wearables.formulas.sports.SPORTS. Garmin writes its types in either case."""
    return _SPORTS.get(activity_type.lower(), "other")


def at_seconds(value: object) -> datetime:
    """Seconds since 1970. Raises Unreadable."""
    told = number(value)
    if told is None or not 0 <= told < _YEAR_2200_S:
        raise Unreadable
    return datetime.fromtimestamp(told, UTC)


def lasting(seconds: object) -> timedelta:
    """Of a night, a day or an outing. Raises Unreadable."""
    told = number(seconds)
    if told is None or not 0 <= told <= _LONGEST_S:
        raise Unreadable
    return timedelta(seconds=told)


def found(row: Mapping[str, Any], *names: str) -> Any:
    """The first of these that is there and not null, in the row itself or in a group within it.

    A name with dots leads to one place alone.
    """
    for name in names:
        if "." in name:
            told = _led_to(row, name)
        else:
            groups = [group for group in row.values() if isinstance(group, dict)]
            held = (group.get(name) for group in (row, *groups))
            told = next((value for value in held if value is not None), None)
        if told is not None:
            return told
    return None


def _led_to(row: Mapping[str, Any], path: str) -> Any:
    told: Any = row
    for name in path.split("."):
        told = told.get(name) if isinstance(told, dict) else None
    return told
