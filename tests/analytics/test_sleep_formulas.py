"""Need, debt, regularity and score of sleep."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.sleep import (
    Night,
    middle_sd_minutes,
    sleep_debt,
    sleep_need,
    sleep_quality,
)

MONDAY = dt.date(2026, 3, 2)


def night(day: dt.date = MONDAY, *, hours: float = 8, **values: float) -> Night:
    told = {"in_bed": 60 * hours + 30, "middle": dt.datetime.combine(day, dt.time(3)), **values}
    return Night(date=day, asleep=60 * hours, **told)


def nights(count: int, *, hours: float = 8, last: dt.date = MONDAY) -> list[Night]:
    return [night(last - dt.timedelta(days=ago), hours=hours) for ago in range(count)]


def test_a_night_is_scored_by_duration_efficiency_regularity_and_time_awake():
    seven_hours = night(hours=7, in_bed=465, awake=30)

    scored = sleep_quality(seven_hours, need_hours=8, middle_sd=45)

    assert round(scored.score, 2) == 88.81


def test_parts_that_are_not_known_leave_their_weight_to_the_others():
    told = night(hours=8, in_bed=480)

    scored = sleep_quality(told, need_hours=8)

    assert (scored.score, set(scored.parts)) == (100, {"duration", "efficiency"})


@pytest.mark.parametrize(
    ("hours", "duration"), [(4, 0), (7.5, 100), (8, 100), (9, 100), (12, 0), (14, 0)]
)
def test_duration_is_best_around_the_need_and_nothing_four_hours_off(hours, duration):
    scored = sleep_quality(night(hours=hours), need_hours=8)

    assert scored.parts["duration"] == duration


def test_the_need_leaves_out_half_of_what_free_days_catch_up():
    weeks = [MONDAY - dt.timedelta(days=ago) for ago in range(60)]
    told = [night(day, hours=8.5 if day.isoweekday() > 5 else 7) for day in weeks]

    need = sleep_need(told)

    assert (round(need.hours, 3), need.validity) == (7.964, "valid")


def test_too_few_nights_need_as_most_adults_do():
    need = sleep_need(nights(10, hours=6))

    assert (need.hours, need.validity) == (8.25, "warming_up")


def test_an_hour_short_every_night_is_a_debt_of_the_weights_of_fourteen_nights():
    debt = sleep_debt(nights(14, hours=7), need_hours=8, today=MONDAY)

    assert (round(debt.hours, 6), debt.caveats) == (10.5, ())


def test_nights_that_are_not_known_count_as_the_others():
    debt = sleep_debt(nights(7, hours=7), need_hours=8, today=MONDAY)

    assert round(debt.hours, 6) == 10.5
    assert debt.caveats == ("7 nights are not known and count as the others.",)


def test_six_nights_are_too_few_for_a_debt():
    debt = sleep_debt(nights(6), need_hours=8, today=MONDAY)

    assert (debt.hours, debt.validity) == (None, "no_answer")


@given(st.lists(st.floats(0, 14), min_size=14, max_size=14))
def test_a_debt_is_never_below_nothing_and_never_above_the_need_of_all_nights(hours):
    told = [night(MONDAY - dt.timedelta(days=ago), hours=h) for ago, h in enumerate(hours)]

    debt = sleep_debt(told, need_hours=8, today=MONDAY)

    assert 0 <= debt.hours <= 8 * 10.5 + 1e-9


def test_sleep_around_midnight_is_regular():
    clocks = [dt.time(23, 50), dt.time(0, 10)] * 3
    told = [
        night(MONDAY - dt.timedelta(days=n), middle=dt.datetime.combine(MONDAY, clock))
        for n, clock in enumerate(clocks)
    ]

    assert round(middle_sd_minutes(told), 6) == 10


def test_four_nights_tell_nothing_of_regularity():
    assert middle_sd_minutes(nights(4)) is None
