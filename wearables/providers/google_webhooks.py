"""What Google Health tells, and our one subscriber for all of our people.

It proves itself by a secret of ours or, once its public key is configured, by its signature.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from wearables.providers.base import (
    AlreadyDone,
    AppApi,
    Forged,
    IncomingWebhook,
    Notice,
    NotThere,
    Subscription,
    Unreadable,
    WebhookAnswer,
    WebhookKeys,
)
from wearables.providers.events import body_of, is_one_of, key_by_content
from wearables.providers.google_readings import civil_date
from wearables.providers.values import day, name_of, part, record, rows, text

_SIGNATURES: Final = ("x-healthapi-signature", "google-health-api-signature")
_RAW_SIGNATURE_BYTES: Final = 64
_SUBJECT: Final = "subscriber"
_NAME: Final = "numeneon"
# Types that can be subscribed to, of those that we read.
_TOLD: Final = frozenset(
    {
        "steps",
        "distance",
        "floors",
        "total-calories",
        "sleep",
        "exercise",
        "heart-rate",
        "daily-resting-heart-rate",
        "daily-heart-rate-variability",
        "daily-respiratory-rate",
    }
)
_MOST_DAYS: Final = timedelta(days=400)
# What the ends are called is not certain: it is shown in both ways.
_CIVIL_ENDS: Final = (("startTime", "endTime"), ("startDateTime", "endDateTime"))


# --- What comes in -----------------------------------------------------------------------------


def opened(request: IncomingWebhook, keys: WebhookKeys, *, known: frozenset[str]) -> WebhookAnswer:
    """Raises Forged and Unreadable. ``known`` are the data types that we read."""
    is_authorized = _is_authorized(request, keys)
    if not is_authorized and not _is_signed(request, keys):
        if _is_verification(request):
            # The second of its pair comes without our secret, and wants to be turned away.
            return WebhookAnswer(status=401)
        raise Forged
    body = body_of(request)
    if isinstance(body, dict) and body.get("type") == "verification":
        return WebhookAnswer(status=200 if is_authorized else 401)
    events = body if isinstance(body, list) else [body]
    notices = [notice for event in events for notice in _notices(record(event), known)]
    return WebhookAnswer(key=key_by_content(request), notices=tuple(notices))


def _is_authorized(request: IncomingWebhook, keys: WebhookKeys) -> bool:
    secrets = [keys.extras.get(name, "") for name in ("webhook_secret", "webhook_secret_old")]
    allowed = [form for secret in secrets if secret for form in (secret, f"Bearer {secret}")]
    return is_one_of(request.headers.get("authorization", ""), allowed)


def _is_verification(request: IncomingWebhook) -> bool:
    try:
        body = body_of(request)
    except Unreadable:
        return False
    return isinstance(body, dict) and body.get("type") == "verification"


def _is_signed(request: IncomingWebhook, keys: WebhookKeys) -> bool:
    configured = keys.extras.get("webhook_public_key", "")
    told = next((request.headers[name] for name in _SIGNATURES if request.headers.get(name)), "")
    if not configured or not told:
        return False
    try:
        key = load_pem_public_key(configured.replace("\\n", "\n").encode())
        signature = base64.b64decode(told.replace("-", "+").replace("_", "/"), validate=True)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(_der(signature), request.body, ec.ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def _der(signature: bytes) -> bytes:
    """As it is, or of the two bare numbers that some signers give."""
    if len(signature) != _RAW_SIGNATURE_BYTES:
        return signature
    half = _RAW_SIGNATURE_BYTES // 2
    return utils.encode_dss_signature(
        int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
    )


def _notices(event: Mapping[str, Any], known: frozenset[str]) -> Iterator[Notice]:
    """One for each interval. What we do not read is passed over."""
    data = part(event, "data")
    person, data_type = name_of(data.get("healthUserId")), text(data.get("dataType"))
    if data_type not in known:
        return
    for interval in rows({"intervals": None, **data}, "intervals"):
        first, last = _days(interval)
        yield Notice(
            external_user_id=person,
            kind="deleted" if data.get("operation") == "DELETE" else "changed",
            data_type=data_type,
            first=first.isoformat(),
            last=last.isoformat(),
        )


def _days(interval: Mapping[str, Any]) -> tuple[date, date]:
    """The person's days, as it names them; else all that they may be anywhere."""
    civil = part(interval, "civilDateTimeInterval")
    ends = next((names for names in _CIVIL_ENDS if names[0] in civil), None)
    if ends:
        first, last = (civil_date(part(civil, end).get("date")) for end in ends)
    else:
        physical = part(interval, "physicalTimeInterval")
        first = day(physical.get("startTime")) - timedelta(days=1)
        last = day(physical.get("endTime")) + timedelta(days=1)
    if not timedelta(0) <= last - first <= _MOST_DAYS:
        raise Unreadable
    return first, last


# --- What we have subscribed to ----------------------------------------------------------------


def kept(
    api: AppApi, *, url: str, known: Mapping[str, Subscription], data_types: Sequence[str]
) -> list[Subscription]:
    """One subscriber of the project; renewed where our secret or address is another one now.

    Needs a project and a token for it, and answers nothing without: its people are then polled.
    """
    project, secret = api.extras.get("project", ""), api.extras.get("webhook_secret", "")
    if not (project and secret and api.extras.get("service_token")):
        return []
    subscriber = _Subscriber(api, project, secret=secret, url=url, data_types=data_types)
    held = known.get(_SUBJECT)
    if held is not None and held.secret == subscriber.agreed and subscriber.is_there():
        return [held]
    subscriber.make()
    return [Subscription(subject=_SUBJECT, external_id=_NAME, secret=subscriber.agreed)]


class _Subscriber:
    """Ours in a project, and what Google is to know of it."""

    def __init__(
        self, api: AppApi, project: str, *, secret: str, url: str, data_types: Sequence[str]
    ) -> None:
        self._api, self._path = api, f"/v4/projects/{project}/subscribers"
        # Both are in what we keep: Google tells us neither again.
        self.agreed = f"{secret} {url}"
        self._headers = {"Authorization": f"Bearer {api.extras['service_token']}"}
        self._body = {
            "endpointUri": url,
            "subscriberConfigs": [
                {
                    "dataTypes": [name for name in data_types if name in _TOLD],
                    "subscriptionCreatePolicy": "AUTOMATIC",
                }
            ],
            # With its scheme: it is the whole header.
            "endpointAuthorization": {"secret": secret if " " in secret else f"Bearer {secret}"},
        }

    def is_there(self) -> bool:
        try:
            self._api.request("GET", f"{self._path}/{_NAME}", headers=self._headers)
        except NotThere:
            return False
        return True

    def make(self) -> None:
        """Or change the one that there is. Its handshake asks us for the secret."""
        try:
            self._send("POST", self._path, {"subscriberId": _NAME})
        except AlreadyDone:
            mask = "endpointUri,subscriberConfigs,endpointAuthorization"
            self._send("PATCH", f"{self._path}/{_NAME}", {"updateMask": mask})

    def _send(self, method: str, path: str, params: Mapping[str, str]) -> None:
        self._api.request(method, path, params=params, json=self._body, headers=self._headers)
