"""An import stops where only the person knows how to go on, and looks first where they like."""

import datetime as dt

import pytest
from django.db.models import Max

from tests.factories.transfers import (
    BenchFactory,
    a_row,
    a_strong_file,
    answered,
    counts,
    diary,
    imported,
)
from tests.factories.workouts import CustomExerciseFactory, ExerciseFactory
from tests.users.everything import use_a_folder_of_the_test
from tests.workouts.transfer.files import IOS, a_file
from tests.workouts.transfer.histories import sessions, strong_csv
from users.models import Notification
from workouts.models import Exercise, ExerciseAlias, Workout, WorkoutSet
from workouts.services.catalogue import load_catalogue
from workouts.services.workouts import log_workout

URL = "/api/v1/workout-imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


@pytest.fixture
def catalogue(db) -> None:
    load_catalogue()


class TestWhatIsAsked:
    def test_units_and_order_of_dates_are_asked_where_nothing_tells_them(self, ana, bench):
        row = "05/06/2026 18:00,Run,,Bench Press (Barbell),1,60,5,3,,,,"

        job = imported(ana, a_file(IOS, row).getvalue())

        assert counts(job) == ("needs_answers", 0, 0, 0, 0)
        assert job.questions == {
            "weight_unit": ["kg", "lb"],
            "distance_unit": ["km", "mi", "m"],
            "date_order": ["day_first", "month_first"],
            "guessed": [
                {
                    "name": "Bench Press (Barbell)",
                    "exercise": str(bench.pk),
                    "exercise_name": "Barbell Bench Press",
                }
            ],
        }
        assert not Workout.objects.exists()
        assert (job.finished_at, job.rows_total) == (None, 1)
        assert Notification.objects.get(user=ana).kind == "workout_import_asks"

    @pytest.mark.parametrize(
        ("order", "day"),
        [("day_first", dt.date(2026, 6, 5)), ("month_first", dt.date(2026, 5, 6))],
    )
    def test_the_answers_are_gone_by(self, ana, bench, order, day):
        row = "05/06/2026 18:00,Run,,Bench Press (Barbell),1,60,5,3,,,,"
        job = imported(ana, a_file(IOS, row).getvalue())

        answered(job, weight_unit="lb", distance_unit="mi", date_order=order)

        job.refresh_from_db()
        assert counts(job) == ("done", 1, 0, 1, 0)
        assert job.questions == {}
        assert Workout.objects.get().date == day
        done = WorkoutSet.objects.get()
        assert (done.weight, done.distance) == (pytest.approx(27.2155422), pytest.approx(4.828032))

    def test_what_loads_look_like_is_taken_and_can_be_corrected(self, ana, catalogue):
        file = strong_csv(workouts=100, dialect="ios")
        asked = imported(ana, file)

        answered(asked, weight_unit="kg", distance_unit="mi")

        assert asked.questions["distance_unit"] == ["km", "mi", "m"]
        assert asked.weight_unit == "lb"
        heaviest = WorkoutSet.objects.aggregate(heaviest=Max("weight"))
        loads = [done.load or 0 for one in sessions(100, "lb", 0) for done in one.sets]
        assert heaviest == {"heaviest": max(loads)}

    def test_a_day_beyond_the_twelfth_proves_the_order_whatever_is_said(self, ana, bench):
        rows = a_row("05/06/2026 18:00"), a_row("25/06/2026 18:00")

        job = imported(ana, a_strong_file(*rows), date_order="month_first")

        assert (counts(job), job.date_order) == (("done", 2, 0, 2, 0), "day_first")
        assert [workout["start"].month for workout in diary(ana)] == [6, 6]

    def test_a_unit_in_the_file_goes_before_what_is_said(self, ana, bench):
        imported(ana, a_strong_file(a_row(weight="100", unit="kg")), weight_unit="lb")

        assert WorkoutSet.objects.get().weight == 100.0

    def test_a_name_that_is_not_known_is_asked_with_suggestions(self, ana, bench):
        ExerciseFactory(name="Barbell Curl")
        CustomExerciseFactory(name="Zottman Curls")
        rows = a_row(), a_row(exercise="Zottman Curl (Barbell)"), a_row(exercise="Xyz")

        job = imported(ana, a_strong_file(*rows, a_row(exercise="Xyz")))

        assert counts(job) == ("needs_answers", 0, 0, 0, 0)
        assert job.questions.keys() == {"exercises", "guessed"}
        xyz, zottman = job.questions["exercises"]
        assert xyz == {"name": "Xyz", "sets": 2, "suggestions": []}
        assert (zottman["name"], zottman["sets"]) == ("Zottman Curl (Barbell)", 1)
        assert [one["name"] for one in zottman["suggestions"]] == [
            "Barbell Curl",
            "Barbell Bench Press",
        ]
        assert [one["match"] for one in zottman["suggestions"]] == [0.62, 0.25]
        assert not Workout.objects.exists()


