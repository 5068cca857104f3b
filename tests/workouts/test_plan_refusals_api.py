"""Plans that are refused: everything wrong is named with its path, and nothing is stored."""

import json

import pytest

from tests.factories.workouts import (
    CustomExerciseFactory,
    DayBodyFactory,
    ExerciseFactory,
    PlanBodyFactory,
    PlanFactory,
    PlannedExerciseBodyFactory,
)
from users.ids import uuid7
from workouts.models import PlannedExercise, PlannedSet, PlanVersion, WorkoutDay, WorkoutPlan

URL = "/api/v1/plans/"
PLAN_TABLES = (WorkoutPlan, WorkoutDay, PlannedExercise, PlannedSet, PlanVersion)
pytestmark = pytest.mark.django_db


def with_exercises(*exercises, **changes):
    return PlanBodyFactory(days__0__exercises=list(exercises), **changes)


def with_scheme(**scheme):
    return with_exercises({"name": "Squat", "planned_sets": [{"reps_min": 5, **scheme}]})


def with_rule(**rule):
    return with_exercises(PlannedExerciseBodyFactory(progression=rule))


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in PLAN_TABLES)


def test_an_exercise_that_is_not_there_is_named_with_its_place(api):
    squat = ExerciseFactory()
    body = PlanBodyFactory(
        days=[
            DayBodyFactory(day_number=2),
            DayBodyFactory(
                day_number=1,
                exercises=[
                    PlannedExerciseBodyFactory(exercise=str(squat.pk)),
                    PlannedExerciseBodyFactory(exercise=str(uuid7())),
                ],
            ),
        ]
    )

    response = api.post(URL, body)

    assert response.status_code == 400
    assert errors_of(response) == [("days.1.exercises.1.exercise", "does_not_exist")]
    assert counts() == (0, 0, 0, 0, 0)


def test_anothers_custom_exercise_does_not_exist_nor_on_a_rung(api, ben):
    secret = str(CustomExerciseFactory(created_by=ben, name="Secret lift").pk)
    rungs = [{"name": "Wall push-up"}, {"name": "Push-up", "exercise": secret}]

    itself = api.post(URL, with_exercises(PlannedExerciseBodyFactory(exercise=secret)))
    on_a_rung = api.post(URL, with_rule(kind="variation_ladder", rungs=rungs))

    path = "days.0.exercises.0"
    assert errors_of(itself) == [(f"{path}.exercise", "does_not_exist")]
    assert errors_of(on_a_rung) == [(f"{path}.progression.rungs.1.exercise", "does_not_exist")]
    assert "Secret" not in f"{itself.content}{on_a_rung.content}"
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("reps", "message"),
    [
        ("12-8", "Reps go from the fewest to the most, such as 8-12."),
        ("12 to 8 reps", "Reps go from the fewest to the most, such as 8-12."),
        ("0", "Reps are from 1 to 200."),
        ("-5", "Reps are from 1 to 200."),
        ("99999", "Reps are from 1 to 200."),
    ],
)
def test_reps_that_nobody_can_do_are_refused(api, reps, message):
    response = api.post(URL, with_exercises({"name": "Squat", "sets": 3, "reps": reps}))

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"code": "invalid", "detail": message, "attr": "days.0.exercises.0.reps"}
    ]
    assert counts() == (0, 0, 0, 0, 0)


