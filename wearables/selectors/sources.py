"""What the person has connected, as far as it decides which source counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import orjson

from users.keyset import fetch
from wearables.formulas.sources import Copied, copied_from, store_rank
from wearables.models import DeviceStatus
from wearables.providers.registry import DESCRIBED, PROVIDERS

_DEVICES: Final = """
    SELECT id, provider, name, is_active, status FROM wearables_wearabledevice
    WHERE user_id = %s ORDER BY id
"""
_PRIORITIES: Final = "SELECT metric, devices FROM wearables_sourcepriority WHERE user_id = %s"


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The person's connections by their ids as text, and the orders that they have set."""

    providers: Mapping[str, str]
    connected: Mapping[str, Copied] = field(default_factory=dict)
    orders: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def title(self, device_id: Any) -> str:
        """Of whoever makes or gathers it."""
        slug = self.providers.get(str(device_id), "")
        maker = PROVIDERS.get(slug) or DESCRIBED.get(slug)
        return maker.title if maker else "Another device"

    def store(self, device_id: Any) -> int:
        """0 where it was read from its maker."""
        return store_rank(self.providers.get(str(device_id), "other"))

    def place(self, metric: str, device_id: Any) -> int | None:
        """In the person's own order for this metric, from 0."""
        return self.orders.get(metric, {}).get(str(device_id))

    def copied_from(self, device_id: Any, app: str) -> str:
        """Whose data these are a copy of, where that maker is connected itself; else empty."""
        own = self.providers.get(str(device_id))
        others = [maker for slug, maker in self.connected.items() if slug != own]
        return copied_from(app, others)


def sources_of(user_id: UUID) -> Sources:
    devices = fetch(_DEVICES, [user_id])
    priorities = fetch(_PRIORITIES, [user_id])
    standing = {
        device["provider"]
        for device in devices
        if device["is_active"] and device["status"] != DeviceStatus.DISCONNECTED
    }
    return Sources(
        providers={str(device["id"]): device["provider"] for device in devices},
        connected={slug: PROVIDERS[slug] for slug in sorted(standing & PROVIDERS.keys())},
        orders={
            row["metric"]: {
                device: place for place, device in enumerate(orjson.loads(row["devices"]))
            }
            for row in priorities
        },
    )
