"""Garmin's Personal API: a person's own key, and nothing but questions by days.

Its field names are not documented. Each value is looked for under the names that Garmin's own
clients use, and what is not found is not measured.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import jwt

from wearables.providers.base import (
    Api,
    AppApi,
    Forbidden,
    Identity,
    ReauthRequired,
    Refused,
    Unreadable,
    Window,
)
from wearables.providers.garmin_terms import (
    PERMISSIONS,
    WATCH,
    at_seconds,
    found,
    lasting,
    sport_of,
)
from wearables.providers.values import (
    day,
    instant,
    minutes,
    name_of,
    number,
    period,
    record,
    text,
    whole,
)
from wearables.readings import (
    DayReading,
    HeartRateReading,
    NightReading,
    Reading,
    SleepReading,
    WorkoutReading,
)

_EXCHANGE: Final = "/personalapitoken-service/personal-api/personal-api-key/token"
_SETTINGS: Final = "/userprofile-service/userprofile/settings"
_DAILIES: Final = "/usersummary-service/v2/dailysummaries"
_NIGHTS: Final = "/sleep-service/sleep/dailySleepSummariesByDate"
_NIGHT: Final = "/sleep-service/sleep/dailySleep"
_HEART_RATES: Final = "/wellness-service/wellness/dailyHeartRate"
_VARIABILITIES: Final = "/hrv-service/hrv/daily"
_ACTIVITIES: Final = "/activitylist-service/activities/search/activities"
# The longest range of one question, in days.
_DAILIES_DAYS: Final = 365
_NIGHTS_DAYS: Final = 31
_VARIABILITIES_DAYS: Final = 28
_ACTIVITIES_PER_PAGE: Final = 20
_MOST_ACTIVITIES: Final = 20_000
_SUMMARIES: Final = ("data", "sleepSummaries", "dailySleepSummaries")
_START: Final = ("sleepStartTimestampGMT", "startTimestampGMT")
_END: Final = ("sleepEndTimestampGMT", "endTimestampGMT")
# Milliseconds since 1970 and not seconds.
_MILLISECONDS_FROM: Final = 100_000_000_000


def token(api: AppApi, key: str) -> tuple[str, datetime]:
    """The answer is a bare JWT. When it ends is read from it; that it is genuine is not our
    affair, as we only bring it back.
    """
    try:
        told = api.request(
            "POST", _EXCHANGE, headers={"Authorization": f"ApiKey {key}"}, base="personal"
        )
    except (Refused, Forbidden):
        raise ReauthRequired from None
    bare = name_of(told)
    try:
        claims = jwt.decode(bare, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise Unreadable from None
    return bare, at_seconds(claims.get("exp"))


def identify(api: Api) -> Identity:
    """A key opens everything; nothing can be switched off."""
    settings = record(api.get(_SETTINGS, base="personal"))
    return Identity(
        external_user_id=text(found(settings, "userProfileId", "userId", "displayName", "id")),
        timezone=text(found(settings, "timeZone", "timeZoneName", "timezone")),
        permissions=PERMISSIONS,
    )


# --- Asking ------------------------------------------------------------------------------------


def payloads(api: Api, data_type: str, window: Window) -> Iterator[Any]:
    """Answers, the newest first. Days without data are not in them."""
    yield from _ASKED[data_type](api, window)


def _dailies(api: Api, window: Window) -> Iterator[Any]:
    for part in window.split(_DAILIES_DAYS):
        yield _get(api, _DAILIES, _range(part))


def _sleeps(api: Api, window: Window) -> Iterator[Any]:
    for part in window.split(_NIGHTS_DAYS):
        answer = _get(api, _NIGHTS, _range(part))
        yield answer
        for summary in _rows(answer, *_SUMMARIES):
            # The naps themselves are only in the day that is asked for alone.
            if number(found(summary, "napTimeSeconds")):
                yield _get(api, _NIGHT, {"date": _date_of(summary).isoformat()})


def _heart_rates(api: Api, window: Window) -> Iterator[Any]:
    for part in window.split(1):
        yield _get(api, _HEART_RATES, {"date": part.first.isoformat()})


def _variabilities(api: Api, window: Window) -> Iterator[Any]:
    for part in window.split(_VARIABILITIES_DAYS):
        yield _get(api, f"{_VARIABILITIES}/{part.first}/{part.last}")


def _activities(api: Api, window: Window) -> Iterator[Any]:
    for start in range(0, _MOST_ACTIVITIES, _ACTIVITIES_PER_PAGE):
        page = {"start": start, "limit": _ACTIVITIES_PER_PAGE}
        answer = _get(api, _ACTIVITIES, {**page, **_range(window)})
        yield answer
        if len(_rows(answer, "data", "activities", "activityList")) < _ACTIVITIES_PER_PAGE:
            return


def _get(api: Api, path: str, params: Mapping[str, Any] | None = None) -> Any:
    return api.get(path, params, base="personal")


def _range(window: Window) -> dict[str, str]:
    return {"startDate": window.first.isoformat(), "endDate": window.last.isoformat()}


_ASKED: Final[Mapping[str, Callable[[Api, Window], Iterator[Any]]]] = {
    "dailies": _dailies,
    "sleeps": _sleeps,
    "heart_rate": _heart_rates,
    "hrv": _variabilities,
    "activities": _activities,
}


# --- Reading -----------------------------------------------------------------------------------


def read(data_type: str, answer: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
    return tuple(_READ[data_type](answer, timezone))


def _rows(answer: Any, *names: str) -> list[dict[str, Any]]:
    """The records of an answer: bare, or under one of these names."""
    listed = answer
    if isinstance(answer, dict):
        name = next((name for name in names if name in answer), None)
        if name is None:
            raise Unreadable
        listed = answer[name]
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(row, dict) for row in listed):
        raise Unreadable
    return listed


def _read_dailies(answer: Any, _: ZoneInfo) -> Iterator[Reading]:
    for row in _rows(answer, "data", "dailySummaries"):
        distance = number(found(row, "totalDistanceMeters", "distanceInMeters", "distanceMeters"))
        yield DayReading(
            date=day(found(row, "calendarDate", "date")),
            source=WATCH,
            steps=whole(found(row, "totalSteps", "steps")),
            distance=None if distance is None else distance / 1000,
            active_calories=whole(_active(row)),
            total_calories=_total_calories(row),
            active_minutes=_active_minutes(row),
            floors_climbed=whole(found(row, "floorsAscended", "floorsClimbed")),
            resting_heart_rate=whole(
                found(row, "restingHeartRate", "heartRate.resting", "heartRate.restingValue")
            ),
        )


def _active(row: Mapping[str, Any]) -> float | None:
    return number(found(row, "activeKilocalories", "calories.active"))


def _total_calories(row: Mapping[str, Any]) -> int | None:
    total = number(found(row, "totalKilocalories", "calories.total"))
    basal, active = number(found(row, "bmrKilocalories", "calories.bmr")), _active(row)
    if total is None and basal is not None and active is not None:
        total = basal + active
    return whole(total)


def _active_minutes(row: Mapping[str, Any]) -> int | None:
    """Each minute once; Garmin's own goal counts the vigorous ones twice."""
    levels = [
        number(found(row, f"{level}IntensityMinutes", f"intensityMinutes.{level}"))
        for level in ("moderate", "vigorous")
    ]
    told = [level for level in levels if level is not None]
    return round(sum(told)) if told else None


