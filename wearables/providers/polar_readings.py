"""Answers of Polar AccessLink in our terms.

Its days are by dates, its sleeps by times with an offset, and its heart rate by the clock on the
person's wall.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers.base import Unreadable
from wearables.providers.values import (
    day,
    instant,
    minutes,
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
    NightReading,
    Reading,
    SleepReading,
    Source,
    Stage,
    StageReading,
    WorkoutReading,
)

BAND: Final = Source(kind="band")
# What each kind of list may stand under; most come bare.
_LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "activities": ("activities",),
    "sleep": ("nights",),
    "nightly-recharge": ("recharges",),
    "continuous-heart-rate": ("heart_rates",),
    "exercises": ("exercises",),
}
_ACTIVE: Final = frozenset({"MODERATE", "VIGOROUS"})
# 5 is sleep that could not be told apart.
_STAGES: Final[Mapping[int | None, Stage]] = {
    0: "awake",
    1: "rem",
    2: "light",
    3: "light",
    4: "deep",
    5: "asleep",
}
_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?)?"
)
_LONGEST_OFFSET_MIN: Final = 18 * 60
_DAY_S: Final = 86_400
_SPORTS: Final[dict[str, str]] = {
    name: sport
    for sport, names in {
        "running": "RUNNING JOGGING TRAIL_RUNNING ROAD_RUNNING TRACK_AND_FIELD_RUNNING",
        "treadmill_running": "TREADMILL_RUNNING",
        "walking": "WALKING NORDIC_WALKING",
        "hiking": "HIKING TREKKING",
        "cycling": "CYCLING ROAD_BIKING GRAVEL_BIKING CYCLOCROSS E_BIKE",
        "indoor_cycling": "INDOOR_CYCLING SPINNING",
        "mountain_biking": "MOUNTAIN_BIKING",
        "swimming": "SWIMMING POOL_SWIMMING OPEN_WATER_SWIMMING",
        "rowing": "ROWING INDOOR_ROWING",
        "paddling": "CANOEING KAYAKING STAND_UP_PADDLING",
        "elliptical": "CROSS-TRAINER CROSS_TRAINER",
        "stair_climbing": "STAIR_CLIMBING",
        "strength": "STRENGTH_TRAINING CORE FUNCTIONAL_TRAINING",
        "hiit": "HIIT CIRCUIT_TRAINING CROSSFIT",
        "yoga": "YOGA",
        "cross_country_skiing": (
            "CROSS-COUNTRY_SKIING CROSS_COUNTRY_SKIING CLASSIC_XC_SKIING FREESTYLE_XC_SKIING"
        ),
        "downhill_skiing": "DOWNHILL_SKIING SNOWBOARDING BACKCOUNTRY_SKIING",
        "tennis": "TENNIS PADEL",
        "soccer": "SOCCER FUTSAL",
        "basketball": "BASKETBALL",
        "volleyball": "VOLLEYBALL BEACH_VOLLEYBALL",
        "climbing": "CLIMBING INDOOR_CLIMBING",
        "boxing": "BOXING KICKBOXING",
        "dance": "DANCE DANCING ZUMBA",
    }.items()
    for name in names.split()
}


def read(data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
    """Of nights, also the values beside them where they came along."""
    reader = _READ[data_type]
    readings = tuple(
        reading for row in listed(data_type, payload) for reading in reader(row, timezone)
    )
    if data_type == "sleep" and isinstance(payload, dict) and "recharges" in payload:
        readings += read("nightly-recharge", payload, timezone=timezone)
    return readings


def listed(data_type: str, payload: Any) -> list[dict[str, Any]]:
    """The records of an answer: a list, one under a name, a single one, or none (204)."""
    if payload is None:
        return []
    if isinstance(payload, dict):
        for name in _LISTS[data_type]:
            if name in payload:
                return rows(payload, name)
        return [payload]
    return rows({"records": payload}, "records")


# --- Days --------------------------------------------------------------------------------------


def _activity(row: Mapping[str, Any], timezone: ZoneInfo) -> Iterator[Reading]:
    distance = number(row.get("distance_from_steps"))
    active_s = _active_seconds(row)
    # Without zones, whatever was not rest: easy movement as well.
    fallback = None if active_s is not None else duration(row.get("active_duration"))
    yield DayReading(
        date=_date_of(row, timezone),
        source=BAND,
        steps=whole(row.get("steps")),
        distance=None if distance is None else distance / 1000,
        active_calories=whole(row.get("active_calories")),
        total_calories=whole(row.get("calories")),
        active_minutes=minutes(fallback if active_s is None else active_s),
        estimated=() if fallback is None else ("active_minutes",),
    )


def _date_of(row: Mapping[str, Any], timezone: ZoneInfo) -> date:
    """The day in whose middle it lies: a clock that was elsewhere at midnight still agrees."""
    told = row.get("date")
    if told is not None:
        return day(told)
    start = _utc(row.get("start_time"))
    ended = row.get("end_time")
    end = start if ended is None else _utc(ended)
    return (start + (end - start) / 2).astimezone(timezone).date()


def _utc(value: object) -> datetime:
    """A time that is UTC where it does not say its offset."""
    try:
        return instant(value)
    except Unreadable:
        return instant(f"{text(value)}+00:00")


def _active_seconds(row: Mapping[str, Any]) -> float | None:
    """Each sample begins a zone, which lasts until the next one."""
    zones = rows({"samples": None, **part(part(row, "samples"), "activity_zones")}, "samples")
    turns = [(_utc(zone.get("timestamp")), text(zone.get("zone"))) for zone in zones]
    if not any(zone for _, zone in turns):
        return None
    # Of two at one moment, the first was over at once.
    turns.sort(key=itemgetter(0))
    ended = row.get("end_time")
    if ended is not None:
        turns.append((max(_utc(ended), turns[-1][0]), ""))
    return sum(
        (until - start).total_seconds()
        for (start, zone), (until, _) in pairwise(turns)
        if zone in _ACTIVE
    )


def duration(value: object) -> float | None:
    """Seconds of an ISO 8601 duration such as PT3H11M."""
    found = _DURATION.fullmatch(text(value))
    if found is None or not any(found.groups()):
        return None
    days, hours, mins, seconds = (float(told or 0) for told in found.groups())
    return ((days * 24 + hours) * 60 + mins) * 60 + seconds


# --- Nights ------------------------------------------------------------------------------------


def _sleep(row: Mapping[str, Any], _: ZoneInfo) -> Iterator[Reading]:
    start, end = period(instant(row.get("sleep_start_time")), instant(row.get("sleep_end_time")))
    date_ = day(row.get("date"))
    deep, light, rem = _phases(row)
    yield SleepReading(
        # One a night.
        external_id=str(date_),
        source=BAND,
        date=date_,
        start=start,
        end=end,
        duration=_asleep(row),
        awake=minutes(row.get("total_interruption_duration")),
        sleep_score=whole(row.get("sleep_score")),
        stages=tuple(_stages(part(row, "hypnogram"), start, end)),
        deep_sleep=deep,
        light_sleep=light,
        rem_sleep=rem,
    )


def _phases(row: Mapping[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Minutes deep, light and REM; of a night that was not told apart, Polar says 0 of all."""
    deep, light, rem = (minutes(row.get(f"{name}_sleep")) for name in ("deep", "light", "rem"))
    return (deep, light, rem) if deep or light or rem else (None, None, None)


