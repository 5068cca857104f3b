"""Answers of the Google Health API in our terms.

Its int64 come as text, its durations as "900s", its civil times without a zone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers.base import Unreadable
from wearables.providers.google_sports import sport_of
from wearables.providers.values import (
    instant,
    name_of,
    number,
    part,
    period,
    record,
    rows,
    text,
    whole,
)
from wearables.readings import (
    DayReading,
    HeartRateReading,
    Kind,
    NightReading,
    Reading,
    SleepReading,
    Source,
    Stage,
    StageReading,
    WorkoutReading,
)

# Roll-ups and reconciled streams do not say what recorded them: as a rule it is what is worn.
WORN: Final = Source(kind="watch")
_MM_PER_KM: Final = 1_000_000
_LONGEST_OFFSET_S: Final = 18 * 3600
# Points of these stores were written by another maker's app.
_STORES: Final = frozenset({"HEALTH_CONNECT", "HEALTH_KIT"})
_KINDS: Final[Mapping[str, Kind]] = {
    "FITNESS_BAND": "watch",
    "WATCH": "watch",
    "PHONE": "phone",
    "RING": "ring",
    "CHEST_STRAP": "strap",
    "SCALE": "scale",
}
_STAGES: Final[Mapping[str, Stage]] = {
    "AWAKE": "awake",
    "LIGHT": "light",
    "DEEP": "deep",
    "REM": "rem",
    "ASLEEP": "asleep",
    "RESTLESS": "in_bed",
}
_ACTIVE: Final = frozenset({"MODERATE", "VIGOROUS"})
Readings = tuple[Reading, ...]


def points(payload: Any, name: str) -> list[dict[str, Any]]:
    """The list under this name. Google leaves empty ones out."""
    return rows({name: None, **record(payload)}, name)


def seconds(duration: object) -> float | None:
    """Of a duration such as "900s"."""
    told = text(duration)
    return number(told.removesuffix("s")) if told.endswith("s") else None


def civil_date(value: object) -> date:
    """Of {"year", "month", "day"}. Raises Unreadable."""
    told = record(value)
    year, month, day = (whole(told.get(name)) for name in ("year", "month", "day"))
    if year is None or month is None or day is None:
        raise Unreadable
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        raise Unreadable from None


# --- Days --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Total:
    """Where the total of a day stands, and what it is to us."""

    member: str
    value: str
    metric: str
    per: int = 1

    def of(self, point: Mapping[str, Any]) -> float | int | None:
        told = number(part(point, self.member).get(self.value))
        if told is None:
            return None
        return round(told) if self.per == 1 else told / self.per


_TOTALS: Final[Mapping[str, _Total]] = {
    "steps": _Total("steps", "countSum", "steps"),
    "distance": _Total("distance", "millimetersSum", "distance", _MM_PER_KM),
    "floors": _Total("floors", "countSum", "floors_climbed"),
    "total-calories": _Total("totalCalories", "kcalSum", "total_calories"),
    "active-energy-burned": _Total("activeEnergyBurned", "kcalSum", "active_calories"),
}


def _day_of(point: Mapping[str, Any]) -> date:
    return civil_date(part(point, "civilStartTime").get("date"))


def _totals(data_type: str, payload: Any) -> Readings:
    total = _TOTALS[data_type]
    return tuple(
        DayReading(date=_day_of(point), source=WORN, **{total.metric: value})  # type: ignore[arg-type]
        for point in points(payload, "rollupDataPoints")
        if (value := total.of(point)) is not None
    )


def _active_minutes(payload: Any) -> Readings:
    """Moderate and vigorous ones. The maker's "zone minutes" count the latter twice."""
    readings = []
    for point in points(payload, "rollupDataPoints"):
        levels = {
            text(level.get("activityLevel")): whole(level.get("activeMinutesSum"))
            for level in points(part(point, "activeMinutes"), "activeMinutesRollupByActivityLevel")
        }
        if any(told is not None for told in levels.values()):
            active = sum(levels.get(level) or 0 for level in _ACTIVE)
            readings.append(DayReading(date=_day_of(point), source=WORN, active_minutes=active))
    return tuple(readings)


def _resting_heart_rates(payload: Any) -> Readings:
    return tuple(
        DayReading(date=civil_date(daily.get("date")), source=WORN, resting_heart_rate=rate)
        for point in points(payload, "dataPoints")
        if (daily := part(point, "dailyRestingHeartRate"))
        and (rate := whole(daily.get("beatsPerMinute"))) is not None
    )


# --- Nights ------------------------------------------------------------------------------------


def _variabilities(payload: Any) -> Readings:
    return tuple(
        NightReading(date=civil_date(daily.get("date")), hrv=told, hrv_method="rmssd")
        for point in points(payload, "dataPoints")
        if (daily := part(point, "dailyHeartRateVariability"))
        and (told := number(daily.get("averageHeartRateVariabilityMilliseconds"))) is not None
    )


def _respiratory_rates(payload: Any) -> Readings:
    return tuple(
        NightReading(date=civil_date(daily.get("date")), respiratory_rate=told)
        for point in points(payload, "dataPoints")
        if (daily := part(point, "dailyRespiratoryRate"))
        and (told := number(daily.get("breathsPerMinute"))) is not None
    )


