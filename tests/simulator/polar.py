"""Polar AccessLink v3, from Polar's side. Nobody is read before they are registered."""

import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tests.simulator.fit import recorded
from tests.simulator.handshakes import polar_ping
from tests.simulator.messages import Answer, Call, Fault, Route
from tests.simulator.oauth import is_client
from tests.simulator.people import Person, Sleep, Workout
from tests.simulator.store import World
from tests.simulator.subscribers import PolarWebhook

MOST_DAYS: Final = 28
OLDEST_DAYS: Final = 365
EXERCISE_DAYS: Final = 30
STAGES: Final = {"awake": 0, "rem": 1, "light": 3, "deep": 4}
EVENTS: Final = frozenset(
    {
        *(
            "EXERCISE",
            "SLEEP",
            "CONTINUOUS_HEART_RATE",
            "ACTIVITY_SUMMARY",
            "PHYSICAL_INFORMATION",
        ),
        *("SLEEP_WISE_ALERTNESS", "SLEEP_WISE_CIRCADIAN_BEDTIME"),
    }
)
SPORTS: Final = {
    "running": ("RUNNING", "RUNNING"),
    "cycling": ("CYCLING", "ROAD_BIKING"),
    "strength": ("STRENGTH_TRAINING", "STRENGTH_TRAINING"),
}

Said = dict[str, Any]


def _user(call: Call) -> str:
    return f"https://www.polaraccesslink.com/v3/users/{call.world.user_id('polar', call.person)}"


def _iso_duration(seconds: int) -> str:
    hours, minutes, left = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [(hours, "H"), (minutes, "M"), (left, "S")]
    return "PT" + ("".join(f"{count}{unit}" for count, unit in parts if count) or "0S")


def _days(call: Call) -> list[date]:
    """The days that were asked for, both ends in it; without, the last 28."""
    today = call.world.today(call.person)
    last = call.day("to", today)
    first = call.day("from", last - timedelta(days=MOST_DAYS - 1))
    if first > last or (last - first).days + 1 > MOST_DAYS:
        raise Fault(400, "A range is of 1 to 28 days.")
    if (today - first).days > OLDEST_DAYS:
        raise Fault(400, "A range begins at most 365 days ago.")
    return list(call.world.dates(call.person, first, last))


def _recent(call: Call) -> list[date]:
    today = call.world.today(call.person)
    return list(call.world.dates(call.person, today - timedelta(days=MOST_DAYS - 1), today))


# --- The person --------------------------------------------------------------------------------


def register(call: Call) -> Answer:
    if not call.json().get("member-id"):
        raise Fault(400, "member-id is missing.")
    person = call.person
    if person.polar_registered_at:
        raise Fault(409, "The user is registered.")
    person.polar_registered_at = call.world.now()
    return Answer(_shown(call))


def _shown(call: Call) -> Said:
    at = call.person.polar_registered_at
    assert at
    return {
        "polar-user-id": int(call.world.user_id("polar", call.person)),
        "member-id": call.person.id,
        "registration-date": at.isoformat(timespec="milliseconds"),
        "first-name": call.person.id,
        "last-name": "Simulated",
    }


def _require_self(call: Call) -> None:
    if call.parts["id"] != call.world.user_id("polar", call.person):
        raise Fault(403, "Not the user of the token.")


def show(call: Call) -> Answer:
    _require_self(call)
    return Answer(_shown(call)) if call.person.polar_registered_at else Answer(status=204)


def leave(call: Call) -> Answer:
    _require_self(call)
    call.person.polar_registered_at = None
    call.world.grants.end("polar", call.person.id)
    return Answer(status=204)


def physical_info(call: Call) -> Answer:
    return Answer({"weight": 71.5, "height": 174.0, "resting_heart_rate": call.person.base_bpm})


# --- Days --------------------------------------------------------------------------------------


