"""Weeks and months of training."""

import datetime as dt

import pytest

from analytics.models import PersonalRecord, TrainingDay, WorkoutAnalysis
from analytics.services.analyses import settle_workout_analyses
from analytics.services.people import Person
from tests.analytics.periods import (
    DAY,
    MONDAY,
    WEEK,
    follow,
    pause,
    settle,
    spans,
    the_week,
    train,
)
from tests.factories.analytics import (
    PersonalRecordFactory,
    TrainingBreakFactory,
    TrainingDayFactory,
)
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import Tombstone, User
from users.services.settling import Settled

pytestmark = pytest.mark.django_db


def test_weeks_and_months_with_training_and_those_of_today_have_a_row(ana: User) -> None:
    TrainingDayFactory(user=ana, date=dt.date(2026, 2, 28))
    TrainingDayFactory(user=ana, date=MONDAY)

    settle(ana, today=dt.date(2026, 4, 15))

    weeks = [dt.date(2026, 2, 23), MONDAY, dt.date(2026, 4, 13)]
    assert spans(ana, "week") == [(day, day + 6 * DAY) for day in weeks]
    assert spans(ana, "month") == [
        (dt.date(2026, 2, 1), dt.date(2026, 2, 28)),
        (dt.date(2026, 3, 1), dt.date(2026, 3, 31)),
        (dt.date(2026, 4, 1), dt.date(2026, 4, 30)),
    ]


def test_who_never_trained_has_no_rows(ana: User) -> None:
    assert settle(ana) == Settled()


@pytest.mark.parametrize(("week_starts_on", "days_before"), [(1, 0), (7, 1), (6, 2), (2, 6)])
def test_weeks_begin_on_the_persons_weekday(
    ana: User, week_starts_on: int, days_before: int
) -> None:
    TrainingDayFactory(user=ana, date=MONDAY)

    settle(ana, today=MONDAY, week_starts_on=week_starts_on)

    first = MONDAY - days_before * DAY
    assert spans(ana, "week") == [(first, first + 6 * DAY)]


def test_a_period_adds_up_its_days(ana: User) -> None:
    sums = {
        "workouts": 2,
        "minutes": 95,
        "volume": 1000.1,
        "sets_count": 12,
        "reps": 80,
        "hard_sets": 9,
        "distance_km": 2.2,
    }
    TrainingDayFactory(user=ana, date=MONDAY, **sums)
    TrainingDayFactory(user=ana, date=MONDAY + 6 * DAY, **sums)
    TrainingDayFactory(user=ana, date=MONDAY + WEEK, **sums)

    settle(ana)

    week = the_week(ana)
    assert (week.total_workouts, week.total_duration, week.total_volume) == (4, 190, 2000.2)
    assert (week.total_sets, week.total_reps, week.hard_sets) == (24, 160, 18)
    assert week.total_distance_km == 4.4


def test_intensity_is_of_the_maximum_that_was_known_on_the_day(ana: User) -> None:
    squat = ExerciseFactory()
    for day, kg, one_rm in ((MONDAY, 80, 100), (MONDAY + 2 * DAY, 90, 120)):
        workout = WorkoutFactory(user=ana, date=day)
        TrainingDayFactory(user=ana, date=day)
        WorkoutSetFactory(workout=workout, exercise=squat, reps=5, weight=kg)
        PersonalRecordFactory(user=ana, exercise=squat, kind="one_rm", value=one_rm, date=day)
    WorkoutSetFactory(workout=workout, reps=5, weight=60)
    WorkoutSetFactory(workout=workout, exercise=squat, set_type="warm_up", set_number=9)

    settle(ana)

    week = the_week(ana)
    assert week.avg_intensity == pytest.approx(77.5)
    assert week.intensity_validity == "valid"
    assert (week.intensity_sets, week.intensity_left_out) == (2, 1)


def test_without_a_known_maximum_there_is_no_intensity(ana: User) -> None:
    workout = WorkoutFactory(user=ana)
    WorkoutSetFactory(workout=workout)
    TrainingDayFactory(user=ana, date=MONDAY)

    settle(ana)

    week = the_week(ana)
    assert (week.avg_intensity, week.intensity_validity) == (0, "no_answer")
    assert (week.intensity_sets, week.intensity_left_out) == (0, 1)


def test_a_record_that_goes_takes_the_intensity_of_later_days_along(ana: User) -> None:
    squat = ExerciseFactory()
    WorkoutSetFactory(workout=WorkoutFactory(user=ana), exercise=squat, reps=5, weight=80)
    TrainingDayFactory(user=ana, date=MONDAY)
    PersonalRecordFactory(
        user=ana, exercise=squat, kind="one_rm", value=100, date=MONDAY - 30 * DAY
    )
    settle(ana)
    assert the_week(ana).avg_intensity == 80

    PersonalRecord.objects.all().delete()
    settle(ana, since=MONDAY - 30 * DAY)

    assert the_week(ana).intensity_validity == "no_answer"


