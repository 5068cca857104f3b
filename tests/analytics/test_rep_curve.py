"""A person's own curve of repetitions, learned from sets that were made by a known one."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import RatedSet, Window, fit_rep_curve
from workouts.training.curve import percent_of_one_rm

FIRST = dt.date(2026, 1, 5)
EFFORTS = ((1, 1), (3, 1), (5, 2), (8, 1), (10, 0))


def made_by(power, maxima=(140.0, 150.0), *, noise=()):
    """Sets of someone with this curve: one block of four weeks for each maximum."""
    sets = []
    for block, one_rm_kg in enumerate(maxima):
        for day, (reps, reserve) in enumerate(EFFORTS):
            share = (percent_of_one_rm(reps, reserve) / 100) ** power
            off = noise[len(sets) % len(noise)] if noise else 1
            sets.append(
                RatedSet(
                    day=FIRST + dt.timedelta(28 * block + day),
                    weight_kg=one_rm_kg * share * off,
                    reps=reps,
                    reserve=reserve,
                )
            )
    return sets


@given(power=st.floats(0.5, 2.0))
def test_the_curve_that_made_the_sets_is_found_while_the_person_gets_stronger(power):
    curve = fit_rep_curve(made_by(power, maxima=(100, 120, 140)))

    assert curve.power == pytest.approx(power)
    assert curve.interval.low == pytest.approx(curve.interval.high, abs=1e-6)


def test_a_curve_says_what_it_was_learned_from():
    curve = fit_rep_curve(made_by(1.25))

    assert (curve.formula.id, curve.validity, curve.blocks) == (
        "one_rm_personal_curve",
        "valid",
        2,
    )
    assert curve.window == Window(first=FIRST, last=FIRST + dt.timedelta(32), count=10)
    assert curve.steps() == [
        "10 sets with a noted reserve were compared within 2 blocks of four weeks.",
        "Strength falls faster with repetitions than by the chart: the power is 1.25, from 1.25"
        " to 1.25, and that of the chart 1.",
        "Five repetitions to failure take 83.18 % of the maximum.",
    ]


def test_a_persons_own_curve_gives_back_their_maximum():
    curve = fit_rep_curve(made_by(1.25))
    load_kg = 140 * 0.837**1.25

    found = curve.one_rm(weight_kg=load_kg, reps=5, reserve=1, day=FIRST)

    assert found.one_rm_kg == pytest.approx(140)
    assert (found.formula.id, found.validity) == ("one_rm_personal_curve", "valid")


def test_sets_that_disagree_a_little_widen_the_interval_around_the_curve():
    curve = fit_rep_curve(made_by(1.1, noise=(1.01, 0.99, 1.0)))

    found = curve.one_rm(weight_kg=100, reps=8, reserve=1, day=FIRST)

    assert curve.interval.low < curve.power < curve.interval.high
    assert found.interval.low < found.one_rm_kg < found.interval.high


def test_sets_that_disagree_a_lot_make_no_curve_to_rely_on():
    curve = fit_rep_curve(made_by(1.0, noise=(1.2, 0.8, 1.0)))

    assert (curve.validity, curve.caveats) == (
        "warming_up",
        ("The sets do not agree well enough yet.",),
    )


def test_a_curve_that_nobody_has_is_out_of_range():
    assert fit_rep_curve(made_by(2.5)).validity == "out_of_range"


def test_too_few_sets_teach_nothing():
    assert fit_rep_curve(made_by(1.2)[:7]) is None


def test_sets_of_two_repetition_counts_teach_nothing():
    alike = [one for one in made_by(1.2, maxima=(100,) * 6) if one.reps in {1, 3}]

    assert (len(alike), fit_rep_curve(alike)) == (12, None)


def test_sets_far_from_failure_and_of_many_repetitions_teach_nothing():
    easy = [RatedSet(day=FIRST, weight_kg=100, reps=reps, reserve=5) for reps in range(1, 12)]
    many = [RatedSet(day=FIRST, weight_kg=50, reps=reps, reserve=0) for reps in range(13, 30)]

    assert fit_rep_curve([*easy, *many]) is None


def test_the_order_of_the_sets_does_not_matter():
    sets = made_by(1.1, noise=(1.01, 0.99, 1.0))

    assert fit_rep_curve(sets[::-1]).power == pytest.approx(fit_rep_curve(sets).power)


def test_a_curve_ends_where_the_chart_does():
    curve = fit_rep_curve(made_by(1.25))

    assert curve.percent(17) is None
    assert curve.one_rm(weight_kg=60, reps=17, reserve=0, day=FIRST) is None
