"""Google Health's subscribers, which are those of a whole project."""

from typing import Any, Final

from tests.simulator.handshakes import google_verification
from tests.simulator.messages import Answer, Call, Fault, Route
from tests.simulator.subscribers import GoogleSubscriber

IDS: Final = range(4, 37)


def _require_service(call: Call) -> None:
    """Any bearer will do that is no person's: service accounts are not simulated."""
    token = call.bearer()
    if not token or call.world.grants.holding("fitbit", token):
        raise Fault(401, "Request had invalid authentication credentials.")


def _shown(subscriber: GoogleSubscriber) -> dict[str, Any]:
    return {
        "name": f"projects/{subscriber.project}/subscribers/{subscriber.id}",
        "endpointUri": subscriber.endpoint,
        "subscriberConfigs": subscriber.configs,
        "endpointAuthorization": {"secretSet": True},
        "state": "ACTIVE",
    }


def _require_verified(endpoint: str, secret: str) -> None:
    if not google_verification(endpoint, secret):
        raise Fault(400, "Endpoint verification failed.", code="FAILED_PRECONDITION")


def list_subscribers(call: Call) -> Answer:
    _require_service(call)
    project = call.parts["project"]
    found = [s for s in call.world.subscribers.google.values() if s.project == project]
    return Answer({"subscribers": [_shown(each) for each in found]})


def subscribe(call: Call) -> Answer:
    _require_service(call)
    given, name = call.json(), call.query.get("subscriberId", "")
    secret = (given.get("endpointAuthorization") or {}).get("secret", "")
    endpoint = given.get("endpointUri", "")
    if len(name) not in IDS or not endpoint or " " not in secret:
        raise Fault(400, "Invalid subscriber.", code="INVALID_ARGUMENT")
    if name in call.world.subscribers.google:
        raise Fault(409, "The subscriber exists.", code="ALREADY_EXISTS")
    _require_verified(endpoint, secret)
    made = GoogleSubscriber(
        id=name,
        project=call.parts["project"],
        endpoint=endpoint,
        secret=secret,
        configs=given.get("subscriberConfigs") or [],
    )
    with call.world.lock:
        call.world.subscribers.google[name] = made
    return Answer(_shown(made))


def _subscriber(call: Call) -> GoogleSubscriber:
    _require_service(call)
    found = call.world.subscribers.google.get(call.parts["id"])
    if found is None:
        raise Fault(404, "Requested entity was not found.")
    return found


def show_subscriber(call: Call) -> Answer:
    return Answer(_shown(_subscriber(call)))


def change_subscriber(call: Call) -> Answer:
    """What the mask names, or all that is given; the endpoint is verified again."""
    subscriber, given = _subscriber(call), call.json()
    mask = call.query.get("updateMask", "") or ",".join(given)
    authorization = given.get("endpointAuthorization") or {}
    with_secret = "endpointAuthorization" in mask and authorization.get("secret")
    secret = with_secret or subscriber.secret
    endpoint = given.get("endpointUri", "") if "endpointUri" in mask else subscriber.endpoint
    _require_verified(endpoint, secret)
    with call.world.lock:
        subscriber.secret, subscriber.endpoint = secret, endpoint
        if "subscriberConfigs" in mask:
            subscriber.configs = given.get("subscriberConfigs") or []
    return Answer(_shown(subscriber))


def unsubscribe(call: Call) -> Answer:
    del call.world.subscribers.google[_subscriber(call).id]
    return Answer({})


PATH: Final = "/v4/projects/{project}/subscribers"
ROUTES: Final = (
    Route("GET", PATH, list_subscribers, auth="open"),
    Route("POST", PATH, subscribe, auth="open", locks=False),
    Route("GET", f"{PATH}/{{id}}", show_subscriber, auth="open"),
    Route("PATCH", f"{PATH}/{{id}}", change_subscriber, auth="open", locks=False),
    Route("DELETE", f"{PATH}/{{id}}", unsubscribe, auth="open"),
)