class TestWhichNamesAreAnswered:
    def test_a_name_is_asked_once_whatever_its_spellings(self, ana, bench):
        rows = a_row(exercise="Xyz"), a_row(exercise="XYZ"), a_row(exercise="XYZ")

        job = imported(ana, a_strong_file(*rows))

        assert job.questions == {"exercises": [{"name": "XYZ", "sets": 3, "suggestions": []}]}

    @pytest.mark.parametrize(
        ("name", "code"), [("Bench", "not_asked"), (" xYZ", "duplicate_name")]
    )
    def test_a_name_that_is_not_asked_or_answered_twice_is_refused(
        self, api, ana, bench, name, code
    ):
        job = imported(ana, a_strong_file(a_row(), a_row(exercise="Xyz")))
        answers = [{"name": "Xyz", "exercise": str(bench.pk)}, {"name": name, "create": True}]

        response = api.patch(f"{URL}{job.pk}/", {"exercises": answers})

        assert response.status_code == 400
        [error] = response.json()["errors"]
        assert (error["attr"], error["code"]) == ("exercises.1.name", code)
        job.refresh_from_db()
        assert job.status == "needs_answers"
        assert not ExerciseAlias.objects.exists()
        assert list(Exercise.objects.all()) == [bench]

    def test_a_guess_is_answered_as_what_is_asked(self, api, ana, bench):
        row = ExerciseFactory(name="Row")
        job = imported(ana, a_strong_file(a_row()), dry_run=True)
        answers = [{"name": "BENCH press (barbell)", "exercise": str(row.pk)}]

        response = api.patch(f"{URL}{job.pk}/", {"exercises": answers})

        assert response.status_code == 200
        alias = ExerciseAlias.objects.get()
        assert (alias.name, alias.exercise) == ("bench press (barbell)", row)


class TestDryRun:
    def test_it_counts_and_stores_no_workout(self, ana, bench):
        log_workout(user_id=ana.pk, content=a_session(bench), object_id=None)
        before = diary(ana)
        rows = a_row(), a_row(name="Pull"), a_row(name="Pull", reps="x")

        job = imported(ana, a_strong_file(*rows), dry_run=True)

        assert counts(job) == ("checked", 1, 1, 1, 1)
        assert diary(ana) == before
        assert [name["name"] for name in job.questions["guessed"]] == ["Bench Press (Barbell)"]
        assert not Notification.objects.exists()

    def test_names_that_would_become_exercises_become_none_yet(self, ana, bench):
        rows = a_row(), a_row(exercise="Xyz")

        job = imported(ana, a_strong_file(*rows), dry_run=True, create_unknown=True)

        assert counts(job) == ("checked", 1, 0, 2, 0)
        assert list(Exercise.objects.all()) == [bench]

    def test_it_is_followed_by_the_real_one_from_the_same_file(self, ana, bench):
        job = imported(ana, a_strong_file(a_row(), a_row(reps="x")), dry_run=True)

        done = answered(job, dry_run=False)

        assert counts(done) == ("done", 1, 0, 1, 1)
        assert Workout.objects.get().imported_by == done


def a_session(exercise: Exercise) -> dict:
    return {
        "name": "Push",
        "date": dt.date(2026, 3, 2),
        "start_time": dt.time(18),
        "sets": [{"exercise": exercise.pk, "reps": 5, "weight": 100.0}],
    }
