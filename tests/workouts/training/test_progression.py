"""What a session counts for, which load it is measured by, and what holds for every rule."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workouts.training.lifting import EVERY_RULE, decide, rule, sets
from workouts.training.state import DoneSet, Target, TrackState


def test_three_sets_of_five_done_add_two_and_a_half_kilograms():
    decision = decide(rule("linear"), TrackState(load_kg=100, failures=2), sets([5, 5, 5]))

    assert decision.action == "raise"
    assert decision.after == TrackState(load_kg=102.5)
    assert decision.reason == (
        "All 3 sets of 5 at 100 kg were done, so the load goes up by 2.5 kg from 100 kg to"
        " 102.5 kg."
    )


def test_a_third_failure_takes_ten_percent_off():
    state = TrackState(load_kg=100)

    first = decide(rule("linear"), state, sets([5, 5, 4]))
    second = decide(rule("linear"), first.after, sets([5, 5, None]))
    third = decide(rule("linear"), second.after, sets([4, 4, 4]))

    assert [first.action, second.action, third.action] == ["keep", "keep", "lower"]
    assert second.after == TrackState(load_kg=100, failures=2)
    assert third.after == TrackState(load_kg=90)
    assert first.reason == (
        "Only 2 of 3 sets reached the target. First failure: the load stays at 100 kg; it gets"
        " easier after 3 in a row."
    )
    assert third.reason == "Third failure in a row: 10 % off, from 100 kg to 90 kg."


def test_a_success_between_ends_the_row_of_failures_and_the_other_way_round():
    patient = rule("linear", successes=3)

    success = decide(patient, TrackState(load_kg=100, failures=2), sets([5]))
    failure = decide(patient, TrackState(load_kg=100, successes=2), sets([4]))

    assert success.after == TrackState(load_kg=100, successes=1)
    assert failure.after == TrackState(load_kg=100, failures=1)


@pytest.mark.parametrize(
    ("done_kg", "action"), [(99.0, "raise"), (98.9, "keep"), (100.0, "raise"), (None, "raise")]
)
def test_a_set_counts_with_a_load_at_most_one_percent_below_the_asked_one(done_kg, action):
    decision = decide(rule("linear"), TrackState(load_kg=100), sets([5, 5], load_kg=done_kg))

    assert decision.action == action


def test_warm_ups_drops_and_added_sets_do_not_count():
    failed = [
        *sets([1], set_type="warm_up", load_kg=40),
        *sets([1], set_type="drop", load_kg=60),
        DoneSet(reps=1, load_kg=20),
        DoneSet(target=Target(reps_min=5, load_kg=100), set_type="warm_up", reps=1, load_kg=20),
    ]

    decision = decide(rule("linear"), TrackState(load_kg=100), [*failed, *sets([5])])
    without_work = decide(rule("linear"), TrackState(load_kg=100), failed)

    assert decision.after == TrackState(load_kg=102.5)
    assert without_work.action == "hold"


@pytest.mark.parametrize("values", EVERY_RULE, ids=lambda values: values["kind"])
@pytest.mark.parametrize("done", [[], sets([None, None]), sets([0, 0])])
def test_an_exercise_left_out_is_no_failure(values, done):
    state = TrackState(load_kg=100, training_max_kg=120, failures=2, missed=1)

    decision = decide(rule(values), state, done, cycle_end=True)

    assert (decision.action, decision.after) == ("hold", state)
    assert "not a failure" in decision.reason


@pytest.mark.parametrize(
    ("target", "done", "action"),
    [
        ({"duration_seconds": 30}, {"duration_seconds": 30}, "raise"),
        ({"duration_seconds": 30}, {"duration_seconds": 29}, "keep"),
        ({"distance_km": 0.4}, {"distance_km": 0.4}, "raise"),
        ({"distance_km": 0.4}, {"distance_km": 0.3}, "keep"),
        ({"distance_km": 0.4}, {"duration_seconds": 90}, "keep"),
        ({}, {"reps": 1}, "raise"),
    ],
)
def test_time_and_distance_are_reached_like_reps(target, done, action):
    done = DoneSet(target=Target(load_kg=20, **target), load_kg=20, **done)

    assert decide(rule("linear"), TrackState(load_kg=20), [done]).action == action


def test_the_first_performance_defines_the_load_by_its_lightest_set():
    done = [*sets([5], load_kg=62.5, asked_kg=None), *sets([5], load_kg=60, asked_kg=None)]

    decision = decide(rule("linear"), TrackState(), done)

    assert (decision.action, decision.after.load_kg) == ("raise", 62.5)
    assert decision.reason.startswith("You began with 60 kg. Both sets of 5 were done")


def test_a_back_off_set_speaks_for_the_whole_working_load():
    top = sets([5], load_kg=100, asked_kg=None)
    back_off = sets([5], load_kg=80, asked_kg=None, percent=80)

    assert decide(rule("linear"), TrackState(), [*top, *back_off]).after.load_kg == 102.5


def test_without_any_load_nothing_can_move():
    decision = decide(rule("linear"), TrackState(), sets([5], load_kg=None, asked_kg=None))

    assert (decision.action, decision.after) == ("keep", TrackState())
    assert decision.reason == ("The set of 5 was done, but no load is known that could change.")


def test_a_heavier_load_in_every_set_is_the_base():
    done = [*sets([5], load_kg=107.5), *sets([5], load_kg=105)]

    decision = decide(rule("linear"), TrackState(load_kg=100), done)

    assert decision.after.load_kg == 107.5
    assert decision.reason == (
        "You lifted 105 kg instead of 100 kg. Both sets of 5 were done, so the load goes up by"
        " 2.5 kg from 105 kg to 107.5 kg."
    )


def test_one_heavier_set_is_not():
    done = [*sets([5], load_kg=110), *sets([5], load_kg=100)]

    assert decide(rule("linear"), TrackState(load_kg=100), done).after.load_kg == 102.5


def test_what_the_plates_rounded_down_stays_unrounded():
    done = sets([5], load_kg=100, asked_kg=100)

    assert decide(rule("linear"), TrackState(load_kg=101.25), done).after.load_kg == 103.75


@pytest.mark.parametrize(
    ("help_kg", "reps", "before", "after", "action"),
    [
        (20, [8, 8], TrackState(load_kg=20), TrackState(load_kg=17.5), "raise"),
        (20.2, [8, 8], TrackState(load_kg=20), TrackState(load_kg=17.5), "raise"),
        (21, [8, 8], TrackState(load_kg=20), TrackState(load_kg=20, failures=1), "keep"),
        (15, [8, 8], TrackState(load_kg=20), TrackState(load_kg=12.5), "raise"),
        (20, [8, 7], TrackState(load_kg=20, failures=2), TrackState(load_kg=22), "lower"),
    ],
)
def test_progress_takes_help_away(help_kg, reps, before, after, action):
    done = sets(reps, load_kg=help_kg, asked=8, asked_kg=20, load_type="assisted")

    decision = decide(rule("linear"), before, done)

    assert (decision.action, decision.after) == (action, after)


def test_help_ends_at_none_and_comes_back_by_a_step():
    aided = {"asked": 8, "asked_kg": 0, "load_kg": 0, "load_type": "assisted"}
    strict = rule("linear", failures=1)

    success = decide(strict, TrackState(load_kg=0), sets([8], **aided))
    failure = decide(strict, TrackState(load_kg=0), sets([7], **aided))

    assert (success.action, success.after.load_kg) == ("keep", 0)
    assert (failure.action, failure.after.load_kg) == ("lower", 2.5)


PERCENT_TARGETS = {"percent_wave", "training_max_reset"}
REPS = st.lists(st.integers(1, 30), min_size=1, max_size=6)
STATES = st.builds(
    TrackState,
    load_kg=st.floats(0, 300),
    training_max_kg=st.floats(0, 300),
    reps_target=st.none() | st.integers(1, 20),
    sets_target=st.none() | st.integers(1, 10),
    stage=st.integers(0, 4),
    rung=st.integers(0, 4),
    successes=st.integers(0, 3),
    failures=st.integers(0, 3),
    missed=st.integers(0, 3),
)


def performed(state, reps, values, *, rir=2.0, load_kg=None, load_type="working"):
    """Sets of five at the working load, the last an AMRAP at 95 % where a rule wants one."""
    by_percent = values["kind"] in PERCENT_TARGETS
    asked_kg = state.training_max_kg * 0.95 if by_percent else state.load_kg
    load_type = "percent_tm" if by_percent else load_type
    load_kg = asked_kg if load_kg is None else load_kg
    share = {"load_type": load_type, "percent": 95.0 if by_percent else None}
    *most, last = reps
    return [
        *sets(most, load_kg=load_kg, asked_kg=asked_kg, rir=rir, **share),
        *sets([last], load_kg=load_kg, asked_kg=asked_kg, rir=rir, set_type="amrap", **share),
    ]


@pytest.mark.parametrize("values", EVERY_RULE, ids=lambda values: values["kind"])
@settings(max_examples=50)
@given(
    state=STATES,
    reps=REPS,
    done_kg=st.floats(0, 600),
    load_type=st.sampled_from(["working", "bodyweight", "assisted"]),
    cycle_end=st.booleans(),
)
def test_no_load_is_negative_or_above_the_cap(
    *, values, state, reps, done_kg, load_type, cycle_end
):
    done = performed(state, reps, values, load_kg=done_kg, load_type=load_type)

    decision = decide(rule(values, max_load_kg=120), state, done, cycle_end=cycle_end)

    moved = "training_max_kg" if values["kind"] in PERCENT_TARGETS else "load_kg"
    assert 0 <= (getattr(decision.after, moved) or 0) <= 120


@pytest.mark.parametrize("values", EVERY_RULE, ids=lambda values: values["kind"])
@settings(max_examples=50)
@given(
    state=STATES,
    reps=REPS,
    more=st.lists(st.integers(0, 10), min_size=6, max_size=6),
    rir=st.none() | st.integers(0, 8).map(lambda halves: halves / 2),
    cycle_end=st.booleans(),
)
def test_more_reps_never_make_the_next_load_lower(*, values, state, reps, more, rir, cycle_end):
    better = [done + extra for done, extra in zip(reps, more, strict=False)]

    low = decide(
        rule(values), state, performed(state, reps, values, rir=rir), cycle_end=cycle_end
    ).after
    high = decide(
        rule(values), state, performed(state, better, values, rir=rir), cycle_end=cycle_end
    ).after

    # The next variation of an exercise begins without a load.
    assert high.rung > low.rung or (high.load_kg or 0) >= (low.load_kg or 0)
    assert high.training_max_kg >= low.training_max_kg


@pytest.mark.parametrize("values", EVERY_RULE, ids=lambda values: values["kind"])
@settings(max_examples=50)
@given(state=STATES, reps=REPS, done_kg=st.none() | st.floats(0, 600), cycle_end=st.booleans())
def test_a_decision_says_what_happened_and_can_be_stored(values, state, reps, done_kg, cycle_end):
    done = performed(state, reps, values, load_kg=done_kg)

    decision = decide(rule(values), state, done, cycle_end=cycle_end)
    again = decide(rule(values), state, done, cycle_end=cycle_end)

    moved = "training_max_kg" if values["kind"] in PERCENT_TARGETS else "load_kg"
    before, after = getattr(state, moved), getattr(decision.after, moved)
    if after is not None:
        assert (decision.action == "raise") == (after > before)
        assert (decision.action == "lower") == (after < before)
    assert again == decision
    assert decision.before is state
    assert json.loads(json.dumps(decision.inputs)) == decision.inputs
    assert TrackState.from_json(decision.after.as_json()) == decision.after
    assert decision.reason.endswith(".")
