"""Energy at rest and the mean balance of days, with where the numbers are from."""

import datetime as dt

import pytest

from analytics.formulas.basal import basal_energy
from analytics.formulas.surplus import EatenDay, mean_balance
from nutrition.formulas import Person

DAY = dt.date(2026, 3, 2)
MAN = Person(sex="male", weight_kg=80, height_cm=180, age_years=30, body_fat_percent=15)


def eaten(*intakes, spent=2600.0, sd=100.0):
    return [
        EatenDay(
            day=DAY + dt.timedelta(days=number),
            intake_kcal=intake,
            spent_kcal=spent,
            spent_sd_kcal=sd,
        )
        for number, intake in enumerate(intakes)
    ]


@pytest.mark.parametrize(
    ("formula", "kcal"),
    [
        ("mifflin_st_jeor", 1780.0),
        ("harris_benedict_revised", 1853.632),
        ("katch_mcardle", 1838.8),
        ("cunningham", 1996.0),
    ],
)
def test_every_formula_says_what_it_is(formula, kcal):
    found = basal_energy(MAN, formula)

    assert found.kcal == pytest.approx(kcal)
    assert (found.formula.id, found.validity, found.caveats) == (formula, "valid", ())


@pytest.mark.parametrize(("age", "validity"), [(18, "out_of_range"), (79, "out_of_range")])
def test_ages_that_nobody_studied_are_out_of_range(age, validity):
    person = Person(sex="male", weight_kg=80, height_cm=180, age_years=age)

    found = basal_energy(person, "mifflin_st_jeor")

    assert found.validity == validity
    assert found.caveats == ("The formulas were derived from people of 19 to 78 years.",)


def test_steps_have_the_numbers_that_went_in():
    by_size, by_lean = basal_energy(MAN, "mifflin_st_jeor"), basal_energy(MAN, "cunningham")

    assert by_size.steps() == ["male, 80 kg, 180 cm, 30 years: 1780 kcal a day."]
    assert by_lean.steps() == [
        "80 kg with 15.0 % of fat are 68.0 kg of lean mass: 1996 kcal a day."
    ]


def test_a_balance_is_the_mean_of_its_days():
    found = mean_balance(eaten(2000, 2100, 2200, 2000, 2100, 2200, 2100))

    assert (found.kcal_per_day, found.mean_intake_kcal, found.days) == (-500.0, 2100.0, 7)
    assert found.validity == "valid"
    assert found.interval.low == pytest.approx(-500 - 128.155, abs=0.001)
    assert found.explain()[2] == (
        "On 7 days with all food logged, 2100 kcal were eaten and 2600 spent: -500 a day."
    )


def test_six_days_are_still_warming_up():
    assert mean_balance(eaten(*[2000] * 6)).validity == "warming_up"


def test_no_day_is_no_answer():
    found = mean_balance([])

    assert (found.kcal_per_day, found.validity, found.interval) == (None, "no_answer", None)
    assert found.explain()[-1] == "There is no day with all food logged."
