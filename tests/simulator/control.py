"""The simulator's own API: who there is, what time it is, what shall happen."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.simulator import edits, signing, webhooks
from tests.simulator.grants import TESTING_LIFETIME
from tests.simulator.handshakes import Outgoing, Sent
from tests.simulator.messages import (
    HTML_TYPE,
    Answer,
    Call,
    Fault,
    Route,
    parsed_date,
    parsed_instant,
)
from tests.simulator.oauth import DIALECTS
from tests.simulator.pages import first_page
from tests.simulator.people import Person, Sleep
from tests.simulator.scenarios import AT_ONCE, KINDS
from tests.simulator.store import SLUGS, World
from tests.simulator.webhooks import Event

# What a change is called where something is gone.
GONE: Final = {"oura": "delete", "whoop": "deleted", "fitbit": "DELETE"}


# --- State -------------------------------------------------------------------------------------


def state(call: Call) -> Answer:
    world = call.world
    subscribers = world.subscribers
    return Answer(
        {
            "now": world.now().isoformat(),
            "clock": "real" if world.clock.is_real else "moved",
            "seed": world.seed,
            "app_url": world.app_url,
            "people": [_shown(world, person) for person in world.people.values()],
            "grants": {slug: [g.person for g in world.grants.of(slug)] for slug in SLUGS},
            "scenarios": [vars(scenario) for scenario in world.scenarios.all],
            "subscriptions": {
                "oura": [[s.event_type, s.data_type] for s in subscribers.oura.values()],
                "fitbit": [each.endpoint for each in subscribers.google.values()],
                "polar": subscribers.polar.url if subscribers.polar else None,
            },
            "backfills": [list(asked) for asked in subscribers.backfills],
            "google_public_key": signing.google_public_key(),
        }
    )


def _shown(world: World, person: Person) -> dict[str, Any]:
    today = world.today(person)
    numbers = world.numbers(person, today, "garmin") or {}
    _, night = _last_night(world, person)
    return {
        "id": person.id,
        "timezone": str(person.zone(today)),
        "first_day": person.first_day.isoformat(),
        "today": str(numbers.get("steps", "none")),
        "last_night": _span(person, night.start, night.end) if night else "none",
        "garmin_personal_key": person.personal_key,
        "connected": sorted({g.slug for g in world.grants.all if _lives(g, person)}),
        "user_ids": {slug: world.user_id(slug, person) for slug in SLUGS},
    }


def _lives(grant: Any, person: Person) -> bool:
    return grant.person == person.id and not grant.is_dead


def _span(person: Person, start: datetime, end: datetime) -> str:
    return f"{person.local(start):%H:%M}–{person.local(end):%H:%M}"


def day(call: Call) -> Answer:
    """A day as it is, without what makers make of it."""
    person, found = edits.person_and_day(call.world, call.query)
    return Answer(edits.shown_day(call.world, person, found))


def reset(call: Call) -> Answer:
    call.world.reset(int(call.json().get("seed", call.world.seed)))
    return state(call)


def set_app(call: Call) -> Answer:
    call.world.app_url = str(call.json().get("url", "")).rstrip("/")
    return Answer({"app_url": call.world.app_url})


# --- People and time ---------------------------------------------------------------------------


def add_person(call: Call) -> Answer:
    """Make somebody, or anew: id, timezone, days of history, gaps, travels."""
    given = call.json()
    name = str(given.get("id", ""))
    if not name.replace("-", "").isalnum():
        raise Fault(400, "id has letters, digits and dashes.")
    person = call.world.add_person(
        name,
        _zone(given.get("timezone", "Europe/Berlin")).key,
        days=int(given.get("days", 120)),
        has_gaps=bool(given.get("gaps", True)),
    )
    for travel in given.get("travels", []):
        since = parsed_date(travel["from"], "from")
        person.zones.append((since, _zone(travel["timezone"])))
    person.zones.sort(key=lambda zone: zone[0])
    return Answer(_shown(call.world, person), status=201)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise Fault(400, f"{name} is no time zone.") from None


def set_clock(call: Call) -> Answer:
    """Set it to `now`, where it then stands; or move it; or make it real again."""
    world, given = call.world, call.json()
    if given.get("real"):
        world.clock.be_real()
    if "now" in given:
        world.set_clock(parsed_instant(given["now"], "now"))
    world.clock.advance(
        timedelta(
            days=float(given.get("advance_days", 0)),
            seconds=float(given.get("advance_seconds", 0)),
        )
    )
    return Answer({"now": world.now().isoformat()})


# --- Edits -------------------------------------------------------------------------------------


def edit(about: str, change: Any, *, is_end: bool = False) -> Any:
    """A handler of an edit; with "tell", the app hears of it from every maker."""

    def handler(call: Call) -> Answer:
        given = {**call.query, **call.json()}
        with call.world.lock:
            shown = change(call.world, given)
            person, found = edits.person_and_day(call.world, given)
        if given.get("tell"):
            shown["told"] = tell(call, person, about, found.date, is_end=is_end)
        return Answer(shown)

    return handler


def tell(
    call: Call, person: Person, about: str, on: date, *, is_end: bool = False
) -> list[dict[str, Any]]:
    """Let every maker that somebody is connected to tell the app of a change."""
    world = call.world
    with world.lock:
        slugs = [slug for slug in SLUGS if world.grants.of(slug, person.id, keys=False)]
    answers = []
    for slug in slugs:
        for kind in webhooks.kinds_of(slug, about):
            options = {"event": GONE[slug]} if is_end and slug in GONE else {}
            event = Event(slug, person, kind, on, options=options)
            answers.append({"provider": slug, "kind": kind, **_delivered(call, event)})
    return answers


# --- Scenarios ---------------------------------------------------------------------------------


def add_scenario(call: Call) -> Answer:
    """provider, kind, and perhaps person, path, times; what else is given are its options."""
    given = call.json()
    provider, kind = given.pop("provider", ""), given.pop("kind", "")
    if provider not in SLUGS or kind not in KINDS:
        raise Fault(400, f"kind is one of {', '.join(sorted(KINDS))}.")
    person = given.pop("person", None) or ""
    if person:
        call.world.person(person)
    if kind in AT_ONCE:
        return Answer({"done": _at_once(call.world, provider, person, kind)})
    if kind == "testing_expiry":
        _expire_in_testing(call.world, provider, person)
    scenario = call.world.scenarios.add(
        kind=kind,
        provider=provider,
        person=person,
        path=given.pop("path", ""),
        times=given.pop("times", None),
        options=given,
    )
    return Answer(vars(scenario), status=201)


def _at_once(world: World, slug: str, person: str, kind: str) -> int:
    ended = [grant for grant in world.grants.of(slug, person) if grant.is_key]
    for grant in ended:
        grant.is_dead = True
    if kind == "jwt_dead":
        return len(ended)
    if slug == "garmin":
        # The keys are deleted too; who wants to go on makes a new one.
        for each in [world.person(person)] if person else world.people.values():
            each.personal_keys += 1
    return len(ended) + world.grants.end(slug, person)


def _expire_in_testing(world: World, slug: str, person: str) -> None:
    for grant in world.grants.of(slug, person):
        grant.refresh_ends_at = grant.made_at + TESTING_LIFETIME


def clear_scenarios(call: Call) -> Answer:
    given = {**call.query, **call.json()}
    names = ("provider", "kind", "person")
    which: dict[str, Any] = {name: given[name] for name in names if name in given}
    if "number" in given:
        which["number"] = int(given["number"])
    return Answer({"cleared": call.world.scenarios.clear(**which)})


# --- Webhooks ----------------------------------------------------------------------------------


def send_webhook(call: Call) -> Answer:
    """Tell the app something, and answer what it said.

    {provider, person, kind, date | object, options}, or {events: [...], order: "reversed"}: made
    in their order and sent in the other. Options are of tests/simulator/webhooks.py; further
    "replay" (the last request of this maker once more, byte for byte), "times" and "dry" (send
    nothing and show the request). Kind "backfill" of Garmin tells of all that was asked for.
    """
    given = call.json()
    if given.get("events"):
        prepared = [_prepared(call, each) for each in given["events"]]
        order = reversed(prepared) if given.get("order") == "reversed" else prepared
        return Answer({"answers": [_sent(call, event, request) for event, request in order]})
    if given.get("kind") == "backfill":
        return Answer({"answers": deliver_backfills(call)})
    event, request = _prepared(call, given)
    if event.option("dry"):
        return Answer(_described(request))
    answers = [_sent(call, event, request) for _ in range(int(event.option("times", 1)))]
    return Answer({**answers[-1], "answers": answers})


def _prepared(call: Call, given: dict[str, Any]) -> tuple[Event, Outgoing]:
    with call.world.lock:
        event = webhooks.event_of(call.world, given)
        last = call.world.last_sent.get(event.provider)
        if event.option("replay") and last:
            return event, last
        return event, webhooks.outgoing(call.world, event, origin=call.origin)


def _delivered(call: Call, event: Event) -> dict[str, Any]:
    with call.world.lock:
        request = webhooks.outgoing(call.world, event, origin=call.origin)
    return _sent(call, event, request)


def _sent(call: Call, event: Event, request: Outgoing) -> dict[str, Any]:
    call.world.last_sent[event.provider] = request
    sent: Sent = webhooks.deliver(call.world, event, request)
    return {"status": sent.status, "body": sent.body, "problem": sent.problem, "url": request.url}


def _described(request: Outgoing) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.decode(),
    }


def deliver_backfills(call: Call) -> list[dict[str, Any]]:
    """Ping of every backfill that Garmin has accepted and not yet told of."""
    world = call.world
    with world.lock:
        waiting = [asked for asked, is_told in world.subscribers.backfills.items() if not is_told]
        for asked in waiting:
            world.subscribers.backfills[asked] = True
    answers = []
    for name, kind, start, end in waiting:
        person = world.person(name)
        first, last = (
            person.local(datetime.fromtimestamp(at, person.zones[0][1])).date()
            for at in (start, end - 1)
        )
        event = Event("garmin", person, kind, last, options={"since": first.isoformat()})
        answers.append({"kind": kind, **_delivered(call, event)})
    return answers


# --- What was asked ----------------------------------------------------------------------------


def calls(call: Call) -> Answer:
    """The log, the oldest first; filters: provider, method, status, person, path (a part)."""
    wanted = {k: v for k, v in call.query.items() if k in {"provider", "method", "person"}}
    rows = [
        row
        for row in call.world.calls
        if all(row[name] == value for name, value in wanted.items())
        and call.query.get("path", "") in row["path"]
        and call.query.get("status", str(row["status"])) == str(row["status"])
    ]
    return Answer(
        {"count": len(rows), "most_at_once": dict(call.world.most_running), "calls": rows}
    )


def forget_calls(call: Call) -> Answer:
    call.world.calls.clear()
    call.world.most_running.clear()
    return Answer(status=204)


# --- The page of a newcomer --------------------------------------------------------------------


def home(call: Call) -> Answer:
    people = [_shown(call.world, person) for person in call.world.people.values()]
    page = first_page(
        origin=call.origin,
        app_url=call.world.app_url,
        people=people,
        told=call.query.get("told", ""),
        makers=", ".join(dialect.title for dialect in DIALECTS.values()),
    )
    return Answer(page, content_type=HTML_TYPE)


def _last_night(world: World, person: Person) -> tuple[date, Sleep | None]:
    """Of today; early in the morning, when nobody is up yet, of yesterday."""
    today = world.today(person)
    night = world.main_sleep(person, today)
    if night:
        return today, night
    return today - timedelta(days=1), world.main_sleep(person, today - timedelta(days=1))


def sleep_again(call: Call) -> Answer:
    """Let last night begin twenty minutes earlier, and tell the app."""
    world = call.world
    with world.lock:
        person = world.person(call.form().get("person", ""))
        on, night = _last_night(world, person)
        given: dict[str, Any] = {"person": person.id, "date": on.isoformat()}
        if night:
            start = night.start - timedelta(minutes=20)
            score = min(100, (night.score or 70) + 3)
            given |= {"start": start.isoformat(), "score": score}
        edits.edit_sleep(world, given)
    told = tell(call, person, "sleep", on)
    said = ", ".join(f"{each['provider']} {each['kind']}: {each['status']}" for each in told)
    call.query = {"told": f"{person.id} slept longer. Told: {said or 'nobody is connected'}."}
    return home(call)


PAGES: Final = (
    Route("GET", "/", home, auth="open"),
    Route("POST", "/sleep-again", sleep_again, auth="open", locks=False),
)
ROUTES: Final = (
    Route("GET", "/state", state, auth="open"),
    Route("POST", "/reset", reset, auth="open"),
    Route("POST", "/app", set_app, auth="open"),
    Route("POST", "/people", add_person, auth="open"),
    Route("POST", "/clock", set_clock, auth="open"),
    Route("GET", "/day", day, auth="open"),
    Route("POST", "/day", edit("day", edits.edit_day), auth="open", locks=False),
    Route("POST", "/sleep", edit("sleep", edits.edit_sleep), auth="open", locks=False),
    Route(
        "DELETE",
        "/sleep",
        edit("sleep", edits.delete_sleep, is_end=True),
        auth="open",
        locks=False,
    ),
    Route("POST", "/workout", edit("workout", edits.edit_workout), auth="open", locks=False),
    Route(
        "DELETE",
        "/workout",
        edit("workout", edits.delete_workout, is_end=True),
        auth="open",
        locks=False,
    ),
    Route("POST", "/scenario", add_scenario, auth="open"),
    Route("DELETE", "/scenario", clear_scenarios, auth="open"),
    Route("POST", "/webhook", send_webhook, auth="open", locks=False),
    Route("GET", "/calls", calls, auth="open"),
    Route("DELETE", "/calls", forget_calls, auth="open"),
)
