"""What imports bring, once, and how it goes away again."""

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories.wearables import ActivityImportFactory
from tests.factories.workouts import ExerciseFactory
from tests.users.everything import private_storage, stored_files, use_a_folder_of_the_test
from tests.wearables.apple_files import export, record, zipped
from tests.wearables.fit_files import MONITORING, START, WALKING, a_run, file_id, fit
from tests.wearables.importing import (
    AN_EXPORT,
    LABEL,
    codes_of,
    counts,
    imported,
    requested,
    revisions,
    rows,
    run,
)
from users.errors import Conflict
from users.models import Notification
from users.services import jobs
from wearables.models import (
    ActivityImport,
    DailyActivity,
    HeartRateData,
    RecordedWorkout,
    SleepData,
    WearableDevice,
)
from wearables.services import imports_batches, imports_run, imports_undo, ingest
from workouts.models import Workout

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture
def running(db):
    ExerciseFactory(slug="running", is_cardio=True)


def undone(job: ActivityImport) -> ActivityImport:
    return imports_undo.undo_import(user_id=job.user_id, import_id=job.pk)


class TestImporting:
    def test_a_run_of_a_watch_becomes_a_workout_with_its_heart_rate(self, ana, running):
        job = imported(ana, a_run())

        workout_ = Workout.objects.get(user=ana)
        recording = RecordedWorkout.objects.get(user=ana)
        device = WearableDevice.objects.get(user=ana)
        assert counts(job) == ("done", 1, 0, 0, 0, 4)
        assert (job.bytes_read, job.error, job.problems) == (len(a_run()), "", [])
        assert (device.provider, device.connection_mode) == ("other", "file")
        assert (recording.workout, recording.device) == (workout_, device)
        assert workout_.started_at == START
        assert HeartRateData.objects.filter(workout=workout_).count() == 4
        assert stored_files() == []

    def test_an_export_of_apple_health_fills_days_nights_and_heart_rates(self, ana, running):
        content = zipped(("apple_health_export/export.xml", AN_EXPORT))

        job = imported(ana, content, "export.zip")

        day = DailyActivity.objects.get(user=ana)
        night = SleepData.objects.get(user=ana)
        assert counts(job) == ("done", 1, 0, 1, 1, 2)
        assert (job.format, job.bytes_total) == ("apple_health", len(content))
        assert (day.date, day.steps) == (dt.date(2026, 3, 2), 8000)
        assert (night.date, night.duration, night.role) == (day.date, 420, "main")
        assert WearableDevice.objects.get(user=ana).provider == "apple_watch"

    @pytest.mark.parametrize("content", [AN_EXPORT, a_run()])
    def test_twice_nothing_is_doubled_and_nothing_is_said_to_have_changed(
        self, ana, running, content
    ):
        first = imported(ana, content)
        before, known = rows(), revisions(ana)

        again = imported(ana, content)

        assert counts(again) == ("done", 0, first.workouts_new, 0, 0, 0)
        assert (rows(), revisions(ana)) == (before, known)
        assert WearableDevice.objects.count() == 1

    def test_a_file_of_the_morning_takes_nothing_from_the_day(self, ana):
        def until(hour: int, steps: int) -> bytes:
            at = START + dt.timedelta(hours=hour)
            counted = {"timestamp": at, "activity_type": WALKING, "cycles_16": steps}
            zone = ("monitoring_info", {"timestamp": START, "local_timestamp": START})
            return fit(file_id(MONITORING), zone, ("monitoring", counted))

        imported(ana, until(10, 9000))
        morning = imported(ana, until(2, 3000))

        assert DailyActivity.objects.get(user=ana).steps == 9000
        assert counts(morning) == ("done", 0, 0, 0, 0, 0)

    def test_what_cannot_be_read_of_an_archive_is_named(self, ana, running):
        job = imported(ana, zipped(("good.fit", a_run()), ("bad.fit", a_run()[:-1])), "runs.zip")

        assert counts(job)[:2] == ("done", 1)
        assert codes_of(job) == [("bad.fit", "truncated")]
        assert job.problems[0]["message"] == "The file ends too early."

    def test_what_cannot_be_true_is_left_out_and_said(self, ana):
        job = imported(ana, export(record("StepCount", 900_000), record("FlightsClimbed", 3)))

        assert codes_of(job) == [("day 2026-03-02: steps out of range", "left_out")]
        assert DailyActivity.objects.get(user=ana).floors_climbed == 3

    def test_a_file_that_is_refused_says_why(self, ana):
        job = imported(ana, a_run()[:-1], "run.fit")

        assert (job.status, job.error) == ("failed", "The file ends too early.")
        assert job.problems == [
            {"name": "run.fit", "code": "truncated", "message": "The file ends too early."}
        ]
        assert (stored_files(), sum(rows())) == ([], 0)

    def test_a_file_that_is_gone_says_so(self, ana):
        job = requested(ana, a_run())
        private_storage().delete(job.file.name)

        run(job)

        assert (job.status, codes_of(job)) == ("failed", [("run.fit", "file_gone")])

    def test_the_person_is_told_once(self, ana, running):
        job = imported(ana, a_run())

        again = jobs.run(label=LABEL, job_id=job.pk)

        [told] = Notification.objects.filter(user=ana)
        assert again is False
        assert (told.kind, told.text) == (
            "activity_import_done",
            "Your import is done: 1 new workout.",
        )

    def test_after_a_crash_it_goes_on_and_adds_nothing_twice(self, ana, running, monkeypatch):
        monkeypatch.setattr(imports_batches, "BATCH_ROWS", 2)
        store, stored = ingest.store, []

        def fragile(**given):
            if len(stored) == 2:
                stored.append(None)
                raise RuntimeError("The power went out.")
            stored.append(None)
            return store(**given)

        monkeypatch.setattr(ingest, "store", fragile)
        job = requested(ana, AN_EXPORT)

        with pytest.raises(RuntimeError):
            run(job)
        ActivityImport.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
        run(job)

        assert counts(job) == ("done", 1, 0, 1, 1, 2)
        assert rows() == [1, 1, 1, 2, 1, 1]

    def test_one_that_is_deleted_while_it_runs_ends_there(self, ana, monkeypatch):
        monkeypatch.setattr(imports_batches, "BATCH_ROWS", 2)
        job = requested(ana, AN_EXPORT)
        keep = imports_run.jobs.keep

        def delete_and_keep(*given, **named):
            ActivityImport.objects.all().delete()
            keep(*given, **named)

        monkeypatch.setattr(imports_run.jobs, "keep", delete_and_keep)

        went_through = jobs.run(label=LABEL, job_id=job.pk)

        assert (went_through, sum(rows())) == (False, 0)


