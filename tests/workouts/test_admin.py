"""The admin's pages about the diary and the catalogue."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.admin_client import browser_of, form_of, queries_of
from users.models import Tombstone, User
from workouts.models import (
    CardioExercise,
    Equipment,
    Exercise,
    ExerciseEquipment,
    ExerciseMuscle,
    Muscle,
    StrengthExercise,
    Workout,
    WorkoutSet,
)

pytestmark = pytest.mark.django_db


def exercise_with_parts(**values) -> Exercise:
    exercise = CustomExerciseFactory(**values)
    ExerciseMuscle.objects.create(exercise=exercise, muscle_id="chest", role="primary", share=1)
    ExerciseMuscle.objects.create(exercise=exercise, muscle_id="biceps", role="primary", share=1)
    ExerciseEquipment.objects.create(exercise=exercise, equipment_id="bench")
    return exercise


ROWS = {
    Exercise: exercise_with_parts,
    CardioExercise: lambda: exercise_with_parts(is_cardio=True),
    StrengthExercise: exercise_with_parts,
    Muscle: lambda: Muscle.objects.order_by("slug")[0],
    Equipment: lambda: Equipment.objects.order_by("slug")[0],
    Workout: lambda: WorkoutSetFactory().workout,
    WorkoutSet: WorkoutSetFactory,
}
INSIDE_ANOTHER = {ExerciseMuscle, ExerciseEquipment}
MODELS = pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)


def url(model: type, page: str = "changelist", *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.fixture
def desk(db) -> Client:
    """The browser of somebody who may do everything."""
    return browser_of(UserFactory(username="root", is_staff=True, is_superuser=True))


@pytest.fixture
def workout(ana: User) -> Workout:
    """Two sets of ana's: 5 × 100 kg, then 3 × 110 kg."""
    bench = ExerciseFactory(name="Bench Press")
    workout = WorkoutFactory(user=ana)
    for number, (reps, weight) in enumerate([(5, 100.0), (3, 110.0)], start=1):
        WorkoutSetFactory(
            workout=workout,
            exercise=bench,
            position=number,
            set_number=number,
            reps=reps,
            weight=weight,
        )
    workout.refresh_from_db()
    return workout


def numbers_of(workout: Workout) -> list[tuple[int, int, int | None]]:
    rows = WorkoutSet.objects.filter(workout=workout).order_by("position")
    return list(rows.values_list("position", "set_number", "reps"))


def saved(desk: Client, row, **changes):
    page = desk.get(url(type(row), "change", row.pk))
    return desk.post(url(type(row), "change", row.pk), form_of(page) | changes)


def is_bumped(workout: Workout) -> bool:
    return Workout.objects.get(pk=workout.pk).revision > workout.revision


# --- Every page ------------------------------------------------------------------------------


def test_every_model_is_here():
    ours = set(apps.get_app_config("workouts").get_models())

    assert ours | {CardioExercise, StrengthExercise} == set(ROWS) | INSIDE_ANOTHER
    assert set(ROWS) <= set(admin.site._registry)


@MODELS
def test_the_pages_of_a_model_answer(model, desk: Client):
    row = ROWS[model]()

    listed = desk.get(url(model))
    found = desk.get(url(model), {"q": "e"})
    changed = desk.get(url(model, "change", row.pk))
    added = desk.get(url(model, "add"))

    assert {page.status_code for page in (listed, found, changed)} == {200}
    may_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
    assert added.status_code == (200 if may_add else 403)


@MODELS
def test_filters_answer(model, desk: Client):
    ROWS[model]()

    page = desk.get(url(model))
    links = [
        choice["query_string"]
        for spec in page.context["cl"].filter_specs
        for choice in spec.choices(page.context["cl"])
    ]

    assert {desk.get(url(model) + link).status_code for link in links} <= {200}


@pytest.mark.parametrize(
    "model",
    [model for model in ROWS if model not in {Muscle, Equipment}],
    ids=lambda model: model.__name__,
)
def test_a_list_costs_the_same_for_any_number_of_rows(model, desk: Client):
    ROWS[model]()
    queries_of(desk, url(model))  # content types and the like are remembered from here on
    few = queries_of(desk, url(model))
    for _ in range(29):
        ROWS[model]()

    assert queries_of(desk, url(model)) == few


