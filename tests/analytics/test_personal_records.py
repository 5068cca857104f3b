"""Personal records in the database: the same as the formulas read off the sets."""

import datetime as dt
from collections.abc import Iterable
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.formulas import LoggedSet, Record, records_of, standing_records
from analytics.formulas.records import AN_ESTIMATE, AVERAGE_PACE
from analytics.models import OneRmTest, PersonalRecord
from analytics.services.records import settle_personal_records
from tests.analytics.lifting import MONDAY, edit_at_random, log_at_random, logged_sets
from tests.factories.analytics import OneRmTestFactory, PersonalRecordFactory
from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory, WorkoutFactory, WorkoutSetFactory
from users.models import Tombstone, User
from users.ownership import advance_clock, advance_clocks
from users.services.settling import Settled
from workouts.models import Exercise, WorkoutSet

pytestmark = pytest.mark.django_db

SAID = (
    *("exercise_id", "kind", "at", "set_id", "value", "previous", "date", "workout_id", "reps"),
    *("load_kg", "is_estimate", "is_standing"),
)


@pytest.fixture
def squat(db: None) -> Exercise:
    return ExerciseFactory(name="Squat")


def settle(*users: User, exercises: Iterable[Exercise]) -> Settled:
    clocks = advance_clocks([user.pk for user in users])
    scope = frozenset((user.pk, exercise.pk) for user in users for exercise in exercises)
    return settle_personal_records(clocks=clocks, exercises=scope)


def lift(
    user: User, exercise: Exercise, *sets: tuple[float, int], day: int = 0
) -> list[WorkoutSet]:
    """A workout of sets of kg and reps, so many days after Monday."""
    workout = WorkoutFactory(user=user, date=MONDAY + dt.timedelta(days=day))
    return [
        WorkoutSetFactory(
            workout=workout, exercise=exercise, weight=kg, reps=reps, position=n, set_number=n
        )
        for n, (kg, reps) in enumerate(sets, start=1)
    ]


def of_kind(user: User, kind: str) -> list[tuple]:
    """Value, what it beat and whether it stands, oldest first."""
    rows = PersonalRecord.objects.filter(user=user, kind=kind).order_by("date", "value")
    return list(rows.values_list("value", "previous", "is_standing"))


def said(user: User) -> set[tuple]:
    return set(PersonalRecord.objects.filter(user=user).values_list(*SAID))


def by_the_formulas(user: User) -> set[tuple]:
    tests: dict[UUID, list[LoggedSet]] = {}
    for test in OneRmTest.objects.filter(user=user):
        tests.setdefault(test.exercise_id, []).append(_as_set(test))
    sets: dict[UUID, list[LoggedSet]] = {}
    for exercise, done in logged_sets(user):
        sets.setdefault(exercise, []).append(done)
    return {
        row
        for exercise in sets.keys() | tests.keys()
        for row in _rows(exercise, sets.get(exercise, []), tests.get(exercise, []))
    }


def _as_set(test: OneRmTest) -> LoggedSet:
    """A test as the only set of a workout that has its id."""
    return LoggedSet(id=test.pk, workout=test.pk, day=test.date, load_kg=test.weight_kg, reps=1)


def _rows(
    exercise: UUID, sets: list[LoggedSet], tests: list[LoggedSet]
) -> Iterable[tuple[object, ...]]:
    lifted = [one for one in records_of(sets) if one.kind != "one_rm"]
    # The maximum alone is read off the tests as well, each after the sets of its day.
    days = sorted([*sets, *tests], key=lambda done: done.day)
    maxima = [one for one in records_of(days) if one.kind == "one_rm"]
    found = [*lifted, *maxima]
    standing = {id(one) for one in standing_records(found)}
    by_id = {done.id: done for done in [*sets, *tests]}
    tested = {test.id for test in tests}
    for one in found:
        done = by_id[one.set_id]
        yield (
            *(exercise, one.kind, one.at or 0, one.set_id, one.value, one.previous, one.day),
            *(None if one.set_id in tested else one.workout, done.reps, done.load_kg),
            *(_is_estimate(one), id(one) in standing),
        )


def _is_estimate(record: Record) -> bool:
    return bool({AN_ESTIMATE, AVERAGE_PACE} & set(record.caveats))


