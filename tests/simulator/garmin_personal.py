"""Garmin's API for people who read their own data with a key."""

import base64
import io
import json
import secrets
import time
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from tests.simulator.fit import recorded
from tests.simulator.grants import Grant
from tests.simulator.messages import Answer, Call, Fault, Route
from tests.simulator.people import Person, Sleep, Workout
from tests.simulator.scenarios import ON_TOKENS, disturb
from tests.simulator.store import World

JWT_LIFETIME_S: Final = 86_400
HEART_STEP_S: Final = 120
SPORTS: Final = {"running": "running", "cycling": "cycling", "strength": "strength_training"}
DESCRIPTORS: Final = [{"key": "timestamp", "index": 0}, {"key": "heartrate", "index": 1}]

Said = dict[str, Any]


# --- The key -----------------------------------------------------------------------------------


def exchange(call: Call) -> Answer:
    """A JWT for a key; the answer is the bare token."""
    scheme, _, key = call.headers.get("authorization", "").partition(" ")
    with call.world.lock:
        people = call.world.people.values()
        person = next((each for each in people if each.personal_key == key.strip()), None)
        if person:
            # So that what is disturbed can be disturbed for one person.
            call.grant = Grant("garmin", person.id, frozenset(), call.world.now(), is_key=True)
    instead = disturb(call, [name for name in ON_TOKENS if name.startswith("refresh")])
    if instead:
        return instead
    if scheme != "ApiKey" or person is None or call.grant is None:
        raise Fault(401, "The key is not known.")
    with call.world.lock:
        token = _jwt(person)
        ends_at = call.world.now() + timedelta(seconds=JWT_LIFETIME_S)
        call.grant.access[token] = ends_at
        call.world.grants.all.append(call.grant)
    return Answer(token, content_type="text/plain")


def _jwt(person: Person) -> str:
    """With an end by the clock on the wall, which the reader has too."""
    claims = {"sub": person.id, "exp": int(time.time()) + JWT_LIFETIME_S}
    parts = [{"alg": "HS256", "typ": "JWT"}, claims | {"jti": secrets.token_hex(8)}]
    encoded = [json.dumps(part).encode() for part in parts]
    return ".".join(
        base64.urlsafe_b64encode(part).rstrip(b"=").decode()
        for part in [*encoded, secrets.token_bytes(32)]
    )


# --- Days --------------------------------------------------------------------------------------


def _range(call: Call, longest: int, *, parts: bool = False) -> tuple[date, date]:
    """The days that were asked for, both ends in it."""
    if parts:
        call.query = {"startDate": call.parts["first"], "endDate": call.parts["last"]}
    first, last = call.day("startDate"), call.day("endDate")
    if first > last:
        raise Fault(400, "startDate is after endDate")
    if (last - first).days + 1 > longest:
        longest_text = "P1Y" if longest == 365 else f"P{longest}D"
        raise Fault(400, f"Date range must be {longest_text} or less")
    return first, last


def _known(said: Said) -> Said:
    return {name: value for name, value in said.items() if value is not None}


def _movement(said: dict[str, int | None]) -> Said:
    metres = said["distance_m"]
    return _known(
        {
            "totalSteps": said["steps"],
            "totalDistanceMeters": None if metres is None else float(metres),
            "floorsAscended": None if said["floors"] is None else said["floors"] + 0.21,
        }
    )


def _calories(said: dict[str, int | None]) -> Said:
    total, active = said["total_kcal"], said["active_kcal"]
    return _known(
        {
            "totalKilocalories": None if total is None else float(total),
            "activeKilocalories": None if active is None else float(active),
            "bmrKilocalories": None if total is None or active is None else float(total - active),
        }
    )


def _intensity(said: dict[str, int | None]) -> Said:
    moderate, vigorous = said["moderate_s"], said["vigorous_s"]
    return _known(
        {
            "moderateIntensityMinutes": None if moderate is None else round(moderate / 60),
            "vigorousIntensityMinutes": None if vigorous is None else round(vigorous / 60),
        }
    )


def _heart(world: World, person: Person, on: date) -> list[tuple[datetime, int | None]]:
    span = person.starts(on), person.starts(on + timedelta(days=1))
    return list(world.heart(person, *span, step_s=HEART_STEP_S))


def _pulse(call: Call, on: date, said: dict[str, int | None]) -> Said:
    beats = [bpm for _, bpm in _heart(call.world, call.person, on) if bpm is not None]
    return _known(
        {
            "restingHeartRate": said["resting_bpm"],
            "minHeartRate": min(beats, default=None),
            "maxHeartRate": max(beats, default=None),
        }
    )


