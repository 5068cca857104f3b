"""Garmin's Health API for partners, from Garmin's side: it tells, and is not to be polled."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tests.simulator.garmin_personal import ROUTES as PERSONAL_ROUTES
from tests.simulator.messages import Answer, Call, Fault, Route
from tests.simulator.people import Person, Sleep, Workout
from tests.simulator.store import World

LONGEST_UPLOAD: Final = timedelta(days=1)
LONGEST_BACKFILL: Final = timedelta(days=30)
DEEPEST_BACKFILL: Final = timedelta(days=30)
HEART_STEP_S: Final = 15
SPORTS: Final = {"running": "RUNNING", "cycling": "CYCLING", "strength": "STRENGTH_TRAINING"}

Summary = dict[str, Any]


def _offset(person: Person, at: datetime) -> int:
    return round((person.local(at).utcoffset() or timedelta()).total_seconds())


def _base(world: World, person: Person, kind: str, on: date | str) -> Summary:
    return {
        "userId": world.user_id("garmin", person),
        "summaryId": f"x-{world.uuid('garmin', person, f'{on}:{kind}')}",
    }


def dailies(world: World, person: Person, on: date) -> Iterator[Summary]:
    said = world.numbers(person, on, "garmin")
    if said is None:
        return
    start, end = person.starts(on), person.starts(on + timedelta(days=1))
    total, active = said["total_kcal"], said["active_kcal"]
    seconds = round((min(world.now(), end) - start).total_seconds())
    summary: Summary = {
        "calendarDate": on.isoformat(),
        "startTimeInSeconds": round(start.timestamp()),
        "startTimeOffsetInSeconds": _offset(person, start),
        "durationInSeconds": seconds,
        "activityType": "WALKING",
        "steps": said["steps"],
        "distanceInMeters": None if said["distance_m"] is None else float(said["distance_m"]),
        "activeKilocalories": active,
        "bmrKilocalories": None if total is None or active is None else total - active,
        "moderateIntensityDurationInSeconds": said["moderate_s"],
        "vigorousIntensityDurationInSeconds": said["vigorous_s"],
        "floorsClimbed": said["floors"],
        "restingHeartRateInBeatsPerMinute": said["resting_bpm"],
        "averageHeartRateInBeatsPerMinute": 66,
        "timeOffsetHeartRateSamples": {
            str(round((at - start).total_seconds())): bpm
            for at, bpm in world.heart(person, start, end, step_s=HEART_STEP_S)
            if bpm is not None
        },
    }
    known = {name: value for name, value in summary.items() if value is not None}
    yield _base(world, person, "daily", on) | known


def sleeps(world: World, person: Person, on: date) -> Iterator[Summary]:
    """Each night of a day; the naps come with the first."""
    found = world.sleeps(person, on, on)
    naps = [sleep for sleep in found if sleep.is_nap]
    for sleep in found:
        if not sleep.is_nap:
            yield _night(world, person, sleep) | ({"naps": [_nap(person, s) for s in naps]})
            naps = []


def _nap(person: Person, sleep: Sleep) -> Summary:
    return {
        "napStartTimeInSeconds": round(sleep.start.timestamp()),
        "napDurationInSeconds": sleep.asleep_s,
        "napOffsetInSeconds": _offset(person, sleep.start),
        "napValidation": "DEVICE",
    }


def _night(world: World, person: Person, sleep: Sleep) -> Summary:
    on = person.local(sleep.end).date()
    tentative = world.scenarios.on("tentative", "garmin", person.id)
    summary = _base(world, person, "sleep", sleep.key) | {
        "calendarDate": on.isoformat(),
        "startTimeInSeconds": round(sleep.start.timestamp()),
        "startTimeOffsetInSeconds": _offset(person, sleep.start),
        "durationInSeconds": sleep.asleep_s,
        "unmeasurableSleepInSeconds": 0,
        "awakeDurationInSeconds": sleep.seconds["awake"],
        "validation": "AUTO_TENTATIVE" if tentative else sleep.validation,
    }
    if sleep.score is not None:
        summary["overallSleepScore"] = {"value": sleep.score, "qualifierKey": "GOOD"}
    if sleep.breaths is not None:
        summary["timeOffsetSleepRespiration"] = {
            str(step): sleep.breaths for step in range(0, sleep.asleep_s, 3600)
        }
    if sleep.has_stages:
        summary |= {
            "deepSleepDurationInSeconds": sleep.seconds["deep"],
            "lightSleepDurationInSeconds": sleep.seconds["light"],
            "remSleepInSeconds": sleep.seconds["rem"],
            "sleepLevelsMap": _levels(sleep),
        }
    return summary


def _levels(sleep: Sleep) -> dict[str, list[dict[str, int]]]:
    levels: dict[str, list[dict[str, int]]] = {}
    for stage, start, end in sleep.hypnogram():
        span = {
            "startTimeInSeconds": round(start.timestamp()),
            "endTimeInSeconds": round(end.timestamp()),
        }
        levels.setdefault(stage, []).append(span)
    return levels


def hrvs(world: World, person: Person, on: date) -> Iterator[Summary]:
    sleep = world.main_sleep(person, on)
    if sleep and sleep.hrv_ms is not None:
        yield _base(world, person, "hrv", on) | {
            "calendarDate": on.isoformat(),
            "startTimeInSeconds": round(sleep.start.timestamp()),
            "startTimeOffsetInSeconds": _offset(person, sleep.start),
            "durationInSeconds": sleep.asleep_s,
            "lastNightAvg": sleep.hrv_ms,
            "lastNight5MinHigh": sleep.hrv_ms + 18,
        }


def activities(world: World, person: Person, on: date) -> Iterator[Summary]:
    for workout in world.workouts(person, on, on):
        yield _activity(world, person, workout)


def _activity(world: World, person: Person, workout: Workout) -> Summary:
    summary = _base(world, person, "activity", workout.key) | {
        "activityId": world.integer("garmin", person, workout.key, digits=11),
        "activityName": SPORTS[workout.sport].replace("_", " ").capitalize(),
        "activityType": SPORTS[workout.sport],
        "startTimeInSeconds": round(workout.start.timestamp()),
        "startTimeOffsetInSeconds": _offset(person, workout.start),
        "durationInSeconds": workout.duration_s,
        "averageHeartRateInBeatsPerMinute": workout.average_bpm,
        "maxHeartRateInBeatsPerMinute": workout.max_bpm,
        "activeKilocalories": workout.kcal,
        "deviceName": "Forerunner 265",
    }
    if workout.distance_m:
        summary["distanceInMeters"] = float(workout.distance_m)
        summary["totalElevationGainInMeters"] = float(workout.climb_m or 0)
    return summary


Maker = Callable[[World, Person, date], Iterator[Summary]]
SUMMARIES: Final[dict[str, tuple[Maker, str]]] = {
    "dailies": (dailies, "HEALTH_EXPORT"),
    "sleeps": (sleeps, "HEALTH_EXPORT"),
    "hrv": (hrvs, "HEALTH_EXPORT"),
    "activities": (activities, "ACTIVITY_EXPORT"),
}


def summaries(world: World, person: Person, kind: str, first: date, last: date) -> list[Summary]:
    make = SUMMARIES[kind][0]
    # A sleep of today is there even when the numbers of today are not.
    days = (last - first).days + 1
    return [
        summary
        for shift in range(days)
        for summary in make(world, person, first + timedelta(days=shift))
    ]


def pull_url(
    world: World, person: Person, kind: str, *, first: date, last: date, base: str
) -> str:
    """Where a notified partner reads what was just uploaded."""
    token, now = secrets.token_hex(12), round(world.now().timestamp())
    start, end = now - 3600, now + 3600
    world.subscribers.pulls[token] = {
        "person": person.id,
        "kind": kind,
        "first": first,
        "last": last,
        "window": (start, end),
    }
    window = f"uploadStartTimeInSeconds={start}&uploadEndTimeInSeconds={end}"
    return f"{base}/wellness-api/rest/{kind}?{window}&token={token}"


# --- Calls -------------------------------------------------------------------------------------


def pull(call: Call) -> Answer:
    """What a ping named. Whoever was not pinged is turned away."""
    opened = call.world.subscribers.pulls.get(call.query.get("token", ""))
    if opened is None or opened["kind"] != call.parts["kind"]:
        raise Fault(403, "Polling is not allowed: InvalidPullTokenException")
    start = call.number("uploadStartTimeInSeconds", 0)
    end = call.number("uploadEndTimeInSeconds", 0)
    if (start, end) != opened["window"] or end - start > LONGEST_UPLOAD.total_seconds():
        raise Fault(400, "The upload window is not the one of the ping.")
    person = call.world.person(str(opened["person"]))
    first, last = opened["first"], opened["last"]
    assert isinstance(first, date)
    assert isinstance(last, date)
    return Answer(summaries(call.world, person, call.parts["kind"], first, last))


def user_id(call: Call) -> Answer:
    return Answer({"userId": call.world.user_id("garmin", call.person)})


def permissions(call: Call) -> Answer:
    assert call.grant
    return Answer({"permissions": sorted(call.grant.scopes)})


def leave(call: Call) -> Answer:
    call.world.grants.end("garmin", call.person.id, keys=False)
    return Answer(status=204)


def backfill(call: Call) -> Answer:
    """Promise to tell of the past; it arrives later, as everything else does."""
    world, kind = call.world, call.parts["kind"]
    assert call.grant
    if kind not in SUMMARIES:
        raise Fault(400, f"Endpoint not enabled for summary type: {kind}")
    if "HISTORICAL_DATA_EXPORT" not in call.grant.scopes:
        raise Fault(403, "The person does not share historical data.")
    start = call.number("summaryStartTimeInSeconds", 0)
    end = call.number("summaryEndTimeInSeconds", 0)
    if not 0 < start < end or end - start > LONGEST_BACKFILL.total_seconds():
        raise Fault(400, "A backfill is of at most 30 days.")
    # A day of grace: windows are of whole days.
    oldest = call.grant.made_at - DEEPEST_BACKFILL - timedelta(days=1)
    if datetime.fromtimestamp(start, UTC) < oldest:
        raise Fault(400, f"min start time is {oldest:%Y-%m-%dT%H:%M:%SZ}")
    asked = (call.person.id, kind, start, end)
    if asked in world.subscribers.backfills:
        raise Fault(409, "This backfill has been requested before.")
    world.subscribers.backfills[asked] = False
    return Answer(status=202)


def _both(method: str, path: str, handler: Callable[[Call], Answer]) -> Iterator[Route]:
    """Some clients know the same calls by another beginning."""
    yield Route(method, f"/wellness-api/rest{path}", handler)
    yield Route(method, f"/partner-gateway/rest{path}", handler)


ROUTES: Final = {
    "api": (
        *_both("GET", "/user/id", user_id),
        *_both("GET", "/user/permissions", permissions),
        *_both("DELETE", "/user/registration", leave),
        Route("GET", "/wellness-api/rest/backfill/{kind}", backfill),
        Route("GET", "/wellness-api/rest/{kind}", pull, auth="open"),
    ),
    "personal": PERSONAL_ROUTES,
}
