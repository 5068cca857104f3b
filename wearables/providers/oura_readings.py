"""What documents of Oura say, in our terms."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from wearables.providers.base import Unreadable
from wearables.providers.plain_sports import sport_of, title_of
from wearables.providers.values import (
    day,
    instant,
    minutes,
    moment,
    name_of,
    number,
    rows,
    text,
    total,
    whole,
)
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    Reading,
    SleepReading,
    Source,
    Stage,
    StageReading,
    WorkoutReading,
)

RING: Final = Source(kind="ring")
_NIGHT: Final = "long_sleep"
# What is no sleep, or no more: it may have been told as one before.
_GONE: Final = frozenset({"deleted", "rest"})
_IS_NAP: Final[Mapping[str, bool]] = {_NIGHT: False, "late_nap": True, "sleep": True}
_STAGES: Final[Mapping[str, Stage]] = {"1": "deep", "2": "light", "3": "rem", "4": "awake"}
# Of each field with stages, what one of its digits lasts; the finest first.
_HYPNOGRAMS: Final = (
    ("sleep_phase_30_sec", timedelta(seconds=30)),
    ("sleep_phase_5_min", timedelta(minutes=5)),
)
# Together, all time in which the ring was worn.
_WORN: Final = (
    "resting_time",
    "sedentary_time",
    "low_activity_time",
    "medium_activity_time",
    "high_activity_time",
)


def read(data_type: str, payload: object) -> tuple[Reading, ...]:
    """Raises Unreadable."""
    reader = _READERS.get(data_type)
    if reader is None:
        raise Unreadable
    return tuple(reader(payload))


def gone(data_type: str, object_id: str) -> dict[str, Any]:
    """The payload of something that was deleted."""
    payload: dict[str, Any] = {data_type: [{"id": object_id, "type": "deleted"}]}
    return {**payload, "daily_sleep": []} if data_type == "sleep" else payload


def is_gone(row: Mapping[str, Any]) -> bool:
    return text(row.get("type")) in _GONE


def day_of_sleep(row: Mapping[str, Any]) -> date:
    """Of waking up, as Oura or else the place tells it."""
    return day(row["day"]) if row.get("day") else instant(row.get("bedtime_end")).date()


# --- Days --------------------------------------------------------------------------------------


def _activities(payload: object) -> Iterator[Reading]:
    for row in rows(payload, "daily_activity"):
        meters = number(row.get("equivalent_walking_distance"))
        active_s = total(row.get("medium_activity_time"), row.get("high_activity_time"))
        yield DayReading(
            date=day(row.get("day")),
            source=RING,
            steps=whole(row.get("steps")),
            distance=None if meters is None else meters / 1000,
            active_calories=whole(row.get("active_calories")),
            total_calories=whole(row.get("total_calories")),
            active_minutes=minutes(active_s),
            worn_minutes=minutes(total(*(row.get(name) for name in _WORN))),
            # What walking would have taken as much energy, and not a way that anybody went.
            estimated=() if meters is None else ("distance",),
        )


# --- Nights ------------------------------------------------------------------------------------


def _sleeps(payload: object) -> Iterator[Reading]:
    """Each sleep; the score of a day goes to its night alone."""
    told = {name_of(row.get("id")): row for row in rows(payload, "sleep")}
    scores = {day(row.get("day")): row.get("score") for row in rows(payload, "daily_sleep")}
    there = {key: row for key, row in told.items() if not is_gone(row)}
    nights = _nights(there)
    for external_id, row in told.items():
        if external_id not in there:
            yield Deletion(kind="sleep", external_id=external_id)
            continue
        date_ = day_of_sleep(row)
        is_night = nights.get(date_) == external_id
        yield _sleep(external_id, row, score=scores.get(date_) if is_night else None)
        lowest = whole(row.get("lowest_heart_rate"))
        if is_night and lowest is not None:
            yield DayReading(
                date=date_,
                source=RING,
                resting_heart_rate=lowest,
                # Oura tells no resting heart rate of a day: this stands for it.
                estimated=("resting_heart_rate",),
            )


def _nights(sleeps: Mapping[str, Mapping[str, Any]]) -> dict[date, str]:
    """Of each day its night: the longest, where there are several."""
    nights: dict[date, tuple[float, str]] = {}
    for external_id, row in sleeps.items():
        if text(row.get("type")) == _NIGHT:
            found = (number(row.get("total_sleep_duration")) or 0.0, external_id)
            date_ = day_of_sleep(row)
            nights[date_] = max(found, nights.get(date_, found))
    return {date_: external_id for date_, (_, external_id) in nights.items()}


def _sleep(external_id: str, row: Mapping[str, Any], *, score: object) -> SleepReading:
    start, end = instant(row.get("bedtime_start")), instant(row.get("bedtime_end"))
    hrv = number(row.get("average_hrv"))
    return SleepReading(
        external_id=external_id,
        source=RING,
        date=day_of_sleep(row),
        start=start,
        end=end,
        duration=minutes(row.get("total_sleep_duration")),
        deep_sleep=minutes(row.get("deep_sleep_duration")),
        light_sleep=minutes(row.get("light_sleep_duration")),
        rem_sleep=minutes(row.get("rem_sleep_duration")),
        awake=minutes(row.get("awake_time")),
        sleep_score=whole(score),
        hrv=hrv,
        hrv_method=None if hrv is None else "rmssd",
        respiratory_rate=number(row.get("average_breath")),
        is_nap=_IS_NAP.get(text(row.get("type"))),
        stages=tuple(_stages(row, start, end)),
    )


def _stages(row: Mapping[str, Any], start: datetime, end: datetime) -> Iterator[StageReading]:
    """The hypnogram, from the start on; like digits in a row are one stage."""
    told = ((text(row.get(name)), step) for name, step in _HYPNOGRAMS)
    digits, step = next((known for known in told if known[0]), ("", timedelta(0)))
    at = start
    for digit, same in groupby(digits):
        until = min(at + step * sum(1 for _ in same), end)
        stage = _STAGES.get(digit)
        if stage is not None and at < until:
            yield StageReading(start=at, end=until, stage=stage)
        at = until


# --- Heart rate and workouts -------------------------------------------------------------------


def _heart_rates(payload: object) -> Iterator[Reading]:
    samples = [
        (moment(row.get("timestamp") or row.get("timestamp_unix")), rate)
        for row in rows(payload, "heartrate")
        if (rate := whole(row.get("bpm")))
    ]
    if samples:
        yield HeartRateReading(source=RING, samples=samples)


def _workouts(payload: object) -> Iterator[Reading]:
    for row in rows(payload, "workout"):
        external_id = name_of(row.get("id"))
        if is_gone(row):
            yield Deletion(kind="workout", external_id=external_id)
            continue
        meters = number(row.get("distance"))
        yield WorkoutReading(
            external_id=external_id,
            source=Source(kind="manual") if text(row.get("source")) == "manual" else RING,
            sport=sport_of(row.get("activity")),
            started_at=instant(row.get("start_datetime")),
            finished_at=instant(row.get("end_datetime")),
            name=text(row.get("label")) or title_of(row.get("activity")),
            distance=None if meters is None else meters / 1000,
            calories=whole(row.get("calories")),
        )


_READERS: Final[Mapping[str, Callable[[object], Iterator[Reading]]]] = {
    "daily_activity": _activities,
    "sleep": _sleeps,
    "daily_sleep": _sleeps,
    "heartrate": _heart_rates,
    "workout": _workouts,
}
