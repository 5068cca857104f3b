"""A week of everybody's training, in a statement for thousands of people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, LiteralString
from uuid import UUID

from django.db import connection, transaction

from analytics.selectors.periods import NUMBERS, week_of
from analytics.services.analyses import WORKOUT_ANALYSES
from users.keyset import fetch
from users.models import SyncClock

# People in one transaction, whose other writers wait until it ends.
CHUNK: Final = 2000

_EVERYBODY: LiteralString = """
    SELECT user_id FROM users_syncclock WHERE user_id > %(after)s ORDER BY user_id LIMIT %(limit)s
"""
_LOCK: LiteralString = """
    SELECT user_id, revision FROM users_syncclock WHERE user_id = ANY(%(people)s)
    ORDER BY user_id FOR UPDATE
"""
# Each person's own week that holds the day.
_WEEK: LiteralString = f"""
    SELECT profile.user_id, (%(now)s AT TIME ZONE profile.timezone)::date AS today,
        settings.week_starts_on, {week_of("%(day)s::date", "settings.week_starts_on")} AS start
    FROM users_userprofile profile
    JOIN users_usersettings settings ON settings.user_id = profile.user_id
    WHERE profile.user_id = ANY(%(people)s)
"""  # noqa: S608 - our own parts
_WEEKS: Final = replace(
    WORKOUT_ANALYSES,
    expected=f"""
        WITH period AS MATERIALIZED (
            SELECT user_id, today, week_starts_on, 'week' AS period, start AS start_date,
                start + 6 AS end_date, row_number() OVER () AS n
            FROM scope CROSS JOIN LATERAL (
                SELECT FROM analytics_trainingday d WHERE d.user_id = scope.user_id AND d.date
                    BETWEEN CASE WHEN today - start BETWEEN 0 AND 6 THEN '-infinity' ELSE start END
                    AND CASE WHEN today - start BETWEEN 0 AND 6 THEN 'infinity' ELSE start + 6 END
                LIMIT 1
            ) trained
        ) SELECT * FROM ({NUMBERS}) made
    """,  # noqa: S608 - our own parts
    within="old.start_date = scope.start AND old.period = 'week'",
)
# Who stays behind the lock has the revision that was written for them, if any was.
_ADVANCE: LiteralString = """
    WITH advanced AS (
        UPDATE users_syncclock clock SET revision = clock.revision + 1
        WHERE clock.user_id = ANY(%(people)s) AND (EXISTS (
            SELECT FROM analytics_workoutanalysis a
            WHERE a.user_id = clock.user_id AND a.revision = clock.revision + 1
        ) OR EXISTS (
            SELECT FROM users_tombstone t
            WHERE t.user_id = clock.user_id AND t.revision = clock.revision + 1
        ))
        RETURNING user_id, revision
    )
    UPDATE analytics_analyticsstate state SET revision = advanced.revision
    FROM advanced
    WHERE state.user_id = advanced.user_id AND state.revision = advanced.revision - 1
"""
_TOTALS: LiteralString = f"""
    SELECT count(*) FILTER (WHERE a.total_workouts > 0) AS people,
        coalesce(sum(a.total_workouts), 0)::bigint AS workouts,
        coalesce(sum(a.total_duration), 0)::bigint AS minutes,
        coalesce(sum(a.total_sets), 0)::bigint AS sets,
        coalesce(sum(a.total_volume::numeric), 0)::float8 AS volume_kg
    FROM ({_WEEK}) week JOIN analytics_workoutanalysis a
        ON a.user_id = week.user_id AND a.start_date = week.start AND a.end_date = week.start + 6
"""  # noqa: S608 - our own parts


@dataclass(frozen=True, kw_only=True)
class WeeklyTotals:
    """What everybody who trained did in a week, and how many rows had to be written."""

    people: int = 0
    workouts: int = 0
    minutes: int = 0
    sets: int = 0
    volume_kg: float = 0.0
    written: int = 0

    def __add__(self, other: "WeeklyTotals") -> "WeeklyTotals":
        return WeeklyTotals(
            people=self.people + other.people,
            workouts=self.workouts + other.workouts,
            minutes=self.minutes + other.minutes,
            sets=self.sets + other.sets,
            volume_kg=self.volume_kg + other.volume_kg,
            written=self.written + other.written,
        )


def refresh_week(
    *,
    week_of: date,
    now: datetime,
    dry_run: bool = False,
    told: Callable[[int], object] = lambda _: None,
) -> WeeklyTotals:
    """Make everybody's week that holds a day agree with their training days.

    By each person's own weeks. Those whose week is right already are not written, and their
    clocks stay. ``told`` hears how many people were looked at; a dry run writes nothing.
    """
    done = WeeklyTotals()
    for people in _chunks():
        parameters = {"people": people, "day": week_of, "now": now}
        done += _refreshed(people, parameters, dry_run=dry_run)
        told(len(people))
    return done


def people_count() -> int:
    """How many people are looked at."""
    return SyncClock.objects.count()


def _chunks() -> Iterator[list[UUID]]:
    after = UUID(int=0)
    while people := fetch(_EVERYBODY, {"after": after, "limit": CHUNK}):
        after = people[-1]["user_id"]
        yield [row["user_id"] for row in people]


@transaction.atomic
def _refreshed(people: list[UUID], parameters: dict[str, Any], *, dry_run: bool) -> WeeklyTotals:
    # The clocks move afterwards, and only where something was written: a clock that moves calls
    # for a refresh of the person. Nobody else can move them meanwhile.
    clocks = {row["user_id"]: row["revision"] + 1 for row in fetch(_LOCK, {"people": people})}
    settled = _WEEKS.settle(clocks=clocks, scope=_WEEK, parameters=parameters)
    if settled.written or settled.gone:
        with connection.cursor() as cursor:
            cursor.execute(_ADVANCE, {"people": people})
    totals = fetch(_TOTALS, parameters)[0]
    transaction.set_rollback(dry_run)
    return WeeklyTotals(**totals, written=settled.written + settled.gone)
