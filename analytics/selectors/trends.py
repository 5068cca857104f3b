"""Whether exercises get better or stand still."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, LiteralString
from uuid import UUID

from analytics.formulas import LiftTrend, lift_trend
from analytics.selectors.provenance import provenance
from users.keyset import fetch
from users.localtime import reading_of

# What somebody trained twelve weeks ago says little about whether they stand still now.
TREND_DAYS: Final = 84

_VISIBLE: LiteralString = """
    SELECT e.id FROM workouts_exercise e
    WHERE e.id = %(exercise)s AND (e.created_by_id IS NULL OR e.created_by_id = %(user)s)
"""
_EXPOSURES: LiteralString = """
    SELECT exercise_id, date, one_rep_max FROM analytics_strengthprogress
    WHERE user_id = %(user)s AND exercise_id = ANY(%(exercises)s) AND validity = 'valid'
        AND date BETWEEN %(first)s AND %(last)s
    ORDER BY exercise_id, date
"""
_CALENDAR: LiteralString = """
    SELECT profile.timezone, settings.week_starts_on FROM users_userprofile profile
    JOIN users_usersettings settings ON settings.user_id = profile.user_id
    WHERE profile.user_id = %(user)s
"""
# Weeks that are over, by the plan that was followed on their first day. A week with four days
# off does not count.
_ADHERENCE: LiteralString = """
    WITH kept AS (
        SELECT (
            SELECT max(plan.days_per_week) FROM workouts_planrun run JOIN workouts_workoutplan plan
                ON plan.user_id = run.user_id AND plan.id = run.plan_id
            WHERE run.user_id = %(user)s AND run.started_on <= week
                AND (run.finished_on IS NULL OR week <= run.finished_on)
        ) AS planned, (
            SELECT count(*) FROM workouts_workout w
            WHERE w.user_id = %(user)s AND w.date >= week AND w.date < week + 7
        ) AS done, (
            SELECT count(*) FROM generate_series(0, 6) n WHERE EXISTS (
                SELECT FROM workouts_planpause pause JOIN workouts_planrun run
                    ON run.user_id = pause.user_id AND run.id = pause.run_id
                WHERE pause.user_id = %(user)s AND run.started_on <= week
                    AND (run.finished_on IS NULL OR week <= run.finished_on)
                    AND pause.starts_on <= week + n
                    AND (pause.ends_on IS NULL OR week + n < pause.ends_on)
            ) OR EXISTS (
                SELECT FROM analytics_trainingbreak off
                WHERE off.user_id = %(user)s AND off.starts_on <= week + n
                    AND (off.ends_on IS NULL OR week + n < off.ends_on)
            )
        ) AS days_off
        FROM unnest(%(weeks)s::date[]) AS week
    )
    SELECT sum(least(done, planned)) AS done, sum(planned) AS planned FROM kept
    WHERE planned IS NOT NULL AND days_off < 4
"""


@dataclass(frozen=True)
class Calendar:
    """The person's own day, and on which weekday their weeks begin: 1 is Monday."""

    today: date
    week_starts_on: int

    def weeks_over(self, *, days: int) -> list[date]:
        """The first days of the weeks that lie within so many days before today."""
        since = (self.today.isoweekday() - self.week_starts_on) % 7
        this_week = self.today - timedelta(days=since)
        return [this_week - timedelta(weeks=ago) for ago in range((days - since) // 7, 0, -1)]


def calendar_of(user_id: UUID, *, now: datetime) -> Calendar:
    [row] = fetch(_CALENDAR, {"user": user_id})
    return Calendar(
        today=reading_of(now, row["timezone"]).date(), week_starts_on=row["week_starts_on"]
    )


def trends_of(
    *, user_id: UUID, exercise_ids: Sequence[UUID], calendar: Calendar, days: int
) -> dict[UUID, LiftTrend]:
    """Whether each exercise gets better, by its valid maxima from so many days ago up to today.

    Two queries for any number of exercises.
    """
    first = calendar.today - timedelta(days=days)
    exposures: dict[UUID, list[tuple[date, float]]] = {one: [] for one in exercise_ids}
    rows = fetch(
        _EXPOSURES,
        {"user": user_id, "exercises": exercise_ids, "first": first, "last": calendar.today},
    )
    for row in rows:
        exposures[row["exercise_id"]].append((row["date"], row["one_rep_max"]))
    adherence = _adherence(user_id, calendar.weeks_over(days=days))
    return {
        exercise_id: lift_trend(
            known, adherence=adherence, first_weekday=calendar.week_starts_on - 1
        )
        for exercise_id, known in exposures.items()
    }


def exercise_trend(
    *, user_id: UUID, exercise_id: UUID, calendar: Calendar, days: int, explain: bool = False
) -> dict[str, Any] | None:
    """The trend of one exercise as it is shown; None for one that the person cannot see."""
    if not fetch(_VISIBLE, {"user": user_id, "exercise": exercise_id}):
        return None
    trends = trends_of(user_id=user_id, exercise_ids=[exercise_id], calendar=calendar, days=days)
    shown = shown_trend(trends[exercise_id], explain=explain)
    return {"exercise_id": exercise_id, **shown}


def _adherence(user_id: UUID, weeks: Sequence[date]) -> float | None:
    """The share of the planned sessions of these weeks that were done; None without a plan."""
    [row] = fetch(_ADHERENCE, {"user": user_id, "weeks": list(weeks)})
    return float(row["done"] / row["planned"]) if row["planned"] else None


def shown_trend(trend: LiftTrend, *, explain: bool) -> dict[str, Any]:
    return {
        "verdict": trend.verdict,
        "slope_kg_a_week": trend.slope_kg_a_week,
        "percent_a_week": trend.percent_a_week,
        "weeks": trend.weeks,
        "adherence": trend.adherence,
        "lever": trend.lever,
        "sets_change": trend.sets_change,
        "provenance": provenance(trend, explain=explain),
    }
