"""How far weigh-ins stray from their trend."""

import datetime as dt
from itertools import pairwise
from statistics import NormalDist

import pytest

from analytics.formulas import WeighIn, weight_trend
from analytics.formulas.weigh_in_band import weigh_in_bands

DAY = dt.date(2026, 3, 2)
SIDE = NormalDist().inv_cdf(0.9)


def points(weights, *, every=1):
    return weight_trend(
        WeighIn(day=DAY + dt.timedelta(days=every * number), weight_kg=weight)
        for number, weight in enumerate(weights)
    ).points


def half_widths(found, bands):
    return [
        (band.high - band.low) / 2
        for point, band in zip(found, bands, strict=True)
        if band.holds(point.trend_kg)
    ]


def test_without_a_weigh_in_there_is_no_band():
    assert weigh_in_bands([]) == []


def test_before_seven_steps_a_scale_is_taken_to_be_six_hundred_grams_off():
    found = points([80.0] * 7)

    bands = weigh_in_bands(found)

    assert half_widths(found, bands) == pytest.approx([0.6 * SIDE] * 7)


def test_from_seven_steps_on_the_persons_own_weigh_ins_say_it():
    found = points([80.0] * 8)

    bands = weigh_in_bands(found)

    assert half_widths(found, bands)[-1] == pytest.approx(0)


def test_it_is_the_root_mean_square_of_the_surprises():
    found = points([80.0, 81.0, *[80.0] * 6])
    surprises = [after.weight_kg - before.trend_kg for before, after in pairwise(found)]

    bands = weigh_in_bands(found)

    stray = (sum(surprise**2 for surprise in surprises) / 7) ** 0.5
    assert half_widths(found, bands)[-1] == pytest.approx(stray * SIDE)


def test_what_was_four_weeks_ago_counts_no_longer():
    found = points([80.0, 90.0, *[80.0] * 48])

    bands = half_widths(found, weigh_in_bands(found))

    # The surprise itself has left; what remains of it in the trend fades with the trend.
    assert bands[28] > 4 * bands[29]
    assert bands[-1] < 0.1


def test_weigh_ins_too_rare_to_say_anything_fall_back_to_the_scale():
    found = points([80.0, 82.0] * 6, every=7)

    bands = half_widths(found, weigh_in_bands(found))

    assert bands == pytest.approx([0.6 * SIDE] * 12)