def _asleep(row: Mapping[str, Any]) -> int | None:
    names = ("light_sleep", "deep_sleep", "rem_sleep", "unrecognized_sleep_stage")
    told = [seconds for name in names if (seconds := number(row.get(name))) is not None]
    return minutes(sum(told)) if told else None


def _stages(
    hypnogram: Mapping[str, Any], start: datetime, end: datetime
) -> Iterator[StageReading]:
    """By the clock, from whose turns each lasts until the next one."""
    turns = sorted(
        (_after(start, clock), known)
        for clock, stage in hypnogram.items()
        if (known := _STAGES.get(whole(stage)))
    )
    for (at, stage), (until, _) in pairwise([*turns, (end, "awake")]):
        if at < until <= end:
            yield StageReading(start=at, end=until, stage=stage)


def _after(start: datetime, clock: str) -> datetime:
    """When a clock next shows this, in the minute of the start or later."""
    shown = _time(clock)
    since = (shown.hour * 60 + shown.minute - start.hour * 60 - start.minute) % (24 * 60)
    return start.replace(second=0, microsecond=0) + timedelta(minutes=since) if since else start


def _time(value: object) -> time:
    try:
        return time.fromisoformat(text(value)).replace(tzinfo=None)
    except ValueError:
        raise Unreadable from None


