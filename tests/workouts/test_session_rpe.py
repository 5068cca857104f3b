"""The effort of a whole session: said with it, at its end or later, and kept in every place."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from tests.factories.transfers import BenchFactory, a_strong_file, counts, imported
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory, WorkoutSetFactory
from tests.users.everything import use_a_folder_of_the_test
from workouts.models import RowError, Workout
from workouts.services.transfers_export import export_csv

pytestmark = pytest.mark.django_db

URL = "/api/v1/workouts/"
BODY = {"name": "Push day", "date": "2026-03-02", "start_time": "18:00:00"}


def detail(workout_id) -> str:
    return f"{URL}{workout_id}/"


def test_it_is_stored_with_the_workout_and_shown_in_every_place(api, ana):
    made = api.post(URL, {**BODY, "session_rpe": 7.5})

    workout_id = made.json()["id"]
    assert (made.status_code, made.json()["session_rpe"]) == (201, 7.5)
    assert Workout.objects.get(user=ana).session_rpe == 7.5
    assert api.get(detail(workout_id)).json()["session_rpe"] == 7.5
    assert [row["session_rpe"] for row in api.get(URL).json()["results"]] == [7.5]
    changes = api.get("/api/v1/sync/").json()["results"]
    assert [
        change["data"]["session_rpe"]
        for change in changes
        if change["resource"] == "workouts.workout"
    ] == [7.5]


def test_without_one_it_is_null(api):
    assert api.post(URL, BODY).json()["session_rpe"] is None


def test_it_may_be_said_later_and_taken_back(api, ana):
    workout = WorkoutFactory(user=ana)

    answers = [api.patch(detail(workout.pk), {"session_rpe": rpe}).json() for rpe in (0, 10, None)]

    assert [answer["session_rpe"] for answer in answers] == [0.0, 10.0, None]


def test_a_change_of_something_else_keeps_it_and_a_replacement_does_not(api, ana):
    workout = WorkoutFactory(user=ana, session_rpe=8)

    kept = api.patch(detail(workout.pk), {"name": "Pull day"}).json()
    replaced = api.put(detail(workout.pk), BODY).json()

    assert (kept["session_rpe"], replaced["session_rpe"]) == (8.0, None)


def test_it_is_said_when_a_session_ends(api):
    workout_id = api.post(f"{URL}start/", {}).json()["id"]

    ended = api.post(f"{detail(workout_id)}finish/", {"session_rpe": 6.5}).json()

    assert (ended["in_progress"], ended["session_rpe"]) == (False, 6.5)


def test_an_end_that_says_none_keeps_what_was_said(api):
    workout_id = api.post(f"{URL}start/", {}).json()["id"]
    api.patch(detail(workout_id), {"session_rpe": 9})

    ended = api.post(f"{detail(workout_id)}finish/", {"session_rpe": None}).json()

    assert ended["session_rpe"] == 9.0


def test_a_copy_has_not_been_felt_yet(api, ana):
    workout = WorkoutFactory(user=ana, session_rpe=8)

    assert api.post(f"{detail(workout.pk)}duplicate/", {}).json()["session_rpe"] is None


@pytest.mark.parametrize("rpe", [-0.5, 10.5, 7.25, "hard", True, [], "1e999"])
def test_what_is_no_effort_is_refused_by_name_and_changes_nothing(api, ana, rpe):
    workout = WorkoutFactory(user=ana, session_rpe=8)
    running = WorkoutFactory(user=ana, session_rpe=5, in_progress=True)

    responses = [
        api.patch(detail(workout.pk), {"session_rpe": rpe, "name": "New"}),
        api.post(URL, {**BODY, "session_rpe": rpe}),
        api.post(f"{detail(running.pk)}finish/", {"session_rpe": rpe}),
    ]

    for response in responses:
        assert response.status_code == 400
        assert [error["attr"] for error in response.json()["errors"]] == ["session_rpe"]
    rows = Workout.objects.order_by("pk").values_list("name", "session_rpe", "in_progress")
    assert list(rows) == [("Push day", 8.0, False), ("Push day", 5.0, True)]


@pytest.mark.parametrize("rpe", [-0.5, 10.5, 7.25])
def test_the_database_itself_refuses_it_too(ana, rpe):
    workout = WorkoutFactory(user=ana)

    with pytest.raises(IntegrityError), transaction.atomic():
        Workout.objects.filter(pk=workout.pk).update(session_rpe=rpe)


@pytest.fixture
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.mark.usefixtures("private_folder")
@pytest.mark.parametrize("app", ["strong", "hevy"])
def test_it_travels_in_a_file(ana, app):
    bench, reader = BenchFactory(), UserFactory()
    for hour, rpe in ((7, 0), (18, 8.5), (20, None)):
        workout = WorkoutFactory(user=ana, start_time=dt.time(hour), session_rpe=rpe)
        WorkoutSetFactory(workout=workout, exercise=bench)
    file = "".join(export_csv(user_id=ana.pk, app=app, weight_unit="kg")).encode()

    imported(reader, file)

    found = Workout.objects.filter(user=reader).order_by("start_time")
    assert list(found.values_list("session_rpe", flat=True)) == [0.0, 8.5, None]


@pytest.mark.usefixtures("private_folder")
def test_an_effort_that_cannot_be_read_costs_no_more_than_itself(ana):
    BenchFactory()
    file = a_strong_file("2026-03-02 18:00:00;Push;Bench Press (Barbell);1;100;kg;5;;;;;;;1h")
    head, row = file.decode().split("\n")

    job = imported(ana, f"{head};Session RPE\n{row};hard\n".encode())

    assert counts(job) == ("done", 1, 0, 1, 1)
    assert Workout.objects.get(user=ana).session_rpe is None
    assert list(RowError.objects.values_list("line", "column", "code")) == [
        (2, "Session RPE", "bad_session_rpe")
    ]
