"""Telling the app: events as each maker writes and signs them, and as nobody should."""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from tests.simulator import garmin, signing
from tests.simulator.google_types import civil, stamp
from tests.simulator.handshakes import Outgoing, Sent
from tests.simulator.messages import Fault, parsed_date
from tests.simulator.oauth import client_of
from tests.simulator.people import Person
from tests.simulator.store import World

# What an operator tells the makers in their portals; the others are told by subscribing.
ADDRESSES: Final = {"garmin": "/webhooks/garmin/?token=garmin-webhook-token"}
GOOGLE_SECRET: Final = "Bearer fitbit-webhook-secret"
POLAR_SECRET: Final = "polar-webhook-secret"
FOREIGN: Final = "https://metadata.example/wellness-api/rest/dailies?token=stolen"
STALE_S: Final = 3600
LARGE_BYTES: Final = 10 * 1024 * 1024


@dataclass(frozen=True)
class Event:
    """What a maker wants to tell. ``options`` is how, in ways that are wrong too."""

    provider: str
    person: Person
    kind: str
    date: date
    object: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)

    def option(self, name: str, default: Any = "") -> Any:
        return self.options.get(name, default)


def event_of(world: World, given: Mapping[str, Any]) -> Event:
    """From the JSON of the control API; the person is the first one, the date their today."""
    provider = given.get("provider", "")
    if provider not in BUILDERS:
        raise Fault(400, f"provider is one of {', '.join(BUILDERS)}.")
    person = world.person(given.get("person") or next(iter(world.people)))
    on = given.get("date")
    return Event(
        provider=provider,
        person=person,
        kind=given.get("kind") or "sleep",
        date=parsed_date(on, "date") if on else world.today(person),
        object=given.get("object") or "",
        options=given.get("options") or {},
    )


# --- What it says ------------------------------------------------------------------------------


def _oura(world: World, event: Event) -> dict[str, Any]:
    return {
        "event_type": event.option("event", "update"),
        "data_type": event.kind,
        "object_id": event.object or _object_at_oura(world, event),
        "event_time": world.now().isoformat(timespec="milliseconds"),
        "user_id": event.option("user_id") or world.user_id("oura", event.person),
    }


def _object_at_oura(world: World, event: Event) -> str:
    about = {"sleep": "main", "workout": "workout", "daily_activity": "activity"}
    about |= {"daily_readiness": "readiness"}
    return world.uuid("oura", event.person, f"{event.date}:{about.get(event.kind, event.kind)}")


def _whoop(world: World, event: Event) -> dict[str, Any]:
    # A recovery is told by the id of its sleep.
    about = "workout" if event.kind == "workout" else "main"
    usual = world.uuid("whoop", event.person, f"{event.date}:{about}")
    return {
        "user_id": int(event.option("user_id") or world.user_id("whoop", event.person)),
        "id": event.object or usual,
        "type": f"{event.kind}.{event.option('event', 'updated')}",
        "trace_id": event.option("trace_id") or secrets.token_hex(16),
    }


def _google(world: World, event: Event) -> Any:
    person = event.person
    start, end = person.starts(event.date), person.starts(event.date + timedelta(days=1))
    if event.kind == "sleep":
        for sleep in world.sleeps(person, event.date, event.date, gone=True):
            start, end = min(start, sleep.start), max(start, sleep.end)
    first, last = civil(person, start), civil(person, end)
    local = [person.local(at).isoformat()[:19] for at in (start, end)]
    data = {
        "version": "1",
        "clientProvidedSubscriptionName": "",
        "healthUserId": event.option("user_id") or world.user_id("fitbit", person),
        "operation": event.option("event", "UPSERT"),
        "dataType": event.kind,
        "intervals": [
            {
                "physicalTimeInterval": {"startTime": stamp(start), "endTime": stamp(end)},
                "civilDateTimeInterval": {"startDateTime": first, "endDateTime": last},
                "civilIso8601TimeInterval": {"startTime": local[0], "endTime": local[1]},
            }
        ],
    }
    return [{"data": data}] if event.option("as_array") else {"data": data}


def _garmin(world: World, event: Event) -> dict[str, Any]:
    """A ping by default; "mode": "push" brings the data along."""
    user = event.option("user_id") or world.user_id("garmin", event.person)
    if event.kind == "deregistrations":
        return {"deregistrations": [{"userId": user}]}
    if event.kind in {"permissions", "userPermissionsChange"}:
        left = event.option("permissions", ["ACTIVITY_EXPORT"])
        return {"userPermissionsChange": [{"userId": user, "permissions": left}]}
    kind = {"sleep": "sleeps"}.get(event.kind, event.kind)
    if kind not in garmin.SUMMARIES:
        raise Fault(400, f"kind is one of {', '.join(garmin.SUMMARIES)}.")
    first = parsed_date(event.option("since", event.date.isoformat()), "since")
    if event.option("mode") == "push":
        found = garmin.summaries(world, event.person, kind, first, event.date)
        return {kind: [summary | {"userId": user} for summary in found]}
    url = event.option("foreign_callback")
    url = FOREIGN if url is True else url
    base = event.option("api_base")
    pull = garmin.pull_url(world, event.person, kind, first=first, last=event.date, base=base)
    return {kind: [{"userId": user, "callbackURL": url or pull}]}


