"""What we never ask, as data: phones and stores that send to us, and files that people upload."""

from dataclasses import dataclass
from typing import Final

from wearables.providers.base import Capabilities, Mode


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a Provider says about itself, of one that has no servers for us to ask."""

    slug: str
    title: str
    device_type: str
    kind: str  # wearables.readings.Kind of its device
    modes: tuple[Mode, ...]
    capabilities: Capabilities
    apps: tuple[str, ...] = ()


# Each of these gathers from several devices: what is in it names its own source and kind.
APPLE_WATCH: Final = Described(
    slug="apple_watch",
    title="Apple Watch and Apple Health",
    device_type="apple_watch",
    kind="hub",
    modes=("push", "file"),
    capabilities=Capabilities(
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
        webhooks=False,
        history_days=None,
        notes=(
            "Apple has no servers for this: the phone sends, or you upload the export of Health.",
            "Heart rate variability is SDNN, which cannot be compared with the RMSSD of others.",
            "What another connected provider has written into Health is not counted twice.",
        ),
    ),
)
HEALTH_CONNECT: Final = Described(
    slug="health_connect",
    title="Health Connect",
    device_type="other",
    kind="hub",
    modes=("push",),
    capabilities=Capabilities(
        metrics={
            "steps": "measured",
            "distance": "measured",
            "active_calories": "measured",
            "total_calories": "measured",
            "active_minutes": "none",
            "floors_climbed": "measured",
            "resting_heart_rate": "measured",
            "heart_rate": "measured",
            "sleep": "measured",
            "sleep_score": "none",
            "hrv": "measured",
            "respiratory_rate": "measured",
            "workouts": "measured",
        },
        webhooks=False,
        history_days=None,
        notes=(
            "The phone sends what its apps have written; a phone may keep only 30 days of it.",
            "What another connected provider has written there is not counted twice.",
        ),
    ),
)
OTHER: Final = Described(
    slug="other",
    title="Another device",
    device_type="other",
    kind="hub",
    modes=("push", "file"),
    capabilities=Capabilities(
        metrics={
            "steps": "measured",
            "distance": "measured",
            "active_calories": "measured",
            "total_calories": "none",
            "active_minutes": "none",
            "floors_climbed": "measured",
            "resting_heart_rate": "measured",
            "heart_rate": "measured",
            "sleep": "measured",
            "sleep_score": "none",
            "hrv": "none",
            "respiratory_rate": "none",
            "workouts": "measured",
        },
        webhooks=False,
        history_days=None,
        notes=("FIT, TCX and GPX files; days and nights only where a FIT file has them.",),
    ),
)
