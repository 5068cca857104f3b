"""Every provider by its slug."""

from collections.abc import Mapping
from typing import Final

from wearables.providers.base import Capabilities, Provider
from wearables.providers.described import APPLE_WATCH, HEALTH_CONNECT, OTHER, Described
from wearables.providers.garmin import GARMIN
from wearables.providers.google import FITBIT
from wearables.providers.oura import OURA
from wearables.providers.polar import POLAR
from wearables.providers.whoop import WHOOP
from wearables.readings import DAY_METRICS

# What capabilities and data types speak of.
METRICS: Final = (
    *DAY_METRICS,
    "heart_rate",
    "sleep",
    "sleep_score",
    "hrv",
    "respiratory_rate",
    "workouts",
)
_ASKED: Final[tuple[Provider, ...]] = (FITBIT, GARMIN, OURA, WHOOP, POLAR)
# Those that are asked over HTTP.
PROVIDERS: Final[Mapping[str, Provider]] = {asked.slug: asked for asked in _ASKED}
# Those that send to us, or whose files are uploaded.
DESCRIBED: Final[Mapping[str, Described]] = {
    described.slug: described for described in (APPLE_WATCH, HEALTH_CONNECT, OTHER)
}


def provider(slug: str) -> Provider:
    """One that is asked over HTTP. Raises KeyError."""
    return PROVIDERS[slug]


def all_capabilities() -> dict[str, Capabilities]:
    """What each gives, by its slug: those that are asked, then the others."""
    every: list[Provider | Described] = [*PROVIDERS.values(), *DESCRIBED.values()]
    return {each.slug: each.capabilities for each in every}
