"""Heart rate: printed values of maxima, zones, and training impulses."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.heart import (
    Stretch,
    banister_trimp,
    edwards_trimp,
    heart_rate_zones,
    max_heart_rate,
    stretches_of,
    zone_minutes,
)

SIX_PM = datetime(2026, 1, 5, 18, tzinfo=UTC)
HOUR_AT_150 = [Stretch(minutes=60, bpm=150)]
HEART = {"rest_bpm": 50, "max_bpm": 190}

sexes = st.sampled_from(["female", "male"])
stretches = st.lists(
    st.builds(Stretch, minutes=st.floats(0, 90), bpm=st.floats(30, 230)), max_size=20
)


# --- The maximum -----------------------------------------------------------------------------


@pytest.mark.parametrize(("formula", "bpm"), [("tanaka", 180), ("age_220", 180)])
def test_at_40_years_both_formulas_expect_180(formula, bpm):
    assert max_heart_rate(age_years=40, formula=formula).bpm == pytest.approx(bpm)


def test_an_expected_maximum_has_a_wide_interval():
    result = max_heart_rate(age_years=40)

    assert result.interval.low == pytest.approx(167.18, abs=0.005)
    assert result.interval.high == pytest.approx(192.82, abs=0.005)
    assert result.explain() == [
        "Highest heart rate by Tanaka.",
        "At 40 years, 208 − 0.7 × age = 180.",
        "Single people are often 10 beats off; your own measurement is better.",
    ]


def test_a_measured_maximum_wins_over_the_age():
    result = max_heart_rate(age_years=40, measured_bpm=193)

    assert (result.bpm, result.formula.id, result.interval) == (193, "hr_max_measured", None)


@pytest.mark.parametrize("known", [{}, {"age_years": 0}, {"measured_bpm": float("nan")}])
def test_a_maximum_needs_an_age_or_a_measurement(known):
    with pytest.raises(ValueError, match=r"must be above 0|needs a measured_bpm"):
        max_heart_rate(**known)


# --- Zones -----------------------------------------------------------------------------------


def test_zones_of_the_reserve_have_the_printed_borders():
    zones = heart_rate_zones(max_bpm=180, rest_bpm=60).zones

    borders = [zone.low_bpm for zone in zones] + [zones[-1].high_bpm]
    assert borders == pytest.approx([120, 132, 144, 156, 168, 180])


def test_zones_of_the_maximum_do_not_need_a_rest():
    result = heart_rate_zones(max_bpm=200)

    assert [zone.low_bpm for zone in result.zones] == pytest.approx([100, 120, 140, 160, 180])
    assert result.formula.id == "hr_zones_max"
    assert result.explain()[1:3] == ["Shares of the maximum of 200.", "Zone 1: 100 to 120."]


@pytest.mark.parametrize(
    ("bpm", "zone"), [(99, 0), (100, 1), (119, 1), (120, 2), (180, 5), (200, 5), (215, 5)]
)
def test_a_heart_rate_on_a_border_is_in_the_higher_zone(bpm, zone):
    assert heart_rate_zones(max_bpm=200).zone_of(bpm) == zone


@pytest.mark.parametrize(("rest", "top"), [(180, 180), (190, 180), (0, 180), (60, float("inf"))])
def test_a_rest_that_is_not_below_the_maximum_is_refused(rest, top):
    with pytest.raises(ValueError, match="must be"):
        heart_rate_zones(max_bpm=top, rest_bpm=rest)
    with pytest.raises(ValueError, match="must be"):
        banister_trimp(HOUR_AT_150, rest_bpm=rest, max_bpm=top, sex="male")


# --- Samples ---------------------------------------------------------------------------------


def test_a_sample_lasts_until_the_next_but_not_over_a_silence():
    minutes_and_bpm = [(2, 140), (0, 120), (3, 150), (20, 90), (22, 95)]
    samples = [(SIX_PM + timedelta(minutes=at), bpm) for at, bpm in minutes_and_bpm]

    assert stretches_of(samples) == [
        Stretch(minutes=2, bpm=120),
        Stretch(minutes=1, bpm=140),
        Stretch(minutes=2, bpm=90),
    ]


def test_minutes_below_the_first_zone_are_in_none():
    spent = [Stretch(minutes=5, bpm=80), Stretch(minutes=7, bpm=125), Stretch(minutes=3, bpm=210)]

    assert zone_minutes(spent, heart_rate_zones(max_bpm=200)) == (0, 7, 0, 0, 3)


# --- Training impulses -----------------------------------------------------------------------


def test_edwards_has_the_printed_value():
    result = edwards_trimp([10, 20, 15, 10, 5])

    assert result.trimp == 160
    assert result.steps() == [
        "Minutes in each zone × its number: 10 × 1 + 20 × 2 + 15 × 3 + 10 × 4 + 5 × 5 = 160."
    ]


@pytest.mark.parametrize("minutes", [[], [1, 2, 3, 4], [1, 2, 3, 4, -5]])
def test_edwards_needs_minutes_of_five_zones(minutes):
    with pytest.raises(ValueError, match=r"5 zones|zone 5 must be 0 or more"):
        edwards_trimp(minutes)


@pytest.mark.parametrize(
    ("sex", "variant", "trimp"),
    [
        ("male", "literature", 108.10),
        ("female", "literature", 121.50),
        ("male", "golden_cheetah", 108.10),
        ("female", "golden_cheetah", 90.42),
    ],
)
def test_banister_has_the_printed_values(sex, variant, trimp):
    result = banister_trimp(HOUR_AT_150, **HEART, sex=sex, variant=variant)

    assert result.trimp == pytest.approx(trimp, abs=0.005)


def test_banister_explains_itself_with_its_numbers():
    result = banister_trimp(HOUR_AT_150, **HEART, sex="male")

    assert result.explain() == [
        "Training impulse by heart rate reserve (Banister).",
        "60 minutes at 150 on average, where the reserve goes from 50 to 190.",
        "A minute at the share x of the reserve weighs x × 0.64 × e^(1.92 x).",
        "All minutes together weigh 108.1.",
    ]


def test_a_heart_above_its_maximum_counts_as_at_it_and_says_so():
    above = banister_trimp([Stretch(minutes=10, bpm=205)], **HEART, sex="male")
    at_it = banister_trimp([Stretch(minutes=10, bpm=190)], **HEART, sex="male")

    assert above.trimp == at_it.trimp
    assert above.validity == "out_of_range"
    assert above.caveats == ("The heart beat faster than its maximum: enter a higher one.",)


def test_a_session_without_heart_rate_weighs_nothing():
    result = banister_trimp([], **HEART, sex="female")

    assert (result.trimp, result.mean_bpm) == (0, None)
    assert result.steps() == ["There is no heart rate to count."]


@given(parts=stretches, sex=sexes)
def test_no_impulse_is_below_nothing(parts, sex):
    assert banister_trimp(parts, **HEART, sex=sex).trimp >= 0


@given(easy=st.floats(50, 190), hard=st.floats(50, 190), sex=sexes)
def test_two_halves_weigh_at_least_their_average(easy, hard, sex):
    halves = [Stretch(minutes=30, bpm=easy), Stretch(minutes=30, bpm=hard)]
    average = [Stretch(minutes=60, bpm=(easy + hard) / 2)]

    in_parts = banister_trimp(halves, **HEART, sex=sex).trimp

    assert in_parts >= banister_trimp(average, **HEART, sex=sex).trimp - 1e-9


@given(parts=stretches, top=st.integers(120, 220))
def test_minutes_in_zones_are_never_more_than_there_were(parts, top):
    spent = zone_minutes(parts, heart_rate_zones(max_bpm=top))

    assert sum(spent) <= sum(part.minutes for part in parts) + 1e-9
