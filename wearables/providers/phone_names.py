"""What phones call things: HealthKit's identifiers and Health Connect's records, in our terms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from wearables.formulas.sports import SPORTS
from wearables.readings import Kind, Stage

_COUNT: Final = {"": 1.0, "count": 1.0}
_KM: Final = {"km": 1.0, "m": 0.001, "mi": 1.609344, "yd": 0.0009144, "ft": 0.0003048}
_KCAL: Final = {"kcal": 1.0, "Cal": 1.0, "kJ": 1 / 4.184, "cal": 0.001, "J": 1 / 4184}
_MINUTES: Final = {"min": 1.0, "s": 1 / 60, "hr": 60.0, "h": 60.0}
_PER_MINUTE: Final = {
    "": 1.0,
    "count/min": 1.0,
    "bpm": 1.0,
    "breaths/min": 1.0,
    "count/s": 60.0,
    "Hz": 60.0,
}
_MS: Final = {"ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Quantity:
    """``units`` leads from a unit to ours; one without a unit needs none. Bounds are in ours.

    What is a ``sum`` counts for the day of its start; of the others, see phone.read.
    """

    metric: str
    units: Mapping[str, float]
    most: float
    least: float = 0
    is_sum: bool = False


def _sum(metric: str, units: Mapping[str, float], most: float) -> Quantity:
    return Quantity(metric, units, most, is_sum=True)


# What a day may hold at most; a single record may not hold more.
DAY_BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "steps": (0, 200_000),
    "distance": (0, 1000),
    "active_calories": (0, 30_000),
    "basal_calories": (0, 30_000),
    "total_calories": (0, 40_000),
    "active_minutes": (0, 1560),
    "floors_climbed": (0, 10_000),
    "resting_heart_rate": (20, 260),
    "worn_minutes": (0, 1560),
}


def _of_day(metric: str, units: Mapping[str, float]) -> Quantity:
    return _sum(metric, units, DAY_BOUNDS[metric][1])


_HEART_RATE: Final = Quantity("heart_rate", _PER_MINUTE, 260, 20)
_RESTING: Final = Quantity("resting_heart_rate", _PER_MINUTE, 260, 20)
_BREATHING: Final = Quantity("respiratory_rate", _PER_MINUTE, 100, 1)
_APPLE: Final = "HKQuantityTypeIdentifier"
QUANTITIES: Final[Mapping[str, Quantity]] = {
    f"{_APPLE}StepCount": _of_day("steps", _COUNT),
    # Cycling and the like are distances of their own, and not of the day.
    f"{_APPLE}DistanceWalkingRunning": _of_day("distance", _KM),
    f"{_APPLE}ActiveEnergyBurned": _of_day("active_calories", _KCAL),
    f"{_APPLE}BasalEnergyBurned": _of_day("basal_calories", _KCAL),
    f"{_APPLE}AppleExerciseTime": _of_day("active_minutes", _MINUTES),
    f"{_APPLE}FlightsClimbed": _of_day("floors_climbed", _COUNT),
    f"{_APPLE}RestingHeartRate": _RESTING,
    f"{_APPLE}HeartRate": _HEART_RATE,
    f"{_APPLE}HeartRateVariabilitySDNN": Quantity("sdnn", {"": 1.0, **_MS}, 1000, 1),
    f"{_APPLE}RespiratoryRate": _BREATHING,
    "StepsRecord": _of_day("steps", _COUNT),
    "DistanceRecord": _of_day("distance", {"": 0.001, **_KM}),
    "ActiveCaloriesBurnedRecord": _of_day("active_calories", {"": 1.0, **_KCAL}),
    "TotalCaloriesBurnedRecord": _of_day("total_calories", {"": 1.0, **_KCAL}),
    "FloorsClimbedRecord": _of_day("floors_climbed", _COUNT),
    "RestingHeartRateRecord": _RESTING,
    "HeartRateRecord": _HEART_RATE,
    "HeartRateVariabilityRmssdRecord": Quantity("rmssd", {"": 1.0, **_MS}, 1000, 1),
    "RespiratoryRateRecord": _BREATHING,
}

_STAGE_NUMBERS: Final[Mapping[str, tuple[Stage, ...]]] = {
    "apple_watch": ("in_bed", "asleep", "awake", "light", "deep", "rem"),
    # Unknown counts as lying there; out of bed as awake.
    "health_connect": ("in_bed", "awake", "asleep", "awake", "light", "deep", "rem", "awake"),
}
_STAGE_WORDS: Final[Mapping[str, Stage]] = {
    "inbed": "in_bed",
    "unknown": "in_bed",
    "asleep": "asleep",
    "asleepunspecified": "asleep",
    "sleeping": "asleep",
    "awake": "awake",
    "awakeinbed": "awake",
    "outofbed": "awake",
    "asleepcore": "light",
    "light": "light",
    "asleepdeep": "deep",
    "deep": "deep",
    "asleeprem": "rem",
    "rem": "rem",
}
_STAGE_PREFIX: Final = re.compile("^(hkcategoryvaluesleepanalysis|stagetype)")


def stage_of(value: object, *, provider: str) -> Stage | None:
    """The stage of a word, or of the provider's number for it; None for an unknown one."""
    if isinstance(value, int) and not isinstance(value, bool):
        numbers = _STAGE_NUMBERS.get(provider, ())
        return numbers[value] if 0 <= value < len(numbers) else None
    word = re.sub("[^a-z]", "", str(value).lower())
    return _STAGE_WORDS.get(_STAGE_PREFIX.sub("", word))


_SPORT_PREFIX: Final = re.compile("^(hkworkoutactivitytype|exercisetype)")
_SPORT_WORDS: Final[Mapping[str, str]] = {
    "runningtreadmill": "treadmill_running",
    "biking": "cycling",
    "bikingstationary": "indoor_cycling",
    "mountainbikeriding": "mountain_biking",
    "swimmingpool": "swimming",
    "swimmingopenwater": "swimming",
    "rowingmachine": "rowing",
    "paddlesports": "paddling",
    "stairs": "stair_climbing",
    "stepmachine": "stair_climbing",
    "stairclimbingmachine": "stair_climbing",
    "traditionalstrengthtraining": "strength",
    "functionalstrengthtraining": "strength",
    "strengthtraining": "strength",
    "weightlifting": "strength",
    "highintensityintervaltraining": "hiit",
    "skiing": "downhill_skiing",
    "football": "soccer",
    "rockclimbing": "climbing",
    "kickboxing": "boxing",
    "dancing": "dance",
    "cardiodance": "dance",
    "socialdance": "dance",
    **{name.replace("_", ""): name for name in SPORTS},
}


def sport_of(name: str) -> str:
    """One of ours for the name of HealthKit or Health Connect; "other" for one without."""
    word = re.sub("[^a-z]", "", name.lower())
    return _SPORT_WORDS.get(_SPORT_PREFIX.sub("", word), "other")


_KINDS: Final[Mapping[str, Kind]] = {
    "watch": "watch",
    "phone": "phone",
    "ring": "ring",
    "band": "band",
    "fitnessband": "band",
    "cheststrap": "strap",
    "strap": "strap",
    "scale": "scale",
}


def kind_of(device_type: str, device_model: str) -> Kind:
    """What recorded it, by the type that the phone tells, else by Apple's name of the model."""
    told = _KINDS.get(re.sub("[^a-z]", "", device_type.lower()))
    if told:
        return told
    if device_model.startswith("Watch"):
        return "watch"
    return "phone" if device_model.startswith("iPhone") else "hub"
