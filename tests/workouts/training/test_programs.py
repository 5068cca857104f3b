"""The programs we ship: they are sound, and they are what they are called."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest

from workouts.training.document import Plan
from workouts.training.findings import Knowledge, findings
from workouts.training.loads import Inventory
from workouts.training.prescription import Lifter, prescribe
from workouts.training.progression import shape
from workouts.training.state import TrackState, last_number, place_of
from workouts.training.text import text_of
from workouts.training.volume import LANDMARKS

CATALOGUE = Path(__file__).resolve().parents[3] / "workouts" / "catalogue"
EXERCISES = {row["slug"]: row for row in json.loads((CATALOGUE / "exercises.json").read_bytes())}
FILES = sorted((CATALOGUE / "programs").glob("*.json"))
KNOWN = Knowledge(
    muscle_shares={
        uuid5(NAMESPACE_URL, slug): {share["muscle"]: share["share"] for share in row["muscles"]}
        for slug, row in EXERCISES.items()
        if not row["is_cardio"]
    },
    landmarks=LANDMARKS,
)


def id_of(slug: str) -> UUID:
    return uuid5(NAMESPACE_URL, slug)


def resolved(value):
    """The same with ids and names of exercises in place of their slugs."""
    if isinstance(value, list):
        return [resolved(each) for each in value]
    if not isinstance(value, dict):
        return value
    value = {name: resolved(each) for name, each in value.items()}
    if "exercise" in value:
        row = EXERCISES[value["exercise"]]
        return {**value, "exercise": str(id_of(row["slug"])), "name": row["name"]}
    return value


def program(slug: str) -> Plan:
    document = json.loads((CATALOGUE / "programs" / f"{slug}.json").read_bytes())
    assert document.pop("slug") == slug
    plan = resolved(document)
    for i, day in enumerate(plan["days"]):
        for j, planned in enumerate(day["exercises"]):
            planned["id"] = str(uuid5(NAMESPACE_URL, f"{slug}/{i}/{j}"))
    return Plan.model_validate(plan)


def planned(plan: Plan, day: int, exercise: int):
    return plan.days[day - 1].exercises[exercise - 1]


def every(plan: Plan):
    return [planned for day in plan.days for planned in day.exercises]


@pytest.fixture(params=[path.stem for path in FILES])
def plan(request) -> Plan:
    return program(request.param)


def test_there_are_fourteen_programs():
    slugs = [path.stem for path in FILES]

    assert slugs == [
        "bodyweight-basics",
        "five-by-five",
        "five-three-one-boring-but-big",
        "five-three-one-full-body",
        "full-body-dumbbells",
        "greyskull-lp",
        "gzclp",
        "madcow-five-by-five",
        "novice-three-by-five",
        "push-pull-legs",
        "rpe-powerlifting-block",
        "texas-method",
        "upper-lower",
        "zero-to-five-km",
    ]


def test_a_program_has_only_hints_to_give(plan: Plan):
    found = findings(plan, known=KNOWN)

    assert [finding for finding in found if finding.severity != "hint"] == []


def test_a_program_says_whose_idea_it_is(plan: Plan):
    last_sentence = plan.description.rsplit(". ", 1)[-1]

    assert last_sentence.startswith("After the ")


def test_a_program_has_a_day_for_each_session_of_the_week_or_alternates_two(plan: Plan):
    assert len(plan.days) in {2, plan.days_per_week}


def test_no_session_of_a_program_is_empty(plan: Plan):
    lifter = Lifter(inventory=Inventory(), one_rm_kg=dict.fromkeys(KNOWN.muscle_shares, 100.0))

    sessions = [
        prescribe(plan=plan, place=place_of(plan, number), states={}, lifter=lifter)
        for number in range(1, last_number(plan) + 1)
    ]

    assert all(any(exercise.sets for exercise in session) for session in sessions)


def test_the_waves_of_five_three_one():
    plan = program("five-three-one-boring-but-big")

    for day in plan.days:
        main, volume = day.exercises[:2]
        waves = {
            week: [
                (scheme.load_value, text_of([scheme])[1])
                for scheme in main.planned_sets
                if scheme.is_work and scheme.week == week
            ]
            for week in (1, 2, 3, 4)
        }
        assert {scheme.load_type for scheme in main.planned_sets} == {"percent_tm"}
        assert waves == {
            1: [(65, "5"), (75, "5"), (85, "5+")],
            2: [(70, "3"), (80, "3"), (90, "3+")],
            3: [(75, "5"), (85, "3"), (95, "1+")],
            4: [(40, "5"), (50, "5"), (60, "5")],
        }
        assert text_of(volume.planned_sets) == (5, "10")
        assert [scheme.load_value for scheme in volume.planned_sets] == [50]
        assert volume.track == main.track


def test_the_training_max_of_five_three_one_rises_by_the_lift():
    plan = program("five-three-one-boring-but-big")
    rules = {day.exercises[0].track: day.exercises[0].progression for day in plan.days}

    rises = {track: rule.increment_kg for track, rule in rules.items()}

    assert rises == {"press": 2.5, "bench-press": 2.5, "squat": 5, "deadlift": 5}
    assert {rule.kind for rule in rules.values()} == {"percent_wave"}
    assert {rule.training_max_percent for rule in rules.values()} == {90}


@pytest.mark.parametrize(
    ("week", "loads"),
    [
        (1, [82.5, 95, 107.5]),
        (2, [87.5, 100, 112.5]),
        (3, [95, 107.5, 120]),
        (4, [50, 62.5, 75]),
    ],
)
def test_a_squat_of_140_kg_makes_the_published_loads_of_five_three_one(week, loads):
    plan = program("five-three-one-boring-but-big")
    squat = id_of("barbell-back-squat")
    lifter = Lifter(inventory=Inventory(), one_rm_kg={squat: 140}, equipment={squat: ("barbell",)})

    place = place_of(plan, 4 * week)
    main, volume, _ = prescribe(plan=plan, place=place, states={}, lifter=lifter)

    work = [one.target for one in main.sets if one.target.is_work]
    assert [target.load_kg for target in work] == loads
    assert [one.target.load_kg for one in volume.sets] == [62.5] * (3 if week == 4 else 5)


def test_the_tiers_of_gzclp():
    plan = program("gzclp")

    first, second, third = (planned(plan, 1, place).progression for place in (1, 2, 3))

    assert [(stage.sets, stage.reps) for stage in first.stages] == [(5, 3), (6, 2), (10, 1)]
    assert [(stage.sets, stage.reps) for stage in second.stages] == [(3, 10), (3, 8), (3, 6)]
    assert (first.last_set_amrap, second.last_set_amrap) == (True, False)
    assert (first.increment_kg, second.increment_kg) == (5, 2.5)
    assert (first.restart_percent, second.restart_percent) == (85, 85)
    assert [(tier.reps_from, tier.increment_kg) for tier in third.tiers] == [(25, 2.5)]
    assert text_of(planned(plan, 1, 3).planned_sets) == (3, "15+")


@pytest.mark.parametrize(("stage", "text"), [(0, (5, "3+")), (1, (6, "2+")), (2, (10, "1+"))])
def test_the_stages_of_gzclp_as_they_are_done(stage, text):
    squat = planned(program("gzclp"), 1, 1)

    schemes = shape(squat.progression, TrackState(stage=stage), squat.planned_sets)

    assert text_of(schemes) == text


def test_five_by_five_shares_the_squat_and_pulls_one_heavy_set():
    plan = program("five-by-five")

    lifts = {
        (day.day_number, planned.track or planned.name): (
            text_of(planned.planned_sets),
            planned.progression.increment_kg,
            planned.start_load_kg,
        )
        for day in plan.days
        for planned in day.exercises
    }

    assert lifts == {
        (1, "squat"): ((5, "5"), 2.5, 20),
        (1, "Barbell Bench Press"): ((5, "5"), 2.5, 20),
        (1, "Pendlay Row"): ((5, "5"), 2.5, 30),
        (2, "squat"): ((5, "5"), 2.5, 20),
        (2, "Barbell Overhead Press"): ((5, "5"), 2.5, 20),
        (2, "Barbell Deadlift"): ((1, "5"), 5, 40),
    }
    rules = {(one.progression.failures, one.progression.decrease_percent) for one in every(plan)}
    assert rules == {(3, 10)}


def test_ten_reps_double_the_step_of_greyskull():
    plan = program("greyskull-lp")

    steps = {
        planned.name: [(tier.reps_from, tier.increment_kg) for tier in planned.progression.tiers]
        for planned in every(plan)
    }

    small, big = [(5, 1.25), (10, 2.5)], [(5, 2.5), (10, 5)]
    assert steps == {
        "Barbell Overhead Press": small,
        "Chin-Up": small,
        "Barbell Back Squat": big,
        "Barbell Bench Press": small,
        "Barbell Bent-Over Row": small,
        "Barbell Deadlift": big,
    }
    assert text_of(planned(plan, 1, 1).planned_sets) == (3, "5+")
    assert text_of(planned(plan, 2, 3).planned_sets) == (1, "5+")


def test_the_days_of_the_texas_method_share_one_load():
    plan = program("texas-method")

    squats = [planned(plan, day, 1) for day in (1, 2, 3)]

    work = [scheme for squat in squats for scheme in squat.planned_sets if scheme.is_work]
    assert [(scheme.count, scheme.load_value) for scheme in work] == [(5, 90), (2, 72), (1, None)]
    assert [squat.track for squat in squats] == ["squat"] * 3
    assert [squat.progression and squat.progression.kind for squat in squats] == [
        None,
        None,
        "linear",
    ]


def test_the_presses_of_the_texas_method_change_places_every_week():
    plan = program("texas-method")

    weeks = [
        {
            planned.name.split()[1]: text_of(in_week)
            for planned in day.exercises[1:3]
            if (in_week := [scheme for scheme in planned.planned_sets if scheme.week == week])
        }
        for week in (1, 2)
        for day in plan.days
    ]

    assert weeks == [
        {"Bench": (5, "5")},
        {"Overhead": (3, "5")},
        {"Bench": (1, "5")},
        {"Overhead": (5, "5")},
        {"Bench": (3, "5")},
        {"Overhead": (1, "5")},
    ]


def test_madcow_climbs_by_an_eighth_and_tries_more_on_friday():
    plan = program("madcow-five-by-five")

    monday, wednesday, friday = (
        [
            (scheme.load_value, scheme.reps_min)
            for scheme in planned(plan, day, 1).planned_sets
            for _ in range(scheme.count)
        ]
        for day in (1, 2, 3)
    )

    assert monday == [(50, 5), (62.5, 5), (75, 5), (87.5, 5), (100, 5)]
    assert wednesday == [(50, 5), (62.5, 5), (75, 5), (75, 5)]
    assert friday == [(50, 5), (62.5, 5), (75, 5), (87.5, 5), (102.5, 3), (75, 8)]


def test_the_back_off_sets_of_the_block_follow_from_its_top_set():
    plan = program("rpe-powerlifting-block")

    squat = planned(plan, 1, 1)

    top, back_off = (scheme for scheme in squat.planned_sets if scheme.is_work)
    assert (top.count, top.reps_min, top.rpe) == (1, 5, 8)
    assert (back_off.count, back_off.reps_min) == (4, 5)
    assert (back_off.load_type, back_off.load_value) == ("percent_of_first", 90)
    assert (squat.progression.target_reps, squat.progression.target_rpe) == (5, 8)
    assert (plan.cycle_weeks, plan.deload.weeks) == (4, [4])


def test_the_body_weight_ladders_go_from_five_to_eight_reps_in_pairs():
    day = program("bodyweight-basics").days[0]

    ladders = [planned for planned in day.exercises if planned.progression is not None]

    assert [ladder.superset for ladder in ladders] == [1, 1, 2, 2, 3, 3]
    assert {(one.progression.reps_min, one.progression.reps_max) for one in ladders} == {(5, 8)}
    assert [rung.name for rung in ladders[5].progression.rungs] == [
        "Incline Push-Up",
        "Push-Up",
        "Diamond Push-Up",
        "Pseudo Planche Push-Up",
    ]


def test_the_first_run_has_eight_minutes_and_the_last_thirty():
    plan = program("zero-to-five-km")

    minutes = {
        week: [
            sum(
                scheme.count * scheme.duration_seconds / 60
                for scheme in day.exercises[0].planned_sets
                if scheme.week == week
            )
            for day in plan.days
        ]
        for week in range(1, 10)
    }

    assert minutes == {
        1: [8, 8, 8],
        2: [9, 9, 9],
        3: [9, 9, 9],
        4: [16, 16, 16],
        5: [15, 16, 20],
        6: [18, 20, 25],
        7: [25, 25, 25],
        8: [28, 28, 28],
        9: [30, 30, 30],
    }