def test_the_most_and_least_trained_muscles_are_of_eight_weeks(ana: User) -> None:
    TrainingDayFactory(user=ana, date=MONDAY - 51 * DAY, muscle_sets={"neck": 3})
    TrainingDayFactory(user=ana, date=MONDAY - 49 * DAY, muscle_sets={"calves": 3})
    TrainingDayFactory(user=ana, date=MONDAY, muscle_sets={"chest": 3, "lats": 3, "traps": 0.5})

    settle(ana)

    week = the_week(ana)
    assert week.muscle_sets == {"chest": 3, "lats": 3, "traps": 0.5}
    assert (week.most_trained_muscle, week.least_trained_muscle) == ("chest", "calves")


def test_between_untrained_muscles_the_one_that_waits_longest_is_the_least_trained(
    ana: User,
) -> None:
    TrainingDayFactory(user=ana, date=MONDAY - 9 * DAY, muscle_sets={"calves": 1, "traps": 1})
    TrainingDayFactory(user=ana, date=MONDAY - 8 * DAY, muscle_sets={"calves": 1})
    TrainingDayFactory(user=ana, date=MONDAY, muscle_sets={"chest": 3})

    settle(ana)

    assert the_week(ana).least_trained_muscle == "traps"


def test_consistency_is_of_the_last_eight_weeks_against_the_plan(ana: User) -> None:
    follow(ana, times=3, since=MONDAY)
    train(ana, 3, 3, 3, 3, 0, 0, 3, 3)

    settle(ana, today=MONDAY + 8 * WEEK)

    last = the_week(ana, MONDAY + 7 * WEEK)
    assert round(last.consistency_score, 1) == 72.3
    assert last.consistency_validity == "valid"


def test_a_week_that_still_runs_does_not_count_yet(ana: User) -> None:
    follow(ana, times=3, since=MONDAY)
    train(ana, 3, 1)

    settle(ana, today=MONDAY + WEEK + 6 * DAY)

    assert the_week(ana, MONDAY + WEEK).consistency_score == 100
    assert settle(ana, today=MONDAY + 2 * WEEK, since=MONDAY + WEEK + 6 * DAY).written > 0
    # (0.8 × 1 + 1 × 1/3) / 1.8
    assert the_week(ana, MONDAY + WEEK).consistency_score == pytest.approx(62.962963)


def test_the_first_week_has_no_consistency_yet(ana: User) -> None:
    train(ana, 2)

    settle(ana, today=MONDAY + DAY)

    week = the_week(ana)
    assert (week.consistency_score, week.consistency_validity) == (0, "no_answer")


@pytest.mark.parametrize(
    ("first", "last", "score"),
    [
        (0, 4, (0, "no_answer")),
        (3, 7, (0, "no_answer")),
        (3, None, (0, "no_answer")),
        (1, 4, (50, "warming_up")),
        (4, 11, (50, "warming_up")),
    ],
)
def test_a_week_with_four_days_off_is_left_out(
    ana: User, first: int, last: int | None, score: tuple[float, str]
) -> None:
    follow(ana, times=2, since=MONDAY)
    train(ana, 1)
    ends_on = last and MONDAY + last * DAY
    TrainingBreakFactory(user=ana, starts_on=MONDAY + first * DAY, ends_on=ends_on)

    settle(ana, today=MONDAY + WEEK)

    week = the_week(ana)
    assert (week.consistency_score, week.consistency_validity) == score


def test_a_pause_of_the_plan_and_a_break_leave_out_a_week_together(ana: User) -> None:
    run = follow(ana, times=2, since=MONDAY)
    train(ana, 1)
    pause(run, MONDAY, MONDAY + 3 * DAY)
    TrainingBreakFactory(user=ana, starts_on=MONDAY + 2 * DAY, ends_on=MONDAY + 4 * DAY)

    settle(ana, today=MONDAY + WEEK)

    assert the_week(ana).consistency_validity == "no_answer"


def test_a_period_that_is_right_already_is_not_written(ana: User, ben: User) -> None:
    train(ana, 3, 2, 0, 1)
    train(ben, 1, 1)
    settle(ana, ben)

    assert settle(ana, ben) == Settled()


def test_periods_before_the_first_change_are_left_alone(ana: User) -> None:
    train(ana, 3, 2)
    settle(ana)
    WorkoutAnalysis.objects.filter(user=ana).update(total_sets=999)

    settle(ana, since=MONDAY + WEEK)

    assert the_week(ana).total_sets == 999
    assert the_week(ana, MONDAY + WEEK).total_sets == 10


def test_a_week_without_its_last_training_goes_with_a_tombstone(ana: User) -> None:
    train(ana, 3, 2)
    settle(ana)
    stored = the_week(ana)
    TrainingDay.objects.filter(user=ana, date=MONDAY).delete()

    assert settle(ana, since=MONDAY).gone == 1

    assert Tombstone.objects.filter(
        resource="analytics.workoutanalysis", object_id=stored.pk
    ).exists()


def test_other_first_days_of_the_week_make_other_weeks(ana: User) -> None:
    train(ana, 3)
    settle(ana, today=MONDAY)

    settle(ana, today=MONDAY, week_starts_on=7)

    assert spans(ana, "week") == [(MONDAY - DAY, MONDAY + 5 * DAY)]


def test_who_is_not_asked_for_keeps_theirs(ana: User) -> None:
    train(ana, 3)
    person = Person(user_id=ana.pk, clock=1, today=MONDAY, week_starts_on=1)

    assert settle_workout_analyses(people=[person], since={}) == Settled()

    assert not WorkoutAnalysis.objects.exists()
