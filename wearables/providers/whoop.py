"""WHOOP, API v2: cycles, recoveries, sleeps and workouts, scored some time after they end.

Its limits are of our whole application: what needs few requests goes first.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers import whoop_readings
from wearables.providers.base import (
    Api,
    AppApi,
    Capabilities,
    DataType,
    Forbidden,
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
    Unreadable,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.events import body_of, is_one_of
from wearables.providers.values import moment, name_of, pages, path_part, record, text
from wearables.readings import Reading

_PATHS: Final[Mapping[str, str]] = {
    "cycle": "/v2/cycle",
    "sleep": "/v2/activity/sleep",
    "recovery": "/v2/recovery",
    "workout": "/v2/activity/workout",
}
_PER_PAGE: Final = 25
# Around the days that are asked for: a night begins the day before, and it may be another day
# where the person was.
_BEFORE: Final = timedelta(days=2)
_AFTER: Final = timedelta(days=1)
_TOLERANCE: Final = timedelta(minutes=5)


class WhoopProvider:
    slug = "whoop"
    title = "WHOOP"
    device_type = "whoop"
    kind = "band"
    modes: tuple[Mode, ...] = ("oauth",)
    capabilities = Capabilities(
        metrics={
            "steps": "none",
            "distance": "none",
            "active_calories": "none",
            "total_calories": "measured",
            "active_minutes": "none",
            "floors_climbed": "none",
            "resting_heart_rate": "measured",
            "heart_rate": "measured",
            "sleep": "measured",
            "sleep_score": "measured",
            "hrv": "measured",
            "respiratory_rate": "measured",
            "workouts": "measured",
        },
        webhooks=True,
        history_days=None,
        notes=(
            "Heart rate comes for sleep alone, and only with a membership.",
            "The score of sleep compares it with what you needed.",
            "A day of WHOOP goes from falling asleep to falling asleep.",
        ),
    )
    data_types: tuple[DataType, ...] = (
        DataType(
            name="cycle",
            metrics=frozenset({"total_calories"}),
            scopes=frozenset({"read:cycles"}),
        ),
        DataType(
            name="sleep",
            metrics=frozenset({"sleep", "sleep_score", "respiratory_rate"}),
            scopes=frozenset({"read:sleep"}),
        ),
        DataType(
            name="recovery",
            metrics=frozenset({"hrv", "resting_heart_rate"}),
            scopes=frozenset({"read:recovery"}),
        ),
        DataType(
            name="workout",
            metrics=frozenset({"workouts"}),
            scopes=frozenset({"read:workout"}),
        ),
        # A request for each night: shorter, so that what is read is soon kept.
        DataType(
            name="heart_rate",
            metrics=frozenset({"heart_rate"}),
            scopes=frozenset({"read:sleep"}),
            chunk_days=7,
        ),
    )
    oauth: OAuth | None = OAuth(
        scopes=(
            "read:recovery",
            "read:cycles",
            "read:sleep",
            "read:workout",
            "read:profile",
            # Without it there is no refresh token.
            "offline",
        ),
        refresh_params={"scope": "offline"},
        single_use_refresh=True,
    )
    refresh_margin = timedelta(minutes=10)
    polls: Mapping[Mode, bool] = {"oauth": True}
    apps: tuple[str, ...] = ("com.whoop.",)
    shares_limits = True

    def identify(self, api: Api) -> Identity:
        person = record(api.get("/v2/user/profile/basic"))
        return Identity(external_user_id=name_of(person.get("user_id")))

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        for payload in _payloads(api, data_type, window):
            yield self._page(api, data_type, payload)

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        yield self._page(api, notice.data_type, _told_of(api, notice))

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        return whoop_readings.read(data_type, payload, timezone)

    def _page(self, api: Api, data_type: str, payload: Any) -> Page:
        readings = self.read(data_type, payload, timezone=api.timezone)
        return Page(readings=readings, payload=payload)

    def request_history(self, api: Api, window: Window) -> None:
        """History is asked for like any other days."""

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        api.delete("/v2/user/access")

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        raise ReauthRequired

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        _refuse_forged(request, keys)
        body = record(body_of(request))
        data_type, _, event = text(body.get("type")).partition(".")
        if data_type not in {"sleep", "recovery", "workout"} or event not in _EVENTS:
            return WebhookAnswer()
        return WebhookAnswer(
            key=text(body.get("trace_id")) or hashlib.sha256(_signed(request)).hexdigest(),
            notices=(_notice(body, data_type, event),),
        )

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        """There is nothing to ask for: its developer dashboard has our address."""
        return []


# --- Asking ------------------------------------------------------------------------------------


def _payloads(api: Api, data_type: str, window: Window) -> Iterator[dict[str, Any]]:
    match data_type:
        case "cycle":
            # All at once: two of them may want the same date.
            yield {"cycle": list(_dated(api, "cycle", window))}
        case "recovery":
            yield from _recoveries(api, window)
        case "heart_rate":
            yield from _streams(api, window)
        case _:
            for records in _paged(api, data_type, window):
                yield {data_type: records}


def _paged(api: Api, data_type: str, window: Window) -> Iterator[list[dict[str, Any]]]:
    """Pages of records in and around these days."""
    start, end = window.instants(api.timezone)
    params = {
        "limit": _PER_PAGE,
        "start": f"{start - _BEFORE:%Y-%m-%dT%H:%M:%SZ}",
        "end": f"{end + _AFTER:%Y-%m-%dT%H:%M:%SZ}",
    }

    def ask(token: str) -> Any:
        more = {"nextToken": token} if token else {}
        return api.get(_PATHS[data_type], {**params, **more})

    return pages(ask, "records")


def _dated(api: Api, data_type: str, window: Window) -> Iterator[dict[str, Any]]:
    """Records of these days and the next: to the east of home it is tomorrow already."""
    last = window.last + timedelta(days=1)
    for records in _paged(api, data_type, window):
        for row in records:
            if window.first <= whoop_readings.date_of(data_type, row, api.timezone) <= last:
                yield row


def _recoveries(api: Api, window: Window) -> Iterator[dict[str, Any]]:
    """With the sleeps that they are of, which tell their days."""
    try:
        told = [row for records in _paged(api, "sleep", window) for row in records]
    except Forbidden:
        # They are then dated by when they were made.
        for records in _paged(api, "recovery", window):
            yield {"recovery": records, "sleep": []}
        return
    sleeps = {text(row.get("id")): row for row in told}
    for records in _paged(api, "recovery", window):
        # At the edge of the days, the sleep of one may be out of sight.
        kept = [row for row in records if text(row.get("sleep_id")) in {"", *sleeps}]
        of_these = [text(row.get("sleep_id")) for row in kept]
        yield {"recovery": kept, "sleep": [sleeps[key] for key in of_these if key in sleeps]}


def _streams(api: Api, window: Window) -> Iterator[dict[str, Any]]:
    """Heart rate of each scored sleep."""
    for row in list(_dated(api, "sleep", window)):
        if whoop_readings.is_pending(row):
            continue
        path = f"{_PATHS['sleep']}/{path_part(row.get('id'))}/stream"
        try:
            yield dict(record(api.get(path, {"types": "hr"})))
        except NotThere:
            continue
        except Forbidden:
            # The membership has lapsed; nights themselves may still be read.
            return


def _told_of(api: Api, notice: Notice) -> dict[str, Any]:
    data_type, object_id = notice.data_type, path_part(notice.object_id)
    if notice.kind == "deleted":
        return whoop_readings.gone(data_type, object_id)
    if data_type != "recovery":
        return {data_type: [dict(record(api.get(f"{_PATHS[data_type]}/{object_id}")))]}
    # It goes by the id of its sleep.
    sleep = dict(record(api.get(f"{_PATHS['sleep']}/{object_id}")))
    cycle = path_part(sleep.get("cycle_id"))
    recovery = dict(record(api.get(f"{_PATHS['cycle']}/{cycle}/recovery")))
    is_of_it = recovery.get("sleep_id") in (None, sleep.get("id"))
    return {"recovery": [recovery] if is_of_it else [], "sleep": [sleep]}


# --- Webhooks ----------------------------------------------------------------------------------

_EVENTS: Final = frozenset({"updated", "deleted"})


def _signed(request: IncomingWebhook) -> bytes:
    told_at = request.headers.get("x-whoop-signature-timestamp", "")
    return told_at.encode("utf-8", "replace") + request.body


def _refuse_forged(request: IncomingWebhook, keys: WebhookKeys) -> None:
    digest = hmac.new(keys.client_secret.encode(), _signed(request), hashlib.sha256).digest()
    given = request.headers.get("x-whoop-signature", "").strip()
    if not keys.client_secret or not is_one_of(given, [base64.b64encode(digest).decode()]):
        raise Forged
    try:
        sent_at = moment(request.headers.get("x-whoop-signature-timestamp"))
    except Unreadable:
        raise Forged from None
    if abs(request.received_at - sent_at) > _TOLERANCE:
        raise Forged


def _notice(body: Mapping[str, Any], data_type: str, event: str) -> Notice:
    person, object_id = name_of(body.get("user_id")), path_part(body.get("id"))
    is_deleted = event == "deleted"
    if is_deleted and data_type == "recovery":
        # Its sleep is another one by now: a nap, or gone, which is told by itself.
        return Notice(external_user_id=person, data_type="sleep", object_id=object_id)
    return Notice(
        external_user_id=person,
        kind="deleted" if is_deleted else "changed",
        data_type=data_type,
        object_id=object_id,
    )


WHOOP: Final = WhoopProvider()
