"""Plans made of a wish."""

import json
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from workouts.training.document import Plan
from workouts.training.findings import Knowledge, findings
from workouts.training.generation import CatalogueExercise, NothingFits, Wish, generate
from workouts.training.generation_slots import (
    BODY_ON_A_BAR,
    CANDIDATES,
    HEAVY,
    LADDERS,
    ONE_SIDED,
    SPLITS,
    TIMED,
    WEEKLY_SETS,
    WEIGHTED_BODY,
)
from workouts.training.text import text_of
from workouts.training.volume import LANDMARKS, minutes_of, weekly_sets

FILE = Path(__file__).resolve().parents[3] / "workouts" / "catalogue" / "exercises.json"
ROWS = json.loads(FILE.read_bytes())
CATALOGUE = [
    CatalogueExercise(
        id=uuid5(NAMESPACE_URL, row["slug"]),
        slug=row["slug"],
        name=row["name"],
        equipment=frozenset(row["equipment"]),
        difficulty=row["difficulty_level"],
        muscles={share["muscle"]: share["share"] for share in row["muscles"]},
    )
    for row in ROWS
]
BY_ID: dict[UUID | None, CatalogueExercise] = {each.id: each for each in CATALOGUE}
EVERYTHING = sorted({thing for row in ROWS for thing in row["equipment"]})
CARDIO = {row["slug"] for row in ROWS if row["is_cardio"]}
SHARES = {each.id: each.muscles for each in CATALOGUE if each.slug not in CARDIO}
HARDEST = {"beginner": 3, "intermediate": 4, "advanced": 5}

WISHES = st.builds(
    Wish,
    goal=st.sampled_from(["strength", "muscle_gain", "weight_loss", "endurance"]),
    days_per_week=st.integers(1, 7),
    fitness_level=st.sampled_from(["beginner", "intermediate", "advanced"]),
    equipment=st.lists(st.sampled_from(EVERYTHING), max_size=31, unique=True),
    session_minutes=st.integers(15, 180),
    duration_weeks=st.integers(1, 52),
)


def wish(**fields):
    return Wish(
        **{
            "goal": "strength",
            "days_per_week": 3,
            "fitness_level": "beginner",
            "equipment": EVERYTHING,
            "session_minutes": 60,
            **fields,
        }
    )


def made(**fields) -> Plan:
    return generate(wish(**fields), CATALOGUE)


def every(plan):
    return [planned for day in plan.days for planned in day.exercises]


def used(plan):
    """The exercises of the plan, and those that they may grow into."""
    ids = {planned.exercise for planned in every(plan)}
    rungs = {
        rung.exercise
        for planned in every(plan)
        if planned.progression and planned.progression.kind == "variation_ladder"
        for rung in planned.progression.rungs
    }
    return [BY_ID[each] for each in ids | rungs]


def names(day):
    return [planned.name for planned in day.exercises]


@given(WISHES)
def test_a_plan_is_a_valid_document_with_nothing_wrong(wish):
    plan = generate(wish, CATALOGUE)

    assert Plan.model_validate(plan.model_dump(mode="json")) == plan
    known = Knowledge(
        equipment={each.id: tuple(each.equipment) for each in CATALOGUE},
        available=frozenset(wish.equipment),
        muscle_shares=SHARES,
        landmarks=LANDMARKS,
    )
    found = findings(plan, known=known)
    assert {finding.code for finding in found if finding.severity != "hint"} <= {"long_session"}


@given(WISHES)
def test_a_plan_keeps_to_the_days_the_weeks_and_the_level(wish):
    plan = generate(wish, CATALOGUE)

    assert [day.day_number for day in plan.days] == list(range(1, wish.days_per_week + 1))
    assert plan.days_per_week == wish.days_per_week
    assert plan.duration_weeks == wish.duration_weeks
    assert (plan.goal, plan.fitness_level) == (wish.goal, wish.fitness_level)


@given(WISHES)
def test_a_session_keeps_to_its_time(wish):
    plan = generate(wish, CATALOGUE)

    for day in plan.days:
        assert 0 < minutes_of(plan, day, 1) <= wish.session_minutes


