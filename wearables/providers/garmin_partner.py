"""Garmin's Health API for partners: nothing is asked for, everything is told.

Garmin signs nothing. So its address here holds a secret, and an address that it names is only
followed to Garmin's own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import fmean
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from wearables.providers.base import (
    AlreadyDone,
    Api,
    Forged,
    Identity,
    IncomingWebhook,
    Notice,
    Page,
    ReauthRequired,
    Refused,
    Unreadable,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.events import body_of, is_one_of, key_by_content
from wearables.providers.garmin_terms import WATCH, at_seconds, lasting, sport_of
from wearables.providers.values import (
    day,
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

_REST: Final = "/wellness-api/rest"
_PORTS: Final = {"https": 443, "http": 80}
# Nothing in their addresses needs more; whatever two readers may understand differently does.
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)+")
_QUERY: Final = re.compile(r"[A-Za-z0-9_.~=&%+/:,-]*")
_CHARACTERS: Final = re.compile(r"[!-\[\]-~]+")
_MOST_URL: Final = 2000
# The kinds of summaries that we read, and the data type of each.
_DATA_TYPES: Final[Mapping[str, str]] = {
    "dailies": "dailies",
    "sleeps": "sleeps",
    "hrv": "hrv",
    "activities": "activities",
    "activityDetails": "activities",
    "manuallyUpdatedActivities": "activities",
}
_HISTORY: Final = ("dailies", "sleeps", "hrv", "activities")
# Of at most 30 times 24 hours, also where a day of them has 25.
_HISTORY_DAYS: Final = 29
_LONGEST_OFFSET_S: Final = 18 * 3600
_STAGES: Final[Mapping[str, Stage]] = {
    "deep": "deep",
    "light": "light",
    "rem": "rem",
    "awake": "awake",
}


# --- Whose it is -------------------------------------------------------------------------------


def identify(api: Api) -> Identity:
    person = record(api.get(f"{_REST}/user/id"))
    granted = api.get(f"{_REST}/user/permissions")
    return Identity(
        external_user_id=name_of(person.get("userId")),
        permissions=frozenset(_permissions(granted)),
    )


def _permissions(told: Any) -> list[str]:
    listed = told if isinstance(told, list) else record(told).get("permissions")
    if not isinstance(listed, list):
        raise Unreadable
    return [text(name) for name in listed]


def disconnect(api: Api) -> None:
    api.delete(f"{_REST}/user/registration")


def request_history(api: Api, window: Window) -> None:
    """It comes by webhook within minutes or hours. What was asked for before is not sent again.

    Raises Forbidden where the person has not allowed it.
    """
    for kind in _HISTORY:
        _request_history(api, kind, window)


def _request_history(api: Api, kind: str, window: Window) -> None:
    accepted = False
    for part_ in window.split(_HISTORY_DAYS):
        start, end = (int(at.timestamp()) for at in part_.instants(api.timezone))
        bounds = {"summaryStartTimeInSeconds": start, "summaryEndTimeInSeconds": end}
        try:
            api.get(f"{_REST}/backfill/{kind}", bounds)
        except AlreadyDone:
            pass
        except Refused:
            # Not a kind that this application gets or, after others, further back than it goes.
            return
        except ReauthRequired:
            # Garmin says 401, too, to what is too long ago.
            if accepted:
                return
            raise
        accepted = True


# --- What is told ------------------------------------------------------------------------------


def opened(request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
    """Raises Forged and Unreadable."""
    allowed = [keys.extras.get("webhook_token", "")]
    if not is_one_of(request.query.get("token", ""), allowed):
        raise Forged
    body = record(body_of(request))
    notices = [
        notice
        for kind in body
        if kind in _OPENED or kind in _DATA_TYPES
        for notice in _OPENED.get(kind, _told)(kind, rows(body, kind))
    ]
    return WebhookAnswer(status=200, key=key_by_content(request), notices=tuple(notices))


def _told(kind: str, records: list[dict[str, Any]]) -> Iterator[Notice]:
    """Of each person, what is to be fetched, and what has come along at once."""

    def person(row: Mapping[str, Any]) -> str:
        return name_of(row.get("userId"))

    for user_id, group in groupby(sorted(records, key=person), key=person):
        pushed = []
        for row in group:
            url = row.get("callbackURL")
            if url is None:
                pushed.append(row)
            else:
                yield Notice(
                    external_user_id=user_id,
                    data_type=_DATA_TYPES[kind],
                    url=name_of(url)[: _MOST_URL + 1],
                )
        if pushed:
            yield Notice(
                external_user_id=user_id,
                data_type=_DATA_TYPES[kind],
                payload={_DATA_TYPES[kind]: pushed},
            )


def _left(_: str, records: list[dict[str, Any]]) -> Iterator[Notice]:
    for row in records:
        yield Notice(external_user_id=name_of(row.get("userId")), kind="deregistered")


def _permitted(_: str, records: list[dict[str, Any]]) -> Iterator[Notice]:
    for row in records:
        yield Notice(
            external_user_id=name_of(row.get("userId")),
            kind="permissions",
            payload=_permissions(row),
        )


_OPENED: Final[Mapping[str, Callable[[str, list[dict[str, Any]]], Iterator[Notice]]]] = {
    "deregistrations": _left,
    "userPermissionsChange": _permitted,
}


def fetch_notice(api: Api, notice: Notice) -> Iterator[Page]:
    """Raises Refused for an address that is not Garmin's."""
    payload = notice.payload
    if notice.url:
        if not is_garmins(notice.url, api=api.urls["api"]):
            raise Refused
        payload = {notice.data_type: _of_person(api.get_url(notice.url), notice)}
    if payload is not None and notice.data_type:
        readings = read(notice.data_type, payload, timezone=api.timezone)
        yield Page(readings=readings, payload=payload)


