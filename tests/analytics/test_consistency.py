"""How steadily someone trains, and what costs nothing: weeks off, and plans that changed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import TrainingWeek, Window, consistency_score

FIRST = dt.date(2026, 1, 5)


def weeks(done, planned=3, frozen=()):
    plans = planned if isinstance(planned, list) else [planned] * len(done)
    return [
        TrainingWeek(
            start=FIRST + dt.timedelta(weeks=week),
            done=sessions,
            planned=plan,
            is_frozen=week in frozen,
        )
        for week, (sessions, plan) in enumerate(zip(done, plans, strict=True))
    ]


@pytest.mark.parametrize(
    ("done", "score"),
    [
        ([3] * 8, 100.0),
        ([3, 3, 3, 3, 0, 0, 3, 3], 72.3),
        ([1, 2, 3, 3, 3, 3, 3, 3], 94.5),
        ([3, 3, 3, 3, 3, 3, 1, 0], 63.2),
        ([0] * 8, 0.0),
    ],
)
def test_eight_weeks_give_the_reference_scores(done, score):
    assert consistency_score(weeks(done)).score == pytest.approx(score, abs=0.05)


def test_planned_rest_and_frozen_weeks_cost_nothing():
    found = consistency_score(
        weeks([3, 3, 3, 3, 0, 0, 3, 3], planned=[3, 3, 3, 3, 0, 3, 3, 3], frozen={5})
    )

    assert (found.score, found.plan_match, found.streak_weeks, found.weeks_off) == (100, 1, 6, 2)


def test_sessions_in_a_frozen_week_do_not_count():
    trained = consistency_score(weeks([3, 3, 1, 0], frozen={2}))
    rested = consistency_score(weeks([3, 3, 0, 0], frozen={2}))

    assert trained.score == rested.score


def test_more_than_was_planned_makes_up_for_nothing():
    assert consistency_score(weeks([0, 6])).score == pytest.approx(100 / 1.8)


def test_without_a_plan_a_usual_week_is_the_measure():
    found = consistency_score(weeks([2, 2, 4, 4, 2, 2, 1, 2], planned=None))

    assert found.shares[6] == (FIRST + dt.timedelta(weeks=6), 0.5)
    assert found.caveats == (
        "Where no plan says how often to train, a usual week of the person's does.",
    )


@pytest.mark.parametrize(
    "given_weeks", [[], weeks([0, 0, 0], planned=None), weeks([0, 0], planned=0)]
)
def test_without_a_week_that_expects_a_session_there_is_no_score(given_weeks):
    found = consistency_score(given_weeks)

    assert (found.score, found.validity, found.steps()) == (
        None,
        "no_answer",
        ["No week expected a session."],
    )


def test_fewer_than_eight_weeks_are_a_beginning():
    found = consistency_score(weeks([3, 3, 3]))

    assert (found.score, found.validity) == (100, "warming_up")
    assert found.caveats == ("There are fewer than eight weeks so far.",)


def test_only_the_last_eight_weeks_are_scored_and_the_streak_reaches_back():
    found = consistency_score(weeks([0] + [3] * 20))

    assert (found.score, found.streak_weeks) == (100, 20)
    assert found.window == Window(
        first=FIRST + dt.timedelta(weeks=13), last=FIRST + dt.timedelta(weeks=20), count=8
    )


@pytest.mark.parametrize(
    ("done", "streak"), [([3, 3, 0, 3, 3], 2), ([3, 3, 3, 2], 0), ([3, 4, 5], 3)]
)
def test_a_streak_is_of_weeks_with_all_their_sessions(done, streak):
    assert consistency_score(weeks(done)).streak_weeks == streak


def test_the_components_say_how_often_how_much_of_the_plan_and_how_regularly():
    days = [FIRST + dt.timedelta(days=day) for day in (0, 2, 4, 7, 9)]

    found = consistency_score(weeks([3, 2]), session_days=days)

    assert found.sessions_a_week == 2.5
    assert found.plan_match == pytest.approx(5 / 6)
    # Gaps of 2, 2, 3 and 2 days.
    assert found.gap_sd_days == pytest.approx(0.4330, abs=5e-5)


def test_a_gap_across_a_week_off_is_not_irregular():
    days = [FIRST + dt.timedelta(days=day) for day in (0, 2, 4, 14, 16, 18)]

    found = consistency_score(weeks([3, 0, 3], frozen={1}), session_days=days)

    assert found.gap_sd_days == 0


def test_one_gap_has_no_regularity():
    days = [FIRST, FIRST + dt.timedelta(days=2)]

    assert consistency_score(weeks([2]), session_days=days).gap_sd_days is None


def test_a_score_explains_itself():
    assert consistency_score(weeks([3, 0, 2], frozen={1})).steps() == [
        "Week of 2026-01-05: 100 % of its sessions.",
        "Week of 2026-01-19: 66.67 % of its sessions.",
        "Weeks off, left out: 1.",
        "Each week counts 0.8 times as much as the one after it: 79.7 of 100.",
    ]


@given(
    done=st.lists(st.integers(0, 7), min_size=1, max_size=12),
    planned=st.none() | st.integers(1, 7),
    better=st.integers(0, 11),
)
def test_a_score_is_from_0_to_100_and_a_session_more_never_lowers_it(done, planned, better):
    found = consistency_score(weeks(done, planned=planned or 3))
    more = [count + (week == better) for week, count in enumerate(done)]

    assert 0 <= found.score <= 100.0000001
    assert consistency_score(weeks(more, planned=planned or 3)).score >= found.score