@given(WISHES)
def test_a_plan_keeps_to_the_equipment(wish):
    plan = generate(wish, CATALOGUE)

    needed = {thing for exercise in used(plan) for thing in exercise.equipment}
    assert needed <= set(wish.equipment)


@given(WISHES)
def test_no_exercise_is_too_hard_or_comes_twice_in_a_day(wish):
    plan = generate(wish, CATALOGUE)

    for day in plan.days:
        exercises = [planned.exercise for planned in day.exercises]
        assert exercises
        assert len(set(exercises)) == len(exercises)
        hardest = max(BY_ID[exercise].difficulty for exercise in exercises)
        assert hardest <= HARDEST[wish.fitness_level]


@given(WISHES)
def test_the_same_wish_makes_the_same_plan(wish):
    assert generate(wish, CATALOGUE) == generate(wish, CATALOGUE[::-1])


@given(wish=WISHES, slugs=st.sets(st.sampled_from([each.slug for each in CATALOGUE])))
def test_any_catalogue_makes_a_plan_or_none(wish, slugs):
    catalogue = [exercise for exercise in CATALOGUE if exercise.slug in slugs]
    candidates = {slug for slugs in CANDIDATES.values() for slug in slugs}
    fitting = [
        exercise
        for exercise in catalogue
        if exercise.slug in candidates
        and exercise.equipment <= set(wish.equipment)
        and exercise.difficulty <= HARDEST[wish.fitness_level]
    ]

    if fitting:
        plan = generate(wish, catalogue)
        assert all(day.exercises for day in plan.days)
        assert {planned.exercise for planned in every(plan)} <= {each.id for each in fitting}
    else:
        with pytest.raises(NothingFits):
            generate(wish, catalogue)


@given(WISHES)
def test_a_track_has_one_exercise_and_one_rule(wish):
    plan = generate(wish, CATALOGUE)

    tracks = {}
    for planned in every(plan):
        if planned.track:
            tracks.setdefault(planned.track, []).append((planned.exercise, planned.progression))
    for sharing in tracks.values():
        assert sharing == [sharing[0]] * len(sharing)


def test_three_days_with_dumbbells_only():
    plan = made(goal="muscle_gain", equipment=["dumbbell"])

    assert [names(day) for day in plan.days] == [
        [
            "Goblet Squat",
            "Push-Up",
            "Dumbbell Bent-Over Row",
            "Single-Leg Romanian Deadlift",
            "Pike Push-Up",
            "Plank",
            "Dumbbell Curl",
            "Overhead Dumbbell Triceps Extension",
            "Single-Leg Calf Raise",
        ],
        [
            "Dumbbell Romanian Deadlift",
            "Dumbbell Overhead Press",
            "Dumbbell Lunge",
            "Push-Up",
            "Superman",
            "Reverse Crunch",
            "Dumbbell Lateral Raise",
            "Goblet Squat",
            "Single-Leg Calf Raise",
        ],
        [
            "Jump Squat",
            "Diamond Push-Up",
            "Dumbbell Rear Delt Fly",
            "Single-Leg Romanian Deadlift",
            "Dumbbell Lateral Raise",
            "Side Plank",
            "Dumbbell Triceps Kickback",
            "Hammer Curl",
        ],
    ]
    assert {each.equipment for each in used(plan)} == {frozenset(), frozenset({"dumbbell"})}


def test_three_days_of_strength_for_a_beginner():
    plan = made()

    assert [
        [(planned.name, *text_of(planned.planned_sets)) for planned in day.exercises]
        for day in plan.days
    ] == [
        [
            ("Barbell Back Squat", 3, "5"),
            ("Barbell Bench Press", 3, "5"),
            ("Barbell Bent-Over Row", 4, "5"),
            ("Romanian Deadlift", 3, "6-10"),
            ("Seated Dumbbell Shoulder Press", 3, "6-10"),
        ],
        [
            ("Barbell Deadlift", 3, "5"),
            ("Barbell Overhead Press", 3, "5"),
            ("Lat Pulldown", 3, "5"),
            ("Bulgarian Split Squat", 3, "6-10"),
            ("Dumbbell Bench Press", 3, "6-10"),
        ],
        [
            ("Barbell Back Squat", 3, "5"),
            ("Barbell Bench Press", 3, "5"),
            ("Barbell Bent-Over Row", 4, "5"),
            ("Lying Leg Curl", 3, "6-10"),
            ("Dumbbell Overhead Press", 3, "6-10"),
        ],
    ]


