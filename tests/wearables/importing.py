"""Imports of recordings, from upload to undo."""

from django.core.files.base import ContentFile
from django.test import TestCase

from tests.wearables.apple_files import export, record, slept, workout
from users.services import jobs
from wearables.models import (
    ActivityImport,
    DailyActivity,
    DailyActivitySource,
    HeartRateData,
    RecordedWorkout,
    SleepData,
)
from wearables.services import imports
from workouts.models import Workout

LABEL = "wearables.ActivityImport"
AN_EXPORT = export(
    record("StepCount", 8000),
    record("HeartRate", 61, "count/min"),
    record("HeartRate", 62, "count/min", start="2026-03-02 08:05:00 +0100"),
    slept("Asleep", "1 23:00", "2 06:00"),
    workout("Yoga", startDate="2026-03-02 17:00:00 +0100", endDate="2026-03-02 18:00:00 +0100"),
)


def requested(user, content: bytes, name: str = "run.fit") -> ActivityImport:
    job, _ = imports.request_import(user_id=user.pk, upload=ContentFile(content, name=name))
    return job


def run(job: ActivityImport) -> ActivityImport:
    with TestCase.captureOnCommitCallbacks(execute=True):
        jobs.run(label=LABEL, job_id=job.pk)
    job.refresh_from_db()
    return job


def imported(user, content: bytes, name: str = "run.fit") -> ActivityImport:
    return run(requested(user, content, name))


def codes_of(job: ActivityImport) -> list[tuple[str, str]]:
    return [(problem["name"], problem["code"]) for problem in job.problems]


def counts(job: ActivityImport) -> tuple[str, int, int, int, int, int]:
    """Status, new and known workouts, new days, sleeps and heart rates."""
    return (
        job.status,
        job.workouts_new,
        job.workouts_known,
        job.days_new,
        job.sleeps_new,
        job.heart_rates_new,
    )


def rows() -> list[int]:
    models = (
        DailyActivitySource,
        DailyActivity,
        SleepData,
        HeartRateData,
        RecordedWorkout,
        Workout,
    )
    return [model.objects.count() for model in models]


def revisions(user) -> set[tuple[str, int]]:
    """Of all that an import brings."""
    models = (DailyActivity, SleepData, RecordedWorkout, Workout)
    return {
        (str(pk), revision)
        for model in models
        for pk, revision in model.objects.filter(user=user).values_list("pk", "revision")
    }
