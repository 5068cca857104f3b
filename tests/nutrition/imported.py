"""Imports for tests: files of a few foods, and what became of them."""

from io import StringIO
from pathlib import Path

import orjson
from django.core.management import call_command

from nutrition.models import Food, FoodImport, Portion
from tests.nutrition.transfer import products

OFF = "open_food_facts"
NUTELLA = "3017620422003"


def import_foods(path: Path, file_format: str = "off-jsonl", **options) -> list[str]:
    """The lines that the command prints, without the first, which tells how long it took."""
    out = StringIO()
    call_command("import_foods", path, file_format=file_format, stdout=out, **options)
    return out.getvalue().splitlines()[1:]


def a_dump(path: Path, *found: object) -> Path:
    """A file of Open Food Facts with these products, or with lines that are none."""
    lines = [one if isinstance(one, bytes) else orjson.dumps(one) for one in found]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def a_product(code: str = NUTELLA, nutriments: dict | None = None, **fields: object) -> dict:
    """The spread that tests of the readers know, in the older schema."""
    return products.flat(nutriments, code=code, **fields)


def foods() -> dict[str, tuple]:
    """What is stored of every food but its id and its times, with its portions."""
    portions: dict = {}
    for food_id, name, amount in Portion.objects.values_list("food_id", "name", "amount"):
        portions.setdefault(food_id, set()).add((name, amount))
    left_out = {"id", "created_at", "updated_at"}
    return {
        row["source_id"]: (
            {name: value for name, value in row.items() if name not in left_out},
            portions.get(row["id"], set()),
        )
        for row in Food.objects.values()
    }


def the_import() -> dict[str, object]:
    """How far the one import is, and what it counted."""
    row = FoodImport.objects.values().get()
    left_out = {"id", "started_at", "updated_at", "finished_at", "file_name", "fingerprint"}
    return {name: value for name, value in row.items() if name not in left_out}