def test_the_first_set_starts_every_kind_of_record(ana: User, squat: Exercise) -> None:
    [done] = lift(ana, squat, (100, 5))

    settled = settle(ana, exercises=[squat])

    rows = PersonalRecord.objects.order_by("kind")
    assert settled == Settled(written=5)
    assert [(row.kind, round(row.value, 2), row.at, row.is_estimate) for row in rows] == [
        ("one_rm", 116.58, 0, True),
        ("reps", 5, 100, False),
        ("session_volume", 500, 0, False),
        ("set_volume", 500, 0, False),
        ("weight", 100, 0, False),
    ]
    assert {(row.set_id, row.workout_id, row.date, row.previous) for row in rows} == {
        (done.pk, done.workout_id, MONDAY, None)
    }
    assert all(row.is_standing for row in rows)


def test_a_heavier_load_beats_the_one_before_it(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5))
    lift(ana, squat, (105, 3), day=1)

    settle(ana, exercises=[squat])

    assert of_kind(ana, "weight") == [(100, None, False), (105, 100, True)]


def test_gains_below_half_a_step_add_up_to_a_record(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5), (100.2, 5), (100.25, 5), (100.3, 5))

    settle(ana, exercises=[squat])

    assert of_kind(ana, "weight") == [(100, None, False), (100.3, 100, True)]


def test_repetitions_with_loads_that_creep_up_are_compared_with_those_that_counted(
    ana: User, squat: Exercise
) -> None:
    """100.2 kg is as heavy as 100, so it is no record; 100.4 is heavier than all that were."""
    lift(ana, squat, (100, 5), (100.2, 5), (100.4, 5))

    settle(ana, exercises=[squat])

    rows = PersonalRecord.objects.filter(kind="reps").order_by("at")
    assert list(rows.values_list("at", "value", "previous", "is_standing")) == [
        (100, 5, None, False),
        (100.4, 5, None, True),
    ]


def test_the_volume_of_a_session_belongs_to_its_last_set(ana: User, squat: Exercise) -> None:
    *_, last = lift(ana, squat, (100, 5), (90, 5))

    settle(ana, exercises=[squat])

    row = PersonalRecord.objects.get(kind="session_volume")
    assert (row.value, row.set_id, row.load_kg) == (950, last.pk, 90)


def test_a_longer_run_counts_over_shorter_distances_at_its_average_pace(
    ana: User, squat: Exercise
) -> None:
    for day, (km, seconds) in enumerate([(5, 1560), (10, 3000)]):
        WorkoutSetFactory(
            workout=WorkoutFactory(user=ana, date=MONDAY + dt.timedelta(days=day)),
            exercise=squat,
            reps=None,
            weight=None,
            distance=km,
            duration=seconds,
        )

    settle(ana, exercises=[squat])

    rows = PersonalRecord.objects.filter(kind="pace", at=5).order_by("date")
    assert list(rows.values_list("value", "previous", "is_estimate", "is_standing")) == [
        (1560, None, False, False),
        (1500, 1560, True, True),
    ]
    assert of_kind(ana, "distance") == [(5, None, False), (10, 5, True)]


def test_a_test_at_the_end_of_the_day_beats_its_estimates(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5))
    test = OneRmTestFactory(user=ana, exercise=squat, weight_kg=120)

    settle(ana, exercises=[squat])

    assert of_kind(ana, "one_rm") == [
        (pytest.approx(116.58, abs=0.005), None, False),
        (120, pytest.approx(116.58, abs=0.005), True),
    ]
    row = PersonalRecord.objects.get(value=120)
    assert (row.kind, row.set_id, row.workout_id, row.reps, row.load_kg, row.is_estimate) == (
        "one_rm",
        *(test.pk, None, 1, 120, False),
    )


def test_a_record_whose_set_was_a_typo_goes_and_later_ones_come_back(
    ana: User, squat: Exercise
) -> None:
    lift(ana, squat, (100, 5))
    [typo] = lift(ana, squat, (150, 5), day=1)
    lift(ana, squat, (105, 5), day=2)
    settle(ana, exercises=[squat])
    wrong = PersonalRecord.objects.get(kind="weight", value=150)
    typo.weight = 50
    typo.save()

    settle(ana, exercises=[squat])

    assert of_kind(ana, "weight") == [(100, None, False), (105, 100, True)]
    assert Tombstone.objects.filter(
        user=ana, resource="analytics.personalrecord", object_id=wrong.pk
    ).exists()


