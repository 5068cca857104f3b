"""Weights and girths: printed values, and forecasts that know when to be silent."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.formulas.body import (
    WeighIn,
    fat_free_mass,
    forecast_goal,
    navy_body_fat,
    weight_slope,
    weight_trend,
)
from analytics.formulas.provenance import Interval

FIRST = date(2026, 1, 5)
NOISE = [0.6, -0.4, 0.3, -0.7, 0.5, -0.2, -0.1]

weights = st.lists(st.floats(40, 200), min_size=1, max_size=60)


def on(index):
    return FIRST + timedelta(days=index)


def daily(weights):
    return [WeighIn(day=on(index), weight_kg=weight) for index, weight in enumerate(weights)]


def losing(days, *, kg_per_day=-500 / 7700, noise=(0.0,)):
    return daily([80 + index * kg_per_day + noise[index % len(noise)] for index in range(days)])


# --- The trend -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measured", "trend"),
    [
        ([173.2, 171.5], [173.2, 173.03]),
        ([173.6, 172.5, 171.5, 172, 171.5], [173.6, 173.49, 173.291, 173.1619, 172.99571]),
    ],
)
def test_a_trend_has_the_printed_values(measured, trend):
    result = weight_trend(daily(measured))

    assert [point.trend_kg for point in result.points] == pytest.approx(trend, abs=1e-9)


def test_a_gap_counts_for_every_one_of_its_days():
    gap = [WeighIn(day=on(0), weight_kg=80), WeighIn(day=on(7), weight_kg=78)]
    result = weight_trend(gap)

    assert result.trend_kg == pytest.approx(80 - 2 * (1 - 0.9**7))
    assert result.steps()[-1] == "Last: 80.00 + 52.2% of (78.00 − 80.00) = 78.96 kg after 7 days."


@given(gap=st.integers(1, 60), weight=st.floats(40, 200))
def test_a_gap_is_as_if_each_of_its_days_had_the_new_weight(gap, weight):
    with_gap = [WeighIn(day=on(0), weight_kg=80), WeighIn(day=on(gap), weight_kg=weight)]

    filled = weight_trend(daily([80, *[weight] * gap]))

    assert weight_trend(with_gap).trend_kg == pytest.approx(filled.trend_kg)


@given(measured=weights)
def test_a_trend_stays_among_the_weights(measured):
    for point in weight_trend(daily(measured)).points:
        assert min(measured) - 1e-9 <= point.trend_kg <= max(measured) + 1e-9


@given(measured=weights, data=st.data())
def test_a_trend_does_not_mind_the_order_of_weigh_ins(measured, data):
    shuffled = data.draw(st.permutations(daily(measured)))

    assert weight_trend(shuffled) == weight_trend(daily(measured))


def test_a_trend_follows_a_steady_loss_nine_days_late():
    result = weight_trend(losing(120))

    behind = result.trend_kg - result.points[-1].weight_kg
    assert behind / (500 / 7700) == pytest.approx(9, abs=0.001)


def test_the_change_of_a_trend_waits_until_it_has_settled():
    early, settled = weight_trend(losing(56, noise=NOISE)), weight_trend(losing(57, noise=NOISE))

    assert early.kg_per_day() is None
    assert 2100 - 7700 * settled.kg_per_day() == pytest.approx(2599.6, abs=0.05)


def test_no_weigh_in_has_no_trend():
    result = weight_trend([])

    assert (result.trend_kg, result.kg_per_day(), result.validity) == (None, None, "no_answer")
    assert result.explain()[1] == "There is no weigh-in."


@pytest.mark.parametrize(("days", "validity"), [(28, "warming_up"), (29, "valid")])
def test_a_trend_settles_in_four_weeks(days, validity):
    assert weight_trend(losing(days)).validity == validity


def test_a_day_has_one_weigh_in():
    with pytest.raises(ValueError, match="A day has one weigh-in at most"):
        weight_trend([WeighIn(day=FIRST, weight_kg=80), WeighIn(day=FIRST, weight_kg=81)])


@pytest.mark.parametrize("alpha", [0, -0.1, 1.1, float("nan")])
def test_an_alpha_that_is_no_share_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha must be above 0 and at most 1"):
        weight_trend([], alpha=alpha)


@pytest.mark.parametrize("weight", [0, -80, float("nan"), float("inf")])
def test_a_weight_is_above_nothing(weight):
    with pytest.raises(ValueError, match="weight_kg must be above 0"):
        WeighIn(day=FIRST, weight_kg=weight)


# --- The slope -------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [28, 42, 56])
def test_the_slope_of_four_noisy_weeks_has_the_printed_value(days):
    result = weight_slope(losing(days, noise=NOISE), until=on(days - 1))

    assert 2100 - 7700 * result.kg_per_day == pytest.approx(2625.3, abs=0.05)
    assert result.interval.holds(-500 / 7700)
    assert result.window.count == 28


def test_a_slope_has_no_lag():
    result = weight_slope(losing(28), until=on(27))

    assert result.kg_per_day == pytest.approx(-500 / 7700)
    assert result.weight_kg == pytest.approx(80 - 27 * 500 / 7700)


@pytest.mark.parametrize("weighed", [range(6), range(13), [*range(12, 19)], [0, 1, 2, 3, 27], []])
def test_a_slope_takes_seven_weigh_ins_over_two_weeks(weighed):
    known = [WeighIn(day=on(index), weight_kg=80 + index % 3) for index in weighed]

    result = weight_slope(known, until=on(27))

    assert (result.kg_per_day, result.interval, result.validity) == (None, None, "no_answer")
    assert result.caveats == ("It takes seven weigh-ins over two weeks, of late.",)


@given(kept=st.sets(st.integers(1, 26), min_size=8), slope=st.floats(-0.2, 0.2))
def test_a_slope_does_not_mind_missing_days(kept, slope):
    known = losing(28, kg_per_day=slope)
    sparse = [it for index, it in enumerate(known) if index in kept or index in {0, 27}]

    assert weight_slope(sparse, until=on(27)).kg_per_day == pytest.approx(slope, abs=1e-9)


# --- The forecast ----------------------------------------------------------------------------


def test_a_loss_without_noise_is_forecast_to_the_day():
    result = forecast_goal(losing(28, kg_per_day=-0.1), goal_kg=75, until=on(27))

    assert (result.day, result.earliest, result.latest) == (on(50), on(50), on(50))
    assert result.validity == "valid"


def test_noise_makes_a_forecast_an_interval():
    result = forecast_goal(losing(28, noise=NOISE), goal_kg=75, until=on(27))

    assert (result.earliest, result.day, result.latest) == (
        date(2026, 3, 10),
        date(2026, 3, 20),
        date(2026, 4, 6),
    )
    assert result.explain() == [
        "Day of the goal weight.",
        "Looked at 2026-01-05 to 2026-02-01.",
        "The straight line through the weigh-ins changes by -0.48 kg a week and stands at"
        " 78.2 kg.",
        "With 80 %, the change is from -0.58 to -0.38 kg a week.",
        "-3.2 kg at -0.068 kg a day take 47 days: 2026-03-20.",
        "With 80 %, it is from 2026-03-10 to 2026-04-06.",
        "It holds while the weight goes on changing as it did.",
    ]


@pytest.mark.parametrize(
    ("weigh_ins", "goal", "reason"),
    [
        (losing(6), 75, "It takes seven weigh-ins over two weeks, of late."),
        (losing(28, kg_per_day=0, noise=NOISE), 75, "The weight shows no clear change of late."),
        (losing(28), 85, "The weight moves away from the goal, or is already past it."),
        (losing(28, kg_per_day=-0.005), 70, "At this pace it takes more than two years."),
    ],
)
def test_a_forecast_says_why_there_is_none(weigh_ins, goal, reason):
    result = forecast_goal(weigh_ins, goal_kg=goal, until=on(27))

    assert (result.day, result.earliest, result.latest) == (None, None, None)
    assert (result.validity, result.caveats) == ("no_answer", (reason,))


def test_a_barely_clear_loss_has_no_latest_day():
    weigh_ins = losing(28, kg_per_day=-0.015, noise=NOISE)

    result = forecast_goal(weigh_ins, goal_kg=75, until=on(27))

    assert result.day is not None
    assert result.latest is None
    assert result.steps()[-1].endswith("to more than two years from now.")


@given(
    wobble=st.lists(st.floats(-0.5, 0.5), min_size=28, max_size=28),
    slope=st.floats(-0.15, 0.15),
    goal=st.floats(60, 100),
)
def test_a_forecast_lies_within_its_interval_and_ahead(wobble, slope, goal):
    measured = [80 + slope * index + wobble[index] for index in range(28)]

    result = forecast_goal(daily(measured), goal_kg=goal, until=on(27))

    assume(result.day is not None)
    assert on(27) <= result.earliest <= result.day
    assert result.latest is None or result.day <= result.latest


# --- Composition -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measures", "percent", "low", "high"),
    [
        (
            {"sex": "male", "height_cm": 180, "waist_cm": 85, "neck_cm": 38},
            16.11,
            11.60,
            20.62,
        ),
        (
            {"sex": "female", "height_cm": 165, "waist_cm": 70, "hip_cm": 95, "neck_cm": 32},
            24.86,
            20.09,
            29.63,
        ),
    ],
)
def test_girths_give_the_printed_body_fat_as_a_range(measures, percent, low, high):
    result = navy_body_fat(**measures)

    assert result.percent == pytest.approx(percent, abs=0.005)
    assert result.interval.low == pytest.approx(low, abs=0.01)
    assert result.interval.high == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"waist_cm": 38}, "waist_cm must be above the neck's 38, not 38"),
        ({"neck_cm": 0}, "neck_cm must be above 0"),
        ({"height_cm": float("inf")}, "height_cm must be above 0"),
        ({"sex": "female"}, "needs hip_cm"),
        ({"height_cm": 0.0001, "waist_cm": 1e6}, "no body of these measures"),
    ],
)
def test_impossible_girths_are_refused(changes, message):
    measures = {"sex": "male", "height_cm": 180, "waist_cm": 85, "neck_cm": 38, **changes}

    with pytest.raises(ValueError, match=message):
        navy_body_fat(**measures)


def test_an_unlikely_body_fat_says_so():
    result = navy_body_fat(sex="male", height_cm=200, waist_cm=60, neck_cm=50)

    assert result.validity == "out_of_range"
    assert result.caveats == ("The result is unlikely: check the measures.",)


@given(waist=st.floats(60, 150), more=st.floats(0.1, 20))
def test_a_wider_waist_reads_as_more_fat(waist, more):
    slim = navy_body_fat(sex="male", height_cm=180, waist_cm=waist, neck_cm=38)
    wide = navy_body_fat(sex="male", height_cm=180, waist_cm=waist + more, neck_cm=38)

    assert wide.percent > slim.percent


def test_fat_free_mass_takes_over_the_interval_of_the_fat():
    result = fat_free_mass(
        weight_kg=80, body_fat_percent=15, percent_interval=Interval(low=10, high=20)
    )

    assert result.kg == pytest.approx(68)
    assert (result.interval.low, result.interval.high) == pytest.approx((64, 72))
    assert result.steps() == ["80 kg less 15.0 % of fat = 68.0 kg."]


@pytest.mark.parametrize("percent", [-1, 100, float("nan")])
def test_a_body_is_not_all_fat(percent):
    with pytest.raises(ValueError, match="body_fat_percent must be from 0 to below 100"):
        fat_free_mass(weight_kg=80, body_fat_percent=percent)
