"""Importing a history over HTTP."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories.transfers import (
    LABEL,
    BenchFactory,
    WorkoutImportFactory,
    a_row,
    a_strong_file,
    days_of,
    imported,
    requested,
    run,
)
from tests.factories.workouts import CustomExerciseFactory
from tests.users.everything import private_storage, stored_files, use_a_folder_of_the_test
from tests.workouts.transfer.histories import strong_csv
from users import tasks
from users.ids import uuid7
from workouts.models import Exercise, ExerciseAlias, Workout, WorkoutImport, WorkoutSet
from workouts.services import transfers
from workouts.services.catalogue import load_catalogue

URL = "/api/v1/workout-imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


def detail(job, action: str = "") -> str:
    return f"{URL}{getattr(job, 'pk', job)}/{action}"


def csv(content: bytes, name: str = "strong.csv", kind: str = "text/csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=kind)


def upload(client, content: bytes | SimpleUploadedFile, key: str = "", **fields):
    file = csv(content) if isinstance(content, bytes) else content
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(URL, {"file": file, **fields}, format="multipart", **headers)


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


class TestUploading:
    def test_a_file_is_taken_and_a_worker_woken(
        self, api, ana, bench, monkeypatch, django_capture_on_commit_callbacks
    ):
        woken = []
        monkeypatch.setattr(tasks.run_job, "delay", lambda **given: woken.append(given))
        content = a_strong_file(a_row())

        with django_capture_on_commit_callbacks(execute=True):
            response = upload(api, content, timezone="Europe/Vienna", dry_run="true")

        job = WorkoutImport.objects.get(user=ana)
        assert response.status_code == 202
        assert response.json() == {
            "id": str(job.pk),
            "status": "pending",
            "source": "",
            "file_name": "strong.csv",
            "size_bytes": len(content),
            "weight_unit": "",
            "distance_unit": "",
            "date_order": "",
            "timezone": "Europe/Vienna",
            "dry_run": True,
            "create_unknown": False,
            "questions": {},
            "rows_total": 0,
            "rows_done": 0,
            "workouts_new": 0,
            "workouts_known": 0,
            "sets_new": 0,
            "errors_count": 0,
            "error": "",
            "created_at": response.json()["created_at"],
            "updated_at": response.json()["updated_at"],
            "finished_at": None,
        }
        assert woken == [{"label": LABEL, "job_id": str(job.pk)}]
        assert stored_files() == [f"imports/{job.pk}.csv"]

    @pytest.mark.parametrize(
        "kind",
        ["text/plain", "application/vnd.ms-excel", "application/octet-stream", "TEXT/CSV; a=b"],
    )
    def test_whatever_browsers_call_csv(self, api, bench, kind):
        response = upload(api, csv(a_strong_file(a_row()), "x", kind))

        assert response.status_code == 202

    def test_the_same_id_or_key_with_the_same_file_is_the_same_import(self, api, bench):
        by_id = {"id": str(uuid7())}
        first = upload(api, a_strong_file(a_row()), **by_id)
        again = upload(api, a_strong_file(a_row()), **by_id)
        other = upload(api, a_strong_file(a_row("2026-03-09 18:00")), **by_id)
        WorkoutImport.objects.update(status="done")
        keyed = upload(api, a_strong_file(a_row()), key="k")
        again_keyed = upload(api, a_strong_file(a_row()), key="k")

        codes = [one.status_code for one in (first, again, other, keyed, again_keyed)]
        assert codes == [202, 200, 409, 202, 200]
        assert first.json() == again.json()
        assert errors_of(other) == [(None, "id_taken")]
        assert WorkoutImport.objects.count() == len(stored_files()) == 2

    def test_a_second_one_is_refused_while_one_waits_or_runs(self, api, ana, bens_api, bench):
        job = requested(ana, a_strong_file(a_row()))
        waiting = upload(api, a_strong_file(a_row()))
        WorkoutImport.objects.update(status="running")
        running = upload(api, a_strong_file(a_row()))
        bens = upload(bens_api, a_strong_file(a_row()))

        assert [one.status_code for one in (waiting, running, bens)] == [409, 409, 202]
        assert errors_of(waiting) == errors_of(running) == [(None, "import_running")]
        assert list(WorkoutImport.objects.filter(user=ana)) == [job]
        assert len(stored_files()) == 2

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "empty"),
            (b"\n\n  \n", "empty"),
            (b"PK\x03\x04" + bytes(200), "not_text"),
            (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "unknown_format"),
            (b"a,b,c\n1,2,3\n", "unknown_format"),
            (b"Date,Workout Name,Exercise Name,Set Order,Reps\n", "missing_columns"),
            (a_strong_file(), "no_rows"),
            (a_strong_file(a_row("someday")), "bad_dates"),
        ],
    )
    def test_what_is_no_history_is_refused_at_once(self, api, content, code):
        response = upload(api, content)

        assert response.status_code == 400
        assert errors_of(response) == [("file", code)]
        assert not WorkoutImport.objects.exists()
        assert stored_files() == []

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"weight_unit": "stone"}, ("weight_unit", "invalid_choice")),
            ({"distance_unit": "yd"}, ("distance_unit", "invalid_choice")),
            ({"date_order": "year_first"}, ("date_order", "invalid_choice")),
            ({"timezone": "Mars/Base"}, ("timezone", "unknown_time_zone")),
            ({"dry_run": "perhaps"}, ("dry_run", "invalid")),
            ({"id": "1"}, ("id", "invalid")),
            ({"file": ""}, ("file", "invalid")),
            ({"file": csv(b"x", kind="image/png")}, ("file", "unsupported_type")),
        ],
    )
    def test_a_wrong_field_is_named(self, api, fields, error):
        response = api.post(
            URL, {"file": csv(a_strong_file(a_row())), **fields}, format="multipart"
        )

        assert response.status_code == 400
        assert errors_of(response) == [error]
        assert not WorkoutImport.objects.exists()

    def test_twenty_megabytes_are_the_most(self, api, monkeypatch):
        too_large = upload(api, bytes(transfers.MAX_FILE_BYTES + 65 * 1024))
        a_little = upload(api, bytes(transfers.MAX_FILE_BYTES + 1))

        assert (too_large.status_code, a_little.status_code) == (413, 400)
        assert errors_of(a_little) == [("file", "too_large")]
        assert stored_files() == []

    def test_one_that_does_not_fit_into_memory_goes_by_the_disk(self, api, bench):
        content = a_strong_file(*[a_row(notes="x" * 180)] * 12_000)

        response = upload(api, content)

        job = WorkoutImport.objects.get()
        assert (response.status_code, job.size_bytes) == (202, len(content))
        with job.file.open("rb") as file:
            assert file.read() == content

    def test_a_repeated_upload_takes_the_place_of_one_that_was_cut_off(self, api, bench):
        import_id, content = uuid7(), a_strong_file(a_row())
        private_storage().save(f"imports/{import_id}.csv", ContentFile(content[:50]))

        response = upload(api, content, id=str(import_id))

        assert response.status_code == 202
        assert stored_files() == [f"imports/{import_id}.csv"]
        with WorkoutImport.objects.get().file.open("rb") as file:
            assert file.read() == content

    def test_only_a_form_with_a_file_is_taken(self, api):
        as_json = api.post(URL, {"file": "x"}, format="json")
        without = api.post(URL, {"timezone": "UTC"}, format="multipart")

        assert (as_json.status_code, without.status_code) == (415, 400)
        assert errors_of(without) == [("file", "required")]

    def test_answers_are_no_uploads(self, api, ana):
        job = WorkoutImportFactory(user=ana, status="needs_answers")

        response = api.patch(detail(job), {"timezone": "x" * 1024**2})

        assert response.status_code == 413


class TestLooking:
    def test_the_list_is_newest_first_and_costs_the_same_for_any_number(
        self, api, ana, ben, django_assert_num_queries
    ):
        jobs = [WorkoutImportFactory(user=ana) for _ in range(3)]
        WorkoutImportFactory(user=ben)

        with django_assert_num_queries(2):  # who asks, and the page
            response = api.get(URL)

        ids = [row["id"] for row in response.json()["results"]]
        assert ids == [str(job.pk) for job in reversed(jobs)]

    def test_one_costs_one_query_beside_who_asks(self, api, ana, bench, django_assert_num_queries):
        job = imported(ana, a_strong_file(a_row(), a_row(exercise="Xyz")))

        with django_assert_num_queries(2):
            response = api.get(detail(job))

        answer = response.json()
        assert (answer["status"], answer["source"]) == ("needs_answers", "strong")
        assert answer["questions"]["exercises"] == [{"name": "Xyz", "sets": 1, "suggestions": []}]

    def test_what_could_not_be_taken_is_listed_by_line(
        self, api, ana, bench, django_assert_num_queries
    ):
        rows = [a_row(), *[a_row(reps="x")] * 30]
        job = imported(ana, a_strong_file(*rows))

        with django_assert_num_queries(3):  # who asks, the import, the page
            first = api.get(detail(job, "errors/")).json()
        second = api.get(first["next"]).json()

        assert [row["line"] for row in first["results"]] == list(range(3, 23))
        assert [row["line"] for row in second["results"]] == list(range(23, 33))
        assert (second["next"], first["previous"]) == (None, None)
        assert first["results"][0] == {
            "line": 3,
            "column": "Reps",
            "code": "out_of_range",
            "message": 'Reps must be a whole number from 0 to 10000, not "x".',
        }


class TestAnswering:
    def test_a_history_with_two_unknown_exercises_from_upload_to_a_second_import(self, api, ana):
        load_catalogue()
        file = strong_csv(workouts=30, dialect="android")
        file = file.replace(b"Cable Fly", b"Chest Thing").replace(b"Leg Press", b"Sled 45")
        fly = Exercise.objects.get(name="Cable Fly")

        job = run(WorkoutImport.objects.get(pk=upload(api, file).json()["id"]))
        asked = api.get(detail(job)).json()["questions"]["exercises"]
        answers = [
            {"name": "Chest Thing", "exercise": str(fly.pk)},
            {"name": "Sled 45", "create": True},
        ]
        answered = api.patch(detail(job), {"exercises": answers})
        run(job)
        undone = api.post(detail(job, "undo/"))
        left = Workout.objects.count()
        again = run(WorkoutImport.objects.get(pk=upload(api, file).json()["id"]))

        assert {one["name"] for one in asked} == {"Chest Thing", "Sled 45"}
        assert (answered.status_code, answered.json()["status"]) == (200, "pending")
        assert (job.status, job.workouts_new) == ("done", 30)
        assert (undone.status_code, undone.json()["status"], left) == (200, "undone", 0)
        assert (again.status, again.workouts_new) == ("done", 30)
        assert WorkoutSet.objects.filter(exercise=fly).exists()
        assert Exercise.objects.get(created_by=ana).name == "Sled 45"

    def test_options_are_changed_before_it_is_done_for_good(self, api, ana, bench):
        job = imported(ana, a_strong_file(a_row()), dry_run=True)

        response = api.patch(detail(job), {"dry_run": False, "timezone": "Asia/Tokyo"})
        run(job)

        assert response.status_code == 200
        assert (response.json()["status"], response.json()["rows_done"]) == ("pending", 0)
        started_at = Workout.objects.get().started_at
        assert started_at == dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("row", "error"),
        [
            ({"name": "Xyz"}, ("exercises.1.exercise", "invalid")),
            (
                {"name": "Xyz", "exercise": str(uuid7()), "create": True},
                ("exercises.1.exercise", "invalid"),
            ),
            ({"name": "Xyz", "create": False}, ("exercises.1.exercise", "invalid")),
            ({"name": "", "create": True}, ("exercises.1.name", "blank")),
            ({"name": "X" * 101, "create": True}, ("exercises.1.name", "max_length")),
            ({"name": "Xyz", "exercise": 7}, ("exercises.1.exercise", "invalid")),
            (
                {"name": "Xyz", "exercise": str(uuid7())},
                ("exercises.1.exercise", "does_not_exist"),
            ),
            ("Xyz", ("exercises.1.non_field_errors", "not_an_object")),
        ],
    )
    def test_a_wrong_answer_is_named_and_changes_nothing(self, api, ana, bench, row, error):
        job = imported(ana, a_strong_file(a_row(exercise="Xyz"), a_row(exercise="Abc")))
        good = {"name": "Abc", "exercise": str(bench.pk)}

        response = api.patch(detail(job), {"exercises": [good, row]})

        assert response.status_code == 400
        assert errors_of(response) == [error]
        job.refresh_from_db()
        assert job.status == "needs_answers"
        assert not ExerciseAlias.objects.exists()

    def test_another_persons_exercise_is_no_answer(self, api, ana, ben, bench):
        bens = CustomExerciseFactory(created_by=ben)
        job = imported(ana, a_strong_file(a_row(exercise="Xyz")))

        response = api.patch(
            detail(job), {"exercises": [{"name": "Xyz", "exercise": str(bens.pk)}]}
        )

        assert errors_of(response) == [("exercises.0.exercise", "does_not_exist")]
        assert not ExerciseAlias.objects.exists()

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("pending", "import_running"),
            ("running", "import_running"),
            ("done", "import_done"),
            ("needs_answers", "file_gone"),
        ],
    )
    def test_there_is_a_time_for_answers(self, api, ana, bench, status, code):
        job = WorkoutImportFactory(user=ana, status=status)
        answers = [{"name": "Xyz", "exercise": str(bench.pk)}]

        response = api.patch(detail(job), {"exercises": answers, "weight_unit": "lb"})

        assert (response.status_code, errors_of(response)) == (409, [(None, code)])
        job.refresh_from_db()
        assert (job.status, job.weight_unit) == (status, "")
        assert not ExerciseAlias.objects.exists()

    def test_answers_wait_while_another_import_runs(self, api, ana, bench):
        job = imported(ana, a_strong_file(a_row(exercise="Xyz")))
        requested(ana, a_strong_file(a_row()))

        response = api.patch(detail(job), {"create_unknown": True})

        assert (response.status_code, errors_of(response)) == (409, [(None, "import_running")])


class TestUndoingAndDeleting:
    def test_undo_is_refused_while_it_runs(self, api, ana, bench):
        job = requested(ana, a_strong_file(a_row()))

        response = api.post(detail(job, "undo/"))

        assert (response.status_code, errors_of(response)) == (409, [(None, "import_running")])
        job.refresh_from_db()
        assert job.status == "pending"

    def test_an_import_is_forgotten_and_its_workouts_stay(self, api, ana, bench):
        job = imported(ana, a_strong_file(*days_of(3)))

        response = api.delete(detail(job))

        assert response.status_code == 204
        assert not WorkoutImport.objects.exists()
        assert Workout.objects.filter(user=ana, imported_by=None).count() == 3

    def test_a_stranger_finds_none_of_it(self, bens_api, ana, bench):
        job = imported(ana, a_strong_file(a_row(), a_row(reps="x")))

        answers = [
            bens_api.get(detail(job)),
            bens_api.patch(detail(job), {"dry_run": False}),
            bens_api.delete(detail(job)),
            bens_api.get(detail(job, "errors/")),
            bens_api.post(detail(job, "undo/")),
        ]

        assert [answer.status_code for answer in answers] == [404] * 5
        assert bens_api.get(URL).json()["results"] == []
        job.refresh_from_db()
        assert (job.status, Workout.objects.count()) == ("done", 1)

    def test_nobody_is_let_in_without_a_token(self, anonymous, ana):
        job = WorkoutImportFactory(user=ana)

        answers = [anonymous.get(URL), anonymous.get(detail(job)), upload(anonymous, b"x")]

        assert [answer.status_code for answer in answers] == [401] * 3
