"""What a session asks for: loads that can be made, with their reasons."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workouts.training.document import Day, Deload, Plan, PlannedExercise, SetScheme
from workouts.training.loads import default_inventory
from workouts.training.prescription import Lifter, prescribe, starting_states
from workouts.training.rules import (
    Double,
    Linear,
    PercentWave,
    Rung,
    SetsFirst,
    VariationLadder,
)
from workouts.training.state import TrackState, place_of

BENCH, PULL_UP, DIP = UUID(int=1), UUID(int=2), UUID(int=3)
LIFTER = Lifter(
    inventory=default_inventory("metric"),
    one_rm_kg={BENCH: 140},
    equipment={BENCH: ("barbell", "bench"), PULL_UP: ("pull_up_bar",), DIP: ("machine",)},
)


def plan_of(*exercises, **rest):
    values = {"name": "Plan", "goal": "strength", "days_per_week": 1, "fitness_level": "beginner"}
    return Plan(**values, **rest, days=[Day(day_number=1, focus="All", exercises=list(exercises))])


def bench(*schemes, **rest):
    values = {"exercise": BENCH, "name": "Bench press", "track": "bench", **rest}
    return PlannedExercise(**values, planned_sets=list(schemes))


def sets_of(plan, *, state=None, week=1, lifter=LIFTER):
    states = {} if state is None else {"bench": state}
    place = place_of(plan, (week - 1) * len(plan.days) + 1)
    return prescribe(plan=plan, place=place, states=states, lifter=lifter)[0].sets


def loads_of(*args, **rest):
    return [one.target.load_kg for one in sets_of(*args, **rest)]


def fives(**rest):
    return SetScheme(**{"reps_min": 5, "reps_max": 5, **rest})


def test_a_scheme_becomes_single_sets_with_what_it_asks_for():
    scheme = fives(id=UUID(int=9), count=3, rpe=8, tempo="3-1-X-0")
    plan = plan_of(bench(scheme, rest_seconds=150))

    sets = sets_of(plan, state=TrackState(load_kg=102.5))

    assert len(sets) == 3
    assert len(set(sets)) == 1
    one = sets[0]
    target = one.target
    assert (one.scheme_id, one.why) == (UUID(int=9), "working load 102.5 kg")
    assert one.plates_kg == (25, 15, 1.25)
    assert (target.reps_min, target.reps_max, target.load_kg) == (5, 5, 102.5)
    assert (target.rpe, target.rest_seconds, target.tempo) == (8, 150, "3-1-X-0")
    assert (target.load_type, target.percent) == ("working", None)


def test_a_set_without_a_rest_or_tempo_of_its_own_has_that_of_the_exercise():
    plan = plan_of(bench(fives(rest_seconds=0), fives(), rest_seconds=90, tempo="2-0-1-0"))

    targets = [one.target for one in sets_of(plan)]

    assert [target.rest_seconds for target in targets] == [0, 90]
    assert [target.tempo for target in targets] == ["2-0-1-0", "2-0-1-0"]


def test_a_week_of_the_cycle_has_its_own_sets_and_those_of_every_week():
    plan = plan_of(
        bench(
            fives(week=1, load_type="absolute", load_value=60),
            fives(week=2, load_type="absolute", load_value=70),
            fives(load_type="absolute", load_value=40),
        ),
        cycle_weeks=2,
    )

    assert loads_of(plan, week=1) == [60, 40]
    assert loads_of(plan, week=2) == [70, 40]
    assert loads_of(plan, week=3) == [60, 40]


@pytest.mark.parametrize(
    ("scheme", "load_kg", "percent", "why"),
    [
        (fives(), 102.5, None, "working load 102.3 kg, loaded as 102.5 kg"),
        (
            fives(load_value=80),
            82.5,
            80,
            "80 % of your working load 102.3 kg = 81.84 kg, loaded as 82.5 kg",
        ),
        (
            fives(load_type="absolute", load_value=61),
            60,
            None,
            "61 kg as planned, loaded as 60 kg",
        ),
        (
            fives(load_type="percent_1rm", load_value=75),
            105,
            75,
            "75 % of your one-repetition maximum 140 kg = 105 kg",
        ),
        (
            fives(load_type="percent_tm", load_value=85),
            107.5,
            85,
            "85 % of your training max 126 kg = 107.1 kg, loaded as 107.5 kg",
        ),
        (
            fives(load_type="rep_max", load_value=5),
            120,
            None,
            "heaviest load for 5 reps: 86.3 % of your one-repetition maximum 140 kg = 120.82 kg,"
            " loaded as 120 kg",
        ),
        (
            fives(load_type="rpe", rpe=8),
            112.5,
            None,
            "5 reps with RPE 8: 81.1 % of your one-repetition maximum 140 kg = 113.54 kg,"
            " loaded as 112.5 kg",
        ),
        (
            SetScheme(load_type="rir", rir=0, reps_min=1),
            140,
            None,
            "1 rep with 0 in reserve: 100 % of your one-repetition maximum 140 kg = 140 kg",
        ),
        (
            fives(load_type="bodyweight", load_value=12),
            12.5,
            None,
            "body weight and 12 kg, loaded as 12.5 kg",
        ),
        (fives(load_type="bodyweight", load_value=0), 0, None, "body weight"),
        (
            fives(load_type="assisted", load_value=22),
            20,
            None,
            "body weight with 22 kg of help, loaded as 20 kg",
        ),
        (fives(load_type="open"), None, None, "you choose the load"),
    ],
)
def test_a_load_says_where_it_comes_from(scheme, load_kg, percent, why):
    state = TrackState(load_kg=102.3, training_max_kg=126)

    (one,) = sets_of(plan_of(bench(scheme)), state=state)

    assert (one.target.load_kg, one.target.percent, one.why) == (load_kg, percent, why)


@pytest.mark.parametrize(
    ("scheme", "why"),
    [
        (fives(), "your working load is not known yet, so choose the load"),
        (fives(load_value=80), "your working load is not known yet, so choose the load"),
        (SetScheme(duration_seconds=60), "without a load, unless you choose one"),
        (
            fives(load_type="percent_tm", load_value=85),
            "your training max is not known yet, so choose the load",
        ),
        (
            fives(load_type="percent_1rm", load_value=85),
            "your one-repetition maximum is not known yet, so choose the load",
        ),
        (
            fives(load_type="rpe", rpe=8),
            "your one-repetition maximum is not known yet, so choose the load",
        ),
        (
            fives(load_type="percent_of_first", load_value=80),
            "the load of the first work set is not known yet, so choose the load",
        ),
        (
            fives(load_type="percent_of_previous", load_value=80),
            "the load of the set before is not known yet, so choose the load",
        ),
        (
            SetScheme(load_type="rpe", rpe=8, reps_min=30),
            "the RPE curve does not know 30 reps with RPE 8, so choose the load",
        ),
        (
            SetScheme(load_type="rir", rir=2),
            "without reps nothing says how heavy this is, so choose the load",
        ),
    ],
)
def test_a_load_that_is_not_known_says_what_is_missing(scheme, why):
    nobody = Lifter(inventory=default_inventory("metric"))

    (one,) = sets_of(plan_of(bench(scheme)), lifter=nobody)

    assert (one.target.load_kg, one.plates_kg, one.why) == (None, None, why)


def test_warm_ups_refer_to_the_first_work_set_that_comes_after_them():
    plan = plan_of(
        bench(
            fives(set_type="warm_up", load_type="percent_of_first", load_value=40),
            fives(set_type="warm_up", load_type="percent_of_first", load_value=10),
            fives(),
            fives(load_type="percent_of_first", load_value=90),
        )
    )

    sets = sets_of(plan, state=TrackState(load_kg=100))

    assert [one.target.load_kg for one in sets] == [40, 20, 100, 90]
    assert sets[1].why == "10 % of the load of the first work set 100 kg = 10 kg, loaded as 20 kg"


def test_a_drop_set_refers_to_the_set_before_it():
    plan = plan_of(
        bench(
            fives(),
            fives(set_type="drop", count=2, load_type="percent_of_previous", load_value=80),
        )
    )

    assert loads_of(plan, state=TrackState(load_kg=100)) == [100, 80, 65]


def test_a_first_work_set_that_refers_to_itself_has_no_load():
    plan = plan_of(bench(fives(load_type="percent_of_first", load_value=90), fives()))

    assert loads_of(plan, state=TrackState(load_kg=100)) == [None, 100]


def test_body_weight_carries_the_working_load_where_the_plan_names_none():
    plan = plan_of(
        PlannedExercise(
            exercise=PULL_UP,
            name="Pull-up",
            track="bench",
            planned_sets=[
                fives(load_type="bodyweight"),
                fives(load_type="bodyweight", load_value=0),
            ],
        )
    )

    sets = sets_of(plan, state=TrackState(load_kg=11.25))

    assert [one.target.load_kg for one in sets] == [11.25, 0]
    assert sets[0].plates_kg == (10, 1.25)
    assert sets_of(plan)[0].why == "body weight"


def test_help_follows_the_rule_once_it_moved_it():
    scheme = fives(load_type="assisted", load_value=30)
    warm_up = fives(set_type="warm_up", load_type="assisted", load_value=40)
    plan = plan_of(bench(warm_up, scheme, progression=Linear(increment_kg=5)))

    assert loads_of(plan) == [40, 30]
    assert loads_of(plan, state=TrackState(load_kg=25)) == [40, 25]


def test_a_rule_shapes_the_sets():
    rule = Double(reps_min=8, reps_max=12)
    plan = plan_of(bench(SetScheme(count=3, reps_min=8, reps_max=12), progression=rule))

    sets = sets_of(plan, state=TrackState(load_kg=60, reps_target=11))

    assert [(one.target.reps_min, one.target.reps_max) for one in sets] == [(11, 12)] * 3


def test_an_easy_week_takes_load_and_work_sets_off():
    plan = plan_of(
        bench(
            fives(set_type="warm_up", count=2, load_type="percent_of_first", load_value=50),
            fives(count=5),
            fives(load_value=80),
            fives(load_type="percent_tm", load_value=50),
        ),
        cycle_weeks=4,
        deload=Deload(weeks=[4], load_percent=90, sets_percent=50),
    )
    state = TrackState(load_kg=100, training_max_kg=126)

    sets = sets_of(plan, state=state, week=4)

    assert [one.target.load_kg for one in sets] == [45, 45, 90, 90, 90, 72.5, 62.5]
    assert sets[2].why == ("90 % of your working load 100 kg = 90 kg, as this week is an easy one")
    assert sets[2].target.percent == 90
    assert loads_of(plan, state=state, week=3) == [50, 50, *[100] * 5, 80, 62.5]


def test_an_easy_week_that_the_plan_writes_down_keeps_its_sets():
    plan = plan_of(
        bench(
            fives(week=1, count=5),
            fives(week=4, count=3, load_type="percent_tm", load_value=50),
        ),
        cycle_weeks=4,
        deload=Deload(weeks=[4], load_percent=90, sets_percent=50),
    )

    assert loads_of(plan, state=TrackState(training_max_kg=126), week=4) == [62.5] * 3


def test_an_easy_week_has_at_least_one_set_and_no_more_than_its_share():
    deload = Deload(weeks=[1], sets_percent=20)

    assert len(sets_of(plan_of(bench(fives(count=5)), deload=deload))) == 1
    assert len(sets_of(plan_of(bench(fives(count=6)), deload=deload))) == 2
    assert len(sets_of(plan_of(bench(fives(count=1)), deload=deload))) == 1


def test_a_ladder_names_the_exercise_of_its_rung():
    rungs = [
        Rung(exercise=DIP, name="Assisted dip"),
        Rung(name="Negative dip"),
        Rung(exercise=PULL_UP, name="Dip"),
    ]
    plan = plan_of(
        PlannedExercise(
            exercise=DIP,
            name="Dip",
            track="dip",
            progression=VariationLadder(rungs=rungs),
            planned_sets=[fives(load_type="bodyweight")],
        )
    )

    names = [
        prescribe(
            plan=plan,
            place=place_of(plan, 1),
            states={"dip": TrackState(rung=rung)},
            lifter=LIFTER,
        )[0]
        for rung in (0, 1, 2, 9)
    ]

    assert [(one.exercise, one.name) for one in names] == [
        (DIP, "Assisted dip"),
        (None, "Negative dip"),
        (PULL_UP, "Dip"),
        (PULL_UP, "Dip"),
    ]


def test_sets_come_from_words_where_there_are_no_schemes():
    plan = plan_of(
        PlannedExercise(exercise=BENCH, name="Bench press", sets=3, reps="5+", track="bench")
    )

    targets = [one.target for one in sets_of(plan, state=TrackState(load_kg=60))]

    assert [(target.set_type, target.reps_min, target.reps_max) for target in targets] == [
        ("normal", 5, 5),
        ("normal", 5, 5),
        ("amrap", 5, None),
    ]
    assert [target.load_kg for target in targets] == [60, 60, 60]


def test_an_exercise_outside_the_catalogue_is_loaded_in_half_kilograms():
    plan = plan_of(
        PlannedExercise(name="Sandbag", track="bench", planned_sets=[fives()], start_load_kg=33.3)
    )

    assert loads_of(plan) == [33.5]


def test_a_track_begins_with_what_its_exercises_and_the_maxima_say():
    plan = plan_of(
        bench(fives(), start_percent_1rm=75),
        bench(fives(), progression=Linear()),
        bench(fives(), track="wave", progression=PercentWave(training_max_percent=90)),
        bench(fives(), track="fixed", start_load_kg=50, start_percent_1rm=75),
        bench(fives(), track="sets", progression=SetsFirst(sets_min=2), start_load_kg=40),
        bench(fives(), track="capped", progression=Linear(max_load_kg=60), start_load_kg=80),
        PlannedExercise(exercise=DIP, track="dip", planned_sets=[fives()], start_percent_1rm=50),
    )

    states = starting_states(plan=plan, lifter=LIFTER)

    assert states == {
        "bench": TrackState(load_kg=105),
        "wave": TrackState(training_max_kg=126),
        "fixed": TrackState(load_kg=50),
        "sets": TrackState(load_kg=40, sets_target=2),
        "capped": TrackState(load_kg=60),
        "dip": TrackState(),
    }


def test_a_training_max_that_the_person_chose_comes_first():
    plan = plan_of(bench(fives(), progression=PercentWave()))
    lifter = Lifter(
        inventory=LIFTER.inventory, one_rm_kg={BENCH: 140}, training_max_kg={BENCH: 120}
    )

    assert starting_states(plan=plan, lifter=lifter)["bench"].training_max_kg == 120


@pytest.mark.parametrize(
    ("percents", "loads_kg"),
    [
        ((65, 75, 85), [82.5, 95, 107.5]),
        ((70, 80, 90), [87.5, 100, 112.5]),
        ((75, 85, 95), [95, 107.5, 120]),
        ((40, 50, 60), [50, 62.5, 75]),
    ],
)
def test_a_wave_begins_at_nine_tenths_of_the_one_repetition_maximum(percents, loads_kg):
    schemes = [fives(load_type="percent_tm", load_value=percent) for percent in percents]

    assert loads_of(plan_of(bench(*schemes, progression=PercentWave()))) == loads_kg


LOAD_TYPES = st.sampled_from(
    [
        *("working", "absolute", "percent_1rm", "percent_tm", "percent_of_first"),
        *("percent_of_previous", "bodyweight", "assisted", "open"),
    ]
)
LOADS = st.one_of(
    st.fixed_dictionaries({"load_type": LOAD_TYPES, "load_value": st.integers(1, 150)}),
    st.fixed_dictionaries({"load_type": st.just("rep_max"), "load_value": st.integers(1, 16)}),
)
SCHEMES = st.lists(
    st.builds(
        lambda load, **fields: SetScheme(**load, **fields),
        load=LOADS,
        set_type=st.sampled_from(["warm_up", "normal", "drop", "failure", "amrap"]),
        count=st.integers(1, 4),
        week=st.none() | st.integers(1, 2),
        reps_min=st.none() | st.integers(1, 30),
    ),
    min_size=1,
    max_size=6,
)


@given(
    schemes=SCHEMES,
    load_kg=st.none() | st.floats(0, 500),
    training_max_kg=st.none() | st.floats(1, 500),
    week=st.integers(1, 2),
)
@settings(deadline=None)
def test_every_set_of_the_week_is_prescribed_with_a_load_or_none(
    schemes, load_kg, training_max_kg, week
):
    plan = plan_of(bench(*schemes), cycle_weeks=2)
    state = TrackState(load_kg=load_kg, training_max_kg=training_max_kg)

    sets = sets_of(plan, state=state, week=week)

    due = [scheme for scheme in schemes if scheme.week in {None, week}]
    assert len(sets) == sum(scheme.count for scheme in due)
    assert all(one.target.load_kg is None or one.target.load_kg >= 0 for one in sets)
    assert all(one.why for one in sets)
    barbell = [one for one in sets if one.plates_kg is not None]
    assert all(one.target.load_kg is not None for one in barbell)
