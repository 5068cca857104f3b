"""Lifts that stand still, lighter weeks, and when a deload is due."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import Interval, LoadWeek, deload_hint, judge_weeks, lift_trend

FIRST = dt.date(2026, 1, 5)
STILL = [120, 121, 120.5, 121, 120.8, 121.2]
RISING = [120, 121.5, 122.5, 124, 125, 126.5]


def weekly(maxima, every=7):
    return [(FIRST + dt.timedelta(days=every * n), kg) for n, kg in enumerate(maxima)]


def trained(*loads, done=3, planned=3):
    return [
        LoadWeek(
            start=FIRST + dt.timedelta(weeks=week),
            load=load,
            sessions_done=done,
            sessions_planned=planned,
        )
        for week, load in enumerate(loads)
    ]


def kinds(weeks):
    return [judged.kind for judged in judge_weeks(weeks)]


@pytest.mark.parametrize(
    ("maxima", "slope_kg", "percent", "verdict"),
    [(STILL, 0.1686, 0.140, "plateau"), (RISING, 1.2714, 1.032, "progressing")],
)
def test_six_weeks_give_the_reference_slopes(maxima, slope_kg, percent, verdict):
    found = lift_trend(weekly(maxima), adherence=1)

    assert found.slope_kg_a_week == pytest.approx(slope_kg, abs=5e-5)
    assert found.percent_a_week == pytest.approx(percent, abs=5e-4)
    assert (found.verdict, found.validity, found.weeks) == (verdict, "valid", 6)


def test_a_lift_that_falls_regresses():
    assert lift_trend(weekly(RISING[::-1])).verdict == "regressing"


def test_a_lift_that_jumps_about_is_unclear():
    assert lift_trend(weekly([120, 130, 118, 131, 119, 136])).verdict == "unclear"


def test_a_rise_that_is_surely_below_a_quarter_of_a_percent_is_a_plateau_as_well():
    found = lift_trend(weekly([120, 120.28, 120.58, 120.84, 121.14, 121.42, 121.72]))

    assert (found.interval.low > 0, found.interval.high < 0.25) == (True, True)
    assert found.verdict == "plateau"


def test_a_small_rise_that_may_be_a_larger_one_is_progress():
    found = lift_trend(weekly([120, 120.8, 120.5, 121.2, 121, 121.4]))

    assert found.percent_a_week == pytest.approx(0.196, abs=5e-4)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.113, 0.280), abs=5e-4)
    assert found.verdict == "progressing"


def test_only_the_best_of_each_week_counts():
    light_days = [(day + dt.timedelta(days=2), kg - 15) for day, kg in weekly(RISING)]

    found = lift_trend([*weekly(RISING), *light_days])

    assert found.percent_a_week == lift_trend(weekly(RISING)).percent_a_week
    assert found.window.count == 12


@pytest.mark.parametrize(
    ("exposures", "verdict"),
    [
        ([], "too_little_data"),
        (weekly(STILL[:5]), "too_little_data"),
        (weekly([120, 121, 120], every=21), "too_little_data"),
        (weekly([120, 120.2, 119.9, 120.1], every=14), "plateau"),
        ([(FIRST, 120)] * 3 + [(FIRST + dt.timedelta(weeks=6), 120)] * 3, "too_little_data"),
    ],
)
def test_it_takes_four_training_days_in_six_weeks(exposures, verdict):
    assert lift_trend(exposures).verdict == verdict


def test_a_week_begins_on_the_persons_own_day():
    sundays_and_mondays = [(FIRST - dt.timedelta(days=1), 120), *weekly(STILL)]

    by_monday = lift_trend(sundays_and_mondays)
    by_sunday = lift_trend(sundays_and_mondays, first_weekday=6)

    assert (by_monday.weeks, by_sunday.weeks) == (7, 6)


@pytest.mark.parametrize(
    ("adherence", "verdict"), [(None, "plateau"), (0.8, "plateau"), (0.79, "plan_not_followed")]
)
def test_a_lift_stands_still_only_where_the_plan_was_followed(adherence, verdict):
    assert lift_trend(weekly(STILL), adherence=adherence).verdict == verdict


@pytest.mark.parametrize(
    ("recovery", "lever", "sets_change"),
    [("good", "more_sets", 0.2), (None, "more_sets", 0.2), ("low", "recovery", -0.2)],
)
def test_a_plateau_says_what_to_try_first(recovery, lever, sets_change):
    found = lift_trend(weekly(STILL), recovery=recovery)

    assert (found.lever, found.sets_change) == (lever, sets_change)


def test_a_lift_that_moves_needs_no_lever():
    found = lift_trend(weekly(RISING), recovery="low")

    assert (found.lever, found.sets_change) == (None, None)


def test_a_plateau_explains_itself():
    found = lift_trend(weekly(STILL), adherence=0.9, recovery="low")

    assert (found.formula.id, found.formula.version) == ("lift_trend", 1)
    assert found.steps() == [
        "A line through each week's best maximum of 6 training days over 6 weeks changes by"
        " 0.1686 kg a week.",
        "That is 0.14 % a week; 80 % of such lines lie between 0.037 and 0.242 %.",
        "Below 0.25 % to either side a lift stands still: plateau.",
        "Rest and food first: try -20 % sets.",
    ]


@given(
    maxima=st.lists(st.floats(50, 300), min_size=6, max_size=12),
    factor=st.floats(0.5, 2),
    later=st.integers(0, 200),
)
def test_neither_the_unit_nor_the_year_changes_the_trend(maxima, factor, later):
    found = lift_trend(weekly(maxima))
    moved = lift_trend(
        [(day + dt.timedelta(weeks=later), kg * factor) for day, kg in weekly(maxima)]
    )

    assert moved.percent_a_week == pytest.approx(found.percent_a_week, abs=1e-6)
    assert found.interval.low <= found.percent_a_week <= found.interval.high


@given(maximum=st.floats(20, 400), count=st.integers(6, 20))
def test_the_same_maximum_every_week_is_a_plateau(maximum, count):
    found = lift_trend(weekly([maximum] * count))

    assert found.verdict == "plateau"
    assert found.interval == Interval(
        low=pytest.approx(0, abs=1e-9), high=pytest.approx(0, abs=1e-9)
    )


@pytest.mark.parametrize(("done", "kind"), [(3, "deload"), (2, "deload"), (1, "missed")])
def test_a_light_week_is_a_deload_where_its_sessions_were_done(done, kind):
    weeks = [*trained(10, 10.5, 11, 11.2), *trained(*[0] * 4, 6.0, done=done)[4:]]

    judged = judge_weeks(weeks)[-1]

    assert (judged.kind, judged.usual_load) == (kind, 10.75)
    assert judged.share == pytest.approx(0.558, abs=5e-4)


def test_a_light_week_without_a_plan_is_just_light():
    assert kinds(trained(10, 10, 10, 10, 6, planned=None))[-1] == "light"


@pytest.mark.parametrize(("load", "kind"), [(6.0, "deload"), (6.1, "normal")])
def test_light_is_up_to_sixty_percent_of_the_weeks_before(load, kind):
    assert kinds(trained(10, 10, 10, 10, load))[-1] == kind


def test_the_first_four_weeks_have_nothing_to_be_compared_with():
    assert kinds(trained(10, 2, 10, 10, 10)) == ["too_little_data"] * 4 + ["normal"]


def test_what_the_plan_calls_a_deload_is_one():
    planned = LoadWeek(start=FIRST, load=30, sessions_done=0, is_planned_deload=True)

    assert kinds([planned]) == ["deload"]
    assert judge_weeks([planned])[0].steps() == ["The plan made this week a deload."]


def test_deloads_and_weeks_off_do_not_lower_what_later_weeks_are_compared_with():
    frozen = LoadWeek(start=FIRST, load=1, sessions_done=1, sessions_planned=3, is_frozen=True)
    weeks = [*trained(10, 10, 10, 10, 6), frozen, *trained(0, planned=0), *trained(5)]

    judged = judge_weeks(weeks)

    assert [one.kind for one in judged[4:]] == ["deload", "off", "off", "deload"]
    assert judged[-1].usual_load == 10


def test_a_judged_week_explains_itself():
    judged = judge_weeks(trained(10, 10.5, 11, 11.2, 6.0))[-1]

    assert judged.steps() == [
        "The median of the 4 weeks before is 10.75.",
        "6 / 10.75 = 0.558; up to 0.6 is light.",
        "Done: 3 of 3 sessions; deload.",
    ]


def test_a_lift_that_stands_still_with_low_recovery_asks_for_a_deload():
    found = deload_hint(
        [lift_trend(weekly(STILL))], judge_weeks(trained(*[10] * 5)), recovery="low"
    )

    assert (found.is_due, found.reason) == (True, "standing_still")
    assert found.steps()[-1] == (
        "A lighter week may help: 60 to 80 % of the load and 50 % of the sets."
    )


@pytest.mark.parametrize(
    ("weeks", "maxima", "is_percentage_program", "reason"),
    [
        (3, STILL, True, None),
        (4, STILL, True, "standing_still"),
        (7, RISING, True, None),
        (8, RISING, True, "calendar"),
        (20, RISING, False, None),
        (20, STILL, False, None),
    ],
)
def test_programs_of_percentages_deload_every_four_to_eight_weeks(
    weeks, maxima, is_percentage_program, reason
):
    found = deload_hint(
        [lift_trend(weekly(maxima))],
        judge_weeks(trained(*[10] * weeks)),
        is_percentage_program=is_percentage_program,
    )

    assert (found.is_due, found.reason) == (reason is not None, reason)
    assert found.weeks_since_deload == weeks


def test_weeks_are_counted_from_the_last_deload():
    found = deload_hint([], judge_weeks(trained(10, 10, 10, 10, 5, 10, 10)))

    assert found.weeks_since_deload == 2
