"""Google Health's sums: by the person's own days, and by windows of UTC."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.simulator import google_types as types
from tests.simulator.google_types import DataType
from tests.simulator.messages import Call, Fault, page, parsed_instant

MOST_A_PAGE: Final = 10_000
USUAL_PAGE: Final = 1440
LEVELS: Final = {"LIGHT": "light_s", "MODERATE": "moderate_s", "VIGOROUS": "vigorous_s"}


def daily_roll_up(call: Call, data_type: DataType) -> dict[str, Any]:
    """Windows of whole days of the person; one in which nothing was worn is missing."""
    given = call.json()
    span = given.get("range") or {}
    start, end = _civil_day(span.get("start")), _civil_day(span.get("end"))
    window = _whole(given.get("windowSizeDays", 1), "windowSizeDays")
    _require_short(data_type, end - start)
    rows = []
    at = start
    while at < end:
        following = min(end, at + timedelta(days=window))
        value = _of_days(call, data_type, at, following)
        if value:
            first, last = call.person.starts(at), call.person.starts(following)
            rows.append(
                {
                    "civilStartTime": types.civil(call.person, first),
                    "civilEndTime": types.civil(call.person, last),
                    data_type.key: value,
                }
            )
        at = following
    return _paged(given, rows)


def roll_up(call: Call, data_type: DataType) -> dict[str, Any]:
    """Windows of so many seconds from the start of the range."""
    given = call.json()
    span = given.get("range") or {}
    start = parsed_instant(str(span.get("startTime", "")), "startTime")
    end = parsed_instant(str(span.get("endTime", "")), "endTime")
    size = str(given.get("windowSize", ""))
    window = timedelta(seconds=_whole(size.removesuffix("s"), "windowSize"))
    _require_short(data_type, end - start)
    rows = [
        {
            "startTime": types.stamp(start + number * window),
            "endTime": types.stamp(min(end, start + (number + 1) * window)),
            data_type.key: value,
        }
        for number, value in _of_windows(call, data_type, start, end, window)
    ]
    return _paged(given, rows)


def _require_short(data_type: DataType, length: timedelta) -> None:
    if not data_type.longest:
        raise Fault(400, f"{data_type.name} cannot be rolled up.", code="INVALID_ARGUMENT")
    if length <= timedelta():
        raise Fault(400, "The range is empty.", code="INVALID_ARGUMENT")
    if length > timedelta(days=data_type.longest):
        raise Fault(
            400, f"More than {data_type.longest} days.", code="INVALID_ROLLUP_QUERY_DURATION"
        )


def _civil_day(value: Any) -> date:
    try:
        return date(**value["date"])
    except (KeyError, TypeError, ValueError):
        raise Fault(400, "Invalid CivilDateTime.", code="INVALID_ARGUMENT") from None


def _whole(value: Any, name: str) -> int:
    if not str(value).isdecimal() or int(value) < 1:
        raise Fault(400, f"Invalid {name}.", code="INVALID_ARGUMENT")
    return int(value)


def _paged(given: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    size = min(MOST_A_PAGE, _whole(given.get("pageSize") or USUAL_PAGE, "pageSize"))
    shown, following = page(rows, size=size, token=str(given.get("pageToken") or ""))
    return {"rollupDataPoints": list(shown), "nextPageToken": following}


def _of_days(call: Call, data_type: DataType, first: date, end: date) -> dict[str, Any] | None:
    world, person = call.world, call.person
    if data_type.name == "heart-rate":
        beats = world.heart(person, person.starts(first), person.starts(end), step_s=60)
        return _heart([bpm for _, bpm in beats if bpm is not None])
    days = world.dates(person, first, end - timedelta(days=1))
    found = [numbers for on in days if (numbers := world.numbers(person, on, "fitbit"))]
    if data_type.name == "active-minutes":
        return _levels(found)
    amounts = [value for each in found if (value := each[data_type.number]) is not None]
    return {data_type.sum_field: types.said(data_type, sum(amounts))} if amounts else None


def _levels(found: list[dict[str, int | None]]) -> dict[str, Any] | None:
    if not found:
        return None
    levels = [
        {
            "activityLevel": level,
            "activeMinutesSum": str(round(sum(each[name] or 0 for each in found) / 60)),
        }
        for level, name in LEVELS.items()
        if any(each[name] is not None for each in found)
    ]
    return {"activeMinutesRollupByActivityLevel": levels} if levels else None


def _heart(beats: list[int]) -> dict[str, float] | None:
    if not beats:
        return None
    average = round(sum(beats) / len(beats), 2)
    return {
        "beatsPerMinuteAvg": average,
        "beatsPerMinuteMin": float(min(beats)),
        "beatsPerMinuteMax": float(max(beats)),
    }


def _of_windows(
    call: Call, data_type: DataType, start: datetime, end: datetime, window: timedelta
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each window in which something was measured, and what it was."""
    amounts: dict[int, list[int]] = {}
    for at, amount in _measured(call, data_type, start, end):
        if start <= at < end:
            amounts.setdefault((at - start) // window, []).append(amount)
    for number, found in sorted(amounts.items()):
        if data_type.name == "heart-rate":
            yield number, _heart(found) or {}
        else:
            yield number, {data_type.sum_field: types.said(data_type, sum(found))}


def _measured(
    call: Call, data_type: DataType, start: datetime, end: datetime
) -> Iterator[tuple[datetime, int]]:
    world, person = call.world, call.person
    if data_type.name == "heart-rate":
        beats = world.heart(person, start, end, step_s=60)
        yield from ((at, bpm) for at, bpm in beats if bpm is not None)
    elif data_type.sum_field:
        near = start.date() - timedelta(days=1), end.date() + timedelta(days=1)
        for on in world.dates(person, *near):
            yield from types.buckets(world, person, data_type, on)
