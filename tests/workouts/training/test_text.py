"""Sets and reps in words, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workouts.training.document import Day, Plan, PlannedExercise, SetScheme
from workouts.training.text import schemes_from_text, schemes_of, text_of, with_text


def asked(schemes):
    names = ("set_type", "count", "reps_min", "reps_max", "duration_seconds", "distance_km")
    defaults = {"set_type": "normal", "count": 1}
    return [
        {
            name: getattr(scheme, name)
            for name in names
            if getattr(scheme, name) != defaults.get(name)
        }
        for scheme in schemes
    ]


@pytest.mark.parametrize(
    ("reps", "expected"),
    [
        ("5", {"reps_min": 5, "reps_max": 5}),
        (" 8-12 ", {"reps_min": 8, "reps_max": 12}),
        ("8 – 12 reps", {"reps_min": 8, "reps_max": 12}),
        ("8 to 12", {"reps_min": 8, "reps_max": 12}),
        ("AMRAP", {"set_type": "amrap"}),
        ("max", {"set_type": "amrap"}),
        ("30 s", {"duration_seconds": 30}),
        ("30s", {"duration_seconds": 30}),
        ("45 Sec.", {"duration_seconds": 45}),
        ("1 min", {"duration_seconds": 60}),
        ("1.5 min", {"duration_seconds": 90}),
        ("400 m", {"distance_km": 0.4}),
        ("5km", {"distance_km": 5}),
        ("8/side", {"reps_min": 8, "reps_max": 8}),
        ("8 per leg", {"reps_min": 8, "reps_max": 8}),
        ("8 each", {"reps_min": 8, "reps_max": 8}),
        ("30 s / side", {"duration_seconds": 30}),
    ],
)
def test_what_people_write_is_understood(reps, expected):
    schemes = schemes_from_text(3, reps, 90)

    assert asked(schemes) == [{"count": 3, **expected}]
    assert schemes[0].rest_seconds == 90


@pytest.mark.parametrize(
    "reps", ["hard", "0", "201", "12-8", "8-12+", "0 s", "25 h", "5 lb", "5/x/3", "5/3", "x" * 50]
)
def test_what_is_not_understood_makes_sets_without_reps(reps):
    assert asked(schemes_from_text(3, reps, 60)) == [{"count": 3}]


@pytest.mark.parametrize(
    "reps", ["12-8", "12 – 8 reps", "0", "0-5", "201", "-5", "-5-10", "99999", "5/0/3", "0/side"]
)
def test_numbers_that_are_no_reps_are_refused(reps):
    with pytest.raises(ValidationError) as refused:
        PlannedExercise(name="Squat", sets=3, reps=reps)

    [error] = refused.value.errors()
    assert error["loc"] == ("reps",)


def test_open_sets_may_stand_among_others():
    assert asked(schemes_from_text(3, "5/open/3", 60)) == [
        {"reps_min": 5, "reps_max": 5},
        {},
        {"reps_min": 3, "reps_max": 3},
    ]


@pytest.mark.parametrize("reps", [0.0, 0.5, 2.5, 17.0, 2000.0])
def test_a_rep_max_is_of_whole_reps_that_the_curve_reaches(reps):
    with pytest.raises(ValidationError, match="rep_max is a number of reps from 1 to 16"):
        SetScheme(load_type="rep_max", load_value=reps)


@pytest.mark.parametrize("reps", [1.0, 16.0])
def test_the_lightest_and_the_heaviest_rep_max_are_taken(reps):
    assert SetScheme(load_type="rep_max", load_value=reps).load_value == reps


def test_a_plus_asks_for_more_in_the_last_set():
    assert asked(schemes_from_text(3, "5+", 60)) == [
        {"count": 2, "reps_min": 5, "reps_max": 5},
        {"set_type": "amrap", "reps_min": 5},
    ]
    assert asked(schemes_from_text(1, "5+", 60)) == [{"set_type": "amrap", "reps_min": 5}]


def test_as_many_parts_as_sets_ask_each_set_for_its_own():
    assert asked(schemes_from_text(3, "5/3/1+", 60)) == [
        {"reps_min": 5, "reps_max": 5},
        {"reps_min": 3, "reps_max": 3},
        {"set_type": "amrap", "reps_min": 1},
    ]


def test_words_speak_of_the_work_sets():
    schemes = [
        SetScheme(set_type="warm_up", count=2, reps_min=10, reps_max=10),
        SetScheme(count=3, reps_min=8, reps_max=12),
        SetScheme(set_type="drop", reps_min=15, reps_max=15),
    ]

    assert text_of(schemes) == (3, "8-12")


def test_words_speak_of_the_first_week_that_has_work_sets():
    schemes = [
        SetScheme(set_type="warm_up", week=1, reps_min=10, reps_max=10),
        SetScheme(week=3, count=5, reps_min=2, reps_max=2),
        SetScheme(week=2, reps_min=5, reps_max=5),
        SetScheme(week=2, reps_min=3),
        SetScheme(week=2, set_type="amrap", reps_min=1),
    ]

    assert text_of(schemes) == (3, "5/3/1+")


@pytest.mark.parametrize(
    ("schemes", "expected"),
    [
        ([SetScheme(duration_seconds=90)], (1, "90 s")),
        ([SetScheme(duration_seconds=120)], (1, "2 min")),
        ([SetScheme(distance_km=0.4, count=4)], (4, "400 m")),
        ([SetScheme(distance_km=42.195)], (1, "42.195 km")),
        ([SetScheme(set_type="failure")], (1, "AMRAP")),
        ([SetScheme(count=2)], (2, "open")),
        ([SetScheme(set_type="amrap", count=2, reps_min=5)], (2, "5+/5+")),
        ([SetScheme(set_type="warm_up", reps_min=5)], (1, "5")),
        ([], (1, "open")),
        (
            [SetScheme(count=20, reps_min=5), SetScheme(count=20, reps_min=6)],
            (20, "5"),
        ),
    ],
)
def test_schemes_in_words(schemes, expected):
    assert text_of(schemes) == expected


def test_a_long_list_of_reps_is_cut_at_a_set():
    schemes = [SetScheme(reps_min=reps, reps_max=reps + 10) for reps in range(10, 30)]

    sets, reps = text_of(schemes)

    assert sets == 20
    assert reps == "10-20/11-21/12-22/13-23/14-24/15-25/16-26/17-27/…"
    assert len(reps) <= 50


one = st.one_of(
    st.builds(
        lambda low, more: {"reps_min": low, "reps_max": low + more},
        st.integers(1, 100),
        st.integers(0, 100),
    ),
    st.builds(lambda low: {"reps_min": low, "set_type": "amrap"}, st.integers(1, 200)),
    st.builds(lambda seconds: {"duration_seconds": seconds}, st.integers(1, 7200)),
    st.builds(lambda meters: {"distance_km": meters / 1000}, st.integers(1, 500_000)),
    st.just({"set_type": "amrap"}),
)


def singly(schemes):
    return [
        scheme.model_copy(update={"count": 1}) for scheme in schemes for _ in range(scheme.count)
    ]


@given(st.lists(st.tuples(st.one_of(one, st.just({})), st.integers(1, 20)), max_size=30))
def test_words_made_of_schemes_are_never_refused(parts):
    sets, reps = text_of([SetScheme(count=count, **fields) for fields, count in parts])

    assert PlannedExercise(name="Squat", sets=sets, reps=reps).reps == reps


@given(st.lists(st.tuples(one, st.integers(1, 4)), min_size=1, max_size=5))
def test_words_made_of_schemes_make_the_same_sets_again(parts):
    schemes = [SetScheme(count=count, rest_seconds=60, **fields) for fields, count in parts]

    sets, reps = text_of(schemes)

    if not reps.endswith("…"):
        assert singly(schemes_from_text(sets, reps, 60)) == singly(schemes)


@given(sets=st.integers(1, 20), reps=st.text(min_size=1, max_size=50))
def test_any_words_make_that_many_sets(sets, reps):
    assert len(singly(schemes_from_text(sets, reps, 60))) == sets


def plan_of(*exercises):
    return Plan(
        name="Plan",
        goal="strength",
        days_per_week=1,
        fitness_level="beginner",
        days=[Day(day_number=1, focus="All", exercises=list(exercises))],
    )


def test_a_plan_in_words_gets_set_schemes():
    plan = plan_of(PlannedExercise(name="Squat", sets=3, reps="5", rest_seconds=180))

    planned = with_text(plan).days[0].exercises[0]

    assert planned.planned_sets == [SetScheme(count=3, reps_min=5, reps_max=5, rest_seconds=180)]
    assert (planned.sets, planned.reps) == (3, "5")


def test_a_plan_of_set_schemes_gets_words_and_keeps_those_it_has():
    schemes = [SetScheme(count=4, reps_min=6, reps_max=10)]
    plan = plan_of(
        PlannedExercise(name="Squat", planned_sets=schemes),
        PlannedExercise(name="Press", planned_sets=schemes, reps="as it comes"),
    )

    squat, press = with_text(plan).days[0].exercises

    assert (squat.sets, squat.reps) == (4, "6-10")
    assert (press.sets, press.reps) == (4, "as it comes")
    assert press.planned_sets == schemes


def test_a_plan_with_both_stays_as_it_is():
    plan = with_text(plan_of(PlannedExercise(name="Squat", sets=3, reps="5")))

    assert with_text(plan) == plan


def test_schemes_of_an_exercise_without_any_are_made_from_its_words():
    planned = PlannedExercise(name="Plank", sets=2, reps="30 s", rest_seconds=45)

    assert schemes_of(planned) == [SetScheme(count=2, duration_seconds=30, rest_seconds=45)]
