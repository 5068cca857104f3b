"""Imports that crash, are lost, watched, undone, deleted; and what becomes of their files."""

import datetime as dt

import pytest
import time_machine
from django.core.files.base import ContentFile

from tests.factories.transfers import (
    LABEL,
    BenchFactory,
    a_row,
    a_strong_file,
    answered,
    counts,
    days_of,
    diary,
    ids_of,
    imported,
    lost,
    requested,
    run,
)
from tests.factories.users import UserFactory
from tests.factories.workouts import WorkoutFactory
from tests.users.everything import private_storage, stored_files, use_a_folder_of_the_test
from tests.users.races import aside
from users.errors import Conflict
from users.models import Notification, Tombstone, User
from users.services import accounts, jobs
from workouts import tasks
from workouts.models import Exercise, RowError, Workout, WorkoutImport, WorkoutSet
from workouts.services import transfers, transfers_rows, transfers_run
from workouts.services.sets import change_set

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_folder(monkeypatch, tmp_path):
    use_a_folder_of_the_test(monkeypatch, tmp_path)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(transfers_run, "BATCH_WORKOUTS", 5)


@pytest.fixture
def bench(db) -> Exercise:
    return BenchFactory()


@pytest.fixture
def in_batch(monkeypatch):
    """Have something happen in the middle of the batch of this number, from 1."""
    store = transfers_rows.insert

    def arrange(number, act) -> None:
        begun = []

        def insert(**given) -> None:
            begun.append(None)
            store(**given)
            if len(begun) == number:
                act()

        monkeypatch.setattr(transfers_rows, "insert", insert)

    return arrange


@pytest.fixture
def at_workout(monkeypatch):
    """Have something happen when the workout of this number has been read, between batches."""
    key_of = transfers_rows.import_key

    def arrange(number, act) -> None:
        read = []

        def import_key(workout) -> bytes:
            read.append(workout)
            if len(read) == number:
                act()
            return key_of(workout)

        monkeypatch.setattr(transfers_rows, "import_key", import_key)

    return arrange


class Power(Exception):
    """It went out."""


def cut() -> None:
    raise Power


class TestCrashes:
    def test_after_a_crash_it_goes_on_and_adds_nothing_twice(self, ana, bench, in_batch):
        file = a_strong_file(*days_of(20), a_row("someday"))
        job = requested(ana, file)
        in_batch(3, cut)

        with pytest.raises(Power):
            run(job)
        job.refresh_from_db()
        after_the_crash = counts(job), job.rows_done, Workout.objects.count()
        run(lost(job))

        assert after_the_crash == (("running", 10, 0, 10, 0), 10, 10)
        assert counts(job) == ("done", 20, 0, 20, 1)
        assert (job.rows_total, job.rows_done) == (21, 21)
        assert (Workout.objects.count(), WorkoutSet.objects.count()) == (20, 20)
        assert RowError.objects.count() == 1

    def test_a_lost_worker_is_noticed_by_the_sweep(self, ana, bench, in_batch):
        job = requested(ana, a_strong_file(*days_of(20)))
        in_batch(2, cut)
        with pytest.raises(Power):
            run(job)

        later = dt.datetime.now(dt.UTC) + jobs.LEASE
        swept = jobs.sweep(now=later)
        with time_machine.travel(later, tick=False):
            run(job)

        assert swept == [(LABEL, job.pk)]
        assert counts(job) == ("done", 20, 0, 20, 0)

    def test_a_worker_that_was_taken_as_lost_stores_nothing_more(self, ana, bench, at_workout):
        job = requested(ana, a_strong_file(*days_of(20)))
        claims = WorkoutImport.objects.filter(pk=job.pk)
        # Another worker has it meanwhile.
        at_workout(11, lambda: claims.update(attempts=2))

        went_through = jobs.run(label=LABEL, job_id=job.pk)

        job.refresh_from_db()
        assert went_through is False
        assert counts(job) == ("running", 10, 0, 10, 0)
        assert Workout.objects.count() == 10

    def test_the_person_is_told_once(self, ana, bench):
        job = imported(ana, a_strong_file(*days_of(3)))

        again = jobs.run(label=LABEL, job_id=job.pk)

        assert again is False
        assert Notification.objects.filter(user=ana).count() == 1

    def test_who_wants_no_notifications_gets_none(self, ana, bench):
        ana.settings.notification_workouts = False
        ana.settings.save()

        imported(ana, a_strong_file(*days_of(3)))

        assert not Notification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_it_is(in_batch):
    ana, _ = UserFactory(username="ana"), BenchFactory()
    job = requested(ana, a_strong_file(*days_of(20)))
    seen = []

    def look() -> tuple:
        row = WorkoutImport.objects.get(pk=job.pk)
        return row.status, row.rows_total, row.rows_done, row.workouts_new

    in_batch(3, lambda: seen.append(aside(look).result()))

    run(job)

    assert seen == [("running", 20, 10, 10)]
    assert (job.status, job.rows_done) == ("done", 20)