def test_deleting_the_best_set_brings_the_same_rows_back(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5))
    settle(ana, exercises=[squat])
    before = said(ana)
    [better] = lift(ana, squat, (110, 5), day=1)
    settle(ana, exercises=[squat])
    better.delete()

    settle(ana, exercises=[squat])

    assert said(ana) == before


def test_a_second_time_writes_nothing(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5), (100, 6))
    settle(ana, exercises=[squat])
    before = list(PersonalRecord.objects.order_by("pk").values())

    assert settle(ana, exercises=[squat]) == Settled()

    assert list(PersonalRecord.objects.order_by("pk").values()) == before


def test_a_record_that_falls_gets_the_new_revision(ana: User, squat: Exercise) -> None:
    lift(ana, squat, (100, 5))
    settle(ana, exercises=[squat])
    lift(ana, squat, (110, 3), day=1)

    settle(ana, exercises=[squat])

    fallen = PersonalRecord.objects.get(kind="weight", value=100)
    untouched = PersonalRecord.objects.get(kind="set_volume")
    now = advance_clock(ana.pk) - 1
    assert fallen.revision == now > untouched.revision


def test_other_exercises_and_people_are_left_alone(ana: User, ben: User, squat: Exercise) -> None:
    PersonalRecordFactory(user=ana)
    PersonalRecordFactory(user=ben, exercise=squat)
    before = said(ana) | said(ben)

    assert settle(ana, exercises=[squat]) == Settled()

    assert said(ana) | said(ben) == before


def test_one_statement_serves_any_number_of_people(
    ana: User, ben: User, squat: Exercise, django_assert_num_queries
) -> None:
    for user in (ana, ben):
        lift(user, squat, (100, 5))

    with django_assert_num_queries(2):  # the clocks and the rows
        settled = settle(ana, ben, exercises=[squat])

    assert settled == Settled(written=10)


def test_what_was_done_earlier_on_a_day_comes_first_however_late_it_was_logged(
    ana: User, squat: Exercise
) -> None:
    evening = WorkoutFactory(user=ana, start_time=dt.time(20))
    morning = WorkoutFactory(user=ana, start_time=dt.time(6))
    WorkoutSetFactory(workout=evening, exercise=squat, weight=100)
    WorkoutSetFactory(workout=morning, exercise=squat, weight=110)

    settle(ana, exercises=[squat])

    assert of_kind(ana, "weight") == [(110, None, True)]


def test_a_flight_over_the_date_line_leaves_days_in_their_order(
    ana: User, squat: Exercise
) -> None:
    """Monday evening in Honolulu is later than Tuesday morning in Kiritimati."""
    monday = WorkoutFactory(user=ana, timezone="Pacific/Honolulu")
    tuesday = WorkoutFactory(
        user=ana,
        date=MONDAY + dt.timedelta(days=1),
        start_time=dt.time(6),
        timezone="Pacific/Kiritimati",
    )
    WorkoutSetFactory(workout=tuesday, exercise=squat, weight=110)
    WorkoutSetFactory(workout=monday, exercise=squat, weight=100)

    settle(ana, exercises=[squat])

    assert tuesday.started_at < monday.started_at
    assert of_kind(ana, "weight") == [(100, None, False), (110, 100, True)]


def test_no_exercises_cost_nothing(ana: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):  # the clock
        settled = settle(ana, exercises=[])

    assert settled == Settled()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 1_000_000), edits=st.integers(0, 3))
def test_random_diaries_hold_the_records_that_the_formulas_read(
    db: None, seed: int, edits: int
) -> None:
    """To the last digit, at first and after edits."""
    random = Random(seed)
    people = [UserFactory(), UserFactory()]
    exercises = [ExerciseFactory(), ExerciseFactory()]
    for user in people:
        log_at_random(user, exercises, random)
    settle(*people, exercises=exercises)
    for _ in range(edits):
        edit_at_random(people[0], random)
    settle(people[0], exercises=exercises)

    found = [said(user) for user in people]

    assert found == [by_the_formulas(user) for user in people]