def daily_summaries(call: Call) -> Answer:
    """One object a day, in groups; days without data are absent."""
    first, last = _range(call, 365)
    days = []
    for on in call.world.dates(call.person, first, last):
        said = call.world.numbers(call.person, on, "garmin")
        if said:
            groups = {
                "movement": _movement(said),
                "calories": _calories(said),
                "heartRate": _pulse(call, on, said),
                "intensityMinutes": _intensity(said),
            }
            days.append({"calendarDate": on.isoformat(), **groups})
    return Answer({"data": days})


def daily_summary(call: Call) -> Answer:
    on = call.day("calendarDate")
    said = call.world.numbers(call.person, on, "garmin")
    if said is None:
        return Answer(status=204)
    flat = _movement(said) | _calories(said) | _intensity(said) | _pulse(call, on, said)
    return Answer({"calendarDate": on.isoformat(), **flat})


def daily_steps(call: Call) -> Answer:
    first, last = _range(call, 28, parts=True)
    rows = []
    for on in call.world.dates(call.person, first, last):
        said = call.world.numbers(call.person, on, "garmin")
        if said:
            row = {"totalSteps": said["steps"], "totalDistance": said["distance_m"]}
            rows.append({"calendarDate": on.isoformat(), **row, "stepGoal": 9000})
    return Answer(rows)


def daily_heart_rate(call: Call) -> Answer:
    on = call.day("date")
    said = call.world.numbers(call.person, on, "garmin")
    if said is None:
        return Answer(status=204)
    samples = _heart(call.world, call.person, on)
    return Answer(
        {
            "calendarDate": on.isoformat(),
            **_pulse(call, on, said),
            "lastSevenDaysAvgRestingHeartRate": 54,
            "heartRateValueDescriptors": DESCRIPTORS,
            "heartRateValues": [[round(at.timestamp() * 1000), bpm] for at, bpm in samples],
        }
    )


# --- Nights ------------------------------------------------------------------------------------


def _milliseconds(person: Person, at: datetime, *, local: bool) -> int:
    """Epoch milliseconds; Garmin's local ones are the wall clock's, as if that were UTC."""
    shift = (person.local(at).utcoffset() or timedelta()) if local else timedelta()
    return round((at + shift).timestamp() * 1000)


def _sleep(call: Call, sleep: Sleep) -> Said:
    world, person = call.world, call.person
    said: Said = {
        "id": world.integer("garmin", person, sleep.key, digits=13),
        "calendarDate": person.local(sleep.end).date().isoformat(),
        "sleepStartTimestampGMT": _milliseconds(person, sleep.start, local=False),
        "sleepEndTimestampGMT": _milliseconds(person, sleep.end, local=False),
        "sleepStartTimestampLocal": _milliseconds(person, sleep.start, local=True),
        "sleepEndTimestampLocal": _milliseconds(person, sleep.end, local=True),
        "sleepTimeSeconds": sleep.asleep_s,
        "awakeSleepSeconds": sleep.seconds["awake"],
        "awakeCount": 2,
        "napTimeSeconds": sum(nap.asleep_s for nap in _naps(call, sleep)),
        "averageRespirationValue": sleep.breaths,
        "avgHeartRate": sleep.lowest_bpm + 5.0,
        "avgSleepStress": 17.0,
    }
    if sleep.score is not None:
        said["sleepScores"] = {"overall": {"value": sleep.score, "qualifierKey": "GOOD"}}
    if sleep.has_stages:
        for stage in ("deep", "light", "rem"):
            said[f"{stage}SleepSeconds"] = sleep.seconds[stage]
    return _known(said)


def _naps(call: Call, night: Sleep) -> list[Sleep]:
    """Of the day that a night ends on."""
    on = call.person.local(night.end).date()
    return [sleep for sleep in call.world.sleeps(call.person, on, on) if sleep.is_nap]


def sleep_summaries(call: Call) -> Answer:
    first, last = _range(call, 31)
    found = (
        call.world.main_sleep(call.person, on) for on in call.world.dates(call.person, first, last)
    )
    return Answer([_sleep(call, sleep) for sleep in found if sleep])


def daily_sleep(call: Call) -> Answer:
    """A night in full, with the naps of its day."""
    on = call.day("date")
    sleep = call.world.main_sleep(call.person, on)
    if sleep is None:
        return Answer(status=204)
    return Answer(
        {
            "dailySleepDTO": _sleep(call, sleep),
            "dailyNapDTOS": [
                {
                    "calendarDate": on.isoformat(),
                    "napStartTimestampGMT": nap.start.isoformat()[:19],
                    "napEndTimestampGMT": nap.end.isoformat()[:19],
                    "napTimeSec": nap.asleep_s,
                }
                for nap in _naps(call, sleep)
            ],
            "avgOvernightHrv": None if sleep.hrv_ms is None else float(sleep.hrv_ms),
        }
    )