class TestUndo:
    def test_it_deletes_what_the_import_brought_and_nothing_else(self, ana, ben, bench):
        first = imported(ana, a_strong_file(*days_of(3)))
        imported(ben, a_strong_file(*days_of(3)))
        WorkoutFactory(user=ana, name="Logged here")
        kept = ids_of(Workout.objects.all())
        second = imported(ana, a_strong_file(*days_of(12)))
        gone = ids_of(Workout.objects.all()) - kept

        undone = transfers.undo_import(user_id=ana.pk, import_id=second.pk)

        assert (undone.status, len(gone)) == ("undone", 9)
        assert ids_of(Workout.objects.all()) == kept
        assert WorkoutSet.objects.count() == 6
        graves = Tombstone.objects.filter(user=ana, resource="workouts.workout")
        assert set(graves.values_list("object_id", flat=True)) == gone
        first.refresh_from_db()
        assert first.status == "done"

    def test_what_the_person_changed_since_stays_and_is_counted(self, ana, bench, monkeypatch):
        monkeypatch.setattr(transfers, "_UNDO_BATCH", 5)
        file = a_strong_file(*days_of(12))
        job = imported(ana, file)
        renamed, noted = Workout.objects.order_by("date")[3:9:5]
        renamed.name = "Chest"
        renamed.save()
        change_set(user_id=ana.pk, set_id=noted.sets.get().pk, content={"reps": 8})
        before = Workout.objects.order_by("revision").last().revision

        undone = transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        job.refresh_from_db()

        assert counts(undone) == counts(job) == ("undone", 2, 0, 2, 0)
        kept = Workout.objects.filter(imported_by=None, revision__gt=before)
        assert ids_of(kept) == ids_of(Workout.objects.all()) == {renamed.pk, noted.pk}
        assert Tombstone.objects.filter(user=ana, resource="workouts.workout").count() == 10

    def test_what_stayed_is_not_brought_twice(self, ana, bench):
        file = a_strong_file(*days_of(3))
        job = imported(ana, file)
        Workout.objects.filter(pk=Workout.objects.first().pk).update(
            name="Chest", updated_at=dt.datetime.now(dt.UTC)
        )
        transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        again = answered(job)

        assert counts(again) == ("done", 2, 1, 2, 0)
        assert Workout.objects.count() == 3

    def test_twice_is_once(self, ana, bench):
        job = imported(ana, a_strong_file(*days_of(3)))

        transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        again = transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        assert again.status == "undone"
        assert not Workout.objects.exists()

    def test_it_goes_in_batches_and_on_after_an_interruption(self, ana, bench, monkeypatch):
        job = imported(ana, a_strong_file(*days_of(12)))
        monkeypatch.setattr(transfers, "_UNDO_BATCH", 5)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(transfers, "_undo_batch", interrupted(transfers._undo_batch))
            with pytest.raises(Power):
                transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        left = Workout.objects.count()

        transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        assert (left, Workout.objects.count()) == (7, 0)

    def test_it_is_refused_while_the_import_runs(self, ana, bench):
        job = requested(ana, a_strong_file(*days_of(3)))

        with pytest.raises(Conflict) as pending:
            transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        assert pending.value.code == "import_running"
        job.refresh_from_db()
        assert job.status == "pending"

    def test_importing_again_brings_the_same_diary(self, ana, bench):
        file = a_strong_file(*days_of(12))
        job = imported(ana, file)
        before = diary(ana)

        transfers.undo_import(user_id=ana.pk, import_id=job.pk)
        by_upload = imported(ana, file)
        transfers.undo_import(user_id=ana.pk, import_id=by_upload.pk)
        from_its_file = answered(job)

        assert counts(by_upload) == counts(from_its_file) == ("done", 12, 0, 12, 0)
        assert diary(ana) == before

    def test_what_is_imported_anew_meanwhile_stays(self, ana, bench, monkeypatch):
        job = imported(ana, a_strong_file(*days_of(12)))
        monkeypatch.setattr(transfers, "_UNDO_BATCH", 5)
        undo_batch = transfers._undo_batch

        def undo_and_begin_anew(*given) -> bool:
            goes_on = undo_batch(*given)
            WorkoutImport.objects.filter(pk=job.pk).update(status="pending", attempts=0)
            return goes_on

        monkeypatch.setattr(transfers, "_undo_batch", undo_and_begin_anew)

        transfers.undo_import(user_id=ana.pk, import_id=job.pk)

        assert Workout.objects.count() == 7


