"""The data types of Google Health: what each is asked by, and how its points look."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

from tests.simulator.people import Person, Sleep, Workout
from tests.simulator.store import World

ACTIVITY: Final = "activity_and_fitness"
METRICS: Final = "health_metrics_and_measurements"
Point = dict[str, Any]


@dataclass(frozen=True)
class DataType:
    """``sum_field`` is what an interval holds and what its roll-ups sum, from our numbers.

    ``longest`` is how many days a roll-up may have; 0 where there is none.
    """

    name: str
    shape: Literal["interval", "sample", "daily", "session"]
    scope: str
    longest: int = 0
    is_listed: bool = True
    number: str = ""
    point_field: str = ""
    sum_field: str = ""

    @property
    def key(self) -> str:
        """As it is called in JSON."""
        first, *others = self.name.split("-")
        return first + "".join(other.capitalize() for other in others)

    @property
    def filters(self) -> frozenset[str]:
        """What a filter may name."""
        snake = self.name.replace("-", "_")
        paths = {
            "interval": ("interval.start_time", "interval.civil_start_time"),
            "sample": ("sample_time.physical_time", "sample_time.civil_time"),
            "daily": ("date",),
            "session": ("interval.start_time", "interval.civil_start_time"),
        }[self.shape]
        if self.name == "sleep":
            paths = ("interval.end_time", "interval.civil_end_time")
        return frozenset(f"{snake}.{path}" for path in paths)


def _interval(name: str, number: str, point: str, total: str, **more: Any) -> DataType:
    given = {"shape": "interval", "scope": ACTIVITY, "longest": 90, "number": number, **more}
    return DataType(name=name, point_field=point, sum_field=total, **given)


TYPES: Final = {
    each.name: each
    for each in (
        _interval("steps", "steps", "count", "countSum"),
        _interval("distance", "distance_m", "millimeters", "millimetersSum"),
        _interval("floors", "floors", "count", "countSum", is_listed=False),
        _interval("active-energy-burned", "active_kcal", "kcal", "kcalSum"),
        _interval("total-calories", "total_kcal", "", "kcalSum", longest=14, is_listed=False),
        _interval("active-minutes", "light_s", "", "", longest=14, is_listed=False),
        DataType("heart-rate", "sample", METRICS, longest=14),
        DataType("daily-resting-heart-rate", "daily", METRICS),
        DataType("daily-heart-rate-variability", "daily", METRICS),
        DataType("daily-respiratory-rate", "daily", METRICS),
        DataType("respiratory-rate-sleep-summary", "sample", METRICS),
        DataType("sleep", "session", "sleep"),
        DataType("exercise", "session", ACTIVITY),
    )
}
EXERCISES: Final = {
    "running": ("RUNNING", "Run"),
    "cycling": ("BIKING", "Bike"),
    "strength": ("STRENGTH_TRAINING", "Strength training"),
}
TRACKER: Final = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "platform": "FITBIT",
    "device": {"displayName": "Charge 6", "manufacturer": "Fitbit", "formFactor": "FITNESS_BAND"},
}
PHONE: Final = {
    "recordingMethod": "PASSIVELY_MEASURED",
    "platform": "HEALTH_CONNECT",
    "device": {"displayName": "Pixel 10", "manufacturer": "Google", "formFactor": "PHONE"},
    "application": {"packageName": "com.google.android.apps.healthdata"},
}
# What a phone in a pocket misses.
PHONE_PART: Final = 0.75
BUCKET: Final = timedelta(minutes=15)


# --- How Google writes time --------------------------------------------------------------------


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def offset(person: Person, at: datetime) -> str:
    shift = person.local(at).utcoffset() or timedelta()
    return f"{round(shift.total_seconds())}s"


def day_of(on: date) -> dict[str, int]:
    return {"year": on.year, "month": on.month, "day": on.day}


def civil(person: Person, at: datetime) -> dict[str, Any]:
    local = person.local(at)
    clock = {"hours": local.hour, "minutes": local.minute, "seconds": local.second}
    # Zeros are left out, as proto3 does.
    return {"date": day_of(local.date()), "time": {k: v for k, v in clock.items() if v}}


def interval(person: Person, start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "startTime": stamp(start),
        "startUtcOffset": offset(person, start),
        "endTime": stamp(end),
        "endUtcOffset": offset(person, end),
        "civilStartTime": civil(person, start),
        "civilEndTime": civil(person, end),
    }


# --- Points ------------------------------------------------------------------------------------


def said(data_type: DataType, value: float) -> Any:
    """int64 is text in Google's JSON; energy is a number."""
    if data_type.number in {"active_kcal", "total_kcal"}:
        return float(value)
    return str(round(value * (1000 if data_type.number == "distance_m" else 1)))


