"""Loads by effort, where plates cannot make them exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workouts.training.lifting import decide, rule, sets
from workouts.training.state import TrackState

STEPS = st.sampled_from([0.5, 1.25, 2.5, 5.0, 10.0])


def as_loaded(load_kg: float, step_kg: float) -> float:
    return max(round(load_kg / step_kg), 1) * step_kg


@given(
    load_kg=st.floats(20, 300),
    step_kg=STEPS,
    reps=st.integers(1, 12),
    rpe=st.sampled_from([6.0, 6.5, 7.0, 7.5, 8.0, 8.5, 9.0, 9.5, 10.0]),
)
def test_a_session_done_as_it_was_asked_changes_no_load(load_kg, step_kg, reps, rpe):
    asked_kg = as_loaded(load_kg, step_kg)
    done = sets([reps] * 3, asked=reps, load_kg=asked_kg, asked_kg=asked_kg, rir=10 - rpe)

    decision = decide(
        rule("rpe", target_reps=reps, target_rpe=rpe), TrackState(load_kg=load_kg), done
    )

    assert (decision.action, decision.after.load_kg) == ("keep", load_kg)


@given(load_kg=st.floats(20, 300), step_kg=STEPS, rir=st.integers(0, 4))
def test_less_in_reserve_never_gives_a_higher_load(load_kg, step_kg, rir):
    asked_kg = as_loaded(load_kg, step_kg)

    after = [
        decide(
            rule("rpe"),
            TrackState(load_kg=load_kg),
            sets([5], load_kg=asked_kg, asked_kg=asked_kg, rir=left),
        ).after.load_kg
        for left in (rir, min(rir + 1, 4))
    ]

    assert after[0] <= after[1]


@pytest.mark.parametrize(
    ("rir", "action", "load_kg"),
    [
        (0, "lower", 100 * 81.1 / 86.3),
        (1, "lower", 100 * 81.1 / 83.7),
        (2, "keep", 104.0),
        (3, "keep", 104.0),  # 103.2 kg: no more than what the plates could not make
        (4, "raise", 100 * 81.1 / 76.2),
    ],
)
def test_104_kg_loaded_as_100_kg(rir, action, load_kg):
    done = sets([5], load_kg=100.0, asked_kg=100.0, rir=rir)

    decision = decide(rule("rpe"), TrackState(load_kg=104.0), done)

    assert (decision.action, decision.after.load_kg) == (action, pytest.approx(load_kg))


def test_what_was_chosen_and_not_rounded_is_taken_as_it_is():
    heavier = sets([5], load_kg=110.0, asked_kg=100.0, rir=0)
    lighter = sets([5], load_kg=90.0, asked_kg=100.0, rir=2)

    after = [
        decide(rule("rpe"), TrackState(load_kg=102.0), done).after.load_kg
        for done in (heavier, lighter)
    ]

    assert after == [pytest.approx(110 * 81.1 / 86.3), pytest.approx(102 * 0.9)]
