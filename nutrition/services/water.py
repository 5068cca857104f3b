"""What a person drank."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from nutrition.models import WaterIntake
from users.localtime import reading_of
from users.ownership import advance_clock
from users.selectors import time_zone_of


@transaction.atomic
def log_water(
    *,
    user_id: UUID,
    object_id: UUID,
    content: Mapping[str, Any],
    creation_hash: bytes,
    now: datetime,
) -> WaterIntake:
    """Without a date or time it is now, by the person's clock."""
    advance_clock(user_id)
    reading = reading_of(now, time_zone_of(user_id))
    clock = {"date": reading.date(), "time": reading.time().replace(microsecond=0)}
    return WaterIntake.objects.create(
        id=object_id, user_id=user_id, creation_hash=creation_hash, **{**clock, **content}
    )
