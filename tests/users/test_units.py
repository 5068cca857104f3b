"""Pounds and miles by definition, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.units import kg_to_pounds, km_to_miles, miles_to_km, pounds_to_kg

AMOUNTS = st.floats(0, 1_000_000, allow_nan=False)


@pytest.mark.parametrize(
    ("pounds", "kg"),
    [(0, 0), (1, 0.45359237), (45, 20.41165665), (225, 102.05828325), (2000, 907.18474)],
)
def test_a_pound_is_its_international_definition(pounds, kg):
    assert pounds_to_kg(pounds) == pytest.approx(kg, abs=1e-12)
    assert kg_to_pounds(kg) == pytest.approx(pounds, abs=1e-12)


@pytest.mark.parametrize(
    ("miles", "km"), [(0, 0), (1, 1.609344), (3.1, 4.9889664), (26.21875, 42.194988)]
)
def test_a_mile_is_its_international_definition(miles, km):
    assert miles_to_km(miles) == pytest.approx(km, abs=1e-12)
    assert km_to_miles(km) == pytest.approx(miles, abs=1e-12)


@given(amount=AMOUNTS)
def test_there_and_back_is_the_same_amount(amount):
    assert kg_to_pounds(pounds_to_kg(amount)) == pytest.approx(amount, rel=1e-15)
    assert km_to_miles(miles_to_km(amount)) == pytest.approx(amount, rel=1e-15)
