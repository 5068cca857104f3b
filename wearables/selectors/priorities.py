"""The orders that a person has set, without devices that they have deleted."""

from typing import Any, Final
from uuid import UUID

import orjson

from users.keyset import fetch

_PRIORITIES: Final = """
    SELECT priority.id, priority.metric, coalesce(
        jsonb_agg(device.id ORDER BY listed.place) FILTER (WHERE device.id IS NOT NULL), '[]'
    ) AS devices
    FROM wearables_sourcepriority priority
    LEFT JOIN LATERAL jsonb_array_elements_text(priority.devices) WITH ORDINALITY
        AS listed (device, place) ON true
    LEFT JOIN wearables_wearabledevice device
        ON device.id = listed.device::uuid AND device.user_id = priority.user_id
    WHERE priority.user_id = %(user)s GROUP BY priority.id
"""


def priorities_of(user_id: UUID) -> list[dict[str, Any]]:
    rows = fetch(_PRIORITIES, {"user": user_id})
    return [{**row, "devices": orjson.loads(row["devices"])} for row in rows]
