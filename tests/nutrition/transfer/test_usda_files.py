"""Downloads of FoodData Central: of any release, in any order, damaged, and by the million."""

import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nutrition.transfer import usda
from nutrition.transfer.readings import ReadFood, Rejected
from tests.nutrition.transfer.foods import CHICKEN, UsdaFood, write_table, write_usda
from tests.nutrition.transfer.memory import counted

BRAND = ("brand_name", "gtin_upc", "serving_size", "serving_size_unit", "modified_date")


def test_the_same_is_read_however_the_rows_stand(tmp_path):
    foods = [
        UsdaFood(
            number * 7919 % 1000, f"Food {number}", CHICKEN | {"1003": number % 30, "1004": 8}
        )
        for number in range(1, 60)
    ]
    together = write_usda(tmp_path, foods)
    as_they_stand = list(usda.read(together))

    scattered = list(usda.read(write_usda(tmp_path, foods, scattered=True)))

    assert scattered == as_they_stand
    ids = [int(food.source_id) for food in scattered]
    assert ids == sorted(ids)
    assert len(ids) == 59


def test_reading_goes_on_behind_a_food(tmp_path):
    foods = [UsdaFood(number, "Food", CHICKEN) for number in (30, 10, 20)]
    write_usda(tmp_path, foods)

    found = list(usda.read(tmp_path, start_after=10))

    assert [food.source_id for food in found] == ["20", "30"]


def test_an_archive_is_read_as_its_folder(tmp_path):
    folder = tmp_path / "FoodData_Central_sr_legacy_food_csv_2018-04"
    folder.mkdir()
    write_usda(folder, [UsdaFood(1, "Food", CHICKEN, portions=({"gram_weight": 140},))])
    with zipfile.ZipFile(tmp_path / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"{folder.name}/{file.name}")

    from_archive = list(usda.read(tmp_path / "download.zip"))

    assert from_archive == list(usda.read(folder)) == list(usda.read(tmp_path))
    assert len(from_archive) == 1


def test_columns_differ_by_release(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    rows = [(amount, "loq", nutrient, "1") for nutrient, amount in CHICKEN.items()]
    header = ("amount", "loq", "nutrient_id", "fdc_id")
    write_table(tmp_path / "food_nutrient.csv", header, rows)
    write_table(
        tmp_path / "food.csv",
        ("description", "data_type", "fdc_id"),
        [("Food", "sr_legacy_food", 1)],
    )

    (food,) = usda.read(tmp_path)

    assert food.nutrients.kcal == 165
    assert food.modified_at is None


def test_of_a_nutrient_that_is_stated_twice_the_first_counts(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    with (tmp_path / "food_nutrient.csv").open("a") as file:
        file.write('"","2","1003","9","",""\n"","1","1003","9","",""\n')

    (food,) = usda.read(tmp_path)

    assert food.nutrients.protein == 31.02


def test_broken_rows_cost_what_they_say(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    with (tmp_path / "food.csv").open("a") as file:
        file.write('"x","sr_legacy_food","No id","",""\n"2","sr_legacy_food"\n\n')
    with (tmp_path / "food_nutrient.csv").open("a") as file:
        file.write('"","x","1003","9","",""\n"1"\n')

    found = list(usda.read(tmp_path))

    assert found[:2] == [
        Rejected(3, "", "bad_line", 'The fdc_id is "x".'),
        Rejected(
            0, "", "wrong_number_of_cells", "Line 4 of food.csv has 2 cells, and the header has 5."
        ),
    ]
    assert [food.name for food in found[2:]] == ["Food"]


def test_a_cell_without_end_costs_the_rows_in_it(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    with (tmp_path / "food.csv").open("a") as file:
        file.write('"2","sr_legacy_food","' + "x" * 140_000)

    found = list(usda.read(tmp_path))

    assert [(item.line, item.reason) for item in found[:1]] == [(0, "bad_line")]
    assert found[-1].name == "Food"


def test_missing_files_are_told(tmp_path):
    assert list(usda.read(tmp_path)) == [
        Rejected(0, "", "missing_file", "food.csv and food_nutrient.csv must be there.")
    ]


def test_missing_columns_are_told(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    write_table(tmp_path / "food_nutrient.csv", ("fdc_id", "amount"), [("1", "5")])

    complaint, food = usda.read(tmp_path)

    assert complaint == Rejected(
        0, "", "unknown_columns", "food_nutrient.csv lacks these columns: nutrient_id."
    )
    assert food.reason == "no_nutrition"


def test_smaller_tables_that_cannot_be_read_cost_what_they_say(tmp_path):
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    (tmp_path / "sr_legacy_food.csv").write_text("fdc_id,footnote\n1,none\n")
    (tmp_path / "branded_food.csv").write_text('"' + "x" * 140_000)

    *complaints, food = usda.read(tmp_path)

    assert [(item.reason, item.message) for item in complaints] == [
        ("unknown_columns", "branded_food.csv lacks these columns: fdc_id."),
        ("unknown_columns", "sr_legacy_food.csv lacks these columns: ndb_number."),
    ]
    assert (food.name, food.stable_id) == ("Food", "")


def test_what_is_no_archive_is_told(tmp_path):
    path = tmp_path / "download.zip"
    path.write_bytes(b"PK\x03\x04 but no more")

    (found,) = usda.read(path)

    assert (found.line, found.reason) == (0, "damaged_file")


def test_a_damaged_archive_is_told(tmp_path):
    path = tmp_path / "download.zip"
    write_usda(tmp_path, [UsdaFood(1, "Food", CHICKEN)])
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("food.csv", "food_nutrient.csv"):
            archive.write(tmp_path / name, name)
    path.write_bytes(path.read_bytes().replace(b"31.02", b"31.03"))

    found = list(usda.read(path))

    assert "damaged_file" in {item.reason for item in found if isinstance(item, Rejected)}


@pytest.mark.parametrize("scattered", [False, True])
def test_many_foods_are_read_in_little_memory(tmp_path, scattered):
    foods = [UsdaFood(number, f"Food {number}", CHICKEN) for number in range(1, 5001)]
    write_usda(tmp_path, foods, scattered=scattered)
    del foods
    list(usda.read(tmp_path))

    count, most_blocks = counted(usda.read(tmp_path))

    assert count == 5000
    assert most_blocks < 20_000


@given(cells=st.lists(st.text(max_size=30), min_size=5, max_size=5))
@settings(max_examples=60, deadline=None)
def test_no_cells_raise(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("usda")
    fdc_id, name, nutrient, amount, weight = cells
    food = UsdaFood(1, name, CHICKEN | {nutrient: amount}, portions=({"gram_weight": weight},))
    with_garbage = UsdaFood(fdc_id, name, {"1003": amount}, brand=dict.fromkeys(BRAND, amount))

    found = list(usda.read(write_usda(folder, [food, with_garbage])))

    assert found
    assert all(isinstance(item, ReadFood | Rejected) for item in found)