def test_the_page_of_a_workout_costs_the_same_for_any_number_of_sets(
    desk: Client, workout: Workout
):
    address = url(Workout, "change", workout.pk)
    queries_of(desk, address)
    few = queries_of(desk, address)
    for position in range(3, 33):
        WorkoutSetFactory(workout=workout, position=position)

    assert queries_of(desk, address) == few


# --- The diary -------------------------------------------------------------------------------


def test_a_set_that_staff_correct_has_a_new_one_rm_and_reaches_the_phone(
    desk: Client, workout: Workout
):
    response = saved(desk, workout, **{"sets-0-weight": "120"})

    assert response.status_code == 302
    first = workout.sets.get(position=1)
    assert first.one_rm == pytest.approx(135.0)
    assert is_bumped(workout)


def test_a_set_that_staff_add_belongs_to_the_owner_of_the_workout(desk: Client, workout: Workout):
    bench = workout.sets.get(position=1).exercise
    new = {"position": 3, "set_number": 3, "exercise": str(bench.pk), "reps": 2, "weight": 115}

    response = saved(
        desk,
        workout,
        **{f"sets-2-{name}": value for name, value in new.items()},
        **{"sets-TOTAL_FORMS": 3},
    )

    assert response.status_code == 302
    assert numbers_of(workout) == [(1, 1, 5), (2, 2, 3), (3, 3, 2)]
    assert WorkoutSet.objects.get(position=3).user == workout.user
    assert is_bumped(workout)


def test_a_set_that_staff_delete_leaves_no_gap(desk: Client, workout: Workout):
    response = saved(desk, workout, **{"sets-0-DELETE": "on"})

    assert response.status_code == 302
    assert numbers_of(workout) == [(1, 1, 3)]
    assert is_bumped(workout)


def test_sets_swap_places(desk: Client, workout: Workout):
    swap = {"sets-0-position": 2, "sets-0-set_number": 2}
    swap |= {"sets-1-position": 1, "sets-1-set_number": 1}

    response = saved(desk, workout, **swap)

    assert response.status_code == 302
    assert numbers_of(workout) == [(1, 1, 3), (2, 2, 5)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sets-0-position": 2}, "Two sets have the same position."),
        ({"sets-0-set_number": 2}, "Two sets of an exercise have the same number."),
        ({"sets-0-rpe": 11}, "RPE must be from 1 to 10."),
        ({"end_time": "19:00", "in_progress": "on"}, "A running workout has no end."),
        ({"timezone": "Moon/Crater"}, "This is not a time zone"),
        ({"date": "1969-12-31"}, "Date must be from 1970 to 2200."),
        # Before the first instant of all.
        (
            {"date": "0001-01-01", "start_time": "03:00:00", "timezone": "Asia/Tokyo"},
            "Date must be from 1970 to 2200.",
        ),
        ({"duration": -1}, "Duration must be from 0 to 2880 minutes."),
    ],
)
def test_what_cannot_be_is_a_message_and_changes_nothing(
    changes, message, desk: Client, workout: Workout
):
    response = saved(desk, workout, **changes)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert numbers_of(workout) == [(1, 1, 5), (2, 2, 3)]


def test_nobodys_workout_names_an_exercise_of_another_person(
    desk: Client, workout: Workout, ben: User
):
    bens = CustomExerciseFactory(created_by=ben)

    inside = saved(desk, workout, **{"sets-0-exercise": str(bens.pk)})
    alone = saved(desk, workout.sets.get(position=1), exercise=str(bens.pk))

    assert (inside.status_code, alone.status_code) == (200, 200)
    assert not WorkoutSet.objects.filter(exercise=bens).exists()


