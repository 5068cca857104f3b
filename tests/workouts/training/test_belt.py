"""Loads of exercises that move the body: what the belt shows."""

from uuid import UUID

import pytest

from workouts.training.document import Plan
from workouts.training.loads import Inventory
from workouts.training.prescription import Lifter, prescribe, starting_states
from workouts.training.state import place_of

PULL_UP = UUID("00000000-0000-7000-8000-0000000000aa")


def test_a_share_of_a_pull_up_maximum_is_less_the_body():
    hanging = lifter_of_body(80)

    [asked] = sets_of(pull_ups(load_type="percent_1rm", load_value=80), hanging)

    assert asked.target.load_kg == 10
    assert asked.why == (
        "80 % of your one-repetition maximum 112.5 kg = 90 kg, less 80 kg of the body"
    )


def test_what_the_body_alone_is_too_much_for_asks_for_no_belt():
    [asked] = sets_of(pull_ups(load_type="percent_1rm", load_value=60), lifter_of_body(80))

    assert asked.target.load_kg == 0


def test_without_a_body_weight_a_share_of_a_pull_up_maximum_is_not_known():
    [asked] = sets_of(pull_ups(load_type="rep_max", load_value=5), lifter_of_body(None))

    assert asked.target.load_kg is None
    assert asked.why == "your body weight is not known yet, so choose the load"


def test_a_training_max_of_pull_ups_is_what_the_belt_shows():
    rule = {"kind": "percent_wave", "training_max_percent": 90}
    plan = pull_ups(load_type="percent_tm", load_value=100, progression=rule)

    [state] = starting_states(plan=plan, lifter=lifter_of_body(80)).values()

    assert state.training_max_kg == pytest.approx(0.9 * 32.5)


def lifter_of_body(body_weight_kg):
    return Lifter(
        inventory=Inventory(),
        one_rm_kg={PULL_UP: 112.5},
        equipment={PULL_UP: ("pull_up_bar",)},
        body_weight_kg=body_weight_kg,
        bodyweight_share={PULL_UP: 1.0},
    )


def pull_ups(*, load_type, load_value, progression=None):
    scheme = {"reps_min": 5, "load_type": load_type, "load_value": load_value}
    planned = {
        "id": str(PULL_UP),
        "exercise": str(PULL_UP),
        "planned_sets": [scheme],
        "progression": progression,
    }
    return Plan.model_validate(
        {
            "name": "Hang",
            "goal": "strength",
            "days_per_week": 1,
            "fitness_level": "beginner",
            "days": [{"day_number": 1, "focus": "Bar", "exercises": [planned]}],
        }
    )


def sets_of(plan, lifter):
    [one] = prescribe(plan=plan, place=place_of(plan, 1), states={}, lifter=lifter)
    return one.sets
