"""What was lifted of an exercise on a day."""

import datetime as dt
from itertools import groupby
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.formulas import LoggedSet, MedianOneRm, estimate_one_rm
from analytics.models import OneRmTest, StrengthProgress
from analytics.services.strength import settle_strength_progress
from tests.analytics.lifting import MONDAY, edit_at_random, log_at_random, logged_sets
from tests.factories.analytics import OneRmTestFactory, StrengthProgressFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import Tombstone, User
from users.ownership import advance_clock, advance_clocks
from users.services.settling import Settled
from workouts.models import Exercise

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + dt.timedelta(days=1)
WEEK = [MONDAY + dt.timedelta(days=n) for n in range(7)]
SAID = (
    *("one_rep_max", "one_rep_max_low_kg", "one_rep_max_high_kg", "validity", "volume"),
    *("sets_count", "calculated_1rm", "best_set_id", "best_load_kg", "best_reps", "best_reserve"),
)


@pytest.fixture
def squat(db: None) -> Exercise:
    return ExerciseFactory(name="Squat")


def settle(*users: User, days: list[dt.date] = WEEK) -> Settled:
    clocks = advance_clocks([user.pk for user in users])
    scope = frozenset((user.pk, day) for user in users for day in days)
    return settle_strength_progress(clocks=clocks, days=scope)


def said(user: User) -> dict[tuple, tuple]:
    rows = StrengthProgress.objects.filter(user=user)
    return {
        (row.exercise_id, row.date): tuple(getattr(row, name) for name in SAID) for row in rows
    }


def estimated(done: LoggedSet) -> MedianOneRm | None:
    return estimate_one_rm(
        weight_kg=done.load_kg, reps=done.reps, reserve=done.reserve, day=done.day
    )


def by_the_formulas(user: User) -> dict[tuple, tuple]:
    """What the days should say, set by set."""
    working = [
        ((exercise, done.day), done)
        for exercise, done in logged_sets(user)
        if done.set_type != "warm_up"
    ]
    tests = {
        (test.exercise_id, test.date): test.weight_kg
        for test in OneRmTest.objects.filter(user=user)
    }
    days = {
        key: [done for _, done in sets]
        for key, sets in groupby(sorted(working, key=lambda one: one[0]), key=lambda one: one[0])
    }
    return {key: _the_day(days.get(key, []), tests.get(key)) for key in days.keys() | tests.keys()}


def _the_day(sets: list[LoggedSet], tested_kg: float | None) -> tuple:
    speaking = [(one, estimate) for one in sets if (estimate := estimated(one))]
    # The first of the highest; max keeps the first of equals.
    done, best = max(
        speaking,
        key=lambda one: (one[1].validity == "valid", one[1].one_rm_kg),
        default=(None, None),
    )
    maximum = (0, None, None, "no_answer")
    if best:
        maximum = best.one_rm_kg, best.interval.low, best.interval.high, best.validity
    if tested_kg is not None:
        maximum = (tested_kg, tested_kg, tested_kg, "valid")
    volume = sum(one.volume_kg for one in sets)
    speaker = (done.id, done.load_kg, done.reps, done.reserve) if done else (None,) * 4
    return (*maximum, volume, len(sets), tested_kg is None, *speaker)


def test_the_best_set_of_the_day_speaks_for_the_maximum(ana: User, squat: Exercise) -> None:
    workout = WorkoutFactory(user=ana)
    WorkoutSetFactory(workout=workout, exercise=squat, weight=60, reps=8, set_type="warm_up")
    best = WorkoutSetFactory(
        workout=workout, exercise=squat, weight=100, reps=5, rpe=8, set_number=2
    )
    WorkoutSetFactory(workout=workout, exercise=squat, weight=90, reps=5, set_number=3)

    settled = settle(ana)

    row = StrengthProgress.objects.get()
    assert settled == Settled(written=1)
    assert (row.user_id, row.exercise_id, row.date) == (ana.pk, squat.pk, MONDAY)
    speaker = [row.best_set_id, row.best_load_kg, row.best_reps, row.best_reserve]
    assert speaker == [best.pk, 100, 5, 2]
    maximum = [row.one_rep_max, row.one_rep_max_low_kg, row.one_rep_max_high_kg]
    assert maximum == pytest.approx([121.48, 117.5, 124.03], abs=0.005)
    rest = (row.validity, row.volume, row.sets_count, row.calculated_1rm)
    assert rest == ("valid", 950, 2, True)


def test_sets_of_more_than_twelve_speak_only_where_no_other_does(
    ana: User, squat: Exercise
) -> None:
    monday, tuesday = WorkoutFactory(user=ana), WorkoutFactory(user=ana, date=TUESDAY)
    WorkoutSetFactory(workout=monday, exercise=squat, weight=100, reps=13)
    WorkoutSetFactory(workout=monday, exercise=squat, weight=60, reps=3, set_number=2)
    WorkoutSetFactory(workout=tuesday, exercise=squat, weight=100, reps=13)
    WorkoutSetFactory(workout=tuesday, exercise=squat, weight=110, reps=6, rir=5, set_number=2)

    settle(ana)

    rows = StrengthProgress.objects.order_by("date")
    assert list(rows.values_list("best_load_kg", "best_reps", "validity")) == [
        (60, 3, "valid"),
        (100, 13, "out_of_range"),
    ]


