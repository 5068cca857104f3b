"""What records of WHOOP say, in our terms."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers.base import Unreadable
from wearables.providers.plain_sports import sport_of, title_of
from wearables.providers.values import (
    instant,
    minutes,
    moment,
    name_of,
    number,
    part,
    rows,
    text,
    total,
    whole,
)
from wearables.readings import (
    DayReading,
    Deletion,
    HeartRateReading,
    NightReading,
    Reading,
    SleepReading,
    Source,
    WorkoutReading,
)

BAND: Final = Source(kind="band")
KCAL_KJ: Final = 4.184
_PENDING: Final = "PENDING_SCORE"
_UNSCORED: Final = frozenset({_PENDING, "UNSCORABLE"})
_OFFSET: Final = re.compile(r"([+-])([01][0-9]|2[0-3]):?([0-5][0-9])")
# The instant of each record that says of which local day it is.
_DATED_BY: Final[Mapping[str, str]] = {"cycle": "start", "sleep": "end", "workout": "start"}


def read(data_type: str, payload: object, zone: ZoneInfo) -> tuple[Reading, ...]:
    """``zone`` is the person's, for what does not tell its own offset. Raises Unreadable."""
    reader = _READERS.get(data_type)
    if reader is None:
        raise Unreadable
    return tuple(reader(payload, zone))


def gone(data_type: str, object_id: str) -> dict[str, Any]:
    """The payload of something that was deleted."""
    return {data_type: [{"id": object_id, "deleted": True}]}


def date_of(data_type: str, row: Mapping[str, Any], zone: ZoneInfo) -> date:
    """Of waking up for sleep, else of the start, where the person was."""
    return _local(row, _DATED_BY[data_type], zone).date()


def is_pending(row: Mapping[str, Any]) -> bool:
    """It will come again, with a score."""
    return text(row.get("score_state")) == _PENDING


def _local(row: Mapping[str, Any], name: str, zone: ZoneInfo) -> datetime:
    return instant(row.get(name)).astimezone(_offset_of(row) or zone)


def _offset_of(row: Mapping[str, Any]) -> tzinfo | None:
    told = text(row.get("timezone_offset"))
    if told == "Z":
        return UTC
    found = _OFFSET.fullmatch(told)
    if found is None:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)


def _score_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if text(row.get("score_state")) in _UNSCORED:
        return {}
    return part(row, "score")


def _kcal(score: Mapping[str, Any]) -> int | None:
    kilojoules = number(score.get("kilojoule"))
    return None if kilojoules is None else round(kilojoules / KCAL_KJ)


def _minutes(milliseconds: object) -> int | None:
    read = number(milliseconds)
    return None if read is None else minutes(read / 1000)


# --- Days --------------------------------------------------------------------------------------


def _cycles(payload: object, zone: ZoneInfo) -> Iterator[Reading]:
    """From falling asleep to falling asleep.

    Two may begin on one date, after midnight and again before the next. The date is then of the
    one that has more of it.
    """
    of_dates: dict[date, tuple[timedelta, int | None]] = {}
    for row in rows(payload, "cycle"):
        start = _local(row, "start", zone)
        midnight = datetime.combine(start.date() + timedelta(days=1), time(), start.tzinfo)
        end = midnight if row.get("end") is None else instant(row["end"])
        length = min(end, midnight) - start
        known = of_dates.get(start.date())
        if known is None or length > known[0]:
            of_dates[start.date()] = (length, _kcal(_score_of(row)))
    for date_, (_, kcal) in of_dates.items():
        if kcal is not None:
            yield DayReading(date=date_, source=BAND, total_calories=kcal)


# --- Nights ------------------------------------------------------------------------------------


def _sleeps(payload: object, zone: ZoneInfo) -> Iterator[Reading]:
    for row in rows(payload, "sleep"):
        if row.get("deleted") is True:
            yield Deletion(kind="sleep", external_id=name_of(row.get("id")))
        else:
            yield _sleep(row, zone)


