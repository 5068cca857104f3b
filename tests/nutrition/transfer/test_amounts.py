import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nutrition.transfer.amounts import grams, number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12.0),
        (12.5, 12.5),
        ("12.5", 12.5),
        ("12,5", 12.5),
        (" 7 ", 7.0),
        (",5", 0.5),
        ("1.", 1.0),
        ("-3", -3.0),
        ("7e-05", 0.00007),
        (None, None),
        ("", None),
        ("  ", None),
    ],
)
def test_numbers_are_read_as_json_and_people_write_them(value, expected):
    assert number(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "NaN", "inf", "-Infinity", "1e999", math.nan, math.inf, "1_000", "0x10", "1.234,5", "5 g",
        "<0.5", "traces", "٣", True, [1], {"value": 1}, b"1", "9" * 50,
    ],
)  # fmt: skip
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(ValueError, match="not a number"):
        number(value)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (5, "g", 5),
        (5, "G", 5),
        (500, "mg", 0.5),
        (500, "MG", 0.5),
        (250_000, "µg", 0.25),  # the micro sign
        (250_000, "μg", 0.25),  # the Greek letter
        (250_000, "mcg", 0.25),
        (250_000, "UG", 0.25),
        (0.5, "kg", 500),
        (5, "% vol", None),
        (5, "IU", None),
        (5, "", None),
        (5, None, None),
        (5, 3, None),
    ],
)
def test_amounts_of_mass_become_grams(amount, unit, expected):
    assert grams(amount, unit) == (expected if expected is None else pytest.approx(expected))


@given(st.one_of(st.text(max_size=50), st.floats(), st.integers(), st.none(), st.binary()))
def test_a_number_is_finite_or_refused(value):
    try:
        read = number(value)
    except ValueError:
        return

    assert read is None or math.isfinite(read)
