"""Points for a total at a body weight: published values, and where each scale ends."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import SCALES, Interval, relative_strength
from analytics.formulas.relative import GOODLIFT

MONDAY = dt.date(2026, 3, 2)

scales = st.sampled_from(sorted(SCALES))
sexes = st.sampled_from(["female", "male"])


def points(scale, sex, bodyweight_kg, total_kg, **rest):
    return relative_strength(
        scale, sex=sex, bodyweight_kg=bodyweight_kg, total_kg=total_kg, day=MONDAY, **rest
    )


@pytest.mark.parametrize(
    ("sex", "bodyweight_kg", "total_kg", "expected"),
    [
        ("male", 75, 500, (426.28, 358.71, 356.28, 72.90)),
        ("male", 83, 600, (480.99, 405.05, 400.50, 83.06)),
        ("male", 100, 700, (510.55, 430.86, 426.01, 88.43)),
        ("female", 57, 350, (478.09, 400.99, 406.14, 82.10)),
        ("female", 63, 400, (511.45, 430.21, 429.58, 87.51)),
        ("female", 75, 420, (488.87, 409.07, 399.27, 83.33)),
    ],
)
def test_each_scale_gives_the_reference_points(sex, bodyweight_kg, total_kg, expected):
    found = [
        points(scale, sex, bodyweight_kg, total_kg).points
        for scale in ("wilks_2020", "dots", "wilks", "ipf_gl")
    ]

    assert found == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(
    ("sex", "bodyweight_kg", "coefficient"),
    [
        ("male", 60, 0.9968),
        ("male", 80, 0.8191),
        ("male", 100, 0.7294),
        ("female", 60, 1.3190),
        ("female", 80, 1.1318),
        ("female", 100, 1.0525),
    ],
)
def test_wilks_2020_has_the_published_coefficients(sex, bodyweight_kg, coefficient):
    found = points("wilks_2020", sex, bodyweight_kg, 100).coefficient

    assert found == pytest.approx(coefficient, abs=5e-5)


@pytest.mark.parametrize(
    ("sex", "coefficient"), [("male", 0.6085890719), ("female", 0.8325833167)]
)
def test_the_older_wilks_has_the_published_coefficients(sex, coefficient):
    assert points("wilks", sex, 100, 100).coefficient == pytest.approx(coefficient, abs=1e-9)


def test_ipf_gl_gives_the_published_examples():
    squatted = points("ipf_gl", "male", 92.04, 1035, equipment="equipped")
    benched = points("ipf_gl", "female", 70.50, 122.5, event="bench")

    assert squatted.points == pytest.approx(112.85, abs=0.005)
    assert benched.points == pytest.approx(96.78, abs=0.005)


@pytest.mark.parametrize(("event", "equipment", "sex"), sorted(GOODLIFT))
def test_ipf_gl_gives_less_for_the_same_total_at_a_heavier_body(event, equipment, sex):
    by_body = [
        points("ipf_gl", sex, body, 100, event=event, equipment=equipment).points
        for body in range(35, 200)
    ]

    assert by_body == sorted(by_body, reverse=True)
    assert by_body[-1] > 0


@pytest.mark.parametrize(
    ("scale", "sex", "lightest_kg", "heaviest_kg"),
    [
        ("dots", "male", 40, 210),
        ("dots", "female", 40, 150),
        ("wilks_2020", "male", 40, 200.95),
        ("wilks_2020", "female", 40, 150.95),
        ("wilks", "male", 40, 201.9),
        ("wilks", "female", 26.51, 154.53),
    ],
)
def test_beyond_its_body_weights_a_scale_counts_the_nearest_and_says_so(
    scale, sex, lightest_kg, heaviest_kg
):
    for known_kg, beyond_kg in ((lightest_kg, 20), (heaviest_kg, 300)):
        known, beyond = points(scale, sex, known_kg, 300), points(scale, sex, beyond_kg, 300)

        assert beyond.points == known.points
        assert (known.validity, beyond.validity) == ("valid", "out_of_range")


def test_ipf_gl_gives_nothing_below_35_kg():
    light = points("ipf_gl", "female", 34.9, 100)

    assert (light.points, light.validity) == (0, "out_of_range")


@given(scale=scales, sex=sexes, body=st.floats(20, 300), total=st.floats(0, 1500))
def test_twice_the_total_is_twice_the_points(scale, sex, body, total):
    once, twice = points(scale, sex, body, total), points(scale, sex, body, 2 * total)

    assert twice.points == pytest.approx(2 * once.points)
    assert once.points >= 0


def test_points_of_estimates_say_so_and_have_their_interval():
    found = points("dots", "male", 83, 600, estimated=Interval(low=580, high=630))

    assert found.is_estimated is True
    assert (found.interval.low, found.interval.high) == pytest.approx((391.55, 425.31), abs=0.005)
    assert found.steps() == [
        "Total of squat, bench press and deadlift, estimated: 600 kg.",
        "At a body weight of 83 kg, DOTS (version 1, male) gives 0.6751 points for each kg.",
        "600 × 0.6751 = 405.05.",
        "The estimates of the lifts allow from 391.55 to 425.31 points.",
    ]


@pytest.mark.parametrize("scale", ["dots", "wilks", "wilks_2020"])
def test_a_bench_press_alone_has_points_by_ipf_gl_only(scale):
    with pytest.raises(ValueError, match="needs a full total"):
        points(scale, "male", 83, 150, event="bench")


@pytest.mark.parametrize(
    ("body", "total"), [(0, 100), (-70, 100), (float("nan"), 100), (70, -1), (70, float("inf"))]
)
def test_numbers_that_are_nobodys_are_refused(body, total):
    with pytest.raises(ValueError, match="must be"):
        points("dots", "male", body, total)
