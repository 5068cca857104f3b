"""The heaviest single repetition: the published values, their median, and the chart's reserve."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.formulas import (
    ONE_RM_FORMULAS,
    Interval,
    Window,
    chart_one_rm,
    estimate_one_rm,
    one_rm_by,
    reserve_of,
)
from workouts.formulas import brzycki_one_rm

MONDAY = dt.date(2026, 3, 2)
NAMES = ["brzycki", "epley", "lander", "lombardi", "mayhew", "oconner", "wathan"]

weights = st.floats(0.5, 1000)
reserves = st.none() | st.integers(0, 8).map(lambda halves: halves / 2)


def of_set(weight_kg, reps, reserve=None):
    return estimate_one_rm(weight_kg=weight_kg, reps=reps, reserve=reserve, day=MONDAY)


@pytest.mark.parametrize(
    ("weight_kg", "reps", "expected"),
    [
        (100, 3, (105.88, 110.00, 107.20, 111.61, 113.99, 107.50, 108.98)),
        (100, 5, (112.50, 116.67, 113.71, 117.46, 119.01, 112.50, 116.58)),
        (100, 8, (124.14, 126.67, 125.11, 123.11, 126.29, 120.00, 127.67)),
        (100, 10, (133.33, 133.33, 134.07, 125.89, 130.93, 125.00, 134.75)),
        (100, 12, (144.00, 140.00, 144.41, 128.21, 135.40, 130.00, 141.50)),
        (100, 15, (163.64, 150.00, 163.31, 131.10, 141.72, 137.50, 150.91)),
        (60, 20, (127.06, 100.00, 125.33, 80.96, 90.71, 90.00, 98.68)),
    ],
)
def test_the_seven_formulas_give_the_published_values(weight_kg, reps, expected):
    said = [one_rm_by(name, weight_kg=weight_kg, reps=reps) for name in NAMES]

    assert said == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("name", NAMES)
def test_one_repetition_is_its_own_maximum_for_every_formula(name):
    assert one_rm_by(name, weight_kg=100, reps=1) == 100


@pytest.mark.parametrize(
    ("name", "reps"), [("brzycki", 37), ("brzycki", 50), ("lander", 38), ("epley", 0.5)]
)
def test_a_formula_is_silent_where_it_divides_by_zero_and_below_one_repetition(name, reps):
    assert one_rm_by(name, weight_kg=100, reps=reps) is None


@given(weight_kg=weights, reps=st.integers(1, 10))
def test_brzycki_is_the_one_that_sets_are_stored_with(weight_kg, reps):
    stored = brzycki_one_rm(weight_kg=weight_kg, reps=reps)

    assert one_rm_by("brzycki", weight_kg=weight_kg, reps=reps) == pytest.approx(stored)


@pytest.mark.parametrize("formula", ONE_RM_FORMULAS.values())
def test_every_formula_says_its_version_range_and_source(formula):
    assert (formula.version, formula.valid) == (
        1,
        "2 to 10 repetitions at or near failure; one repetition is its own maximum.",
    )
    assert formula.source.startswith(formula.name)


@pytest.mark.parametrize(
    ("reps", "middle", "low", "high"),
    [
        (3, 108.98, 105.88, 113.99),
        (5, 116.58, 112.50, 119.01),
        (8, 125.11, 120.00, 127.67),
        (10, 133.33, 125.00, 134.75),
        (12, 140.00, 128.21, 144.41),
    ],
)
def test_the_estimate_is_the_middle_of_the_seven_and_spans_them(reps, middle, low, high):
    found = of_set(100, reps, 0)

    assert found.one_rm_kg == pytest.approx(middle, abs=0.005)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.005)


def test_a_single_to_failure_is_measured():
    found = of_set(140, 1, 0)

    assert (found.is_measured, found.one_rm_kg, found.interval) == (
        True,
        140,
        Interval(low=140, high=140),
    )
    assert (found.validity, found.caveats) == ("valid", ())


def test_what_is_left_in_reserve_counts_as_done():
    assert of_set(100, 5, 3).by_formula == of_set(100, 8, 0).by_formula


@pytest.mark.parametrize(
    ("reps", "reserve", "validity", "caveat"),
    [
        (10, 0, "valid", None),
        (10, 0.5, "valid", "Above 10 repetitions the formulas drift apart."),
        (8, 4, "valid", "Above 10 repetitions the formulas drift apart."),
        (
            12,
            0.5,
            "out_of_range",
            "No formula holds above 12 repetitions; it counts as one of 12.",
        ),
        (
            5,
            None,
            "valid",
            "No reserve was noted. If some was left, the maximum is higher.",
        ),
    ],
)
def test_an_estimate_says_how_far_it_can_be_trusted(reps, reserve, validity, caveat):
    found = of_set(100, reps, reserve)

    assert (found.validity, found.caveats) == (validity, (caveat,) if caveat else ())


def test_more_than_twelve_repetitions_count_as_twelve():
    assert of_set(100, 20, 0).one_rm_kg == pytest.approx(of_set(100, 12, 0).one_rm_kg)


@pytest.mark.parametrize(
    ("weight_kg", "reps", "reserve"),
    [
        (100, 5, 4.5),
        (100, 5, -0.5),
        (100, 0, 0),
        (100, None, 0),
        (0, 5, 0),
        (None, 5, 0),
        (float("nan"), 5, 0),
        (float("inf"), 5, 0),
    ],
)
def test_a_set_that_says_nothing_about_a_maximum_has_no_estimate(weight_kg, reps, reserve):
    assert of_set(weight_kg, reps, reserve) is None


@given(weight_kg=weights, reps=st.integers(1, 40), reserve=reserves)
def test_an_estimate_is_within_its_interval_and_never_below_the_load(weight_kg, reps, reserve):
    found = of_set(weight_kg, reps, reserve)

    assert found.interval.holds(found.one_rm_kg)
    assert found.interval.low >= weight_kg


@given(weight_kg=weights, reps=st.integers(1, 40), reserve=reserves, more=st.floats(0.01, 100))
def test_a_heavier_set_speaks_for_a_higher_maximum(weight_kg, reps, reserve, more):
    lighter, heavier = of_set(weight_kg, reps, reserve), of_set(weight_kg + more, reps, reserve)

    assert heavier.one_rm_kg > lighter.one_rm_kg


@given(weight_kg=weights, reps=st.integers(1, 40), reserve=reserves)
def test_another_repetition_never_lowers_the_estimate(weight_kg, reps, reserve):
    assert (
        of_set(weight_kg, reps + 1, reserve).one_rm_kg
        >= of_set(weight_kg, reps, reserve).one_rm_kg
    )


def test_an_estimate_explains_itself_with_its_numbers():
    found = of_set(100, 5, 3)

    assert found.explain() == [
        "Median of seven formulas.",
        "Looked at 2026-03-02 to 2026-03-02.",
        "The set: 5 × 100 kg, 3 left in reserve.",
        "It counts as 8 repetitions to failure.",
        "Brzycki, w × 36 / (37 − r): 124.14 kg.",
        "Epley, w × (1 + r / 30): 126.67 kg.",
        "Lander, 100 × w / (101.3 − 2.67123 × r): 125.11 kg.",
        "Lombardi, w × r^0.10: 123.11 kg.",
        "Mayhew, 100 × w / (52.2 + 41.9 × e^(−0.055 × r)): 126.29 kg.",
        "O'Conner, w × (1 + 0.025 × r): 120 kg.",
        "Wathan, 100 × w / (48.8 + 53.8 × e^(−0.075 × r)): 127.67 kg.",
        "The middle one is 125.11 kg; they run from 120 to 127.67 kg.",
    ]
    assert found.window == Window(first=MONDAY, last=MONDAY, count=1)


def test_a_measured_maximum_explains_itself_without_formulas():
    assert of_set(140, 1, 0).steps() == [
        "The set: 1 × 140 kg, to failure.",
        "One repetition with nothing in reserve is the maximum itself.",
    ]


def test_five_at_rpe_nine_with_100_kg_speak_for_119_and_a_half_by_the_chart():
    found = chart_one_rm(weight_kg=100, reps=5, reserve=reserve_of(rir=None, rpe=9), day=MONDAY)

    assert found.one_rm_kg == pytest.approx(119.47, abs=0.005)
    assert (found.formula.id, found.interval, found.caveats) == ("one_rm_reserve_chart", None, ())
    assert found.steps() == [
        "The set: 5 × 100 kg, 1 left in reserve.",
        "By the chart, 6 repetitions done and in reserve take 83.7 % of the maximum.",
        "100 kg / 83.7 % = 119.47 kg.",
    ]


@pytest.mark.parametrize(
    ("reps", "reserve", "is_near"), [(6, 3, True), (7, 0, False), (5, 3.5, False), (1, 0, True)]
)
def test_the_chart_is_best_for_few_repetitions_near_failure(reps, reserve, is_near):
    found = chart_one_rm(weight_kg=100, reps=reps, reserve=reserve, day=MONDAY)

    assert found.caveats == (
        ()
        if is_near
        else ("Reserves are counted well for up to 6 repetitions with at most 3 in reserve.",)
    )


@pytest.mark.parametrize(
    ("weight_kg", "reps", "reserve"), [(100, 17, 0), (100, 5, 4.5), (100, 0, 2), (0, 5, 1)]
)
def test_outside_of_the_chart_there_is_no_answer(weight_kg, reps, reserve):
    assert chart_one_rm(weight_kg=weight_kg, reps=reps, reserve=reserve, day=MONDAY) is None


@pytest.mark.parametrize(
    ("rir", "rpe", "reserve"), [(2, None, 2), (None, 8.5, 1.5), (1, 7, 1), (None, None, None)]
)
def test_a_reserve_is_as_noted_or_else_what_the_effort_leaves(rir, rpe, reserve):
    assert reserve_of(rir=rir, rpe=rpe) == reserve


@given(weight_kg=weights, reps=st.integers(1, 12), reserve=st.integers(0, 4))
def test_by_the_chart_a_heavier_set_speaks_for_a_higher_maximum(weight_kg, reps, reserve):
    assume(reps + reserve <= 16)
    lighter = chart_one_rm(weight_kg=weight_kg, reps=reps, reserve=reserve, day=MONDAY)
    heavier = chart_one_rm(weight_kg=weight_kg + 1, reps=reps, reserve=reserve, day=MONDAY)

    assert heavier.one_rm_kg > lighter.one_rm_kg >= weight_kg * (1 - 1e-12)
