"""The server: which maker is meant, who asks, what is in the way, what is answered."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any, Final
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from tests.simulator import control, faces, garmin, google, oauth, oura, polar, whoop
from tests.simulator.messages import Answer, Call, Fault, Route
from tests.simulator.oauth import DIALECTS
from tests.simulator.scenarios import ON_CALLS, alter, disturb
from tests.simulator.store import World

LARGEST_BODY: Final = 20 * 1024 * 1024
# Garmin's partners wait for what they asked; it comes this long after the last of it.
BACKFILL_DELAY_S: Final = 1.0
# Addresses of the Fitbit Web API, which is gone.
OLD_FITBIT: Final = ("/1/", "/1.2/", "/oauth2/")
ROUTES: Final[Mapping[str, Mapping[str, tuple[Route, ...]]]] = {
    "fitbit": {**oauth.ROUTES, **google.ROUTES},
    "garmin": {k: v for k, v in {**oauth.ROUTES, **garmin.ROUTES}.items() if k != "revoke"},
    "oura": {**oauth.ROUTES, **oura.ROUTES},
    "whoop": {k: v for k, v in {**oauth.ROUTES, **whoop.ROUTES}.items() if k != "revoke"},
    "polar": {k: v for k, v in {**oauth.ROUTES, **polar.ROUTES}.items() if k != "revoke"},
    "__sim__": {"": control.ROUTES},
    "": {"": control.PAGES},
}


class Application:
    """The WSGI application of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        call = _call(self.world, environ)
        answer = self.answer(call)
        body = answer.encoded()
        headers = [("Content-Type", answer.content_type)] if body else []
        headers += [("Content-Length", str(len(body))), *answer.headers.items()]
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
        return [body]

    def answer(self, call: Call) -> Answer:
        if call.slug not in DIALECTS:
            return _tried(call, _controlled)
        path, query = f"/{call.slug}/{call.base}{call.path}", dict(call.query)
        world = self.world
        with world.lock:
            world.running[call.slug] += 1
            most = max(world.most_running[call.slug], world.running[call.slug])
            world.most_running[call.slug] = most
        try:
            answer = _tried(call, _served)
        finally:
            with world.lock:
                world.running[call.slug] -= 1
        row = {
            "time": world.now().isoformat(),
            "provider": call.slug,
            "method": call.method,
            "path": path,
            "query": query,
            "status": answer.status,
            "person": call.grant.person if call.grant else "",
        }
        world.calls.append(row)
        if answer.status == HTTPStatus.ACCEPTED and world.app_url:
            _backfill_soon(call)
        return answer


def _call(world: World, environ: dict[str, Any]) -> Call:
    # What the socket gives as latin-1 was UTF-8.
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
    slug, base, rest = _split(path)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    query: dict[str, str] = {}
    for name, value in parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True):
        query[name] = f"{query[name]} {value}" if name in query else value
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return Call(
        world=world,
        slug=slug,
        base=base,
        method=environ["REQUEST_METHOD"],
        path=rest,
        query=query,
        headers=headers,
        body=environ["wsgi.input"].read(min(length, LARGEST_BODY)),
        origin=f"http://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}",
    )


def _split(path: str) -> tuple[str, str, str]:
    """The maker, its base and what is behind it: /oura/api/v2/… is oura, api, /v2/…"""
    first, _, others = path.lstrip("/").partition("/")
    if first == "__sim__":
        return first, "", f"/{others}"
    if first in DIALECTS:
        base, slash, rest = others.partition("/")
        return first, base, (slash + rest).rstrip("/")
    return "", "", path


def _tried(call: Call, serve: Callable[[Call], Answer]) -> Answer:
    try:
        return serve(call)
    except Fault as fault:
        body = {"error": fault.message}
        if call.slug in DIALECTS:
            body = faces.worded(call.slug, call.base, fault)
        return Answer(body, fault.status, fault.headers)
    except Exception:  # noqa: BLE001 - a fault of the simulator must not look like a maker's
        trace = traceback.format_exc()
        sys.stderr.write(trace)
        return Answer({"simulator": trace.splitlines()[-1]}, 500)


def _route(call: Call) -> Route:
    routes = ROUTES[call.slug].get(call.base, ())
    matches = [(route, parts) for route in routes if (parts := route.match(call.path)) is not None]
    for route, parts in matches:
        if route.method == call.method:
            call.parts, call.is_for_object = parts, route.is_object
            return route
    raise Fault(405 if matches else 404)


def _controlled(call: Call) -> Answer:
    return _handled(call, _route(call))


def _handled(call: Call, route: Route) -> Answer:
    if not route.locks:
        return route.handler(call)
    with call.world.lock:
        return route.handler(call)


def _served(call: Call) -> Answer:
    """What a maker answers, in the order in which makers look at a request."""
    if call.slug == "fitbit" and (call.base == "legacy" or call.path.startswith(OLD_FITBIT)):
        raise Fault(410, "The Fitbit Web API has been switched off.")
    route = _route(call)
    if route.auth == "bearer":
        with call.world.lock:
            now = call.world.now()
            call.grant = call.world.grants.by_access(call.slug, call.bearer(), now)
            _require_kind(call)
        _count(call)
        if instead := disturb(call, ON_CALLS):
            return instead
        _require_grant(call, route)
    answer = _handled(call, route)
    return _with_limits(call, alter(call, answer)) if route.auth == "bearer" else answer


def _count(call: Call) -> None:
    """WHOOP's limit is counted always, and kept to while a scenario wants that."""
    with call.world.lock:
        limits = call.world.whoop_limits(counting=call.slug == "whoop")
        strict = call.world.scenarios.on("strict_limits", call.slug, "")
    if strict and limits["X-RateLimit-Remaining"] == "0":
        raise Fault(429, headers=limits)


def _require_kind(call: Call) -> None:
    """A JWT opens Garmin's personal API, a partner's token the other, and neither both."""
    if call.grant and call.grant.is_key != (call.base == "personal"):
        call.grant = None


def _require_grant(call: Call, route: Route) -> None:
    if call.grant is None:
        raise Fault(401, "The access token is invalid or has expired.")
    if route.scopes and not route.scopes & call.grant.scopes:
        raise Fault(403, "The token does not have the scope for this.")
    permissions = garmin.SUMMARIES.get(call.parts.get("kind", ""), ("", ""))[1]
    if call.slug == "garmin" and permissions and permissions not in call.grant.scopes:
        raise Fault(403, "The person has switched this permission off.")


def _with_limits(call: Call, answer: Answer) -> Answer:
    """WHOOP tells of its limits, which are those of the whole app, with every answer."""
    if call.slug != "whoop":
        return answer
    headers = {**answer.headers, **call.world.whoop_limits()}
    return Answer(answer.body, answer.status, headers, answer.content_type)


def _backfill_soon(call: Call) -> None:
    def deliver() -> None:
        if not call.world.stopping.wait(BACKFILL_DELAY_S):
            control.deliver_backfills(call)

    threading.Thread(target=deliver, daemon=True).start()


# --- The socket --------------------------------------------------------------------------------


class _Handler(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the log is at /__sim__/calls."""


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each request, on loopback alone: whoever reaches it may do anything."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, world: World, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.set_app(Application(world))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who hangs up has waited long enough; that is no news."""