class TestUndo:
    def test_all_that_it_brought_goes_and_nothing_else(self, ana, ben, running):
        imported(ben, AN_EXPORT)
        imported(ana, a_run())
        before = rows()
        job = imported(ana, AN_EXPORT)

        first, again = undone(job), undone(job)

        assert counts(first) == counts(again) == ("undone", 0, 0, 0, 0, 0)
        assert first.revision == again.revision
        assert rows() == before

    def test_a_workout_that_the_person_changed_stays(self, ana, running):
        job = imported(ana, a_run())
        mine = Workout.objects.get(user=ana)
        mine.name = "With Ben"
        mine.save()

        undone(job)

        assert Workout.objects.get(user=ana).name == "With Ben"
        assert not RecordedWorkout.objects.exists()

    def test_it_goes_on_where_it_was_interrupted(self, ana, running, monkeypatch):
        job = imported(ana, AN_EXPORT)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(imports_undo, "_forget_days", lambda *given: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                undone(job)

        undone(job)

        assert sum(rows()) == 0

    def test_it_can_be_imported_again(self, ana, running):
        first = imported(ana, AN_EXPORT)
        before = rows()
        undone(first)

        again = imported(ana, AN_EXPORT)

        assert counts(again) == ("done", 1, 0, 1, 1, 2)
        assert rows() == before

    def test_what_a_failed_one_had_brought_goes_as_well(self, ana, running, monkeypatch):
        monkeypatch.setattr(imports_batches, "BATCH_ROWS", 2)
        job = imported(ana, AN_EXPORT[:-10])
        brought = rows()

        undone(job)

        assert (job.status, brought) == ("failed", [0, 0, 0, 0, 1, 1])
        assert sum(rows()) == 0

    @pytest.mark.parametrize("status", ["pending", "running"])
    def test_it_is_refused_while_the_import_runs(self, ana, status):
        job = ActivityImportFactory(user=ana, status=status)

        with pytest.raises(Conflict) as refused:
            undone(job)

        job.refresh_from_db()
        assert (refused.value.code, job.status) == ("import_running", status)
