"""Imports a file as a worker does, then writes the same rows by COPY; needs Django.

    python -m benchmarks.import_job bench000099 history.csv

has this person of the loaded data import the file in this process, then takes the rows out and
writes them once more: that is the limit, what it costs to store them without reading the file,
knowing the exercises or looking for what the diary has already. What both took goes to the output
as an ImportTurn of benchmarks.imports. What was imported is forgotten again.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.core.files import File  # noqa: E402
from django.db import connection, models  # noqa: E402
from psycopg import sql  # noqa: E402

from benchmarks.processes import cpu_s_of  # noqa: E402
from users.models import User  # noqa: E402
from users.services import jobs  # noqa: E402
from users.signals import job_waiting, outbox_message_written  # noqa: E402
from workouts.models import ExerciseNote, Workout, WorkoutImport, WorkoutSet  # noqa: E402
from workouts.models.transfer import ImportStatus  # noqa: E402
from workouts.services import transfers  # noqa: E402

# The file says no units, as most do not, and names exercises that the catalogue does not have.
OPTIONS = {"weight_unit": "lb", "distance_unit": "mi", "create_unknown": True}
TABLES = (Workout, WorkoutSet)


def turn(person: User, path: Path) -> dict[str, Any]:
    _forget(person)
    with path.open("rb") as file:
        job, _ = transfers.request_import(
            user_id=person.pk, upload=File(file, name=path.name), options=OPTIONS
        )
    before_mb = _memory_mb("VmRSS")
    taken = _taken(
        lambda: jobs.run(label=WorkoutImport._meta.label, job_id=job.pk), connection.connection
    )
    peak_mb = _memory_mb("VmHWM")
    job.refresh_from_db()
    if job.status != ImportStatus.DONE or job.errors_count:
        raise SystemExit(f"{job.status} {job.error} {job.questions} {job.errors_count} errors")

    rows = {model: _stored(model, person) for model in TABLES}
    _forget(person, keep=job)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
        least = _taken(lambda: _write(plain, rows), plain)
    _forget(person)
    return {
        "rows": job.rows_total,
        "workouts": job.workouts_new,
        "sets": job.sets_new,
        "before_mb": before_mb,
        "peak_mb": peak_mb,
        **taken,
        **{f"limit_{name}": value for name, value in least.items()},
    }


def _taken(do: Callable[[], object], db: "psycopg.Connection[Any]") -> dict[str, float]:
    """How long it took by the clock, and in processor time of this process and the backend."""
    backend = db.info.backend_pid
    app, database, begin = time.process_time(), cpu_s_of(backend), time.perf_counter()
    do()
    return {
        "seconds": time.perf_counter() - begin,
        "app_s": time.process_time() - app,
        "db_s": cpu_s_of(backend) - database,
    }


def _stored(model: type[models.Model], person: User) -> list[tuple[Any, ...]]:
    imported = "imported_by" if model is Workout else "workout__imported_by"
    rows = model._default_manager.filter(user=person, **{f"{imported}__isnull": False})
    return list(rows.order_by("pk").values_list(*(field.attname for field in _columns(model))))


def _write(
    db: "psycopg.Connection[Any]", rows: dict[type[models.Model], list[tuple[Any, ...]]]
) -> None:
    with db.transaction(), db.cursor() as cursor:
        for model, stored in rows.items():
            names = sql.SQL(", ").join(sql.Identifier(field.column) for field in _columns(model))
            table = sql.Identifier(model._meta.db_table)
            with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
                for row in stored:
                    copy.write_row(row)


def _columns(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def _forget(person: User, *, keep: WorkoutImport | None = None) -> None:
    """Remove what the person has imported, as if it had never been there."""
    mine = {"user": person}
    for part in (WorkoutSet, ExerciseNote):
        part.objects.filter(**mine, workout__imported_by__isnull=False).remove()
    Workout.objects.filter(**mine, imported_by__isnull=False).remove()
    for job in WorkoutImport.objects.filter(**mine).exclude(pk=keep and keep.pk):
        transfers.remove_import(job=job)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) workouts_workout, workouts_workoutset")


def _memory_mb(name: str) -> float:
    """Of this process: VmRSS, what it holds in memory, or VmHWM, the most it ever held."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"/proc/self/status does not tell {name}.")


def main() -> None:
    # This process is the worker, and no other one shall be woken.
    job_waiting.disconnect(dispatch_uid="users.nudge_worker_for_job")
    outbox_message_written.disconnect(dispatch_uid="users.nudge_worker")
    username, path = sys.argv[1:]
    json.dump(turn(User.objects.get(username=username), Path(path)), sys.stdout)


if __name__ == "__main__":
    main()
