"""What a person weighs and measures. Their profile follows the latest weight."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from analytics.models import BodyMetric
from analytics.models.body import MEASURES
from users.models import UserProfile
from users.ownership import advance_clock
from users.selectors import today_of


class NothingMeasured(ValidationError):
    def __init__(self) -> None:
        super().__init__("Give at least one measurement.", code="empty")


@transaction.atomic
def add_metric(
    *,
    user_id: UUID,
    object_id: UUID,
    content: Mapping[str, Any],
    creation_hash: bytes | None,
    now: datetime,
) -> BodyMetric:
    """Without a date it is the person's today. A day that has its row is a conflict."""
    revision = advance_clock(user_id)
    today = today_of(user_id, now=now)
    metric = BodyMetric(
        id=object_id, user_id=user_id, creation_hash=creation_hash, **{"date": today, **content}
    )
    _refuse_nothing(metric)
    before = _latest_weight(user_id, today)
    metric.insert_at(revision)
    _let_profile_follow(user_id, before, today=today)
    return metric


@transaction.atomic
def change_metric(
    *, user_id: UUID, metric_id: UUID, content: Mapping[str, Any], now: datetime
) -> BodyMetric:
    revision = advance_clock(user_id)
    today = today_of(user_id, now=now)
    metric = BodyMetric.objects.get(user_id=user_id, pk=metric_id)
    for name, value in content.items():
        setattr(metric, name, value)
    _refuse_nothing(metric)
    before = _latest_weight(user_id, today)
    metric.revision, metric.updated_at = revision, now
    BodyMetric.objects.filter(pk=metric_id).write(**content, revision=revision, updated_at=now)
    _let_profile_follow(user_id, before, today=today)
    return metric


@transaction.atomic
def delete_metric(*, user_id: UUID, metric_id: UUID, now: datetime) -> None:
    advance_clock(user_id)
    today = today_of(user_id, now=now)
    before = _latest_weight(user_id, today)
    BodyMetric.objects.get(user_id=user_id, pk=metric_id).delete()
    _let_profile_follow(user_id, before, today=today)


def _refuse_nothing(metric: BodyMetric) -> None:
    if all(getattr(metric, name) is None for name in MEASURES):
        raise NothingMeasured


Weighed = tuple[UUID, float]


def _latest_weight(user_id: UUID, today: date) -> Weighed | None:
    """The last weigh-in that is not of a day to come, and its weight in kg."""
    rows = BodyMetric.objects.filter(user_id=user_id, date__lte=today, weight__isnull=False)
    latest = rows.order_by("-date").first()
    return None if latest is None or latest.weight is None else (latest.pk, latest.weight)


def _let_profile_follow(user_id: UUID, before: Weighed | None, *, today: date) -> None:
    """Where another weight is the latest now, it becomes the profile's.

    Where none is left, the profile forgets the one that is gone, but not another one that the
    person wrote there.
    """
    after = _latest_weight(user_id, today)
    if after == before:
        return
    profile = UserProfile.objects.filter(user_id=user_id)
    if after is None:
        assert before is not None, "One of them differs."
        profile = profile.filter(body_weight_kg=before[1])
    profile.update(body_weight_kg=after and after[1], updated_at=timezone.now())
