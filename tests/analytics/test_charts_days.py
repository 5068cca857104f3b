"""Which days a chart names, and into what it parts them."""

import datetime as dt

import pytest

from analytics.charts.days import Span, ticks_of, weeks_of

FIRST = dt.date(2026, 1, 5)  # a Monday


def span(days: int) -> Span:
    return Span(first=FIRST, last=FIRST + dt.timedelta(days=days - 1))


@pytest.mark.parametrize(("days", "most", "length"), [(92, 92, 7), (400, 92, 7), (1826, 92, 21)])
def test_a_span_is_parted_into_whole_weeks_that_end_with_it(days: int, most: int, length: int):
    parts = weeks_of(span(days), most=most)

    assert len(parts) <= most
    assert {part.days for part in parts} == {length}
    assert parts[-1].last == span(days).last
    assert parts[0].first <= FIRST <= parts[0].last


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (1, ["Jan 5"]),
        (2, ["Jan 5", "Jan 6"]),
        (8, ["Jan 5", "Jan 7", "Jan 9", "Jan 11"]),
        (31, ["Jan 5", "Jan 12", "Jan 19", "Jan 26", "Feb 2"]),
        (91, ["Feb", "Mar", "Apr"]),
        (200, ["Mar", "May", "Jul"]),
        (400, ["Apr", "Jul", "Oct", "Jan 2027"]),
        (1826, ["2027", "2028", "2029", "2030", "2031"]),
    ],
)
def test_an_axis_names_a_few_days_in_even_steps(days: int, names: list[str]):
    assert [name for _, name in ticks_of(span(days), most=5)] == names