def _activity(call: Call, on: date) -> Said | None:
    person, said = call.person, call.world.numbers(call.person, on, "polar")
    if said is None:
        return None
    start, end = person.starts(on), person.starts(on + timedelta(days=1)) - timedelta(seconds=1)
    moving = sum(said[name] or 0 for name in ("light_s", "moderate_s", "vigorous_s"))
    shown = {
        "start_time": start.isoformat()[:19],
        "end_time": min(end, call.world.now()).isoformat()[:19],
        "steps": said["steps"],
        "distance_from_steps": said["distance_m"],
        "calories": said["total_kcal"],
        "active_calories": said["active_kcal"],
        "active_duration": _iso_duration(moving),
        "inactive_duration": "PT9H",
        "inactivity_alert_count": 1,
        "daily_activity": 92.0,
    }
    if call.query.get("activity_zones") == "true":
        zones = {"samples": _zones(call.person, on, said)}
        shown["samples"] = {"date": on.isoformat(), "activity_zones": zones}
    return {name: value for name, value in shown.items() if value is not None}


def _zones(person: Person, on: date, said: dict[str, int | None]) -> list[Said]:
    """One change of zone after another; each lasts until the next."""
    at = person.local(person.starts(on) + timedelta(hours=7))
    spans = [("SLEEP", person.local(person.starts(on)))]
    for zone, name in (
        ("LIGHT", "light_s"),
        ("MODERATE", "moderate_s"),
        ("VIGOROUS", "vigorous_s"),
    ):
        spans.append((zone, at))
        at += timedelta(seconds=said[name] or 0)
    spans.append(("SEDENTARY", at))
    return [{"zone": zone, "timestamp": since.isoformat()[:19]} for zone, since in spans]


def activities(call: Call) -> Answer:
    return Answer([shown for on in _days(call) if (shown := _activity(call, on))])


def activity(call: Call) -> Answer:
    return _one(_activity(call, _date(call)))


def _date(call: Call) -> date:
    call.query = {**call.query, "date": call.parts["date"]}
    return call.day("date")


def _one(shown: Said | None) -> Answer:
    return Answer(shown) if shown else Answer(status=204)


# --- Nights ------------------------------------------------------------------------------------


def _clock(person: Person, at: datetime) -> str:
    return person.local(at).strftime("%H:%M")


def _night(call: Call, on: date) -> Said | None:
    world, person, sleep = call.world, call.person, call.world.main_sleep(call.person, on)
    if sleep is None:
        return None
    beats = world.heart(person, sleep.start, sleep.end, step_s=300)
    said: Said = {
        "polar_user": _user(call),
        "date": on.isoformat(),
        "sleep_start_time": person.local(sleep.start).isoformat(),
        "sleep_end_time": person.local(sleep.end).isoformat(),
        "device_id": "1111AAAA",
        "continuity": 2.1,
        "sleep_score": sleep.score,
        "unrecognized_sleep_stage": 0,
        "total_interruption_duration": sleep.seconds["awake"],
        "heart_rate_samples": {_clock(person, at): bpm for at, bpm in beats if bpm is not None},
        **_stages(person, sleep),
    }
    return {name: value for name, value in said.items() if value is not None}


def _stages(person: Person, sleep: Sleep) -> Said:
    if not sleep.has_stages:
        return {"light_sleep": 0, "deep_sleep": 0, "rem_sleep": 0} | {
            "unrecognized_sleep_stage": sleep.asleep_s,
            "hypnogram": {_clock(person, sleep.start): 5},
        }
    return {f"{stage}_sleep": sleep.seconds[stage] for stage in ("light", "deep", "rem")} | {
        "hypnogram": {
            _clock(person, start): STAGES[stage] for stage, start, _ in sleep.hypnogram()
        }
    }


def nights(call: Call) -> Answer:
    return Answer({"nights": [shown for on in _recent(call) if (shown := _night(call, on))]})


