"""Imports of foods that were cut off, and what they are when they have come to their end."""

import gzip
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection

from nutrition.models import Food, FoodImport, Portion
from nutrition.services import imports, imports_rows
from tests.factories.nutrition import RecipeFactory, RecipeIngredientFactory
from tests.nutrition.imported import NUTELLA, a_dump, a_product, foods, import_foods, the_import
from tests.nutrition.transfer.foods import CHICKEN, UsdaFood, csv_lines, jsonl_lines, write_usda

pytestmark = pytest.mark.django_db

ROWS, BATCH = 400, 60
ROOT = Path(__file__).resolve().parents[2]
# Ends itself, as nothing else could, when so many batches are written and the last of them is
# not committed.
KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
from nutrition.services import imports
keep, batches = imports._Run._keep, []

def dies(*arguments):
    keep(*arguments)
    batches.append(1)
    if len(batches) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

imports._Run._keep = dies
path, rejected = map(Path, sys.argv[1:])
call_command("import_foods", path, file_format="off-jsonl", batch=60, rejected=rejected)
"""


def fails_at(monkeypatch, batch: int, error: BaseException):
    """The batch of this number fails when it is written, before it is committed."""
    keep, calls = imports._Run._keep, []

    def failing(*arguments):
        keep(*arguments)
        calls.append(1)
        if len(calls) == batch:
            raise error

    monkeypatch.setattr(imports._Run, "_keep", failing)


def forget() -> None:
    Portion.objects.all().delete()
    Food.objects.all().delete()
    FoodImport.objects.all().delete()


def a_file(folder: Path, kind: str) -> tuple[Path, str]:
    path = folder / f"products.{kind}"
    lines = csv_lines if "csv" in kind else jsonl_lines
    whole = b"".join(lines(ROWS, 0.1))
    path.write_bytes(gzip.compress(whole) if kind.endswith("gz") else whole)
    return path, "off-csv" if "csv" in kind else "off-jsonl"


@pytest.mark.parametrize("kind", ["jsonl", "jsonl.gz", "csv", "csv.gz"])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyboardInterrupt(), "Interrupted"),
        (OperationalError("the server is gone."), "The database failed: the server is gone"),
    ],
    ids=["ctrl-c", "database"],
)
def test_a_second_try_goes_on_and_ends_as_one_without_interruption(
    tmp_path, monkeypatch, kind, error, said
):
    path, file_format = a_file(tmp_path, kind)
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    lines = import_foods(path, file_format, batch=BATCH, rejected=whole)
    expected = foods(), the_import(), lines, whole.read_text()
    forget()
    with monkeypatch.context() as patch:
        fails_at(patch, 3, error)
        with pytest.raises(CommandError, match=said):
            import_foods(path, file_format, batch=BATCH, rejected=parts)
    half = Food.objects.count()

    lines = import_foods(path, file_format, batch=BATCH, rejected=parts)

    assert 0 < half <= 2 * BATCH
    # Before the lines that tell what came of all tries stands how long this one took.
    assert lines[1:] == expected[2]
    assert (foods(), the_import(), parts.read_text()) == (expected[0], expected[1], expected[3])
    assert FoodImport.objects.get().finished_at is not None


def test_an_interruption_ends_as_a_shell_expects_it(tmp_path, monkeypatch):
    path, file_format = a_file(tmp_path, "jsonl")
    with monkeypatch.context() as patch:
        fails_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(CommandError) as interrupted:
            import_foods(path, file_format, batch=BATCH)

    assert interrupted.value.returncode == 130
    assert str(interrupted.value) == "Interrupted. The same command goes on from there."


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_loses_no_batch_and_repeats_none(tmp_path):
    path, _ = a_file(tmp_path, "jsonl")
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    import_foods(path, batch=BATCH, rejected=whole)
    expected = foods(), the_import(), whole.read_text()
    forget()
    database = connection.settings_dict
    url = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, path, parts],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert the_import()["line"] == 2 * BATCH

    import_foods(path, batch=BATCH, rejected=parts)

    assert (foods(), the_import(), parts.read_text()) == expected


def test_a_restart_begins_anew_and_counts_anew(tmp_path, monkeypatch):
    path, file_format = a_file(tmp_path, "jsonl")
    with monkeypatch.context() as patch:
        fails_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(CommandError):
            import_foods(path, file_format, batch=BATCH)
    stored = Food.objects.count()

    import_foods(path, file_format, batch=BATCH, restart=True)

    counts = the_import()
    assert FoodImport.objects.count() == 1
    assert (counts["unchanged"], counts["added"]) == (stored, 360 - stored)
    assert sum(counts["rejected"].values()) == 40


def test_a_file_that_was_changed_is_read_from_its_beginning(tmp_path, monkeypatch):
    path, file_format = a_file(tmp_path, "jsonl")
    with monkeypatch.context() as patch:
        fails_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(CommandError):
            import_foods(path, file_format, batch=BATCH)
    a_dump(path, a_product())

    lines = import_foods(path, file_format)

    assert lines == ["1 added, 0 changed, 0 unchanged", "0 rejected"]


def test_a_dry_run_does_not_care_where_another_try_ended(tmp_path, monkeypatch):
    path, file_format = a_file(tmp_path, "jsonl")
    with monkeypatch.context() as patch:
        fails_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(CommandError):
            import_foods(path, file_format, batch=BATCH)
    before = the_import()
    stored = Food.objects.count()

    lines = import_foods(path, file_format, dry_run=True)

    assert lines[0] == f"{360 - stored} added, 0 changed, {stored} unchanged"
    assert the_import() == before


def test_a_download_of_usda_goes_on_behind_a_food(tmp_path, monkeypatch):
    found = [UsdaFood(number, f"Food {number}", CHICKEN) for number in range(1, 41)]
    found[7].nutrients = {}
    write_usda(tmp_path, found)
    with (tmp_path / "food.csv").open("a") as table:
        table.write('"none","sr_legacy_food","Nothing","",""\n')
    import_foods(tmp_path, "usda-csv", batch=10)
    expected = foods(), the_import()
    forget()
    with monkeypatch.context() as patch:
        fails_at(patch, 3, KeyboardInterrupt())
        with pytest.raises(CommandError):
            import_foods(tmp_path, "usda-csv", batch=10)

    import_foods(tmp_path, "usda-csv", batch=10)

    assert (foods(), the_import()) == expected
    assert the_import()["rejected"] == {"bad_line": 1, "no_nutrition": 1}
    assert the_import()["offset"] == 40


def test_recipes_are_computed_though_the_import_was_cut_off_before(tmp_path, ana, monkeypatch):
    path = a_dump(tmp_path / "products.jsonl", a_product())
    import_foods(path)
    recipe = RecipeFactory(user=ana, servings=1)
    RecipeIngredientFactory(recipe=recipe, food=Food.objects.get(source_id=NUTELLA), amount=100)
    a_dump(path, a_product(nutriments={"proteins_100g": 7}))
    with monkeypatch.context() as patch:
        patch.setattr(imports, "refresh_recipes", interrupted)
        with pytest.raises(CommandError, match="Interrupted"):
            import_foods(path)

    import_foods(path)

    assert Food.objects.get(recipe=recipe).protein == 7


def interrupted(**arguments):
    raise KeyboardInterrupt


# --- Two at once -----------------------------------------------------------------------------


def test_a_second_import_at_the_same_time_refuses(tmp_path):
    path, _ = a_file(tmp_path, "jsonl")

    with imports._alone(), pytest.raises(CommandError, match="Another import of foods is running"):
        import_foods(path)

    assert not Food.objects.exists()
    assert len(import_foods(path)) > 1


def test_an_import_stops_when_another_one_went_on_with_its_file(tmp_path, monkeypatch):
    """As when the connection that holds the lock was cut."""
    path, _ = a_file(tmp_path, "jsonl")
    store, calls = imports_rows.store, []

    def beside(rows, **options):
        calls.append(1)
        if len(calls) == 3:
            FoodImport.objects.update(line=3 * BATCH)
        return store(rows, **options)

    monkeypatch.setattr(imports_rows, "store", beside)

    with pytest.raises(CommandError, match="Another import"):
        import_foods(path, batch=BATCH)

    assert len(calls) == 3
