"""The diary as a file of another app, which reads back as the same diary."""

import csv
import datetime as dt
from io import StringIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.transfers import (
    BenchFactory,
    a_row,
    a_strong_file,
    counts,
    diary,
    imported,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import (
    CustomExerciseFactory,
    ExerciseFactory,
    WorkoutFactory,
    WorkoutSetFactory,
)
from tests.users.everything import body_of, use_a_folder_of_the_test
from tests.workouts.transfer.files import peak_of_memory
from tests.workouts.transfer.histories import strong_csv
from users.models import User
from workouts.models import Exercise, ExerciseNote, Workout, WorkoutSet
from workouts.services.catalogue import load_catalogue
from workouts.services.transfers_export import PAGE_SIZE, export_csv

URL = "/api/v1/workouts/export/"
pytestmark = pytest.mark.django_db

TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), max_size=20
).map(lambda text: " ".join(text.split()))
NUMBERS = st.fixed_dictionaries(
    {
        "weight": st.none() | st.floats(0, 2000).map(abs),
        "reps": st.integers(0, 10_000),
        "rest_seconds": st.none() | st.integers(0, 86_400),
    }
)
DAYS = st.fixed_dictionaries(
    {
        "name": TEXTS.filter(bool),
        "notes": TEXTS,
        "exercise": TEXTS.filter(bool),
        "numbers": NUMBERS,
    }
)


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


def exported(user: User, app: str = "strong", weight_unit: str = "kg") -> bytes:
    return "".join(export_csv(user_id=user.pk, app=app, weight_unit=weight_unit)).encode()


def rows_of(content: bytes, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline=""), delimiter=delimiter))


def a_full_diary(user: User, bench: Exercise) -> None:
    """Every kind of set, notes everywhere, a session past midnight and one without an end."""
    own = CustomExerciseFactory(name="Ana's =Lift", created_by=user)
    plank = ExerciseFactory(name="Plank")
    late = WorkoutFactory(
        user=user,
        name='Late; "push"',
        notes="Line one\nline two",
        start_time=dt.time(23, 30, 15),
        end_time=dt.time(0, 45, 15),
        duration=75,
        finished_at=dt.datetime(2026, 3, 3, 0, 45, 15, tzinfo=dt.UTC),
    )
    kinds = ("warm_up", "normal", "drop", "failure", "amrap")
    for position, kind in enumerate(kinds, start=1):
        WorkoutSetFactory(
            workout=late,
            exercise=own if position % 2 else bench,
            position=position,
            set_number=(position + 1) // 2,
            set_type=kind,
            weight=61.25 + position,
            reps=position,
            rpe=6 + position / 2,
            superset=1,
            rest_seconds=90 * position,
            notes="=SUM(A1)",
        )
    ExerciseNote.objects.create(workout=late, exercise=own, text="Elbows in\nslowly")
    early = WorkoutFactory(user=user, name="Early", start_time=dt.time(6), duration=30)
    WorkoutSetFactory(
        workout=early, exercise=plank, reps=None, weight=None, duration=90, distance=1.234
    )
    WorkoutSetFactory(
        workout=early, exercise=plank, position=999, set_number=2, reps=0, weight=0.0
    )


class TestRoundTrip:
    @pytest.mark.parametrize("unit", ["kg", "lb"])
    @pytest.mark.parametrize("app", ["strong", "hevy"])
    def test_a_diary_reads_back_the_same(self, ana, ben, bench, app, unit):
        a_full_diary(ana, bench)

        job = imported(ben, exported(ana, app, unit), create_unknown=True)

        assert counts(job) == ("done", 2, 0, 7, 0)
        assert without_what_it_cannot_say(diary(ben), app, unit) == without_what_it_cannot_say(
            diary(ana), app, unit
        )

    @pytest.mark.parametrize("app", ["strong", "hevy"])
    def test_imported_by_its_own_author_it_adds_nothing(self, ana, bench, app):
        a_full_diary(ana, bench)
        before = diary(ana)

        job = imported(ana, exported(ana, app))

        assert counts(job) == ("done", 0, 2, 0, 0)
        assert diary(ana) == before

    @pytest.mark.parametrize("app", ["strong", "hevy"])
    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(told=DAYS)
    def test_any_text_and_number_reads_back_the_same(self, app, told):
        author, reader = UserFactory(), UserFactory()
        own = CustomExerciseFactory(created_by=author, name=told["exercise"])
        workout = WorkoutFactory(user=author, name=told["name"], notes=told["notes"])
        WorkoutSetFactory(workout=workout, exercise=own, notes=told["notes"], **told["numbers"])

        imported(reader, exported(author, app), create_unknown=True)

        assert diary(reader) == diary(author)