def _read_sleeps(answer: Any, timezone: ZoneInfo) -> Iterator[Reading]:
    if isinstance(answer, dict) and any(name in answer for name in _SUMMARIES):
        answer = _rows(answer, *_SUMMARIES)
    if isinstance(answer, dict):
        # One day, which was asked for its naps: its night was among the summaries.
        for nap in _rows({"naps": None, **answer}, "dailyNapDTOS", "naps"):
            yield _nap(nap, timezone)
        return
    for row in _rows(answer):
        # A night that was not recorded is there as well, without times.
        if found(row, *_START) and found(row, *_END):
            yield _night(row, timezone)


def _night(row: Mapping[str, Any], timezone: ZoneInfo) -> SleepReading:
    start, end = period(_at(found(row, *_START)), _at(found(row, *_END)))
    told = found(row, "calendarDate")
    date_ = end.astimezone(timezone).date() if told is None else day(told)
    scores = ("sleepScores.overall.value", "dailySleepDTO.sleepScores.overall.value")
    return SleepReading(
        # There is one a day, and its own id moves with its start.
        external_id=f"sleep:{date_}",
        source=WATCH,
        date=date_,
        start=start,
        end=end,
        duration=minutes(found(row, "sleepTimeSeconds")),
        deep_sleep=minutes(found(row, "deepSleepSeconds")),
        light_sleep=minutes(found(row, "lightSleepSeconds")),
        rem_sleep=minutes(found(row, "remSleepSeconds")),
        awake=minutes(found(row, "awakeSleepSeconds")),
        sleep_score=whole(found(row, *scores, "overallSleepScore.value", "sleepScore")),
        respiratory_rate=number(found(row, "averageRespirationValue", "averageRespiration")),
        is_nap=False,
    )


