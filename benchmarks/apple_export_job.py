"""Imports an export of Apple Health as a worker does; needs Django.

    python -m benchmarks.apple_export_job importer0 export.zip

has the file taken and imported by the job runner in this process and its child. It writes a line
when it begins, and one of what it brought and took; benchmarks/apple_exports.py looks at both
processes in between. What was imported is forgotten again.
"""

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.files import File  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks import import_job  # noqa: E402
from benchmarks.wearables_data import forget  # noqa: E402
from users.models import User  # noqa: E402
from users.services import jobs  # noqa: E402
from users.signals import clock_advanced, job_waiting, outbox_message_written  # noqa: E402
from wearables.models import ActivityImport  # noqa: E402
from wearables.services import imports  # noqa: E402


def imported(person: User, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        job, _ = imports.request_import(user_id=person.pk, upload=File(file, name=path.name))
    _say("begins")
    before_mb = import_job._memory_mb("VmRSS")
    taken = import_job._taken(
        lambda: jobs.run(label=ActivityImport._meta.label, job_id=job.pk), connection.connection
    )
    job.refresh_from_db()
    if job.status != "done" or job.problems:
        raise SystemExit(f"{job.status} {job.error} {job.problems}")
    return {
        "xml_mb": job.bytes_total / 1024**2,
        "heart_rates": job.heart_rates_new,
        "days": job.days_new,
        "sleeps": job.sleeps_new,
        "workouts": job.workouts_new,
        "before_mb": before_mb,
        **taken,
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    # This process is the worker, and no other one shall be woken.
    job_waiting.disconnect(dispatch_uid="users.nudge_worker_for_job")
    outbox_message_written.disconnect(dispatch_uid="users.nudge_worker")
    clock_advanced.disconnect(dispatch_uid="analytics.nudge_worker")
    username, path = sys.argv[1:]
    person = User.objects.get(username=username)
    forget(person)
    _say(json.dumps(imported(person, Path(path))))
    forget(person)


if __name__ == "__main__":
    main()
