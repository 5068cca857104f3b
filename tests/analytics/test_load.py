"""Training load: printed values, and what it refuses to say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.load import (
    NO_INJURY_CLAIM,
    LoadHistory,
    ewma_acwr,
    load_curve,
    rolling_acwr,
    session_load,
    weekly_load,
)

FIRST = date(2026, 1, 5)
FOSTER = [400, 0, 500, 300, 0, 600, 0]

daily_loads = st.lists(st.floats(0, 2000), min_size=1, max_size=120)
months = st.lists(st.floats(0, 2000), min_size=28, max_size=90)


def history(loads, **changes):
    by_day = {FIRST + timedelta(days=index): load for index, load in enumerate(loads)}
    last = FIRST + timedelta(days=len(loads) - 1)
    return LoadHistory(loads=by_day, first=FIRST, last=last, **changes)


# --- A session -------------------------------------------------------------------------------


def test_an_hour_at_seven_is_a_load_of_420():
    result = session_load(rpe=7, minutes=60)

    assert result.load == 420
    assert result.formula.id == "session_rpe_load"
    assert result.explain() == [
        "Session RPE load.",
        "An effort of 7 × 60 minutes = 420.",
    ]


@pytest.mark.parametrize(
    ("rpe", "minutes"), [(11, 60), (-1, 60), (7, -1), (float("nan"), 60), (7, float("inf"))]
)
def test_an_effort_or_a_time_off_the_scale_is_refused(rpe, minutes):
    with pytest.raises(ValueError, match="must be"):
        session_load(rpe=rpe, minutes=minutes)


# --- A week ----------------------------------------------------------------------------------


def test_a_week_has_the_printed_monotony_and_strain():
    result = weekly_load(history(FOSTER))

    assert result.load == 1800
    assert result.mean == pytest.approx(257.142857, abs=5e-7)
    assert result.sd == pytest.approx(257.275098, abs=5e-7)
    assert result.monotony == pytest.approx(0.9995, abs=5e-5)
    assert result.strain == pytest.approx(1799.07, abs=0.005)


def test_a_week_of_equal_days_has_no_monotony_rather_than_an_infinite_one():
    result = weekly_load(history([300] * 7))

    assert (result.load, result.monotony, result.strain) == (2100, None, None)
    assert result.caveats == ("There is no monotony where all days are the same.",)


def test_a_week_of_rest_has_a_load_of_nothing():
    result = weekly_load(history([0] * 7))

    assert (result.load, result.monotony, result.strain, result.change) == (0, None, None, None)


def test_days_without_a_session_are_rest_days():
    loads = {FIRST: 400.0, FIRST + timedelta(days=2): 500.0, FIRST + timedelta(days=3): 300.0}
    loads[FIRST + timedelta(days=5)] = 600.0
    sparse = LoadHistory(loads=loads, first=FIRST, last=FIRST + timedelta(days=6))

    assert weekly_load(sparse).monotony == weekly_load(history(FOSTER)).monotony


def test_half_a_week_has_only_a_load():
    result = weekly_load(history([400, 0, 500]))

    assert (result.load, result.sd, result.monotony, result.strain) == (900, None, None, None)
    assert result.validity == "warming_up"
    assert result.window.count == 3


@pytest.mark.parametrize(
    ("before", "previous", "change"),
    [([200] * 7, 1400, 0.5), ([0] * 7, 0, None), ([200] * 6, None, None)],
)
def test_a_week_is_compared_with_the_whole_week_before(before, previous, change):
    result = weekly_load(history([*before, *[300] * 7]))

    assert result.previous_load == previous
    assert result.change == change


def test_a_week_explains_itself_with_its_numbers():
    result = weekly_load(history([*[200] * 7, *FOSTER]))

    assert result.explain() == [
        "Weekly load, monotony, and strain.",
        "Looked at 2026-01-12 to 2026-01-18.",
        "The loads of the week add up to 1800, 257.1 a day.",
        "The week before had 1400.",
        "That is a change of +29%.",
        "Monotony = mean / standard deviation = 257.1 / 257.3 = 1.00, rest days included.",
        "Strain = load × monotony = 1800 × 1.00 = 1799.",
        "A monotony above 2 or a strain above 6000 is often called high: rules of thumb, not"
        " limits.",
    ]


@given(loads=st.lists(st.integers(0, 2000), min_size=7, max_size=7), factor=st.integers(1, 9))
def test_monotony_does_not_mind_the_unit_of_loads(loads, factor):
    result = weekly_load(history(loads)).monotony

    assert weekly_load(history([load * factor for load in loads])).monotony == (
        None if result is None else pytest.approx(result)
    )


@given(loads=st.lists(st.integers(0, 2000), min_size=7, max_size=7), data=st.data())
def test_monotony_does_not_mind_the_order_of_days(loads, data):
    shuffled = data.draw(st.permutations(loads))

    assert weekly_load(history(shuffled)).monotony == weekly_load(history(loads)).monotony


# --- Acute and chronic -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_coupled", "formula", "ratio"),
    [(True, "acwr_rolling_coupled", 1.333), (False, "acwr_rolling_uncoupled", 1.5)],
)
def test_a_week_of_half_as_much_again_has_the_printed_ratios(is_coupled, formula, ratio):
    result = rolling_acwr(history([200] * 21 + [300] * 7), is_coupled=is_coupled)

    assert result.formula.id == formula
    assert result.acute == 300
    assert result.ratio == pytest.approx(ratio, abs=5e-4)


def test_weighted_means_have_the_printed_values():
    result = ewma_acwr(history([200] * 60 + [300] * 7))

    assert result.acute == pytest.approx(286.65, abs=0.005)
    assert result.chronic == pytest.approx(239.36, abs=0.005)
    assert result.ratio == pytest.approx(1.1976, abs=5e-5)


def uncoupled_acwr(loads):
    return rolling_acwr(loads, is_coupled=False)


ratios = pytest.mark.parametrize("ratio_of", [rolling_acwr, uncoupled_acwr, ewma_acwr])


@ratios
def test_there_is_no_ratio_before_28_days(ratio_of):
    early, ready = ratio_of(history([300] * 27)), ratio_of(history([300] * 28))

    assert (early.chronic, early.ratio, early.validity) == (None, None, "warming_up")
    assert (ready.ratio, ready.validity) == (pytest.approx(1), "valid")


@ratios
def test_there_is_no_ratio_to_nothing(ratio_of):
    result = ratio_of(history([0] * 28))

    assert (result.chronic, result.ratio) == (0, None)


@ratios
def test_a_ratio_claims_nothing_about_injuries(ratio_of):
    result = ratio_of(history([200] * 21 + [300] * 7))

    assert NO_INJURY_CLAIM in result.explain()
    assert not [line for line in result.explain() if "risk" in line.lower()]


@given(loads=months)
def test_a_coupled_ratio_is_never_above_four(loads):
    ratio = rolling_acwr(history(loads)).ratio

    assert ratio is None or 0 <= ratio <= 4 + 1e-9


@given(loads=months)
def test_weighted_means_stay_between_the_lightest_and_the_hardest_day(loads):
    result = ewma_acwr(history(loads))

    assert min(loads) - 1e-9 <= result.acute <= max(loads) + 1e-9
    assert min(loads) - 1e-9 <= result.chronic <= max(loads) + 1e-9


# --- Fitness, fatigue, form ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("smoothing", "ctl", "atl"), [("linear", 63.65, 99.85), ("exponential", 63.21, 99.75)]
)
def test_six_weeks_of_100_have_the_printed_fitness_and_fatigue(smoothing, ctl, atl):
    result = load_curve(history([100] * 42), smoothing=smoothing)

    assert result.formula.id == f"ctl_atl_tsb_{smoothing}"
    assert result.latest.ctl == pytest.approx(ctl, abs=0.005)
    assert result.latest.atl == pytest.approx(atl, abs=0.005)
    assert result.validity == "valid"


def test_form_is_of_the_evening_before_unless_asked_otherwise():
    loads = history([100] * 42)

    before, after = load_curve(loads), load_curve(loads, is_form_of_next_day=False)

    day_before, today = before.points[-2:]
    assert today.tsb == day_before.ctl - day_before.atl
    assert today.form_percent == pytest.approx(100 * today.tsb / day_before.ctl)
    assert after.latest.tsb == after.latest.ctl - after.latest.atl
    assert before.points[0].form_percent is None


def test_a_curve_warms_up_for_42_days():
    early = load_curve(history([100] * 41))

    assert early.validity == "warming_up"
    assert early.caveats == ("The curve settles after 42 days; 41 are known.",)


def test_a_curve_names_its_modality():
    result = load_curve(history([100] * 42, modality="strength"))

    assert result.modality == "strength"
    assert result.explain()[2:4] == [
        "Loads of: strength.",
        "Fitness moves 2.35% of the way to each day's load: 63.2 (42 days, exponential).",
    ]


@given(loads=daily_loads, cut=st.integers(1, 119))
def test_a_curve_goes_on_where_an_earlier_one_ended(loads, cut):
    whole = load_curve(history(loads)).latest
    head = load_curve(history(loads[:cut])).latest
    tail = loads[cut:]

    if tail:
        going_on = load_curve(history(tail), start_ctl=head.ctl, start_atl=head.atl).latest
        assert (going_on.ctl, going_on.atl) == (whole.ctl, whole.atl)


@given(loads=daily_loads, smoothing=st.sampled_from(["linear", "exponential"]))
def test_rest_only_lowers_fitness_and_fatigue(loads, smoothing):
    points = load_curve(history([*loads, 0, 0, 0]), smoothing=smoothing).points[-4:]

    assert [p.ctl for p in points] == sorted((p.ctl for p in points), reverse=True)
    assert [p.atl for p in points] == sorted((p.atl for p in points), reverse=True)


def test_a_history_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="last must not be before first"):
        LoadHistory(loads={}, first=FIRST, last=FIRST - timedelta(days=1))


@pytest.mark.parametrize("load", [-1, float("nan"), float("inf")])
def test_a_load_that_is_no_amount_is_refused(load):
    with pytest.raises(ValueError, match="The load of 2026-01-05 must be 0 or more"):
        history([load])
