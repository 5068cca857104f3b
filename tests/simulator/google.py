"""Google Health API v4, from Google's side: the person and their points."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tests.simulator import google_types as types
from tests.simulator.google_rollups import daily_roll_up, roll_up
from tests.simulator.google_subscribers import ROUTES as SUBSCRIBER_ROUTES
from tests.simulator.google_types import TYPES, DataType, Point
from tests.simulator.messages import Answer, Call, Fault, Route, page
from tests.simulator.oauth import GOOGLE_PREFIX

MOST_A_PAGE: Final = 10_000
USUAL_PAGE: Final = 1440
SESSIONS_A_PAGE: Final = 25
CONDITION: Final = re.compile(r'([\w.]+)\s*(>=|<)\s*"([^"]*)"')
# Beyond what anybody here has.
EVER: Final = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


# --- The person --------------------------------------------------------------------------------


def identity(call: Call) -> Answer:
    world, person = call.world, call.person
    legacy = world.uuid("fitbit", person, "legacy").replace("-", "")[:6].upper()
    user = world.user_id("fitbit", person)
    return Answer({"name": "users/me/identity", "healthUserId": user, "legacyUserId": legacy})


def settings(call: Call) -> Answer:
    person, now = call.person, call.world.now()
    zone = str(person.zone(call.world.today(person)))
    said = {"name": "users/me/settings", "timeZone": zone}
    return Answer(said | {"utcOffset": types.offset(person, now)})


def profile(call: Call) -> Answer:
    return Answer({"name": "users/me/profile", "age": 34, "membershipStartDate": {"year": 2024}})


def paired_devices(call: Call) -> Answer:
    name = f"users/me/pairedDevices/{call.world.uuid('fitbit', call.person, 'device')}"
    tracker = {"name": name, "deviceType": "TRACKER", "batteryStatus": "HIGH"}
    return Answer({"pairedDevices": [tracker | types.TRACKER["device"]]})


# --- Lists -------------------------------------------------------------------------------------


def _data_type(call: Call) -> DataType:
    """The one that is named, if its scope is granted."""
    found = TYPES.get(call.parts["type"])
    if found is None:
        raise Fault(400, f"Unknown data type {call.parts['type']}.")
    assert call.grant
    if f"{GOOGLE_PREFIX}{found.scope}.readonly" not in call.grant.scopes:
        raise Fault(403, "Request had insufficient authentication scopes.")
    return found


def _range(call: Call, data_type: DataType) -> tuple[datetime, datetime]:
    """What a filter leaves, as instants; civil times are those of the person."""
    wanted = call.query.get("filter", "").strip()
    start, end = EVER
    for part in filter(None, re.split(r"\s+AND\s+", wanted)):
        found = CONDITION.fullmatch(part.strip())
        if not found or found[1] not in data_type.filters:
            raise Fault(400, f"Invalid filter: {part}", code="INVALID_ARGUMENT")
        at = _bound(call, found[1], found[3])
        start, end = (at, end) if found[2] == ">=" else (start, at)
    return start, end


def _bound(call: Call, field: str, value: str) -> datetime:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise Fault(400, f"Invalid time: {value}", code="INVALID_ARGUMENT") from None
    is_civil = "civil" in field or field.endswith(".date")
    if is_civil != (at.tzinfo is None):
        raise Fault(400, f"Invalid time for {field}: {value}", code="INVALID_ARGUMENT")
    return call.person.at(at.date(), at.time()) if is_civil else at


def _points(call: Call, data_type: DataType, *, merged: bool) -> Iterator[tuple[datetime, Point]]:
    """All of a range, in any order, each with the instant that it is filtered by."""
    start, end = _range(call, data_type)
    if data_type.name == "heart-rate":
        found = types.heart_points(call.world, call.person, start, end, merged=merged)
    elif data_type.shape == "session":
        found = _sessions(call, data_type)
    else:
        found = _of_days(call, data_type, start, end, merged=merged)
    return ((at, point) for at, point in found if start <= at < end)


def _of_days(
    call: Call, data_type: DataType, start: datetime, end: datetime, *, merged: bool
) -> Iterator[tuple[datetime, Point]]:
    world, person = call.world, call.person
    for on in world.dates(person, *_days_near(start, end)):
        if data_type.shape == "interval":
            yield from types.interval_points(world, person, data_type, on, merged=merged)
        elif data_type.shape == "daily":
            point = types.daily_point(world, person, data_type, on)
            if point:
                yield person.starts(on), point
        elif sleep := world.main_sleep(person, on):
            yield sleep.end, types.breathing_point(person, sleep)


def _days_near(start: datetime, end: datetime) -> tuple[date, date]:
    return start.date() - timedelta(days=1), end.date() + timedelta(days=1)


def _sessions(call: Call, data_type: DataType) -> Iterator[tuple[datetime, Point]]:
    world, person = call.world, call.person
    days = person.first_day, world.today(person)
    if data_type.name == "sleep":
        for sleep in world.sleeps(person, *days):
            yield sleep.end, types.sleep_point(world, person, sleep)
    else:
        for workout in world.workouts(person, *days):
            yield workout.start, types.exercise_point(world, person, workout)


def points(*, merged: bool) -> Callable[[Call], Answer]:
    """A page of the points, the newest first."""

    def listed(call: Call) -> Answer:
        data_type = _data_type(call)
        if data_type.name in {"total-calories", "active-minutes"} or (
            not data_type.is_listed and not merged
        ):
            raise Fault(400, f"{data_type.name} cannot be listed.", code="INVALID_ARGUMENT")
        most = SESSIONS_A_PAGE if data_type.shape == "session" else MOST_A_PAGE
        size = min(most, call.number("pageSize", min(most, USUAL_PAGE)) or USUAL_PAGE)
        found = sorted(
            _points(call, data_type, merged=merged), key=lambda row: row[0], reverse=True
        )
        rows, following = page(found, size=size, token=call.query.get("pageToken", ""))
        shown = [_without_source(point) if merged else point for _, point in rows]
        return Answer({"dataPoints": shown, "nextPageToken": following})

    return listed


def _without_source(point: Point) -> Point:
    return {key: value for key, value in point.items() if key != "dataSource"}


def point(call: Call) -> Answer:
    """One sleep or exercise."""
    data_type = _data_type(call)
    for _, found in _sessions(call, data_type) if data_type.shape == "session" else ():
        if found["name"].rpartition("/")[2] == call.parts["id"]:
            return Answer(found)
    raise Fault(404, "Requested entity was not found.")


def tcx(call: Call) -> Answer:
    """An exercise as a file, which needs its places too."""
    assert call.grant
    data_type = _data_type(call)
    if f"{GOOGLE_PREFIX}location.readonly" not in call.grant.scopes:
        raise Fault(403, "Request had insufficient authentication scopes.")
    workout = call.world.workout_named("fitbit", call.person, call.parts["id"])
    if data_type.name != "exercise" or workout is None:
        raise Fault(404, "Requested entity was not found.")
    beats = call.world.heart(call.person, workout.start, workout.end, step_s=60)
    track = "".join(
        f"<Trackpoint><Time>{types.stamp(at)}</Time>"
        f"<HeartRateBpm><Value>{bpm}</Value></HeartRateBpm></Trackpoint>"
        for at, bpm in beats
        if bpm is not None
    )
    sport = {"running": "Running", "cycling": "Biking"}.get(workout.sport, "Other")
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><TrainingCenterDatabase '
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="{sport}"><Id>{types.stamp(workout.start)}</Id>'
        f'<Lap StartTime="{types.stamp(workout.start)}">'
        f"<TotalTimeSeconds>{workout.duration_s}</TotalTimeSeconds>"
        f"<DistanceMeters>{workout.distance_m or 0}</DistanceMeters>"
        f"<Calories>{workout.kcal}</Calories><Track>{track}</Track></Lap></Activity>"
        "</Activities></TrainingCenterDatabase>"
    )
    if call.query.get("alt") != "media":
        return Answer({"tcxData": text})
    return Answer(text, content_type="application/vnd.garmin.tcx+xml")


def _rolled(roll: Callable[[Call, DataType], dict[str, Any]]) -> Callable[[Call], Answer]:
    return lambda call: Answer(roll(call, _data_type(call)))


ME: Final = "/v4/users/me"
POINTS: Final = f"{ME}/dataTypes/{{type}}/dataPoints"
SETTINGS: Final = frozenset({f"{GOOGLE_PREFIX}settings.readonly"})
PROFILE: Final = frozenset({f"{GOOGLE_PREFIX}profile.readonly"})
ROUTES: Final = {
    "api": (
        Route("GET", f"{ME}/identity", identity),
        Route("GET", f"{ME}/settings", settings, SETTINGS),
        Route("GET", f"{ME}/profile", profile, PROFILE),
        Route("GET", f"{ME}/pairedDevices", paired_devices, SETTINGS),
        Route("GET", POINTS, points(merged=False)),
        Route("GET", f"{POINTS}:reconcile", points(merged=True)),
        Route("POST", f"{POINTS}:dailyRollUp", _rolled(daily_roll_up)),
        Route("POST", f"{POINTS}:rollUp", _rolled(roll_up)),
        Route("GET", f"{POINTS}/{{id}}", point, is_object=True),
        Route("GET", f"{POINTS}/{{id}}:exportExerciseTcx", tcx, is_object=True),
        *SUBSCRIBER_ROUTES,
    ),
}
