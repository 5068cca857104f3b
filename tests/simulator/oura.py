"""Oura API v2, from Oura's side: documents, heart rates, subscriptions."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from tests.simulator.handshakes import oura_challenge
from tests.simulator.messages import Answer, Call, Fault, Route, page
from tests.simulator.oauth import is_client
from tests.simulator.people import Person, Sleep
from tests.simulator.store import World
from tests.simulator.subscribers import OuraSubscription

DOCUMENTS_A_PAGE: Final = 20
SAMPLES_A_PAGE: Final = 1000
LONGEST_HEART_RATE: Final = timedelta(days=30)
SUBSCRIPTION_LIFETIME: Final = timedelta(days=90)
EVENTS: Final = ("create", "update", "delete")
DATA_TYPES: Final = frozenset(
    {
        *("tag", "enhanced_tag", "workout", "session", "sleep", "daily_sleep", "daily_readiness"),
        *("daily_activity", "daily_spo2", "sleep_time", "rest_mode_period", "ring_configuration"),
        *("daily_stress", "daily_cardiovascular_age", "daily_resilience", "vo2_max", "meal"),
    }
)
PHASES: Final = {"deep": "1", "light": "2", "rem": "3", "awake": "4"}
SPORTS: Final = {"running": "running", "cycling": "cycling", "strength": "strength_training"}
# The activity day of a ring begins at four in the morning.
DAY_BEGINS: Final = time(4)

Document = dict[str, Any]


def personal_info(call: Call) -> Answer:
    said: Document = {"id": call.world.user_id("oura", call.person), "age": 34, "weight": 71.5}
    said |= {"height": 1.74, "biological_sex": "female"}
    if call.grant and "email" in call.grant.scopes:
        said["email"] = f"{call.person.id}@example.com"
    return Answer(said)


# --- Documents ---------------------------------------------------------------------------------


def daily_activities(world: World, person: Person, call: Call) -> Iterator[Document]:
    first, last = _range(call)
    for on in world.dates(person, first, last):
        said = world.numbers(person, on, "oura")
        if said is None:
            continue
        yield {
            "id": world.uuid("oura", person, f"{on}:activity"),
            "day": on.isoformat(),
            "timestamp": person.local(person.at(on, DAY_BEGINS)).isoformat(),
            "score": 84,
            "steps": said["steps"],
            "equivalent_walking_distance": said["distance_m"],
            "active_calories": said["active_kcal"],
            "total_calories": said["total_kcal"],
            "low_activity_time": said["light_s"],
            "medium_activity_time": said["moderate_s"],
            "high_activity_time": said["vigorous_s"],
            "non_wear_time": max(0, 86_400 - (said["worn_s"] or 0)),
            "average_met_minutes": 1.5,
            "inactivity_alerts": 1,
            "target_calories": 450,
            "target_meters": 9000,
            "contributors": {"meet_daily_targets": 78, "move_every_hour": 95},
            "class_5_min": None,
        }


def sleeps(world: World, person: Person, call: Call) -> Iterator[Document]:
    first, last = _range(call)
    for sleep in world.sleeps(person, first, last, gone=True, rests=True):
        yield sleep_document(world, person, sleep)


def sleep_document(world: World, person: Person, sleep: Sleep) -> Document:
    start, end = person.local(sleep.start), person.local(sleep.end)
    said: Document = {
        "id": world.uuid("oura", person, sleep.key),
        "day": end.date().isoformat(),
        "bedtime_start": start.isoformat(timespec="milliseconds"),
        "bedtime_end": end.isoformat(timespec="milliseconds"),
        "type": _type_of(sleep),
        "period": 1 if sleep.is_nap else 0,
        "time_in_bed": sum(sleep.seconds.values()),
        "sleep_algorithm_version": "v2",
        "sleep_analysis_reason": "foreground_sleep_analysis",
    }
    if sleep.changed_at > sleep.end:
        said["sleep_analysis_reason"] = "bedtime_edit"
    if sleep.kind == "rest" or sleep.is_deleted:
        return said
    said |= {
        "total_sleep_duration": sleep.asleep_s,
        "awake_time": sleep.seconds["awake"],
        "average_hrv": sleep.hrv_ms,
        "average_breath": sleep.breaths,
        "lowest_heart_rate": sleep.lowest_bpm,
        "average_heart_rate": sleep.lowest_bpm + 5.5,
        "efficiency": round(100 * sleep.asleep_s / sum(sleep.seconds.values())),
        "latency": 480,
        "restless_periods": 112,
        "heart_rate": _series(world, person, sleep),
    }
    if sleep.has_stages:
        for stage in ("deep", "light", "rem"):
            said[f"{stage}_sleep_duration"] = sleep.seconds[stage]
        said["sleep_phase_5_min"] = _phases(sleep)
    return said


def _type_of(sleep: Sleep) -> str:
    if sleep.is_deleted:
        return "deleted"
    if sleep.kind == "rest":
        return "rest"
    if sleep.is_nap:
        return "late_nap"
    return "long_sleep" if sleep.asleep_s >= 3 * 3600 else "sleep"


def _series(world: World, person: Person, sleep: Sleep) -> Document:
    items = [bpm for _, bpm in world.heart(person, sleep.start, sleep.end, step_s=300)]
    start = person.local(sleep.start).isoformat(timespec="milliseconds")
    return {"interval": 300, "items": items, "timestamp": start}


def _phases(sleep: Sleep) -> str:
    spans = list(sleep.hypnogram())
    steps = range(0, sum(sleep.seconds.values()), 300)
    moments = [sleep.start + timedelta(seconds=step) for step in steps]
    return "".join(
        next(PHASES[stage] for stage, start, end in spans if start <= at < end) for at in moments
    )


def daily_sleeps(world: World, person: Person, call: Call) -> Iterator[Document]:
    first, last = _range(call)
    for on in world.dates(person, first, last):
        sleep = world.main_sleep(person, on)
        if sleep:
            yield {
                "id": world.uuid("oura", person, f"{on}:daily_sleep"),
                "day": on.isoformat(),
                "timestamp": person.local(person.starts(on)).isoformat(),
                "score": sleep.score,
                "contributors": {"deep_sleep": 80, "efficiency": 91, "latency": 75},
            }


def daily_readinesses(world: World, person: Person, call: Call) -> Iterator[Document]:
    for said in daily_sleeps(world, person, call):
        name = world.uuid("oura", person, f"{said['day']}:readiness")
        yield said | {"id": name, "score": 81, "temperature_deviation": -0.1}


def workouts(world: World, person: Person, call: Call) -> Iterator[Document]:
    first, last = _range(call)
    for workout in world.workouts(person, first, last):
        start = person.local(workout.start)
        yield {
            "id": world.uuid("oura", person, workout.key),
            "day": start.date().isoformat(),
            "activity": SPORTS[workout.sport],
            "start_datetime": start.isoformat(timespec="milliseconds"),
            "end_datetime": person.local(workout.end).isoformat(timespec="milliseconds"),
            "calories": float(workout.kcal),
            "distance": float(workout.distance_m) if workout.distance_m else None,
            "intensity": "moderate",
            "label": None,
            "source": "confirmed",
        }


def nothing(world: World, person: Person, call: Call) -> Iterator[Document]:
    """Of what these people do not have."""
    _range(call)
    yield from ()


Reader = Callable[[World, Person, Call], Iterator[Document]]
# Each with the scopes that open it.
COLLECTIONS: Final[dict[str, tuple[Reader, frozenset[str]]]] = {
    "daily_activity": (daily_activities, frozenset({"daily"})),
    "daily_sleep": (daily_sleeps, frozenset({"daily"})),
    "daily_readiness": (daily_readinesses, frozenset({"daily"})),
    "sleep": (sleeps, frozenset({"daily"})),
    "workout": (workouts, frozenset({"workout"})),
    "daily_spo2": (nothing, frozenset({"spo2", "spo2Daily"})),
    "session": (nothing, frozenset({"session"})),
    "daily_stress": (nothing, frozenset({"daily", "stress"})),
}


def _range(call: Call) -> tuple[Any, Any]:
    """The days that were asked for, both ends in it; without, yesterday and today."""
    last = call.day("end_date", call.world.today(call.person), status=422)
    first = call.day("start_date", last - timedelta(days=1), status=422)
    if first > last:
        raise Fault(400, "start_date is after end_date.")
    return first, last


def documents(name: str) -> Callable[[Call], Answer]:
    def listed(call: Call) -> Answer:
        found = list(COLLECTIONS[name][0](call.world, call.person, call))
        token = call.query.get("next_token", "")
        rows, following = page(found, size=DOCUMENTS_A_PAGE, token=token)
        kept = set(call.query.get("fields", "").split(",")) - {""}
        shown = [{k: v for k, v in row.items() if not kept or k in kept | {"id"}} for row in rows]
        return Answer({"data": shown, "next_token": following or None})

    return listed


def document(name: str) -> Callable[[Call], Answer]:
    def shown(call: Call) -> Answer:
        world, person = call.world, call.person
        whole = {"start_date": person.first_day.isoformat(), "end_date": ""}
        call.query = whole
        for row in COLLECTIONS[name][0](world, person, call):
            if row["id"] == call.parts["id"] and row.get("type") != "deleted":
                return Answer(row)
        raise Fault(404, "Document not found.")

    return shown


# --- Heart rates -------------------------------------------------------------------------------


def heart_rates(call: Call) -> Answer:
    world, person = call.world, call.person
    end = call.moment("end_datetime", world.now(), status=422)
    start = call.moment("start_datetime", end - timedelta(days=1), status=422)
    if start > end or end - start > LONGEST_HEART_RATE:
        raise Fault(400, "The range of start_datetime and end_datetime cannot be served.")
    found = [
        _sample(at, bpm, world, person)
        for at, bpm in world.heart(person, start, end, step_s=300)
        if bpm is not None
    ]
    if call.query.get("latest"):
        return Answer({"data": found[-1:], "next_token": None})
    rows, following = page(found, size=SAMPLES_A_PAGE, token=call.query.get("next_token", ""))
    return Answer({"data": list(rows), "next_token": following or None})


def _sample(at: datetime, bpm: int, world: World, person: Person) -> Document:
    day = person.day(person.local(at).date())
    asleep = any(sleep.start <= at < sleep.end for sleep in day.sleeps)
    training = any(workout.start <= at < workout.end for workout in day.workouts)
    source = "workout" if training else "sleep" if asleep else "awake"
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    unix = int(at.timestamp() * 1000)
    return {"timestamp": stamp, "timestamp_unix": unix, "bpm": bpm, "source": source}


# --- Subscriptions -----------------------------------------------------------------------------


def _require_client(call: Call) -> None:
    given = call.headers.get("x-client-id", ""), call.headers.get("x-client-secret", "")
    if not is_client("oura", given):
        raise Fault(401, "x-client-id and x-client-secret are not those of a client.")


def _shown(subscription: OuraSubscription) -> Document:
    return {
        "id": subscription.id,
        "callback_url": subscription.callback_url,
        "event_type": subscription.event_type,
        "data_type": subscription.data_type,
        "expiration_time": subscription.ends_at.isoformat(timespec="milliseconds"),
    }


def list_subscriptions(call: Call) -> Answer:
    _require_client(call)
    now = call.world.now()
    return Answer([_shown(s) for s in call.world.subscribers.oura.values() if s.ends_at > now])


def subscribe(call: Call) -> Answer:
    """Make one, or with an id change one; either way the callback has to know its token."""
    _require_client(call)
    world, given = call.world, call.json()
    said = {
        k: given.get(k) for k in ("callback_url", "verification_token", "event_type", "data_type")
    }
    missing = [key for key, value in said.items() if not isinstance(value, str) or not value]
    if missing or said["event_type"] not in EVENTS or said["data_type"] not in DATA_TYPES:
        at = missing[0] if missing else "event_type"
        raise Fault(422, "field required", code=at)
    with world.lock:
        name = call.parts.get("id", "") or str(uuid.uuid4())
        same = (said["event_type"], said["data_type"])
        others = [
            s for s in _living(world) if (s.event_type, s.data_type) == same and s.id != name
        ]
    if others:
        raise Fault(409, "There is a subscription of this event and data type.")
    if not oura_challenge(said["callback_url"], said["verification_token"]):
        raise Fault(400, "The callback did not answer the challenge.")
    with world.lock:
        made = OuraSubscription(
            id=name,
            callback_url=said["callback_url"],
            event_type=said["event_type"],
            data_type=said["data_type"],
            ends_at=world.now() + SUBSCRIPTION_LIFETIME,
        )
        world.subscribers.oura[made.id] = made
    return Answer(_shown(made), status=200 if "id" in call.parts else 201)


def _living(world: World) -> list[OuraSubscription]:
    return [s for s in world.subscribers.oura.values() if s.ends_at > world.now()]


def _subscription(call: Call) -> OuraSubscription:
    _require_client(call)
    found = call.world.subscribers.oura.get(call.parts["id"])
    if found is None or found.ends_at <= call.world.now():
        raise Fault(404, "No such subscription.")
    return found


def show_subscription(call: Call) -> Answer:
    return Answer(_shown(_subscription(call)))


def renew_subscription(call: Call) -> Answer:
    subscription = _subscription(call)
    subscription.ends_at = call.world.now() + SUBSCRIPTION_LIFETIME
    return Answer(_shown(subscription))


def change_subscription(call: Call) -> Answer:
    with call.world.lock:
        _subscription(call)
    return subscribe(call)


def unsubscribe(call: Call) -> Answer:
    del call.world.subscribers.oura[_subscription(call).id]
    return Answer(status=204)


DATA: Final = "/v2/usercollection"
HOOKS: Final = "/v2/webhook/subscription"
ROUTES: Final = {
    "api": (
        Route("GET", f"{DATA}/personal_info", personal_info, frozenset({"personal", "email"})),
        Route("GET", f"{DATA}/heartrate", heart_rates, frozenset({"heartrate"})),
        *(
            Route("GET", f"{DATA}/{name}", documents(name), scopes)
            for name, (_, scopes) in COLLECTIONS.items()
        ),
        *(
            Route("GET", f"{DATA}/{name}/{{id}}", document(name), scopes, is_object=True)
            for name, (_, scopes) in COLLECTIONS.items()
        ),
        Route("GET", HOOKS, list_subscriptions, auth="open"),
        Route("POST", HOOKS, subscribe, auth="open", locks=False),
        Route("PUT", f"{HOOKS}/renew/{{id}}", renew_subscription, auth="open"),
        Route("GET", f"{HOOKS}/{{id}}", show_subscription, auth="open"),
        Route("PUT", f"{HOOKS}/{{id}}", change_subscription, auth="open", locks=False),
        Route("DELETE", f"{HOOKS}/{{id}}", unsubscribe, auth="open"),
    )
}