def _nap(row: Mapping[str, Any], timezone: ZoneInfo) -> SleepReading:
    start, end = period(
        _at(found(row, "napStartTimestampGMT", *_START)),
        _at(found(row, "napEndTimestampGMT", *_END)),
    )
    asleep = found(row, "napTimeSec", "napTimeSeconds")
    return SleepReading(
        external_id=f"nap:{start:%Y-%m-%dT%H:%M:%S}",
        source=WATCH,
        date=end.astimezone(timezone).date(),
        start=start,
        end=end,
        duration=minutes((end - start).total_seconds() if asleep is None else asleep),
        is_nap=True,
    )


def _at(value: object) -> datetime:
    """Milliseconds since 1970, or a time in UTC that does not say so."""
    told = number(value)
    if told is not None:
        return at_seconds(told / 1000 if told >= _MILLISECONDS_FROM else told)
    if not isinstance(value, str):
        raise Unreadable
    try:
        return instant(value)
    except Unreadable:
        return instant(f"{value.strip()}+00:00")


def _read_heart_rates(answer: Any, _: ZoneInfo) -> Iterator[Reading]:
    """Pairs of an instant and beats per minute, which are null while nobody wore it."""
    if answer is None:
        return
    told = record(answer)
    pairs = told.get("heartRateValues") or []
    columns = _columns(told.get("heartRateValueDescriptors"))
    samples = tuple(_samples(pairs, *columns))
    if samples:
        yield HeartRateReading(source=WATCH, samples=samples)


def _columns(descriptors: object) -> tuple[int, int]:
    places = {"timestamp": 0, "heartrate": 1}
    for each in descriptors if isinstance(descriptors, list) else ():
        place = whole(each.get("index")) if isinstance(each, dict) else None
        if place is not None and place >= 0:
            places[text(each.get("key"))] = place
    return places["timestamp"], places["heartrate"]


def _samples(pairs: object, at: int, rate: int) -> Iterator[tuple[datetime, int]]:
    if not isinstance(pairs, list):
        raise Unreadable
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) <= max(at, rate):
            raise Unreadable
        beats = whole(pair[rate])
        if beats is not None:
            yield _at(pair[at]), beats


def _read_variabilities(answer: Any, _: ZoneInfo) -> Iterator[Reading]:
    for row in _rows(answer, "hrvSummaries", "data"):
        told = number(found(row, "lastNightAvg"))
        if told is not None:
            yield NightReading(date=_date_of(row), hrv=told, hrv_method="rmssd")


def _date_of(row: Mapping[str, Any]) -> date:
    return day(found(row, "calendarDate", "date"))


def _read_activities(answer: Any, _: ZoneInfo) -> Iterator[Reading]:
    for row in _rows(answer, "data", "activities", "activityList"):
        start = _at(found(row, "startTimeGMT", "beginTimestamp"))
        elapsed = found(row, "elapsedDuration", "duration")
        distance = number(row.get("distance"))
        yield WorkoutReading(
            external_id=name_of(row.get("activityId")),
            source=WATCH,
            sport=sport_of(text(found(row, "activityType.typeKey", "typeKey"))),
            started_at=start,
            finished_at=start + lasting(0 if elapsed is None else elapsed),
            name=text(row.get("activityName"))[:100],
            duration_s=whole(found(row, "movingDuration", "duration")),
            distance=None if distance is None else distance / 1000,
            calories=whole(row.get("calories")),
            average_heart_rate=whole(found(row, "averageHR", "averageHeartRate")),
            max_heart_rate=whole(found(row, "maxHR", "maxHeartRate")),
            elevation_gain_m=number(row.get("elevationGain")),
        )


_READ: Final[Mapping[str, Callable[[Any, ZoneInfo], Iterator[Reading]]]] = {
    "dailies": _read_dailies,
    "sleeps": _read_sleeps,
    "heart_rate": _read_heart_rates,
    "hrv": _read_variabilities,
    "activities": _read_activities,
}