class TestDeletion:
    def test_the_workouts_stay_and_the_file_goes(
        self, ana, bench, django_capture_on_commit_callbacks
    ):
        job = imported(ana, a_strong_file(*days_of(3), a_row("someday")))
        import_id, revision = job.pk, Workout.objects.order_by("revision").last().revision

        with django_capture_on_commit_callbacks(execute=True):
            transfers.remove_import(job=job)

        assert (Workout.objects.count(), RowError.objects.count()) == (3, 0)
        assert Workout.objects.filter(imported_by=None, revision__gt=revision).count() == 3
        assert Tombstone.objects.filter(user=ana, object_id=import_id).count() == 1
        assert stored_files() == []

    def test_one_that_runs_ends_where_it_is(self, ana, bench, at_workout):
        job = requested(ana, a_strong_file(*days_of(20)))
        at_workout(11, lambda: WorkoutImport.objects.get(pk=job.pk).delete())

        went_through = jobs.run(label=LABEL, job_id=job.pk)

        assert went_through is False
        assert Workout.objects.filter(imported_by=None).count() == 10
        assert not WorkoutImport.objects.exists()

    def test_the_account_takes_its_file_along(self, ana, bench):
        requested(ana, a_strong_file(a_row()))
        User.objects.filter(pk=ana.pk).update(is_active=False)

        accounts.erase_account(user_id=str(ana.pk))

        assert stored_files() == []
        assert not WorkoutImport.objects.exists()


class TestFiles:
    def test_a_file_lies_in_private_under_the_name_of_its_import(self, ana, bench):
        content = a_strong_file(a_row())

        job = requested(ana, content)

        assert stored_files() == [f"imports/{job.pk}.csv"]
        with job.file.open("rb") as file:
            assert file.read() == content
        assert (job.file_name, job.size_bytes) == ("history.csv", len(content))

    def test_a_file_that_cannot_be_stored_leaves_no_import(self, ana, bench, monkeypatch):
        def full(name, content) -> str:
            # What a disk does that fills up in the middle.
            storage.write_some(name)
            raise OSError("The disk is full.")

        storage = private_storage()
        save = storage.save
        storage.write_some = lambda name: save(name, ContentFile(b"half"))
        monkeypatch.setattr(storage, "save", full)

        with pytest.raises(OSError, match="full"):
            requested(ana, a_strong_file(a_row()))

        assert not WorkoutImport.objects.exists()
        assert stored_files() == []

    def test_it_is_kept_for_thirty_days(self, ana, bench):
        now = dt.datetime.now(dt.UTC)
        job = imported(ana, a_strong_file(a_row()))

        with time_machine.travel(now + dt.timedelta(days=29, hours=23), tick=False):
            tasks.remove_old_import_files()
        kept = stored_files()
        with time_machine.travel(now + dt.timedelta(days=30, hours=1), tick=False):
            tasks.remove_old_import_files()
            tasks.remove_old_import_files()

        job.refresh_from_db()
        assert kept == [f"imports/{job.pk}.csv"]
        assert (stored_files(), job.file.name, job.status) == ([], "", "done")

    def test_one_that_still_waits_keeps_its_file(self, ana, bench):
        job = requested(ana, a_strong_file(a_row()))

        removed = transfers.remove_old_files(now=job.created_at + dt.timedelta(days=31))

        assert removed == 0
        assert stored_files() == [f"imports/{job.pk}.csv"]

    def test_a_file_without_an_import_goes_after_a_day(self, ana, bench):
        job = imported(ana, a_strong_file(a_row()))
        for name in ("imports/01900000-0000-7000-8000-000000000009.csv", "imports/odd.csv"):
            private_storage().save(name, ContentFile(b"x"))
        now = dt.datetime.now(dt.UTC)

        early = transfers.remove_old_files(now=now + dt.timedelta(hours=23))
        removed = transfers.remove_old_files(now=now + dt.timedelta(hours=25))

        assert (early, removed) == (0, 2)
        assert stored_files() == [f"imports/{job.pk}.csv"]

    def test_only_the_latest_imports_keep_theirs(
        self, ana, ben, bench, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            others = imported(ben, a_strong_file(a_row()))
            all_of_hers = [imported(ana, a_strong_file(a_row())) for _ in range(7)]

        kept = [others, *all_of_hers[-transfers.MAX_KEPT_FILES :]]
        assert stored_files() == sorted(f"imports/{job.pk}.csv" for job in kept)
        assert list(
            WorkoutImport.objects.filter(user=ana).order_by("id").values_list("file", flat=True)
        ) == ["", "", *(f"imports/{job.pk}.csv" for job in kept[1:])]

    def test_without_its_file_it_cannot_be_run_again(self, ana, bench):
        job = imported(ana, a_strong_file(a_row()), dry_run=True)
        transfers.remove_old_files(now=job.created_at + dt.timedelta(days=31))

        with pytest.raises(Conflict) as gone:
            answered(job, dry_run=False)

        assert gone.value.code == "file_gone"
        job.refresh_from_db()
        assert (job.status, job.dry_run) == ("checked", True)


def interrupted(undo_batch):
    """Works once."""
    calls = []

    def act(*given) -> bool:
        calls.append(None)
        if len(calls) == 2:
            raise Power
        return undo_batch(*given)

    return act
