"""Background jobs: one worker at a time for each, and again where a worker was lost."""

import datetime as dt
import logging
import threading

import pytest
import time_machine
from celery.exceptions import OperationalError
from django.apps import apps
from django.db import transaction

import workouts.tasks  # noqa: F401 - a worker has imported it, and so registered the runners
from config.celery import app
from tests.factories.users import UserFactory
from tests.users.races import LIMIT_S, aside, at_once
from users import tasks
from users.ids import uuid7
from users.models import JobStatus, SyncClock
from users.models.job import Job, JobState
from users.services import jobs
from workouts.models import PlanGeneration

LABEL = "workouts.PlanGeneration"
NOW = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch) -> list[str]:
    """The ids of jobs whose runner ran to its end."""
    done: list[str] = []

    def runner(job_id) -> None:
        job = PlanGeneration.objects.get(pk=job_id)
        jobs.end(job, JobStatus.DONE)
        done.append(str(job_id))

    monkeypatch.setitem(jobs._runners, LABEL, runner)
    return done


@pytest.fixture
def nudges(monkeypatch) -> list[tuple[str, str]]:
    """For which jobs a worker was woken."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(
        tasks.run_job, "delay", lambda *, label, job_id: sent.append((label, job_id))
    )
    return sent


def runs_as(monkeypatch, runner) -> None:
    monkeypatch.setitem(jobs._runners, LABEL, runner)


def job_of(user, **changes) -> PlanGeneration:
    job = PlanGeneration.objects.create(user=user, method="rules", wish={})
    PlanGeneration.objects.filter(pk=job.pk).update(**changes)
    return PlanGeneration.objects.get(pk=job.pk)


def read(job: Job) -> PlanGeneration:
    return PlanGeneration.objects.get(pk=job.pk)


def run(job: Job) -> bool:
    return jobs.run(label=LABEL, job_id=job.pk)


def test_every_kind_of_job_has_its_runner_in_a_worker():
    app.loader.import_default_modules()  # as a worker does first

    kinds = {model._meta.label for model in apps.get_models() if issubclass(model, JobState)}

    assert kinds >= {LABEL}
    assert kinds == jobs._runners.keys()


# --- Waking a worker -----------------------------------------------------------------------------


def test_a_job_wakes_a_worker_after_the_commit(ana, nudges, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = job_of(ana)
        jobs.announce(job)
        before_commit = list(nudges)

    assert before_commit == []
    assert nudges == [(LABEL, str(job.pk))]


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_transaction_that_fails_wakes_nobody(nudges):
    ana = UserFactory()

    @transaction.atomic
    def fail() -> None:
        jobs.announce(job_of(ana))
        raise ConnectionError

    with pytest.raises(ConnectionError):
        fail()

    assert not PlanGeneration.objects.exists()
    assert nudges == []


def test_without_a_broker_the_job_waits_for_the_sweep(
    ana, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    def refuse(**_) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.run_job, "delay", refuse)

    with django_capture_on_commit_callbacks(execute=True), caplog.at_level(logging.WARNING):
        job = job_of(ana)
        jobs.announce(job)

    assert read(job).status == "pending"
    assert "waits for the sweep" in caplog.text


# --- Running -------------------------------------------------------------------------------------


def test_a_job_is_run_once(ana, ran):
    job = job_of(ana)

    with time_machine.travel(NOW, tick=False):
        answers = [run(job) for _ in range(2)]

    assert answers == [True, False]
    assert ran == [str(job.pk)]
    stored = read(job)
    assert (stored.status, stored.attempts, stored.finished_at) == ("done", 1, NOW)


def test_the_task_takes_the_id_as_text_and_may_run_twice(ana, ran):
    job = job_of(ana)

    tasks.run_job(label=LABEL, job_id=str(job.pk))
    tasks.run_job(label=LABEL, job_id=str(job.pk))

    assert ran == [str(job.pk)]


@pytest.mark.parametrize("status", ["done", "failed"])
def test_what_is_over_is_not_run_again(ana, ran, status):
    job = job_of(ana, status=status)

    assert run(job) is False
    assert ran == []
    assert read(job).status == status


def test_an_unknown_job_is_nothing_to_do(ran):
    assert jobs.run(label=LABEL, job_id=uuid7()) is False
    assert ran == []


def test_a_job_in_a_workers_hands_is_left_to_it_until_its_lease_ends(ana, ran):
    job = job_of(ana, status="running", attempts=1, claimed_until=NOW + dt.timedelta(seconds=1))

    with time_machine.travel(NOW, tick=False):
        early = run(job)
    with time_machine.travel(NOW + dt.timedelta(seconds=1), tick=False):
        late = run(job)

    assert (early, late) == (False, True)
    assert ran == [str(job.pk)]
    assert read(job).attempts == 2


def test_a_worker_that_reports_holds_its_job_for_longer(ana, monkeypatch):
    held: list[dt.datetime] = []

    def runner(job_id) -> None:
        job = PlanGeneration.objects.get(pk=job_id)
        with time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
            jobs.keep(job, wish={"half": "done"})
        held.append(read(job).claimed_until)

    runs_as(monkeypatch, runner)
    job = job_of(ana)

    with time_machine.travel(NOW, tick=False):
        run(job)

    assert held == [NOW + dt.timedelta(minutes=1) + jobs.LEASE]
    assert read(job).wish == {"half": "done"}


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_at_once_one_runs_the_job(monkeypatch):
    began: list[str] = []

    def runner(job_id) -> None:
        began.append(str(job_id))
        jobs.end(PlanGeneration.objects.get(pk=job_id), JobStatus.DONE)

    runs_as(monkeypatch, runner)
    job = job_of(UserFactory())

    answers = at_once(8, lambda _: run(job))

    assert sorted(answers) == [False] * 7 + [True]
    assert began == [str(job.pk)]
    assert read(job).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_running_job_locks_nobody_out(monkeypatch):
    begun, may_end = threading.Event(), threading.Event()

    def runner(job_id) -> None:
        begun.set()
        assert may_end.wait(LIMIT_S)

    runs_as(monkeypatch, runner)
    ana = UserFactory()
    job = job_of(ana)
    running = aside(lambda: run(job))
    assert begun.wait(LIMIT_S)

    other = job_of(ana)
    may_end.set()

    assert running.result(LIMIT_S) is True
    assert read(other).status == "pending"


def test_the_change_feed_sees_every_step(ana, ran):
    job = job_of(ana)
    before = job.revision

    run(job)

    assert before < read(job).revision == SyncClock.objects.get(user=ana).revision


# --- Failing -------------------------------------------------------------------------------------


def test_a_failure_is_raised_and_tried_again_a_little_later(ana, monkeypatch):
    def fail(job_id) -> None:
        raise ConnectionError("No answer.")

    runs_as(monkeypatch, fail)
    job = job_of(ana)

    with time_machine.travel(NOW, tick=False), pytest.raises(ConnectionError):
        run(job)

    stored = read(job)
    assert (stored.status, stored.attempts) == ("running", 1)
    assert stored.claimed_until == NOW + jobs.SWEEP_AFTER
    assert jobs.sweep(now=NOW) == []
    assert jobs.sweep(now=NOW + jobs.SWEEP_AFTER) == [(LABEL, job.pk)]


def test_the_runner_may_say_that_it_failed(ana, monkeypatch):
    def fail(job_id) -> None:
        jobs.end(
            PlanGeneration.objects.get(pk=job_id), JobStatus.FAILED, error="Nothing fits that."
        )

    runs_as(monkeypatch, fail)
    job = job_of(ana)

    assert run(job) is True
    stored = read(job)
    assert (stored.status, stored.error) == ("failed", "Nothing fits that.")
    assert jobs.sweep(now=NOW + dt.timedelta(days=365)) == []


def test_a_job_that_was_deleted_meanwhile_ends_quietly(ana, monkeypatch):
    def runner(job_id) -> None:
        job = PlanGeneration.objects.get(pk=job_id)
        PlanGeneration.objects.filter(pk=job_id).delete()
        jobs.keep(job)
        raise AssertionError("It went on.")

    runs_as(monkeypatch, runner)

    assert run(job_of(ana)) is False
    assert not PlanGeneration.objects.exists()


def test_a_job_that_was_changed_meanwhile_keeps_the_change(ana, monkeypatch):
    def runner(job_id) -> None:
        job = PlanGeneration.objects.get(pk=job_id)
        PlanGeneration.objects.filter(pk=job_id).update(status="failed", error="Cancelled.")
        jobs.end(job, JobStatus.DONE)

    runs_as(monkeypatch, runner)
    job = job_of(ana)

    assert run(job) is False
    assert (read(job).status, read(job).error) == ("failed", "Cancelled.")


def test_a_worker_that_was_taken_as_lost_cannot_end_what_another_began(ana, monkeypatch):
    outcomes: list[str] = []

    def runner(job_id) -> None:
        job = PlanGeneration.objects.get(pk=job_id)
        if job.attempts == 1:
            # It is silent for too long, and another one takes over and is still at it.
            with time_machine.travel(NOW + jobs.LEASE, tick=False):
                assert jobs._claim(LABEL, job_id) == 2
            try:
                jobs.end(job, JobStatus.DONE)
            except jobs.JobCancelled:
                outcomes.append("cancelled")
            raise ConnectionError

    runs_as(monkeypatch, runner)
    job = job_of(ana)

    with time_machine.travel(NOW, tick=False), pytest.raises(ConnectionError):
        run(job)

    stored = read(job)
    assert outcomes == ["cancelled"]
    assert (stored.status, stored.claimed_until) == ("running", NOW + 2 * jobs.LEASE)


# --- Sweeping ------------------------------------------------------------------------------------


def test_the_sweep_finds_lost_nudges_and_lost_workers_alone(ana, ben):
    long_ago = NOW - jobs.SWEEP_AFTER
    lost = [
        job_of(ana, updated_at=long_ago),
        job_of(ben, status="running", claimed_until=NOW),
    ]
    job_of(ana, updated_at=NOW)
    job_of(ana, status="running", claimed_until=NOW + dt.timedelta(seconds=1), updated_at=long_ago)
    job_of(ana, status="done", updated_at=long_ago)
    job_of(ana, status="failed", updated_at=long_ago)

    found = jobs.sweep(now=NOW)

    assert sorted(found) == sorted((LABEL, job.pk) for job in lost)


def test_the_sweep_hands_lost_jobs_out_again(ana, nudges):
    job = job_of(ana, updated_at=NOW - dt.timedelta(days=1))

    tasks.sweep_jobs()

    assert nudges == [(LABEL, str(job.pk))]


def test_a_job_that_was_tried_too_often_is_given_up(ana, nudges, caplog):
    stale = {"status": "running", "claimed_until": NOW}
    given_up = job_of(ana, **stale, attempts=jobs.MAX_ATTEMPTS)
    last_try = job_of(ana, **stale, attempts=jobs.MAX_ATTEMPTS - 1)

    found = jobs.sweep(now=NOW)

    assert found == [(LABEL, last_try.pk)]
    stored = read(given_up)
    assert (stored.status, stored.error, stored.finished_at) == (
        "failed",
        "It failed too often.",
        NOW,
    )
    assert "were given up" in caplog.text


def test_a_job_that_fails_whenever_it_is_tried_is_tried_five_times(ana, monkeypatch):
    tries: list[str] = []

    def fail(job_id) -> None:
        tries.append(str(job_id))
        raise ConnectionError

    runs_as(monkeypatch, fail)
    job = job_of(ana, updated_at=NOW - dt.timedelta(days=1))

    for minute in range(10):
        now = NOW + dt.timedelta(minutes=minute)
        with time_machine.travel(now, tick=False):
            for label, job_id in jobs.sweep(now=now):
                with pytest.raises(ConnectionError):
                    jobs.run(label=label, job_id=job_id)

    assert len(tries) == jobs.MAX_ATTEMPTS
    assert read(job).status == "failed"


def test_a_sweep_hands_out_a_bounded_number(ana, monkeypatch):
    monkeypatch.setattr(jobs, "SWEEP_LIMIT", 2)
    for _ in range(3):
        job_of(ana, updated_at=NOW - dt.timedelta(days=1))

    assert len(jobs.sweep(now=NOW)) == 2
