"""How much of everything a person aims for."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from nutrition.models import DayTarget, NutritionGoal, PastGoal
from nutrition.models.goal import TARGETS, GoalAim
from users.localtime import reading_of
from users.ownership import advance_clock
from users.selectors import time_zone_of

BLANK: Mapping[str, Any] = {
    "fiber_target": 0,
    "water_target": 2000,
    "aim": GoalAim.MAINTAIN,
    "is_active": True,
    "days": (),
}


@transaction.atomic
def put_goal(*, user_id: UUID, content: Mapping[str, Any]) -> bool:
    """Make these the person's goals from today on; True where there were none before.

    Past days keep those that they had.
    """
    advance_clock(user_id)
    goal = NutritionGoal.objects.filter(user_id=user_id).first()
    is_new = goal is None
    if goal is not None:
        _keep_past(goal)
    _write(goal or NutritionGoal(user_id=user_id), {**BLANK, **content})
    return is_new


@transaction.atomic
def change_goal(*, user_id: UUID, content: Mapping[str, Any]) -> None:
    """Change some of the person's goals from today on. ``days`` replaces them all."""
    advance_clock(user_id)
    goal = NutritionGoal.objects.get(user_id=user_id)
    _keep_past(goal)
    _write(goal, content)


@transaction.atomic
def delete_goal(*, user_id: UUID) -> None:
    """Forget the person's goals, also those of past days; with ``is_active`` these stay."""
    advance_clock(user_id)
    NutritionGoal.objects.get(user_id=user_id).delete()


def _keep_past(goal: NutritionGoal) -> None:
    """Remember what the goals were until yesterday, unless they are of today."""
    zone = time_zone_of(goal.user_id)
    today = reading_of(timezone.now(), zone).date()
    yesterday = today - timedelta(days=1)
    if reading_of(goal.created_at, zone).date() >= today:
        return
    if PastGoal.objects.filter(user_id=goal.user_id, valid_until__gte=yesterday).exists():
        return
    names = (*TARGETS, "aim", "is_active")
    document = {name: getattr(goal, name) for name in names}
    document["days"] = list(goal.days.values("weekday", "is_training", *TARGETS))
    PastGoal(goal=goal, user_id=goal.user_id, valid_until=yesterday, document=document).insert()


def _write(goal: NutritionGoal, content: Mapping[str, Any]) -> None:
    for name, value in content.items():
        if name != "days":
            setattr(goal, name, value)
    goal.save()
    if "days" in content:
        _set_days(goal, content["days"])


def _set_days(goal: NutritionGoal, days: Sequence[Mapping[str, Any]]) -> None:
    # The goal has just been saved under a new revision, which is theirs as well.
    DayTarget.objects.filter(goal=goal).remove()
    DayTarget.objects.insert(
        DayTarget(
            goal=goal,
            user_id=goal.user_id,
            weekday=day.get("weekday"),
            is_training=day.get("is_training"),
            **{name: day.get(name) for name in TARGETS},
        )
        for day in days
    )
