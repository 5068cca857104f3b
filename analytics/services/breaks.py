"""Days off that a person has a good reason for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from analytics.models import TrainingBreak
from users.ownership import advance_clock
from users.selectors import today_of


@transaction.atomic
def start_break(
    *,
    user_id: UUID,
    object_id: UUID,
    content: Mapping[str, Any],
    creation_hash: bytes,
    now: datetime,
) -> TrainingBreak:
    """Without a day it begins today, by the person's own day; without an end it lasts.

    Raises IntegrityError for one without an end beside another, and for an end that is not after
    the start.
    """
    revision = advance_clock(user_id)
    day = content.get("starts_on") or today_of(user_id, now=now)
    found = TrainingBreak(
        id=object_id, user_id=user_id, creation_hash=creation_hash, **{**content, "starts_on": day}
    )
    found.insert_at(revision)
    return found


@transaction.atomic
def change_break(*, user_id: UUID, break_id: UUID, content: Mapping[str, Any]) -> TrainingBreak:
    """Raises what start_break raises."""
    advance_clock(user_id)
    found = TrainingBreak.objects.get(user_id=user_id, pk=break_id)
    for name, value in content.items():
        setattr(found, name, value)
    found.save()
    return found


@transaction.atomic
def delete_break(*, user_id: UUID, break_id: UUID) -> None:
    advance_clock(user_id)
    TrainingBreak.objects.get(user_id=user_id, pk=break_id).delete()
