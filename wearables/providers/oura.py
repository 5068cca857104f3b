"""Oura, API v2: documents of days and nights, and heart rate every five minutes."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from wearables.providers import oura_readings, oura_webhooks
from wearables.providers.base import (
    Api,
    AppApi,
    Capabilities,
    DataType,
    Identity,
    IncomingWebhook,
    Mode,
    Notice,
    OAuth,
    Page,
    ReauthRequired,
    Subscription,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.values import day, name_of, pages, path_part, record
from wearables.readings import Reading

_DOCUMENTS: Final = "/v2/usercollection"
# The longest that is safe to ask heart rate for.
_HEART_RATE_DAYS: Final = 7


def _scopes(name: str) -> frozenset[str]:
    """Granted ones are told with a prefix as well."""
    return frozenset({name, f"extapi:{name}"})


class OuraProvider:
    slug = "oura"
    title = "Oura"
    device_type = "oura"
    kind = "ring"
    modes: tuple[Mode, ...] = ("oauth",)
    capabilities = Capabilities(
        metrics={
            "steps": "measured",
            "distance": "estimated",
            "active_calories": "measured",
            "total_calories": "measured",
            "active_minutes": "measured",
            "floors_climbed": "none",
            "resting_heart_rate": "estimated",
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
            "Distance is estimated from energy; resting heart rate is the lowest of the night.",
            "Sleep arrives once you have opened the app of Oura.",
            "Oura asks for a membership.",
        ),
    )
    data_types: tuple[DataType, ...] = (
        DataType(
            name="daily_activity",
            metrics=frozenset(
                {"steps", "distance", "active_calories", "total_calories", "active_minutes"}
            ),
            scopes=_scopes("daily"),
        ),
        DataType(
            name="sleep",
            metrics=frozenset(
                {"sleep", "sleep_score", "hrv", "respiratory_rate", "resting_heart_rate"}
            ),
            scopes=_scopes("daily"),
        ),
        DataType(name="workout", metrics=frozenset({"workouts"}), scopes=_scopes("workout")),
        DataType(
            name="heartrate",
            metrics=frozenset({"heart_rate"}),
            scopes=_scopes("heartrate"),
            chunk_days=_HEART_RATE_DAYS,
        ),
    )
    oauth: OAuth | None = OAuth(
        scopes=("personal", "daily", "heartrate", "workout"),
        single_use_refresh=True,
        revokes_alone=True,
    )
    refresh_margin = timedelta(minutes=10)
    polls: Mapping[Mode, bool] = {"oauth": True}
    apps: tuple[str, ...] = ("com.ouraring.",)
    shares_limits = False

    def identify(self, api: Api) -> Identity:
        person = record(api.get(f"{_DOCUMENTS}/personal_info"))
        return Identity(external_user_id=name_of(person.get("id")))

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        for payload in _payloads(api, data_type, window):
            yield self._page(api, data_type, payload)

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        if not notice.object_id:
            window = Window(day(notice.first), day(notice.last))
            data_type = "sleep" if notice.data_type == "daily_sleep" else notice.data_type
            yield from self.fetch(api, data_type, window, mode="oauth")
            return
        yield self._page(api, notice.data_type, _told_of(api, notice))

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        return oura_readings.read(data_type, payload)

    def _page(self, api: Api, data_type: str, payload: Any) -> Page:
        readings = self.read(data_type, payload, timezone=api.timezone)
        return Page(readings=readings, payload=payload)

    def request_history(self, api: Api, window: Window) -> None:
        """History is asked for like any other days."""

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        token = quote(api.access_token(), safe="")
        api.post(f"?access_token={token}", base="revoke")

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        raise ReauthRequired

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        return oura_webhooks.opened(request, keys)

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        return oura_webhooks.kept(api, url=url, now=now)


def _payloads(api: Api, data_type: str, window: Window) -> Iterator[dict[str, Any]]:
    if data_type == "heartrate":
        yield from _heart_rates(api, window)
    elif data_type == "sleep":
        # Whole days at once: a score belongs to the longest of a day's sleeps.
        scores = list(_documents(api, "daily_sleep", window))
        yield {"sleep": list(_documents(api, "sleep", window)), "daily_sleep": scores}
    else:
        yield {data_type: list(_documents(api, data_type, window))}


def _documents(api: Api, collection: str, window: Window) -> Iterator[dict[str, Any]]:
    """Of these days and the next: to the east of home it is tomorrow already.

    Oura does not say by which of its days a document is found, nor whether the last is in it. So
    more is asked for, and what may be incomplete is left out.
    """
    params = {
        "start_date": (window.first - timedelta(days=1)).isoformat(),
        "end_date": (window.last + timedelta(days=2)).isoformat(),
    }
    wanted = Window(window.first, window.last + timedelta(days=1))
    for documents in _paged(api, collection, params):
        yield from (row for row in documents if _is_in(row, wanted))


def _is_in(row: Mapping[str, Any], window: Window) -> bool:
    """Also what tells no day of its own."""
    return not row.get("day") or window.first <= day(row["day"]) <= window.last


def _heart_rates(api: Api, window: Window) -> Iterator[dict[str, Any]]:
    for part in window.split(_HEART_RATE_DAYS):
        start, end = part.instants(api.timezone)
        params = {
            "start_datetime": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "end_datetime": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        }
        for samples in _paged(api, "heartrate", params):
            yield {"heartrate": samples}


def _paged(api: Api, collection: str, params: Mapping[str, str]) -> Iterator[list[dict[str, Any]]]:
    def ask(token: str) -> Any:
        more = {"next_token": token} if token else {}
        return api.get(f"{_DOCUMENTS}/{collection}", {**params, **more})

    return pages(ask, "data")


def _told_of(api: Api, notice: Notice) -> dict[str, Any]:
    collection, object_id = notice.data_type, path_part(notice.object_id)
    if notice.kind == "deleted":
        return oura_readings.gone(collection, object_id)
    document = dict(record(api.get(f"{_DOCUMENTS}/{collection}/{object_id}")))
    if oura_readings.is_gone(document):
        return oura_readings.gone(collection, object_id)
    if collection == "sleep":
        return _night(api, oura_readings.day_of_sleep(document), collection, document)
    if collection == "daily_sleep":
        return _night(api, day(document.get("day")), collection, document)
    return {collection: [document]}


def _night(api: Api, date_: date, collection: str, document: dict[str, Any]) -> dict[str, Any]:
    """All that there is of a night around one document of it, which is newer than a list."""
    payload = next(_payloads(api, "sleep", Window(date_, date_)))
    others = [row for row in payload[collection] if row.get("id") != document.get("id")]
    return {**payload, collection: [*others, document]}


OURA: Final = OuraProvider()