@pytest.mark.parametrize(
    ("days", "focuses"),
    [
        (1, ["Full body A"]),
        (2, ["Full body A", "Full body B"]),
        (3, ["Full body A", "Full body B", "Full body C"]),
        (4, ["Upper body A", "Lower body A", "Upper body B", "Lower body B"]),
        (5, ["Upper body A", "Lower body A", "Push A", "Pull A", "Legs A"]),
        (6, ["Push A", "Pull A", "Legs A", "Push B", "Pull B", "Legs B"]),
        (
            7,
            ["Push A", "Pull A", "Legs A", "Push B", "Pull B", "Legs B", "Easy conditioning"],
        ),
    ],
)
def test_the_number_of_days_chooses_the_split(days, focuses):
    plan = made(days_per_week=days)

    assert [day.focus for day in plan.days] == focuses


@pytest.mark.parametrize(
    ("goal", "level", "rule"),
    [
        ("strength", "beginner", {"kind": "linear", "increment_kg": 5.0}),
        ("strength", "intermediate", {"kind": "double", "reps_min": 4, "reps_max": 6}),
        ("strength", "advanced", {"kind": "rpe", "target_reps": 5, "target_rpe": 8.0}),
        ("muscle_gain", "beginner", {"kind": "double", "reps_min": 8, "reps_max": 12}),
        ("muscle_gain", "advanced", {"kind": "double", "reps_min": 6, "reps_max": 10}),
        ("weight_loss", "advanced", {"kind": "double", "reps_min": 8, "reps_max": 12}),
        ("endurance", "beginner", {"kind": "double", "reps_min": 12, "reps_max": 20}),
    ],
)
def test_goal_and_level_say_how_a_main_lift_progresses(goal, level, rule):
    squat = made(goal=goal, fitness_level=level).days[0].exercises[0]

    assert squat.name == "Barbell Back Squat"
    assert squat.progression.model_dump().items() >= rule.items()


@pytest.mark.parametrize(
    ("level", "reserve"), [("beginner", 3), ("intermediate", 2), ("advanced", 1)]
)
def test_the_level_says_how_many_reps_are_left(level, reserve):
    plan = made(goal="muscle_gain", fitness_level=level)

    work = [scheme for planned in every(plan) for scheme in planned.planned_sets if scheme.is_work]
    assert {scheme.rir for scheme in work if scheme.reps_min} == {reserve}


def test_a_main_lift_of_the_advanced_has_a_target_and_a_start_from_the_curve():
    squat = made(fitness_level="advanced").days[0].exercises[0]

    work = squat.planned_sets[-1]
    assert (work.count, work.reps_min, work.reps_max) == (5, 5, 5)
    assert (work.rpe, work.rir) == (8, None)
    # Five reps with two in reserve take 81.1 % of a maximum.
    assert squat.start_percent_1rm == 81


def test_heavy_bars_are_warmed_up_to_where_there_is_time():
    long, short = (made(session_minutes=minutes).days[0].exercises[0] for minutes in (30, 29))

    assert [
        (scheme.set_type, scheme.load_value, scheme.reps_min) for scheme in long.planned_sets
    ] == [("warm_up", 50, 5), ("warm_up", 75, 3), ("normal", None, 5)]
    assert [scheme.set_type for scheme in short.planned_sets] == ["normal"]


def test_where_no_load_can_be_added_the_exercise_grows():
    plan = made(goal="muscle_gain", equipment=[])

    push_up = plan.days[0].exercises[1]

    assert push_up.name == "Push-Up"
    assert [rung.name for rung in push_up.progression.rungs] == [
        "Push-Up",
        "Diamond Push-Up",
        "Clap Push-Up",
    ]
    assert {scheme.load_type for scheme in push_up.planned_sets} == {"bodyweight"}


