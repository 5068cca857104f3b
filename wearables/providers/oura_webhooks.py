"""What Oura tells by webhook, and our subscriptions: one for each event of each data type."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

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
from wearables.providers.events import body_of, is_one_of
from wearables.providers.values import instant, moment, name_of, path_part, record, rows, text

_EVENTS: Final = ("create", "update", "delete")
# There is none for heart rate.
_TOLD: Final = ("daily_activity", "daily_sleep", "sleep", "workout")
# Documents of a day: one that is deleted is followed by another, and says not of which day.
_OF_DAYS: Final = frozenset({"daily_activity", "daily_sleep"})
_DAYS_AGAIN: Final = timedelta(days=7)
_TOLERANCE: Final = timedelta(minutes=5)
_SUBSCRIPTIONS: Final = "/v2/webhook/subscription"
# They last for about a month.
_RENEWED_BEFORE: Final = timedelta(days=7)


# --- What comes in -----------------------------------------------------------------------------


def opened(request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
    """Raises Forged and Unreadable."""
    if request.method == "GET":
        return _handshake(request, keys)
    _refuse_forged(request, keys)
    body = record(body_of(request))
    data_type, event = text(body.get("data_type")), text(body.get("event_type"))
    if data_type not in _TOLD or event not in _EVENTS:
        return WebhookAnswer()
    return WebhookAnswer(
        key=_key(request, body), notices=(_notice(body, event, request.received_at),)
    )


def _handshake(request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
    token = keys.extras.get("webhook_token", "")
    if not is_one_of(request.query.get("verification_token", ""), [token]):
        raise Forged
    return WebhookAnswer(status=200, body={"challenge": request.query.get("challenge", "")})


def _refuse_forged(request: IncomingWebhook, keys: WebhookKeys) -> None:
    told_at = request.headers.get("x-oura-timestamp", "")
    signed = told_at.encode("utf-8", "replace") + request.body
    signature = hmac.new(keys.client_secret.encode(), signed, hashlib.sha256).hexdigest()
    given = request.headers.get("x-oura-signature", "").strip().lower()
    if not keys.client_secret or not is_one_of(given, [signature]):
        raise Forged
    try:
        age = request.received_at - moment(told_at)
    except Unreadable:
        raise Forged from None
    if abs(age) > _TOLERANCE:
        raise Forged


def _key(request: IncomingWebhook, body: Mapping[str, Any]) -> str:
    """An event names its own time; one that does not is told by when it was sent."""
    when = text(body.get("event_time")) or request.headers.get("x-oura-timestamp", "")
    names = ("user_id", "data_type", "event_type", "object_id")
    said = "\n".join([*(text(body.get(name)) for name in names), when])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _notice(body: Mapping[str, Any], event: str, now: datetime) -> Notice:
    person, data_type = name_of(body.get("user_id")), text(body.get("data_type"))
    if event == "delete" and data_type in _OF_DAYS:
        return Notice(
            external_user_id=person,
            data_type=data_type,
            first=(now - _DAYS_AGAIN).date().isoformat(),
            last=(now + timedelta(days=1)).date().isoformat(),
        )
    return Notice(
        external_user_id=person,
        kind="deleted" if event == "delete" else "changed",
        data_type=data_type,
        object_id=path_part(body.get("object_id")),
    )


# --- What we have subscribed to ----------------------------------------------------------------


def kept(api: AppApi, *, url: str, now: datetime) -> list[Subscription]:
    """Adopt what there is, have it lead here, renew what ends soon, and make what lacks.

    Needs a token for the handshake, and answers nothing without: its people are then polled.
    """
    token = api.extras.get("webhook_token", "")
    if not token:
        return []
    desk = _Desk(api, url=url, token=token)
    held = {(text(row.get("event_type")), text(row.get("data_type"))): row for row in desk.all()}
    subscriptions = []
    for data_type in _TOLD:
        for event in _EVENTS:
            row = desk.kept(event, data_type, held.get((event, data_type)), now)
            if row is not None:
                subscriptions.append(
                    Subscription(
                        subject=f"{data_type}.{event}",
                        external_id=name_of(row.get("id")),
                        expires_at=_end_of(row),
                    )
                )
    return subscriptions


class _Desk:
    """Where subscriptions are made."""

    def __init__(self, api: AppApi, *, url: str, token: str) -> None:
        self._api, self._url, self._token = api, url, token
        self._headers = {"x-client-id": api.client_id, "x-client-secret": api.client_secret}

    def all(self) -> list[dict[str, Any]]:
        answer = self._ask("GET", "")
        return rows(answer if isinstance(answer, dict) else {"data": answer}, "data")

    def kept(
        self, event: str, data_type: str, row: Mapping[str, Any] | None, now: datetime
    ) -> Mapping[str, Any] | None:
        """As it is then; None where another of us has just made it."""
        wanted = {
            "callback_url": self._url,
            "verification_token": self._token,
            "event_type": event,
            "data_type": data_type,
        }
        try:
            if row is not None:
                return self._kept(row, wanted, now)
        except NotThere:
            # It has ended meanwhile.
            pass
        try:
            return record(self._ask("POST", "", wanted))
        except AlreadyDone:
            return None

    def _kept(
        self, row: Mapping[str, Any], wanted: Mapping[str, str], now: datetime
    ) -> Mapping[str, Any]:
        path = f"/{path_part(row.get('id'))}"
        if row.get("callback_url") != self._url:
            row = record(self._ask("PUT", path, wanted))
        ends_at = _end_of(row)
        if ends_at is not None and ends_at - now < _RENEWED_BEFORE:
            row = record(self._ask("PUT", f"/renew{path}"))
        return row

    def _ask(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
        return self._api.request(
            method, f"{_SUBSCRIPTIONS}{path}", json=body, headers=self._headers
        )


def _end_of(row: Mapping[str, Any]) -> datetime | None:
    """In UTC where it does not say so."""
    told = text(row.get("expiration_time"))
    if not told:
        return None
    try:
        return instant(told)
    except Unreadable:
        return instant(f"{told}Z")
