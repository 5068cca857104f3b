"""A week of everybody's training."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django.fixtures import DjangoAssertNumQueries

from analytics.models import AnalyticsState, WorkoutAnalysis
from analytics.services.weekly import WeeklyTotals, refresh_week
from tests.analytics.periods import DAY, MONDAY, WEEK, settle, the_week, train
from tests.factories.analytics import TrainingDayFactory, WorkoutAnalysisFactory
from tests.factories.users import UserFactory
from users.models import SyncClock, Tombstone, User
from users.services.settling import Settled

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)


def clock(user: User) -> int:
    return SyncClock.objects.get(user=user).revision


def test_everybodys_week_is_added_up(ana: User, ben: User) -> None:
    train(ana, 3, 1)
    train(ben, 2)
    TrainingDayFactory(user=ben, date=MONDAY + DAY, minutes=45, volume=1000.5)

    totals = refresh_week(week_of=MONDAY + 3 * DAY, now=NOW)

    assert totals == WeeklyTotals(
        people=2, workouts=6, minutes=165, sets=30, volume_kg=11000.5, written=2
    )
    assert the_week(ana).total_workouts == 3
    assert the_week(ben).total_volume == 6000.5
    assert WorkoutAnalysis.objects.count() == 2


def test_a_refresh_of_the_week_agrees_with_that_of_the_person(ana: User) -> None:
    train(ana, 3, 1, 2)

    refresh_week(week_of=MONDAY + WEEK, now=NOW)

    stored = the_week(ana, MONDAY + WEEK)
    settle(ana, today=NOW.date())
    assert the_week(ana, MONDAY + WEEK).revision == stored.revision


def test_the_second_time_nothing_is_written_and_no_clock_moves(ana: User) -> None:
    train(ana, 3)
    refresh_week(week_of=MONDAY, now=NOW)
    before = clock(ana)

    totals = refresh_week(week_of=MONDAY, now=NOW)

    assert (totals.workouts, totals.written) == (3, 0)
    assert clock(ana) == before


def test_what_is_written_moves_the_clock_of_its_person_alone(ana: User, ben: User) -> None:
    train(ana, 3)
    train(ben, 3)
    settle(ben, today=NOW.date())
    before = clock(ana), clock(ben)

    refresh_week(week_of=MONDAY, now=NOW)

    assert (clock(ana), clock(ben)) == (before[0] + 1, before[1])
    assert the_week(ana).revision == clock(ana)


def test_who_was_up_to_date_stays_so(ana: User, ben: User) -> None:
    train(ana, 3)
    train(ben, 3)
    AnalyticsState.objects.create(user=ana, revision=clock(ana), through=NOW.date())
    AnalyticsState.objects.create(user=ben, revision=clock(ben) - 1, through=NOW.date())

    refresh_week(week_of=MONDAY, now=NOW)

    assert AnalyticsState.objects.get(user=ana).revision == clock(ana)
    assert AnalyticsState.objects.get(user=ben).revision == clock(ben) - 2


def test_a_week_is_the_persons_own(ana: User) -> None:
    ana.settings.week_starts_on = 7
    ana.settings.save()
    TrainingDayFactory(user=ana, date=MONDAY - DAY)

    totals = refresh_week(week_of=MONDAY, now=NOW)

    assert totals.workouts == 1
    assert WorkoutAnalysis.objects.get().start_date == MONDAY - DAY


def test_a_week_that_has_no_training_any_more_goes(ana: User) -> None:
    train(ana, 0, 1)
    stored = WorkoutAnalysisFactory(user=ana)
    before = clock(ana)

    totals = refresh_week(week_of=MONDAY, now=NOW)

    assert totals == WeeklyTotals(written=1)
    assert Tombstone.objects.get().object_id == stored.pk
    assert clock(ana) == before + 1


def test_months_and_other_weeks_are_left_alone(ana: User) -> None:
    train(ana, 1, 1)
    settle(ana, today=NOW.date())
    WorkoutAnalysis.objects.update(total_sets=999)

    refresh_week(week_of=MONDAY, now=NOW)

    found = WorkoutAnalysis.objects.filter(total_sets=999).values_list("period", "start_date")
    assert set(found) == {
        ("week", MONDAY + WEEK),
        ("week", MONDAY + 2 * WEEK),
        ("month", dt.date(2026, 3, 1)),
    }


def test_it_costs_the_same_for_any_number_of_people(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for user in UserFactory.create_batch(4):
        train(user, 3)

    # Everybody, twice, and for each chunk: the transaction, clocks, weeks, clocks, and totals.
    with django_assert_num_queries(8):
        totals = refresh_week(week_of=MONDAY, now=NOW)

    assert (totals.people, totals.written) == (4, 4)


def test_chunks_make_the_same_of_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    people = UserFactory.create_batch(5)
    for user in people:
        train(user, 3)
    monkeypatch.setattr("analytics.services.weekly.CHUNK", 2)

    totals = refresh_week(week_of=MONDAY, now=NOW)

    assert (totals.people, totals.workouts, totals.written) == (5, 15, 5)


def test_the_command_says_what_it_did(ana: User) -> None:
    train(ana, 3)
    said = StringIO()

    call_command("weekly_stats", "--week-of", "2026-03-04", stdout=said)

    assert said.getvalue() == (
        "1 people trained 3 times in the week of 2026-03-04: 60 min, 10 sets, 5000 kg."
        " 1 weeks were written.\n"
    )
    assert settle(ana, today=NOW.date()) == Settled(written=2)
