"""Google Health API v4: Fitbit trackers, Pixel Watches, and what else reaches Google Health.

It is asked for totals of the person's own days; summing the points of several trackers would
count steps twice.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from wearables.providers import google_readings, google_webhooks
from wearables.providers.base import (
    Api,
    AppApi,
    Capabilities,
    DataType,
    Forbidden,
    Identity,
    IncomingWebhook,
    Mode,
    Notice,
    OAuth,
    Page,
    ReauthRequired,
    Refused,
    Retired,
    Subscription,
    Unreadable,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.values import name_of, record, text
from wearables.readings import Deletion, Reading

_SCOPE: Final = "https://www.googleapis.com/auth/googlehealth."
_ACTIVITY: Final = f"{_SCOPE}activity_and_fitness.readonly"
_HEALTH: Final = f"{_SCOPE}health_metrics_and_measurements.readonly"
_SLEEP: Final = f"{_SCOPE}sleep.readonly"
_SETTINGS: Final = f"{_SCOPE}settings.readonly"
# Days of one roll-up; Google refuses more.
_ROLL_UP_DAYS: Final[Mapping[str, int]] = {
    "steps": 90,
    "distance": 90,
    "floors": 90,
    "active-energy-burned": 90,
    "total-calories": 14,
    "active-minutes": 14,
}
# What each listed type is filtered by: a day of the person, except for samples.
_FILTERS: Final[Mapping[str, str]] = {
    "daily-resting-heart-rate": "daily_resting_heart_rate.date",
    "daily-heart-rate-variability": "daily_heart_rate_variability.date",
    "daily-respiratory-rate": "daily_respiratory_rate.date",
    "sleep": "sleep.interval.civil_end_time",
    "exercise": "exercise.interval.civil_start_time",
    "heart-rate": "heart_rate.sample_time.physical_time",
}
_PAGE_SIZES: Final[Mapping[str, int]] = {"sleep": 25, "exercise": 25, "heart-rate": 10_000}
_DEFAULT_PAGE_SIZE: Final = 1000
_DELETIONS: Final[Mapping[str, Literal["sleep", "workout"]]] = {
    "sleep": "sleep",
    "exercise": "workout",
}
_ME: Final = "/v4/users/me"


class AccountNotLinked(Refused):
    """The Google account has no health profile: the person has to open the app once."""

    code = "account_not_linked"


class MovedToGoogle(ReauthRequired):
    """The former Fitbit service is gone: who still has its token must sign in at Google."""

    code = "retired"


def _data_type(name: str, *metrics: str, scope: str, chunk_days: int = 90) -> DataType:
    return DataType(
        name=name,
        metrics=frozenset(metrics),
        scopes=frozenset({scope}),
        chunk_days=chunk_days,
    )


class GoogleHealth:
    slug = "fitbit"
    title = "Fitbit and Google Health"
    device_type = "fitbit"
    kind = "watch"
    modes: tuple[Mode, ...] = ("oauth",)
    capabilities = Capabilities(
        metrics={
            "steps": "measured",
            "distance": "measured",
            "active_calories": "measured",
            "total_calories": "measured",
            "active_minutes": "measured",
            "floors_climbed": "measured",
            "resting_heart_rate": "measured",
            "heart_rate": "measured",
            "sleep": "measured",
            "sleep_score": "none",
            "hrv": "measured",
            "respiratory_rate": "measured",
            "workouts": "measured",
        },
        webhooks=True,
        history_days=None,
        notes=(
            "Sign in with the Google account that your Fitbit or Pixel Watch uses.",
            "The former Fitbit service has ended: connections from then have to be made anew.",
            "Short naps come without stages.",
        ),
    )
    data_types: tuple[DataType, ...] = (
        _data_type("steps", "steps", scope=_ACTIVITY),
        _data_type("distance", "distance", scope=_ACTIVITY),
        _data_type("floors", "floors_climbed", scope=_ACTIVITY),
        _data_type("active-energy-burned", "active_calories", scope=_ACTIVITY),
        _data_type("total-calories", "total_calories", scope=_ACTIVITY),
        _data_type("active-minutes", "active_minutes", scope=_ACTIVITY),
        _data_type("daily-resting-heart-rate", "resting_heart_rate", scope=_HEALTH),
        # Sleep goes before what is kept only where there is a sleep.
        _data_type("sleep", "sleep", scope=_SLEEP),
        _data_type("daily-heart-rate-variability", "hrv", scope=_HEALTH),
        _data_type("daily-respiratory-rate", "respiratory_rate", scope=_HEALTH),
        _data_type("exercise", "workouts", scope=_ACTIVITY),
        _data_type("heart-rate", "heart_rate", scope=_HEALTH, chunk_days=7),
    )
    oauth: OAuth | None = OAuth(
        scopes=(_ACTIVITY, _HEALTH, _SLEEP, _SETTINGS),
        pkce=True,
        # Without these there is no refresh token, or none for who consents a second time.
        authorize_params={
            "access_type": "offline",
            "prompt": "consent",
            "include_granted_scopes": "true",
        },
    )
    refresh_margin = timedelta(minutes=5)
    polls: Mapping[Mode, bool] = {"oauth": True}
    apps: tuple[str, ...] = ("com.fitbit.", "com.google.android.apps.fitness")
    shares_limits = False

    def identify(self, api: Api) -> Identity:
        try:
            identity = record(_asked(api.get, f"{_ME}/identity"))
        except Refused:
            raise AccountNotLinked from None
        try:
            settings = record(_asked(api.get, f"{_ME}/settings"))
        except Forbidden:
            # The person may have left this scope out; the time zone is then ours.
            settings = {}
        return Identity(
            external_user_id=name_of(identity.get("healthUserId")),
            timezone=text(settings.get("timeZone")),
        )

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        payloads = _rolled_up if data_type in _ROLL_UP_DAYS else _listed
        for payload in payloads(api, data_type, window):
            readings = self.read(data_type, payload, timezone=api.timezone)
            yield Page(readings=readings, payload=payload)

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        """A deletion names days and no object: all of that kind goes, but what is still there."""
        window = Window(date.fromisoformat(notice.first), date.fromisoformat(notice.last))
        gone: tuple[Reading, ...] = ()
        if notice.kind == "deleted" and notice.data_type in _DELETIONS:
            gone = tuple(_emptied(_DELETIONS[notice.data_type], window))
        for page in self.fetch(api, notice.data_type, window, mode="oauth"):
            yield Page(readings=gone + page.readings, payload=page.payload)
            gone = ()

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        return google_readings.read(data_type, payload, timezone=timezone)

    def request_history(self, api: Api, window: Window) -> None:
        """History is asked for like any other days."""

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        api.post(f"?token={quote(refresh_token, safe='')}", base="revoke")

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        raise ReauthRequired

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        known = frozenset(each.name for each in self.data_types)
        return google_webhooks.opened(request, keys, known=known)

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        return google_webhooks.kept(
            api, url=url, known=known, data_types=[each.name for each in self.data_types]
        )


def _asked(call: Callable[..., Any], path: str, *arguments: Any) -> Any:
    """What it answers. Raises MovedToGoogle."""
    try:
        return call(path, *arguments)
    except Retired:
        raise MovedToGoogle from None


def _rolled_up(api: Api, data_type: str, window: Window) -> Iterator[Any]:
    path = f"{_ME}/dataTypes/{data_type}/dataPoints:dailyRollUp"
    for part in window.split(_ROLL_UP_DAYS[data_type]):
        body = {
            "range": {
                "start": _midnight(part.first),
                "end": _midnight(part.last + timedelta(days=1)),
            },
            "windowSizeDays": 1,
        }

        def page(token: Mapping[str, str], body: Mapping[str, Any] = body) -> Any:
            return _asked(api.post, path, {**body, **token})

        yield from _pages(page)


def _midnight(day: date) -> dict[str, dict[str, int]]:
    return {
        "date": {"year": day.year, "month": day.month, "day": day.day},
        "time": {"hours": 0, "minutes": 0, "seconds": 0},
    }


def _listed(api: Api, data_type: str, window: Window) -> Iterator[Any]:
    field = _FILTERS[data_type]
    start, end = window.first.isoformat(), (window.last + timedelta(days=1)).isoformat()
    call = "dataPoints"
    if data_type == "heart-rate":
        # Listed, every device of the person would tell its own.
        call = "dataPoints:reconcile"
        start, end = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in window.instants(api.timezone))
    params = {
        "filter": f'{field} >= "{start}" AND {field} < "{end}"',
        "pageSize": _PAGE_SIZES.get(data_type, _DEFAULT_PAGE_SIZE),
    }
    path = f"{_ME}/dataTypes/{data_type}/{call}"
    yield from _pages(lambda token: _asked(api.get, path, {**params, **token}))


def _pages(page: Callable[[Mapping[str, str]], Any]) -> Iterator[Any]:
    """Every page; one that leads back to where we were is Unreadable."""
    seen, token = {""}, ""
    while True:
        payload = record(page({"pageToken": token} if token else {}))
        yield payload
        token = text(payload.get("nextPageToken"))
        if not token:
            return
        if token in seen:
            raise Unreadable
        seen.add(token)


def _emptied(kind: Literal["sleep", "workout"], window: Window) -> Iterator[Deletion]:
    for days in range((window.last - window.first).days + 1):
        yield Deletion(kind=kind, date=window.first + timedelta(days=days))


FITBIT: Final = GoogleHealth()
