"""Garmin, by either of its doors: a person's own key, or the partner programme.

A key is asked with by days; partners are told by webhook and may not ask.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from wearables.providers import garmin_partner, garmin_personal
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
    Subscription,
    WebhookAnswer,
    WebhookKeys,
    Window,
)
from wearables.providers.garmin_terms import ACTIVITY, HEALTH
from wearables.readings import Reading

_HEALTH: Final = frozenset({HEALTH})
_ACTIVITY: Final = frozenset({ACTIVITY})
# Around the answers to a personal key: both doors are read by one stored payload.
_PERSONAL: Final = "personal"


class Garmin:
    slug = "garmin"
    title = "Garmin"
    device_type = "garmin"
    kind = "watch"
    modes: tuple[Mode, ...] = ("personal_key", "oauth")
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
            "sleep_score": "measured",
            "hrv": "measured",
            "respiratory_rate": "measured",
            "workouts": "measured",
        },
        webhooks=True,
        history_days=None,
        notes=(
            "With a personal key, made in the settings of Garmin Connect, data is read regularly.",
            "A personal key is for your own data alone, and ends after at most a year.",
            "Signed in as with a partner, Garmin sends; its history may begin 30 days ago.",
        ),
    )
    # By the permissions that a person can switch off at Garmin; a personal key has all of them.
    data_types: tuple[DataType, ...] = (
        DataType(
            name="dailies",
            metrics=frozenset(
                {
                    "steps",
                    "distance",
                    "active_calories",
                    "total_calories",
                    "active_minutes",
                    "floors_climbed",
                    "resting_heart_rate",
                }
            ),
            scopes=_HEALTH,
            chunk_days=90,
        ),
        DataType(
            name="sleeps",
            metrics=frozenset({"sleep", "sleep_score", "respiratory_rate"}),
            scopes=_HEALTH,
            chunk_days=31,
        ),
        DataType(name="hrv", metrics=frozenset({"hrv"}), scopes=_HEALTH, chunk_days=28),
        DataType(name="activities", metrics=frozenset({"workouts"}), scopes=_ACTIVITY),
        # Asked for by single days; partners get it with the dailies.
        DataType(
            name="heart_rate", metrics=frozenset({"heart_rate"}), scopes=_HEALTH, chunk_days=7
        ),
    )
    oauth: OAuth | None = OAuth(scopes=(), pkce=True)
    refresh_margin = timedelta(minutes=10)
    polls: Mapping[Mode, bool] = {"personal_key": True, "oauth": False}
    apps: tuple[str, ...] = ("com.garmin.",)
    shares_limits = False

    def identify(self, api: Api) -> Identity:
        if api.mode == "personal_key":
            return garmin_personal.identify(api)
        return garmin_partner.identify(api)

    def fetch(self, api: Api, data_type: str, window: Window, *, mode: Mode) -> Iterator[Page]:
        if not self.polls.get(mode):
            return
        for answer in garmin_personal.payloads(api, data_type, window):
            payload = {_PERSONAL: answer}
            readings = self.read(data_type, payload, timezone=api.timezone)
            yield Page(readings=readings, payload=payload)

    def fetch_notice(self, api: Api, notice: Notice) -> Iterator[Page]:
        yield from garmin_partner.fetch_notice(api, notice)

    def read(self, data_type: str, payload: Any, *, timezone: ZoneInfo) -> tuple[Reading, ...]:
        if isinstance(payload, dict) and _PERSONAL in payload:
            return garmin_personal.read(data_type, payload[_PERSONAL], timezone=timezone)
        return garmin_partner.read(data_type, payload, timezone=timezone)

    def request_history(self, api: Api, window: Window) -> None:
        garmin_partner.request_history(api, window)

    def disconnect(self, api: Api, *, refresh_token: str) -> None:
        """A personal key can only be deleted by its owner, at Garmin."""
        if api.mode != "personal_key":
            garmin_partner.disconnect(api)

    def personal_token(self, api: AppApi, key: str) -> tuple[str, datetime]:
        return garmin_personal.token(api, key)

    def open_webhook(self, request: IncomingWebhook, keys: WebhookKeys) -> WebhookAnswer:
        return garmin_partner.opened(request, keys)

    def keep_subscriptions(
        self, api: AppApi, *, url: str, known: Mapping[str, Subscription], now: datetime
    ) -> list[Subscription]:
        """Where Garmin sends to is entered by hand in its portal."""
        return []


GARMIN: Final = Garmin()
