"""Where the makers of wearables are, and who we are to them, from the environment.

Nothing is connected to a maker whose client is not set. The addresses are settings so that the
simulator, or a maker's sandbox, can stand in for the real ones.
"""

import os
from typing import Any, Final

# Of each: the addresses that it has, by what they are for.
_ADDRESSES: Final[dict[str, dict[str, str]]] = {
    "fitbit": {
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "revoke": "https://oauth2.googleapis.com/revoke",
        "api": "https://health.googleapis.com",
    },
    "garmin": {
        "authorize": "https://connect.garmin.com/oauth2Confirm",
        "token": "https://diauth.garmin.com/di-oauth2-service/oauth/token",
        "api": "https://apis.garmin.com",
        "personal": "https://personal.connectapi.garmin.com",
    },
    "oura": {
        "authorize": "https://cloud.ouraring.com/oauth/authorize",
        "token": "https://api.ouraring.com/oauth/token",
        "revoke": "https://api.ouraring.com/oauth/revoke",
        "api": "https://api.ouraring.com",
    },
    "whoop": {
        "authorize": "https://api.prod.whoop.com/oauth/oauth2/auth",
        "token": "https://api.prod.whoop.com/oauth/oauth2/token",
        "api": "https://api.prod.whoop.com/developer",
    },
    "polar": {
        "authorize": "https://flow.polar.com/oauth2/authorization",
        "token": "https://polarremote.com/v2/oauth2/token",
        "api": "https://www.polaraccesslink.com",
    },
}
# What else a maker needs, by the end of its variable: OURA_WEBHOOK_TOKEN.
_EXTRAS: Final = (
    "webhook_secret",
    "webhook_secret_old",
    "webhook_token",
    "webhook_public_key",
    "project",
    "service_token",
)
# What the simulator goes by; it has no old secrets and publishes no key.
_SIMULATED: Final = frozenset({"webhook_token", "webhook_secret", "project", "service_token"})


def read(environ: "os._Environ[str]", *, simulator: str) -> dict[str, dict[str, Any]]:
    """The settings of each maker: client_id, client_secret, urls, and extras that are set.

    With the address of a simulator, whatever is not set is set for it.
    """
    return {slug: _maker(environ, slug, simulator) for slug in _ADDRESSES}


def _maker(environ: "os._Environ[str]", slug: str, simulator: str) -> dict[str, Any]:
    def given(name: str, default: str = "") -> str:
        return environ.get(f"{slug.upper()}_{name.upper()}", "").strip() or default

    simulated = f"{simulator}/{slug}" if simulator else ""
    return {
        "client_id": given("client_id", f"{slug}-client" if simulator else ""),
        "client_secret": given("client_secret", f"{slug}-secret" if simulator else ""),
        "urls": {
            name: given(f"{name}_url", f"{simulated}/{name}" if simulator else address).rstrip("/")
            for name, address in _ADDRESSES[slug].items()
        },
        "extras": {
            name: given(
                name,
                f"{slug}-{name.replace('_', '-')}" if simulator and name in _SIMULATED else "",
            )
            for name in _EXTRAS
        },
    }
