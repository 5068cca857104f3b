"""People with weeks of training, and what analytics makes of them."""

import datetime as dt

from analytics.models import WorkoutAnalysis
from analytics.services.analyses import settle_workout_analyses
from analytics.services.people import Person
from tests.factories.analytics import TrainingDayFactory
from users.models import User
from users.ownership import advance_clocks_unheard
from users.services.settling import Settled
from workouts.models import PlanPause, PlanRun, PlanVersion, WorkoutPlan

MONDAY = dt.date(2026, 3, 2)
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(days=7)


def settle(
    *users: User,
    today: dt.date = MONDAY + 20 * DAY,
    since: dt.date | None = None,
    week_starts_on: int = 1,
) -> Settled:
    clocks = advance_clocks_unheard([user.pk for user in users])
    people = [
        Person(user_id=user.pk, clock=clocks[user.pk], today=today, week_starts_on=week_starts_on)
        for user in users
    ]
    return settle_workout_analyses(people=people, since={user.pk: since for user in users})


def spans(user: User, period: str) -> list[tuple[dt.date, dt.date]]:
    rows = WorkoutAnalysis.objects.filter(user=user, period=period).order_by("start_date")
    return [(row.start_date, row.end_date) for row in rows]


def the_week(user: User, start: dt.date = MONDAY) -> WorkoutAnalysis:
    return WorkoutAnalysis.objects.get(user=user, period="week", start_date=start)


def follow(user: User, *, times: int, since: dt.date, until: dt.date | None = None) -> PlanRun:
    plan = WorkoutPlan.objects.create(
        user=user, name="Plan", goal="strength", days_per_week=times, fitness_level="beginner"
    )
    version = PlanVersion(user=user, plan=plan, version=1, document={})
    version.save()
    status = "active" if until is None else "finished"
    return PlanRun.objects.create(
        user=user, plan=plan, version=version, started_on=since, finished_on=until, status=status
    )


def pause(run: PlanRun, starts_on: dt.date, ends_on: dt.date | None) -> None:
    PlanPause(user=run.user, run=run, starts_on=starts_on, ends_on=ends_on).save()


def train(user: User, *counts: int, first: dt.date = MONDAY) -> None:
    """So many workouts in each of these weeks."""
    for number, count in enumerate(counts):
        if count:
            TrainingDayFactory(user=user, date=first + number * WEEK, workouts=count)
