"""Sets added, changed, moved and removed one by one."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from users.ids import uuid7
from workouts.api.sets import SetChangeSerializer
from workouts.api.viewsets import WorkoutSetViewSet
from workouts.models import Workout, WorkoutSet

pytestmark = pytest.mark.django_db


@pytest.fixture
def workout(ana) -> Workout:
    """bench, bench, squat"""
    workout = WorkoutFactory(user=ana)
    bench, squat = ExerciseFactory(name="Bench Press"), ExerciseFactory(name="Squat")
    for position, (exercise, number) in enumerate([(bench, 1), (bench, 2), (squat, 1)], start=1):
        WorkoutSetFactory(workout=workout, exercise=exercise, position=position, set_number=number)
    return workout


def url(workout: Workout) -> str:
    return f"/api/v1/workouts/{workout.pk}/sets/"


def set_url(row) -> str:
    return f"/api/v1/workout-sets/{row.pk}/"


def shape(workout: Workout) -> list[tuple[int, str, int]]:
    rows = workout.sets.in_order().values_list("position", "exercise__name", "set_number")
    return list(rows)


def test_a_set_goes_to_the_end_with_the_next_number(api, workout):
    bench = workout.sets.get(position=1).exercise

    response = api.post(url(workout), {"exercise": str(bench.pk), "reps": 3, "weight": 110})

    assert response.status_code == 201
    answer = response.json()
    assert (answer["position"], answer["set_number"], answer["one_rm"]) == (4, 3, 110 * 36 / 34)


def test_adding_a_set_changes_the_workouts_revision(api, workout):
    before = Workout.objects.get().revision

    api.post(url(workout), {"exercise": str(workout.sets.first().exercise_id)})

    assert Workout.objects.get().revision > before


def test_the_same_set_id_twice_makes_one_set(api, workout):
    body = {"id": str(uuid7()), "exercise": str(workout.sets.first().exercise_id), "reps": 5}

    first, second = api.post(url(workout), body), api.post(url(workout), body)
    other = api.post(url(workout), {**body, "reps": 6})

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 409)
    assert first.json() == second.json()
    assert workout.sets.count() == 4


def test_a_retry_after_an_edit_answers_the_edited_set(api, workout):
    body = {"id": str(uuid7()), "exercise": str(workout.sets.first().exercise_id), "reps": 5}
    api.post(url(workout), body)
    api.patch(f"/api/v1/workout-sets/{body['id']}/", {"reps": 8})

    retry = api.post(url(workout), body)

    assert (retry.status_code, retry.json()["reps"]) == (200, 8)


def test_an_idempotency_key_makes_one_set(api, workout):
    body = {"exercise": str(workout.sets.first().exercise_id), "reps": 5}

    first = api.post(url(workout), body, headers={"Idempotency-Key": "k"})
    second = api.post(url(workout), body, headers={"Idempotency-Key": "k"})
    other = api.post(url(workout), {**body, "reps": 6}, headers={"Idempotency-Key": "k"})

    assert (first.status_code, second.status_code, other.status_code) == (201, 200, 422)
    assert first.json() == second.json()
    assert workout.sets.count() == 4


def test_a_late_retry_does_not_bring_a_removed_set_back(api, workout):
    body = {"id": str(uuid7()), "exercise": str(workout.sets.first().exercise_id), "reps": 5}
    api.post(url(workout), body)
    api.delete(f"/api/v1/workout-sets/{body['id']}/")

    retry = api.post(url(workout), body)

    assert (retry.status_code, retry.json()["errors"][0]["code"]) == (409, "deleted")
    assert workout.sets.count() == 3


def test_fewer_fields_under_the_same_id_are_other_content(api, workout):
    body = {"id": str(uuid7()), "exercise": str(workout.sets.first().exercise_id), "reps": 5}
    api.post(url(workout), body)

    response = api.post(url(workout), {"id": body["id"], "exercise": body["exercise"]})

    assert response.status_code == 409


def test_a_number_that_is_taken_is_a_conflict_in_words(api, workout):
    row = workout.sets.get(position=1)

    response = api.patch(set_url(row), {"set_number": 2})

    assert response.status_code == 409
    detail = response.json()["errors"][0]["detail"]
    assert detail == "This exercise already has a set of this number."


def test_a_set_is_changed_and_its_one_rm_follows(api, workout):
    row = workout.sets.get(position=1)

    answer = api.patch(set_url(row), {"reps": 1, "weight": 120}).json()

    assert (answer["reps"], answer["weight"], answer["one_rm"]) == (1, 120.0, 120.0)


def test_a_set_can_become_one_of_another_exercise(api, workout):
    row, squat = workout.sets.get(position=2), workout.sets.get(position=3).exercise

    answer = api.patch(set_url(row), {"exercise": str(squat.pk)}).json()

    assert (answer["exercise"], answer["set_number"]) == (str(squat.pk), 2)


def test_a_set_cannot_become_one_of_anothers_exercise(api, workout, ben):
    row, secret = workout.sets.get(position=2), CustomExerciseFactory(created_by=ben)

    response = api.patch(set_url(row), {"exercise": str(secret.pk)})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "exercise")
    row.refresh_from_db()
    assert row.exercise_id != secret.pk


def test_removing_a_set_closes_the_gap(api, workout):
    response = api.delete(set_url(workout.sets.get(position=1)))

    assert response.status_code == 204
    assert shape(workout) == [(1, "Bench Press", 1), (2, "Squat", 1)]


def test_sets_are_put_into_another_order_and_numbered_anew(api, workout):
    first, second, squat = workout.sets.in_order()

    response = api.put(
        f"{url(workout)}order/", {"order": [str(squat.pk), str(second.pk), str(first.pk)]}
    )

    assert response.status_code == 200
    assert shape(workout) == [(1, "Squat", 1), (2, "Bench Press", 1), (3, "Bench Press", 2)]
    assert response.json()["sets"] == [str(squat.pk), str(second.pk), str(first.pk)]


@pytest.mark.parametrize("choose", [lambda ids: ids[:2], lambda ids: [*ids[:2], ids[0]]])
def test_an_order_that_does_not_name_each_set_once_changes_nothing(api, workout, choose):
    before = shape(workout)
    ids = [str(pk) for pk in workout.sets.in_order().values_list("pk", flat=True)]

    response = api.put(f"{url(workout)}order/", {"order": choose(ids)})

    assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, "order")
    assert shape(workout) == before


def test_the_sets_of_a_workout_are_listed_in_three_queries(
    api, workout, django_assert_num_queries
):
    with django_assert_num_queries(3):  # whose token, whose workout, the sets
        rows = api.get(url(workout)).json()

    assert [row["position"] for row in rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("reps", -1),
        ("weight", -1),
        ("weight", "'NaN'"),
        ("weight", 2001),
        ("rpe", 11),
        ("distance", -0.1),
        ("duration", -1),
        ("position", 0),
        ("set_number", 0),
    ],
)
def test_the_database_itself_refuses_what_is_out_of_range(workout, column, value):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE workouts_workoutset SET {column} = {value} WHERE position = 1"  # noqa: S608
        )

    assert workout.sets.get(position=1).reps == 5


def test_one_rm_follows_also_when_a_set_is_written_past_django(workout):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workouts_workoutset SET reps = 10, weight = 90 WHERE position = 1")

    assert workout.sets.get(position=1).one_rm == pytest.approx(120.0)
    assert WorkoutSet.objects.filter(one_rm=None).count() == 0


def test_what_the_database_refuses_names_the_field_and_says_why(api, workout, monkeypatch):
    monkeypatch.setattr(SetChangeSerializer, "validate", lambda self, content: {"rpe": 11})
    row = workout.sets.get(position=1)

    response = api.patch(set_url(row), {"rpe": 9})

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert (error["attr"], error["detail"]) == ("rpe", "RPE must be from 1 to 10, in half steps.")


def test_a_set_that_is_removed_while_it_is_changed_is_not_found(api, workout, monkeypatch):
    row = workout.sets.get(position=1)

    def remove(request, serializer=None):
        WorkoutSet.objects.filter(pk=row.pk).delete()
        return row

    monkeypatch.setattr(WorkoutSetViewSet, "get_object", remove)

    assert api.patch(set_url(row), {"rpe": 9}).status_code == 404
