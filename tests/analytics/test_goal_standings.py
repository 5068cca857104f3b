"""Where goals stand, as arithmetic."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas.goals import (
    habit_standing,
    measure_standing,
    strength_standing,
    weight_standing,
)

MONDAY = dt.date(2026, 3, 2)
TODAY = MONDAY + dt.timedelta(days=55)


def day(number: int) -> dt.date:
    return MONDAY + dt.timedelta(days=number)


def lifts(*values: tuple[int, float], target: float = 120, until: int = 55):
    known = [(day(number), kg) for number, kg in values]
    return strength_standing(known, target_kg=target, start=MONDAY, until=day(until))


def habit(*days: int, until: int = 55, per_week: int = 2, weeks: int = 3, start: int = 0):
    return habit_standing(
        [day(number) for number in days],
        days_per_week=per_week,
        weeks=weeks,
        start=day(start),
        until=day(until),
    )


# --- Strength ------------------------------------------------------------------------------------


def test_a_lift_goes_from_the_best_by_the_start_to_the_best_since():
    progress = lifts((-40, 100), (-3, 90), (2, 95), (9, 110), (16, 105)).progress

    assert (progress.start, progress.current, progress.percent) == (100, 110, 50.0)
    assert [(point.value, point.percent) for point in progress.points] == [
        (95, 0.0),
        (110, 50.0),
        (110, 50.0),
    ]
    assert progress.achieved_on is None


def test_a_lift_that_was_never_done_before_begins_with_the_first():
    progress = lifts((2, 90), (9, 105)).progress

    assert (progress.start, progress.current, progress.percent) == (90, 105, 50.0)


def test_before_the_first_lift_since_the_start_nothing_has_moved():
    progress = lifts((-40, 100)).progress

    assert (progress.start, progress.current, progress.percent) == (100, None, 0.0)
    assert progress.points == ()


def test_nothing_is_known_of_a_lift_that_nobody_did():
    standing = lifts()

    assert (standing.progress.validity, standing.progress.percent) == ("no_answer", None)
    assert standing.progress.explain()[-1] == "Nothing is known of it yet."
    assert standing.forecast_date is None


def test_a_lift_is_reached_on_the_first_day_and_stays_so():
    standing = lifts((0, 100), (7, 120), (14, 118), (21, 130))

    assert standing.progress.achieved_on == day(7)
    assert [point.percent for point in standing.progress.points] == [0.0, 100.0, 100.0, 100.0]
    assert standing.forecast is None


def test_what_was_lifted_before_the_start_or_after_today_reaches_nothing():
    progress = lifts((-1, 130), (1, 100), (56, 130)).progress

    assert (progress.start, progress.current, progress.percent) == (130, 100, 0.0)
    assert progress.achieved_on is None


def test_what_is_nearly_reached_is_not_shown_as_if_it_were():
    assert lifts((0, 0.5), (7, 119.9999)).progress.percent == 99.99


def test_a_lift_is_forecast_by_the_line_through_each_weeks_best():
    # A kilogram a week, with lighter days between.
    known = [(7 * week, 100.0 + week) for week in range(8)]
    known += [(7 * week + 3, 90.0) for week in range(8)]

    forecast = lifts(*known, until=49).forecast

    assert (forecast.day, forecast.earliest, forecast.latest) == (day(140), day(140), day(140))
    assert forecast.a_week == pytest.approx(1)
    assert forecast.explain()[-2] == (
        "It meets 120 kg on 2026-07-20; with 80 %, from 2026-07-20 to 2026-07-20."
    )


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ([(0, 100), (14, 101), (28, 102)], "There are too few values of late."),
        ([(0, 100), (7, 101), (14, 102), (21, 103)], "There are too few values of late."),
        ([(0, 100), (14, 102), (28, 99), (42, 101)], "There is no clear change of late."),
        (
            [(0, 110), (14, 108), (28, 106), (42, 104)],
            "It moves away from the target, or is already past it.",
        ),
        (
            [(0, 100), (14, 100.1), (28, 100.2), (42, 100.3)],
            "At this pace it takes more than two years.",
        ),
    ],
)
def test_no_day_is_forecast_without_a_reason_for_one(known, reason):
    forecast = lifts(*known).forecast

    assert (forecast.day, forecast.validity, forecast.caveats) == (None, "no_answer", (reason,))


# --- Bodies --------------------------------------------------------------------------------------


def test_a_weight_is_that_of_its_trend():
    standing = weight_standing(
        [(day(0), 80.0), (day(1), 79.0)], target_kg=75, start=day(0), until=TODAY
    )

    assert (standing.progress.start, standing.progress.current) == (80.0, 79.9)
    assert standing.progress.percent == 2.0
    assert standing.progress.validity == "warming_up"


def test_a_weight_falls_steadily_to_its_goal():
    known = [(day(number), 80 - number / 10) for number in range(-60, 40)]

    standing = weight_standing(known, target_kg=75, start=day(0), until=day(39))

    assert standing.forecast_date == day(50)
    assert standing.progress.achieved_on is None


def test_a_measure_is_reached_from_above_or_from_below():
    down = [(day(0), 90.0), (day(30), 80.0)]
    up = [(day(0), 35.0), (day(30), 40.0)]

    waist = measure_standing(down, target=85, unit="cm", start=day(0), until=TODAY)
    arms = measure_standing(up, target=40, unit="cm", start=day(0), until=TODAY)

    assert (waist.progress.achieved_on, arms.progress.achieved_on) == (day(30), day(30))
    assert (waist.progress.percent, arms.progress.percent) == (100.0, 100.0)


def test_a_measure_that_was_reached_once_was_reached():
    known = [(day(0), 90.0), (day(14), 84.0), (day(28), 88.0)]

    progress = measure_standing(known, target=85, unit="cm", start=day(0), until=TODAY).progress

    assert (progress.current, progress.percent, progress.achieved_on) == (88.0, 100.0, day(14))


def test_a_measure_begins_with_the_last_one_by_the_start():
    known = [(day(-30), 95.0), (day(-3), 90.0), (day(10), 87.0)]

    progress = measure_standing(known, target=80, unit="cm", start=day(0), until=TODAY).progress

    assert (progress.start, progress.current, progress.percent) == (90.0, 87.0, 30.0)
    assert [point.day for point in progress.points] == [day(10)]


def test_a_measure_from_before_the_start_stands_until_there_is_another():
    progress = measure_standing(
        [(day(-3), 90.0)], target=80, unit="cm", start=day(0), until=TODAY
    ).progress

    assert (progress.start, progress.current, progress.percent) == (90.0, 90.0, 0.0)


# --- Habits --------------------------------------------------------------------------------------


def test_weeks_in_a_row_count():
    progress = habit(0, 3, 7, 9, until=20).progress

    assert (progress.current, progress.percent) == (2, 66.67)


def test_a_week_that_is_over_without_its_days_starts_anew():
    progress = habit(0, 3, 7, 21, 22, until=30).progress

    assert progress.current == 1
    assert [(point.day, point.value) for point in progress.points] == [
        (day(3), 1),
        (day(13), 0),
        (day(20), 0),
        (day(22), 1),
    ]


def test_a_habit_is_reached_on_the_day_that_makes_its_last_week():
    standing = habit(0, 3, 7, 9, 14, 18, 20, until=20)

    assert (standing.progress.achieved_on, standing.progress.percent) == (day(18), 100.0)
    assert standing.forecast is None


def test_a_habit_that_was_reached_was_reached():
    progress = habit(0, 3, 7, 9, 14, 18, until=40).progress

    assert (progress.current, progress.percent, progress.achieved_on) == (0, 100.0, day(18))


def test_the_running_week_counts_once_it_has_its_days():
    before, after = habit(0, 3, 7, until=8), habit(0, 3, 7, 8, until=8)

    assert (before.progress.current, after.progress.current) == (1, 2)


def test_days_before_the_first_whole_week_make_none():
    progress = habit(1, 2, 3, start=1, until=20).progress

    assert progress.current == 0


def test_weeks_begin_when_the_person_says():
    days = [day(6), day(7)]  # a Sunday and a Monday

    by_weekday = [
        habit_standing(
            days, days_per_week=2, weeks=3, start=day(0), until=day(12), first_weekday=first
        ).progress.current
        for first in (0, 6)
    ]

    assert by_weekday == [0, 1]


@pytest.mark.parametrize(
    ("days", "until", "expected"),
    [
        # A week is made, and the running one can still be.
        ([0, 3], 8, day(20)),
        # The running week is made.
        ([0, 3, 7, 8], 9, day(20)),
        # The first days of the first week.
        ([0], 2, day(20)),
        # Only Sunday is left for two days.
        ([0, 3], 13, None),
        ([0, 3, 13], 13, None),
        # There is nothing yet.
        ([], 1, None),
    ],
)
def test_a_habit_is_forecast_while_its_weeks_can_go_on(days, until, expected):
    assert habit(*days, until=until).forecast_date == expected


def test_a_habit_that_begins_later_is_not_forecast():
    assert habit(start=20, until=3).forecast is None


@given(
    st.sets(st.integers(-10, 80), max_size=60),
    st.integers(1, 7),
    st.integers(-5, 20),
    st.integers(0, 80),
    st.integers(0, 6),
)
def test_the_streak_is_that_of_the_last_weeks_one_by_one(done, per_week, start, until, weekday):
    standing = habit_standing(
        [day(number) for number in done],
        days_per_week=per_week,
        weeks=200,
        start=day(start),
        until=day(until),
        first_weekday=weekday,
    )

    streak = 0
    for number in range(start, until + 1):
        is_first = day(number).weekday() == weekday
        if is_first:
            days = [n for n in done if number <= n < number + 7 and n <= until]
            if len(days) >= per_week:
                streak += 1
            elif number + 7 <= until:
                streak = 0
    assert standing.progress.current == streak