class TestContent:
    def test_the_file_says_what_was_done(self, ana, bench):
        workout = WorkoutFactory(user=ana, duration=65)
        WorkoutSetFactory(workout=workout, exercise=bench, weight=100.0, reps=5, rpe=8.5)

        [row] = rows_of(exported(ana, weight_unit="lb"))

        assert {name: cell for name, cell in row.items() if cell} == {
            "Date": "2026-03-02 18:00:00",
            "Workout Name": "Push day",
            "Exercise Name": "Barbell Bench Press",
            "Set Order": "1",
            "Weight": "220.4623",
            "Weight Unit": "lb",
            "Reps": "5",
            "RPE": "8.5",
            "Workout Duration": "1h 5m",
        }

    def test_reps_in_reserve_are_told_as_rpe(self, ana, bench):
        workout = WorkoutFactory(user=ana)
        efforts = [(None, 1.5), (8, 1), (None, 10), (None, None)]
        for number, (rpe, rir) in enumerate(efforts, start=1):
            WorkoutSetFactory(
                workout=workout,
                exercise=bench,
                position=number,
                set_number=number,
                rpe=rpe,
                rir=rir,
            )

        rows = rows_of(exported(ana, "hevy"), ",")

        assert [row["rpe"] for row in rows] == ["8.5", "8", "", ""]

    def test_what_runs_and_what_was_only_planned_is_left_out(self, ana, bench):
        WorkoutSetFactory(workout=WorkoutFactory(user=ana, in_progress=True), exercise=bench)
        done = WorkoutFactory(user=ana, name="Done")
        WorkoutSetFactory(workout=done, exercise=bench, reps=5, position=1, target={})
        WorkoutSetFactory(
            workout=done, exercise=bench, reps=None, position=2, set_number=2, target={}
        )

        rows = rows_of(exported(ana))

        assert [(row["Workout Name"], row["Reps"]) for row in rows] == [("Done", "5")]

    def test_the_oldest_comes_first_and_no_page_loses_any(self, ana, bench):
        for number in range(2 * PAGE_SIZE + 1):
            workout = WorkoutFactory(user=ana, date=dt.date(2026, 1, 1), name=f"{number}")
            WorkoutSetFactory(workout=workout, exercise=bench)
        first = WorkoutFactory(user=ana, date=dt.date(2025, 1, 1), name="first")
        WorkoutSetFactory(workout=first, exercise=bench)

        names = [row["Workout Name"] for row in rows_of(exported(ana))]

        assert names == ["first", *map(str, range(2 * PAGE_SIZE + 1))]

    def test_a_hundred_workouts_cost_three_queries(self, ana, bench, django_assert_num_queries):
        for _ in range(3):
            WorkoutSetFactory(workout=WorkoutFactory(user=ana), exercise=bench)

        with django_assert_num_queries(3):
            exported(ana)

    def test_a_long_diary_is_written_in_little_memory(self, ana):
        load_catalogue()
        imported(ana, strong_csv(workouts=1000, dialect="six"))
        exported(ana)

        with peak_of_memory() as peak:
            longest = max(map(len, export_csv(user_id=ana.pk, app="strong", weight_unit="kg")))

        assert longest < 34_000
        assert peak() < 2_500_000


class TestDownload:
    def test_a_person_gets_their_own_diary(self, api, ana, ben, bench):
        WorkoutSetFactory(workout=WorkoutFactory(user=ana, name="Hers"), exercise=bench)
        WorkoutSetFactory(workout=WorkoutFactory(user=ben, name="His"), exercise=bench)

        response = api.get(URL, {"app": "hevy", "weight_unit": "lb"})
        body = body_of(response)

        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert response.headers["Content-Disposition"] == (
            'attachment; filename="numeneon-hevy.csv"'
        )
        [row] = rows_of(body, ",")
        assert (row["title"], row["weight_lbs"]) == ("Hers", "220.4623")

    def test_kilograms_are_written_unless_asked_otherwise(self, api, ana, bench):
        WorkoutSetFactory(workout=WorkoutFactory(user=ana), exercise=bench)

        [row] = rows_of(body_of(api.get(URL, {"app": "strong"})))

        assert (row["Weight"], row["Weight Unit"]) == ("100.0", "kg")

    def test_an_empty_diary_is_a_header(self, api):
        body = body_of(api.get(URL, {"app": "strong"}))

        assert body.count(b"\r\n") == 1
        assert rows_of(body) == []

    @pytest.mark.parametrize(
        ("query", "error"),
        [
            ({"app": "fitnotes"}, ("app", "invalid_choice")),
            ({"app": "strong", "weight_unit": "st"}, ("weight_unit", "invalid_choice")),
        ],
    )
    def test_a_wrong_wish_is_named(self, api, query, error):
        response = api.get(URL, query)

        assert response.status_code == 400
        [found] = response.json()["errors"]
        assert (found["attr"], found["code"]) == error

    def test_nobody_gets_one_without_a_token(self, anonymous):
        assert anonymous.get(URL, {"app": "strong"}).status_code == 401


def test_what_was_imported_is_exported_again(ana, bench):
    imported(ana, a_strong_file(a_row(weight="225", unit="lbs", notes="Belt")))

    [row] = rows_of(exported(ana, weight_unit="lb"))

    assert (row["Weight"], row["Notes"]) == ("225.0", "Belt")
    assert Workout.objects.count() == WorkoutSet.objects.count() == 1


def without_what_it_cannot_say(read: list[dict], app: str, unit: str) -> list[dict]:
    """Strong does not note when a workout ended; pounds have four decimals."""
    return [
        workout
        | ({"end_time": None} if app == "strong" or workout["name"] == "Early" else {})
        | {
            "sets": [
                done
                | {"weight": done["weight"] and round(done["weight"], 4 if unit == "lb" else 9)}
                for done in workout["sets"]
            ]
        }
        for workout in read
    ]