def _recharge(row: Mapping[str, Any], _: ZoneInfo) -> Iterator[Reading]:
    hrv = number(row.get("heart_rate_variability_avg"))
    breaths = number(row.get("breathing_rate_avg"))
    if hrv is not None or breaths is not None:
        yield NightReading(
            date=day(row.get("date")),
            hrv=hrv,
            hrv_method=None if hrv is None else "rmssd",
            respiratory_rate=breaths,
        )


# --- Heart rate and exercises ------------------------------------------------------------------


def _heart_rate(row: Mapping[str, Any], timezone: ZoneInfo) -> Iterator[Reading]:
    date_ = day(row.get("date"))
    samples = tuple(
        _samples(date_, rows({"heart_rate_samples": None, **row}, "heart_rate_samples"), timezone)
    )
    if samples:
        yield HeartRateReading(source=BAND, samples=samples)


def _samples(
    date_: date, told: list[dict[str, Any]], timezone: ZoneInfo
) -> Iterator[tuple[datetime, int]]:
    """In the hour that a clock shows twice, the second time is after it has gone back."""
    latest = None
    has_gone_back = False
    for sample in told:
        rate = whole(sample.get("heart_rate"))
        if rate is None:
            continue
        shown = datetime.combine(date_, _time(sample.get("sample_time")))
        has_gone_back = has_gone_back or (latest is not None and shown <= latest)
        latest = shown
        local = shown.replace(tzinfo=timezone, fold=int(has_gone_back))
        yield local.astimezone(UTC), rate


def _exercise(row: Mapping[str, Any], timezone: ZoneInfo) -> Iterator[Reading]:
    start = _started_at(row, timezone)
    lasted = duration(row.get("duration"))
    if lasted is None:
        raise Unreadable
    distance, rates = number(row.get("distance")), part(row, "heart_rate")
    yield WorkoutReading(
        external_id=name_of(row.get("id")),
        source=BAND,
        sport=_sport_of(row),
        started_at=start,
        finished_at=period(start, start + timedelta(seconds=min(lasted, 30 * _DAY_S)))[1],
        distance=None if distance is None else distance / 1000,
        calories=whole(row.get("calories")),
        average_heart_rate=whole(rates.get("average")),
        max_heart_rate=whole(rates.get("maximum")),
    )


def _started_at(row: Mapping[str, Any], timezone: ZoneInfo) -> datetime:
    """By the clock where it began, which is so many minutes from UTC."""
    told = row.get("start_time")
    try:
        return instant(told)
    except Unreadable:
        shown = instant(f"{text(told)}+00:00")
    offset = number(row.get("start_time_utc_offset"))
    if offset is None or abs(offset) > _LONGEST_OFFSET_MIN:
        return shown.replace(tzinfo=timezone).astimezone(UTC)
    return shown - timedelta(minutes=offset)


def _sport_of(row: Mapping[str, Any]) -> str:
    """The more exact of its two names that we know."""
    names = (text(row.get("detailed_sport_info")), text(row.get("sport")))
    return next((_SPORTS[name] for name in names if name in _SPORTS), "other")


_READ: Final[Mapping[str, Callable[[Mapping[str, Any], ZoneInfo], Iterator[Reading]]]] = {
    "activities": _activity,
    "sleep": _sleep,
    "nightly-recharge": _recharge,
    "continuous-heart-rate": _heart_rate,
    "exercises": _exercise,
}


def date_of(data_type: str, row: Mapping[str, Any], timezone: ZoneInfo) -> date:
    """The person's day of a record: what lists of everything are cut down by."""
    if data_type == "exercises":
        started = text(record(row).get("start_time"))
        return day(started)
    return _date_of(row, timezone)
