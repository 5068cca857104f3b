"""What a person says of a day of food."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from nutrition.models import DiaryDay
from users.ownership import advance_clock


@transaction.atomic
def mark_day(*, user_id: UUID, day: date, content: Mapping[str, bool | None]) -> DiaryDay:
    """Say whether all of a day is logged and whether it is for training; null unsays it."""
    advance_clock(user_id)
    row = DiaryDay.objects.filter(user_id=user_id, date=day).first()
    row = row or DiaryDay(user_id=user_id, date=day)
    for name, value in content.items():
        setattr(row, name, value)
    row.save()
    return row