def _hrv(sleep: Sleep, on: date) -> Said:
    return {"calendarDate": on.isoformat(), "weeklyAvg": 51, "lastNightAvg": sleep.hrv_ms}


def hrv_range(call: Call) -> Answer:
    first, last = _range(call, 35, parts=True)
    nights = [
        (sleep, on)
        for on in call.world.dates(call.person, first, last)
        if (sleep := call.world.main_sleep(call.person, on)) and sleep.hrv_ms is not None
    ]
    return Answer({"hrvSummaries": [_hrv(sleep, on) for sleep, on in nights]})


def hrv_day(call: Call) -> Answer:
    call.query = {"date": call.parts["date"]}
    on = call.day("date")
    sleep = call.world.main_sleep(call.person, on)
    if sleep is None or sleep.hrv_ms is None:
        return Answer(status=204)
    return Answer({"hrvSummary": _hrv(sleep, on), "hrvReadings": []})


# --- Activities --------------------------------------------------------------------------------


def _activity(call: Call, workout: Workout) -> Said:
    person = call.person
    said = {
        "activityId": call.world.integer("garmin", person, workout.key, digits=11),
        "activityName": f"{workout.sport.capitalize()} of {person.id}",
        "activityType": {"typeId": 1, "typeKey": SPORTS[workout.sport]},
        "startTimeGMT": workout.start.strftime("%Y-%m-%d %H:%M:%S"),
        "startTimeLocal": person.local(workout.start).strftime("%Y-%m-%d %H:%M:%S"),
        "beginTimestamp": round(workout.start.timestamp() * 1000),
        "duration": float(workout.duration_s),
        "elapsedDuration": float(workout.duration_s),
        "distance": None if workout.distance_m is None else float(workout.distance_m),
        "elevationGain": None if workout.climb_m is None else float(workout.climb_m),
        "calories": float(workout.kcal),
        "averageHR": float(workout.average_bpm),
        "maxHR": float(workout.max_bpm),
    }
    return _known(said)


def _workouts(call: Call) -> Iterator[Workout]:
    person, today = call.person, call.world.today(call.person)
    first = call.day("startDate", person.first_day)
    yield from reversed(call.world.workouts(person, first, call.day("endDate", today)))


def activities(call: Call) -> Answer:
    """From an offset, the newest first."""
    start, limit = call.number("start", 0), call.number("limit", 20)
    wanted = call.query.get("activityType", "")
    found = [one for one in _workouts(call) if wanted in {"", SPORTS[one.sport]}]
    return Answer([_activity(call, one) for one in found[start : start + limit]])


def _named(call: Call) -> Workout:
    name, call.query = call.parts["id"], {}
    for workout in _workouts(call):
        if str(call.world.integer("garmin", call.person, workout.key, digits=11)) == name:
            return workout
    raise Fault(404, "No such activity.")


def activity(call: Call) -> Answer:
    return Answer(_activity(call, _named(call)))


def original(call: Call) -> Answer:
    """The file that the watch wrote, in a ZIP."""
    workout = _named(call)
    beats = call.world.heart(call.person, workout.start, workout.end, step_s=15)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{call.parts['id']}_ACTIVITY.fit", recorded(workout, list(beats)))
    return Answer(packed.getvalue(), content_type="application/zip")


def settings(call: Call) -> Answer:
    zone = str(call.person.zone(call.world.today(call.person)))
    return Answer({"timeZone": zone, "userData": {"measurementSystem": "metric"}})


KEY: Final = "/personalapitoken-service/personal-api/personal-api-key/token"
SLEEP: Final = "/sleep-service/sleep"
ROUTES: Final = (
    Route("POST", KEY, exchange, auth="open", locks=False),
    Route("GET", "/usersummary-service/v2/dailysummaries", daily_summaries),
    Route("GET", "/usersummary-service/usersummary/daily", daily_summary),
    Route("GET", "/usersummary-service/stats/steps/daily/{first}/{last}", daily_steps),
    Route("GET", f"{SLEEP}/dailySleepSummariesByDate", sleep_summaries),
    Route("GET", f"{SLEEP}/dailySleep", daily_sleep),
    Route("GET", "/wellness-service/wellness/dailyHeartRate", daily_heart_rate),
    Route("GET", "/hrv-service/hrv/daily/{first}/{last}", hrv_range),
    Route("GET", "/hrv-service/hrv/{date}", hrv_day),
    Route("GET", "/activitylist-service/activities/search/activities", activities),
    Route("GET", "/activity-service/activity/{id}", activity, is_object=True),
    Route("GET", "/download-service/files/activity/{id}", original, is_object=True),
    Route("GET", "/userprofile-service/userprofile/settings", settings),
)