def night(call: Call) -> Answer:
    return _one(_night(call, _date(call)))


def _recharge(call: Call, on: date) -> Said | None:
    sleep = call.world.main_sleep(call.person, on)
    if sleep is None:
        return None
    said = {
        "polar_user": _user(call),
        "date": on.isoformat(),
        "heart_rate_avg": sleep.lowest_bpm + 4,
        "heart_rate_variability_avg": sleep.hrv_ms,
        "breathing_rate_avg": sleep.breaths,
        "nightly_recharge_status": 4,
        "ans_charge": 1.4,
    }
    return {name: value for name, value in said.items() if value is not None}


def recharges(call: Call) -> Answer:
    return Answer({"recharges": [shown for on in _recent(call) if (shown := _recharge(call, on))]})


def recharge(call: Call) -> Answer:
    return _one(_recharge(call, _date(call)))


# --- Heart rates -------------------------------------------------------------------------------


def _heart(call: Call, on: date) -> Said | None:
    person = call.person
    span = person.starts(on), person.starts(on + timedelta(days=1))
    samples = [
        {"heart_rate": bpm, "sample_time": person.local(at).strftime("%H:%M:%S")}
        for at, bpm in call.world.heart(person, *span, step_s=300)
        if bpm is not None
    ]
    if not samples:
        return None
    return {"polar_user": _user(call), "date": on.isoformat(), "heart_rate_samples": samples}


def heart_days(call: Call) -> Answer:
    return Answer({"heart_rates": [shown for on in _days(call) if (shown := _heart(call, on))]})


def heart_day(call: Call) -> Answer:
    return _one(_heart(call, _date(call)))


# --- Exercises ---------------------------------------------------------------------------------


def _uploaded(call: Call) -> list[Workout]:
    """Of the last 30 days, and only what came after the registration."""
    since = call.person.polar_registered_at
    today = call.world.today(call.person)
    recent = call.world.workouts(call.person, today - timedelta(days=EXERCISE_DAYS), today)
    return [workout for workout in recent if since and workout.end >= since]


def _name(world: World, person: Person, workout: Workout) -> str:
    return f"{world.integer('polar', person, workout.key, digits=8):x}"


def _exercise(call: Call, workout: Workout) -> Said:
    person, (sport, detail) = call.person, SPORTS[workout.sport]
    local = person.local(workout.start)
    said = {
        "id": _name(call.world, person, workout),
        "upload_time": workout.changed_at.astimezone(UTC).isoformat()[:19],
        "polar_user": _user(call),
        "device": "Polar Pacer",
        "start_time": local.isoformat()[:19],
        "start_time_utc_offset": round((local.utcoffset() or timedelta()).total_seconds() / 60),
        "duration": _iso_duration(workout.duration_s),
        "calories": workout.kcal,
        "heart_rate": {"average": workout.average_bpm, "maximum": workout.max_bpm},
        "sport": sport,
        "detailed_sport_info": detail,
        "has_route": False,
    }
    return said | ({"distance": float(workout.distance_m)} if workout.distance_m else {})


def exercises(call: Call) -> Answer:
    return Answer([_exercise(call, workout) for workout in _uploaded(call)])


def _named(call: Call) -> Workout:
    for workout in _uploaded(call):
        if _name(call.world, call.person, workout) == call.parts["id"]:
            return workout
    raise Fault(404, "No such exercise.")


def exercise(call: Call) -> Answer:
    return Answer(_exercise(call, _named(call)))


def exercise_file(call: Call) -> Answer:
    workout = _named(call)
    beats = call.world.heart(call.person, workout.start, workout.end, step_s=15)
    return Answer(recorded(workout, list(beats)), content_type="application/octet-stream")


# --- The webhook -------------------------------------------------------------------------------


def _require_client(call: Call) -> None:
    if not is_client("polar", call.basic()):
        raise Fault(401, "Not the credentials of a client.")


