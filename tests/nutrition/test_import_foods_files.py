"""Files of foods that cannot be used, and how those are read that can."""

import gzip

import pytest
from django.core.management import CommandError, call_command

from nutrition.models import Food, FoodImport
from nutrition.services.imports_files import read_ahead
from tests.nutrition.imported import a_dump, a_product, import_foods, the_import
from tests.nutrition.transfer.foods import csv_lines, jsonl_lines

pytestmark = pytest.mark.django_db


@pytest.fixture
def dump(tmp_path):
    return tmp_path / "products.jsonl"


# --- Files that cannot be used ---------------------------------------------------------------


@pytest.mark.parametrize("file_format", ["off-jsonl", "off-csv", "usda-csv"])
def test_a_missing_file_is_an_error(tmp_path, file_format):
    with pytest.raises(CommandError, match="No such file"):
        import_foods(tmp_path / "nowhere", file_format)

    assert not FoodImport.objects.exists()


def test_a_table_without_the_columns_is_an_error(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("code\tproduct_name\n4000000000013\tOats\n")

    with pytest.raises(CommandError, match="does not name these columns: energy-kcal_100g"):
        import_foods(path, "off-csv")

    assert not FoodImport.objects.exists()


def test_a_download_without_its_tables_is_an_error(tmp_path):
    (tmp_path / "food.csv").write_text("fdc_id,data_type,description\n")

    with pytest.raises(CommandError, match=r"food_nutrient\.csv must be there"):
        import_foods(tmp_path, "usda-csv")


def test_a_file_of_another_format_is_an_error(tmp_path):
    path = tmp_path / "products.csv"
    path.write_bytes(b"".join(csv_lines(30)))

    with pytest.raises(CommandError, match="does not look like off-jsonl: The line is no JSON"):
        import_foods(path)


def test_a_damaged_archive_is_an_error_and_what_came_before_the_damage_stays(tmp_path):
    path = tmp_path / "products.jsonl.gz"
    whole = gzip.compress(b"".join(jsonl_lines(400, 0)))
    path.write_bytes(whole[: len(whole) * 3 // 4])

    with pytest.raises(CommandError, match="The archive ends or is damaged here"):
        import_foods(path, batch=50)

    count = Food.objects.count()
    assert 200 < count < 400
    assert the_import()["line"] == the_import()["added"] == count


@pytest.mark.parametrize("size", ["0", "-5", "many", "100001"])
def test_a_batch_has_a_sensible_size(dump, size):
    with pytest.raises(CommandError, match="from 1 to 100000 rows"):
        call_command("import_foods", dump, "--format", "off-jsonl", "--batch", size)


# --- Reading ahead ---------------------------------------------------------------------------


def test_what_is_read_ahead_comes_in_order_and_no_more_of_it_than_is_wanted():
    made = []

    def numbers():
        for number in range(10):
            made.append(number)
            yield number

    ahead = read_ahead(numbers())
    first = [next(ahead), next(ahead)]
    ahead.close()

    assert first == [0, 1]
    assert len(made) <= 5


def test_what_reading_raises_comes_behind_what_was_read():
    def numbers():
        yield 1
        raise ValueError("The disk is gone.")

    ahead = read_ahead(numbers())

    assert next(ahead) == 1
    with pytest.raises(ValueError, match="The disk is gone"):
        next(ahead)


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_a_bad_line_at_the_beginning_is_a_rejected_row_and_no_strange_file(dump, batch):
    a_dump(dump, b"{", a_product())

    said = import_foods(dump, batch=batch)

    assert said[:2] == ["1 added, 0 changed, 0 unchanged", "1 rejected"]
