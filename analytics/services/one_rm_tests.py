"""Maxima that a person tested."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from analytics.models import OneRmTest
from users.ownership import advance_clock
from users.selectors import today_of


@transaction.atomic
def add_test(
    *,
    user_id: UUID,
    object_id: UUID,
    content: Mapping[str, Any],
    creation_hash: bytes,
    now: datetime,
) -> OneRmTest:
    """Without a date it was today, by the person's own day.

    Raises IntegrityError for a second test of an exercise on a day.
    """
    revision = advance_clock(user_id)
    day = content.get("date") or today_of(user_id, now=now)
    test = OneRmTest(
        id=object_id, user_id=user_id, creation_hash=creation_hash, **{**content, "date": day}
    )
    test.insert_at(revision)
    return test


@transaction.atomic
def change_test(*, user_id: UUID, test_id: UUID, content: Mapping[str, Any]) -> OneRmTest:
    """Raises what add_test raises."""
    advance_clock(user_id)
    test = OneRmTest.objects.get(user_id=user_id, pk=test_id)
    for name, value in content.items():
        setattr(test, name, value)
    test.save()
    return test


@transaction.atomic
def delete_test(*, user_id: UUID, test_id: UUID) -> None:
    advance_clock(user_id)
    OneRmTest.objects.get(user_id=user_id, pk=test_id).delete()