def _webhook(call: Call) -> PolarWebhook:
    _require_client(call)
    found = call.world.subscribers.polar
    if found is None or call.parts.get("id", found.id) != found.id:
        raise Fault(404, "No such webhook.")
    return found


def show_webhook(call: Call) -> Answer:
    _require_client(call)
    found = call.world.subscribers.polar
    if found is None:
        return Answer({"data": []})
    shown = {"id": found.id, "events": found.events, "url": found.url, "active": found.is_active}
    return Answer({"data": [shown]})


def make_webhook(call: Call) -> Answer:
    """The only one of a client; its key is shown here and never again."""
    _require_client(call)
    given, world = call.json(), call.world
    events, url = given.get("events") or [], given.get("url") or ""
    if world.subscribers.polar:
        raise Fault(409, "There is a webhook.")
    if not url or not events or not EVENTS.issuperset(events):
        raise Fault(400, "events and url are wanted.")
    if not polar_ping(url):
        raise Fault(400, "The address did not answer the PING.")
    made = PolarWebhook(secrets.token_hex(6), url, list(events), secrets.token_hex(32))
    with world.lock:
        world.subscribers.polar = made
    shown = {"id": made.id, "events": made.events, "url": made.url}
    return Answer({"data": shown | {"signature_secret_key": made.secret}}, status=201)


def change_webhook(call: Call) -> Answer:
    found, given = _webhook(call), call.json()
    if "url" in given and not polar_ping(given["url"]):
        raise Fault(400, "The address did not answer the PING.")
    found.url = given.get("url", found.url)
    found.events = given.get("events", found.events)
    return Answer({"data": {"id": found.id, "events": found.events, "url": found.url}})


def activate_webhook(call: Call) -> Answer:
    _webhook(call).is_active = True
    return Answer(status=200)


def remove_webhook(call: Call) -> Answer:
    _webhook(call)
    call.world.subscribers.polar = None
    return Answer(status=204)


def registered(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
    def checked(call: Call) -> Answer:
        if not call.person.polar_registered_at:
            raise Fault(403, "The user has not been registered with this client.")
        return handler(call)

    return checked


def _data(path: str, handler: Callable[[Call], Answer], *, is_object: bool = False) -> Route:
    return Route("GET", path, registered(handler), is_object=is_object)


USERS: Final = "/v3/users"
HOOKS: Final = "/v3/webhooks"
ROUTES: Final = {
    "api": (
        Route("POST", USERS, register),
        _data(f"{USERS}/activities", activities),
        _data(f"{USERS}/activities/{{date}}", activity, is_object=True),
        _data(f"{USERS}/sleep", nights),
        _data(f"{USERS}/sleep/{{date}}", night, is_object=True),
        _data(f"{USERS}/nightly-recharge", recharges),
        _data(f"{USERS}/nightly-recharge/{{date}}", recharge, is_object=True),
        _data(f"{USERS}/continuous-heart-rate", heart_days),
        _data(f"{USERS}/continuous-heart-rate/{{date}}", heart_day, is_object=True),
        _data(f"{USERS}/physical-info", physical_info),
        _data("/v3/exercises", exercises),
        _data("/v3/exercises/{id}", exercise, is_object=True),
        _data("/v3/exercises/{id}/fit", exercise_file, is_object=True),
        Route("GET", f"{USERS}/{{id}}", show),
        Route("DELETE", f"{USERS}/{{id}}", leave),
        Route("GET", HOOKS, show_webhook, auth="open"),
        Route("POST", HOOKS, make_webhook, auth="open", locks=False),
        Route("POST", f"{HOOKS}/activate", activate_webhook, auth="open"),
        Route("PATCH", f"{HOOKS}/{{id}}", change_webhook, auth="open", locks=False),
        Route("DELETE", f"{HOOKS}/{{id}}", remove_webhook, auth="open"),
    )
}
