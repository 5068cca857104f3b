"""What lifters note of a set beyond reps and weight, and what follows from it."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import client_of
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from users.ids import uuid7
from workouts.formulas import brzycki_one_rm
from workouts.models import Exercise, ExerciseNote, Workout, WorkoutSet

URL = "/api/v1/workouts/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def bench(db) -> Exercise:
    return ExerciseFactory(name="Bench Press")


@pytest.fixture
def pull_up(db) -> Exercise:
    """All of the body is moved."""
    return ExerciseFactory(name="Pull-up", load_type="bodyweight", bodyweight_share=1.0)


@pytest.fixture
def push_up(db) -> Exercise:
    return ExerciseFactory(name="Push-up", load_type="bodyweight", bodyweight_share=0.65)


@pytest.fixture
def machine_pull_up(db) -> Exercise:
    return ExerciseFactory(name="Assisted Pull-up", load_type="assisted", bodyweight_share=1.0)


def weigh(user, kg: float | None) -> None:
    user.profile.body_weight_kg = kg
    user.profile.save(update_fields=["body_weight_kg"])


def body(*sets, **changes):
    return {
        "name": "Push day",
        "date": "2026-03-02",
        "start_time": "18:00:00",
        "sets": list(sets),
        **changes,
    }


def one(exercise, **values):
    return {"exercise": str(exercise.pk), **values}


def log(api, *sets, **changes):
    response = api.post(URL, body(*sets, **changes))
    assert response.status_code == 201, response.content
    return response.json()


def detail(workout) -> str:
    return f"{URL}{workout['id']}/"


def set_url(row) -> str:
    return f"/api/v1/workout-sets/{row['id']}/"


def sets_of(answer) -> list[dict]:
    """In the order in which they were done."""
    rows = {row["id"]: row for group in answer["exercises"] for row in group["sets"]}
    return [rows[pk] for pk in answer["sets"]]


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


ACCEPTED = [
    *[("rpe", value) for value in (1, 6.5, 8, 9.5, 10, None)],
    *[("rir", value) for value in (0, 0.5, 3, 10, None)],
    *[("set_type", value) for value in ("warm_up", "normal", "drop", "failure", "amrap")],
    *[("superset", value) for value in (1, 100, None)],
    *[("rest_seconds", value) for value in (0, 86_400, None)],
    *[("tempo", value) for value in ("3-1-X-0", "10-0-0-12", "X-X-X-X", "")],
    *[("side", value) for value in ("left", "right", "")],
    *[("discomfort", value) for value in (0, 10, None)],
    *[("discomfort_note", value) for value in ("left knee, stabbing", "x" * 200, "")],
    *[("load_type", value) for value in ("external", "bodyweight", "assisted")],
    *[("distance", value) for value in (0.4, None)],
    *[("duration", value) for value in (90, None)],
]
REFUSED = [
    *[("rpe", value) for value in (0.5, 10.5, 8.3, 8.25, "hard", True, "nan")],
    *[("rir", value) for value in (-0.5, 10.5, 2.3, "few")],
    *[("set_type", value) for value in ("warmup", "WARM_UP", "", None, 1)],
    *[("superset", value) for value in (0, 101, 1.5, "a")],
    *[("rest_seconds", value) for value in (-1, 86_401, 1.5)],
    *[("tempo", value) for value in ("3-1-X", "3-1-x-0", "100-1-1-1", "3 1 X 0", "٣-1-X-0", None)],
    *[("side", value) for value in ("both", "LEFT", None)],
    *[("discomfort", value) for value in (-1, 11, 2.5)],
    *[("discomfort_note", value) for value in ("x" * 201, None)],
    *[("load_type", value) for value in ("belt", "", None)],
    *[("planned_exercise_id", value) for value in ("x", 1, True)],
]


class TestFields:
    @pytest.mark.parametrize(("field", "value"), ACCEPTED)
    def test_a_field_is_stored_and_shown_in_every_place(self, api, bench, field, value):
        workout = log(api, one(bench, reps=5, **{field: value}))

        [row] = sets_of(workout)
        stored = WorkoutSet.objects.get()
        assert row[field] == getattr(stored, field) == value
        assert api.get(set_url(row)).json()[field] == value
        assert api.get(f"{detail(workout)}sets/").json()[0][field] == value

    @pytest.mark.parametrize(("field", "value"), ACCEPTED)
    def test_a_field_is_changed_and_added_with_a_single_set(self, api, bench, field, value):
        workout = log(api, one(bench, reps=5))

        changed = api.patch(set_url(sets_of(workout)[0]), {field: value})
        added = api.post(f"{detail(workout)}sets/", one(bench, **{field: value}))

        assert (changed.status_code, added.status_code) == (200, 201)
        assert (changed.json()[field], added.json()[field]) == (value, value)

    def test_what_is_not_said_is_empty(self, api, bench):
        workout = log(api, one(bench))

        [row] = sets_of(workout)
        said = {
            name: row[name]
            for name in (
                *("rpe", "rir", "superset", "rest_seconds", "discomfort", "planned_exercise_id"),
                *("target", "set_type", "load_type", "tempo", "side", "discomfort_note"),
            )
        }
        assert said == {
            **dict.fromkeys(("rpe", "rir", "superset", "rest_seconds", "discomfort", "target")),
            "planned_exercise_id": None,
            "set_type": "normal",
            "load_type": "external",
            **dict.fromkeys(("tempo", "side", "discomfort_note"), ""),
        }

    @pytest.mark.parametrize(("field", "value"), REFUSED)
    def test_what_is_refused_is_named_and_stores_nothing(self, api, bench, field, value):
        response = api.post(URL, body(one(bench), one(bench, **{field: value})))

        assert response.status_code == 400
        assert [attr for attr, _ in errors_of(response)] == [f"sets.1.{field}"]
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (0, 0)

    @pytest.mark.parametrize(
        ("field", "value"), [pair for pair in REFUSED if pair[0] != "planned_exercise_id"]
    )
    def test_a_refused_change_of_a_single_set_changes_nothing(self, api, bench, field, value):
        workout = log(api, one(bench, reps=5))
        before = api.get(detail(workout)).json()

        changed = api.patch(set_url(sets_of(workout)[0]), {"reps": 8, field: value})
        added = api.post(f"{detail(workout)}sets/", one(bench, **{field: value}))

        assert (changed.status_code, added.status_code) == (400, 400)
        assert errors_of(changed)[0][0] == errors_of(added)[0][0] == field
        assert api.get(detail(workout)).json() == before

    def test_steps_that_are_no_halves_say_so(self, api, bench):
        response = api.post(URL, body(one(bench, rpe=8.3)))

        [error] = response.json()["errors"]
        assert error == {
            "code": "half_steps",
            "detail": "Must be in half steps, such as 8.5.",
            "attr": "sets.0.rpe",
        }

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("rpe", 8.25),
            ("rpe", 0.5),
            ("rir", 2.1),
            ("rir", 10.5),
            ("superset", 0),
            ("rest_seconds", -1),
            ("discomfort", 11),
            ("tempo", "'3-1'"),
            ("side", "'both'"),
            ("set_type", "'hard'"),
            ("load_type", "'belt'"),
        ],
    )
    def test_the_database_itself_refuses_it_too(self, ana, column, value):
        row = WorkoutSetFactory(workout=WorkoutFactory(user=ana))

        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE workouts_workoutset SET {column} = {value}")  # noqa: S608

        row.refresh_from_db()
        assert (row.reps, row.set_type) == (5, "normal")

    @given(doubled=st.integers(2, 20), hundredths=st.integers(1, 49))
    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_rpe_takes_every_half_step_and_nothing_between(self, ana, bench, doubled, hundredths):
        api = client_of(ana)

        taken = api.post(URL, body(one(bench, rpe=doubled / 2)))
        refused = api.post(URL, body(one(bench, rpe=doubled / 2 - hundredths / 100)))

        assert (taken.status_code, refused.status_code) == (201, 400)
        assert sets_of(taken.json())[0]["rpe"] == doubled / 2

    def test_a_set_of_anothers_exercise_is_refused_whatever_its_load_type(self, api, ben, bench):
        workout = log(api, one(bench))
        secret = CustomExerciseFactory(created_by=ben)

        refused = [
            api.post(f"{detail(workout)}sets/", one(secret, load_type="external")),
            api.patch(
                set_url(sets_of(workout)[0]), one(secret, load_type="external", set_number=7)
            ),
            api.post(
                f"{detail(workout)}sets/", {"exercise": str(uuid7()), "load_type": "assisted"}
            ),
        ]

        assert [r.status_code for r in refused] == [400] * 3
        assert [errors_of(r) for r in refused] == [[("exercise", "does_not_exist")]] * 3
        assert [row.exercise for row in WorkoutSet.objects.all()] == [bench]

    def test_two_sessions_of_one_day_are_two_workouts(self, api, bench):
        first = log(api, one(bench, reps=5, weight=100))
        second = log(api, one(bench, reps=5, weight=100))

        shown = api.get(f"{URL}?date_after=2026-03-02&date_before=2026-03-02").json()["results"]
        assert {row["id"] for row in shown} == {first["id"], second["id"]}


class TestLoads:
    @pytest.mark.parametrize(
        ("load_type", "weight", "body_kg", "load", "one_rm"),
        [
            # On the bar, whoever lifts it.
            ("external", 100, 80, 100, 100 * 36 / 32),
            ("external", 100, None, 100, 100 * 36 / 32),
            ("external", 0, 80, 0, None),
            ("external", None, 80, None, None),
            # With the body.
            ("bodyweight", None, 80, 80, 80 * 36 / 32),
            ("bodyweight", 0, 80, 80, 80 * 36 / 32),
            ("bodyweight", 20, 80, 100, 100 * 36 / 32),
            ("bodyweight", 20, None, 20, None),
            ("bodyweight", None, None, None, None),
            # Less what helps.
            ("assisted", 30, 80, 50, 50 * 36 / 32),
            ("assisted", None, 80, 80, 80 * 36 / 32),
            ("assisted", 80, 80, 0, None),
            ("assisted", 100, 80, 0, None),
            ("assisted", 30, None, None, None),
        ],
    )
    def test_load_maximum_and_tonnage_follow_from_load_type(
        self, *, api, ana, pull_up, load_type, weight, body_kg, load, one_rm
    ):
        weigh(ana, body_kg)

        answer = log(api, one(pull_up, reps=5, weight=weight, load_type=load_type))

        [row] = sets_of(answer)
        assert (row["load"], row["one_rm"]) == (load, pytest.approx(one_rm))
        assert answer["body_weight_kg"] == body_kg
        assert answer["tonnage"] == (load or 0) * 5
        [line] = api.get(URL).json()["results"]
        assert line["tonnage"] == answer["tonnage"]

    def test_a_push_up_moves_its_share_of_the_body(self, api, ana, push_up):
        weigh(ana, 80)

        [row] = sets_of(log(api, one(push_up, reps=10, weight=5)))

        assert (row["load_type"], row["load"]) == ("bodyweight", 57.0)
        assert row["one_rm"] == pytest.approx(57 * 36 / 27)

    def test_without_a_share_nobody_knows_what_of_the_body_is_moved(self, api, ana):
        weigh(ana, 80)
        crawl = ExerciseFactory(load_type="bodyweight", bodyweight_share=None)

        [row] = sets_of(log(api, one(crawl, reps=5, weight=10)))

        assert (row["load"], row["one_rm"]) == (10.0, None)

    def test_warm_ups_are_not_in_the_tonnage(self, api, bench):
        answer = log(
            api,
            one(bench, reps=10, weight=60, set_type="warm_up"),
            one(bench, reps=5, weight=100),
            one(bench, reps=8, weight=80, set_type="drop"),
        )

        assert answer["tonnage"] == 5 * 100 + 8 * 80
        assert api.get(URL).json()["results"][0]["tonnage"] == answer["tonnage"]

    def test_a_later_weight_of_the_person_does_not_rewrite_history(self, api, ana, pull_up):
        weigh(ana, 80)
        before = log(api, one(pull_up, reps=5))

        weigh(ana, 95)
        after = api.get(detail(before)).json()
        added = api.post(f"{detail(before)}sets/", one(pull_up, reps=5)).json()
        put = api.put(detail(before), body(one(pull_up, reps=5))).json()

        assert (after["body_weight_kg"], sets_of(after)[0]["load"]) == (80.0, 80.0)
        assert added["load"] == 80.0
        assert (put["body_weight_kg"], sets_of(put)[0]["load"]) == (80.0, 80.0)
        assert sets_of(log(api, one(pull_up, reps=5)))[0]["load"] == 95.0

    def test_another_body_weight_of_that_day_moves_every_load(
        self, *, api, ana, pull_up, push_up, machine_pull_up, bench
    ):
        weigh(ana, 80)
        workout = log(
            api,
            one(pull_up, reps=5, weight=10),
            one(push_up, reps=5),
            one(machine_pull_up, reps=5, weight=30),
            one(bench, reps=5, weight=100),
        )

        answer = api.patch(detail(workout), {"body_weight_kg": 100}).json()

        assert [row["load"] for row in sets_of(answer)] == [110.0, 65.0, 70.0, 100.0]
        assert sets_of(answer)[0]["one_rm"] == pytest.approx(110 * 36 / 32)
        assert answer["tonnage"] == (110 + 65 + 70 + 100) * 5

    def test_without_a_body_weight_of_that_day_nothing_of_the_body_is_known(
        self, api, ana, pull_up
    ):
        weigh(ana, 80)
        workout = log(api, one(pull_up, reps=5, weight=10))

        answer = api.patch(detail(workout), {"body_weight_kg": None}).json()

        [row] = sets_of(answer)
        assert (row["load"], row["one_rm"]) == (10.0, None)

    @pytest.mark.parametrize("weight", [19.9, 500.1, "nan", "heavy"])
    def test_a_body_weight_out_of_range_changes_nothing(self, api, ana, pull_up, weight):
        weigh(ana, 80)
        workout = log(api, one(pull_up, reps=5))

        response = api.patch(detail(workout), {"body_weight_kg": weight, "name": "New"})

        assert (response.status_code, errors_of(response)[0][0]) == (400, "body_weight_kg")
        assert api.get(detail(workout)).json() == workout

    def test_a_set_that_becomes_assisted_moves_less(self, api, ana, pull_up):
        weigh(ana, 80)
        workout = log(api, one(pull_up, reps=5, weight=20))

        row = api.patch(set_url(sets_of(workout)[0]), {"load_type": "assisted"}).json()

        assert (row["load"], row["one_rm"]) == (60.0, pytest.approx(60 * 36 / 32))

    def test_a_set_that_becomes_one_of_another_exercise_is_loaded_as_that_one(
        self, api, ana, bench, push_up
    ):
        weigh(ana, 80)
        workout = log(api, one(bench, reps=5, weight=20))

        as_push_up = api.patch(set_url(sets_of(workout)[0]), one(push_up)).json()
        back = api.patch(set_url(sets_of(workout)[0]), one(bench)).json()

        assert (as_push_up["load_type"], as_push_up["load"]) == ("bodyweight", 72.0)
        assert (back["load_type"], back["load"]) == ("external", 20.0)

    def test_a_set_added_alone_is_loaded_as_its_exercise(self, api, ana, bench, machine_pull_up):
        weigh(ana, 80)
        workout = log(api, one(bench))

        row = api.post(f"{detail(workout)}sets/", one(machine_pull_up, reps=5, weight=30)).json()

        assert (row["load_type"], row["load"]) == ("assisted", 50.0)

    def test_a_workout_that_is_started_has_the_persons_weight(self, api, ana, pull_up):
        weigh(ana, 80)
        workout = api.post(f"{URL}start/", {}).json()

        row = api.post(f"{detail(workout)}sets/", one(pull_up, reps=5)).json()

        assert (workout["body_weight_kg"], row["load"]) == (80.0, 80.0)

    def test_a_copy_has_the_weight_of_its_own_day(self, api, ana, pull_up):
        weigh(ana, 80)
        workout = log(api, one(pull_up, reps=5, tempo="3-1-X-0", side="left", superset=2, rpe=9))
        weigh(ana, 90)

        copy = api.post(f"{detail(workout)}duplicate/").json()

        [row] = sets_of(copy)
        assert (copy["body_weight_kg"], row["load"]) == (90.0, 90.0)
        assert (row["tempo"], row["side"], row["superset"], row["rpe"]) == (
            "3-1-X-0",
            "left",
            2,
            None,
        )


class TestMaxima:
    @pytest.mark.parametrize(
        ("reps", "one_rm"),
        [
            (1, 100.0),
            (2, 100 * 36 / 35),
            (10, 100 * 36 / 27),
            *[(reps, None) for reps in (None, 0, 11, 12, 35, 36, 37, 38, 100, 10_000)],
        ],
    )
    def test_only_one_to_ten_reps_tell_a_maximum(self, api, bench, reps, one_rm):
        [row] = sets_of(log(api, one(bench, weight=100, reps=reps)))

        assert row["one_rm"] == pytest.approx(one_rm)

    @pytest.mark.parametrize(("reps", "rir"), [(34, 3), (36, 1), (36, 2), (8, 4)])
    def test_reps_in_reserve_are_not_added_to_the_reps(self, api, bench, reps, rir):
        [row] = sets_of(log(api, one(bench, weight=100, reps=reps, rir=rir)))

        assert row["one_rm"] == (pytest.approx(100 * 36 / 29) if reps == 8 else None)

    def test_the_maximum_depends_on_the_load(self, api, bench):
        heavy, light = sets_of(log(api, *[one(bench, weight=kg, reps=5) for kg in (100, 50)]))

        assert heavy["one_rm"] == 2 * light["one_rm"] == 112.5

    @given(
        reps=st.none() | st.integers(0, 60),
        weight=st.none() | st.floats(0, 2000),
        body_kg=st.none() | st.floats(20, 500),
        load_type=st.sampled_from(["external", "bodyweight", "assisted"]),
    )
    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_the_database_agrees_with_the_formula_and_no_maximum_is_negative(
        self, *, ana, pull_up, reps, weight, body_kg, load_type
    ):
        answer = log(
            client_of(ana),
            one(pull_up, reps=reps, weight=weight, load_type=load_type),
            body_weight_kg=body_kg,
        )

        [row] = sets_of(answer)
        body_load = {"external": 0.0, "bodyweight": body_kg, "assisted": body_kg}[load_type]
        sign = -1 if load_type == "assisted" else 1
        moved = None if body_load is None else body_load + sign * (weight or 0)
        if load_type == "external" and weight is None:
            moved = None
        expected = brzycki_one_rm(weight_kg=moved, reps=reps)
        assert row["one_rm"] == pytest.approx(expected)
        assert row["one_rm"] is None or row["one_rm"] > 0
        assert row["load"] is None or row["load"] >= 0


class TestExerciseNotes:
    def test_a_note_stands_with_its_exercise(self, api, bench, pull_up):
        answer = log(
            api,
            one(bench),
            one(pull_up),
            exercise_notes=[one(bench, text="Grip one finger wider.")],
        )

        shown = [(group["exercise_name"], group["notes"]) for group in answer["exercises"]]
        assert shown == [("Bench Press", "Grip one finger wider."), ("Pull-up", "")]
        assert answer["exercise_notes"] == [one(bench, text="Grip one finger wider.")]

    def test_a_note_on_an_exercise_without_a_set_is_not_lost(self, api, bench, pull_up):
        answer = log(
            api, one(bench), exercise_notes=[one(pull_up, text="Elbow hurts: not today.")]
        )

        assert [group["exercise_name"] for group in answer["exercises"]] == ["Bench Press"]
        assert answer["exercise_notes"] == [one(pull_up, text="Elbow hurts: not today.")]

    def test_given_notes_take_the_place_of_all(self, api, bench, pull_up):
        workout = log(api, one(bench), one(pull_up), exercise_notes=[one(bench, text="Old")])

        answer = api.patch(detail(workout), {"exercise_notes": [one(pull_up, text="New")]}).json()

        assert [group["notes"] for group in answer["exercises"]] == ["", "New"]
        assert len(answer["sets"]) == 2
        assert ExerciseNote.objects.count() == 1

    def test_a_change_without_notes_keeps_them_and_a_replacement_does_not(self, api, bench):
        workout = log(api, one(bench), exercise_notes=[one(bench, text="Old")])

        patched = api.patch(detail(workout), {"sets": [one(bench, reps=3)]}).json()
        put = api.put(detail(workout), body(one(bench))).json()

        assert (patched["exercises"][0]["notes"], put["exercises"][0]["notes"]) == ("Old", "")

    @pytest.mark.parametrize(
        ("notes", "attr"),
        [
            ([{"text": "x"}], "exercise_notes.0.exercise"),
            ([{"exercise": "BENCH"}], "exercise_notes.0.text"),
            ([{"exercise": "BENCH", "text": ""}], "exercise_notes.0.text"),
            ([{"exercise": "BENCH", "text": "x" * 1001}], "exercise_notes.0.text"),
            ([{"exercise": "BENCH", "text": "x"}] * 2, "exercise_notes"),
            (["x"], "exercise_notes.0.non_field_errors"),
            ("x", "exercise_notes"),
            (None, "exercise_notes"),
            ([{"exercise": "BENCH", "text": "x"}] * 101, "exercise_notes"),
        ],
    )
    def test_a_bad_note_is_named_and_changes_nothing(self, api, bench, notes, attr):
        workout = log(api, one(bench), exercise_notes=[one(bench, text="Old")])
        if isinstance(notes, list):
            notes = [
                {**note, "exercise": str(bench.pk)}
                if isinstance(note, dict) and "exercise" in note
                else note
                for note in notes
            ]

        logged = api.post(URL, body(one(bench), exercise_notes=notes))
        changed = api.patch(detail(workout), {"name": "New", "exercise_notes": notes})

        assert (logged.status_code, changed.status_code) == (400, 400)
        assert errors_of(logged)[0][0] == errors_of(changed)[0][0] == attr
        assert api.get(detail(workout)).json() == workout
        assert Workout.objects.count() == 1

    def test_a_note_on_anothers_exercise_is_refused(self, api, ben, bench):
        secret = CustomExerciseFactory(created_by=ben)
        notes = [one(bench, text="x"), one(secret, text="y")]

        response = api.post(URL, body(one(bench), exercise_notes=notes))

        assert (response.status_code, errors_of(response)) == (
            400,
            [("exercise_notes.1.exercise", "does_not_exist")],
        )
        assert (Workout.objects.count(), ExerciseNote.objects.count()) == (0, 0)

    def test_a_workout_goes_with_its_notes(self, api, bench):
        workout = log(api, one(bench), exercise_notes=[one(bench, text="Old")])

        api.delete(detail(workout))

        assert ExerciseNote.objects.count() == 0

    def test_notes_cost_no_query_each(self, api, ana, django_assert_num_queries):
        exercises = ExerciseFactory.create_batch(8)
        workout = log(
            api,
            *[one(exercise) for exercise in exercises],
            exercise_notes=[one(exercise, text="x") for exercise in exercises],
        )

        with django_assert_num_queries(3):  # whose token, the workout, its sets
            answer = api.get(detail(workout)).json()

        assert [group["notes"] for group in answer["exercises"]] == ["x"] * 8


def test_a_session_number_without_a_run_is_refused(api, bench):
    response = api.post(URL, body(one(bench), session_number=1))

    assert (response.status_code, errors_of(response)) == (400, [("session_number", "invalid")])
    assert Workout.objects.count() == 0


def test_what_is_shown_of_a_workout_can_be_sent_back(api, ana, bench):
    weigh(ana, 80)
    workout = log(api, one(bench, reps=5, weight=100), duration=60)

    kept = {name: value for name, value in workout.items() if name not in {"sets", "exercises"}}
    for name in ("date", "start_time", "end_time"):
        del kept[name]
    sets = [
        {**row, "exercise": group["exercise_id"]}
        for group in workout["exercises"]
        for row in group["sets"]
    ]
    answer = api.put(detail(workout), {**kept, "sets": sets}).json()

    assert {**answer, "updated_at": workout["updated_at"]} == workout


def test_the_day_of_a_workout_is_the_persons_own(ana, api, bench):
    ana.profile.timezone = "Asia/Tokyo"
    ana.profile.save()

    answer = api.post(
        URL, {"name": "Late", "started_at": "2026-03-02T20:00:00Z", "sets": [one(bench)]}
    ).json()

    assert dt.date.fromisoformat(answer["date"]) == dt.date(2026, 3, 3)
