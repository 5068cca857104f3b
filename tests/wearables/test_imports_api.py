"""Uploading recordings over HTTP, and what becomes of them."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.factories.wearables import ActivityImportFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.everything import private_storage, stored_files, use_a_folder_of_the_test
from tests.wearables.apple_files import export, record
from tests.wearables.fit_files import a_run
from tests.wearables.importing import AN_EXPORT, LABEL, imported, requested, rows
from users import tasks
from users.ids import uuid7
from wearables.models import ActivityImport
from wearables.services import imports

URL = "/api/v1/activity-imports/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def running(db):
    ExerciseFactory(slug="running", is_cardio=True)


def detail(job, action: str = "") -> str:
    return f"{URL}{getattr(job, 'pk', job)}/{action}"


def upload(client, content: bytes, name: str = "run.fit", key: str = "", **fields):
    file = SimpleUploadedFile(name, content, content_type="application/octet-stream")
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
    return client.post(URL, {"file": file, **fields}, format="multipart", **headers)


def errors_of(response) -> list[tuple[str, str]]:
    return [(error["attr"], error["code"]) for error in response.json()["errors"]]


class TestUploading:
    def test_a_file_is_taken_and_a_worker_woken(
        self, api, ana, monkeypatch, django_capture_on_commit_callbacks
    ):
        woken = []
        monkeypatch.setattr(tasks.run_job, "delay", lambda **given: woken.append(given))
        content = a_run()

        with django_capture_on_commit_callbacks(execute=True):
            response = upload(api, content, name="Morning.zip")

        job = ActivityImport.objects.get(user=ana)
        assert response.status_code == 202
        assert response.json() == {
            "id": str(job.pk),
            "status": "pending",
            "format": "fit",
            "file_name": "Morning.zip",
            "size_bytes": len(content),
            "bytes_read": 0,
            "bytes_total": len(content),
            "workouts_new": 0,
            "workouts_known": 0,
            "days_new": 0,
            "sleeps_new": 0,
            "heart_rates_new": 0,
            "problems": [],
            "error": "",
            "created_at": response.json()["created_at"],
            "updated_at": response.json()["updated_at"],
            "finished_at": None,
        }
        assert woken == [{"label": LABEL, "job_id": str(job.pk)}]
        assert stored_files() == [f"activity-imports/{job.pk}"]

    def test_the_same_id_or_key_with_the_same_file_is_the_same_import(self, api):
        by_id = {"id": str(uuid7())}
        first = upload(api, a_run(), **by_id)
        again = upload(api, a_run(), **by_id)
        other = upload(api, a_run(sport=2), **by_id)
        ActivityImport.objects.update(status="done")
        keyed = upload(api, a_run(), key="k")
        again_keyed = upload(api, a_run(), key="k")

        codes = [one.status_code for one in (first, again, other, keyed, again_keyed)]
        assert codes == [202, 200, 409, 202, 200]
        assert first.json() == again.json()
        assert errors_of(other) == [(None, "id_taken")]
        assert ActivityImport.objects.count() == len(stored_files()) == 2

    def test_a_second_one_waits_for_the_first(self, api, bens_api):
        first, second, bens = upload(api, a_run()), upload(api, a_run()), upload(bens_api, a_run())

        assert [one.status_code for one in (first, second, bens)] == [202, 409, 202]
        assert errors_of(second) == [(None, "import_running")]
        assert len(stored_files()) == 2

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"\x89PNG\r\n\x1a\n" + bytes(100), "unknown_format"),
            (b"<html></html>", "unknown_format"),
            (b"a,b\n1,2\n", "unknown_format"),
        ],
    )
    def test_what_is_no_recording_is_refused_at_once(self, api, content, code):
        response = upload(api, content)

        assert (response.status_code, errors_of(response)) == (400, [("file", code)])
        assert not ActivityImport.objects.exists()
        assert stored_files() == []

    def test_one_that_is_too_large_is_refused(self, api, settings):
        settings.ACTIVITY_IMPORT_MAX_BYTES = 100

        response = upload(api, a_run())

        assert (response.status_code, errors_of(response)) == (400, [("file", "too_large")])
        assert stored_files() == []

    def test_one_that_does_not_fit_into_memory_goes_by_the_disk(self, api):
        content = export(*[record("StepCount", 5)] * 10_000)

        response = upload(api, content, name="export.xml")

        job = ActivityImport.objects.get()
        assert (response.status_code, job.format, job.size_bytes) == (
            202,
            "apple_health",
            len(content),
        )
        with job.file.open("rb") as file:
            assert file.read() == content

    def test_only_a_form_with_a_file_is_taken(self, api):
        as_json = api.post(URL, {"file": "x"}, format="json")
        without = api.post(URL, {}, format="multipart")

        assert (as_json.status_code, without.status_code) == (415, 400)
        assert errors_of(without) == [("file", "required")]


class TestOthers:
    def test_nobody_else_sees_or_touches_it(self, bens_api, anonymous, ana):
        job = imported(ana, AN_EXPORT)
        before = rows()

        as_ben = [
            bens_api.get(detail(job)),
            bens_api.post(detail(job, "undo/")),
            bens_api.delete(detail(job)),
        ]
        as_nobody = [
            anonymous.get(URL),
            upload(anonymous, a_run()),
            anonymous.get(detail(job)),
            anonymous.post(detail(job, "undo/")),
            anonymous.delete(detail(job)),
        ]

        assert {one.status_code for one in as_ben} == {404}
        assert {one.status_code for one in as_nobody} == {401}
        assert bens_api.get(URL).json()["results"] == []
        job.refresh_from_db()
        assert (job.status, rows()) == ("done", before)

    def test_the_list_is_newest_first_and_costs_the_same_for_any_number(
        self, api, ana, django_assert_num_queries
    ):
        made = [ActivityImportFactory(user=ana) for _ in range(3)]

        with django_assert_num_queries(2):  # who asks, and the page
            response = api.get(URL)

        ids = [row["id"] for row in response.json()["results"]]
        assert ids == [str(job.pk) for job in reversed(made)]

    def test_one_costs_one_query_beside_who_asks(self, api, ana, django_assert_num_queries):
        job = ActivityImportFactory(user=ana)

        with django_assert_num_queries(2):
            response = api.get(detail(job))

        assert (response.status_code, response.json()["id"]) == (200, str(job.pk))


class TestUndo:
    def test_it_answers_the_import_as_it_is_then_however_often(self, ana, api, running):
        job = imported(ana, AN_EXPORT)

        first, again = (api.post(detail(job, "undo/")) for _ in range(2))

        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
        assert (first.json()["status"], first.json()["days_new"]) == ("undone", 0)
        assert sum(rows()) == 0

    def test_one_that_runs_is_a_conflict(self, ana, api):
        job = ActivityImportFactory(user=ana, status="running")

        response = api.post(detail(job, "undo/"))

        assert (response.status_code, errors_of(response)) == (409, [(None, "import_running")])


class TestForgetting:
    def test_what_it_brought_stays(self, ana, api, running):
        job = imported(ana, AN_EXPORT)
        before = rows()

        response = api.delete(detail(job))

        assert response.status_code == 204
        assert (rows(), ActivityImport.objects.count()) == (before, 0)

    def test_the_file_of_one_that_waits_goes_with_it(
        self, ana, api, django_capture_on_commit_callbacks
    ):
        job = requested(ana, a_run())

        with django_capture_on_commit_callbacks(execute=True):
            api.delete(detail(job))

        assert stored_files() == []

    def test_files_that_are_nobodys_go_after_a_day(self, ana):
        waiting = requested(ana, a_run())
        private_storage().save("activity-imports/orphan", ContentFile(b"x"))
        given_up = ActivityImportFactory(user=ana, status="failed")
        path = private_storage().save(f"activity-imports/{given_up.pk}", ContentFile(b"x"))
        ActivityImport.objects.filter(pk=given_up.pk).update(file=path)
        now = timezone.now()

        early = imports.remove_old_files(now=now)
        late = imports.remove_old_files(now=now + dt.timedelta(hours=25))

        assert (early, late) == (1, 1)
        assert stored_files() == [f"activity-imports/{waiting.pk}"]

    def test_a_file_that_cannot_be_stored_leaves_no_import(self, ana, monkeypatch):
        def full(name, content):
            raise OSError("The disk is full.")

        monkeypatch.setattr(private_storage(), "save", full)

        with pytest.raises(OSError, match="full"):
            requested(ana, a_run())

        assert not ActivityImport.objects.exists()
