"""Imports a file of foods as ops do, then writes the same rows by COPY; needs Django.

    python -m benchmarks.food_import_job foods.jsonl

has a dump of Open Food Facts imported in this process, then takes the rows out and writes them
once more into the same tables with all their indexes: that is the limit, what it costs to store
them without reading the file, judging the foods or looking for what the table has already. What
both took goes to the output as a FoodImportTurn of benchmarks.food_imports. What was imported is
forgotten again.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

import orjson  # noqa: E402
import psycopg  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks import import_job  # noqa: E402
from nutrition.models import Food, FoodImport, FoodImportFormat, Portion  # noqa: E402
from nutrition.services.imports import import_foods  # noqa: E402

Rows = dict[type[models.Model], list[tuple[Any, ...]]]


def turn(path: Path) -> dict[str, Any]:
    # The connection and its settings are there before anything is measured.
    connection.ensure_connection()
    began = timezone.now()
    reports = []
    before_mb = import_job._memory_mb("VmRSS")
    taken = import_job._taken(
        lambda: reports.append(import_foods(path, FoodImportFormat.OFF_JSONL)),
        connection.connection,
    )
    peak_mb = import_job._memory_mb("VmHWM")
    again = import_job._taken(
        lambda: reports.append(import_foods(path, FoodImportFormat.OFF_JSONL)),
        connection.connection,
    )
    first, second = reports
    if first.changed or first.unchanged or second.unchanged != first.added:
        raise SystemExit(f"The table held some of these foods before: {first} {second}")

    rows = _stored(began)
    _forget(began)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
        least = import_job._taken(lambda: import_job._write(plain, rows), plain)
    _forget(began)
    return {
        "rows": first.rows,
        "foods": first.added,
        "before_mb": before_mb,
        "peak_mb": peak_mb,
        "again_seconds": again["seconds"],
        **taken,
        **{f"limit_{name}": value for name, value in least.items()},
    }


def _stored(began: Any) -> Rows:
    foods = Food.objects.filter(source="open_food_facts", created_at__gte=began)
    found = {Food: foods, Portion: Portion.objects.filter(food__in=foods)}
    return {
        model: [
            tuple(map(_prepared, row))
            for row in rows.order_by("pk").values_list(
                *(column.attname for column in import_job._columns(model))
            )
        ]
        for model, rows in found.items()
    }


def _prepared(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value


def _forget(began: Any) -> None:
    """Remove what was imported since then, as if it had never been there."""
    foods = Food.objects.filter(source="open_food_facts", created_at__gte=began)
    Portion.objects.filter(food__in=foods)._raw_delete("default")
    foods.remove()
    FoodImport.objects.filter(started_at__gte=began).delete()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) nutrition_food, nutrition_portion")


if __name__ == "__main__":
    json.dump(turn(Path(sys.argv[1])), sys.stdout)
