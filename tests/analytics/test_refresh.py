import datetime as dt

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import tasks
from analytics.models import (
    AnalyticsState,
    NutritionSummary,
    PersonalRecord,
    StrengthProgress,
    TrainingDay,
    WorkoutAnalysis,
)
from analytics.services.refresh import rebuild_people, refresh_people, stale_people
from tests.analytics.diaries import DERIVED, TODAY, Diary, said
from tests.factories.nutrition import FoodFactory, MealEntryFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from tests.users.races import aside, at_once, wait_for_a_blocked_connection
from users import personal_data
from users.models import SyncClock, Tombstone
from users.ownership import advance_clock
from workouts.models import Muscle
from workouts.services.workouts import log_workout

pytestmark = pytest.mark.django_db

NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
MONDAY = dt.date(2026, 3, 2)


def refreshed(*users, now=NOON):
    return refresh_people([user.pk for user in users], now=now)


def lifted(user, day, weight, exercise, **more):
    workout = WorkoutFactory(user=user, date=day)
    return WorkoutSetFactory(
        workout=workout, exercise=exercise, position=1, weight=weight, reps=5, **more
    )


@pytest.fixture
def bench(db):
    exercise = ExerciseFactory(name="Bench")
    exercise.muscles.add(
        Muscle.objects.get(slug="chest"), through_defaults={"role": "primary", "share": 1.0}
    )
    return exercise


# --- Step by step and all at once agree ------------------------------------------------------


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    edits=st.lists(st.integers(0, 100_000), min_size=1, max_size=40),
    every=st.integers(1, 9),
    days_later=st.integers(0, 9),
)
def test_random_edits_step_by_step_say_the_same_as_all_at_once(db, edits, every, days_later):
    with transaction.atomic():
        ana = UserFactory()
        run = ExerciseFactory(name="Run", is_cardio=True)
        squat = ExerciseFactory(name="Squat")
        diary = Diary(ana, [squat, run], FoodFactory())

        for number, edit in enumerate(edits):
            diary.edit(edit)
            if number % every == 0:
                refreshed(ana)
        later = NOON + dt.timedelta(days=days_later)
        refreshed(ana, now=later)

        step_by_step = said(ana)
        [found] = rebuild_people([ana.pk], now=later)
        assert (found.written, found.gone) == (0, 0)
        for model in DERIVED:
            model._default_manager.filter(user=ana).delete()
        AnalyticsState.objects.filter(user=ana).delete()
        list(rebuild_people([ana.pk], now=later))
        assert said(ana) == step_by_step
        transaction.set_rollback(True)


# --- Exactly what an edit touches ------------------------------------------------------------


def test_a_changed_set_writes_only_its_day_its_lift_and_the_periods_from_then_on(ana, bench):
    squat = ExerciseFactory(name="Squat")
    lifted(ana, MONDAY - dt.timedelta(weeks=9), 80, bench)
    changed = lifted(ana, MONDAY, 100, bench)
    other = lifted(ana, MONDAY + dt.timedelta(days=1), 120, squat)
    refreshed(ana)
    before = AnalyticsState.objects.get(user=ana).revision

    changed.weight = 105
    changed.save()
    refreshed(ana)

    def written(model):
        return model.objects.filter(user=ana, revision__gt=before)

    assert [day.date for day in written(TrainingDay)] == [MONDAY]
    assert [(row.date, row.exercise_id) for row in written(StrengthProgress)] == [
        (MONDAY, bench.pk)
    ]
    assert {row.exercise_id for row in written(PersonalRecord)} == {bench.pk}
    assert min(row.start_date for row in written(WorkoutAnalysis)) >= dt.date(2026, 3, 1)
    assert not written(PersonalRecord).filter(set_id=other.pk).exists()


def test_a_moved_workout_leaves_its_old_day(ana, bench):
    row = lifted(ana, MONDAY, 100, bench)
    refreshed(ana)

    row.workout.date = MONDAY + dt.timedelta(days=3)
    row.workout.save()
    refreshed(ana)

    assert [day.date for day in TrainingDay.objects.all()] == [dt.date(2026, 3, 5)]
    assert [row.date for row in StrengthProgress.objects.all()] == [dt.date(2026, 3, 5)]


def test_a_deleted_set_takes_its_record_back_and_phones_learn_of_it(ana, bench):
    lifted(ana, MONDAY, 100, bench)
    best = lifted(ana, MONDAY + dt.timedelta(days=2), 110, bench)
    refreshed(ana)
    heaviest = PersonalRecord.objects.get(kind="weight", set_id=best.pk)

    best.workout.delete()
    refreshed(ana)

    standing = PersonalRecord.objects.get(kind="weight", is_standing=True)
    assert (standing.value, standing.date) == (100, MONDAY)
    grave = Tombstone.objects.get(resource="analytics.personalrecord", object_id=heaviest.pk)
    assert grave.revision == AnalyticsState.objects.get(user=ana).revision


