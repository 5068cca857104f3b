"""Polar AccessLink v3."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from wearables.providers import polar_readings
from wearables.providers.base import (
    AlreadyDone,
    Api,
    AppApi,
    Capabilities,
    DataType,
    Forged,
    Identity,
    IncomingWebhook,
    Mode,
    Notice,
    NotThere,
    OAuth,
    Page,
    ReauthRequired,
    Subscription,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.events import body_of, is_one_of
from wearables.providers.values import day, name_of, part, record, rows, text
from wearables.readings import Reading

_USERS: Final = "/v3/users"
_WEBHOOKS: Final = "/v3/webhooks"
_MOST_DAYS: Final = 28
# A window this short is asked for day by day.
_FEW_DAYS: Final = 3
# Each event, and the data type that it is about.
_EVENTS: Final[Mapping[str, str]] = {
    "EXERCISE": "exercises",
    "SLEEP": "sleep",
    "CONTINUOUS_HEART_RATE": "continuous-heart-rate",
    "ACTIVITY_SUMMARY": "activities",
}
_PATHS: Final[Mapping[str, str]] = {
    "activities": f"{_USERS}/activities",
    "sleep": f"{_USERS}/sleep",
    "nightly-recharge": f"{_USERS}/nightly-recharge",
    "continuous-heart-rate": f"{_USERS}/continuous-heart-rate",
    "exercises": "/v3/exercises",
}
_WITH_ZONES: Final = {"activity_zones": "true"}
_SUBJECT: Final = "client"


class Polar:
    slug = "polar"
    title = "Polar"
    device_type = "other"
    kind = "band"
    modes: tuple[Mode, ...] = ("oauth",)
    capabilities = Capabilities(
        metrics={
            "steps": "measured",
            "distance": "measured",
            "active_calories": "measured",
            "total_calories": "measured",
            "active_minutes": "measured",
            "floors_climbed": "none",
            "resting_heart_rate": "none",
            "heart_rate": "measured",
            "sleep": "measured",
            "sleep_score": "measured",
            "hrv": "measured",
            "respiratory_rate": "measured",
            "workouts": "measured",
        },
        webhooks=True,
        history_days=365,
        notes=(
            "Exercises come only if they were uploaded after you connected, and for 30 days.",
            "Where Polar does not tell zones, active minutes include easy movement.",
        ),
    )
    data_types: tuple[DataType, ...] = (
        DataType(
            name="activities",
            metrics=frozenset(
                {"steps", "distance", "active_calories", "total_calories", "active_minutes"}
            ),
            chunk_days=_MOST_DAYS,
        ),
        DataType(name="sleep", metrics=frozenset({"sleep", "sleep_score"}), chunk_days=_MOST_DAYS),
        # After sleep: its values are kept only where there is one.
        DataType(
            name="nightly-recharge",
            metrics=frozenset({"hrv", "respiratory_rate"}),
            chunk_days=_MOST_DAYS,
        ),
        DataType(name="exercises", metrics=frozenset({"workouts"}), chunk_days=365),
        DataType(
            name="continuous-heart-rate",
            metrics=frozenset({"heart_rate"}),
            chunk_days=_MOST_DAYS,
        ),
    )
    oauth: OAuth | None = OAuth(scopes=("accesslink.read_all",), client_auth="client_secret_basic")
    # Tokens last for years, and none can be refreshed.
    refresh_margin = timedelta(0)
    polls: Mapping[Mode, bool] = {"oauth": True}
    apps: tuple[str, ...] = ("fi.polar.",)
    shares_limits = True

    def identify(self, api: Api) -> Identity:
        """Registers the person: without it, every call for data is refused."""
        person = name_of(api.token_extras.get("x_user_id"))
        with suppress(AlreadyDone):
            api.post(_USERS, {"member-id": person})
        return Identity(external_user_id=person)

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        for payload in _payloads(api, data_type, window):
            yield self._page(api, data_type, payload)

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        path = _PATHS[notice.data_type]
        if notice.object_id:
            payload = api.get(f"{path}/{quote(notice.object_id, safe='')}")
        elif notice.data_type == "sleep":
            # No event tells of the values that come beside it.
            payload = {
                name: [row for row in (_of_date(api, kind, notice.first),) if row is not None]
                for kind, name in (("sleep", "nights"), ("nightly-recharge", "recharges"))
            }
        else:
            payload = _of_date(api, notice.data_type, notice.first)
        yield self._page(api, notice.data_type, payload)

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        return polar_readings.read(data_type, payload, timezone=timezone)

    def _page(self, api: Api, data_type: str, payload: Any) -> Page:
        readings = self.read(data_type, payload, timezone=api.timezone)
        return Page(readings=readings, payload=payload)

    def request_history(self, api: Api, window: Window) -> None:
        """History is asked for like any other days."""

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        api.delete(f"{_USERS}/{quote(api.external_user_id, safe='')}")

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        raise ReauthRequired

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        """Signed with the secret of our subscription, but for the ping before there is one."""
        is_signed = _is_signed(request, keys)
        body = record(body_of(request))
        event = text(body.get("event"))
        if not is_signed and event != "PING":
            raise Forged
        if event not in _EVENTS:
            return WebhookAnswer(status=200)
        # An event names its own instant: the same body is the same event.
        key = hashlib.sha256(request.body).hexdigest()
        return WebhookAnswer(status=200, key=key, notices=(_notice(event, body),))

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        """There is one for all. Its secret is told once: one that we do not know is made anew."""
        held = known.get(_SUBJECT)
        for row in _webhooks(api):
            if held is not None and held.secret and _is_of(row, held, url):
                if row.get("active") is False:
                    api.request("POST", f"{_WEBHOOKS}/activate", basic=True)
                return [held]
            api.request("DELETE", f"{_WEBHOOKS}/{name_of(row.get('id'))}", basic=True)
        body = {"events": list(_EVENTS), "url": url}
        try:
            answer = record(api.request("POST", _WEBHOOKS, json=body, basic=True))
        except AlreadyDone:
            return [] if held is None else [held]
        made = part(answer, "data")
        return [
            Subscription(
                subject=_SUBJECT,
                external_id=name_of(made.get("id")),
                secret=name_of(made.get("signature_secret_key")),
            )
        ]


# --- Asking ------------------------------------------------------------------------------------


def _payloads(api: Api, data_type: str, window: Window) -> Iterator[Any]:
    if data_type == "exercises":
        yield _within(data_type, api.get(_PATHS[data_type]), window, api.timezone)
    elif data_type in {"sleep", "nightly-recharge"}:
        yield from _nights(api, data_type, window)
    else:
        extras = _WITH_ZONES if data_type == "activities" else {}
        for days in window.split(_MOST_DAYS):
            bounds = {"from": days.first.isoformat(), "to": days.last.isoformat()}
            yield api.get(_PATHS[data_type], {**bounds, **extras})


def _nights(api: Api, data_type: str, window: Window) -> Iterator[Any]:
    """The list is of the latest 28 days; what is older than all of it is asked for by its date."""
    dates = [single.first for single in window.split(1)]
    if len(dates) > _FEW_DAYS:
        answer = api.get(_PATHS[data_type])
        yield _within(data_type, answer, window, api.timezone)
        told = [day(row.get("date")) for row in polar_readings.listed(data_type, answer)]
        dates = [date_ for date_ in dates if not told or date_ < min(told)]
    for date_ in dates:
        payload = _of_date(api, data_type, date_.isoformat())
        if payload is not None:
            yield payload


def _within(data_type: str, answer: Any, window: Window, timezone: ZoneInfo) -> list[Any]:
    return [
        row
        for row in polar_readings.listed(data_type, answer)
        if window.first <= polar_readings.date_of(data_type, row, timezone) <= window.last
    ]


def _of_date(api: Api, data_type: str, date_: str) -> Any:
    """None where there is nothing, which Polar says in two ways."""
    extras = _WITH_ZONES if data_type == "activities" else None
    try:
        return api.get(f"{_PATHS[data_type]}/{date.fromisoformat(date_)}", extras)
    except NotThere:
        return None


# --- Webhooks ----------------------------------------------------------------------------------


def _is_signed(request: IncomingWebhook, keys: WebhookKeys) -> bool:
    signatures = [
        hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
        for secret in keys.secrets
        if secret
    ]
    return is_one_of(request.headers.get("polar-webhook-signature", "").lower(), signatures)


def _notice(event: str, body: Mapping[str, Any]) -> Notice:
    data_type, person = _EVENTS[event], name_of(body.get("user_id"))
    if data_type == "exercises":
        object_id = name_of(body.get("entity_id"))
        return Notice(external_user_id=person, data_type=data_type, object_id=object_id)
    date_ = day(body.get("date")).isoformat()
    return Notice(external_user_id=person, data_type=data_type, first=date_, last=date_)


def _webhooks(api: AppApi) -> list[dict[str, Any]]:
    try:
        answer = api.request("GET", _WEBHOOKS, basic=True)
    except NotThere:
        return []
    return [] if answer is None else rows({"data": None, **record(answer)}, "data")


def _is_of(row: Mapping[str, Any], held: Subscription, url: str) -> bool:
    events = row.get("events")
    is_complete = not isinstance(events, list) or set(_EVENTS) <= {text(name) for name in events}
    return text(row.get("id")) == held.external_id and row.get("url") == url and is_complete


POLAR: Final = Polar()