def test_sets_without_a_load_are_counted_and_give_no_maximum(ana: User, squat: Exercise) -> None:
    WorkoutSetFactory(workout__user=ana, exercise=squat, weight=None, reps=20)

    settle(ana)

    assert said(ana) == {
        (squat.pk, MONDAY): (0, None, None, "no_answer", 0, 1, True, None, None, None, None)
    }


def test_of_equal_sets_the_one_done_first_speaks(ana: User, squat: Exercise) -> None:
    evening = WorkoutFactory(user=ana, start_time=dt.time(18))
    morning = WorkoutFactory(user=ana, start_time=dt.time(6))
    WorkoutSetFactory(workout=evening, exercise=squat, position=1)
    WorkoutSetFactory(workout=morning, exercise=squat, position=3)
    first = WorkoutSetFactory(workout=morning, exercise=squat, position=2, set_number=2)

    settle(ana)

    assert StrengthProgress.objects.get().best_set_id == first.pk


def test_a_tested_maximum_goes_before_every_estimate(ana: User, squat: Exercise) -> None:
    done = WorkoutSetFactory(workout__user=ana, exercise=squat, weight=100, reps=5)
    OneRmTestFactory(user=ana, exercise=squat, weight_kg=110)

    settle(ana)

    assert said(ana) == {
        (squat.pk, MONDAY): (110, 110, 110, "valid", 500, 1, False, done.pk, 100, 5, None)
    }


def test_a_test_alone_makes_a_day(ana: User, squat: Exercise) -> None:
    OneRmTestFactory(user=ana, exercise=squat, weight_kg=110, date=TUESDAY)

    settle(ana)

    assert said(ana) == {
        (squat.pk, TUESDAY): (110, 110, 110, "valid", 0, 0, False, None, None, None, None)
    }


def test_warm_ups_and_sets_that_nobody_did_make_no_day(ana: User, squat: Exercise) -> None:
    workout = WorkoutFactory(user=ana)
    WorkoutSetFactory(workout=workout, exercise=squat, set_type="warm_up")
    WorkoutSetFactory(workout=workout, exercise=squat, reps=None, set_number=2)

    settle(ana)

    assert said(ana) == {}


def test_a_second_time_writes_nothing(ana: User, squat: Exercise) -> None:
    WorkoutSetFactory(workout__user=ana, exercise=squat)
    settle(ana)
    before = StrengthProgress.objects.values().get()

    assert settle(ana) == Settled()

    assert StrengthProgress.objects.values().get() == before


def test_a_changed_day_keeps_its_row_and_gets_the_new_revision(ana: User, squat: Exercise) -> None:
    done = WorkoutSetFactory(workout__user=ana, exercise=squat, weight=100)
    settle(ana)
    before = StrengthProgress.objects.get()
    done.weight = 110
    done.save()

    assert settle(ana) == Settled(written=1)

    after = StrengthProgress.objects.get()
    assert (after.pk, after.best_load_kg) == (before.pk, 110)
    assert after.revision == advance_clock(ana.pk) - 1


def test_a_day_whose_sets_are_gone_leaves_a_tombstone(ana: User, squat: Exercise) -> None:
    done = WorkoutSetFactory(workout__user=ana, exercise=squat)
    settle(ana)
    row = StrengthProgress.objects.get()
    done.delete()

    assert settle(ana) == Settled(gone=1)

    assert said(ana) == {}
    grave = Tombstone.objects.get(resource="analytics.strengthprogress")
    assert (grave.user, grave.object_id) == (ana, row.pk)


def test_other_days_and_people_are_left_alone(ana: User, ben: User, squat: Exercise) -> None:
    StrengthProgressFactory(user=ana, exercise=squat, date=TUESDAY)
    StrengthProgressFactory(user=ben, exercise=squat, date=MONDAY)
    before = said(ana) | said(ben)

    assert settle(ana, days=[MONDAY]) == Settled()

    assert said(ana) | said(ben) == before


def test_one_statement_serves_any_number_of_people(
    ana: User, ben: User, squat: Exercise, django_assert_num_queries
) -> None:
    for user in (ana, ben):
        WorkoutSetFactory(workout__user=user, exercise=squat)

    with django_assert_num_queries(2):  # the clocks and the rows
        settled = settle(ana, ben)

    assert settled == Settled(written=2)


def test_no_days_cost_nothing(ana: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):  # the clock
        settled = settle(ana, days=[])

    assert settled == Settled()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1_000_000), edits=st.integers(0, 3))
def test_random_diaries_say_what_the_formulas_say(db: None, seed: int, edits: int) -> None:
    """To the last digit, at first and after edits."""
    random = Random(seed)
    people = [UserFactory(), UserFactory()]
    exercises = [ExerciseFactory(), ExerciseFactory()]
    for user in people:
        log_at_random(user, exercises, random)
    settle(*people)
    for _ in range(edits):
        edit_at_random(people[0], random)
    settle(people[0])

    found = [said(user) for user in people]

    assert found == [by_the_formulas(user) for user in people]
