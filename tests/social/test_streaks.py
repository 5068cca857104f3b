"""Streaks of weeks or days, with their freezes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social.formulas.streaks import FreezeRule, Streak, streak_of

RULE = FreezeRule(every=4, most=2)
NONE = FreezeRule(every=1000, most=0)


@pytest.mark.parametrize(
    ("active", "through", "expected"),
    [
        pytest.param([], 5, Streak(0, 0, 0, ()), id="nothing-yet"),
        pytest.param([5], 5, Streak(1, 1, 0, ()), id="only-the-running-one"),
        pytest.param([3, 4], 5, Streak(2, 2, 0, ()), id="the-running-one-is-not-missed-yet"),
        pytest.param([2, 3], 5, Streak(0, 2, 0, ()), id="one-that-is-over-was-missed"),
        pytest.param([1, 2, 3, 4], 5, Streak(4, 4, 1, ()), id="four-earn-a-freeze"),
        pytest.param([1, 2, 3, 4, 6], 6, Streak(5, 5, 0, (5,)), id="a-freeze-saves-a-missed-one"),
        pytest.param([1, 2, 3, 4, 7], 7, Streak(1, 4, 0, (5,)), id="one-freeze-saves-only-one"),
        pytest.param(
            range(1, 13), 15, Streak(12, 12, 0, (13, 14)), id="no-more-than-two-are-kept"
        ),
        pytest.param([9], 5, Streak(0, 0, 0, ()), id="what-lies-ahead-does-not-count"),
    ],
)
def test_a_streak_counts_active_periods_and_uses_freezes_for_missed_ones(
    active, through, expected
):
    streak = streak_of(active, through=through, rule=RULE)

    assert streak == expected


def test_an_excused_period_neither_counts_nor_costs_a_freeze():
    streak = streak_of([1, 2, 3, 4, 8], through=8, rule=RULE, excused=[5, 6, 7])

    assert streak == Streak(current=5, longest=5, freezes=1, frozen=())


@given(active=st.sets(st.integers(0, 40)), through=st.integers(0, 40))
def test_without_freezes_a_streak_is_the_run_that_ends_now(active, through):
    streak = streak_of(active, through=through, rule=NONE)

    last = through if through in active else through - 1
    run = 0
    while last - run in active:
        run += 1
    assert streak.current == run
    assert streak.longest >= streak.current


@given(active=st.sets(st.integers(0, 40), min_size=1), missed=st.integers(0, 40))
def test_a_break_that_is_excused_never_shortens_a_streak(active, missed):
    plain = streak_of(active, through=41, rule=RULE)

    excused = streak_of(active, through=41, rule=RULE, excused=[missed])

    assert excused.longest >= plain.longest
    assert excused.current >= plain.current