def test_words_that_are_not_understood_are_stored_and_warned_of(api):
    plan = api.post(URL, with_exercises({"name": "Squat", "sets": 3, "reps": "abc"})).json()

    found = api.get(f"{URL}{plan['id']}/findings/").json()

    assert found["is_valid"] is True
    assert ("text_not_understood", "days.0.exercises.0.reps") in [
        (one["code"], one["path"]) for one in found["findings"]
    ]


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({}, "name", "required"),
        (PlanBodyFactory(name=" "), "name", "invalid"),
        (PlanBodyFactory(name="x" * 101), "name", "invalid"),
        (PlanBodyFactory(name=5), "name", "invalid"),
        (PlanBodyFactory(goal="  "), "goal", "invalid"),
        (PlanBodyFactory(goal="x" * 51), "goal", "invalid"),
        (PlanBodyFactory(description="x" * 4001), "description", "invalid"),
        (PlanBodyFactory(description=None), "description", "invalid"),
        (PlanBodyFactory(days_per_week=0), "days_per_week", "invalid"),
        (PlanBodyFactory(days_per_week=8), "days_per_week", "invalid"),
        (PlanBodyFactory(days_per_week=True), "days_per_week", "invalid"),
        (PlanBodyFactory(days_per_week=3.0), "days_per_week", "invalid"),
        (PlanBodyFactory(days_per_week="3"), "days_per_week", "invalid"),
        (PlanBodyFactory(duration_weeks=53), "duration_weeks", "invalid"),
        (PlanBodyFactory(duration_weeks=10**30), "duration_weeks", "invalid"),
        (PlanBodyFactory(fitness_level="god"), "fitness_level", "invalid"),
        (PlanBodyFactory(cycle_weeks=0), "cycle_weeks", "invalid"),
        (PlanBodyFactory(deload=[]), "deload", "invalid"),
        (PlanBodyFactory(deload={"weeks": []}), "deload.weeks", "invalid"),
        (PlanBodyFactory(deload={"weeks": [0]}), "deload.weeks.0", "invalid"),
        (PlanBodyFactory(deload={"weeks": [1], "x": 1}), "deload.x", "unknown_field"),
        (PlanBodyFactory(is_public="yes"), "is_public", "invalid"),
        (PlanBodyFactory(id="x"), "id", "invalid"),
        (PlanBodyFactory(id=5), "id", "invalid"),
        (PlanBodyFactory(days={}), "days", "invalid"),
        (PlanBodyFactory(days=[5]), "days.0", "invalid"),
        (PlanBodyFactory(days=[DayBodyFactory(day_number=0)]), "days.0.day_number", "invalid"),
        (PlanBodyFactory(days=[DayBodyFactory(day_number=8)]), "days.0.day_number", "invalid"),
        (PlanBodyFactory(days=[DayBodyFactory(day_number=1)] * 2), "days", "invalid"),
        (PlanBodyFactory(days=[DayBodyFactory(focus="")]), "days.0.focus", "invalid"),
        (PlanBodyFactory(days=[DayBodyFactory()] * 8), "days", "invalid"),
        (with_exercises({"sets": 3, "reps": "5"}), "days.0.exercises.0", "invalid"),
        (with_exercises({"name": "Squat"}), "days.0.exercises.0", "invalid"),
        (with_exercises({"name": "Squat", "sets": 3}), "days.0.exercises.0", "invalid"),
        (
            with_exercises(*[PlannedExerciseBodyFactory(sets=1)] * 31),
            "days.0.exercises",
            "invalid",
        ),
        (with_exercises(*[PlannedExerciseBodyFactory(sets=11)] * 10), "days.0", "invalid"),
        (
            with_exercises({"name": "x", "planned_sets": [{}] * 61}),
            "days.0.exercises.0.planned_sets",
            "invalid",
        ),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(api, body, attr, code):
    response = api.post(URL, body)

    assert response.status_code == 400
    assert (attr, code) in errors_of(response)
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exercise", "x"),
        ("exercise", 5),
        ("name", " "),
        ("sets", 0),
        ("sets", 21),
        ("sets", True),
        ("reps", " "),
        ("reps", "x" * 51),
        ("reps", 5),
        ("rest_seconds", -1),
        ("rest_seconds", 3601),
        ("order", 0),
        ("order", 1001),
        ("notes", "x" * 4001),
        ("superset", 0),
        ("tempo", "fast"),
        ("tempo", "٣-0-1-0"),
        ("unilateral", 1),
        ("track", "Squat!"),
        ("track", "x" * 41),
        ("start_load_kg", -1),
        ("start_load_kg", 2001),
        ("start_load_kg", "100"),
        ("start_percent_1rm", 0),
        ("start_percent_1rm", 151),
        ("progression", {"kind": "magic"}),
        ("progression", {}),
        ("progression", "linear"),
        ("planned_sets", None),
    ],
)
def test_a_planned_exercise_out_of_range_is_named_with_its_place(api, field, value):
    good, bad = PlannedExerciseBodyFactory(), PlannedExerciseBodyFactory(**{field: value})

    response = api.post(URL, with_exercises(good, bad))

    assert (response.status_code, errors_of(response)) == (
        400,
        [(f"days.0.exercises.1.{field}", "invalid")],
    )
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("scheme", "field"),
    [
        ({"set_type": "giant"}, ".set_type"),
        ({"count": 0}, ".count"),
        ({"count": 21}, ".count"),
        ({"count": True}, ".count"),
        ({"week": 53}, ".week"),
        ({"reps_min": 0}, ".reps_min"),
        ({"reps_max": 201}, ".reps_max"),
        ({"duration_seconds": 86_401}, ".duration_seconds"),
        ({"distance_km": 0}, ".distance_km"),
        ({"load_type": "heavy"}, ".load_type"),
        ({"load_value": 2000.5}, ".load_value"),
        ({"load_value": True}, ".load_value"),
        ({"rpe": 8.25}, ".rpe"),
        ({"rpe": 0.5}, ".rpe"),
        ({"rir": 10.5}, ".rir"),
        ({"rest_seconds": 3601}, ".rest_seconds"),
        ({"tempo": "3-0-1"}, ".tempo"),
        ({"reps_min": 8, "reps_max": 5}, ""),
        ({"reps_min": None, "reps_max": 5}, ""),
        ({"load_type": "percent_tm"}, ""),
        ({"load_type": "percent_tm", "load_value": 151}, ""),
        ({"load_type": "working", "load_value": 0}, ""),
        ({"load_type": "absolute"}, ""),
        ({"load_type": "rpe"}, ""),
    ],
)
def test_a_set_scheme_out_of_range_is_named_with_its_place(api, scheme, field):
    response = api.post(URL, with_scheme(**scheme))

    assert (response.status_code, errors_of(response)) == (
        400,
        [(f"days.0.exercises.0.planned_sets.0{field}", "invalid")],
    )
    assert counts() == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"kind": "linear", "increment_kg": 0}, ".increment_kg"),
        ({"kind": "linear", "decrease_percent": 100}, ".decrease_percent"),
        ({"kind": "double", "reps_min": 8, "reps_max": 8}, ""),
        ({"kind": "stages", "stages": [{"sets": 3, "reps": 0}]}, ".stages.0.reps"),
        ({"kind": "amrap_tiers", "tiers": []}, ".tiers"),
        ({"kind": "rpe", "target_rpe": 7.3}, ".target_rpe"),
        ({"kind": "variation_ladder", "rungs": [{"name": ""}]}, ".rungs.0.name"),
    ],
)
def test_a_rule_that_cannot_be_is_named_with_its_place(api, rule, field):
    response = api.post(URL, with_rule(**rule))

    assert (response.status_code, errors_of(response)) == (
        400,
        [(f"days.0.exercises.0.progression{field}", "invalid")],
    )


