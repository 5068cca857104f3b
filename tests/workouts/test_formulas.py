"""One-repetition maximum: reference values, and the database's own column."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.workouts import ExerciseFactory, WorkoutFactory
from workouts.formulas import brzycki_one_rm
from workouts.models import WorkoutSet

WEIGHTS = st.floats(0.01, 2000, allow_nan=False)


@pytest.mark.parametrize(
    ("weight", "reps", "expected"),
    [
        (100, 1, 100),
        (100, 3, 105.88),
        (100, 5, 112.50),
        (100, 8, 124.14),
        (100, 10, 133.33),
        (62.5, 5, 70.31),
    ],
)
def test_brzycki_gives_the_published_values(weight, reps, expected):
    assert brzycki_one_rm(weight_kg=weight, reps=reps) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("weight", "reps"),
    [(100, 0), (100, 11), (100, 36), (100, 37), (100, None), (None, 5), (0, 5), (-1, 5)],
)
def test_outside_its_range_there_is_no_estimate(weight, reps):
    assert brzycki_one_rm(weight_kg=weight, reps=reps) is None


@given(weight=WEIGHTS, reps=st.integers(1, 10))
def test_an_estimate_is_never_below_the_weight_lifted(weight, reps):
    assert brzycki_one_rm(weight_kg=weight, reps=reps) >= weight


@given(weight=WEIGHTS, reps=st.integers(1, 9))
def test_another_rep_never_lowers_the_estimate(weight, reps):
    one = brzycki_one_rm(weight_kg=weight, reps=reps)
    more = brzycki_one_rm(weight_kg=weight, reps=reps + 1)
    assert one <= more


@given(
    sets=st.lists(
        st.tuples(st.none() | st.floats(0, 2000, allow_nan=False), st.none() | st.integers(0, 40)),
        min_size=1,
        max_size=20,
    )
)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.django_db
def test_the_stored_column_is_the_formula_for_any_set(sets):
    workout, exercise = WorkoutFactory(), ExerciseFactory()
    rows = [
        WorkoutSet(
            user=workout.user,
            workout=workout,
            exercise=exercise,
            position=position,
            set_number=position,
            weight=weight,
            reps=reps,
        )
        for position, (weight, reps) in enumerate(sets, start=1)
    ]
    WorkoutSet.objects.bulk_create(rows)

    stored = workout.sets.in_order().values_list("weight", "reps", "one_rm")

    assert [one_rm for _, _, one_rm in stored] == [
        pytest.approx(brzycki_one_rm(weight_kg=weight, reps=reps)) for weight, reps, _ in stored
    ]
