"""The RPE curve: the published shares, what lies between them, and where it ends."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from workouts.training.curve import one_rm_from, percent_of_one_rm

REPS = st.integers(1, 16)
RESERVES = st.integers(0, 8).map(lambda halves: halves / 2)


def test_the_chart_is_the_published_one():
    chart = [percent_of_one_rm(reps, 0) for reps in range(1, 17)]

    assert chart == [
        *(100, 95.5, 92.2, 89.2, 86.3, 83.7, 81.1, 78.6),
        *(76.2, 73.9, 70.7, 68.0, 65.3, 62.6, 59.9, 57.2),
    ]


@pytest.mark.parametrize(
    ("reps", "rpe", "percent"),
    [
        (1, 10, 100),
        (1, 9, 95.5),
        (3, 9, 89.2),
        (5, 8, 81.1),
        (8, 8, 73.9),
        (10, 9, 70.7),
        (12, 6, 57.2),
        (5, 9.5, 85.0),
        (1, 9.5, 97.75),
        (1, 7.5, 90.7),
    ],
)
def test_reps_at_an_rpe_take_the_published_share(reps, rpe, percent):
    assert percent_of_one_rm(reps, 10 - rpe) == pytest.approx(percent, abs=1e-9)


def test_five_at_rpe_nine_with_100_kg_speak_for_119_and_a_half():
    one_rm_kg = one_rm_from(100, 5, 1)

    assert one_rm_kg == pytest.approx(119.4743, abs=5e-5)
    assert one_rm_kg * percent_of_one_rm(5, 2) / 100 == pytest.approx(96.8937, abs=5e-5)


def test_a_maximum_of_120_kg_allows_97_for_five_at_rpe_eight():
    assert 120 * percent_of_one_rm(5, 2) / 100 == pytest.approx(97.32)


@pytest.mark.parametrize(
    ("reps", "reserve"),
    [(17, 0), (16, 0.5), (13, 4), (5, 4.5), (1, 5), (0, 2), (0.5, 0), (-1, 3), (5, -0.5)],
)
def test_outside_of_the_curve_there_is_no_answer(reps, reserve):
    assert percent_of_one_rm(reps, reserve) is None
    assert one_rm_from(100, reps, reserve) is None


@given(reps=REPS, reserve=RESERVES)
def test_only_reps_and_reserve_together_matter(reps, reserve):
    assume(reps + reserve <= 16)

    assert percent_of_one_rm(reps, reserve) == percent_of_one_rm(reps + reserve, 0)


@given(load_kg=st.floats(0.5, 1000), reps=REPS, reserve=RESERVES)
def test_another_rep_with_the_same_reserve_speaks_for_a_higher_maximum(load_kg, reps, reserve):
    assume(reps + 1 + reserve <= 16)

    assert one_rm_from(load_kg, reps + 1, reserve) > one_rm_from(load_kg, reps, reserve)


@given(load_kg=st.floats(0, 1000), reps=REPS, reserve=RESERVES)
def test_a_maximum_gives_back_the_load_that_it_came_from(load_kg, reps, reserve):
    assume(reps + reserve <= 16)

    one_rm_kg = one_rm_from(load_kg, reps, reserve)

    assert one_rm_kg * percent_of_one_rm(reps, reserve) / 100 == pytest.approx(load_kg)