def _sleep(row: Mapping[str, Any], zone: ZoneInfo) -> SleepReading:
    score = _score_of(row)
    stages = part(score, "stage_summary")
    deep, light, rem, awake = (
        stages.get(f"total_{name}_time_milli")
        for name in ("slow_wave_sleep", "light_sleep", "rem_sleep", "awake")
    )
    is_nap = row.get("nap")
    return SleepReading(
        external_id=name_of(row.get("id")),
        source=BAND,
        date=date_of("sleep", row, zone),
        start=instant(row.get("start")),
        end=instant(row.get("end")),
        duration=_minutes(total(deep, light, rem)),
        deep_sleep=_minutes(deep),
        light_sleep=_minutes(light),
        rem_sleep=_minutes(rem),
        awake=_minutes(awake),
        sleep_score=whole(score.get("sleep_performance_percentage")),
        respiratory_rate=number(score.get("respiratory_rate")),
        is_nap=is_nap if isinstance(is_nap, bool) else None,
        is_final=not is_pending(row),
    )


def _recoveries(payload: object, zone: ZoneInfo) -> Iterator[Reading]:
    """Each with the sleep that it is of, which goes before it: alone it would be lost."""
    sleeps = {name_of(row.get("id")): _sleep(row, zone) for row in rows(payload, "sleep")}
    yield from sleeps.values()
    # They come with the newest first, and the last that is told of a day counts.
    for row in reversed(rows(payload, "recovery")):
        score, sleep_id = _score_of(row), text(row.get("sleep_id"))
        of_sleep = sleeps.get(sleep_id)
        # One is made right after waking up.
        date_ = of_sleep.date if of_sleep else _local(row, "created_at", zone).date()
        hrv = number(score.get("hrv_rmssd_milli"))
        if hrv is not None:
            yield NightReading(date=date_, external_id=sleep_id, hrv=hrv, hrv_method="rmssd")
        resting = whole(score.get("resting_heart_rate"))
        if resting is not None:
            # In the first days of a new band it is not sure of it.
            is_sure = score.get("user_calibrating") is not True
            yield DayReading(
                date=date_,
                source=BAND,
                resting_heart_rate=resting,
                estimated=() if is_sure else ("resting_heart_rate",),
            )


# --- Heart rate and workouts -------------------------------------------------------------------


def _heart_rates(payload: object, zone: ZoneInfo) -> Iterator[Reading]:
    samples = [
        (moment(row.get("timestamp")), rate)
        for row in rows(payload, "stream")
        if (rate := whole(row.get("hr")))
    ]
    if samples:
        yield HeartRateReading(source=BAND, samples=samples)


def _workouts(payload: object, zone: ZoneInfo) -> Iterator[Reading]:
    for row in rows(payload, "workout"):
        external_id = name_of(row.get("id"))
        if row.get("deleted") is True:
            yield Deletion(kind="workout", external_id=external_id)
            continue
        score = _score_of(row)
        meters = number(score.get("distance_meter"))
        yield WorkoutReading(
            external_id=external_id,
            source=BAND,
            sport=sport_of(row.get("sport_name")),
            started_at=instant(row.get("start")),
            finished_at=instant(row.get("end")),
            name=title_of(row.get("sport_name")),
            distance=None if meters is None else meters / 1000,
            calories=_kcal(score),
            average_heart_rate=whole(score.get("average_heart_rate")),
            max_heart_rate=whole(score.get("max_heart_rate")),
            elevation_gain_m=number(score.get("altitude_gain_meter")),
        )


_READERS: Final[Mapping[str, Callable[[object, ZoneInfo], Iterator[Reading]]]] = {
    "cycle": _cycles,
    "sleep": _sleeps,
    "recovery": _recoveries,
    "workout": _workouts,
    "heart_rate": _heart_rates,
}
