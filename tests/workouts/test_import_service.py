"""A person's history out of another app's file: what is stored, and what cannot be."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.transfers import (
    BenchFactory,
    a_row,
    a_strong_file,
    counts,
    days_of,
    diary,
    imported,
    requested,
    run,
)
from tests.factories.workouts import ExerciseFactory
from tests.users.everything import use_a_folder_of_the_test
from tests.workouts.transfer.files import HEVY as HEVY_HEADER
from tests.workouts.transfer.files import a_file, peak_of_memory
from tests.workouts.transfer.histories import (
    HEVY,
    STRONG,
    hevy_csv,
    sessions,
    strong_csv,
    workouts_of,
)
from users.models import Notification, User
from workouts.models import Exercise, Workout, WorkoutSet

pytestmark = pytest.mark.django_db

NAMES = {
    "Bench Press (Barbell)": "Barbell Bench Press",
    "Overhead Press (Barbell)": "Barbell Overhead Press",
    "Cable Fly": "Cable Fly",
    "Deadlift (Barbell)": "Barbell Deadlift",
    "Pull Up": "Pull-Up",
    "Bicep Curl (Dumbbell)": "Dumbbell Curl",
    "Squat (Barbell)": "Barbell Back Squat",
    "Leg Press": "Leg Press",
    "Plank": "Plank",
    "Running (Treadmill)": "Treadmill Running",
}


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


@pytest.fixture
def catalogue(db) -> None:
    for name in NAMES.values():
        ExerciseFactory(name=name)


class TestWhatIsStored:
    @pytest.mark.parametrize("dialect", ["ios", "six", "android", "office"])
    def test_a_history_of_strong_in_any_dialect(self, ana, catalogue, dialect):
        form = STRONG[dialect]
        file = strong_csv(workouts=40, dialect=dialect)

        job = imported(ana, file, weight_unit=form.unit, distance_unit=form.distance_unit)

        assert (*counts(job), job.source) == ("done", 40, 0, sets_of(form), 0, "strong")
        assert told(ana) == expected(form)
        assert diary(ana)[0]["end_time"] is None

    @pytest.mark.parametrize("dialect", ["kg", "us", "german", "french", "slashes"])
    def test_a_history_of_hevy_in_any_dialect(self, ana, catalogue, dialect):
        form = HEVY[dialect]

        job = imported(ana, hevy_csv(workouts=40, dialect=dialect))

        assert (*counts(job), job.source) == ("done", 40, 0, sets_of(form), 0, "hevy")
        assert told(ana) == expected(form)
        assert diary(ana)[0]["end_time"] is not None

    def test_sets_of_one_side_keep_it(self, ana, bench):
        head = "Push,2 Mar 2026 18:00,2 Mar 2026 19:00,,Bench Press (Barbell),,,"
        file = a_file(HEVY_HEADER, *(f"{head}0,{kind},20,8,,," for kind in ("left", "right", "")))

        job = imported(ana, file.getvalue())

        assert counts(job) == ("done", 1, 0, 3, 0)
        sides = WorkoutSet.objects.in_order().values_list("set_type", "side")
        assert list(sides) == [("normal", "left"), ("normal", "right"), ("normal", "")]

    def test_pounds_and_kilograms_stand_in_one_file(self, ana, bench):
        rows = a_row(weight="100", unit="kg"), a_row(weight="225", unit="lbs")

        job = imported(ana, a_strong_file(*rows), weight_unit="kg")

        assert counts(job) == ("done", 1, 0, 2, 0)
        weights = WorkoutSet.objects.in_order().values_list("weight", flat=True)
        assert list(weights) == [100.0, pytest.approx(102.05828, abs=1e-5)]

    def test_its_times_are_read_in_the_zone_of_the_profile_or_the_one_that_is_given(
        self, ana, bench
    ):
        ana.profile.timezone = "Europe/Vienna"
        ana.profile.save()
        at_home = a_strong_file(a_row("2026-07-01 18:00:00"))
        abroad = a_strong_file(a_row("2026-07-02 18:00:00"))

        imported(ana, at_home)
        imported(ana, abroad, timezone="Asia/Tokyo")

        rows = Workout.objects.order_by("date").values_list("timezone", "started_at", "duration")
        assert list(rows) == [
            ("Europe/Vienna", dt.datetime(2026, 7, 1, 16, tzinfo=dt.UTC), 60),
            ("Asia/Tokyo", dt.datetime(2026, 7, 2, 9, tzinfo=dt.UTC), 60),
        ]

    def test_a_start_over_which_the_clocks_of_the_zone_jumped_is_kept(self, ana, bench):
        file = a_strong_file(a_row("2026-03-29 02:30:00"))

        job = imported(ana, file, timezone="Europe/Vienna")

        assert counts(job) == ("done", 1, 0, 1, 0)
        workout = Workout.objects.get()
        assert workout.start_time == dt.time(3, 30)
        assert workout.started_at == dt.datetime(2026, 3, 29, 1, 30, tzinfo=dt.UTC)

    def test_nobody_knows_what_the_person_weighed_then(self, ana):
        ana.profile.body_weight_kg = 80
        ana.profile.save()
        ExerciseFactory(name="Pull-Up", load_type="bodyweight", bodyweight_share=1)
        file = a_strong_file(a_row(exercise="Pull Up", weight="10", reps="8"))

        imported(ana, file)

        workout, done = Workout.objects.get(), WorkoutSet.objects.get()
        assert (workout.body_weight_kg, workout.calories_burned) == (None, None)
        assert workout.calories_estimated is False
        assert (done.load_type, done.weight, done.body_load_kg) == ("bodyweight", 10.0, None)

    def test_sets_of_two_names_for_one_exercise_are_numbered_together(self, ana, bench):
        rows = [
            a_row(exercise="Bench Press (Barbell)", kind="W"),
            a_row(exercise="Barbell Bench Press"),
            a_row(exercise="Bench Press (Barbell)", kind="Note", notes="Slow"),
            a_row(exercise="Barbell Bench Press", kind="Note", notes="Deep"),
        ]

        imported(ana, a_strong_file(*rows))

        [workout] = diary(ana)
        numbers = [(done["set_number"], done["set_type"]) for done in workout["sets"]]
        assert numbers == [(1, "warm_up"), (2, "normal")]
        assert workout["exercise_notes"] == {"Barbell Bench Press": "Slow\nDeep"}

    def test_the_largest_values_that_are_read_can_be_stored(self, ana, bench):
        header = (
            "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,"
            "set_index,set_type,weight_kg,reps,distance_km,duration_seconds,rpe,rest_seconds,"
            "set_notes,amrap"
        )
        row = ",".join(
            [
                *("T" * 150, "2199-12-31T23:59:59", "2200-01-01T23:59:58", "D" * 5000),
                *("Bench Press (Barbell)", "99", "N" * 5000, "0", "failure", "2000", "10000"),
                *("2000", "172800", "10", "86400", "S" * 300, ""),
            ]
        )

        job = imported(ana, a_file(header, row).getvalue())

        assert counts(job) == ("done", 1, 0, 1, 0)
        [workout] = diary(ana)
        assert (len(workout["name"]), len(workout["notes"])) == (100, 4000)
        assert len(workout["exercise_notes"]["Barbell Bench Press"]) == 1000
        assert workout["sets"] == [
            {
                "set_number": 1,
                "set_type": "failure",
                "reps": 10_000,
                "weight": 2000.0,
                "duration": 172_800,
                "distance": 2000.0,
                "rpe": 10.0,
                "superset": 100,
                "rest_seconds": 86_400,
                "notes": "S" * 200,
                "exercise_name": "Barbell Bench Press",
            }
        ]

    def test_the_person_is_told_when_it_is_done(self, ana, bench):
        job = imported(ana, a_strong_file(a_row()))

        note = Notification.objects.get(user=ana)
        assert (note.category, note.kind) == ("workouts", "workout_import_done")
        assert note.text == "Your import is done: 1 new workout."
        assert note.target == job
        assert job.finished_at is not None


class TestErrors:
    def test_each_line_that_cannot_be_taken_is_told_and_the_others_are_stored(self, ana, bench):
        rows = a_row(), a_row(reps="five"), a_row("someday"), a_row(weight="9999")

        job = imported(ana, a_strong_file(*rows))

        assert counts(job) == ("done", 1, 0, 1, 3)
        errors = job.row_errors.order_by("line").values_list("line", "column", "code")
        assert list(errors) == [
            (3, "Reps", "out_of_range"),
            (4, "Date", "bad_date"),
            (5, "Weight", "out_of_range"),
        ]

    def test_a_thousand_are_stored_and_all_are_counted(self, ana, bench):
        rows = [a_row(), *[a_row(reps="x")] * 1200]

        job = imported(ana, a_strong_file(*rows))

        assert counts(job) == ("done", 1, 0, 1, 1200)
        assert job.row_errors.count() == 1000
        assert job.row_errors.order_by("-line").first().line == 1002

    def test_a_note_on_an_exercise_that_nobody_knows_is_told(self, ana, bench):
        rows = a_row(), a_row(exercise="Xyz", kind="Note", notes="Slow")

        job = imported(ana, a_strong_file(*rows))

        assert counts(job) == ("done", 1, 0, 1, 1)
        [error] = job.row_errors.values_list("line", "code", "message")
        assert error == (2, "unknown_exercise", '"Xyz" is no exercise that you have.')
        assert diary(ana)[0]["exercise_notes"] == {}

    @pytest.mark.parametrize(
        ("rows", "error"),
        [
            ([a_row("someday")] * 2000, "None of the dates in the file can be read."),
            (
                [a_row(exercise=f"Lift {n}") for n in range(5001)],
                "The file names more than 5000 exercises.",
            ),
        ],
    )
    def test_a_file_that_cannot_be_read_fails_with_the_reason(self, ana, bench, rows, error):
        job = imported(ana, a_strong_file(*rows))

        assert (job.status, job.error) == ("failed", error)
        assert job.finished_at is not None
        assert not Workout.objects.exists()

    def test_without_its_file_it_fails(self, ana, bench):
        job = requested(ana, a_strong_file(a_row()))
        job.file.storage.delete(job.file.name)

        run(job)

        assert (job.status, job.error) == ("failed", "The file is gone. Upload it again.")


class TestSize:
    def test_each_hundred_workouts_cost_the_same_number_of_statements(self, ana, bench):
        statements = [statements_of(ana, days) for days in (100, 300, 500)]

        assert statements[2] - statements[1] == statements[1] - statements[0] == 2 * 9

    def test_twenty_thousand_rows_are_imported_in_little_memory(self, ana, catalogue):
        days = workouts_of(20_000, strong_csv, "android")
        imported(ana, strong_csv(workouts=10, dialect="android"))
        job = requested(ana, strong_csv(workouts=days, dialect="android"))

        with peak_of_memory() as peak:
            run(job)

        assert (job.status, job.workouts_new, job.workouts_known) == ("done", days - 10, 10)
        assert job.rows_done == job.rows_total == 21_036
        assert peak() < 6_000_000


def statements_of(user: User, days: int) -> int:
    Workout.objects.filter(user=user).delete()
    job = requested(user, a_strong_file(*days_of(days)))
    with CaptureQueriesContext(connection) as queries:
        run(job)
    assert job.workouts_new == days
    return len(queries)


def sets_of(form) -> int:
    return sum(len(one.sets) for one in sessions(40, form.unit, 0))


def expected(form) -> list[tuple]:
    """What the generator made up, in our units."""
    to_kg = 0.45359237 if form.unit == "lb" else 1
    to_km = 1.609344 if form.distance_unit == "mi" else 1
    return [
        (
            (one.name, one.start.replace(second=0), one.minutes),
            [
                (
                    *(NAMES[done.exercise], done.kind, done.reps, _times(done.load, to_kg)),
                    *(done.seconds, _times(done.distance, to_km), done.rpe),
                )
                for done in one.sets
            ],
        )
        for one in sessions(40, form.unit, 0)
    ]


def told(user: User) -> list[tuple]:
    return [
        (
            (one["name"], one["start"], one["duration"]),
            [
                (
                    *(done["exercise_name"], done["set_type"], done["reps"]),
                    *(_times(done["weight"], 1), done["duration"]),
                    *(_times(done["distance"], 1), done["rpe"]),
                )
                for done in one["sets"]
            ],
        )
        for one in diary(user)
    ]


def _times(value: float | None, factor: float) -> float | None:
    """Rounded; the body alone is no load in one app, and none in the other."""
    return round(value * factor, 6) if value else None
