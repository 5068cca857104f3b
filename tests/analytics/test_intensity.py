"""How heavy training was, what each muscle had of it, and how it is balanced."""

import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import (
    KnownMaxima,
    LoadedSet,
    TrainedSet,
    Window,
    average_intensity,
    muscle_balance,
    muscle_sets,
)

MONDAY = dt.date(2026, 3, 2)
BENCH, PRESS, PULL_UP = UUID(int=1), UUID(int=2), UUID(int=3)
SHARES = {
    BENCH: {"chest": 1, "shoulders": 0.5, "triceps": 0.5},
    PRESS: {"shoulders": 1, "triceps": 0.5},
    PULL_UP: {"lats": 1, "biceps": 0.5, "middle_back": 0.5},
}


def on(day):
    return MONDAY + dt.timedelta(days=day)


def lifted(load_kg, reps, day=0, exercise=BENCH):
    return LoadedSet(day=on(day), exercise=exercise, load_kg=load_kg, reps=reps)


def trained(exercise, count, day=0, **rest):
    return [TrainedSet(day=on(day), exercise=exercise, **rest)] * count


def maxima(*known):
    return KnownMaxima((BENCH, on(day), one_rm_kg) for day, one_rm_kg in known)


def test_the_three_means_of_intensity_differ_as_published():
    found = average_intensity([*[lifted(100, 5)] * 3, lifted(60, 10)], maxima((-1, 120)))

    assert found.tonnage_kg == 2100
    assert found.percent == pytest.approx(70.00)
    assert found.by_mean == {
        "per_rep": pytest.approx(70.00),
        "per_set": pytest.approx(75.00),
        "per_tonnage": pytest.approx(73.81, abs=0.005),
    }


def test_the_maximum_is_the_best_one_known_on_the_day():
    known = maxima((10, 140), (0, 100), (5, 90))

    found = [known.on(on(day), BENCH) for day in (-1, 0, 5, 9, 10, 99)]

    assert found == [None, 100, 100, 100, 140, 140]


def test_a_maximum_that_came_later_does_not_lower_the_intensity_of_before():
    sets = [lifted(90, 5, day=1), lifted(90, 5, day=11)]

    assert average_intensity(sets, maxima((0, 100), (10, 120))).percent == pytest.approx(82.5)


def test_sets_without_a_known_maximum_are_left_out_and_counted():
    found = average_intensity(
        [lifted(90, 5), lifted(40, 10, exercise=PRESS), lifted(60, 0), lifted(0, 20)],
        maxima((0, 100)),
    )

    assert (found.percent, found.tonnage_kg, found.reps, found.left_out) == (
        pytest.approx(90),
        450,
        5,
        1,
    )
    assert found.caveats == (
        "Some sets are left out: no maximum of theirs was known on their day.",
    )


def test_without_any_known_maximum_there_is_no_intensity():
    found = average_intensity([lifted(90, 5)], maxima())

    assert (found.percent, found.by_mean, found.validity) == (None, {}, "no_answer")
    assert found.steps() == ["No set has a load and a maximum that was known on its day."]


def test_an_intensity_explains_itself():
    found = average_intensity([*[lifted(100, 5)] * 3, lifted(60, 10)], maxima((-1, 120)))

    assert (found.formula.id, found.formula.version) == ("average_intensity", 1)
    assert found.window == Window(first=MONDAY, last=MONDAY, count=4)
    assert found.steps() == [
        "4 sets of 25 repetitions lifted 2100 kg in all; 0 sets are left out.",
        "Each repetition counts by its load as a share of the best maximum known on its day.",
        "On average that is 70 %; by sets it would be 75 %, and by kilograms 73.81 %.",
    ]


@given(
    sets=st.lists(
        st.builds(lifted, st.floats(1, 100), st.integers(1, 30)), min_size=1, max_size=10
    )
)
def test_an_average_lies_between_the_lightest_and_the_heaviest_set(sets):
    found = average_intensity(sets, maxima((0, 100)))

    lightest, heaviest = (pick(one.load_kg for one in sets) for pick in (min, max))
    for percent in found.by_mean.values():
        assert lightest - 1e-9 <= percent <= heaviest + 1e-9


def test_sets_count_for_a_muscle_by_the_share_that_they_train():
    found = muscle_sets(
        [*trained(BENCH, 4), *trained(PRESS, 3), *trained(PULL_UP, 3)], SHARES, targeted=["chest"]
    )

    assert found.by_muscle == {
        "biceps": 1.5,
        "chest": 4,
        "lats": 3,
        "middle_back": 1.5,
        "shoulders": 5,
        "triceps": 3.5,
    }
    assert (found.most_trained, found.least_trained) == ("shoulders", "chest")
    assert found.steps()[1:3] == ["shoulders: 5 sets.", "chest: 4 sets."]


def test_warm_ups_and_sets_far_from_failure_do_not_count():
    sets = [
        *trained(PULL_UP, 1, set_type="warm_up"),
        *trained(PULL_UP, 1, reserve=4.5),
        *trained(PULL_UP, 1, reserve=4),
        *trained(PULL_UP, 1, set_type="drop"),
    ]

    assert muscle_sets(sets, SHARES).by_muscle["lats"] == 2


def test_a_muscle_that_should_be_trained_and_was_not_is_the_least_trained():
    found = muscle_sets(trained(BENCH, 4), SHARES, targeted=["chest", "calves", "triceps"])

    assert (found.least_trained, found.by_muscle["calves"]) == ("calves", 0)


def test_of_muscles_with_as_many_sets_the_least_trained_has_waited_longest():
    sets = [*trained(PULL_UP, 2, day=0), *trained(PRESS, 2, day=3)]

    found = muscle_sets(sets, SHARES, targeted=["triceps", "biceps", "lats"])

    assert found.least_trained == "biceps"


def test_nothing_trained_and_nothing_wanted_has_no_extremes():
    found = muscle_sets([], SHARES)

    assert (found.most_trained, found.least_trained, found.validity) == (None, None, "no_answer")


def test_pushing_is_compared_with_pulling():
    sets = muscle_sets([*trained(BENCH, 4), *trained(PRESS, 3), *trained(PULL_UP, 3)], SHARES)

    found = muscle_balance(sets)

    assert (found.first_sets, found.second_sets) == (12.5, 6)
    assert found.ratio == pytest.approx(12.5 / 6)
    assert found.steps() == [
        "push (chest, shoulders, triceps): 12.5 sets.",
        "pull (biceps, lats, middle_back, traps): 6 sets.",
        "12.5 / 6 = 2.08.",
    ]


def test_there_is_no_ratio_to_a_side_that_was_not_trained():
    found = muscle_balance(muscle_sets(trained(BENCH, 4), SHARES), "quads_hamstrings")

    assert (found.ratio, found.validity) == (None, "no_answer")
