"""Expenditure and what food leaves: the filter's reference run, and its shapes."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.formulas.body import WeighIn, weight_slope
from analytics.formulas.energy import (
    NO_DIAGNOSIS,
    EnergyDay,
    FilterSettings,
    FuelDay,
    adaptive_tdee,
    energy_availability,
    energy_balance,
    net_kcal,
)
from analytics.formulas.provenance import Interval

FIRST = date(2026, 1, 5)
NOISE = [0.6, -0.4, 0.3, -0.7, 0.5, -0.2, -0.1]

few = settings(max_examples=40)
some_days = st.lists(
    st.tuples(st.none() | st.floats(70, 90), st.none() | st.floats(0, 6000)),
    min_size=1,
    max_size=60,
)


def on(index):
    return FIRST + timedelta(days=index)


def scale(index):
    """80 kg at first, 2100 kcal eaten and 2600 spent a day, and a noisy scale."""
    return 80 - index * 500 / 7700 + NOISE[index % 7]


def cut(days, *, weighed=lambda index: True, logged=lambda index: True):
    return [
        EnergyDay(
            day=on(index),
            weight_kg=scale(index) if weighed(index) else None,
            intake_kcal=2100 if logged(index) else None,
        )
        for index in range(days)
    ]


def made_of(pairs):
    return [
        EnergyDay(day=on(index), weight_kg=weight, intake_kcal=intake)
        for index, (weight, intake) in enumerate(pairs)
    ]


# --- Adaptive expenditure --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "tdee", "sd"),
    [(14, 2541.3, 228.4), (28, 2593.6, 140.2), (42, 2602.0, 115.2), (56, 2604.6, 109.1)],
)
def test_the_filter_has_the_reference_values(days, tdee, sd):
    result = adaptive_tdee(cut(days), start_tdee_kcal=2400)

    assert result.tdee_kcal == pytest.approx(tdee, abs=0.05)
    assert result.sd_kcal == pytest.approx(sd, abs=0.05)
    assert result.validity == "valid"
    assert result.interval.holds(2600)


def test_the_filter_explains_itself_with_its_numbers():
    result = adaptive_tdee(cut(28), start_tdee_kcal=2400)

    assert result.explain() == [
        "Energy spent a day, learned from weight and food.",
        "Looked at 2026-01-05 to 2026-02-01.",
        "A formula started it at 2400 ± 300 kcal a day.",
        "There are 28 weigh-ins and 27 days with all food logged between them.",
        "The weight, without the noise of the scale, went from 80.6 to 78.2 kg, at 7700 kcal a"
        " kg.",
        "That makes 2594 ± 140 kcal a day: with 80 %, 2414 to 2773.",
    ]


def test_a_result_keeps_a_point_for_each_day_and_the_settings_that_made_it():
    mixed = FilterSettings(kcal_per_kg=6000)

    result = adaptive_tdee(cut(28), start_tdee_kcal=2400, settings=mixed)

    assert [point.day for point in result.points] == [on(index) for index in range(28)]
    assert result.points[0].tdee_kcal == 2400
    assert result.points[-1].tdee_kcal == result.tdee_kcal
    assert result.settings == mixed


def test_food_that_was_never_logged_leaves_the_formula_as_it_was():
    result = adaptive_tdee(cut(28, logged=lambda index: False), start_tdee_kcal=2400)

    assert result.tdee_kcal == 2400
    assert result.sd_kcal == pytest.approx((300**2 + 27 * 400) ** 0.5)
    assert (result.food_days, result.validity) == (0, "warming_up")


def test_without_a_weigh_in_it_is_the_formula():
    result = adaptive_tdee(cut(28, weighed=lambda index: False), start_tdee_kcal=2400)

    assert (result.tdee_kcal, result.sd_kcal, result.points) == (2400, 300, ())
    assert result.validity == "warming_up"
    assert result.caveats == ("Without a weigh-in this is the formula's.",)
    assert adaptive_tdee([], start_tdee_kcal=2400) == result


def test_weekly_weigh_ins_find_the_expenditure_with_less_certainty():
    daily = adaptive_tdee(cut(57), start_tdee_kcal=2400)
    weekly = adaptive_tdee(cut(57, weighed=lambda index: index % 7 == 0), start_tdee_kcal=2400)

    assert weekly.tdee_kcal == pytest.approx(2586.6, abs=0.05)
    assert weekly.sd_kcal > daily.sd_kcal


def test_unlogged_weekends_count_as_in_balance_and_the_result_says_so():
    result = adaptive_tdee(cut(56, logged=lambda index: index % 7 < 5), start_tdee_kcal=2400)

    assert result.tdee_kcal == pytest.approx(2774.1, abs=0.05)
    assert result.sd_kcal == pytest.approx(156.3, abs=0.05)
    assert result.caveats == (
        "Days without all food logged (15) count as in balance: if you ate less than you spent on"
        " them, you spend less than this, and if you ate more, you spend more.",
    )


def test_doubtful_food_data_costs_certainty():
    doubtful = [
        EnergyDay(
            day=day.day, weight_kg=day.weight_kg, intake_kcal=day.intake_kcal, intake_sd_kcal=400
        )
        for day in cut(28)
    ]

    result = adaptive_tdee(doubtful, start_tdee_kcal=2400)

    assert result.sd_kcal > adaptive_tdee(cut(28), start_tdee_kcal=2400).sd_kcal


def test_what_came_before_the_first_weigh_in_does_not_count():
    early = [EnergyDay(day=on(-index), intake_kcal=9000) for index in range(1, 9)]

    with_it = adaptive_tdee([*early, *cut(28)], start_tdee_kcal=2400)

    assert with_it == adaptive_tdee(cut(28), start_tdee_kcal=2400)


def test_a_missing_day_is_one_without_weigh_in_and_food():
    known = cut(28, weighed=lambda index: index != 9, logged=lambda index: index != 9)

    without = adaptive_tdee([day for day in known if day.day != on(9)], start_tdee_kcal=2400)

    assert without == adaptive_tdee(known, start_tdee_kcal=2400)


def test_days_after_the_one_asked_for_do_not_count():
    result = adaptive_tdee(cut(56), start_tdee_kcal=2400, until=on(27))

    assert result == adaptive_tdee(cut(28), start_tdee_kcal=2400)


def test_silence_after_the_last_day_keeps_the_value_and_loses_certainty():
    fresh = adaptive_tdee(cut(28), start_tdee_kcal=2400, until=on(27))
    stale = adaptive_tdee(cut(28), start_tdee_kcal=2400, until=on(57))

    assert stale.tdee_kcal == fresh.tdee_kcal
    assert stale.sd_kcal == pytest.approx((fresh.sd_kcal**2 + 30 * 400) ** 0.5)


@pytest.mark.parametrize(
    "days",
    [
        cut(13),
        cut(28, logged=lambda index: index < 6),
        cut(28, weighed=lambda index: index in {0, 6}),
    ],
)
def test_it_warms_up_until_there_is_enough(days):
    result = adaptive_tdee(days, start_tdee_kcal=2400)

    assert result.validity == "warming_up"
    assert result.caveats[0] == "It takes two weeks of weigh-ins and food to settle."


def test_a_day_given_twice_is_refused():
    with pytest.raises(ValueError, match="2026-01-05 is given twice"):
        adaptive_tdee([*cut(2), *cut(1)], start_tdee_kcal=2400)


@pytest.mark.parametrize(
    "make",
    [
        lambda: EnergyDay(day=FIRST, weight_kg=0),
        lambda: EnergyDay(day=FIRST, intake_kcal=float("nan")),
        lambda: EnergyDay(day=FIRST, intake_sd_kcal=-1),
        lambda: FuelDay(day=FIRST, intake_kcal=-1),
        lambda: FuelDay(day=FIRST, intake_kcal=2000, exercise_kcal=float("inf")),
        lambda: FilterSettings(kcal_per_kg=0),
        lambda: adaptive_tdee([], start_tdee_kcal=0),
    ],
)
def test_numbers_that_are_nobodys_are_refused(make):
    with pytest.raises(ValueError, match="must be"):
        make()


@few
@given(pairs=some_days, data=st.data())
def test_the_order_of_days_does_not_matter(pairs, data):
    days = made_of(pairs)
    shuffled = data.draw(st.permutations(days))

    assert adaptive_tdee(shuffled, start_tdee_kcal=2400) == adaptive_tdee(
        days, start_tdee_kcal=2400
    )


@few
@given(pairs=some_days)
def test_a_weigh_in_never_costs_certainty(pairs):
    weighed = [(80.0, intake) for _, intake in pairs]
    once = [(80.0 if index == 0 else None, intake) for index, (_, intake) in enumerate(pairs)]

    often = adaptive_tdee(made_of(weighed), start_tdee_kcal=2400)

    assert often.sd_kcal <= adaptive_tdee(made_of(once), start_tdee_kcal=2400).sd_kcal + 1e-9


@few
@given(pairs=some_days, more=st.floats(0, 1000))
def test_who_eats_more_at_the_same_weight_spends_more(pairs, more):
    ate_more = [(weight, None if eaten is None else eaten + more) for weight, eaten in pairs]

    spent = adaptive_tdee(made_of(pairs), start_tdee_kcal=2400).tdee_kcal

    assert adaptive_tdee(made_of(ate_more), start_tdee_kcal=2400).tdee_kcal >= spent - 1e-6


@few
@given(pairs=some_days, kg=st.floats(-20, 20))
def test_only_changes_of_weight_matter(pairs, kg):
    moved = [(None if weight is None else weight + kg, intake) for weight, intake in pairs]

    spent = adaptive_tdee(made_of(pairs), start_tdee_kcal=2400)

    there = adaptive_tdee(made_of(moved), start_tdee_kcal=2400)
    assert there.tdee_kcal == pytest.approx(spent.tdee_kcal, abs=1e-6)
    assert there.sd_kcal == pytest.approx(spent.sd_kcal)


# --- Energy balance --------------------------------------------------------------------------


@pytest.mark.parametrize(("kcal_per_kg", "tdee"), [(7700, 2750), (6000, 2628.6)])
def test_half_a_kilogram_a_week_has_the_printed_expenditure(kcal_per_kg, tdee):
    result = energy_balance(mean_intake_kcal=2200, kg_per_day=-0.5 / 7, kcal_per_kg=kcal_per_kg)

    assert result.tdee_kcal == pytest.approx(tdee, abs=0.05)
    assert result.kcal_per_kg == kcal_per_kg


def test_a_balance_explains_itself_with_its_numbers():
    result = energy_balance(mean_intake_kcal=2200, kg_per_day=-0.5 / 7)

    assert result.explain() == [
        "Energy spent a day, from the balance.",
        "-0.50 kg a week at 7700 kcal a kg are -550 kcal a day.",
        "An intake of 2200 less that = 2750 kcal.",
    ]


def test_a_slope_and_its_interval_make_a_balance_with_one():
    weigh_ins = [WeighIn(day=on(index), weight_kg=scale(index)) for index in range(28)]
    slope = weight_slope(weigh_ins, until=on(27))

    result = energy_balance(
        mean_intake_kcal=2100, kg_per_day=slope.kg_per_day, kg_per_day_interval=slope.interval
    )

    assert result.tdee_kcal == pytest.approx(2625.3, abs=0.05)
    assert result.interval.low < 2600 < result.tdee_kcal < result.interval.high


def test_net_energy_is_without_resting():
    assert net_kcal(gross_kcal=280, weight_kg=80, minutes=60) == 200
    assert net_kcal(gross_kcal=50, weight_kg=80, minutes=60) == 0


# --- Energy availability ---------------------------------------------------------------------


def fuel(days, *, intake=2000, exercise=500):
    return [
        FuelDay(day=on(day), intake_kcal=intake, exercise_kcal=exercise) for day in range(days)
    ]


def test_a_week_has_the_printed_availability():
    result = energy_availability(fuel(7), ffm_kg=50)

    assert result.kcal_per_kg == 30
    assert result.explain() == [
        "Energy availability.",
        "Looked at 2026-01-05 to 2026-01-11.",
        "On 7 days with all food logged, food gave 2000 kcal and training took 500.",
        "What is left, per 50.0 kg of fat-free mass: 30.0 kcal a day.",
        NO_DIAGNOSIS,
    ]


@pytest.mark.parametrize(
    ("intake", "band"),
    [(1999, "below_30"), (2000, "from_30_to_45"), (2749, "from_30_to_45"), (2750, "from_45")],
)
def test_a_band_begins_at_its_border(intake, band):
    assert energy_availability(fuel(7, intake=intake), ffm_kg=50).band == band


def test_fewer_than_seven_whole_days_say_nothing():
    unlogged = FuelDay(day=on(6), intake_kcal=None, exercise_kcal=500)

    result = energy_availability([*fuel(6), unlogged], ffm_kg=50)

    assert (result.kcal_per_kg, result.band, result.validity) == (None, None, "warming_up")
    assert result.whole_days == 6


def test_training_on_a_day_without_food_does_not_count():
    unlogged = FuelDay(day=on(7), intake_kcal=None, exercise_kcal=5000)

    result = energy_availability([*fuel(7), unlogged], ffm_kg=50)

    assert result.kcal_per_kg == 30


def test_a_doubtful_mass_makes_an_interval():
    result = energy_availability(fuel(7), ffm_kg=50, ffm_interval=Interval(low=40, high=60))

    assert (result.interval.low, result.interval.high) == (25, 37.5)


def test_no_word_of_availability_alarms_or_diagnoses():
    text = " ".join(energy_availability(fuel(7, intake=900), ffm_kg=50).explain()).lower()

    assert not [
        word for word in ("risk", "danger", "red-s", "syndrome", "too low") if word in text
    ]
    assert "no diagnosis" in text


def test_a_day_of_food_given_twice_is_refused():
    with pytest.raises(ValueError, match="given twice"):
        energy_availability([*fuel(7), *fuel(1)], ffm_kg=50)