def test_main_lifts_of_the_same_name_share_their_progress():
    plan = made()

    shared = [[planned.name for planned in day.exercises if planned.track] for day in plan.days]

    main = ["Barbell Back Squat", "Barbell Bench Press", "Barbell Bent-Over Row"]
    assert shared == [main, [], main]


@pytest.mark.parametrize(
    ("level", "weeks", "cycle", "deload"),
    [
        ("beginner", 8, 1, None),
        ("beginner", 9, 8, [8]),
        ("intermediate", 8, 6, [6]),
        ("advanced", 4, 1, None),
        ("advanced", 5, 4, [4]),
    ],
)
def test_long_plans_have_easy_weeks(level, weeks, cycle, deload):
    plan = made(fitness_level=level, duration_weeks=weeks)

    assert plan.cycle_weeks == cycle
    assert (plan.deload and plan.deload.weeks) == deload


@pytest.mark.parametrize(
    ("goal", "minutes"),
    [("strength", []), ("muscle_gain", []), ("weight_loss", [15, 15]), ("endurance", [20, 20])],
)
def test_some_goals_end_each_session_with_conditioning(goal, minutes):
    plan = made(goal=goal, days_per_week=2)

    conditioning = [
        planned.planned_sets[0].duration_seconds / 60
        for day in plan.days
        for planned in day.exercises
        if BY_ID[planned.exercise].slug in CARDIO
    ]
    assert conditioning == minutes
    if minutes:
        last = [BY_ID[day.exercises[-1].exercise].slug for day in plan.days]
        assert last == ["rowing-machine-moderate", "stationary-bike"]


def test_a_quarter_of_an_hour_is_enough_for_the_most_important():
    plan = made(days_per_week=1, session_minutes=15, fitness_level="intermediate")

    (squat,) = plan.days[0].exercises

    assert (squat.name, *text_of(squat.planned_sets)) == ("Barbell Back Squat", 3, "4-6")


@pytest.mark.parametrize("goal", ["strength", "muscle_gain"])
@pytest.mark.parametrize("level", ["beginner", "intermediate", "advanced"])
@pytest.mark.parametrize("days", [4, 5, 6, 7])
def test_with_time_and_a_gym_each_muscle_gets_what_it_grows_by(goal, level, days):
    plan = made(goal=goal, fitness_level=level, days_per_week=days, session_minutes=90)

    sets = weekly_sets(plan, SHARES)[1]

    assert list(WEEKLY_SETS["chest"]) == [10, 20]
    outside = {
        muscle: sets.get(muscle, 0)
        for muscle, (least, most) in WEEKLY_SETS.items()
        if not least <= sets.get(muscle, 0) <= most
    }
    assert outside == {}


def test_nothing_fits():
    barbell_only = [exercise for exercise in CATALOGUE if "barbell" in exercise.equipment]

    with pytest.raises(NothingFits, match="No exercise suits"):
        generate(wish(equipment=["bench"]), barbell_only)


@pytest.mark.parametrize(
    "wrong",
    [
        {"goal": "fame"},
        {"days_per_week": 0},
        {"days_per_week": 8},
        {"days_per_week": "3"},
        {"fitness_level": "expert"},
        {"equipment": ["Barbell"]},
        {"equipment": ["bench"] * 32},
        {"session_minutes": 14},
        {"session_minutes": 181},
        {"duration_weeks": 53},
        {"color": "red"},
    ],
)
def test_a_wish_is_checked(wrong):
    with pytest.raises(ValidationError):
        wish(**wrong)


def test_a_wish_asks_for_eight_weeks_by_itself():
    assert made().duration_weeks == 8


def test_every_exercise_of_the_tables_is_in_the_catalogue():
    slugs = {slug for table in (*CANDIDATES.values(), *LADDERS) for slug in table}
    marked = ONE_SIDED | TIMED | HEAVY | BODY_ON_A_BAR | WEIGHTED_BODY

    assert slugs | marked <= {exercise.slug for exercise in CATALOGUE}
    assert marked <= slugs


def test_every_slot_has_a_movement_with_candidates():
    movements = {slot.movement for split in SPLITS.values() for day in split for slot in day.slots}

    assert movements == set(CANDIDATES)