def _of_person(answer: Any, notice: Notice) -> list[dict[str, Any]]:
    listed = answer
    if isinstance(answer, dict):
        listed = next((value for name, value in answer.items() if name in _DATA_TYPES), None)
    found = rows({"records": listed}, "records")
    return [row for row in found if row.get("userId") in (None, notice.external_user_id)]


def is_garmins(url: str, *, api: str) -> bool:
    """Whether an address is one below that of the API: the same scheme, host and port, no more.

    Only one that everybody reads in the same way is: no credentials, no dots to go up by.
    """
    if len(url) > _MOST_URL or not _CHARACTERS.fullmatch(url):
        return False
    try:
        told, ours = urlsplit(url), urlsplit(api)
        is_same_place = _place(told) == _place(ours)
    except ValueError:
        return False
    is_plain = "@" not in told.netloc and "#" not in url
    is_below = told.path.startswith(f"{ours.path.rstrip('/')}{_REST}/")
    is_readable = _PATH.fullmatch(told.path) and _QUERY.fullmatch(told.query)
    return is_same_place and is_plain and is_below and bool(is_readable)


def _place(url: SplitResult) -> tuple[str, str | None, int | None]:
    port = _PORTS.get(url.scheme) if url.port is None else url.port
    return url.scheme, url.hostname, port


# --- Reading -----------------------------------------------------------------------------------


