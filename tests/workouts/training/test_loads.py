"""What a gym can load: the nearest load, of which plates, and in pounds as well."""

from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from users.units import KG_PER_LB
from workouts.training.loads import (
    Inventory,
    Loaded,
    Plates,
    added,
    default_inventory,
    helped,
    loadable,
)

METRIC = default_inventory("metric")
IMPERIAL = default_inventory("imperial")
TRAINING_MAX_KG = 126


def gym(*plates, **rest):
    return Inventory(
        plates=[Plates(weight_kg=weight, pairs=pairs) for weight, pairs in plates], **rest
    )


@pytest.mark.parametrize(
    ("percents", "loads_kg"),
    [
        ((65, 75, 85), (82.5, 95, 107.5)),
        ((70, 80, 90), (87.5, 100, 112.5)),
        ((75, 85, 95), (95, 107.5, 120)),
        ((40, 50, 60), (50, 62.5, 75)),
    ],
)
def test_the_percentages_of_a_wave_are_loaded_on_a_barbell(percents, loads_kg):
    targets = [TRAINING_MAX_KG * percent / 100 for percent in percents]

    loaded = [loadable(METRIC, ["barbell"], target).load_kg for target in targets]

    assert loaded == list(loads_kg)


def test_plates_are_those_of_one_side_heaviest_first():
    assert loadable(METRIC, ["bench", "barbell"], 107.1) == Loaded(
        load_kg=107.5, plates_kg=(25, 15, 2.5, 1.25), equipment="barbell"
    )


def test_nothing_is_lighter_than_the_bar_alone():
    assert loadable(METRIC, ["barbell"], 0) == Loaded(20, (), "barbell")
    assert loadable(METRIC, ["trap_bar"], 12) == Loaded(25, (), "trap_bar")


def test_of_two_loads_as_near_the_lighter_is_taken():
    assert loadable(METRIC, ["barbell"], 81.25).load_kg == 80
    assert loadable(METRIC, ["dumbbell"], 11).load_kg == 10
    assert loadable(METRIC, ["machine"], 47.5).load_kg == 45


def test_the_fewest_plates_are_not_always_the_heaviest_first():
    loaded = loadable(gym((55, 4), (35, 4), (10, 4), (5, 4)), ["barbell"], 160)

    assert loaded == Loaded(160, (35, 35), "barbell")


def test_plates_that_are_used_up_are_not_loaded():
    loaded = loadable(gym((20, 1), (5, 2)), ["barbell"], 100)

    assert loaded == Loaded(80, (20, 5, 5), "barbell")


def test_a_landmine_is_loaded_at_its_one_end_with_both_plates_of_a_pair():
    loaded = loadable(gym((10, 1), (2.5, 1)), ["landmine", "plate", "barbell"], 45)

    assert loaded == Loaded(45, (10, 10, 2.5, 2.5), "landmine")


def test_weight_on_a_belt_is_made_of_single_plates():
    assert loadable(METRIC, ["pull_up_bar", "plate"], 13) == Loaded(12.5, (10, 2.5), "plate")
    assert added(gym((10, 1)), 17) == Loaded(20, (10, 10), "plate")
    assert added(METRIC, 0) == Loaded(0, (), "plate")


def test_weight_on_a_belt_follows_its_step_where_one_is_given():
    assert added(Inventory(bodyweight_step_kg=2), 13.2) == Loaded(14)


def test_help_comes_in_the_steps_of_its_machine():
    assert helped(METRIC, 23) == Loaded(25, equipment="machine")
    assert helped(METRIC, 2) == Loaded(0, equipment="machine")


@pytest.mark.parametrize(
    ("equipment", "target_kg", "expected"),
    [
        (("dumbbell", "bench"), 23.2, Loaded(24, equipment="dumbbell")),
        (("dumbbell",), 0.2, Loaded(1, equipment="dumbbell")),
        (("kettlebell",), 17, Loaded(16, equipment="kettlebell")),
        (("cable", "rope"), 21, Loaded(20, equipment="cable")),
        (("machine",), 1, Loaded(5, equipment="machine")),
        (("dumbbell", "machine"), 23.2, Loaded(24, equipment="dumbbell")),
        (("ez_bar", "barbell"), 27, Loaded(27.5, equipment="ez_bar")),
        ((), 33.3, Loaded(33.5)),
        (("bench", "sled"), 33.2, Loaded(33)),
        ((), 0, Loaded(0)),
    ],
)
def test_the_first_kind_that_bears_load_decides(equipment, target_kg, expected):
    loaded = loadable(METRIC, equipment, target_kg)

    assert (loaded.load_kg, loaded.equipment) == (expected.load_kg, expected.equipment)


def test_adjustable_dumbbells_and_kettlebells_follow_their_step():
    inventory = Inventory(
        dumbbells=None, dumbbell_step_kg=2.5, kettlebells=None, kettlebell_step_kg=2
    )

    assert loadable(inventory, ["dumbbell"], 23.6).load_kg == 22.5
    assert loadable(inventory, ["kettlebell"], 23.6).load_kg == 24