def test_instants_follow_the_readings(desk: Client, workout: Workout):
    response = saved(
        desk, workout, timezone="Asia/Tokyo", start_time="23:30:00", end_time="00:15:00"
    )

    assert response.status_code == 302
    workout.refresh_from_db()
    assert workout.started_at == dt.datetime(2026, 3, 2, 14, 30, tzinfo=dt.UTC)
    assert workout.finished_at == dt.datetime(2026, 3, 2, 15, 15, tzinfo=dt.UTC)
    assert workout.duration == 45


def test_a_new_name_leaves_the_instants_alone(desk: Client, workout: Workout):
    # Longer than a day, which readings of a clock cannot say.
    started_at = dt.datetime(2026, 3, 2, 18, 0, 0, 123, tzinfo=dt.UTC)
    finished_at = started_at + dt.timedelta(hours=30)
    Workout.objects.filter(pk=workout.pk).update(
        start_time=started_at.time(),
        end_time=finished_at.time(),
        started_at=started_at,
        finished_at=finished_at,
        duration=1800,
    )

    response = saved(desk, workout, name="Long walk")

    assert response.status_code == 302
    workout.refresh_from_db()
    assert (workout.name, workout.started_at) == ("Long walk", started_at)
    assert (workout.finished_at, workout.duration) == (finished_at, 1800)


def test_staff_log_a_workout_for_a_person(desk: Client, ana: User):
    bench = ExerciseFactory()
    page = desk.get(url(Workout, "add"))
    values = form_of(page) | {
        "person": str(ana.pk),
        "name": "Pull day",
        "timezone": "Europe/Vienna",
        "date": "2026-03-02",
        "start_time": "18:00",
        "end_time": "19:00",
        "duration": 0,
        "sets-TOTAL_FORMS": 1,
        "sets-0-position": 1,
        "sets-0-set_number": 1,
        "sets-0-exercise": str(bench.pk),
        "sets-0-reps": 5,
    }

    response = desk.post(url(Workout, "add"), values)

    assert response.status_code == 302, response.content.decode()
    workout = Workout.objects.get(user=ana)
    assert (workout.duration, workout.started_at.hour) == (60, 17)
    assert workout.revision > 0
    assert [row.user for row in workout.sets.all()] == [ana]


def test_a_second_running_workout_is_a_message(desk: Client, ana: User):
    WorkoutFactory(user=ana, in_progress=True)
    values = form_of(desk.get(url(Workout, "add"))) | {
        "person": str(ana.pk),
        "name": "Second",
        "timezone": "UTC",
        "date": "2026-03-02",
        "start_time": "18:00",
        "duration": 0,
        "in_progress": "on",
    }

    response = desk.post(url(Workout, "add"), values)

    assert "Finish your running workout first." in response.content.decode()
    assert Workout.objects.count() == 1


def test_a_set_on_its_own_page(desk: Client, workout: Workout):
    first = workout.sets.get(position=1)

    changed = saved(desk, first, weight="120")
    taken = saved(desk, first, position="2")

    assert (changed.status_code, taken.status_code) == (302, 200)
    assert "already has a set at this position" in taken.content.decode()
    first.refresh_from_db()
    assert (first.one_rm, first.position) == (pytest.approx(135.0), 1)
    assert is_bumped(workout)


def test_a_set_added_on_its_own_page_finds_its_owner(desk: Client, workout: Workout):
    bench = workout.sets.get(position=1).exercise
    values = {"workout": workout.pk, "exercise": bench.pk, "position": 3, "set_number": 3}

    response = desk.post(url(WorkoutSet, "add"), values)

    assert response.status_code == 302
    assert WorkoutSet.objects.get(position=3).user == workout.user
    assert is_bumped(workout)


@pytest.mark.parametrize("one_by_one", [True, False])
def test_deleting_sets_from_their_list_reaches_the_phone(
    one_by_one, desk: Client, workout: Workout
):
    first = workout.sets.get(position=1)

    if one_by_one:
        desk.post(url(WorkoutSet, "delete", first.pk), {"post": "yes"})
    else:
        choice = {"action": "delete_selected", "_selected_action": str(first.pk), "post": "yes"}
        desk.post(url(WorkoutSet), choice)

    assert numbers_of(workout) == [(1, 1, 3)]
    assert is_bumped(workout)