def read(data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
    return tuple(
        reading for row in rows(payload, data_type) for reading in _READ[data_type](row, timezone)
    )


def _read_daily(row: Mapping[str, Any], _: ZoneInfo) -> Iterator[Reading]:
    distance = number(row.get("distanceInMeters"))
    active, basal = number(row.get("activeKilocalories")), number(row.get("bmrKilocalories"))
    yield DayReading(
        date=day(row.get("calendarDate")),
        source=WATCH,
        steps=whole(row.get("steps")),
        distance=None if distance is None else distance / 1000,
        active_calories=whole(active),
        total_calories=None if active is None or basal is None else round(active + basal),
        active_minutes=_active_minutes(row),
        floors_climbed=whole(row.get("floorsClimbed")),
        # The average beside it is of seven days.
        resting_heart_rate=whole(row.get("restingHeartRateInBeatsPerMinute")),
        worn_minutes=minutes(row.get("durationInSeconds")),
    )
    offsets = part(row, "timeOffsetHeartRateSamples")
    if offsets:
        start = at_seconds(row.get("startTimeInSeconds"))
        samples = tuple(_samples(start, offsets))
        yield HeartRateReading(source=WATCH, samples=samples)


def _active_minutes(row: Mapping[str, Any]) -> int | None:
    told = [
        seconds
        for level in ("moderate", "vigorous")
        if (seconds := number(row.get(f"{level}IntensityDurationInSeconds"))) is not None
    ]
    return minutes(sum(told)) if told else None


def _samples(start: datetime, offsets: Mapping[str, Any]) -> Iterator[tuple[datetime, int]]:
    """By seconds since the start of the day."""
    for offset, beats in offsets.items():
        rate = whole(beats)
        if rate is not None:
            yield start + lasting(offset), rate


def _read_sleep(row: Mapping[str, Any], timezone: ZoneInfo) -> Iterator[Reading]:
    start = at_seconds(row.get("startTimeInSeconds"))
    lengths = ("durationInSeconds", "awakeDurationInSeconds", "unmeasurableSleepInSeconds")
    in_bed = sum(number(row.get(name)) or 0 for name in lengths)
    end = start + lasting(in_bed)
    if end > start:
        yield SleepReading(
            external_id=text(row.get("summaryId")) or f"sleep:{int(start.timestamp())}",
            source=WATCH,
            date=day(row.get("calendarDate")),
            start=start,
            end=end,
            duration=minutes(row.get("durationInSeconds")),
            deep_sleep=minutes(row.get("deepSleepDurationInSeconds")),
            light_sleep=minutes(row.get("lightSleepDurationInSeconds")),
            rem_sleep=minutes(row.get("remSleepInSeconds")),
            awake=minutes(row.get("awakeDurationInSeconds")),
            sleep_score=whole(part(row, "overallSleepScore").get("value")),
            respiratory_rate=_mean(part(row, "timeOffsetSleepRespiration")),
            is_nap=False,
            is_final="TENTATIVE" not in text(row.get("validation")),
            stages=tuple(_stages(part(row, "sleepLevelsMap"))),
        )
    for nap in rows({"naps": None, **row}, "naps"):
        yield _nap(nap, timezone)


def _mean(samples: Mapping[str, Any]) -> float | None:
    """Of what was measured: where it was not, Garmin writes nothing, 0 or less."""
    told = [rate for each in samples.values() if (rate := number(each)) is not None and rate > 0]
    return round(fmean(told), 2) if told else None


def _stages(levels: Mapping[str, Any]) -> list[StageReading]:
    stages = []
    for level in levels:
        if level in _STAGES:
            for row in rows(levels, level):
                start, end = period(
                    at_seconds(row.get("startTimeInSeconds")),
                    at_seconds(row.get("endTimeInSeconds")),
                )
                stages.append(StageReading(start=start, end=end, stage=_STAGES[level]))
    return sorted(stages, key=lambda stage: stage.start)


def _nap(row: Mapping[str, Any], timezone: ZoneInfo) -> SleepReading:
    start = at_seconds(row.get("napStartTimeInSeconds"))
    lasted = lasting(row.get("napDurationInSeconds"))
    return SleepReading(
        external_id=f"nap:{int(start.timestamp())}",
        source=WATCH,
        date=_local_date(start + lasted, row.get("napOffsetInSeconds"), timezone),
        start=start,
        end=start + lasted,
        duration=minutes(lasted.total_seconds()),
        is_nap=True,
    )


def _local_date(at: datetime, offset: object, timezone: ZoneInfo) -> date:
    told = number(offset)
    if told is None or abs(told) > _LONGEST_OFFSET_S:
        return at.astimezone(timezone).date()
    return (at + timedelta(seconds=told)).date()


def _read_variability(row: Mapping[str, Any], _: ZoneInfo) -> Iterator[Reading]:
    told = number(row.get("lastNightAvg"))
    if told is not None:
        yield NightReading(date=day(row.get("calendarDate")), hrv=told, hrv_method="rmssd")


def _read_activity(row: Mapping[str, Any], _: ZoneInfo) -> Iterator[Reading]:
    """One, or with its details, which are around its summary."""
    summary = part(row, "summary") or row
    start = at_seconds(summary.get("startTimeInSeconds"))
    distance = number(summary.get("distanceInMeters"))
    known_as = summary.get("activityId") or row.get("activityId") or row.get("summaryId")
    yield WorkoutReading(
        external_id=name_of(known_as).removesuffix("-detail"),
        source=Source(kind="manual") if summary.get("manual") is True else WATCH,
        sport=sport_of(text(summary.get("activityType"))),
        started_at=start,
        finished_at=start + lasting(summary.get("durationInSeconds")),
        name=text(summary.get("activityName"))[:100],
        distance=None if distance is None else distance / 1000,
        calories=whole(summary.get("activeKilocalories")),
        average_heart_rate=whole(summary.get("averageHeartRateInBeatsPerMinute")),
        max_heart_rate=whole(summary.get("maxHeartRateInBeatsPerMinute")),
        elevation_gain_m=number(summary.get("totalElevationGainInMeters")),
        heart_rate=tuple(
            (at_seconds(sample.get("startTimeInSeconds")), beats)
            for sample in rows({"samples": None, **row}, "samples")
            if (beats := whole(sample.get("heartRate"))) is not None
        ),
    )


_READ: Final[Mapping[str, Callable[[Mapping[str, Any], ZoneInfo], Iterator[Reading]]]] = {
    "dailies": _read_daily,
    "sleeps": _read_sleep,
    "hrv": _read_variability,
    "activities": _read_activity,
}
