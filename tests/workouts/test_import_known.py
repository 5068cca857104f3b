"""What the diary has already is not imported again; what differs is."""

import datetime as dt

import pytest

from tests.factories.transfers import (
    BenchFactory,
    a_row,
    a_strong_file,
    counts,
    diary,
    imported,
)
from tests.factories.workouts import WorkoutFactory
from tests.users.everything import use_a_folder_of_the_test
from tests.workouts.transfer.histories import strong_csv
from workouts.models import Exercise, Workout, WorkoutSet
from workouts.services.catalogue import load_catalogue

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


class TestWhatIsKnown:
    def test_the_same_file_twice_adds_nothing(self, ana, catalogue):
        file = strong_csv(workouts=30, dialect="six")
        imported(ana, file)
        before = diary(ana)

        again = imported(ana, file)

        assert counts(again) == ("done", 0, 30, 0, 0)
        assert diary(ana) == before

    def test_a_later_export_adds_only_what_is_new(self, ana, catalogue):
        imported(ana, strong_csv(workouts=30, dialect="six"))

        # The same again, as another version of the app writes it, and ten workouts more.
        later = imported(
            ana, strong_csv(workouts=40, dialect="six").replace(b"Pull Up", b"PULL UP")
        )

        assert (later.workouts_new, later.workouts_known) == (10, 30)
        assert Workout.objects.count() == 40

    def test_sessions_of_one_day_that_differ_in_start_or_name_are_all_kept(self, ana, bench):
        rows = [
            a_row("2026-03-02 07:00:00", "Push"),
            a_row("2026-03-02 07:00:00", "Pull"),
            a_row("2026-03-02 18:00:00", "Push"),
        ]

        job = imported(ana, a_strong_file(*rows))

        assert counts(job) == ("done", 3, 0, 3, 0)

    def test_a_workout_that_comes_again_later_in_the_file_is_told_and_left_out(self, ana, bench):
        rows = a_row(), a_row("2026-03-03 18:00:00"), a_row(reps="8"), a_row(reps="9")

        job = imported(ana, a_strong_file(*rows))

        assert counts(job) == ("done", 2, 0, 2, 1)
        [error] = job.row_errors.values("line", "column", "code", "message")
        assert error == {
            "line": 4,
            "column": "",
            "code": "repeated_workout",
            "message": '"Push" of 2026-03-02 18:00:00 stood in the file before.',
        }
        assert WorkoutSet.objects.filter(reps=8).count() == 0

    def test_a_session_that_was_logged_here_is_known(self, ana, bench):
        WorkoutFactory(user=ana, name="Push", date=dt.date(2026, 3, 2))

        job = imported(ana, a_strong_file(a_row(), a_row(name="Pull")))

        assert counts(job) == ("done", 1, 1, 1, 0)
        assert sorted(Workout.objects.values_list("name", flat=True)) == ["Pull", "Push"]

    def test_an_imported_session_is_known_under_its_new_name_too(self, ana, bench):
        imported(ana, a_strong_file(a_row()))
        Workout.objects.update(name="Chest", date="2026-03-01")

        again = imported(ana, a_strong_file(a_row()))

        assert counts(again) == ("done", 0, 1, 0, 0)

    def test_what_was_deleted_comes_back_with_the_next_import(self, ana, bench):
        imported(ana, a_strong_file(a_row()))
        Workout.objects.all().delete()

        again = imported(ana, a_strong_file(a_row()))

        assert counts(again) == ("done", 1, 0, 1, 0)

    def test_another_persons_history_is_nothing_to_it(self, ana, ben, bench):
        imported(ben, a_strong_file(a_row()))

        job = imported(ana, a_strong_file(a_row()))

        assert counts(job) == ("done", 1, 0, 1, 0)
