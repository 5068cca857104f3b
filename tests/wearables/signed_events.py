"""Events as each provider sends them, signed here and by nobody's code of ours."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from wearables.models import WebhookSubscription

NOW = dt.datetime(2026, 3, 2, 9, 0, 30, tzinfo=dt.UTC)
URLS = {"authorize": "", "token": "", "revoke": "", "api": "http://127.0.0.1:9"}


def configured(slug: str, **extras: str) -> dict[str, Any]:
    return {
        "client_id": f"{slug}-client",
        "client_secret": f"{slug}-secret",
        "urls": URLS,
        "extras": extras,
    }


PROVIDERS = {
    "fitbit": configured("fitbit", webhook_secret="google-agreed"),
    "garmin": configured("garmin", webhook_token="garmin-token"),
    "oura": configured("oura", webhook_token="oura-token"),
    "whoop": configured("whoop"),
    "polar": configured("polar"),
}


@dataclass(frozen=True)
class Event:
    """What is posted to /webhooks/{slug}/; ``person`` is the account that it is about."""

    slug: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    status: int = 204
    person: str = "person-7"

    @property
    def url(self) -> str:
        return f"/webhooks/{self.slug}/{self.query}"


def packed(body: object) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def oura(*, sent_at: dt.datetime = NOW, key: str = "oura-secret", **changes: Any) -> Event:
    body = {
        "event_type": "update",
        "data_type": "sleep",
        "object_id": "night-1",
        "event_time": "2026-03-02T08:59:58+00:00",
        "user_id": "person-7",
    }
    return oura_of(packed(body | changes), sent_at=sent_at, key=key)


def oura_of(body: bytes, *, sent_at: dt.datetime = NOW, key: str = "oura-secret") -> Event:
    told_at = str(int(sent_at.timestamp()))
    mac = hmac.new(key.encode(), told_at.encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-oura-timestamp": told_at, "x-oura-signature": mac.upper()}
    return Event("oura", body, headers)


def whoop(*, sent_at: dt.datetime = NOW, key: str = "whoop-secret", **changes: Any) -> Event:
    body = {
        "user_id": 4711,
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "type": "sleep.updated",
        "trace_id": "d3709ee7-104e-4f70-a928-2932964b017b",
    }
    raw = packed(body | changes)
    sent_ms = str(int(sent_at.timestamp() * 1000))
    mac = hmac.new(key.encode(), sent_ms.encode() + raw, hashlib.sha256).digest()
    headers = {
        "X-WHOOP-Signature": base64.b64encode(mac).decode(),
        "X-WHOOP-Signature-Timestamp": sent_ms,
    }
    return Event("whoop", raw, headers, person="4711")


def polar(*, key: str = "polar-agreed", **changes: Any) -> Event:
    """Of a subscription whose secret is stored."""
    WebhookSubscription.objects.get_or_create(
        provider="polar",
        subject="client",
        defaults={"external_id": "hook-1", "secret": "polar-agreed"},
    )
    body = {
        "event": "SLEEP",
        "user_id": 475,
        "date": "2026-03-02",
        "timestamp": "2026-03-02T08:59:58Z",
        "url": "https://www.polaraccesslink.com/v3/users/sleep/2026-03-02",
    }
    raw = packed(body | changes)
    mac = hmac.new(key.encode(), raw, hashlib.sha256).hexdigest()
    return Event("polar", raw, {"Polar-Webhook-Signature": mac}, status=200, person="475")


def google(*, key: str = "google-agreed", **changes: Any) -> Event:
    data = {
        "version": "1",
        "healthUserId": "person-7",
        "operation": "UPSERT",
        "dataType": "steps",
        "intervals": [
            {
                "physicalTimeInterval": {
                    "startTime": "2026-03-02T08:00:00Z",
                    "endTime": "2026-03-02T08:15:00Z",
                }
            }
        ],
    }
    raw = packed([{"data": data | changes}])
    return Event("fitbit", raw, {"Authorization": f"Bearer {key}"})


def garmin(*, told: str = "garmin-token", body: object = None) -> Event:
    usual = {
        "dailies": [
            {
                "userId": "person-7",
                "callbackURL": "https://apis.garmin.com/wellness-api/rest/dailies?token=pull",
            }
        ]
    }
    raw = packed(usual if body is None else body)
    return Event("garmin", raw, {"garmin-client-id": "x"}, query=f"?token={told}", status=200)


VALID = {"fitbit": google, "garmin": garmin, "oura": oura, "whoop": whoop, "polar": polar}