def test_a_rules_own_fields_are_checked_for_strangers_too(api):
    response = api.post(URL, with_rule(kind="linear", reps_min=8))

    assert errors_of(response) == [("days.0.exercises.0.progression.reps_min", "unknown_field")]


@pytest.mark.parametrize("part", ["day", "exercise", "set"])
def test_an_id_stands_for_one_part(api, part):
    same = {"id": str(uuid7())}
    schemes = [{"reps_min": 5, **(same if part == "set" else {})}] * 2
    one = {"name": "Squat", "planned_sets": schemes, **(same if part == "exercise" else {})}
    both = DayBodyFactory(day_number=1, exercises=[one, one])
    days = [both | same, DayBodyFactory(day_number=2) | same] if part == "day" else [both]

    response = api.post(URL, PlanBodyFactory(days=days))

    assert (response.status_code, errors_of(response)) == (400, [("days", "invalid")])


def test_an_id_of_a_part_that_is_taken_says_so(api, ben):
    taken = WorkoutDay.objects.get(plan=PlanFactory(user=ben))
    days = [DayBodyFactory(day_number=1, id=str(taken.pk))]

    response = api.post(URL, PlanBodyFactory(days=days))

    assert (response.status_code, errors_of(response)) == (409, [(None, "id_taken")])
    assert counts() == (1, 1, 1, 1, 1)


def test_a_plan_has_at_most_3000_set_schemes(api):
    each_week = [{"week": n % 52 + 1, "reps_min": 5} for n in range(60)]
    lift = {"name": "Squat", "planned_sets": each_week}
    days = [
        DayBodyFactory(day_number=1, exercises=[lift] * 30),
        DayBodyFactory(day_number=2, exercises=[lift] * 20),
    ]

    most = api.post(URL, PlanBodyFactory(days=days, cycle_weeks=52))
    too_many = api.post(URL, PlanBodyFactory(days=[*days, DayBodyFactory(day_number=3)]))

    assert (most.status_code, too_many.status_code) == (201, 400)
    assert errors_of(too_many) == [("days", "invalid")]


def test_at_most_100_errors_are_told(api):
    response = api.post(URL, PlanBodyFactory(**{f"field{n}": n for n in range(300)}))

    assert (response.status_code, len(response.json()["errors"])) == (400, 100)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"name": "\\ud800"}', "application/json", 400),
        ('{"name": "a\\u0000b"}', "application/json", 400),
        ('{"a\\u0000b": 1}', "application/json", 400),
        ('{"days_per_week": NaN}', "application/json", 400),
        ('{"days_per_week": 1e400}', "application/json", 400),
        ("[" * 100_000 + "]" * 100_000, "application/json", 400),
        ('{"a":' * 40 + "1" + "}" * 40, "application/json", 400),
        ("[]", "application/json", 400),
        ('"text"', "application/json", 400),
        ("5", "application/json", 400),
        ("null", "application/json", 400),
        ("name=x", "application/x-www-form-urlencoded", 415),
        ('{"name": "' + "x" * 1_048_576 + '"}', "application/json", 413),
    ],
)
@pytest.mark.parametrize("path", ["", "validate/"])
def test_no_body_gives_a_500(api, path, body, kind, status):
    response = api.generic("POST", f"{URL}{path}", body, content_type=kind)

    assert response.status_code == status
    assert response.json()["errors"]
    assert counts() == (0, 0, 0, 0, 0)


def test_a_number_that_is_none_is_refused_wherever_it_stands(api):
    text = json.dumps(with_scheme(load_type="absolute", load_value=1234.5))

    answers = [
        api.generic("POST", URL, text.replace("1234.5", value), "application/json").status_code
        for value in ("1e400", "NaN", "-Infinity", "1" * 400, "-0.5", "1e3")
    ]

    assert answers == [400, 400, 400, 400, 400, 201]