def _polar(world: World, event: Event) -> dict[str, Any]:
    names = {
        "sleep": "SLEEP",
        "activity": "ACTIVITY_SUMMARY",
        "heart_rate": "CONTINUOUS_HEART_RATE",
    }
    name = names.get(event.kind, event.kind.upper())
    said: dict[str, Any] = {
        "event": name,
        "user_id": int(event.option("user_id") or world.user_id("polar", event.person)),
        "timestamp": world.now().isoformat()[:19] + "Z",
    }
    base = "https://www.polaraccesslink.com/v3"
    if name == "PING":
        return {"event": "PING"}
    if name == "EXERCISE":
        number = world.integer("polar", event.person, f"{event.date}:workout", digits=8)
        entity = event.object or f"{number:x}"
        return said | {"entity_id": entity, "url": f"{base}/exercises/{entity}"}
    return said | {"date": event.date.isoformat(), "url": f"{base}/users/{name.lower()}"}


BUILDERS: Final[dict[str, Callable[[World, Event], Any]]] = {
    "oura": _oura,
    "whoop": _whoop,
    "fitbit": _google,
    "garmin": _garmin,
    "polar": _polar,
}


# --- How it is proven --------------------------------------------------------------------------


def _headers(world: World, event: Event, signed: bytes) -> dict[str, str]:
    """Of a maker; times are those of the clock on the wall, which the app compares with."""
    at = time.time() - (STALE_S if event.option("stale") else 0)
    secret = event.option("secret") or client_of(event.provider)[1]
    match event.provider:
        case "oura":
            sent = str(int(at))
            return {
                "x-oura-timestamp": sent,
                "x-oura-signature": signing.oura(secret, sent, signed),
            }
        case "whoop":
            sent = str(int(at * 1000))
            signature = signing.whoop(secret, sent, signed)
            return {"X-WHOOP-Signature-Timestamp": sent, "X-WHOOP-Signature": signature}
        case "fitbit":
            return _google_headers(world, event, signed)
        case "garmin":
            return {"garmin-client-id": event.option("client_id") or client_of("garmin")[0]}
    if event.kind.upper() == "PING":
        return {"Polar-Webhook-Event": "PING"}
    webhook = world.subscribers.polar
    secret = event.option("secret") or (webhook.secret if webhook else POLAR_SECRET)
    return {"Polar-Webhook-Signature": signing.polar(secret, signed)}


def _google_headers(world: World, event: Event, signed: bytes) -> dict[str, str]:
    signature = signing.google(signed)
    names = ("X-HEALTHAPI-SIGNATURE", "GOOGLE-HEALTH-API-SIGNATURE")
    headers = dict.fromkeys(names, signature)
    if event.option("signature") == "none":
        headers = {}
    subscriber = next(iter(world.subscribers.google.values()), None)
    usual = subscriber.secret if subscriber else GOOGLE_SECRET
    told = event.option("authorization", usual)
    return headers | ({"Authorization": told} if told else {})


def _spoiled(headers: dict[str, str], option: Callable[..., Any]) -> dict[str, str]:
    """With another signature, where one is wished for, and perhaps another content type."""
    kind = option("wrong_content_type")
    content_type = "text/plain" if kind is True else kind or "application/json"
    if option("bad_signature"):
        headers = {name: _forged(name, value) for name, value in headers.items()}
    return headers | {"Content-Type": content_type}


def _forged(name: str, value: str) -> str:
    known = {"Authorization": "Bearer guessed", "garmin-client-id": "somebody-else"}
    if "timestamp" in name.lower():
        return value
    return known.get(name, "A" * len(value))


def outgoing(world: World, event: Event, *, origin: str) -> Outgoing:
    """The request that tells the app of an event."""
    base = f"{origin}/garmin/api"
    event = replace(event, options={"api_base": base, **event.options})
    said = BUILDERS[event.provider](world, event)
    if event.option("large") and isinstance(said, dict):
        said["padding"] = "x" * LARGE_BYTES
    body = json.dumps(said, separators=(",", ":")).encode()
    # The same JSON, and not the same bytes.
    signed = json.dumps(said, indent=1).encode() if event.option("reserialized") else body
    headers = _spoiled(_headers(world, event, signed), event.option)
    return Outgoing("POST", event.option("url") or address(world, event), headers, body)


def address(world: World, event: Event) -> str:
    """Where the app wants to hear it: as it subscribed, else where it usually listens."""
    subscribers = world.subscribers
    if event.provider == "oura":
        wanted = (event.option("event", "update"), event.kind)
        for each in subscribers.oura.values():
            if (each.event_type, each.data_type) == wanted and each.ends_at > world.now():
                return each.callback_url
    if event.provider == "fitbit" and subscribers.google:
        return next(iter(subscribers.google.values())).endpoint
    if event.provider == "polar" and subscribers.polar:
        return subscribers.polar.url
    usual = ADDRESSES.get(event.provider, f"/webhooks/{event.provider}/")
    return f"{world.app_url}{usual}"


def deliver(world: World, event: Event, request: Outgoing) -> Sent:
    """Send it; Oura ends a subscription whose callback says that it is gone."""
    if not urlsplit(request.url).netloc:
        return Sent(0, problem="Nobody listens: the simulator was started without --app-url.")
    sent = request.send()
    if sent.status == 410 and event.provider == "oura":
        with world.lock:
            living = world.subscribers.oura
            for each in [s for s in living.values() if s.callback_url == request.url]:
                del living[each.id]
    return sent


def kinds_of(provider: str, about: str) -> list[str]:
    """Which events a change of a night or of a day is, at a maker."""
    return {
        "fitbit": {"sleep": ["sleep"], "day": ["steps"], "workout": ["exercise"]},
        "garmin": {"sleep": ["sleeps", "hrv"], "day": ["dailies"], "workout": ["activities"]},
        "oura": {
            "sleep": ["sleep", "daily_sleep"],
            "day": ["daily_activity"],
            "workout": ["workout"],
        },
        "whoop": {"sleep": ["sleep", "recovery"], "day": [], "workout": ["workout"]},
        "polar": {"sleep": ["sleep"], "day": ["activity"], "workout": ["exercise"]},
    }[provider][about]