@pytest.mark.parametrize("one_by_one", [True, False])
def test_phones_learn_of_a_workout_that_staff_delete(one_by_one, desk: Client, workout: Workout):
    if one_by_one:
        desk.post(url(Workout, "delete", workout.pk), {"post": "yes"})
    else:
        choice = {"action": "delete_selected", "_selected_action": str(workout.pk), "post": "yes"}
        desk.post(url(Workout), choice)

    grave = Tombstone.objects.get(user=workout.user)
    assert (grave.resource, grave.object_id) == ("workouts.workout", workout.pk)
    assert not WorkoutSet.objects.exists()


# --- The catalogue ---------------------------------------------------------------------------


def test_the_catalogue_and_custom_exercises_are_told_apart(desk: Client, ana: User):
    ExerciseFactory(name="Bench Press")
    CustomExerciseFactory(name="Log Toss", created_by=ana)

    def names(origin):
        rows = desk.get(url(Exercise), {"origin": origin}).context["cl"].result_list
        return [row.name for row in rows]

    assert names("custom") == ["Log Toss"]
    assert names("catalogue") == ["Bench Press"]


def test_a_kind_of_exercise_has_a_list_of_its_own(desk: Client):
    ExerciseFactory(name="Row", is_cardio=True)
    ExerciseFactory(name="Squat")

    def names(model):
        return [row.name for row in desk.get(url(model)).context["cl"].result_list]

    assert names(CardioExercise) == ["Row"]
    assert names(StrengthExercise) == ["Squat"]


def test_an_exercise_is_added_with_its_muscles_and_equipment(desk: Client):
    values = form_of(desk.get(url(CardioExercise, "add"))) | {
        "name": "Rowing",
        "muscle_group": "cardio",
        "difficulty_level": 2,
        "video_url": "example.com/rowing",
        "muscle_shares-TOTAL_FORMS": 1,
        "muscle_shares-0-muscle": "lats",
        "muscle_shares-0-role": "primary",
        "muscle_shares-0-share": 1,
    }

    response = desk.post(url(CardioExercise, "add"), values)

    assert response.status_code == 302, response.content.decode()
    rowing = Exercise.objects.get(name="Rowing")
    assert (rowing.is_cardio, rowing.is_custom, rowing.created_by) == (True, False, None)
    assert rowing.video_url == "https://example.com/rowing"
    assert [muscle.slug for muscle in rowing.muscles.all()] == ["lats"]


@pytest.mark.parametrize("is_custom", [True, False])
def test_a_name_that_is_taken_is_a_message(is_custom, desk: Client, ana: User):
    owner = {"is_custom": True, "created_by": ana} if is_custom else {}
    ExerciseFactory(name="Bench Press", **owner)
    other = ExerciseFactory(name="Press", **owner)

    response = saved(desk, other, name="bench press")

    assert "An exercise of this name exists." in response.content.decode()


def test_muscles_of_a_custom_exercise_reach_its_owners_phone(desk: Client, ana: User):
    exercise = exercise_with_parts(created_by=ana)

    response = saved(desk, exercise, **{"muscle_shares-1-share": "0.5"})

    assert response.status_code == 302
    assert exercise.muscle_shares.get(muscle="biceps").share == 0.5
    assert Exercise.objects.get(pk=exercise.pk).revision > exercise.revision


def test_an_exercise_varies_none_of_another_person(desk: Client, ana: User, ben: User):
    anas, bens = CustomExerciseFactory(created_by=ana), CustomExerciseFactory(created_by=ben)

    response = saved(desk, anas, variation_of=str(bens.pk))

    assert response.status_code == 200
    assert Exercise.objects.get(pk=anas.pk).variation_of is None


def test_the_key_of_equipment_stays(desk: Client):
    bench = Equipment.objects.get(slug="bench")

    saved(desk, bench, name="Flat bench", slug="couch")

    assert Equipment.objects.get(slug="bench").name == "Flat bench"
    assert not Equipment.objects.filter(slug="couch").exists()
