"""Checks that derived rows say what the diaries say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.apps import apps
from django.db import models

from analytics.models import BodyGoal, Goal, HabitGoal, StrengthGoal
from analytics.models.derived import DerivedModel
from analytics.services.refresh import CHUNK, rebuild_people, wrong_rows_of
from users.models import SyncClock
from users.services.checks import MOST_EXAMPLES, Check, Found, Track, count, wrong_rows

_KINDS: Final[tuple[type[models.Model], ...]] = (StrengthGoal, BodyGoal, HabitGoal)
_STRAY: Final = """
    SELECT goal.id FROM analytics_goal goal
    JOIN django_content_type kind ON kind.id = goal.polymorphic_ctype_id
    LEFT JOIN {table} part ON part.goal_ptr_id = goal.id
    WHERE (part.goal_ptr_id IS NOT NULL)
        <> (kind.app_label = 'analytics' AND kind.model = '{model}')
"""


def _chunks() -> list[Sequence[UUID]]:
    people = list(SyncClock.objects.order_by("pk").values_list("pk", flat=True))
    return [people[first : first + CHUNK] for first in range(0, len(people), CHUNK)]


def _look_at_derived(track: Track) -> Found:
    derived = [model for model in apps.get_models() if issubclass(model, DerivedModel)]
    total = Found(sum(count(model._meta.db_table) for model in derived))
    for chunk in track(_chunks()):
        wrong = wrong_rows_of(chunk, now=datetime.now(UTC))
        named = _some_of(chunk, most=MOST_EXAMPLES - len(total.examples)) if wrong else ()
        total += Found(0, wrong, named)
    return total


def _some_of(people: Sequence[UUID], *, most: int) -> tuple[str, ...]:
    """Some of the people whose rows are wrong."""
    named: list[str] = []
    for user_id in people:
        if len(named) >= most:
            break
        if wrong_rows_of([user_id], now=datetime.now(UTC)):
            named.append(f"rows of {user_id}")
    return tuple(named)


def _rebuild(track: Track) -> int:
    now = datetime.now(UTC)
    done = [one for chunk in track(_chunks()) for one in rebuild_people(chunk, now=now)]
    return sum(one.written + one.gone for one in done)


def _look_at_goals(track: Track) -> Found:
    total = Found(count(Goal._meta.db_table))
    for kind in track(_KINDS):
        table, name = kind._meta.db_table, str(kind._meta.model_name)
        total += wrong_rows(_STRAY.format(table=table, model=name), prefix=f"{table} ")
    return total


CHECKS: Final = (
    Check(
        name="derived",
        about="Days, summaries, progress, records, periods and goals say what the diaries say.",
        look=_look_at_derived,
        mend=_rebuild,
    ),
    Check(
        name="goals",
        about="Each goal is of the kind that it says.",
        look=_look_at_goals,
        advice="A goal without its part, or with another's, is of no use: delete it in the admin.",
    ),
)
