"""What the Google Health API calls a sport."""

from typing import Final

_SPORTS: Final[dict[str, str]] = {
    name: sport
    for sport, names in {
        "running": "RUNNING TRAIL_RUN TRACK_AND_FIELD INCLINE_RUN ORIENTEERING",
        "treadmill_running": "TREADMILL",
        "walking": (
            "WALKING POWER_WALKING NORDIC_WALKING STROLLER_WALK TREADMILL_WALK INCLINE_WALK"
            " WALK_WITH_WEIGHTS RUCKING"
        ),
        "hiking": "HIKING BACKPACKING SNOWSHOEING",
        "cycling": "BIKING OUTDOOR_BIKE ELECTRIC_BIKE HAND_CYCLING UNICYCLING",
        "indoor_cycling": "SPINNING STATIONARY_BIKE ASSAULT_BIKE",
        "mountain_biking": "MOUNTAIN_BIKE",
        "swimming": "SWIMMING SWIMMING_POOL SWIMMING_OPEN_WATER",
        "rowing": "ROWING ROWING_MACHINE",
        "paddling": "CANOEING KAYAKING PADDLEBOARDING",
        "elliptical": "ELLIPTICAL",
        "stair_climbing": "STAIRCLIMBER STEP_TRAINING",
        "strength": (
            "STRENGTH_TRAINING WEIGHTS WEIGHTLIFTING WEIGHT_MACHINES FREE_WEIGHTS POWERLIFTING"
            " FUNCTIONAL_STRENGTH_TRAINING RESISTANCE_BANDS TRX BODY_WEIGHT CALISTHENICS"
            " CORE_TRAINING"
        ),
        "hiit": "HIIT INTERVAL_WORKOUT TABATA_WORKOUT CROSSFIT CIRCUIT_TRAINING BOOTCAMP",
        "yoga": "YOGA YOGA_BIKRAM YOGA_HATHA YOGA_POWER YOGA_VINYASA",
        "cross_country_skiing": "CROSS_COUNTRY_SKI",
        "downhill_skiing": "SKIING SNOWBOARDING",
        "tennis": "TENNIS PADEL",
        "soccer": "SOCCER",
        "basketball": "BASKETBALL",
        "volleyball": "VOLLEYBALL VOLLEYBALL_BEACH",
        "climbing": "CLIMBING ROCK_CLIMBING INDOOR_CLIMBING",
        "boxing": "BOXING KICKBOXING MUAY_THAI",
        "dance": (
            "DANCING ZUMBA BALLET BALLROOM_DANCE HIP_HOP JAZZ_DANCE MODERN_DANCE TANGO"
            " BREAKDANCING"
        ),
    }.items()
    for name in names.split()
}


def sport_of(exercise_type: str) -> str:
    """One of wearables.formulas.sports.SPORTS."""
    return _SPORTS.get(exercise_type, "other")
