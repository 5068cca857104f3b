"""A load that the gym could only make heavier: as much as was meant is enough."""

import pytest

from workouts.training.progression import evaluate
from workouts.training.rules import Linear
from workouts.training.state import DoneSet, Target, TrackState


def session(done_kg: float, **target) -> list[DoneSet]:
    asked = Target(reps_min=5, reps_max=5, **target)
    return [DoneSet(target=asked, reps=5, load_kg=done_kg)] * 3


@pytest.mark.parametrize("load_kg", [62.5, 63.503])
def test_the_working_load_itself_is_a_hit_where_plates_made_it_more(load_kg):
    sets = session(load_kg, load_kg=63.503, exact_kg=62.5)

    decision = evaluate(rule=Linear(), state=TrackState(load_kg=62.5), sets=sets, cycle_end=False)

    assert (decision.action, decision.after.load_kg) == ("raise", 65.0)


def test_less_than_the_working_load_is_not():
    sets = session(60, load_kg=63.503, exact_kg=62.5)

    decision = evaluate(rule=Linear(), state=TrackState(load_kg=62.5), sets=sets, cycle_end=False)

    assert (decision.action, decision.after.load_kg) == ("keep", 62.5)


def test_the_reason_adds_up_where_plates_made_it_less():
    sets = session(60, load_kg=60, exact_kg=62.5)

    decision = evaluate(rule=Linear(), state=TrackState(load_kg=62.5), sets=sets, cycle_end=False)

    assert decision.reason == (
        "All 3 sets of 5 at 60 kg were done, so the load goes up by 2.5 kg from 62.5 kg to 65 kg."
    )
