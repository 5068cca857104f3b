"""Signals against their baselines, and readiness."""

import datetime as dt
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.recovery import readiness, signal_trend

TODAY = dt.date(2026, 3, 2)


def days(values: list[float]) -> dict[dt.date, float]:
    """The last of them today."""
    last = len(values) - 1
    return {TODAY - dt.timedelta(days=last - n): value for n, value in enumerate(values)}


def test_a_week_of_faster_hearts_stands_above_its_baseline():
    before = [54.0, 56.0] * 14

    trend = signal_trend(days([*before, *[58.0] * 7]), signal="resting_heart_rate", today=TODAY)

    assert (trend.mean, trend.baseline, trend.latest) == (58, 55, 58)
    assert round(trend.z, 3) == round(3 / 1.0183501544, 3)
    assert trend.validity == "valid"


def test_variability_is_compared_by_logarithms():
    before = [50.0 * exp(0.1), 50.0 * exp(-0.1)] * 20

    trend = signal_trend(days([*before, *[60.0] * 7]), signal="hrv", today=TODAY)

    assert (round(trend.baseline, 6), round(trend.mean, 6)) == (50, 60)
    assert round(trend.z, 6) == round(log(60 / 50) / 0.10127393670836667, 6)


def test_thirteen_days_are_no_baseline():
    trend = signal_trend(days([55.0] * 20), signal="resting_heart_rate", today=TODAY)

    assert (trend.baseline, trend.z, trend.validity) == (None, None, "warming_up")


def test_a_heart_that_never_changes_has_no_endless_deviation():
    trend = signal_trend(
        days([*[55.0] * 28, *[56.0] * 7]), signal="resting_heart_rate", today=TODAY
    )

    assert trend.z == 1


def test_the_slope_is_a_weeks_change():
    rising = [50 + n / 7 for n in range(28)]

    trend = signal_trend(days(rising), signal="resting_heart_rate", today=TODAY)

    assert round(trend.slope, 6) == 1


def test_usual_signals_and_a_perfect_night_without_debt_are_weighed():
    ready = readiness(hrv_z=0, resting_heart_rate_z=0, sleep_score=100, debt_hours=0)

    assert (ready.score, ready.validity, ready.caveats) == (72.5, "valid", ())


def test_parts_that_are_not_known_leave_their_weight_to_the_others():
    ready = readiness(resting_heart_rate_z=-2, sleep_score=40)

    assert ready.score == (20 * 100 + 30 * 40) / 50
    assert ready.caveats == ("Not known today: hrv, sleep_debt.",)


def test_sleep_alone_is_no_full_answer():
    assert readiness(sleep_score=80, debt_hours=0).validity == "warming_up"


def test_a_debt_alone_is_no_answer():
    ready = readiness(debt_hours=3)

    assert (ready.score, ready.validity) == (None, "no_answer")


Z = st.none() | st.floats(-5, 5)


@given(Z, Z, st.none() | st.floats(0, 100), st.none() | st.floats(0, 60))
def test_readiness_is_a_share_of_a_hundred(hrv, heart, sleep, debt):
    ready = readiness(hrv_z=hrv, resting_heart_rate_z=heart, sleep_score=sleep, debt_hours=debt)

    assert ready.score is None or 0 <= ready.score <= 100


@pytest.mark.parametrize("better", [0.0, 0.5, 1.0])
def test_more_variability_than_usual_never_lowers_readiness(better):
    usual = readiness(hrv_z=0, sleep_score=70)

    assert readiness(hrv_z=better, sleep_score=70).score >= usual.score