def test_a_record_that_is_lifted_and_deleted_leaves_everything_as_it_was(ana, bench):
    lifted(ana, MONDAY, 100, bench)
    refreshed(ana)
    before = said(ana)

    best = lifted(ana, TODAY, 130, bench)
    refreshed(ana)
    assert said(ana) != before
    best.workout.delete()
    refreshed(ana)

    assert said(ana) == before


def test_a_meal_changes_the_summary_of_its_day_alone(ana):
    for day in (MONDAY, TODAY):
        MealEntryFactory(user=ana, date=day)
    refreshed(ana)
    before = AnalyticsState.objects.get(user=ana).revision

    MealEntryFactory(user=ana, date=TODAY)
    refreshed(ana)

    [changed] = NutritionSummary.objects.filter(revision__gt=before)
    assert (changed.date, changed.meal_count) == (TODAY, 2)


def test_a_second_refresh_writes_nothing(ana, bench):
    lifted(ana, MONDAY, 100, bench)
    first = refreshed(ana)
    clock = SyncClock.objects.get(user=ana).revision

    second = refreshed(ana)

    assert first.people == 1
    assert first.written > 0
    assert (second.people, second.written, second.gone) == (0, 0, 0)
    assert SyncClock.objects.get(user=ana).revision == clock


def test_a_refresh_of_one_leaves_another_alone(ana, ben, bench):
    lifted(ana, MONDAY, 100, bench)
    lifted(ben, MONDAY, 90, bench)
    refreshed(ana)

    assert TrainingDay.objects.get().user == ana
    assert stale_people(now=NOON) == [ben.pk]


def test_many_people_are_refreshed_together_as_they_would_be_alone(bench):
    people = UserFactory.create_batch(3)
    for number, person in enumerate(people):
        lifted(person, MONDAY, 100 + number, bench)
    alone = []
    for person in people:
        with transaction.atomic():
            refreshed(person)
            alone.append(said(person))
            transaction.set_rollback(True)

    refreshed(*people)

    assert [said(person) for person in people] == alone


def test_a_refresh_costs_the_same_for_any_number_of_days_and_people(bench, ana, ben):
    lifted(ana, TODAY, 100, bench)
    with CaptureQueriesContext(connection) as few:
        refreshed(ana)
    for number in range(12):
        for person in (ana, ben):
            lifted(person, TODAY - dt.timedelta(days=number), 100, bench)
            MealEntryFactory(user=person, date=TODAY - dt.timedelta(days=number))
    refreshed(ana, ben)
    for person in (ana, ben):
        for number in range(12):
            lifted(person, TODAY - dt.timedelta(days=number), 101, bench)
            MealEntryFactory(user=person, date=TODAY - dt.timedelta(days=number))

    with CaptureQueriesContext(connection) as many:
        refreshed(ana, ben)

    assert len(many) <= len(few) + 3  # what a first workout alone does not ask for: food


# --- Days that begin -------------------------------------------------------------------------


def test_a_persons_midnight_makes_them_stale_where_they_live(ana):
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()
    before = dt.datetime(2026, 3, 20, 14, 59, tzinfo=dt.UTC)
    refreshed(ana, now=before)

    assert stale_people(now=before) == []
    assert stale_people(now=before + dt.timedelta(minutes=1)) == [ana.pk]


def test_a_week_that_is_over_gets_its_consistency(ana, bench):
    lifted(ana, MONDAY, 100, bench)
    sunday = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)
    refreshed(ana, now=sunday)
    running = WorkoutAnalysis.objects.get(period="week")

    refreshed(ana, now=sunday + dt.timedelta(days=1))

    week = WorkoutAnalysis.objects.get(period="week", start_date=MONDAY)
    assert (running.consistency_validity, running.consistency_score) == ("no_answer", 0)
    assert (week.consistency_validity, week.consistency_score) == ("warming_up", 100)


def test_another_first_day_of_the_week_makes_other_weeks(ana, bench):
    lifted(ana, MONDAY, 100, bench)
    refreshed(ana)

    ana.settings.week_starts_on = 7
    ana.settings.save()
    refreshed(ana)

    weeks = WorkoutAnalysis.objects.filter(period="week").order_by("start_date")
    assert [week.start_date for week in weeks] == [dt.date(2026, 3, 1), dt.date(2026, 3, 15)]


# --- Who wakes whom --------------------------------------------------------------------------


def test_many_writes_of_a_person_wait_as_one_refresh(
    ana, bench, monkeypatch, django_capture_on_commit_callbacks
):
    asked = []
    monkeypatch.setattr(tasks.refresh_person, "delay", lambda **given: asked.append(given))

    with django_capture_on_commit_callbacks(execute=True):
        lifted(ana, MONDAY, 100, bench)
        lifted(ana, TODAY, 105, bench)
    assert asked == [{"user_id": str(ana.pk)}]
    tasks.refresh_person(**asked[0])
    with django_capture_on_commit_callbacks(execute=True):
        lifted(ana, TODAY, 110, bench)

    assert asked == [{"user_id": str(ana.pk)}] * 2
    assert TrainingDay.objects.count() == 2


