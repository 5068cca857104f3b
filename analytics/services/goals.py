"""What people aim for: set, changed, given up, and reached."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from analytics.formulas.goals import Standing
from analytics.models import BodyGoal, Goal, GoalKind, Habit, HabitGoal, StrengthGoal
from analytics.models.body import RANGES
from analytics.selectors import goals as selectors
from analytics.selectors.goals import Row
from analytics.selectors.trends import Calendar, calendar_of
from analytics.services.people import Person
from users.errors import Conflict
from users.models.notification import NotificationCategory
from users.ownership import advance_clock
from users.services.notifications import notify

MOST_GOALS: Final = 500
CHUNK: Final = 200
KINDS: Final[Mapping[str, type[Goal]]] = {
    GoalKind.STRENGTH: StrengthGoal,
    GoalKind.BODY: BodyGoal,
    GoalKind.HABIT: HabitGoal,
}
# With another of these it is another goal, which may be reached anew.
_AIMS: Final = frozenset(
    {"exercise", "target_kg", "measure", "target_value", "habit", "days_per_week", "weeks"}
)
_FOOD: Final = frozenset({Habit.FOOD_LOGGED, Habit.CALORIES_KEPT, Habit.WATER})
_DERIVED: Final = (
    "start_value",
    "current_value",
    "progress_percent",
    "achieved_on",
    "forecast_date",
)
_WRITE: LiteralString = """
    UPDATE analytics_goal goal SET start_value = settled.start_value,
        current_value = settled.current_value, progress_percent = settled.progress_percent,
        achieved_on = settled.achieved_on, forecast_date = settled.forecast_date,
        announced_at = CASE WHEN settled.is_announced THEN now() ELSE goal.announced_at END,
        revision = settled.revision, updated_at = now()
    FROM unnest(%(id)s::uuid[], %(start_value)s::float8[], %(current_value)s::float8[],
        %(progress_percent)s::float8[], %(achieved_on)s::date[], %(forecast_date)s::date[],
        %(is_announced)s::boolean[], %(revision)s::bigint[]) AS settled (id, start_value,
        current_value, progress_percent, achieved_on, forecast_date, is_announced, revision)
    WHERE goal.id = settled.id
"""

Content = Mapping[str, Any]


@transaction.atomic
def create_goal(
    *,
    user_id: UUID,
    kind: str,
    object_id: UUID,
    content: Content,
    creation_hash: bytes,
    now: datetime,
) -> Goal:
    """A goal that begins today, unless it says otherwise, with where it stands.

    Raises ValidationError for a target that no body can have, and Conflict for one goal too many.
    """
    revision = advance_clock(user_id)
    if Goal.objects.filter(user_id=user_id).count() >= MOST_GOALS:
        raise Conflict(f"You have {MOST_GOALS} goals. Delete some first.", code="too_many_goals")
    calendar = calendar_of(user_id, now=now)
    goal = KINDS[kind](
        id=object_id,
        user_id=user_id,
        creation_hash=creation_hash,
        **{"start_date": calendar.today, **content},
    )
    _refuse_unlikely(goal)
    goal.insert_at(revision)
    _settle_one(goal, revision, calendar)
    return goal


@transaction.atomic
def change_goal(*, user_id: UUID, goal_id: UUID, content: Content, now: datetime) -> None:
    """Change what a goal is, and with it where it stands. Raises what create_goal raises."""
    revision = advance_clock(user_id)
    goal = Goal.objects.get(user_id=user_id, pk=goal_id)
    if any(getattr(goal, name) != content[name] for name in _AIMS & content.keys()):
        goal.announced_at = None
    for name, value in content.items():
        setattr(goal, name, value)
    _refuse_unlikely(goal)
    goal.save()
    _settle_one(goal, max(revision, goal.revision), calendar_of(user_id, now=now))


@transaction.atomic
def delete_goal(*, user_id: UUID, goal_id: UUID) -> None:
    advance_clock(user_id)
    Goal.objects.filter(user_id=user_id, pk=goal_id).delete()


def settle_goals(*, people: Sequence[Person]) -> int:
    """Make what the goals of these people say of themselves follow from their diaries.

    Answers how many goals said something else.

    The caller has advanced the people's clocks and settled what goals are measured by. At most
    five statements for a chunk of people; goals that are right are not written.
    """
    written = 0
    for first in range(0, len(people), CHUNK):
        chunk = people[first : first + CHUNK]
        calendars = {
            person.user_id: Calendar(today=person.today, week_starts_on=person.week_starts_on)
            for person in chunk
        }
        clocks = {person.user_id: person.clock for person in chunk}
        written += _settle(selectors.goals_of(calendars), calendars, clocks)
    return written


def _settle_one(goal: Goal, revision: int, calendar: Calendar) -> None:
    rows = selectors.goals(user_id=goal.user_id, ids=[goal.pk])
    _settle(rows, {goal.user_id: calendar}, {goal.user_id: revision})


def _settle(
    rows: Sequence[Row], calendars: Mapping[UUID, Calendar], clocks: Mapping[UUID, int]
) -> int:
    standings = selectors.standings(rows, calendars)
    changed = []
    for row in rows:
        settled = _settled(row, standings[row["id"]])
        if settled["is_announced"] or any(settled[name] != row[name] for name in _DERIVED):
            changed.append({**row, **settled, "revision": clocks[row["user_id"]]})
    if changed:
        names = ("id", *_DERIVED, "is_announced", "revision")
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {name: [one[name] for one in changed] for name in names})
    _announce(row for row in changed if row["is_announced"])
    return len(changed)


def _settled(row: Row, standing: Standing) -> Row:
    """What this goal should say of itself, and whether the person has to hear of it."""
    progress = standing.progress
    is_reached = progress.achieved_on is not None and not row["is_abandoned"]
    return {
        "start_value": progress.start,
        "current_value": progress.current,
        "progress_percent": progress.percent,
        "achieved_on": progress.achieved_on,
        "forecast_date": None if row["is_abandoned"] else standing.forecast_date,
        "is_announced": is_reached and row["announced_at"] is None,
    }


def _announce(rows: Iterable[Row]) -> None:
    for row in rows:
        is_food = row["habit"] in _FOOD
        notify(
            user_id=row["user_id"],
            category=NotificationCategory.NUTRITION if is_food else NotificationCategory.WORKOUTS,
            kind="goal_achieved",
            text=f"You reached your goal: {row['title']}.",
            # The base of all kinds, by whose name phones know it.
            target=Goal(id=row["id"]),
        )


def _refuse_unlikely(goal: Goal) -> None:
    if not isinstance(goal, BodyGoal):
        return
    low, high = RANGES[goal.measure]
    if not low <= goal.target_value <= high:
        message = f"For this measure it must be from {low} to {high}."
        raise ValidationError({"target_value": ValidationError(message, code="out_of_range")})
