"""Staff putting the diary right."""

import datetime as dt

import pytest
from django.test import Client

from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.admin_client import browser_of, cost_of, form_of
from tests.workouts.test_admin import saved, url
from users.models import Tombstone, User, UserProfile
from workouts.models import ExerciseNote, Workout, WorkoutSet

pytestmark = pytest.mark.django_db

# What a browser sends of the choices that nobody touched.
AS_SHOWN = {"set_type": "normal", "load_type": "external"}


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


def is_bumped(workout: Workout) -> bool:
    return Workout.objects.get(pk=workout.pk).revision > workout.revision


def test_the_page_of_a_workout_costs_the_same_for_any_number_of_sets_and_notes(
    desk: Client, workout: Workout
):
    address = url(Workout, "change", workout.pk)
    ExerciseNote.objects.create(workout=workout, exercise=ExerciseFactory(), text="Narrow grip.")
    few = cost_of(desk, address)
    for position in range(3, 6):
        row = WorkoutSetFactory(workout=workout, position=position)
        ExerciseNote.objects.create(workout=workout, exercise=row.exercise, text="Wide grip.")

    assert cost_of(desk, address) == few


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
    new |= AS_SHOWN

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
        ({"sets-0-rpe": 11}, "RPE must be from 1 to 10, in half steps."),
        ({"sets-0-rpe": 8.25}, "RPE must be from 1 to 10, in half steps."),
        ({"sets-0-rir": 1.75}, "RIR must be from 0 to 10, in half steps."),
        ({"sets-0-superset": 0}, "Superset must be from 1 to 100."),
        ({"body_weight_kg": 19}, "Body weight must be from 20 to 500 kg."),
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
        "sets-0-set_type": "normal",
        "sets-0-load_type": "external",
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
    values |= AS_SHOWN

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


def test_what_lifters_log_of_a_set_is_put_right_on_its_own_page(desk: Client, workout: Workout):
    first = workout.sets.get(position=1)
    changes = {"set_type": "amrap", "rir": 1.5, "tempo": "3-1-X-0", "superset": 2, "side": "left"}

    response = saved(desk, first, **changes, discomfort=3, discomfort_note="Elbow")

    assert response.status_code == 302
    first.refresh_from_db()
    assert {name: getattr(first, name) for name in changes} == changes
    assert (first.discomfort, first.discomfort_note) == (3, "Elbow")
    assert is_bumped(workout)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rpe": 8.2}, "RPE must be from 1 to 10, in half steps."),
        ({"tempo": "slow"}, "Tempo must look like 3-1-X-0."),
        ({"discomfort": 11}, "Discomfort must be from 0 to 10."),
        ({"rest_seconds": -1}, "Rest must be from 0 to 86400 seconds."),
    ],
)
def test_what_cannot_be_of_a_set_is_a_message_and_changes_nothing(
    changes, message, desk: Client, workout: Workout
):
    before = workout.sets.values().get(position=1)

    response = saved(desk, workout.sets.get(position=1), **changes)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert workout.sets.values().get(position=1) == before
    assert not is_bumped(workout)


def test_body_weight_that_staff_correct_is_what_the_sets_moved(desk: Client, workout: Workout):
    pull_up = ExerciseFactory(load_type="bodyweight", bodyweight_share=0.95)
    WorkoutSetFactory(
        workout=workout, exercise=pull_up, position=3, weight=10, load_type="bodyweight"
    )

    response = saved(desk, workout, body_weight_kg=80)

    assert response.status_code == 302
    moved = workout.sets.order_by("position").values_list("body_load_kg", "load")
    assert list(moved) == [(None, 100), (None, 110), (76, 86)]


def test_a_load_type_that_staff_correct_is_what_the_set_moved(desk: Client, workout: Workout):
    Workout.objects.filter(pk=workout.pk).update(body_weight_kg=80)
    dip = ExerciseFactory(load_type="assisted", bodyweight_share=1)
    row = WorkoutSetFactory(workout=workout, exercise=dip, position=3, weight=20)

    response = saved(desk, row, load_type="assisted")

    assert response.status_code == 302
    row.refresh_from_db()
    assert (row.body_load_kg, row.load) == (80, 60)


def test_estimated_energy_follows_and_measured_energy_stays(desk: Client, workout: Workout):
    # 3.5 MET × 80 kg × 1 h, and then × 1.5 h.
    saved(desk, workout, body_weight_kg=80, end_time="19:00:00")
    workout.refresh_from_db()
    estimated = workout.calories_burned, workout.calories_estimated
    saved(desk, workout, end_time="19:30:00")
    workout.refresh_from_db()
    longer = workout.calories_burned, workout.calories_estimated
    saved(desk, workout, calories_burned=500)
    saved(desk, workout, end_time="19:00:00")
    workout.refresh_from_db()

    assert (estimated, longer) == ((280, True), (420, True))
    assert (workout.calories_burned, workout.calories_estimated) == (500, False)


def test_a_workout_that_staff_log_has_the_persons_body_weight(desk: Client, ana: User):
    UserProfile.objects.filter(user=ana).update(body_weight_kg=64)
    values = {
        "person": str(ana.pk),
        "name": "Pull day",
        "timezone": "UTC",
        "date": "2026-03-02",
        "start_time": "18:00",
        "duration": 45,
    }

    response = desk.post(url(Workout, "add"), form_of(desk.get(url(Workout, "add"))) | values)

    assert response.status_code == 302
    assert Workout.objects.get(user=ana).body_weight_kg == 64


def test_notes_on_exercises_are_put_right_and_removed(desk: Client, workout: Workout):
    for text in ("Rude words.", "Narrow grip."):
        ExerciseNote.objects.create(workout=workout, exercise=ExerciseFactory(), text=text)
    workout.refresh_from_db()

    response = saved(
        desk,
        workout,
        **{"exercise_notes-0-text": "Wide grip.", "exercise_notes-1-DELETE": "on"},
    )

    assert response.status_code == 302
    assert [note.text for note in workout.exercise_notes.all()] == ["Wide grip."]
    assert is_bumped(workout)
