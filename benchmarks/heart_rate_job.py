"""Stores heart rates as a worker does, then writes the same rows by COPY; needs Django.

    python -m benchmarks.heart_rate_job importer0 500000

has so many samples of a watch stored in this process, one for each 15 seconds, in the batches of
an import; then the same once more; then it takes the rows out and writes them by one COPY into
the same table with its index and constraints: that is the limit, what it costs to store them
without asking what is there already. What all of it took goes to the output as a HeartRatesTurn
of benchmarks.heart_rates. What was stored is forgotten again.
"""

import datetime as dt
import json
import os
import sys
from random import Random
from typing import Any

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks import import_job  # noqa: E402
from benchmarks.nutrition_data import last_day  # noqa: E402
from benchmarks.wearables_data import forget  # noqa: E402
from users.models import User  # noqa: E402
from users.signals import clock_advanced  # noqa: E402
from wearables.models import HeartRateData, WearableDevice  # noqa: E402
from wearables.readings import HeartRateReading, Source  # noqa: E402
from wearables.services import ingest  # noqa: E402
from wearables.services.imports_batches import BATCH_ROWS  # noqa: E402

EVERY = dt.timedelta(seconds=15)
SOURCE = Source(kind="watch")


def turn(person: User, samples: int) -> dict[str, Any]:
    forget(person)
    device = WearableDevice.objects.get(user=person, provider="oura")
    readings = _readings(samples)
    connection.ensure_connection()
    stored: list[int] = []

    def store() -> None:
        new = [ingest.store(device=device, readings=[reading]).new for reading in readings]
        stored.append(sum(new))

    before_mb = import_job._memory_mb("VmRSS")
    taken = import_job._taken(store, connection.connection)
    peak_mb = import_job._memory_mb("VmHWM")
    again = import_job._taken(store, connection.connection)
    if stored != [samples, 0]:
        raise SystemExit(f"{stored} heart rates were stored, of {samples}.")

    rows = {HeartRateData: _rows(person)}
    forget(person)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
        least = import_job._taken(lambda: import_job._write(plain, rows), plain)
    forget(person)
    return {
        "samples": samples,
        "before_mb": before_mb,
        "peak_mb": peak_mb,
        **taken,
        **{f"again_{name}": value for name, value in again.items()},
        **{f"limit_{name}": value for name, value in least.items()},
    }


def _readings(samples: int) -> list[HeartRateReading]:
    random = Random(samples)
    last = dt.datetime.combine(last_day(), dt.time(), dt.UTC)
    told = [(last - EVERY * ago, random.randrange(50, 150)) for ago in range(samples, 0, -1)]
    return [
        HeartRateReading(source=SOURCE, samples=told[first : first + BATCH_ROWS])
        for first in range(0, samples, BATCH_ROWS)
    ]


def _rows(person: User) -> list[tuple[Any, ...]]:
    columns = (field.attname for field in import_job._columns(HeartRateData))
    rows = HeartRateData.objects.filter(user=person).order_by("timestamp")
    return list(rows.values_list(*columns))


def main() -> None:
    # Nobody's clock shall wake a worker.
    clock_advanced.disconnect(dispatch_uid="analytics.nudge_worker")
    username, samples = sys.argv[1:]
    json.dump(turn(User.objects.get(username=username), int(samples)), sys.stdout)


if __name__ == "__main__":
    main()
