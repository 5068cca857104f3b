import datetime as dt
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearables.formulas.duplicates import (
    Agreement,
    Span,
    Standing,
    agreement,
    kinds_of_exercises,
    kinds_of_sport,
    why_before,
)
from wearables.formulas.moves import slug_of_move
from wearables.formulas.sports import SPORTS, are_alike

SIX = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
HOUR = 3600


def span(start_s: float = 0, length_s: float | None = HOUR, sport: str = "running") -> Span:
    start = SIX + dt.timedelta(seconds=start_s)
    end = None if length_s is None else start + dt.timedelta(seconds=length_s)
    return Span(start, end, kinds_of_sport(sport))


def standing(number: int = 1, **values) -> Standing:
    usual = {
        "label": "Garmin",
        "kind": "watch",
        "is_chosen": False,
        "is_copy": False,
        "has_heart_rate": True,
        "has_distance": True,
        "length_s": HOUR,
    }
    return Standing(id=UUID(int=number), **usual | values)


@pytest.mark.parametrize(
    ("other", "are_one"),
    [
        (span(), True),
        (span(start_s=HOUR / 2), False),
        (span(start_s=HOUR / 2 - 1), True),
        (span(start_s=HOUR - 100, length_s=199), True),
        (span(start_s=HOUR - 100, length_s=200), False),
        (span(start_s=HOUR), False),
        (span(start_s=60, length_s=HOUR / 2), True),
        (span(length_s=10), True),
        (span(length_s=0), False),
        (span(start_s=-60, length_s=70), False),
    ],
)
def test_two_are_one_session_where_they_share_most_of_the_shorter(other, are_one):
    assert (agreement(span(), other) is not None) is are_one


@pytest.mark.parametrize(
    ("apart_s", "one_s", "other_s", "are_one"),
    [(60, 70, 70, True), (61, 70, 70, False), (60, 70, 35, True), (60, 70, 34, False)],
)
def test_two_that_begin_together_are_one_where_they_last_alike(apart_s, one_s, other_s, are_one):
    one = span(length_s=one_s)
    other = span(start_s=apart_s, length_s=other_s)

    assert (agreement(one, other) is not None) is are_one


@given(st.floats(-HOUR, HOUR), st.floats(0, 2 * HOUR), st.floats(0, 2 * HOUR))
def test_it_does_not_matter_which_of_two_comes_first(start_s, one_s, other_s):
    one, other = span(length_s=one_s), span(start_s=start_s, length_s=other_s)

    assert agreement(one, other) == agreement(other, one)


@pytest.mark.parametrize(
    ("start_s", "are_one"), [(-61, False), (-60, True), (HOUR, True), (HOUR + 1, False)]
)
def test_one_without_an_end_is_what_lasts_when_it_begins(start_s, are_one):
    begun = span(start_s=start_s, length_s=None)

    assert (agreement(begun, span()) is not None) is are_one
    assert agreement(begun, span()) == agreement(span(), begun)


def test_what_they_share_and_when_they_begin_says_how_well_they_agree():
    found = agreement(span(), span(start_s=900, length_s=HOUR))

    assert found == Agreement(0.75, dt.timedelta(minutes=15))


@pytest.mark.parametrize("one", SPORTS)
def test_sports_are_compared_as_their_families_are(one):
    found = {other for other in SPORTS if agreement(span(sport=one), span(sport=other))}

    assert found == {other for other in SPORTS if are_alike(one, other)}


@pytest.mark.parametrize(
    ("sport", "lifts", "cardio", "are_one"),
    [
        ("strength", True, set(), True),
        ("strength", True, {"running"}, True),
        ("strength", False, {"running"}, False),
        ("running", True, set(), False),
        ("running", True, {"incline-treadmill-walking"}, True),
        ("rowing", False, {"Evening Row"}, True),
        ("cycling", False, {"Evening Row"}, False),
        ("cycling", False, {"My machine"}, True),
        ("elliptical", True, set(), False),
        ("swimming", False, set(), True),
        ("other", True, set(), True),
    ],
)
def test_a_logged_workout_may_be_what_its_exercises_are(sport, lifts, cardio, are_one):
    logged = Span(SIX, SIX + dt.timedelta(hours=1), kinds_of_exercises(lifts=lifts, cardio=cardio))

    assert (agreement(logged, span(sport=sport)) is not None) is are_one


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({"kind": "hub", "is_chosen": True}, {}, "you chose it"),
        ({"kind": "phone"}, {"is_copy": True}, "the other is a copy of what comes directly"),
        ({"kind": "strap", "has_distance": False}, {"kind": "band"}, "a strap goes before a band"),
        ({"kind": "band"}, {"kind": "ring"}, "a band goes before a ring"),
        ({"kind": "ring"}, {"kind": "phone"}, "a ring goes before a phone"),
        ({"kind": "phone"}, {"kind": "hub"}, "a phone goes before a hub"),
        ({"kind": "hub"}, {"kind": "manual"}, "a hub goes before an entry by hand"),
        ({"has_distance": False}, {"has_heart_rate": False}, "it has a heart rate"),
        ({}, {"has_distance": False, "length_s": 2 * HOUR}, "it has a distance"),
        ({"length_s": HOUR + 1}, {}, "it is longer"),
        ({}, {}, "it came first"),
    ],
)
def test_one_goes_before_the_other_and_says_why(first, second, reason):
    one, other = standing(1, **first), standing(2, **second)

    assert one.rank < other.rank
    assert why_before(one, other) == reason


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("bench_press", "barbell-bench-press"),
        ("Squat", "barbell-back-squat"),
        ("Goblet Squat", "goblet-squat"),
        ("PULL_UP", "pull-up"),
        ("", ""),
    ],
)
def test_a_move_is_an_exercise_of_the_catalogue(name, slug):
    assert slug_of_move(name) == slug
