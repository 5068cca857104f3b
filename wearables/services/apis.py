"""Who speaks to a provider's servers: for one connection, or for ourselves."""

from collections.abc import Callable
from typing import cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError

from users.localtime import validate_time_zone
from users.selectors import time_zone_of
from wearables.models import WearableDevice
from wearables.providers import registry
from wearables.providers.base import Mode, Provider
from wearables.providers.http import ClientApi, Http, PersonApi


def provider_of(slug: str) -> Provider | None:
    """One that is asked over HTTP; None for what is pushed or uploaded."""
    return registry.PROVIDERS.get(slug)


def is_configured(slug: str) -> bool:
    """Whether we are a client of it here."""
    return bool(settings.WEARABLE_PROVIDERS.get(slug, {}).get("client_id"))


def http_of(slug: str, *, timeout_s: float | None = None) -> Http:
    urls = settings.WEARABLE_PROVIDERS[slug]["urls"]
    return Http(urls, timeout_s=timeout_s or settings.WEARABLE_TIMEOUT_S)


def app_api_of(slug: str, *, timeout_s: float | None = None) -> ClientApi:
    """With our own credentials at the provider."""
    given = settings.WEARABLE_PROVIDERS[slug]
    return ClientApi(
        http_of(slug, timeout_s=timeout_s),
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        extras=given["extras"],
    )


def api_of(device: WearableDevice, *, token: Callable[[bool], str]) -> PersonApi:
    """With a connection's token, as wearables.services.tokens.Tokens gives it."""
    return PersonApi(
        http_of(device.provider),
        token=token,
        timezone=zone_of(device),
        external_user_id=device.external_user_id,
        mode=mode_of(device),
    )


def mode_of(device: WearableDevice) -> Mode:
    return cast("Mode", device.connection_mode)


def zone_of(device: WearableDevice) -> ZoneInfo:
    """Of the provider's profile, else of ours."""
    return ZoneInfo(known_zone(device.timezone) or time_zone_of(device.user_id))


def known_zone(name: str) -> str:
    """The name, or nothing where no such zone is known."""
    try:
        validate_time_zone(name)
    except ValidationError:
        return ""
    return name