def test_a_refresh_asks_for_no_other_refresh(
    ana, bench, monkeypatch, django_capture_on_commit_callbacks
):
    lifted(ana, MONDAY, 100, bench)
    asked = []
    monkeypatch.setattr(tasks.refresh_person, "delay", lambda **given: asked.append(given))

    with django_capture_on_commit_callbacks(execute=True):
        refreshed(ana)

    assert asked == []
    assert stale_people(now=NOON) == []


def test_the_sweep_finds_what_no_worker_was_told_of(ana, ben, bench, monkeypatch):
    lifted(ana, TODAY, 100, bench)
    refresh_people([ben.pk], now=dt.datetime.now(dt.UTC))
    asked = []
    monkeypatch.setattr(tasks.refresh_people, "delay", lambda **given: asked.append(given))

    tasks.sweep_analytics()
    for given_ in asked:
        tasks.refresh_people(**given_)

    assert asked == [{"user_ids": [str(ana.pk)]}]
    assert TrainingDay.objects.get().user == ana


@pytest.mark.django_db(transaction=True)
def test_refreshes_that_meet_make_each_row_once():
    ana = UserFactory()
    exercise = ExerciseFactory()
    for number in range(4):
        lifted(ana, TODAY - dt.timedelta(days=number), 100 + number, exercise)

    at_once(8, lambda number: refreshed(ana))

    assert TrainingDay.objects.count() == 4
    assert StrengthProgress.objects.count() == 4
    [found] = rebuild_people([ana.pk], now=NOON)
    assert (found.written, found.gone) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_writes_beside_refreshes_are_all_counted_in_the_end():
    ana = UserFactory()
    exercise = ExerciseFactory()

    def write_or_refresh(number):
        if number % 2:
            refreshed(ana)
        else:
            log_workout(
                user_id=ana.pk,
                content={
                    "name": "Session",
                    "date": TODAY - dt.timedelta(days=number),
                    "start_time": dt.time(9),
                    "sets": [{"exercise": exercise.pk, "reps": 5, "weight": 100.0}],
                },
                object_id=None,
            )

    at_once(8, write_or_refresh)
    refreshed(ana)

    assert TrainingDay.objects.count() == 4
    [found] = rebuild_people([ana.pk], now=NOON)
    assert (found.written, found.gone) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_is_erased_meanwhile_takes_nobody_along():
    ana, ben = UserFactory(username="ana"), UserFactory(username="ben")
    exercise = ExerciseFactory()
    for person in (ana, ben):
        lifted(person, TODAY, 100, exercise)

    with transaction.atomic():
        advance_clock(ana.pk)
        refreshing = aside(lambda: refreshed(ana, ben))
        wait_for_a_blocked_connection()
        for part in reversed(personal_data.registered()):
            part.rows(ana.pk)._raw_delete(using="default")
        ana.delete()

    assert refreshing.result().people == 1
    assert TrainingDay.objects.get().user == ben


# --- The command -----------------------------------------------------------------------------


def test_the_command_mends_what_somebody_broke_and_says_how_much(ana, bench, capsys):
    lifted(ana, MONDAY, 100, bench)
    refreshed(ana, now=dt.datetime.now(dt.UTC))
    TrainingDay.objects.filter(user=ana).write(volume=7)
    StrengthProgress.objects.filter(user=ana).delete()

    call_command("rebuild_analytics")
    first = capsys.readouterr().out
    call_command("rebuild_analytics")
    second = capsys.readouterr().out

    assert first == "1 person: 2 rows written, 0 taken away.\n"
    assert second == "1 person: 0 rows written, 0 taken away.\n"
    assert TrainingDay.objects.get().volume == 500


def test_the_command_rebuilds_one_person_since_a_day(ana, ben, bench, capsys):
    for person in (ana, ben):
        for day in (MONDAY, TODAY):
            lifted(person, day, 100, bench)
    refreshed(ana, ben, now=dt.datetime.now(dt.UTC))
    StrengthProgress.objects.all().write(volume=7)

    call_command("rebuild_analytics", user="ana", since=TODAY)

    assert capsys.readouterr().out == "1 person: 1 rows written, 0 taken away.\n"
    mended = StrengthProgress.objects.get(volume=500)
    assert (mended.user, mended.date) == (ana, TODAY)


def test_the_command_knows_nobody_of_an_unknown_name(db):
    with pytest.raises(CommandError, match="There is nobody called nobody"):
        call_command("rebuild_analytics", user="nobody")