def buckets(
    world: World, person: Person, data_type: DataType, on: date
) -> Iterator[tuple[datetime, int]]:
    """A day's number spread over its waking quarters of an hour; what they add up to is exact."""
    numbers = world.numbers(person, on, "fitbit")
    total = numbers and numbers[data_type.number]
    if total is None:
        return
    start, end = person.starts(on) + timedelta(hours=7), person.starts(on) + timedelta(hours=23)
    count = max(0, (min(end, world.now()) - start) // BUCKET)
    for number in range(count):
        part = total * (number + 1) // count - total * number // count
        yield start + number * BUCKET, part


def interval_points(
    world: World, person: Person, data_type: DataType, on: date, *, merged: bool
) -> Iterator[tuple[datetime, Point]]:
    """Listed, a phone and a tracker tell of the same steps; merged, nobody is named."""
    for start, amount in buckets(world, person, data_type, on):
        span = interval(person, start, start + BUCKET)
        whole = {data_type.point_field: said(data_type, amount), "interval": span}
        if merged:
            yield start, {data_type.key: whole}
            continue
        part = whole | {data_type.point_field: said(data_type, int(amount * PHONE_PART))}
        yield start, {"dataSource": TRACKER, data_type.key: whole}
        yield start, {"dataSource": PHONE, data_type.key: part}


def heart_points(
    world: World, person: Person, start: datetime, end: datetime, *, merged: bool
) -> Iterator[tuple[datetime, Point]]:
    source = {} if merged else {"dataSource": TRACKER}
    for at, bpm in world.heart(person, start, end, step_s=60):
        if bpm is not None:
            time = {"physicalTime": stamp(at), "utcOffset": offset(person, at)}
            time |= {"civilTime": civil(person, at)}
            yield at, {**source, "heartRate": {"sampleTime": time, "beatsPerMinute": str(bpm)}}


def daily_point(world: World, person: Person, data_type: DataType, on: date) -> Point | None:
    """One value of a day: of its night, or its resting heart rate."""
    sleep, numbers = world.main_sleep(person, on), world.numbers(person, on, "fitbit")
    value: dict[str, Any] = {}
    match data_type.name:
        case "daily-resting-heart-rate" if numbers and numbers["resting_bpm"] is not None:
            value = {"beatsPerMinute": str(numbers["resting_bpm"])}
        case "daily-heart-rate-variability" if sleep and sleep.hrv_ms is not None:
            name = "deepSleepRootMeanSquareOfSuccessiveDifferencesMilliseconds"
            value = {
                "averageHeartRateVariabilityMilliseconds": float(sleep.hrv_ms),
                name: sleep.hrv_ms + 3.5,
            }
        case "daily-respiratory-rate" if sleep and sleep.breaths is not None:
            value = {"breathsPerMinute": sleep.breaths}
    if not value:
        return None
    return {"dataSource": TRACKER, data_type.key: {"date": day_of(on), **value}}


def breathing_point(person: Person, sleep: Sleep) -> Point:
    time = {"physicalTime": stamp(sleep.end), "utcOffset": offset(person, sleep.end)}
    summary = {"sampleTime": time, "fullSleepStats": {"breathsPerMinute": sleep.breaths}}
    return {"dataSource": TRACKER, "respiratoryRateSleepSummary": summary}


def name_of(world: World, person: Person, data_type: str, key: str) -> str:
    user, point = world.user_id("fitbit", person), world.uuid("fitbit", person, key)
    return f"users/{user}/dataTypes/{data_type}/dataPoints/{point}"


def sleep_point(world: World, person: Person, sleep: Sleep) -> Point:
    stages = [
        {
            "type": stage.upper() if sleep.has_stages else _classic(stage),
            "startTime": stamp(start),
            "startUtcOffset": offset(person, start),
            "endTime": stamp(end),
            "endUtcOffset": offset(person, end),
        }
        for stage, start, end in sleep.hypnogram()
    ]
    # A nap under three hours is never staged.
    status = "SUCCEEDED" if sleep.has_stages else "REJECTED_NAP"
    metadata = {"nap": True} if sleep.is_nap else {}
    value = {
        "interval": interval(person, sleep.start, sleep.end),
        "type": "STAGES" if sleep.has_stages else "CLASSIC",
        "stages": stages,
        "summary": _summary(sleep),
        "metadata": {**metadata, "processed": True, "stagesStatus": status},
        "createTime": stamp(sleep.end),
        "updateTime": stamp(sleep.changed_at),
    }
    return {
        "name": name_of(world, person, "sleep", sleep.key),
        "dataSource": TRACKER,
        "sleep": value,
    }


def _classic(stage: str) -> str:
    return "AWAKE" if stage == "awake" else "ASLEEP"


def _summary(sleep: Sleep) -> dict[str, Any]:
    lengths: dict[str, int] = {}
    counts: dict[str, int] = {}
    for stage, start, end in sleep.hypnogram():
        name = stage.upper() if sleep.has_stages else _classic(stage)
        lengths[name] = lengths.get(name, 0) + round((end - start).total_seconds())
        counts[name] = counts.get(name, 0) + 1
    return {
        "minutesAsleep": str(round(sleep.asleep_s / 60)),
        "minutesAwake": str(round(sleep.seconds["awake"] / 60)),
        "minutesInSleepPeriod": str(round(sum(sleep.seconds.values()) / 60)),
        "minutesToFallAsleep": "0",
        "minutesAfterWakeUp": "2",
        "stagesSummary": [
            {"type": name, "minutes": str(round(length / 60)), "count": str(counts[name])}
            for name, length in lengths.items()
        ],
    }


def exercise_point(world: World, person: Person, workout: Workout) -> Point:
    kind, title = EXERCISES[workout.sport]
    metrics: dict[str, Any] = {
        "caloriesKcal": float(workout.kcal),
        "averageHeartRateBeatsPerMinute": str(workout.average_bpm),
        "activeZoneMinutes": "21",
    }
    if workout.distance_m:
        metrics["distanceMillimeters"] = float(workout.distance_m * 1000)
        metrics["elevationGainMillimeters"] = float((workout.climb_m or 0) * 1000)
    value = {
        "interval": interval(person, workout.start, workout.end),
        "exerciseType": kind,
        "displayName": title,
        "activeDuration": f"{workout.duration_s}s",
        "metricsSummary": metrics,
        "exerciseMetadata": {"hasGps": bool(workout.distance_m)},
        "createTime": stamp(workout.end),
        "updateTime": stamp(workout.changed_at),
    }
    return {
        "name": name_of(world, person, "exercise", workout.key),
        "dataSource": TRACKER | {"recordingMethod": "ACTIVELY_MEASURED"},
        "exercise": value,
    }
