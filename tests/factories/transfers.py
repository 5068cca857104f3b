import datetime as dt
from typing import Any
from uuid import UUID

import factory
from django.core.files.base import ContentFile
from django.db.models import F
from django.utils import timezone
from factory.django import DjangoModelFactory

from tests.factories.users import UserFactory
from tests.factories.workouts import ExerciseFactory
from tests.workouts.transfer.files import ANDROID
from users.models import User
from users.services import jobs
from workouts.models import Exercise, ExerciseAlias, Workout, WorkoutImport
from workouts.services import transfers

LABEL = "workouts.WorkoutImport"


class WorkoutImportFactory(DjangoModelFactory):
    """One that is done, and whose file is gone."""

    class Meta:
        model = WorkoutImport

    user = factory.SubFactory(UserFactory)
    file_name = "strong.csv"
    timezone = "UTC"
    status = "done"


class ExerciseAliasFactory(DjangoModelFactory):
    class Meta:
        model = ExerciseAlias

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"lift {n}")
    exercise = factory.SubFactory(ExerciseFactory)


class BenchFactory(ExerciseFactory):
    """What a_row() is about."""

    name = "Barbell Bench Press"


def a_row(
    start: str = "2026-03-02 18:00:00",
    name: str = "Push",
    *,
    exercise: str = "Bench Press (Barbell)",
    kind: str = "1",
    weight: str = "100",
    unit: str = "kg",
    reps: str = "5",
    notes: str = "",
) -> str:
    """A line of a file of Strong."""
    return f"{start};{name};{exercise};{kind};{weight};{unit};{reps};;;;;{notes};;1h"


def a_strong_file(*rows: str) -> bytes:
    return "\n".join([ANDROID, *rows]).encode()


def days_of(count: int) -> list[str]:
    """One set on each of so many days."""
    first = dt.date(2026, 1, 1)
    return [a_row(f"{first + dt.timedelta(days=n)} 18:00:00") for n in range(count)]


def requested(user: User, content: bytes, **options: Any) -> WorkoutImport:
    """An import that waits for a worker."""
    upload = ContentFile(content, name="history.csv")
    job, _ = transfers.request_import(user_id=user.pk, upload=upload, options=options)
    return job


def run(job: WorkoutImport) -> WorkoutImport:
    jobs.run(label=LABEL, job_id=job.pk)
    job.refresh_from_db()
    return job


def lost(job: WorkoutImport) -> WorkoutImport:
    """The same, its worker silent for too long."""
    past = timezone.now() - dt.timedelta(seconds=1)
    WorkoutImport.objects.filter(pk=job.pk).update(claimed_until=past)
    return job


def imported(user: User, content: bytes, **options: Any) -> WorkoutImport:
    return run(requested(user, content, **options))


def answered(job: WorkoutImport, **answers: Any) -> WorkoutImport:
    return run(transfers.answer_import(user_id=job.user_id, import_id=job.pk, answers=answers))


def counts(job: WorkoutImport) -> tuple[str, int, int, int, int]:
    """Status, new and known workouts, new sets, errors."""
    return job.status, job.workouts_new, job.workouts_known, job.sets_new, job.errors_count


def meaning(exercise: Exercise, name: str) -> dict[str, Any]:
    return {"name": name, "exercise": exercise.pk}


def diary(user: User) -> list[dict[str, Any]]:
    """The person's workouts, oldest first, with what a file of another app can say of them."""
    workouts = Workout.objects.filter(user=user).order_by("date", "start_time", "name")
    return [
        {
            "name": workout.name,
            "start": dt.datetime.combine(workout.date, workout.start_time),
            "end_time": workout.end_time,
            "duration": workout.duration,
            "session_rpe": workout.session_rpe,
            "notes": workout.notes,
            "exercise_notes": _notes_of(workout),
            "sets": _sets_of(workout),
        }
        for workout in workouts
    ]


def _notes_of(workout: Workout) -> dict[str, str]:
    return dict(workout.exercise_notes.values_list("exercise__name", "text"))


def _sets_of(workout: Workout) -> list[dict[str, Any]]:
    names = (
        *("set_number", "set_type", "reps", "weight", "duration", "distance", "rpe"),
        *("superset", "rest_seconds", "notes"),
    )
    rows = workout.sets.in_order().values(*names, exercise_name=F("exercise__name"))
    return list(rows)


def ids_of(workouts: Any) -> set[UUID]:
    return set(workouts.values_list("pk", flat=True))
