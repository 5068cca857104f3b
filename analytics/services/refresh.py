"""Makes what follows from people's diaries agree with them.

The same statements serve one person after one set and everybody at once; only the days that they
look at differ. Safe to run at any time and twice: rows that are right are not written.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction

from analytics.services.analyses import settle_workout_analyses
from analytics.services.changes import Changes, all_of, changes_of
from analytics.services.goals import settle_goals
from analytics.services.nutrition import settle_nutrition_summaries
from analytics.services.people import Person, clocks_of
from analytics.services.records import settle_personal_records
from analytics.services.strength import settle_strength_progress
from analytics.services.training_days import settle_training_days
from analytics.signals import days_settled
from users.keyset import fetch
from users.ownership import advance_clocks_unheard
from users.services.settling import Settled, plan_each_time

# People in one transaction, whose other writers wait until it ends.
CHUNK: Final = 100
SWEEP_LIMIT: Final = 2000

# Whose clock or whose day has moved on since.
_STALE: LiteralString = """
    SELECT clock.user_id
    FROM users_syncclock clock
    JOIN users_userprofile profile ON profile.user_id = clock.user_id
    LEFT JOIN analytics_analyticsstate state ON state.user_id = clock.user_id
    WHERE (state.revision, state.through) IS DISTINCT FROM
        (clock.revision, (%(now)s AT TIME ZONE profile.timezone)::date)
"""
_OF_THESE: LiteralString = " AND clock.user_id = ANY(%(people)s)"
_OLDEST_FIRST: LiteralString = " ORDER BY state.refreshed_at NULLS FIRST LIMIT %(limit)s"
_PEOPLE: LiteralString = """
    SELECT profile.user_id, (%(now)s AT TIME ZONE profile.timezone)::date AS today,
        settings.week_starts_on, state.revision, state.through,
        state.week_starts_on AS counted_from
    FROM users_userprofile profile
    JOIN users_usersettings settings ON settings.user_id = profile.user_id
    LEFT JOIN analytics_analyticsstate state ON state.user_id = profile.user_id
    WHERE profile.user_id = ANY(%(people)s)
"""
_REMEMBER: LiteralString = """
    INSERT INTO analytics_analyticsstate (user_id, revision, through, week_starts_on, refreshed_at)
    SELECT *, now() FROM unnest(%(people)s::uuid[], %(clocks)s::bigint[], %(todays)s::date[],
        %(week_starts)s::smallint[])
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision,
        through = excluded.through, week_starts_on = excluded.week_starts_on,
        refreshed_at = excluded.refreshed_at
"""


@dataclass(frozen=True)
class Refreshed:
    """How many people were looked at, and how many rows were written and taken away."""

    people: int = 0
    written: int = 0
    gone: int = 0

    def __add__(self, other: "Refreshed") -> "Refreshed":
        return Refreshed(
            people=self.people + other.people,
            written=self.written + other.written,
            gone=self.gone + other.gone,
        )


def stale_people(*, now: datetime, limit: int = SWEEP_LIMIT) -> list[UUID]:
    """Whose derived rows do not follow from their diaries, or not through their today."""
    rows = fetch(_STALE + _OLDEST_FIRST, {"now": now, "limit": limit})
    return [row["user_id"] for row in rows]


def refresh_people(user_ids: Collection[UUID], *, now: datetime) -> Refreshed:
    """Make anew what changed in the diaries of these people since their last time."""
    done = Refreshed()
    for chunk in _chunks(user_ids):
        stale = fetch(_STALE + _OF_THESE, {"now": now, "people": chunk})
        if stale:
            done += _refreshed([row["user_id"] for row in stale], now, changes_of)
    return done


def rebuild_people(
    user_ids: Collection[UUID],
    *,
    now: datetime,
    since: date | None = None,
    dry_run: bool = False,
) -> Iterator[Refreshed]:
    """Make anew all that follows from the diaries of these people, or all since a day.

    Answers after each chunk of people, which is committed then, or undone in a dry run.
    """
    for chunk in _chunks(user_ids):
        with transaction.atomic():
            done = _refreshed(chunk, now, lambda people: all_of(people, since=since))
            transaction.set_rollback(dry_run)
        yield done


@transaction.atomic
def wrong_rows_of(user_ids: Collection[UUID], *, now: datetime) -> int:
    """How many derived rows of these people no refresh would put right. Changes nothing.

    What merely waits for its refresh is not wrong. Their other writers wait meanwhile.
    """
    refresh_people(user_ids, now=now)
    rebuilt = list(rebuild_people(user_ids, now=now))
    transaction.set_rollback(True)
    return sum(one.written + one.gone for one in rebuilt)


def _chunks(user_ids: Collection[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(user_ids)
    for first in range(0, len(ordered), CHUNK):
        yield ordered[first : first + CHUNK]


def _refreshed(
    user_ids: Collection[UUID], now: datetime, find: Callable[[Sequence[Person]], Changes]
) -> Refreshed:
    with transaction.atomic():
        plan_each_time()
        people = _locked(user_ids, now)
        settled = _settle(people, find(people)) if people else []
        _remember(people)
    return Refreshed(
        people=len(people),
        written=sum(one.written for one in settled),
        gone=sum(one.gone for one in settled),
    )


def _locked(user_ids: Collection[UUID], now: datetime) -> list[Person]:
    """These people with all other writers of theirs locked out; who is gone is left out."""
    clocks = advance_clocks_unheard(user_ids)
    rows = fetch(_PEOPLE, {"people": list(clocks), "now": now})
    return [Person(clock=clocks[row["user_id"]], **row) for row in rows]


def _settle(people: Sequence[Person], changes: Changes) -> list[Settled]:
    clocks = clocks_of(people)
    exercises = changes.exercises()
    settled = [
        settle_training_days(clocks=clocks, days=changes.training_days),
        settle_nutrition_summaries(clocks=clocks, days=changes.food_days),
        settle_strength_progress(clocks=clocks, days=changes.lift_days),
        settle_personal_records(clocks=clocks, exercises=exercises),
        settle_workout_analyses(people=people, since=changes.periods_since),
        Settled(written=settle_goals(people=people)),
    ]
    _announce({user_id for user_id, _ in changes.training_days})
    return settled


def _announce(user_ids: Collection[UUID]) -> None:
    if user_ids:
        announce = partial(days_settled.send, sender=None, user_ids=tuple(user_ids))
        # What others make of it cannot keep the next people from their turn.
        transaction.on_commit(announce, robust=True)


def _remember(people: Sequence[Person]) -> None:
    values: dict[str, Any] = {
        "people": [person.user_id for person in people],
        "clocks": [person.clock for person in people],
        "todays": [person.today for person in people],
        "week_starts": [person.week_starts_on for person in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, values)
