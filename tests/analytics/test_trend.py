"""Lines through points: their slope, and how sure it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.trend import line_through, t_quantile


@pytest.mark.parametrize(
    ("freedom", "quantile"),
    [(1, 3.0777), (2, 1.8856), (3, 1.6377), (4, 1.5332), (5, 1.4759), (10, 1.3722), (30, 1.3104)],
)
def test_an_interval_of_80_percent_is_as_wide_as_the_t_table_says(freedom, quantile):
    assert t_quantile(freedom) == pytest.approx(quantile, abs=0.001)


def test_a_line_has_the_slope_and_the_error_of_least_squares():
    line = line_through([(0, 1), (1, 3), (2, 4), (3, 8)])

    assert (line.slope, line.at(0)) == pytest.approx((2.2, 0.7))
    assert line.slope_error == pytest.approx(0.4243, abs=5e-5)
    assert (line.interval.low, line.interval.high) == pytest.approx((1.4, 3.0), abs=5e-5)


@pytest.mark.parametrize("points", [[], [(0, 1), (1, 2)], [(4, 1), (4, 2), (4, 3)]])
def test_there_is_no_line_through_too_few_points_or_one_place(points):
    assert line_through(points) is None


@given(slope=st.floats(-5, 5), start=st.floats(-100, 100), count=st.integers(3, 20))
def test_points_on_a_line_give_that_line_without_doubt(slope, start, count):
    line = line_through([(x, start + slope * x) for x in range(count)])

    assert (line.slope, line.at(0)) == pytest.approx((slope, start), abs=1e-6)
    assert line.interval.high - line.interval.low == pytest.approx(0, abs=1e-6)