def test_a_bar_that_the_gym_does_not_name_has_its_usual_weight():
    inventory = Inventory(bars={"barbell": 15})

    assert loadable(inventory, ["barbell"], 0).load_kg == 15
    assert loadable(inventory, ["smith_machine"], 0).load_kg == 15
    assert loadable(inventory, ["ez_bar"], 0).load_kg == 10


def test_an_imperial_gym_loads_whole_pounds():
    assert loadable(IMPERIAL, ["barbell"], 185 * KG_PER_LB) == Loaded(
        83.915, (45 * KG_PER_LB, 25 * KG_PER_LB), "barbell"
    )
    assert loadable(IMPERIAL, ["dumbbell"], 31).load_kg == round(70 * KG_PER_LB, 3)
    assert loadable(IMPERIAL, ["machine"], 31).load_kg == round(70 * KG_PER_LB, 3)


def test_a_wish_above_a_thousand_kilograms_counts_as_a_thousand():
    inventory = gym((50, 20))

    assert loadable(inventory, ["barbell"], 5000).load_kg == 1020
    assert loadable(inventory, [], 5000).load_kg == 1000


@given(
    stock=st.dictionaries(
        st.sampled_from([0.5, 1, 1.25, 2.5, 5, 7.3, 10, 15, 20, 25, 10 * KG_PER_LB]),
        st.integers(1, 3),
        max_size=5,
    ),
    target_kg=st.floats(0, 400),
    bar_kg=st.sampled_from([0, 15, 20, 45 * KG_PER_LB]),
)
@settings(deadline=None)
def test_a_load_can_be_made_and_none_that_can_be_made_is_nearer(stock, target_kg, bar_kg):
    inventory = gym(*stock.items(), bars={"barbell": bar_kg})
    possible = [
        bar_kg + 2 * sum(weight * count for weight, count in zip(stock, counts, strict=True))
        for counts in product(*(range(pairs + 1) for pairs in stock.values()))
    ]

    loaded = loadable(inventory, ["barbell"], target_kg)

    # Where some plates are in pounds and others are not, sums are counted in grams.
    slack_kg = 0.03 if 10 * KG_PER_LB in stock else 1e-6
    assert loaded.load_kg == pytest.approx(bar_kg + 2 * sum(loaded.plates_kg), abs=6e-4)
    assert all(loaded.plates_kg.count(weight) <= stock[weight] for weight in loaded.plates_kg)
    assert list(loaded.plates_kg) == sorted(loaded.plates_kg, reverse=True)
    nearest = min(abs(load - target_kg) for load in possible)
    assert abs(bar_kg + 2 * sum(loaded.plates_kg) - target_kg) <= nearest + slack_kg


@given(
    stock=st.dictionaries(st.integers(1, 12), st.integers(1, 3), min_size=1, max_size=4),
    target_kg=st.integers(0, 120),
)
@settings(deadline=None)
def test_no_load_needs_fewer_plates_than_it_gets(stock, target_kg):
    inventory = gym(*stock.items(), bars={"barbell": 0})

    loaded = loadable(inventory, ["barbell"], target_kg)

    enough = [
        sum(counts)
        for counts in product(*(range(pairs + 1) for pairs in stock.values()))
        if 2 * sum(weight * count for weight, count in zip(stock, counts, strict=True))
        == loaded.load_kg
    ]
    assert len(loaded.plates_kg) == min(enough)


@given(target_kg=st.floats(21, 400))
def test_a_switch_of_units_and_back_changes_no_load(target_kg):
    in_kg = loadable(METRIC, ["barbell"], target_kg).load_kg

    in_pounds = loadable(IMPERIAL, ["barbell"], in_kg).load_kg
    back = loadable(METRIC, ["barbell"], in_pounds).load_kg

    assert abs(in_pounds - in_kg) <= 2.5 * KG_PER_LB + 1e-3
    assert back == in_kg


def test_thirty_odd_kinds_of_plates_come_within_grams_of_the_wish():
    random = Random(7)
    inventory = gym(*((random.uniform(0.1, 25), 20) for _ in range(30)))

    loads_kg = [loadable(inventory, ["barbell"], kg).load_kg for kg in (60, 333.333, 999)]

    assert loads_kg == pytest.approx([60, 333.333, 999], abs=0.05)


def test_an_inventory_survives_being_stored_as_json():
    assert Inventory.model_validate(IMPERIAL.model_dump(mode="json")) == IMPERIAL
    assert Inventory.model_validate({}) == METRIC


@pytest.mark.parametrize(
    "values",
    [
        {"bars": {"axle": 20}},
        {"bars": {"barbell": -1}},
        {"bars": {"barbell": float("nan")}},
        {"plates": [{"weight_kg": 0, "pairs": 1}]},
        {"plates": [{"weight_kg": 5, "pairs": 21}]},
        {"plates": [{"weight_kg": 5, "pairs": 1}] * 31},
        {"plates": [{"weight_kg": "5", "pairs": 1}]},
        {"dumbbells": []},
        {"machine_step_kg": 0},
        {"chalk": True},
    ],
)
def test_an_inventory_that_no_gym_has_is_refused(values):
    with pytest.raises(ValidationError):
        Inventory.model_validate(values)
