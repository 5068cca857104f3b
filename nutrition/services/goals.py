"""How much of everything a person aims for."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from nutrition.models import DayTarget, NutritionGoal
from nutrition.models.goal import TARGETS, GoalAim
from users.ownership import advance_clock

BLANK: Mapping[str, Any] = {
    "fiber_target": 0,
    "water_target": 2000,
    "aim": GoalAim.MAINTAIN,
    "is_active": True,
    "days": (),
}


@transaction.atomic
def put_goal(*, user_id: UUID, content: Mapping[str, Any]) -> bool:
    """Make these the person's goals, in place of any before; True where there were none."""
    advance_clock(user_id)
    goal = NutritionGoal.objects.filter(user_id=user_id).first()
    is_new = goal is None
    _write(goal or NutritionGoal(user_id=user_id), {**BLANK, **content})
    return is_new


@transaction.atomic
def change_goal(*, user_id: UUID, content: Mapping[str, Any]) -> None:
    """Change some of the person's goals. ``days``, if given, replaces them all."""
    advance_clock(user_id)
    _write(NutritionGoal.objects.get(user_id=user_id), content)


@transaction.atomic
def delete_goal(*, user_id: UUID) -> None:
    advance_clock(user_id)
    NutritionGoal.objects.get(user_id=user_id).delete()


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