def _sleeps(payload: Any, timezone: ZoneInfo) -> Readings:
    return tuple(
        _sleep(point, timezone) for point in points(payload, "dataPoints") if part(point, "sleep")
    )


def _sleep(point: Mapping[str, Any], timezone: ZoneInfo) -> SleepReading:
    sleep = part(point, "sleep")
    interval, summary, metadata = (
        part(sleep, name) for name in ("interval", "summary", "metadata")
    )
    start, end = _times(interval)
    has_stages = sleep.get("type") == "STAGES"
    minutes = {
        text(row.get("type")): whole(row.get("minutes"))
        for row in points(summary, "stagesSummary")
        if has_stages
    }
    nap = metadata.get("nap")
    return SleepReading(
        external_id=id_of(point),
        source=_source(point),
        date=_wake_up_date(interval, end, timezone),
        start=start,
        end=end,
        duration=whole(summary.get("minutesAsleep")),
        deep_sleep=minutes.get("DEEP"),
        light_sleep=minutes.get("LIGHT"),
        rem_sleep=minutes.get("REM"),
        awake=whole(summary.get("minutesAwake")),
        is_nap=nap if isinstance(nap, bool) else None,
        is_final=metadata.get("processed") is not False,
        stages=tuple(
            StageReading(start=from_, end=until, stage=_STAGES[text(stage.get("type"))])
            for stage in points(sleep, "stages")
            if text(stage.get("type")) in _STAGES
            for from_, until in (_times(stage),)
        ),
    )


def _times(interval: Mapping[str, Any]) -> tuple[datetime, datetime]:
    return period(instant(interval.get("startTime")), instant(interval.get("endTime")))


def _wake_up_date(interval: Mapping[str, Any], end: datetime, timezone: ZoneInfo) -> date:
    """By the clock where the person woke up, which may be away from home."""
    civil = part(interval, "civilEndTime").get("date")
    if civil is not None:
        return civil_date(civil)
    offset = seconds(interval.get("endUtcOffset"))
    if offset is None or abs(offset) > _LONGEST_OFFSET_S:
        return end.astimezone(timezone).date()
    return (end.astimezone(UTC) + timedelta(seconds=offset)).date()


# --- Heart rate and exercise -------------------------------------------------------------------


def _heart_rates(payload: Any) -> Readings:
    samples = tuple(
        (instant(part(told, "sampleTime").get("physicalTime")), rate)
        for point in points(payload, "dataPoints")
        if (told := part(point, "heartRate"))
        and (rate := whole(told.get("beatsPerMinute"))) is not None
    )
    return (HeartRateReading(source=WORN, samples=samples),) if samples else ()


def _exercises(payload: Any) -> Readings:
    return tuple(
        _exercise(point) for point in points(payload, "dataPoints") if part(point, "exercise")
    )


def _exercise(point: Mapping[str, Any]) -> WorkoutReading:
    exercise = part(point, "exercise")
    summary = part(exercise, "metricsSummary")
    start, end = _times(part(exercise, "interval"))
    # Some answers misspell it.
    told = summary.get("distanceMillimeters", summary.get("distanceMillimiters"))
    distance, climbed = number(told), number(summary.get("elevationGainMillimeters"))
    return WorkoutReading(
        external_id=id_of(point),
        source=_source(point),
        sport=sport_of(text(exercise.get("exerciseType"))),
        started_at=start,
        finished_at=end,
        name=text(exercise.get("displayName"))[:100],
        duration_s=whole(seconds(exercise.get("activeDuration"))),
        distance=None if distance is None else distance / _MM_PER_KM,
        calories=whole(summary.get("caloriesKcal")),
        average_heart_rate=whole(summary.get("averageHeartRateBeatsPerMinute")),
        elevation_gain_m=None if climbed is None else climbed / 1000,
    )


def id_of(point: Mapping[str, Any]) -> str:
    """The last part of its name: the part before may name the person as "me" or by number."""
    return name_of(point.get("name") or point.get("dataPointName")).rpartition("/")[2]


def _source(point: Mapping[str, Any]) -> Source:
    """What recorded it; of another maker's app, that app, so that its copy can be told."""
    told = part(point, "dataSource")
    device, app = part(told, "device"), text(part(told, "application").get("packageName"))
    if told.get("platform") in _STORES:
        name = text(device.get("displayName")) or app or text(told.get("platform"))
        return Source(name=name[:200], kind="hub", app=app[:200])
    if told.get("recordingMethod") == "MANUAL":
        return Source(kind="manual")
    return Source(kind=_KINDS.get(text(device.get("formFactor")), "watch"))


# --- All of them -------------------------------------------------------------------------------

_READERS: Final[Mapping[str, Callable[[Any], Readings]]] = {
    "active-minutes": _active_minutes,
    "daily-resting-heart-rate": _resting_heart_rates,
    "daily-heart-rate-variability": _variabilities,
    "daily-respiratory-rate": _respiratory_rates,
    "heart-rate": _heart_rates,
    "exercise": _exercises,
}


def read(data_type: str, payload: Any, *, timezone: ZoneInfo) -> Readings:
    """Raises Unreadable, and KeyError for a data type that is none of ours."""
    if data_type in _TOTALS:
        return _totals(data_type, payload)
    if data_type == "sleep":
        return _sleeps(payload, timezone)
    return _READERS[data_type](payload)
